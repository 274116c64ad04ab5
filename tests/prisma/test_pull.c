/* The schema that a database asks for. tests/prisma/pull holds pairs: NAME.sql makes a database, NAME.prisma is what is
 * printed of it. Comments at the head of the script say more:
 *   -- schemas: a,b      these are pulled; else public
 *   -- project: FILE     the schema.prisma that the project has
 *   -- again: FILE       what a project that has the pulled schema pulls; else the same
 *   -- since: 15         older servers do not know what is in it
 *   -- drift: N          so many differences are left when the text is laid over the same database; else none
 */
#include <dirent.h>

#include "catalog/study.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/pull.h"

static const char folder[] = "tests/prisma/pull";

static char *read_text(const char *name, const char *suffix) {
    nx_buf path = NX_BUF, text = NX_BUF;
    nx_buf_addf(&path, "%s/%s%s", folder, name, suffix);
    FILE *file = fopen(path.data, "r");
    if (!file) {
        fail_msg("cannot read %s", path.data);
    }
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        nx_buf_add(&text, chunk, n);
    }
    fclose(file);
    nx_buf_free(&path);
    return nx_buf_take(&text);
}

/* The value of "-- word: value"; malloc'ed, NULL when it is not said. */
static char *directive(const char *script, const char *word) {
    nx_buf head = NX_BUF;
    nx_buf_addf(&head, "-- %s: ", word);
    const char *at = strstr(script, head.data);
    char *value = at ? nx_strndup(at + head.len, strcspn(at + head.len, "\n")) : NULL;
    nx_buf_free(&head);
    return value;
}

static nx_prisma *parse(const char *text) {
    nx_error err = NX_ERROR;
    nx_prisma *prisma = nx_prisma_parse(&(nx_prisma_text){"pulled.prisma", text, strlen(text)}, 1, &err);
    if (!prisma) {
        fail_msg("%s\n%s", err.message, text);
    }
    return prisma;
}

/* --- pulling ---------------------------------------------------------------------------------------------------- */

typedef struct outcome {
    bool done;
    char *text;
    nx_error err;
} outcome;

static void note(void *owner, char *text, const nx_error *err) {
    outcome *o = owner;
    assert_false(o->done);
    assert_true((text == NULL) == (err != NULL));
    o->done = true;
    o->text = text;
    if (err) {
        nx_error_copy(&o->err, err);
    }
}

static outcome pull(study *s, const char *schemas, const nx_prisma *project) {
    const char *names[8];
    nx_pull_wish wish = {.schemas = names, .prisma = project};
    char *list = nx_strdup(schemas ? schemas : "public"), *rest = list;
    for (char *name; (name = strtok_r(rest, ",", &rest)) && wish.nschemas < 8;) {
        names[wish.nschemas++] = name;
    }
    wish.multi = wish.nschemas > 1;
    outcome o = {.err = NX_ERROR};
    nx_pull(s->session, &wish, note, &o);
    free(list);
    lab_wait(s->session, &o.done);
    return o;
}

/* The text as our own reader has it, laid over the database that it came from. */
static int drift(study *s, const char *text) {
    nx_prisma *prisma = parse(text);
    nx_prisma_lay(prisma, s->catalog, &(nx_overlay_wish){.database_names = false});
    nx_prisma_free(prisma);
    study_graph(s);
    int n;
    const nx_drift *found = nx_prisma_drift(s->catalog, &n);
    for (int i = 0; i < n; i++) {
        print_message("  drift: %s\n", found[i].words);
    }
    return n;
}

static bool same_text(const char *name, const char *text, const char *expected) {
    int line = 1;
    size_t start = 0, i = 0;
    for (; text[i] && text[i] == expected[i]; i++) {
        line += text[i] == '\n';
        start = text[i] == '\n' ? i + 1 : start;
    }
    if (text[i] == expected[i]) {
        return true;
    }
    print_error("%s.prisma:%d:\n  expected: %.*s\n  pulled:   %.*s\n", name, line, (int)strcspn(expected + start, "\n"),
                expected + start, (int)strcspn(text + start, "\n"), text + start);
    return false;
}

/* --- pairs ------------------------------------------------------------------------------------------------------- */

/* A database as it was created, for much less than another one costs. */
static const char emptied[] =
    "DO $$ DECLARE s name; BEGIN FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' LOOP"
    " EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP; CREATE SCHEMA public; END $$";

/* What a project gets that has the schema already; and that stays. */
static bool settles(study *s, const char *name, const char *schemas, const char *text, const char *script) {
    char *again = directive(script, "again"), *expected = again ? read_text(again, "") : nx_strdup(text);
    nx_prisma *first = parse(text);
    outcome second = pull(s, schemas, first);
    nx_prisma *kept = parse(second.text);
    outcome third = pull(s, schemas, kept);
    bool fits = same_text(name, second.text, expected) && same_text(name, third.text, expected);
    nx_prisma_free(first);
    nx_prisma_free(kept);
    free(second.text);
    free(third.text);
    free(again);
    free(expected);
    return fits;
}

static bool is_known_there(const char *url, const char *name) {
    char *script = read_text(name, ".sql"), *since = directive(script, "since");
    bool known = !since || lab_version(url) >= atoi(since);
    if (!known) {
        print_message("%s: since PostgreSQL %s\n", name, since);
    }
    free(script);
    free(since);
    return known;
}

static bool pair_fits(const char *url, const char *name) {
    char *script = read_text(name, ".sql"), *expected = read_text(name, ".prisma");
    char *schemas = directive(script, "schemas"), *project = directive(script, "project"), *left = directive(script, "drift");
    char *project_text = project ? read_text(project, "") : NULL;
    nx_prisma *prisma = project_text ? parse(project_text) : NULL;
    lab_sql(url, emptied);
    lab_sql(url, script);
    study s = study_open(nx_strdup(url));
    outcome o = pull(&s, schemas, prisma);
    if (!o.text) {
        fail_msg("%s: %s", name, o.err.message);
    }
    bool fits = same_text(name, o.text, expected) && settles(&s, name, schemas, o.text, script);
    int found = drift(&s, o.text), wanted = left ? atoi(left) : 0;
    if (found != wanted) {
        print_error("%s: %d differences, not %d\n", name, found, wanted);
    }
    study_close(&s);
    nx_prisma_free(prisma);
    free(o.text);
    free(script);
    free(expected);
    free(schemas);
    free(project);
    free(project_text);
    free(left);
    return fits && found == wanted;
}

static int is_script(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

static void each_script_gives_its_schema(void **state) {
    (void)state;
    struct dirent **scripts;
    int n = scandir(folder, &scripts, is_script, alphasort), wrong = 0;
    char *url = lab_database("pull");
    assert_true(n >= 15);
    for (int i = 0; i < n; i++) {
        scripts[i]->d_name[strlen(scripts[i]->d_name) - 4] = '\0';
        wrong += is_known_there(url, scripts[i]->d_name) && !pair_fits(url, scripts[i]->d_name);
        free(scripts[i]);
    }
    free(scripts);
    free(url);
    assert_int_equal(wrong, 0);
}

/* --- what is no schema ------------------------------------------------------------------------------------------- */

static void refuse(study *s, const char *schemas, const char *message, const char *hint) {
    outcome o = pull(s, schemas, NULL);
    assert_null(o.text);
    assert_int_equal(o.err.kind, NX_ERR_NOT_FOUND);
    assert_string_equal(o.err.message, message);
    assert_string_equal(o.err.hint, hint);
    nx_error_clear(&o.err);
}

static void what_cannot_be_told_is_said(void **state) {
    (void)state;
    study s = study_script("pull", "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE b.t (id int PRIMARY KEY);"
                                   "CREATE TABLE a.r (id int REFERENCES b.t); CREATE VIEW public.v AS SELECT 1");
    refuse(&s, NULL, "there are no tables in schema \"public\"", "--schema NAME chooses another one, --schema A,B several");
    refuse(&s, "b,none", "there is no schema \"none\"", "nixie models lists the schemas");
    refuse(&s, "a", "a.r refers to b.t, in a schema that was not chosen", "--schema a,b takes it in");
    outcome o = pull(&s, "b", NULL);
    assert_non_null(o.text);
    free(o.text);
    study_close(&s);
}

static void one_trip_and_it_can_be_dropped(void **state) {
    (void)state;
    study s = study_script("pull", "CREATE TABLE t (id int PRIMARY KEY)");
    int64_t before = study_trips(&s);
    outcome o = pull(&s, NULL, NULL);
    assert_int_equal(study_trips(&s), before + 1);
    free(o.text);
    outcome never = {.err = NX_ERROR};
    const char *schema = "public";
    nx_pull_drop(nx_pull(s.session, &(nx_pull_wish){.schemas = &schema, .nschemas = 1}, note, &never));
    o = pull(&s, NULL, NULL);
    assert_non_null(o.text);
    assert_false(never.done);
    free(o.text);
    study_close(&s);
}

/* Columns that the role may not see are not there; a table without any is told in comments. */
static void what_the_role_may_not_see(void **state) {
    (void)state;
    char *url = lab_database("pull");
    lab_sql(url, "CREATE TABLE secret (id int PRIMARY KEY); CREATE TABLE half (id int PRIMARY KEY, b int, c int REFERENCES secret);"
                 "DO $$ BEGIN CREATE ROLE nixie_pull LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                 "GRANT SELECT (id, c) ON half TO nixie_pull");
    study s = study_open(study_url_as(url, "nixie_pull"));
    outcome o = pull(&s, NULL, NULL);
    assert_non_null(strstr(o.text, "\nmodel half {\n  id Int  @id\n  c  Int?\n}\n\n"
                                   "/// We could not retrieve columns for the underlying table. Either it has none or you are missing "
                                   "rights to see them. Please check your privileges.\n// model secret {\n// }\n"));
    free(o.text);
    study_close(&s);
    free(url);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_script_gives_its_schema),
    cmocka_unit_test(what_cannot_be_told_is_said),
    cmocka_unit_test(one_trip_and_it_can_be_dropped),
    cmocka_unit_test(what_the_role_may_not_see),
};

LAB_MAIN(tests, NULL, NULL)
