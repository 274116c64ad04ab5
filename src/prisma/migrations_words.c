/* What `prisma migrate status` says, in its words and its order. */
#include "migrations.h"
#include "nixie/buf.h"

static bool is_pending(const nx_migration *one) { return one->tries == 0; }
static bool is_unknown(const nx_migration *one) { return !one->local; }
static bool is_failed(const nx_migration *one) {
    return one->state == NX_MIGRATION_FAILED || one->state == NX_MIGRATION_RUNNING;
}

static int count(const nx_migrations *m, bool (*test)(const nx_migration *)) {
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        n += test(&m->list[i]);
    }
    return n;
}

static const char *plural(int n) { return n > 1 ? "s" : ""; }

static void add_names(const nx_migrations *m, bool (*test)(const nx_migration *), nx_buf *out) {
    for (int i = 0; i < m->n; i++) {
        if (test(&m->list[i])) {
            nx_buf_addf(out, "%s\n", m->list[i].name);
        }
    }
}

static void tell_behind(const nx_migrations *m, nx_buf *out) {
    nx_buf_addf(out, "Following migration%s have not yet been applied:\n", plural(count(m, is_pending)));
    add_names(m, is_pending, out);
    nx_buf_adds(out, "\nTo apply migrations in development run prisma migrate dev.\n"
                     "To apply migrations in production run prisma migrate deploy.\n");
}

static void tell_diverged(const nx_migrations *m, const char *folder, nx_buf *out) {
    nx_buf_addf(out, "Your local migration history and the migrations table from your database are different:\n\n"
                     "The last common migration is: %s\n\n", m->last_common ? m->last_common : "null");
    nx_buf_addf(out, "The migration%s have not yet been applied:\n", plural(count(m, is_pending)));
    add_names(m, is_pending, out);
    nx_buf_addf(out, "\nThe migration%s from the database are not found locally in %s:\n", plural(count(m, is_unknown)), folder);
    add_names(m, is_unknown, out);
}

static const char *first_failed(const nx_migrations *m) {
    for (int i = 0; i < m->n; i++) {
        if (is_failed(&m->list[i])) {
            return m->list[i].name;
        }
    }
    return "";
}

static void tell_failed(const nx_migrations *m, nx_buf *out) {
    int n = count(m, is_failed);
    nx_buf_addf(out, "Following migration%s have failed:\n", plural(n));
    add_names(m, is_failed, out);
    nx_buf_addf(out, "\nDuring development if the failed migration(s) have not been deployed to a production database you can "
                     "then fix the migration(s) and run prisma migrate dev.\n\n"
                     "The failed migration(s) can be marked as rolled back or applied:\n\n"
                     "- If you rolled back the migration(s) manually:\nprisma migrate resolve --rolled-back \"%s\"\n\n"
                     "- If you fixed the database manually (hotfix):\nprisma migrate resolve --applied \"%s\"\n\n"
                     "Read more about how to resolve migration issues in a production database:\n"
                     "https://pris.ly/d/migrate-resolve\n", first_failed(m), first_failed(m));
}

void nx_migrations_tell(const nx_migrations *m, const char *folder, nx_buf *out) {
    if (m->nlocal == 0) {
        nx_buf_addf(out, "No migration found in %s\n\n", folder);
    } else {
        nx_buf_addf(out, "%d migration%s found in %s\n\n", m->nlocal, plural(m->nlocal), folder);
    }
    switch (m->status) {
    case NX_MIGRATIONS_BEHIND: tell_behind(m, out); break;
    case NX_MIGRATIONS_DIVERGED: tell_diverged(m, folder, out); break;
    case NX_MIGRATIONS_UNMANAGED:
        nx_buf_adds(out, "The current database is not managed by Prisma Migrate.\n\n"
                         "Read more about how to baseline an existing production database:\n"
                         "https://pris.ly/d/migrate-baseline\n");
        break;
    case NX_MIGRATIONS_FAILED: tell_failed(m, out); break;
    case NX_MIGRATIONS_UP_TO_DATE: nx_buf_adds(out, "Database schema is up to date!\n"); break;
    }
}
