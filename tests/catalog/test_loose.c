/* References that no constraint declares, laid over the catalog by hand: which of them hold, and what they add. */
#include "lab/lab.h"
#include "lab/test.h"
#include "study.h"

enum { FIELDS_MAX = 4 };

/* Lays `child (fields) refers to parent (references)` over the catalog. The names are separated by '|'. */
static void refer(study *s, const char *child, const char *fields, const char *parent, const char *references) {
    char own[200], others[200], *rest = NULL;
    const char *from[FIELDS_MAX], *to[FIELDS_MAX];
    int n = 0, m = 0;
    snprintf(own, sizeof own, "%s", fields);
    snprintf(others, sizeof others, "%s", references);
    for (char *name = strtok_r(own, "|", &rest); name; name = strtok_r(NULL, "|", &rest)) {
        from[n++] = name;
    }
    for (char *name = strtok_r(others, "|", &rest); name; name = strtok_r(NULL, "|", &rest)) {
        to[m++] = name;
    }
    assert_int_equal(n, m);
    nx_catalog_add_key(s->catalog, &(nx_virtual_key){.child = study_listed(s, "public", child),
                                                     .parent = study_listed(s, "public", parent),
                                                     .nfields = n,
                                                     .fields = from,
                                                     .references = to,
                                                     .on_delete = 'c',
                                                     .on_update = 'n'});
    memset(own, 'x', sizeof own); /* the catalog has copied what it was told */
    memset(others, 'x', sizeof others);
}

static nx_relation *relation(study *s, const char *model, const char *name) {
    nx_error err = NX_ERROR;
    nx_relation *found = nx_model_find_relation(study_listed(s, "public", model), name, &err);
    if (!found) {
        fail_msg("%s", err.message);
    }
    return found;
}

/* The foreign keys of a described model as "fields -> target(references)", joined by "; ". malloc'ed. */
static char *keys_of(const nx_model *model) {
    nx_buf out = NX_BUF;
    nx_buf_adds(&out, "");
    for (int i = 0; i < model->nforeign_keys; i++) {
        const nx_foreign_key *key = model->foreign_keys[i];
        nx_buf_adds(&out, i ? "; " : "");
        for (int k = 0; k < key->nfields; k++) {
            nx_buf_addf(&out, k ? ",%s" : "%s", key->fields[k]->name);
        }
        nx_buf_addf(&out, key->virtual ? " -> %s(" : " => %s(", key->target->name);
        for (int k = 0; k < key->nfields; k++) {
            nx_buf_addf(&out, k ? ",%s" : "%s", key->references[k]);
        }
        nx_buf_adds(&out, ")");
    }
    return nx_buf_take(&out);
}
#define assert_keys(model, expected)           \
    do {                                       \
        char *keys_ = keys_of(model);          \
        assert_string_equal(keys_, expected);  \
        free(keys_);                           \
    } while (0)

/* --- what holds ------------------------------------------------------------------------------------------------ */

/* One column of each type, and a table whose columns refer to them. */
static const char types_sql[] =
    "CREATE DOMAIN small AS int2; CREATE DOMAIN note AS text;"
    "CREATE TABLE target (i2 int2, i4 int4, i8 int8, n numeric, t text, v varchar(5), c char(3), u uuid, d date, s small,"
    " o note);"
    "CREATE TABLE source (id int PRIMARY KEY, i2 int2, i4 int4, i8 int8, n numeric, t text, v varchar(9), c char(3),"
    " u uuid, d date, s small, o note)";

/* Numbers are compared with numbers and texts with texts, a domain as what it is made of; else only the same type. */
static bool compares(const char *a, const char *b) {
    static const char *const numbers[] = {"i2", "i4", "i8", "n", "s"}, *const texts[] = {"t", "v", "c", "o"};
    int of_a = 0, of_b = 0;
    for (size_t i = 0; i < NX_COUNT(numbers); i++) {
        of_a = strcmp(a, numbers[i]) == 0 ? 1 : of_a;
        of_b = strcmp(b, numbers[i]) == 0 ? 1 : of_b;
    }
    for (size_t i = 0; i < NX_COUNT(texts); i++) {
        of_a = strcmp(a, texts[i]) == 0 ? 2 : of_a;
        of_b = strcmp(b, texts[i]) == 0 ? 2 : of_b;
    }
    return of_a ? of_a == of_b : strcmp(a, b) == 0;
}

static const char *const columns[] = {"i2", "i4", "i8", "n", "t", "v", "c", "u", "d", "s", "o"};

static void refer_all(study *s) {
    for (size_t i = 0; i < NX_COUNT(columns); i++) {
        for (size_t k = 0; k < NX_COUNT(columns); k++) {
            refer(s, "source", columns[i], "target", columns[k]);
        }
    }
}

static void assert_those_that_compare(const nx_model *source) {
    int expected = 0;
    for (size_t i = 0; i < NX_COUNT(columns); i++) {
        for (size_t k = 0; k < NX_COUNT(columns); k++) {
            int found = 0;
            for (int j = 0; j < source->nforeign_keys; j++) {
                found += strcmp(source->foreign_keys[j]->fields[0]->name, columns[i]) == 0 &&
                         strcmp(source->foreign_keys[j]->references[0], columns[k]) == 0;
            }
            if (found != compares(columns[i], columns[k])) {
                fail_msg("source.%s to target.%s: %d keys", columns[i], columns[k], found);
            }
            expected += found;
        }
    }
    assert_int_equal(source->nforeign_keys, expected);
}

/* The description answers for itself, as long as nobody has asked for the graph. */
static void only_what_can_be_compared_is_a_reference(void **state) {
    (void)state;
    study s = study_script("comparable", types_sql);
    refer_all(&s);
    nx_model *source = study_model(&s, "public", "source");
    assert_true(study_listed(&s, "public", "target")->described);
    assert_those_that_compare(source);
    study_close(&s);
}

/* The graph asks the server, and both say the same. */
static void the_graph_knows_the_same_ones(void **state) {
    (void)state;
    study s = study_script("comparable", types_sql);
    refer_all(&s);
    study_graph(&s);
    const nx_model *source = study_listed(&s, "public", "source");
    int to_one = 0;
    for (int i = 0; i < source->nrelations; i++) {
        to_one += source->relations[i]->kind == NX_TO_ONE;
        assert_true(compares(source->relations[i]->fields[0], source->relations[i]->references[0]));
    }
    assert_int_equal(to_one, 5 * 5 + 4 * 4 + 2);
    assert_those_that_compare(study_model(&s, "public", "source"));
    study_close(&s);
}

static const char shapes_sql[] =
    "CREATE TABLE pair (a int, b text, PRIMARY KEY (a, b));"
    "CREATE TABLE book (id int PRIMARY KEY, a int, b text, \"odd \"\"\\ name\" int, gone int);"
    "ALTER TABLE book DROP COLUMN gone;"
    "CREATE TABLE held (id int PRIMARY KEY, x int, y text, z int, FOREIGN KEY (x, y) REFERENCES pair (a, b));";

static void a_reference_over_several_fields_holds_when_all_of_them_do(void **state) {
    (void)state;
    for (int graph = 0; graph < 2; graph++) {
        study s = study_script("several", shapes_sql);
        refer(&s, "book", "b|a", "pair", "b|a");
        refer(&s, "book", "a|b", "pair", "b|a");              /* crosswise */
        refer(&s, "book", "a|gone", "pair", "a|b");           /* no such field, any more */
        refer(&s, "book", "a|b", "pair", "a|nothing");
        refer(&s, "book", "a|tableoid", "pair", "a|tableoid"); /* not a field of the model's own */
        refer(&s, "book", "odd \"\\ name", "book", "id");
        if (graph) {
            study_graph(&s);
            assert_relations(study_listed(&s, "public", "pair"), "book to-many book[b,a->b,a]; held to-many held[a,b->x,y]");
        }
        nx_model *book = study_model(&s, "public", "book");
        assert_keys(book, "b,a -> pair(b,a); odd \"\\ name -> book(id)");
        assert_int_equal(book->foreign_keys[0]->on_delete, 'c');
        assert_int_equal(book->foreign_keys[0]->on_update, 'n');
        study_close(&s);
    }
}

/* A constraint over the same columns is the reference, in whatever order the columns are named; one over other
 * columns, or over some of them, is another one. */
static void what_a_constraint_says_is_not_said_twice(void **state) {
    (void)state;
    for (int graph = 0; graph < 2; graph++) {
        study s = study_script("twice", shapes_sql);
        refer(&s, "held", "y|x", "pair", "b|a");
        refer(&s, "held", "z|y", "pair", "a|b");
        refer(&s, "held", "x", "pair", "a");
        refer(&s, "held", "x|y", "book", "a|b");
        if (graph) {
            study_graph(&s);
        }
        assert_keys(study_model(&s, "public", "held"),
                    "x,y => pair(a,b); z,y -> pair(a,b); x -> pair(a); x,y -> book(a,b)");
        if (!graph) {
            study_graph(&s);
        }
        assert_keys(study_listed(&s, "public", "held"),
                    "x,y => pair(a,b); z,y -> pair(a,b); x -> pair(a); x,y -> book(a,b)");
        study_close(&s);
    }
}

/* --- when it is known -------------------------------------------------------------------------------------------- */

static void a_described_child_is_described_again_with_its_new_parent(void **state) {
    (void)state;
    study s = study_script("late", shapes_sql);
    nx_model *book = study_model(&s, "public", "book");
    assert_keys(book, "");
    refer(&s, "book", "id", "book", "a"); /* itself: nothing is missing */
    assert_true(book->described);
    refer(&s, "book", "a|b", "pair", "a|b");
    assert_false(book->described);
    study_model(&s, "public", "book");
    assert_true(study_listed(&s, "public", "pair")->described);
    assert_keys(book, "id -> book(a); a,b -> pair(a,b)");
    int64_t trips = study_trips(&s);
    study_model(&s, "public", "book");
    assert_int_equal(study_trips(&s), trips);
    study_close(&s);
}

/* --- what the graph makes of them --------------------------------------------------------------------------------- */

static const char indexes_sql[] =
    "CREATE TABLE one (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));"
    "CREATE TABLE none (x int, y int);"
    "CREATE TABLE ahead (x int, y int, z int); CREATE INDEX ON ahead (y, x, z);"
    "CREATE TABLE parted (x int, y int, z int); CREATE INDEX ON parted (x, z, y);"
    "CREATE TABLE partial (x int, y int); CREATE UNIQUE INDEX ON partial (x, y) WHERE x > 0;"
    "CREATE TABLE computed (x int, y int); CREATE UNIQUE INDEX ON computed (x, abs(y));"
    "CREATE TABLE sole (x int UNIQUE, y int);"
    "CREATE TABLE wider (x int, y int, z int, UNIQUE (x, y, z));"
    "CREATE TABLE covering (x int, y int, z int); CREATE UNIQUE INDEX ON covering (x) INCLUDE (y);"
    "CREATE TABLE behind (x int, y int); CREATE INDEX ON behind (x) INCLUDE (y);";

static void indexes_tell_how_many_and_how_fast(void **state) {
    (void)state;
    static const struct {
        const char *table;
        bool one_to_one, indexed;
    } cases[] = {
        {"none", false, false},     {"ahead", false, true}, {"parted", false, false},  {"partial", false, false},
        {"computed", false, false}, {"sole", true, false},    {"wider", false, true},    {"covering", true, false},
        {"behind", false, false},
    };
    study s = study_script("indexes", indexes_sql);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        refer(&s, cases[i].table, "x|y", "one", "a|b");
    }
    study_graph(&s);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        const nx_relation *r = relation(&s, "one", cases[i].table);
        if (r->one_to_one != cases[i].one_to_one || r->indexed != cases[i].indexed || !r->virtual) {
            fail_msg("%s: one-to-one %d, indexed %d", cases[i].table, r->one_to_one, r->indexed);
        }
        assert_int_equal(r->on_delete, 'c');
        assert_int_equal(r->on_update, 'n');
    }
    study_close(&s);
}

static void names_step_aside_for_fields(void **state) {
    (void)state;
    study s = study_script("names", "CREATE TABLE person (id int PRIMARY KEY, note int);"
                                    "CREATE TABLE note (author_id int, author text);"
                                    "CREATE TABLE mail (person int, \"toId\" int);");
    refer(&s, "note", "author_id", "person", "id");
    refer(&s, "mail", "toId", "person", "id");
    refer(&s, "mail", "person", "person", "id");
    study_graph(&s);
    assert_relations(study_listed(&s, "public", "note"), "person via author_id to-one person[author_id->id]");
    assert_relations(study_listed(&s, "public", "mail"),
                     "person via person to-one person[person->id]; to to-one person[toId->id]");
    study_close(&s);
}

static void a_table_is_a_join_when_it_is_said_to_be(void **state) {
    (void)state;
    for (int said = 0; said < 2; said++) {
        study s = study_script("joins", "CREATE TABLE post (id int PRIMARY KEY); CREATE TABLE tag (id int PRIMARY KEY);"
                                        "CREATE TABLE \"_Marks\" (\"A\" int, \"B\" int)");
        refer(&s, "_Marks", "A", "post", "id");
        refer(&s, "_Marks", "B", "tag", "id");
        nx_model *marks = study_listed(&s, "public", "_Marks");
        if (said) {
            nx_catalog_add_join_table(s.catalog, marks);
            assert_true(marks->join_table);
        }
        study_graph(&s);
        assert_int_equal(marks->join_table, said);
        assert_relations(study_listed(&s, "public", "post"),
                         said ? "tag many-to-many tag[id->id]" : "_Marks to-many _Marks[id->A]");
        study_close(&s);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(only_what_can_be_compared_is_a_reference),
    cmocka_unit_test(the_graph_knows_the_same_ones),
    cmocka_unit_test(a_reference_over_several_fields_holds_when_all_of_them_do),
    cmocka_unit_test(what_a_constraint_says_is_not_said_twice),
    cmocka_unit_test(a_described_child_is_described_again_with_its_new_parent),
    cmocka_unit_test(indexes_tell_how_many_and_how_fast),
    cmocka_unit_test(names_step_aside_for_fields),
    cmocka_unit_test(a_table_is_a_join_when_it_is_said_to_be),
};

LAB_MAIN(tests, NULL, NULL)
