/* What a deletion will do, told before it is done: against schemas made at random, and what the server then does. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/preview.h"

/* --- asking --------------------------------------------------------------------------------------------------- */

typedef struct asked {
    bool done;
    nx_preview *preview;
} asked;

static void answered(void *owner, nx_preview *preview, const nx_error *err) {
    asked *a = owner;
    a->done = true;
    a->preview = preview;
    if (err) {
        fail_msg("%s", err->message);
    }
}

static nx_preview *look(bench *b) {
    asked a = {0};
    nx_preview_ask(b->session, b->set, answered, &a);
    lab_wait(b->session, &a.done);
    return a.preview;
}

static const nx_preview_tree *only_tree(const nx_preview *p) {
    assert_int_equal(p->n, 1);
    return &p->trees[0];
}

/* The line of the only staged change. */
static void expect_words(bench *b, const char *words) {
    nx_preview *p = look(b);
    nx_buf out = NX_BUF;
    nx_preview_words(only_tree(p), &out);
    assert_string_equal(out.data, words);
    nx_buf_free(&out);
    nx_preview_free(p);
}

static void stage(bench *b, const char *model, const char *condition) {
    bench_record r = bench_read(b, model, condition);
    bench_delete(b, &r);
}

/* --- random schemas ---------------------------------------------------------------------------------------------- */

enum { TABLES = 4, COLUMNS = 2, RECORDS = 7, SCHEMAS = 6, STAGED = 8 };

static unsigned seed = 20240711;
static unsigned pick(unsigned n) {
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % n;
}

static const char *const actions[] = {"CASCADE",     "SET NULL",  "SET DEFAULT", "RESTRICT", "NO ACTION", "CASCADE",
                                      "NO ACTION DEFERRABLE INITIALLY DEFERRED", "CASCADE DEFERRABLE"};

static void make_table(nx_buf *sql, int t) {
    bool partitioned = pick(5) == 0;
    nx_buf_addf(sql, "CREATE TABLE t%d (id int PRIMARY KEY", t);
    for (int c = 0; c < COLUMNS; c++) {
        nx_buf_addf(sql, ", r%d int%s DEFAULT %u", c, pick(6) == 0 ? " NOT NULL" : "", 1 + pick(RECORDS));
    }
    nx_buf_addf(sql, ")%s;", partitioned ? " PARTITION BY RANGE (id)" : "");
    if (partitioned) {
        nx_buf_addf(sql, "CREATE TABLE t%d_low PARTITION OF t%d FOR VALUES FROM (0) TO (4);"
                         "CREATE TABLE t%d_high PARTITION OF t%d FOR VALUES FROM (4) TO (100);", t, t, t, t);
    }
    for (int i = 1; i <= RECORDS; i++) {
        nx_buf_addf(sql, "INSERT INTO t%d VALUES (%d, %u, %u);", t, i, 1 + pick(RECORDS), 1 + pick(RECORDS));
    }
}

static void make_schema(bench *b) {
    nx_buf sql = NX_BUF;
    nx_buf_adds(&sql, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;");
    for (int t = 0; t < TABLES; t++) {
        make_table(&sql, t);
    }
    for (int t = 0; t < TABLES; t++) {
        for (int c = 0; c < COLUMNS; c++) {
            if (pick(3) > 0) {
                nx_buf_addf(&sql, "ALTER TABLE t%d ADD FOREIGN KEY (r%d) REFERENCES t%u ON DELETE %s;", t, c,
                            pick(TABLES), actions[pick(NX_COUNT(actions))]);
            }
            if (pick(2)) {
                nx_buf_addf(&sql, "CREATE INDEX ON t%d (r%d);", t, c);
            }
        }
        nx_buf_addf(&sql, "CREATE TABLE was%d AS TABLE t%d;", t, t);
    }
    bench_sql(b, sql.data);
    nx_buf_free(&sql);
}

/* As it was when the schema was made. */
static void restore(bench *b) {
    nx_buf sql = NX_BUF;
    nx_buf_adds(&sql, "SET session_replication_role = replica;");
    for (int t = 0; t < TABLES; t++) {
        nx_buf_addf(&sql, "DELETE FROM t%d; INSERT INTO t%d TABLE was%d;", t, t, t);
    }
    lab_sql(b->url, sql.data);
    nx_buf_free(&sql);
}

/* For each table: how many records went, and in how many of the others each column is another now. */
static char *what_happened(bench *b) {
    nx_buf sql = NX_BUF;
    nx_buf_adds(&sql, "SELECT ''");
    for (int t = 0; t < TABLES; t++) {
        nx_buf_addf(&sql, " || (SELECT format('t%d: -%%s', count(*) FILTER (WHERE n.id IS NULL))", t);
        for (int c = 0; c < COLUMNS; c++) {
            nx_buf_addf(&sql, " || format(' %%s', count(*) FILTER (WHERE n.id IS NOT NULL AND n.r%d IS DISTINCT FROM w.r%d))",
                        c, c);
        }
        nx_buf_addf(&sql, " || '; ' FROM was%d w LEFT JOIN t%d n ON n.id = w.id)", t, t);
    }
    char *text = lab_query(b->url, sql.data);
    nx_buf_free(&sql);
    return text;
}

typedef struct foreseen {
    int64_t gone[TABLES], changed[TABLES][COLUMNS];
    nx_effect_refusal refusal;
} foreseen;

static foreseen foresee(const nx_preview *p) {
    foreseen f = {.refusal = NX_EFFECT_ALLOWED};
    for (int i = 0; i < p->n; i++) {
        const nx_preview_tree *tree = &p->trees[i];
        f.gone[tree->model->name[1] - '0'] += tree->count;
        f.refusal = tree->refusal > f.refusal ? tree->refusal : f.refusal;
        for (int e = 0; e < tree->n; e++) {
            const nx_effect *effect = &tree->effects[e];
            int table = effect->model->name[1] - '0';
            if (effect->uncounted) {
                fail_msg("%s: %s", effect->model->name, effect->uncounted);
            }
            assert_false(effect->more || effect->deeper);
            if (effect->action == NX_EFFECT_CASCADE) {
                f.gone[table] += effect->count;
            } else if (effect->action == NX_EFFECT_SET_NULL || effect->action == NX_EFFECT_SET_DEFAULT) {
                f.changed[table][effect->key->fields[0]->name[1] - '0'] += effect->count;
            }
        }
    }
    return f;
}

static char *foreseen_text(const foreseen *f) {
    nx_buf out = NX_BUF;
    for (int t = 0; t < TABLES; t++) {
        nx_buf_addf(&out, "t%d: -%d %d %d; ", t, (int)f->gone[t], (int)f->changed[t][0], (int)f->changed[t][1]);
    }
    return nx_buf_take(&out);
}

static void stage_some(bench *b) {
    bool taken[TABLES][RECORDS + 1] = {{false}};
    for (unsigned i = 1 + pick(3); i > 0; i--) {
        unsigned table = pick(TABLES), id = 1 + pick(RECORDS);
        if (!taken[table][id]) {
            char name[8], condition[16];
            taken[table][id] = true;
            snprintf(name, sizeof name, "t%u", table);
            snprintf(condition, sizeof condition, "id = %u", id);
            stage(b, name, condition);
        }
    }
}

typedef struct tallies {
    int saved, refused, open;
} tallies;

static void foretell(bench *b, int round, tallies *t) {
    nx_changeset_clear(b->set, NULL);
    stage_some(b);
    nx_preview *p = look(b);
    foreseen f = foresee(p);
    char *expected = foreseen_text(&f);
    bool saved = bench_save(b) == NX_SAVED;
    char *happened = what_happened(b);
    t->saved += saved;
    t->refused += !saved && f.refusal == NX_EFFECT_REFUSES;
    t->open += f.refusal == NX_EFFECT_MAY_REFUSE;
    if (saved && f.refusal == NX_EFFECT_REFUSES) {
        fail_msg("round %d: saved, but a refusal was foretold", round);
    }
    if (saved && strcmp(expected, happened) != 0) {
        fail_msg("round %d: foretold %s happened %s", round, expected, happened);
    }
    /* A cascade can take a record that is staged itself before its turn comes: a conflict, no refusal. */
    if (!saved && f.refusal == NX_EFFECT_ALLOWED && b->error.kind != NX_ERR_CONFLICT) {
        fail_msg("round %d: %s (%s) was not foretold", round, b->error.message, b->error.detail ? b->error.detail : "");
    }
    free(happened);
    free(expected);
    nx_preview_free(p);
}

static void what_is_foretold_happens(void **state) {
    bench *b = *state;
    tallies t = {0};
    for (int s = 0; s < SCHEMAS; s++) {
        nx_changeset_clear(b->set, NULL);
        make_schema(b);
        for (int i = 0; i < STAGED; i++) {
            foretell(b, s * STAGED + i, &t);
            restore(b);
        }
    }
    print_message("%d saved, %d refused, %d were open\n", t.saved, t.refused, t.open);
    assert_true(t.saved > 10 && t.refused > 10 && t.open < SCHEMAS * STAGED / 4);
}

/* --- words ---------------------------------------------------------------------------------------------------------- */

static void the_line_tells_what_goes_and_what_refuses(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                 "CREATE TABLE post (id int PRIMARY KEY);"
                 "CREATE TABLE comment (id int PRIMARY KEY, post int REFERENCES post ON DELETE CASCADE,"
                 " parent int REFERENCES comment ON DELETE CASCADE);"
                 "CREATE TABLE likes (comment int REFERENCES comment ON DELETE CASCADE);"
                 "CREATE TABLE draft (post int REFERENCES post ON DELETE SET NULL);"
                 "CREATE TABLE pinned (post int NOT NULL REFERENCES post ON DELETE SET NULL);"
                 "CREATE TABLE listed (post int DEFAULT 99 REFERENCES post ON DELETE SET DEFAULT);"
                 "CREATE TABLE invoice (id int PRIMARY KEY, post int REFERENCES post);"
                 "INSERT INTO post SELECT generate_series(1, 6);"
                 "INSERT INTO comment SELECT i, 1, CASE WHEN i % 3 = 0 THEN i - 1 END FROM generate_series(1, 12) i;"
                 "INSERT INTO comment VALUES (200, NULL, 1), (201, NULL, 200);"
                 "INSERT INTO likes VALUES (1), (201), (201);"
                 "INSERT INTO draft VALUES (1), (1), (2); INSERT INTO invoice VALUES (1, 3), (2, 3), (3, 1);"
                 "INSERT INTO pinned VALUES (4); INSERT INTO listed VALUES (5)");
    stage(b, "post", "id = 6");
    expect_words(b, "deletes 1 post; nothing refers to it");
    nx_changeset_clear(b->set, NULL);
    stage(b, "post", "id = 1");
    expect_words(b, "deletes 1 post, cascades to 14 comment and 3 likes, sets NULL in 2 draft; refused by invoice (1)");
    bench_record invoice = bench_read(b, "invoice", "id = 3");
    bench_set(b, &invoice, "post", "2"); /* it is staged to refer elsewhere */
    expect_words(b, "deletes 1 post, cascades to 14 comment and 3 likes, sets NULL in 2 draft");
    nx_changeset_clear(b->set, NULL);
    stage(b, "post", "id = 4");
    expect_words(b, "deletes 1 post; refused by pinned (1: post is NOT NULL)");
    nx_changeset_clear(b->set, NULL);
    stage(b, "post", "id = 5");
    expect_words(b, "deletes 1 post; refused by listed (1: no post for its default)");
}

static void composite_keys_partitions_and_columns_to_be_set(void **state) {
    bench *b = *state;
    LAB_SINCE(b->url, 15); /* SET NULL of some columns only */
    bench_sql(b, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION IF NOT EXISTS citext;"
                 "CREATE TABLE place (land citext, town text, PRIMARY KEY (land, town));"
                 "CREATE TABLE event (id int, land citext NOT NULL, town text, FOREIGN KEY (land, town) REFERENCES place"
                 " ON DELETE SET NULL (town)) PARTITION BY RANGE (id);"
                 "CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (10);"
                 "CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM (10) TO (20);"
                 "INSERT INTO place VALUES ('no', 'Oslo'), ('no', 'Bergen');"
                 "INSERT INTO event SELECT i, 'NO', 'Oslo' FROM generate_series(5, 14) i;"
                 "CREATE TABLE log (id int PRIMARY KEY) PARTITION BY RANGE (id);"
                 "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10);"
                 "CREATE TABLE note (log int REFERENCES log); INSERT INTO log VALUES (1); INSERT INTO note VALUES (1)");
    stage(b, "place", "town = 'Oslo'");
    expect_words(b, "deletes 1 place, sets NULL in 10 event");
    nx_changeset_clear(b->set, NULL);
    stage(b, "log_1", "id = 1"); /* the key points at what it is a partition of */
    expect_words(b, "deletes 1 log_1; refused by note (1)");
}

static void a_key_that_changes_is_followed(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                 "CREATE TABLE a (id int PRIMARY KEY, x int);"
                 "CREATE TABLE b (id int PRIMARY KEY REFERENCES a ON UPDATE CASCADE);"
                 "CREATE TABLE c (id int REFERENCES b); CREATE TABLE d (id int REFERENCES b ON UPDATE SET NULL);"
                 "INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1), (2); INSERT INTO c VALUES (2);"
                 "INSERT INTO d VALUES (1)");
    bench_record r = bench_read(b, "a", "id = 1");
    bench_set(b, &r, "x", "5");
    nx_preview *p = look(b);
    assert_int_equal(p->n, 0);
    nx_preview_free(p);
    bench_set(b, &r, "id", "9");
    expect_words(b, "changes the key of 1 a, changes 1 b, sets NULL in 1 d");
    nx_changeset_clear(b->set, NULL);
    bench_record two = bench_read(b, "a", "id = 2");
    bench_set(b, &two, "id", "9");
    expect_words(b, "changes the key of 1 a, changes 1 b; refused by c (1)");
}

static void large_numbers_and_missing_indexes_are_said(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                 "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2);"
                 "CREATE TABLE many (a int REFERENCES a ON DELETE CASCADE); CREATE INDEX ON many (a);"
                 "INSERT INTO many SELECT 1 FROM generate_series(1, 1500);"
                 "CREATE TABLE wide (a int REFERENCES a ON DELETE CASCADE, pad text);"
                 "ALTER TABLE wide ALTER pad SET STORAGE PLAIN;"
                 "INSERT INTO wide SELECT 2, repeat('x', 4000) FROM generate_series(1, 300)");
    stage(b, "a", "id = 1");
    expect_words(b, "deletes 1 a, cascades to 1000+ many and wide (not counted)");
    nx_preview *p = look(b);
    const nx_preview_tree *tree = only_tree(p);
    assert_int_equal(tree->n, 2);
    assert_string_equal(tree->effects[1].uncounted, "no index on wide (a)");
    assert_ptr_equal(nx_preview_of(p, tree->change), tree);
    assert_null(nx_preview_of(p, tree->change + 1));
    nx_preview_free(p);
}

static void a_look_can_be_dropped_at_any_time(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE a (id int PRIMARY KEY);"
                 "CREATE TABLE c (a int REFERENCES a); INSERT INTO a VALUES (1)");
    stage(b, "a", "true");
    for (int i = 0; i < 3; i++) {
        asked a = {0};
        nx_preview_drop(nx_preview_ask(b->session, b->set, answered, &a));
        assert_false(a.done);
    }
    nx_preview *p = look(b);
    int64_t trips = nx_session_trips(b->session);
    nx_preview_free(p);
    nx_preview_free(look(b)); /* now that the models are known */
    assert_int_equal(nx_session_trips(b->session), trips + 1);
    nx_changeset_clear(b->set, NULL);
    nx_preview *empty = look(b);
    assert_int_equal(empty->n, 0);
    nx_preview_free(empty);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(what_is_foretold_happens, bench_clean),
    cmocka_unit_test_setup(the_line_tells_what_goes_and_what_refuses, bench_clean),
    cmocka_unit_test_setup(composite_keys_partitions_and_columns_to_be_set, bench_clean),
    cmocka_unit_test_setup(a_key_that_changes_is_followed, bench_clean),
    cmocka_unit_test_setup(large_numbers_and_missing_indexes_are_said, bench_clean),
    cmocka_unit_test_setup(a_look_can_be_dropped_at_any_time, bench_clean),
};

LAB_MAIN(tests, bench_open, bench_close)
