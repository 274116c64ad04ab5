/* What `prisma migrate status` says, in its words and its order. */
#include "migrations.h"
#include "nixie/buf.h"

static bool is_pending(const nx_migration *one) { return one->tries == 0; }

static int pending(const nx_migrations *m) {
    int n = 0;
    for (int i = 0; i < m->nlocal; i++) {
        n += is_pending(&m->list[i]);
    }
    return n;
}

static const char *plural(int n) { return n > 1 ? "s" : ""; }

static void add_pending(const nx_migrations *m, nx_buf *out) {
    for (int i = 0; i < m->nlocal; i++) {
        if (is_pending(&m->list[i])) {
            nx_buf_addf(out, "%s\n", m->list[i].name);
        }
    }
}

static void add_names(const char *const *names, int n, nx_buf *out) {
    for (int i = 0; i < n; i++) {
        nx_buf_addf(out, "%s\n", names[i]);
    }
}

static void tell_behind(const nx_migrations *m, nx_buf *out) {
    nx_buf_addf(out, "Following migration%s have not yet been applied:\n", plural(pending(m)));
    add_pending(m, out);
    nx_buf_adds(out, "\nTo apply migrations in development run prisma migrate dev.\n"
                     "To apply migrations in production run prisma migrate deploy.\n");
}

static void tell_diverged(const nx_migrations *m, nx_buf *out) {
    nx_buf_addf(out, "Your local migration history and the migrations table from your database are different:\n\n"
                     "The last common migration is: %s\n\n", m->last_common ? m->last_common : "null");
    nx_buf_addf(out, "The migration%s have not yet been applied:\n", plural(pending(m)));
    add_pending(m, out);
    nx_buf_addf(out, "\nThe migration%s from the database are not found locally in prisma/migrations:\n", plural(m->nunknown));
    add_names(m->unknown, m->nunknown, out);
}

static void tell_failed(const nx_migrations *m, nx_buf *out) {
    nx_buf_addf(out, "Following migration%s have failed:\n", plural(m->nfailed));
    add_names(m->failed, m->nfailed, out);
    nx_buf_addf(out, "\nDuring development if the failed migration(s) have not been deployed to a production database you can "
                     "then fix the migration(s) and run prisma migrate dev.\n\n"
                     "The failed migration(s) can be marked as rolled back or applied:\n\n"
                     "- If you rolled back the migration(s) manually:\nprisma migrate resolve --rolled-back \"%s\"\n\n"
                     "- If you fixed the database manually (hotfix):\nprisma migrate resolve --applied \"%s\"\n\n"
                     "Read more about how to resolve migration issues in a production database:\n"
                     "https://pris.ly/d/migrate-resolve\n", m->failed[0], m->failed[0]);
}

static void tell_switched(const nx_migrations *m, nx_buf *out) {
    nx_buf_addf(out, "Error: P3019\n\nThe datasource provider `postgresql` specified in your schema does not match the one specified "
                     "in the migration_lock.toml, `%s`. Please remove your current migration directory and start a new migration "
                     "history with prisma migrate dev. Read more: https://pris.ly/d/migrate-provider-switch\n", m->provider);
}

static void tell_unmanaged(const nx_migrations *m, nx_buf *out) {
    (void)m;
    nx_buf_adds(out, "The current database is not managed by Prisma Migrate.\n\n"
                     "Read more about how to baseline an existing production database:\n"
                     "https://pris.ly/d/migrate-baseline\n");
}

static void tell_up_to_date(const nx_migrations *m, nx_buf *out) {
    (void)m;
    nx_buf_adds(out, "\nDatabase schema is up to date!\n");
}

void nx_migrations_tell(const nx_migrations *m, nx_buf *out) {
    static void (*const tell[])(const nx_migrations *m, nx_buf *out) = {
        [NX_MIGRATIONS_UP_TO_DATE] = tell_up_to_date, [NX_MIGRATIONS_BEHIND] = tell_behind,
        [NX_MIGRATIONS_DIVERGED] = tell_diverged,     [NX_MIGRATIONS_UNMANAGED] = tell_unmanaged,
        [NX_MIGRATIONS_FAILED] = tell_failed,         [NX_MIGRATIONS_SWITCHED] = tell_switched,
    };
    if (m->status != NX_MIGRATIONS_SWITCHED && m->nlocal == 0) {
        nx_buf_adds(out, "No migration found in prisma/migrations\n");
    } else if (m->status != NX_MIGRATIONS_SWITCHED) {
        nx_buf_addf(out, "%d migration%s found in prisma/migrations\n", m->nlocal, plural(m->nlocal));
    }
    tell[m->status](m, out);
}
