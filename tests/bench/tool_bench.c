/* How fast nixie is, beside psql and beside libpq alone, measured in one run: `make bench`.
 *
 *   tool_bench NIXIE        times from the key to the screen, medians; a table in Markdown on stdout
 *
 * NIXIE_BENCH_ROWS is the size of the large table (10,000,000), NIXIE_BENCH_TIMES how often each thing is done (7).
 * The server is the bench's own, without fsync; everything is gone at the end.
 */
#include <unistd.h>

#include "bench/rival.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/arena.h"
#include "screen/screen.h"

enum { TIMES_MOST = 31, LINES = 50, COLUMNS = 160, PAGE = 47, KEYS = 2000 };

static long rows = 10000000;
static int times = 7;
static const char *nixie;

/* --- data ------------------------------------------------------------------------------------------------------ */

static void load(const char *url) {
    char sql[2000];
    snprintf(sql, sizeof sql,
             "CREATE TABLE owner (id int PRIMARY KEY, name text NOT NULL);"
             "INSERT INTO owner SELECT i, 'owner ' || i FROM generate_series(1, 1000) i;"
             "CREATE TABLE big (id bigint NOT NULL, title text NOT NULL, body text, amount int, at timestamptz NOT NULL,"
             " owner_id int NOT NULL);"
             "INSERT INTO big SELECT i, 'title ' || i, md5(i::text), i %% 1000, '2020-01-01'::timestamptz + i * interval '1 s',"
             " 1 + i %% 1000 FROM generate_series(1, %ld) i;"
             "ALTER TABLE big ADD PRIMARY KEY (id); ALTER TABLE big ADD FOREIGN KEY (owner_id) REFERENCES owner;"
             "CREATE TABLE fat (id int PRIMARY KEY, blob text); ALTER TABLE fat ALTER blob SET STORAGE EXTERNAL;"
             "INSERT INTO fat SELECT i, repeat(md5(i::text), 32768) FROM generate_series(1, 25) i;"
             "ANALYZE", rows);
    lab_sql(url, sql);
    lab_sql(url, "VACUUM big");
}

static void load_many(const char *url) {
    lab_sql(url, "DO $$BEGIN FOR i IN 1..10000 LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, v text)', i);"
                 " END LOOP; END$$; ANALYZE");
}

/* --- numbers --------------------------------------------------------------------------------------------------- */

typedef struct series {
    double list[TIMES_MOST];
    int n;
} series;

static void add(series *s, double ms) { s->list[s->n++] = ms; }

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(series *s) {
    qsort(s->list, (size_t)s->n, sizeof *s->list, by_size);
    return s->n ? s->list[s->n / 2] : 0;
}

/* --- nixie's side ------------------------------------------------------------------------------------------------ */

static bool is_gone_from_the_bottom(screen *s, void *text) { return !strstr(screen_line(s, -1), text); }

/* From the first key to the text on the screen; a text after a "!" has gone from its bottom line. */
static double press(screen *s, const char *keys, int line, const char *until) {
    double begin = rival_now_ms();
    screen_type(s, keys);
    if (*until == '!') {
        screen_until(s, is_gone_from_the_bottom, (char *)(uintptr_t)until + 1, until);
    } else if (line) {
        screen_wait_line(s, line, until);
    } else {
        screen_wait(s, until);
    }
    return rival_now_ms() - begin;
}

static char kept[60] = "XDG_CACHE_HOME=/tmp/nixie-bench-XXXXXX";

/* `before`: this has been looked at at an earlier start. */
static screen *start(const char *url, const char *model, bool before) {
    const char *const argv[] = {nixie, "--url", url, model, NULL};
    return screen_start(LINES, COLUMNS, argv, before ? (const char *[]){kept, NULL} : NULL);
}

static void quit(screen *s) {
    screen_type(s, "<Esc>:quit<Enter>");
    screen_wait_exit(s);
    screen_stop(s);
}

static void ready(screen *s) { /* no key is held back, nothing is under way */
    screen_settle(s);
    screen_pump(s, 60);
}

/* --- what is measured -------------------------------------------------------------------------------------------- */

typedef struct measure {
    const char *name;
    const char *keys, *until; /* %1$ld in until: a number, see at */
    const char *back;         /* keys that undo it for the next time */
    const char *back_until;
    const char *by_offset, *by_key; /* psql's statements; NULL: there is no such way */
    long at, before;          /* at: %1$ld of the statements; before: where nixie's cursor is put first, 0: nowhere */
} measure;

static void format(char *out, size_t size, const char *text, long n) {
    out[0] = '\0';
    for (const char *at = text; *at && strlen(out) + 24 < size; at++) {
        if (*at == '#') {
            snprintf(out + strlen(out), size - strlen(out), "%ld", n);
        } else {
            size_t len = strlen(out);
            out[len] = *at;
            out[len + 1] = '\0';
        }
    }
}

static void report(const char *name, double own, double offset, double key, double floor) {
    printf("| %s | %.1f |", name, own);
    double others[] = {offset, key, floor};
    for (int i = 0; i < 3; i++) {
        others[i] > 0 ? printf(" %.1f (%.2f×) |", others[i], own / others[i]) : printf(" |");
    }
    printf("\n");
    fflush(stdout);
}

static void run_measure(const measure *m, screen *s, rival_psql *psql, rival_floor *floor) {
    series own = {.n = 0}, offset = {.n = 0}, key = {.n = 0}, bare = {.n = 0};
    char text[300], until[100];
    for (int i = 0; i < times; i++) {
        if (m->before) {
            format(text, sizeof text, "@#<Enter>", m->before);
            format(until, sizeof until, "big › # ", m->before);
            press(s, text, -1, until);
            ready(s);
        }
        format(text, sizeof text, m->keys, m->at);
        format(until, sizeof until, m->until, m->at);
        add(&own, press(s, text, -1, until));
        ready(s);
        if (m->back) {
            press(s, m->back, -1, m->back_until);
            ready(s);
        }
        if (m->by_offset) {
            format(text, sizeof text, m->by_offset, m->at);
            add(&offset, rival_psql_run(psql, text));
        }
        if (m->by_key) {
            format(text, sizeof text, m->by_key, m->at);
            add(&key, rival_psql_run(psql, text));
            add(&bare, rival_floor_run(floor, text));
        }
    }
    report(m->name, median(&own), median(&offset), median(&key), median(&bare));
}

static double time_start(const char *url, const char *model, const char *until, bool before) {
    double begin = rival_now_ms();
    screen *s = start(url, model, before);
    screen_wait(s, until);
    double ms = rival_now_ms() - begin;
    ready(s);
    quit(s);
    return ms;
}

static void measure_start(const char *url) {
    static const char sql[] = "SELECT * FROM big ORDER BY id LIMIT 48";
    series first = {.n = 0}, again = {.n = 0}, psql = {.n = 0}, bare = {.n = 0};
    time_start(url, "big", "title 3 ", true);
    for (int i = 0; i < times; i++) {
        add(&first, time_start(url, "big", "title 3 ", false));
        add(&again, time_start(url, "big", "title 3 ", true));
        add(&psql, rival_psql_once(url, sql));
        add(&bare, rival_floor_once(url, sql));
    }
    report("start to first rows", median(&first), 0, median(&psql), median(&bare));
    report("... of a model seen before", median(&again), 0, median(&psql), median(&bare));
}

static void measure_many(const char *url) {
    series own = {.n = 0}, psql = {.n = 0};
    for (int i = 0; i < times; i++) {
        add(&own, time_start(url, NULL, "t1000", false));
        add(&psql, rival_psql_once(url, "\\dt"));
    }
    report("start with 10,000 tables; psql: \\dt", median(&own), 0, median(&psql), 0);
}

static void measure_link(const char *url, const char *link) {
    long million = rows >= 2000000 ? 1000000 : rows / 10, deep = rows - rows / 100;
#define PAGE_BY_OFFSET "SELECT * FROM big ORDER BY id LIMIT 48 OFFSET #"
#define PAGE_BY_KEY "SELECT * FROM big WHERE id > # ORDER BY id LIMIT 48"
    const measure measures[] = {
        {.name = "next page, at the beginning", .keys = "<C-f>", .until = "!big › 1 ", .back = "g", .back_until = "big › 1 ",
         .by_offset = PAGE_BY_OFFSET, .by_key = PAGE_BY_KEY, .at = 48},
        {.name = "next page, a million rows in", .keys = "<C-f>", .until = "!big › # ", .before = million,
         .by_offset = PAGE_BY_OFFSET, .by_key = PAGE_BY_KEY, .at = million},
        {.name = "next page, 1 % before the end", .keys = "<C-f>", .until = "!big › # ", .before = deep,
         .by_offset = PAGE_BY_OFFSET, .by_key = PAGE_BY_KEY, .at = deep},
        {.name = "last page", .keys = "G", .until = "big › #", .back = "g", .back_until = "big › 1 ",
         .by_offset = "SELECT * FROM big ORDER BY id LIMIT 48 OFFSET (# - 48)",
         .by_key = "SELECT * FROM big ORDER BY id DESC LIMIT 48", .at = rows},
        {.name = "jump to 50 %", .keys = "50%", .until = "!big › 1 ", .back = "g", .back_until = "big › 1 ",
         .by_offset = PAGE_BY_OFFSET, .at = rows / 2},
        {.name = "filter by key", .keys = "/id = #<Enter>", .until = "big › # ", .back = "\\g", .back_until = "big › 1 ",
         .by_key = "SELECT * FROM big WHERE id = #", .at = rows / 2},
        {.name = "follow a reference", .keys = "$f", .until = "owner › ", .back = "<BS>0", .back_until = "big › 1 ",
         .by_key = "SELECT * FROM owner WHERE id = 2"},
    };
    printf("| **%s** | nixie | psql, OFFSET | psql, by key | libpq |\n", link);
    measure_start(url);
    screen *s = start(url, "big", false);
    screen_wait(s, "title 3 ");
    ready(s);
    rival_psql *psql = rival_psql_open(url);
    rival_floor *floor = rival_floor_open(url);
    for (size_t i = 0; i < NX_COUNT(measures); i++) {
        run_measure(&measures[i], s, psql, floor);
    }
    series own = {.n = 0}, other = {.n = 0}, bare = {.n = 0};
    for (int i = 0; i < times; i++) { /* a save is one edit, reviewed and sent */
        char keys[60];
        snprintf(keys, sizeof keys, "0le<C-e><C-u>edit %d<Enter>", i);
        press(s, keys, 0, "1 staged");
        press(s, "W", 0, "not saved yet");
        ready(s);
        add(&own, press(s, "W", -1, "saved 1 change"));
        ready(s);
        press(s, "l", -1, "? help");
        static const char save[] = "BEGIN; UPDATE big SET title = 'other' WHERE id = 2; COMMIT";
        add(&other, rival_psql_run(psql, save));
        add(&bare, rival_floor_run(floor, save));
    }
    report("save one edit", median(&own), 0, median(&other), median(&bare));
    own.n = other.n = bare.n = 0;
    for (int i = 0; i < times; i++) {
        add(&own, press(s, "<C-p>fat<Enter>", -1, "fat › 1 "));
        ready(s);
        press(s, "<BS>", -1, "big › ");
        if (i < 3) {
            add(&other, rival_psql_run(psql, "SELECT * FROM fat ORDER BY id LIMIT 25"));
            add(&bare, rival_floor_run(floor, "SELECT * FROM fat ORDER BY id LIMIT 25"));
        }
    }
    report("25 rows of 1 MiB", median(&own), 0, median(&other), median(&bare));
    printf("| memory at its highest, MB | %.0f | | %.0f | |\n", (double)rival_memory(screen_pid(s)) / 1024,
           (double)rival_psql_memory(psql) / 1024);
    rival_psql_close(psql);
    rival_floor_close(floor);
    quit(s);
}

/* --- keys -------------------------------------------------------------------------------------------------------- */

/* Time on a processor in nanoseconds, both of the program's modes (Linux: schedstat). */
static double cpu_ns(int pid) {
    char path[40];
    double ns = 0;
    snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    FILE *f = fopen(path, "r");
    if (f) {
        assert_int_equal(fscanf(f, "%lf", &ns), 1);
        fclose(f);
    }
    return ns;
}

static void measure_keys(const char *url) {
    screen *s = start(url, "big", false);
    screen_wait(s, "title 3 ");
    ready(s);
    double before = cpu_ns(screen_pid(s));
    for (int i = 0; i < KEYS; i++) {
        screen_type(s, i / 40 % 2 ? "k" : "j");
        screen_pump(s, 1);
    }
    ready(s);
    printf("| a key in a full screen of %d×%d, µs of processor | %.0f | | | |\n", COLUMNS, LINES,
           (cpu_ns(screen_pid(s)) - before) / (double)KEYS / 1000);
    quit(s);
}

static void bench(void **state) {
    (void)state;
    lab_server *server = lab_server_start(0, "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
                                             "shared_buffers = 1GB\nmax_wal_size = 8GB\nwork_mem = 64MB\nmax_locks_per_transaction = 1000\n");
    char *url = lab_server_url(server, "postgres"), *tcp = lab_server_tcp_url(server, "postgres");
    assert_non_null(mkdtemp(strchr(kept, '/')));
    fprintf(stderr, "loading %ld rows\n", rows);
    load(url);
    lab_sql(url, "CREATE DATABASE many");
    char *many = lab_server_url(server, "many");
    load_many(many);
    printf("| milliseconds, medians of %d | nixie | psql, OFFSET | psql, by key | libpq |\n| --- | --- | --- | --- | --- |\n", times);
    measure_link(url, "direct, over a socket");
    lab_pooler *pooler = lab_pooler_start(url);
    if (pooler) {
        measure_link(lab_pooler_url(pooler), "through a pooler");
        lab_pooler_stop(pooler);
    }
    lab_proxy *proxy = lab_proxy_start(tcp);
    lab_proxy_fault(proxy, "delay 25");
    measure_link(lab_proxy_url(proxy), "50 ms away");
    lab_proxy_stop(proxy);
    printf("| **other** | | | | |\n");
    measure_many(many);
    measure_keys(url);
    free(many);
    free(tcp);
    free(url);
    lab_server_stop(server);
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", strchr(kept, '/'));
    assert_int_equal(system(command), 0);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s NIXIE\n", argv[0]);
        return 2;
    }
    nixie = argv[1];
    rows = getenv("NIXIE_BENCH_ROWS") ? atol(getenv("NIXIE_BENCH_ROWS")) : rows;
    times = getenv("NIXIE_BENCH_TIMES") ? atoi(getenv("NIXIE_BENCH_TIMES")) : times;
    times = times < 1 ? 1 : times > TIMES_MOST ? TIMES_MOST : times;
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    const struct CMUnitTest tests[] = {cmocka_unit_test(bench)};
    return lab_main(__FILE__, tests, NX_COUNT(tests), NULL, NULL);
}
