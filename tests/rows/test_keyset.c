/* Random tables, walked page by page in both directions and from the middle, against one big ORDER BY of the server.
 * The seed is fixed; NIXIE_SEED gives another. */
#include "lab/test.h"
#include "rows/query.h"
#include "rows/rows_lab.h"

enum { TABLES = 160, ROWS = 36, VALUES = 10, COLUMNS = 3 };

/* Every type with values that sort in surprising ways, as SQL; NULL is added. */
typedef struct sort_type {
    const char *type;
    const char *values[VALUES];
} sort_type;

static const sort_type types[] = {
    {"bool", {"true", "false"}},
    {"int2", {"0", "-1", "32767", "-32768", "7"}},
    {"int4", {"1", "2", "3", "-5", "2147483647"}},
    {"int8", {"9223372036854775807", "-1", "0", "12"}},
    {"numeric", {"'NaN'", "1.0", "1.00", "-0.5", "'Infinity'", "'-Infinity'", "1e30", "0.1"}},
    {"numeric(6,2)", {"1.5", "1.50", "-3", "'NaN'"}},
    {"float4", {"'NaN'", "0", "'-0'", "1e-45", "'-Infinity'", "0.1", "16777217"}},
    {"float8", {"'NaN'", "'-0'", "0", "5e-324", "0.1", "0.30000000000000004", "'Infinity'", "0.3"}},
    {"text", {"''", "'a'", "'A'", "'a,b'", "'\"'", "E'x\\ny'", "'ä'", "'z'", "'''; --'"}},
    {"text COLLATE \"C\"", {"'b'", "'B'", "'a'", "'_'", "'é'", "''"}},
    {"text COLLATE german", {"'z'", "'Z'", "'ä'", "'a'", "'A'", "'co-op'", "'coop'"}},
    {"text COLLATE nocase", {"'hello'", "'HELLO'", "'Hello'", "'b'", "'B'"}},
    {"varchar(12)", {"'x'", "'xy'", "''", "' '", "'$1'"}},
    {"char(4)", {"'a'", "'a '", "'ab'", "''", "'A'"}},
    {"name", {"'x'", "'X'", "''", "'pg_catalog'"}},
    {"\"char\"", {"'a'", "'b'", "'Z'"}},
    {"bytea", {"'\\x'", "'\\x00'", "'\\xff'", "'\\x61'", "'\\x6100'"}},
    {"uuid",
     {"'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
      "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"}},
    {"date", {"'infinity'", "'-infinity'", "'2024-02-29'", "'0044-03-15 BC'", "'12345-01-01'"}},
    {"time", {"'00:00'", "'24:00'", "'12:00:00.000001'"}},
    {"timetz", {"'00:00+02'", "'22:00-00'", "'12:00:00.5+14'"}},
    {"timestamp", {"'infinity'", "'2024-01-01 00:00:00.123456'", "'0001-01-01 BC'", "'2024-01-01'"}},
    {"timestamptz", {"'-infinity'", "'2024-10-27 01:30+00'", "'2024-10-27 00:30+00'", "'2024-01-01 00:00:00.1'"}},
    {"interval", {"'1 mon'", "'30 days'", "'-1 day +00:00:01'", "'1 year 2 mons'", "'720 hours'"}},
    {"inet", {"'10.0.0.1'", "'10.0.0.0/8'", "'10.0.0.1/8'", "'::1'"}},
    {"cidr", {"'10.0.0.0/8'", "'10.0.0.0/16'", "'2001:db8::/32'"}},
    {"macaddr", {"'08:00:2b:01:02:03'", "'00:00:00:00:00:00'"}},
    {"int4[]", {"'{}'", "'{1}'", "'{1,NULL}'", "'{NULL}'", "'{2,1}'", "'{{1,2},{3,4}}'"}},
    {"text[]", {"'{}'", "'{\"a,b\"}'", "'{NULL,\"NULL\"}'", "'{\"\"}'"}},
    {"mood", {"'sad'", "'ok'", "'happy'"}},
    {"int4range", {"'empty'", "'[1,5)'", "'(,)'", "'[1,)'"}},
    {"bit(4)", {"'1010'", "'0000'", "'1111'"}},
    {"varbit", {"''", "'1'", "'10'", "'01'"}},
    {"jsonb", {"'null'", "'{}'", "'[]'", "'1'", "'\"a\"'", "'{\"a\": 1.0}'", "'true'"}},
    {"money", {"1", "-2.5", "1000000"}},
    {"oid", {"0", "4294967295", "17"}},
    {"pg_lsn", {"'0/0'", "'FF/1'", "'1/FF'"}},
    {"tsvector", {"''", "'a b'", "'b:1A'"}},
    {"positive", {"1", "2", "30"}},
    {"pair", {"'(,)'", "'(1,)'", "'(,x)'", "'(1,x)'", "'(1,\"a b\")'"}},
    {"anycase", {"'hello'", "'HELLO'", "'b'", "'B'", "''"}},
};

/* What is not installed is stood in for: the walk is then as good a test of text. */
static const char prelude[] =
    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TYPE pair AS (a int, b text);"
    "CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
    "DO $$ BEGIN"
    "  IF EXISTS (SELECT 1 FROM pg_collation WHERE collprovider = 'i') THEN"
    "    CREATE COLLATION german (provider = icu, locale = 'de-DE');"
    "    CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
    "  ELSE CREATE COLLATION german FROM \"C\"; CREATE COLLATION nocase FROM \"C\"; END IF;"
    "  IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'citext') THEN"
    "    CREATE EXTENSION citext; CREATE DOMAIN anycase AS citext;"
    "  ELSE CREATE DOMAIN anycase AS text; END IF;"
    "END $$;";

static uint64_t seed;

static unsigned random_below(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % n);
}

typedef enum key_kind { KEY_PRIMARY, KEY_UNIQUE, KEY_COMPOSITE, KEY_NONE, KEY_KINDS } key_kind;

typedef struct random_table {
    char name[16];
    key_kind key;
    int ncolumns;
    bool not_null[COLUMNS];
    nx_buf order;    /* in nixie's words */
    nx_buf order_by; /* in SQL, with the tie-break */
} random_table;

static void add_term(random_table *t, nx_buf *index, int column, bool *desc) {
    static const char *const nulls[] = {"", " nulls first", " nulls last"};
    *desc = random_below(2);
    const char *placed = nulls[random_below(3)];
    const char *comma = t->order.len ? ", " : "";
    nx_buf_addf(&t->order, "%sc%d%s%s", comma, column, *desc ? " desc" : "", placed);
    nx_buf_addf(&t->order_by, "%st.c%d%s%s", comma, column, *desc ? " desc" : "", placed);
    unsigned kind =
        random_below(4); /* an index in the same order, in the opposite one, as most people make it, or odd */
    bool down = kind == 0 ? *desc : kind == 1 ? !*desc : false;
    nx_buf_addf(index, "%sc%d%s%s", index->len ? ", " : "", column, down ? " desc" : "",
                kind == 3 ? " nulls first" : "");
}

/* The tie-break: the key, in the direction of the last term. */
static void add_tie(random_table *t, nx_buf *index, bool desc) {
    static const char *const keys[KEY_KINDS][2] = {{"id", NULL}, {"u", NULL}, {"p", "q"}, {"ctid", NULL}};
    for (int i = 0; i < 2 && keys[t->key][i]; i++) {
        nx_buf_addf(&t->order_by, "%st.%s%s", t->order_by.len ? ", " : "", keys[t->key][i], desc ? " desc" : "");
        if (t->key != KEY_NONE && index->len) {
            nx_buf_addf(index, ", %s%s", keys[t->key][i], random_below(2) ? " desc" : "");
        }
    }
}

static void add_rows(const random_table *t, const sort_type *const *chosen, nx_buf *sql) {
    nx_buf_addf(sql, "INSERT INTO %s SELECT * FROM (VALUES ", t->name);
    for (int r = 0; r < ROWS; r++) {
        nx_buf_addf(sql, "%s(%d, %d, %d, '%c', %d", r ? ", " : "", r, (r * 7) % ROWS, ROWS - r, 'a' + r % 5, r / 5);
        for (int c = 0; c < t->ncolumns; c++) {
            unsigned n = 0;
            while (n < VALUES && chosen[c]->values[n]) {
                n++;
            }
            unsigned pick = random_below(n + 1);
            const char *value = pick == n ? (t->not_null[c] ? chosen[c]->values[0] : "NULL") : chosen[c]->values[pick];
            nx_buf_addf(sql, ", CAST(%s AS %.*s)", value, (int)strcspn(chosen[c]->type, " "), chosen[c]->type);
        }
        nx_buf_adds(sql, ")");
    }
    nx_buf_adds(sql, ") v;\n");
}

static void make_table(random_table *t, int number, nx_buf *sql) {
    static const char *const keys[] = {[KEY_PRIMARY] = ", PRIMARY KEY (id)",
                                       [KEY_UNIQUE] = ", UNIQUE (u)",
                                       [KEY_COMPOSITE] = ", PRIMARY KEY (p, q)",
                                       [KEY_NONE] = ""};
    const sort_type *chosen[COLUMNS];
    nx_buf index = NX_BUF;
    bool desc = false;
    *t = (random_table){.key = random_below(KEY_KINDS),
                        .ncolumns = 1 + (int)random_below(COLUMNS),
                        .order = NX_BUF,
                        .order_by = NX_BUF};
    snprintf(t->name, sizeof t->name, "r%d", number);
    nx_buf_addf(sql, "CREATE TABLE %s (tag int, id int, u int NOT NULL, p text, q int", t->name);
    for (int c = 0; c < t->ncolumns; c++) {
        chosen[c] = &types[random_below(NX_COUNT(types))];
        t->not_null[c] = random_below(4) == 0;
        nx_buf_addf(sql, ", c%d %s%s", c, chosen[c]->type, t->not_null[c] ? " NOT NULL" : "");
        if (c == 0 || random_below(4)) {
            add_term(t, &index, c, &desc);
        }
    }
    nx_buf_addf(sql, "%s);\n", keys[t->key]);
    add_tie(t, &index, desc);
    if (random_below(3)) {
        nx_buf_addf(sql, "CREATE INDEX ON %s (%s);\n", t->name, index.data);
    }
    add_rows(t, chosen, sql);
    nx_buf_free(&index);
}

/* --- walks ------------------------------------------------------------------------------------------- */

typedef struct walker {
    rows_lab *lab;
    nx_query *query;
    const random_table *table;
    int tags[ROWS]; /* as the server orders them */
    nx_arena *arena;
    nx_cursor cursors[ROWS];
} walker;

static void read_truth(walker *w) {
    char *sql = NULL;
    nx_buf text = NX_BUF;
    nx_buf_addf(&text, "SELECT string_agg(tag::text, ' ') FROM (SELECT tag FROM %s t ORDER BY %s) s", w->table->name,
                w->table->order_by.data);
    sql = lab_query(w->lab->url, text.data);
    char *p = sql;
    for (int i = 0; i < ROWS; i++) {
        w->tags[i] = (int)strtol(p, &p, 10);
    }
    free(sql);
    nx_buf_free(&text);
}

/* The rows of the page must be those from `first` on. */
static void assert_page(const walker *w, const nx_page *page, int first, int count, const char *what) {
    int tag = -1;
    bool same = page->nrows == count;
    for (int i = 0; same && i < count; i++) {
        tag = atoi(page->rows[i].cells[0].value.text);
        same = tag == w->tags[first + i];
    }
    if (!same) {
        char *got = rows_lab_column(page, 0);
        fail_msg("%s by \"%s\", %s: %d rows from %d expected, got %s", w->table->name, w->table->order_by.data, what,
                 count, first, got);
    }
}

/* As a cursor goes from one call of the program to the next. */
static void keep_cursor(walker *w, int place, const nx_cursor *cursor) {
    nx_error err = NX_ERROR;
    char *text = nx_cursor_encode(w->query, cursor);
    assert_true(nx_cursor_decode(w->query, text, w->arena, &w->cursors[place], &err));
    free(text);
}

static void walk_forward(walker *w, int size) {
    nx_page *page = rows_lab_first(w->lab, w->query, size);
    assert_true(page->before_known && !page->more_before);
    int at = 0;
    for (;;) {
        int count = ROWS - at < size ? ROWS - at : size;
        assert_page(w, page, at, count, "forward");
        assert_true(page->after_known);
        assert_int_equal(page->more_after, at + count < ROWS);
        for (int i = 0; i < count; i++) {
            keep_cursor(w, at + i, &page->rows[i].cursor);
        }
        nx_page_free(page);
        at += count;
        if (at == ROWS) {
            return;
        }
        page = rows_lab_from(w->lab, w->query, NX_FROM_AFTER, &w->cursors[at - 1], size);
    }
}

static void walk_backward(walker *w, int size) {
    nx_page *page = rows_lab_last(w->lab, w->query, size);
    assert_true(page->after_known && !page->more_after);
    for (int end = ROWS;;) {
        int count = end < size ? end : size;
        end -= count;
        assert_page(w, page, end, count, "backward");
        assert_true(page->before_known);
        assert_int_equal(page->more_before, end > 0);
        nx_page_free(page);
        if (end == 0) {
            return;
        }
        page = rows_lab_from(w->lab, w->query, NX_FROM_BEFORE, &w->cursors[end], size);
    }
}

static void jump(walker *w, int size) {
    int at = (int)random_below(ROWS);
    nx_page *page = rows_lab_from(w->lab, w->query, NX_FROM_AT, &w->cursors[at], size);
    assert_page(w, page, at, ROWS - at < size ? ROWS - at : size, "at");
    nx_page_free(page);
    page = rows_lab_from(w->lab, w->query, NX_FROM_BEFORE, &w->cursors[at], size);
    assert_page(w, page, at < size ? 0 : at - size, at < size ? at : size, "before");
    nx_page_free(page);
}

static void walk_table(rows_lab *lab, const random_table *t) {
    walker w = {.lab = lab, .table = t, .arena = nx_arena_new(0)};
    w.query = rows_lab_query(lab, t->name, t->order.data, NULL);
    read_truth(&w);
    walk_forward(&w, 1 + (int)random_below(9));
    walk_backward(&w, 3 + (int)random_below(9));
    jump(&w, 1 + (int)random_below(7));
    nx_query_free(w.query);
    nx_arena_free(w.arena);
}

static void walk_tables(uint64_t start, const char *settings) {
    const char *given = getenv("NIXIE_SEED");
    seed = given ? strtoull(given, NULL, 10) : start;
    print_message("seed %llu\n", (unsigned long long)seed);
    random_table *tables = nx_calloc(TABLES, sizeof *tables);
    nx_buf script = NX_BUF;
    nx_buf_adds(&script, prelude);
    nx_buf_adds(&script, settings);
    for (int i = 0; i < TABLES; i++) {
        make_table(&tables[i], i, &script);
    }
    rows_lab *lab = rows_lab_open("keyset", script.data, NULL);
    for (int i = 0; i < TABLES; i++) {
        walk_table(lab, &tables[i]);
        nx_buf_free(&tables[i].order);
        nx_buf_free(&tables[i].order_by);
    }
    rows_lab_close(lab);
    nx_buf_free(&script);
    free(tables);
}

static void walks_as_the_planner_likes(void **state) {
    (void)state;
    walk_tables(20240229, "");
}

/* Small tables are scanned whole: only so do the indexes decide the order. The session's settings are hostile, too. */
static void walks_by_index_under_hostile_settings(void **state) {
    (void)state;
    walk_tables(
        4711, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database());"
              "EXECUTE format('ALTER DATABASE %I SET enable_sort = off', current_database());"
              "EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());" /* forbidden costs call it in */
              "EXECUTE format('ALTER DATABASE %I SET DateStyle = ''SQL, DMY''', current_database());"
              "EXECUTE format('ALTER DATABASE %I SET IntervalStyle = sql_standard', current_database());"
              "EXECUTE format('ALTER DATABASE %I SET extra_float_digits = 0', current_database());"
              "EXECUTE format('ALTER DATABASE %I SET bytea_output = escape', current_database());"
              "EXECUTE format('ALTER DATABASE %I SET standard_conforming_strings = off', current_database());"
              "EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Europe/Berlin''', current_database()); END $$;");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(walks_as_the_planner_likes),
    cmocka_unit_test(walks_by_index_under_hostile_settings),
};

LAB_MAIN(tests, NULL, NULL)
