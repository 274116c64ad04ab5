/* What is really large, on the program as it is installed: how long each thing takes, and how much memory. For
 * `make soak`; it makes a server of its own and takes minutes. NIXIE names the program. */
#include <sys/stat.h>
#include <unistd.h>

#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/clock.h"

enum { MEMORY_KB = 64 * 1024, PATIENCE_MS = 60000 };

static lab_server *server;
static char *wide, *many;
static char folder[] = "/tmp/nixie-large-XXXXXX";
static int64_t began;

/* --- measuring ------------------------------------------------------------------------------------------------ */

static long peak_kb(screen *s) {
    char path[64], line[200];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%d/status", screen_pid(s));
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        sscanf(line, "VmHWM: %ld kB", &kb);
    }
    if (f) {
        fclose(f);
    }
    return kb;
}

static bool has(screen *s, void *text) { return screen_has(s, text); }

/* Longer than screen_wait has patience. */
static void wait_long(screen *s, const char *text) {
    for (int64_t until = nx_now_ms() + PATIENCE_MS; !screen_has(s, text) && nx_now_ms() < until;) {
        screen_pump(s, 50);
    }
    screen_until(s, has, (void *)(uintptr_t)text, text);
}

static void start(void) { began = nx_now_ms(); }

static void took(screen *s, const char *what) {
    long kb = peak_kb(s);
    print_message("large: %-58s %6d ms  peak %5.1f MB\n", what, (int)(nx_now_ms() - began), (double)kb / 1024);
    fflush(stdout);
    assert_true(kb < MEMORY_KB);
    began = nx_now_ms();
}

static screen *open_model(const char *url, const char *model, const char *words) {
    start();
    screen *s = screen_nixie(40, 140, url, model ? (const char *[]){model, NULL} : NULL);
    wait_long(s, words);
    return s;
}

static void press(screen *s, const char *keys, const char *words, const char *what) {
    start();
    screen_type(s, keys);
    wait_long(s, words);
    took(s, what);
}

/* --- what is large ----------------------------------------------------------------------------------------------- */

static char *make_database(const char *name, const char *script) {
    char *main = lab_server_url(server, "postgres"), command[80];
    snprintf(command, sizeof command, "CREATE DATABASE %s", name);
    lab_sql(main, command);
    free(main);
    char *url = lab_server_url(server, name);
    lab_sql(url, script);
    return url;
}

static void make_tables(void) {
    for (int i = 0; i < 20; i++) { /* a lock for each, until it is committed */
        char command[220];
        snprintf(command, sizeof command,
                 "DO $$ BEGIN FOR i IN 1..5000 LOOP EXECUTE format('CREATE TABLE some_longer_name_%d_%%s (id int, t text)', i); "
                 "END LOOP; END $$", i);
        lab_sql(many, command);
    }
    lab_sql(many, "CREATE TABLE the_one (id int PRIMARY KEY, t text); INSERT INTO the_one VALUES (1, 'found')");
    lab_sql(many, "VACUUM ANALYZE pg_catalog.pg_class");
    lab_sql(many, "VACUUM ANALYZE pg_catalog.pg_attribute");
}

static int setup(void **state) {
    (void)state;
    setenv("NIXIE", ".build/release/nixie", 0);
    server = lab_server_start(0, "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nautovacuum = off\n"
                                 "max_locks_per_transaction = 1024\nmax_wal_size = 2GB\n");
    wide = make_database("wide",
        "CREATE TABLE cell (id int PRIMARY KEY, t text, b bytea, j jsonb);"
        "INSERT INTO cell VALUES (1, repeat('line of text, number 0123456789' || chr(10), 9800000), decode(repeat('00ff41ab', 25000000), 'hex'),"
        "  (SELECT jsonb_agg(jsonb_build_object('n', i, 'name', 'item ' || i)) FROM generate_series(1, 700000) i)), (2, 'é', '', '1');"
        "DO $$ BEGIN EXECUTE 'CREATE TABLE wide (id int PRIMARY KEY, ' || (SELECT string_agg(format('c%s %s', i, (ARRAY['text', 'int',"
        " 'numeric', 'jsonb'])[1 + i % 4]), ',') FROM generate_series(1, 1599) i) || ')'; END $$;"
        "DO $$ BEGIN EXECUTE 'INSERT INTO wide SELECT g, ' || (SELECT string_agg((ARRAY['''t''', 'g', '0.5', 'NULL'])[1 + i % 4], ',')"
        " FROM generate_series(1, 1599) i) || ' FROM generate_series(1, 500) g'; END $$; ANALYZE wide;"
        "CREATE TABLE part (id bigint, t text, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
        "DO $$ BEGIN FOR i IN 0..2999 LOOP EXECUTE format('CREATE TABLE part_%s PARTITION OF part FOR VALUES FROM (%s) TO (%s)', i, i * 1000, i * 1000 + 1000);"
        " END LOOP; END $$; INSERT INTO part SELECT i, 'row ' || i FROM generate_series(0, 2999999, 10) i; ANALYZE part;"
        "CREATE TABLE huge (id bigint PRIMARY KEY, t text); INSERT INTO huge SELECT i, 'row ' || i FROM generate_series(1, 5000) i; ANALYZE huge;"
        "UPDATE pg_class SET reltuples = 4.2e9, relpages = 30000000 WHERE relname = 'huge';"
        "CREATE FUNCTION slow(bigint) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT pg_sleep(CASE WHEN $1 > 400 THEN 60 ELSE 0 END) IS NOT NULL';"
        "CREATE VIEW sleepy AS SELECT * FROM huge WHERE slow(id)");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    rmdir(folder);
    free(wide);
    free(many);
    lab_server_stop(server);
    return 0;
}

/* --- cells of 300 MB --------------------------------------------------------------------------------------------- */

static void save(screen *s, const char *what, long long bytes, const char *words) {
    char path[80];
    struct stat st = {0};
    snprintf(path, sizeof path, "%s/out", folder);
    screen_type(s, "X");
    screen_wait(s, "save the value to");
    screen_type(s, "<C-e><C-u>");
    screen_type(s, path);
    press(s, "<Enter>", words, what);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, bytes);
    unlink(path);
}

static void cells(void **state) {
    (void)state;
    screen *s = open_model(wide, "cell", "1-2 of");
    took(s, "rows with cells of 300, 100 and 30 MB: first rows");
    press(s, "lz", "the first 32.0 MiB of", "a text of 300 MB: the first 32 MiB of it");
    press(s, "G", "▸", "its last line");
    press(s, "g/not there<Enter>", "is not in what is here", "a search through all of that");
    save(s, "all of it into a file", lab_query_int(wide, "SELECT octet_length(t) FROM cell WHERE id = 1"), "the whole value, 299 MiB");
    press(s, "<BS>", "1-2 of", "back to the rows");
    press(s, "lz", "of 95.4 MiB, 33%", "bytes, 100 MB: the first 32 MiB of them");
    save(s, "all of them into a file", 100000000, "the whole value, 95.4 MiB");
    press(s, "<BS>", "1-2 of", "back to the rows");
    press(s, "lz", "line 1 of", "JSON of 25 MB: its beginning");
    screen_wait_gone(s, "(incomplete)");
    took(s, "all of it");
    press(s, "<BS>0", "1-2 of", "back to the rows");
    screen_type(s, "lz");
    screen_pump(s, 30);
    press(s, "<C-c>", "ancelled", "a text of 300 MB: cancelled");
    press(s, "<BS><Enter>", "too large to be shown whole", "its record");
    hands_quit(s);
}

/* --- 1,600 fields, 3,000 partitions, billions of rows -------------------------------------------------------------- */

static void fields(void **state) {
    (void)state;
    screen *s = open_model(wide, "wide", " of ~500");
    took(s, "1,600 fields: first rows");
    press(s, "G", "100%", "the last rows");
    press(s, "$", "c1599", "the last field");
    press(s, "<Enter>", "of 1600", "a record");
    press(s, "<BS>g", " 1-35 of", "the first rows again");
    for (int i = 0; i < 12; i++) {
        screen_type(s, "<PgDn>");
        screen_settle(s);
    }
    took(s, "twelve pages further");
    screen_type(s, "$");
    screen_wait(s, "c1599");
    screen_type(s, "e");
    screen_wait(s, "Enter stages");
    screen_type(s, "<C-u>\"edited\"<Enter>");
    wait_long(s, "1 staged");
    start();
    hands_save(s);
    took(s, "an edit saved");
    hands_quit(s);
}

static void partitions(void **state) {
    (void)state;
    screen *s = open_model(wide, "part", " of ~300K");
    took(s, "3,000 partitions: first rows");
    press(s, "G", "2999990", "the last rows");
    press(s, "50%", "50%", "half-way");
    press(s, "#", "of 300,000", "counted exactly");
    press(s, "/t = \"row 1234560\"<Enter>", "1-1 of 1 ", "a filter without an index");
    press(s, "i", "Fields", "described");
    hands_quit(s);
}

static void billions(void **state) {
    (void)state;
    screen *s = open_model(wide, "huge", "of ~4.2G");
    took(s, "4.2 billion rows by estimate: first rows");
    press(s, "G", "row 5000", "the last rows");
    press(s, "50%", "50%", "half-way");
    hands_quit(s);
    s = open_model(wide, "sleepy", "row 1");
    screen_type(s, "#");
    screen_wait(s, "counting");
    press(s, "jjj", "counting", "keys while it counts what takes hours");
    press(s, "<C-c>", "ancelled", "the count cancelled");
    hands_quit(s);
}

/* --- 100,000 tables ---------------------------------------------------------------------------------------------------- */

static void tables(void **state) {
    (void)state;
    many = make_database("many", "SELECT 1");
    make_tables();
    screen *s = open_model(many, NULL, "some_longer_name");
    took(s, "100,000 tables: the list");
    press(s, "G", "the_one", "its end");
    screen_type(s, "p");
    screen_wait(s, "Go to model");
    press(s, "theone", "the_one", "one found by its name");
    press(s, "<Enter>", "found", "its rows");
    press(s, "i", "the_one_pkey", "described");
    press(s, "M", " map", "its map");
    hands_quit(s);
    s = open_model(many, "the_one", "found");
    took(s, "100,000 tables: one named, its rows");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(cells),    cmocka_unit_test(fields), cmocka_unit_test(partitions),
    cmocka_unit_test(billions), cmocka_unit_test(tables),
};

LAB_MAIN(tests, setup, teardown)
