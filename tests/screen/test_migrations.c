/* The migrations as a view: a list, each with its script and its log. */
#include <unistd.h>

#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "prisma/project.h"

static void each_is_shown_with_its_state_and_its_script(void **state) {
    (void)state;
    char *url = lab_database("migrationlist");
    lab_sql(url, "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL,"
                 " finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,"
                 " started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);"
                 "INSERT INTO _prisma_migrations VALUES ('1', repeat('0', 64), '2024-01-02 03:04:05+00', '1_init', NULL, NULL,"
                 " '2024-01-02 03:04:04+00', 1), ('2', encode(sha256('SELECT 2;'), 'hex'), NULL, '2_more', 'it broke', NULL,"
                 " '2024-02-02 03:04:04+00', 0)");
    project *folder = project_new();
    const char *schema = project_write(folder, "schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
    project_write(folder, "migrations/1_init/migration.sql", "CREATE TABLE first (id int);\n");
    project_write(folder, "migrations/2_more/migration.sql", "SELECT 2;");
    project_write(folder, "migrations/3_next/migration.sql", "SELECT 3;");
    screen *s = screen_nixie(24, 100, url, (const char *[]){"--prisma", schema, NULL});
    screen_wait(s, "no models here");
    screen_type(s, ":migr<Tab><Enter>");
    screen_wait(s, "what prisma migrate status says");
    screen_wait(s, "applied 2024-01-02, edited");
    screen_wait(s, "x 2_more");
    screen_wait(s, "3_next");
    screen_wait(s, "not applied");
    screen_type(s, "j<Enter>");
    screen_wait(s, "its script was modified after it was applied");
    screen_wait(s, "CREATE TABLE first (id int);");
    screen_type(s, "q");
    screen_wait_gone(s, "CREATE TABLE first");
    screen_wait(s, "3_next"); /* back on the list */
    screen_type(s, "j<Enter>"); /* the cursor is where it was */
    screen_wait(s, "2_more: failed");
    screen_wait(s, "it broke");
    screen_type(s, "q");
    screen_wait_gone(s, "it broke");
    lab_sql(url, "UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = '2'");
    project_write(folder, "migrations/4_last/migration.sql", "SELECT 4;");
    screen_type(s, "r");
    screen_wait(s, "rolled back");
    screen_wait(s, "4_last");
    screen_type(s, "g<Enter>");
    screen_wait(s, "Following migrations have not yet been applied:");
    screen_type(s, "q");
    unlink(project_path(folder, "migrations/1_init/migration.sql"));
    screen_type(s, "r");
    screen_wait(s, "failed to read migration script at");
    screen_wait(s, "3_next"); /* what was known stays */
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "3_next");
    hands_quit(s);
    project_free(folder);
    free(url);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_shown_with_its_state_and_its_script)};

LAB_MAIN(tests, NULL, NULL)
