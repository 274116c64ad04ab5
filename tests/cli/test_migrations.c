/* nixie migrations: the sentences of `prisma migrate status`, its exit status, and what it leaves out. */
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "nixie/session.h"
#include "prisma/project.h"
#include "run.h"

static project *folder;

static int fresh(void **state) {
    (void)state;
    lab_sql(url, "DROP TABLE IF EXISTS _prisma_migrations; DROP SCHEMA IF EXISTS app CASCADE");
    folder = project_new();
    project_write(folder, "prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
    project_write(folder, "prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    return 0;
}

static int done(void **state) {
    (void)state;
    project_free(folder);
    return 0;
}

static void script(const char *name, const char *sql) {
    char path[120];
    snprintf(path, sizeof path, "prisma/migrations/%s/migration.sql", name);
    project_write(folder, path, sql);
}

static void make_table(void) {
    lab_sql(url, "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL DEFAULT gen_random_uuid(),"
                 " checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT,"
                 " rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(),"
                 " applied_steps_count INTEGER NOT NULL DEFAULT 0)");
}

enum { APPLIED, FAILED, ROLLED_BACK };

/* A row as Prisma's engine writes it, `minutes` ago. */
static void row(const char *name, const char *sql, int kind, int minutes) {
    char text[900];
    snprintf(text, sizeof text,
             "INSERT INTO _prisma_migrations (checksum, migration_name, logs, started_at, finished_at, rolled_back_at,"
             " applied_steps_count) VALUES (encode(sha256(convert_to($sql$%s$sql$, 'UTF8')), 'hex'), '%s', %s,"
             " now() - '%d min'::interval, %s, %s, 1)",
             sql, name, kind == APPLIED ? "NULL" : "'relation \"x\" already exists'", minutes, kind == APPLIED ? "now()" : "NULL",
             kind == ROLLED_BACK ? "now()" : "NULL");
    lab_sql(url, text);
}

static run status_of(const char *address, const char *more) {
    return nixie(address, "migrations", "--prisma", project_path(folder, "prisma/schema.prisma"), more, NULL);
}

#define READ "\nThe folder that was read is FOLDER\n"

/* The text with the folder's path taken out of it. */
static nx_buf text_of(const run *r) {
    const char *path = project_path(folder, "prisma/migrations");
    nx_buf seen = NX_BUF;
    for (const char *at = r->out, *next; *at; at = next) {
        next = strstr(at, path);
        nx_buf_add(&seen, at, next ? (size_t)(next - at) : strlen(at));
        nx_buf_adds(&seen, next ? "FOLDER" : "");
        next = next ? next + strlen(path) : at + strlen(at);
    }
    return seen;
}

static void expect_text(int status, const char *expected) {
    run r = status_of(url, NULL);
    nx_buf seen = text_of(&r);
    if (strcmp(seen.len ? seen.data : "", expected) != 0) {
        fail_msg("expected:\n%s\nseen:\n%s%s", expected, seen.len ? seen.data : "", r.err);
    }
    expect_status(&r, status);
    nx_buf_free(&seen);
    run_free(&r);
}

static void expect_part(int status, const char *part) {
    run r = status_of(url, NULL);
    nx_buf seen = text_of(&r);
    if (!strstr(seen.len ? seen.data : "", part) && !strstr(r.err, part)) {
        fail_msg("no \"%s\" in:\n%s%s", part, r.out, r.err);
    }
    expect_status(&r, status);
    nx_buf_free(&seen);
    run_free(&r);
}

static void a_database_without_migrations_is_not_managed(void **state) {
    (void)state;
    expect_text(1, "No migration found in prisma/migrations\nThe current database is not managed by Prisma Migrate.\n\n"
                   "Read more about how to baseline an existing production database:\nhttps://pris.ly/d/migrate-baseline\n" READ);
}

static void those_not_applied_are_listed(void **state) {
    (void)state;
    script("20240102_more", "SELECT 2;");
    script("20240101_init", "SELECT 1;");
    expect_text(1, "2 migrations found in prisma/migrations\nFollowing migrations have not yet been applied:\n20240101_init\n20240102_more\n\n"
                   "To apply migrations in development run prisma migrate dev.\n"
                   "To apply migrations in production run prisma migrate deploy.\n" READ);
    make_table();
    row("20240101_init", "SELECT 1;", APPLIED, 9);
    expect_text(1, "2 migrations found in prisma/migrations\nFollowing migration have not yet been applied:\n20240102_more\n\n"
                   "To apply migrations in development run prisma migrate dev.\n"
                   "To apply migrations in production run prisma migrate deploy.\n" READ);
    row("20240102_more", "SELECT 2;", APPLIED, 8);
    expect_text(0, "2 migrations found in prisma/migrations\n\nDatabase schema is up to date!\n" READ);
}

static void line_ends_are_no_edit_but_words_are(void **state) {
    (void)state;
    make_table();
    script("1", "SELECT 1;\r\nSELECT 2;\r\n");
    row("1", "SELECT 1;\nSELECT 2;\n", APPLIED, 9); /* applied elsewhere, where files end their lines otherwise */
    expect_text(0, "1 migration found in prisma/migrations\n\nDatabase schema is up to date!\n" READ);
    script("1", "SELECT 1;\nSELECT 2;\n");
    lab_sql(url, "UPDATE _prisma_migrations SET checksum = encode(sha256(E'SELECT 1;\\r\\nSELECT 2;\\r\\n'), 'hex')");
    expect_text(0, "1 migration found in prisma/migrations\n\nDatabase schema is up to date!\n" READ);
    script("1", "SELECT 1;\nSELECT 3;\n");
    expect_part(0, "Database schema is up to date!\n" READ "\n1: applied\n  its script was modified after it was applied\n");
}

static void checksums_of_old_are_understood(void **state) {
    (void)state;
    make_table();
    script("1", "SELECT 1;");
    row("1", "SELECT 1;", APPLIED, 9); /* each byte without its leading zero */
    lab_sql(url, "UPDATE _prisma_migrations SET checksum = (SELECT string_agg(ltrim(substr(checksum, i, 2), '0') ||"
                 " CASE WHEN substr(checksum, i, 2) = '00' THEN '0' ELSE '' END, '' ORDER BY i) FROM generate_series(1, 63, 2) i)");
    run r = status_of(url, "--json");
    expect_status(&r, 0);
    expect_jq(r.out, ".migrations[0].edited", "false");
    run_free(&r);
}

static void failed_ones_have_their_log(void **state) {
    (void)state;
    make_table();
    script("1", "SELECT 1;");
    row("1", "SELECT 1;", FAILED, 9);
    expect_part(1, "Following migration have failed:\n1\n\nDuring development");
    expect_part(1, "prisma migrate resolve --rolled-back \"1\"");
    expect_part(1, "\n1: failed\n  started ");
    expect_part(1, "  log:\nrelation \"x\" already exists\n");
    lab_sql(url, "UPDATE _prisma_migrations SET started_at = now()");
    expect_part(1, "\n1: running\n"); /* perhaps: for a minute nobody can tell */
    lab_sql(url, "UPDATE _prisma_migrations SET rolled_back_at = now()");
    expect_part(0, "Database schema is up to date!\n" READ "\n1: rolled back\n"); /* it counts as being there */
    row("1", "SELECT 1;", APPLIED, -1);
    expect_part(0, "Database schema is up to date!\n");
}

static void diverged_histories_name_what_they_share(void **state) {
    (void)state;
    make_table();
    script("1", "SELECT 1;");
    row("0", "SELECT 0;", APPLIED, 9);
    expect_part(1, "The last common migration is: null\n");
    row("1", "SELECT 1;", APPLIED, 8);
    expect_part(0, "Database schema is up to date!\n" READ "\n0: applied\n  the migrations folder does not have it\n");
    script("2", "SELECT 2;");
    script("3", "SELECT 3;");
    row("3", "SELECT 3;", APPLIED, 7);
    expect_part(1, "Your local migration history and the migrations table from your database are different:\n\n"
                   "The last common migration is: 1\n\nThe migration have not yet been applied:\n2\n\n"
                   "The migration from the database are not found locally in ");
}

static void what_cannot_be_read_is_named(void **state) {
    (void)state;
    project_write(folder, "prisma/migrations/20240101_empty/notes.txt", "nothing");
    expect_part(1, "have not yet been applied:\n20240101_empty\n");
    expect_part(1, "its migration.sql cannot be read: No such file or directory");
    make_table();
    row("20240101_empty", "", APPLIED, 9);
    expect_part(1, "failed to read migration script at ");
    lab_sql(url, "DROP TABLE _prisma_migrations");
    run r = nixie("postgresql://postgres@127.0.0.1:1/x", "migrations", NULL);
    expect_status(&r, 3);
    run_free(&r);
    r = nixie(url, "migrations", "--prisma", "/nowhere/schema.prisma", NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(url, "migrations", NULL); /* without a project, the database's side alone */
    expect_status(&r, 1);
    assert_non_null(strstr(r.out, "No migration found in prisma/migrations"));
    run_free(&r);
}

static void the_lock_of_another_database_stops_it(void **state) {
    (void)state;
    script("1", "SELECT 1;");
    project_write(folder, "prisma/migrations/migration_lock.toml", "provider = \"sqlite\"\n");
    expect_part(1, "Error: P3019\n\nThe datasource provider `postgresql` specified in your schema does not match");
    run r = status_of(url, "--json");
    expect_status(&r, 1);
    expect_jq(r.out, "\"\\(.status) \\(.provider)\"", "provider switched sqlite");
    run_free(&r);
}

static void the_schema_of_the_connection_counts(void **state) {
    (void)state;
    make_table();
    row("1", "SELECT 1;", APPLIED, 9);
    lab_sql(url, "CREATE SCHEMA app; ALTER TABLE _prisma_migrations SET SCHEMA app");
    script("1", "SELECT 1;");
    expect_part(1, "have not yet been applied");
    char address[300];
    snprintf(address, sizeof address, "%s&schema=app", url);
    run r = status_of(address, "--json");
    expect_status(&r, 0);
    expect_jq(r.out, "\"\\(.status) \\(.table) \\(.lastCommon) \\(.migrations | length)\"", "up to date true null 1");
    expect_jq(r.out, ".migrations[0] | \"\\(.name) \\(.state) \\(.local) \\(.tries) \\(.rolledBack) \\(.steps + 1)\"", "1 applied true 1 null 2");
    run_free(&r);
}

static void nothing_is_written_and_nothing_acts_on_the_terminal(void **state) {
    (void)state;
    make_table();
    row("1", "SELECT 1;", FAILED, 9);
    lab_sql(url, "UPDATE _prisma_migrations SET migration_name = E'\\033[31mred', logs = E'line\\n\\033]0;title\\007end'");
    char *before = lab_query(url, "SELECT md5(string_agg(t::text, ',')) FROM _prisma_migrations t");
    run r = nixie(url, "migrations", "--read-only", NULL);
    expect_status(&r, 1);
    assert_null(strchr(r.out, '\033'));
    assert_non_null(strstr(r.out, "log:\nline\n"));
    run_free(&r);
    char *after = lab_query(url, "SELECT md5(string_agg(t::text, ',')) FROM _prisma_migrations t");
    assert_string_equal(before, after);
    free(before);
    free(after);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fresh, done)

static const struct CMUnitTest tests[] = {
    CASE(a_database_without_migrations_is_not_managed),
    CASE(those_not_applied_are_listed),
    CASE(line_ends_are_no_edit_but_words_are),
    CASE(checksums_of_old_are_understood),
    CASE(failed_ones_have_their_log),
    CASE(diverged_histories_name_what_they_share),
    CASE(what_cannot_be_read_is_named),
    CASE(the_lock_of_another_database_stops_it),
    CASE(the_schema_of_the_connection_counts),
    CASE(nothing_is_written_and_nothing_acts_on_the_terminal),
};

LAB_MAIN(tests, group_open, group_close)
