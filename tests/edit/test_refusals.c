/* Triggers, rules, rights, locks, deferred constraints: what the server does on its own. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

/* --- what the server does on its own ----------------------------------------------------------------------- */

static void triggers_that_swallow_or_alter(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE trig (id int PRIMARY KEY, v text); INSERT INTO trig VALUES (1,'a');"
                 "CREATE FUNCTION trig() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.v = 'no' THEN RETURN "
                 "NULL; END IF;"
                 " new.v = upper(new.v); RETURN new; END $$;"
                 "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON trig FOR EACH ROW EXECUTE FUNCTION trig();"
                 "CREATE FUNCTION nodel() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                 "CREATE TRIGGER d BEFORE DELETE ON trig FOR EACH ROW EXECUTE FUNCTION nodel()");
    bench_record r = bench_read(b, "trig", "id = 1");
    bench_set(b, &r, "v", "no");
    bench_refused(b, NX_ERR_REFUSED, "the server left trig 1 as it was");
    bench_set(b, &r, "v", "loud");
    bench_saved(b);
    bench_expect(b, "SELECT v FROM trig", "LOUD");
    r = bench_read(b, "trig", "id = 1");
    bench_delete(b, &r);
    bench_refused(b, NX_ERR_REFUSED, "the server left trig 1 as it was");
    nx_changeset_clear(b->set, NULL);
    uint64_t id = bench_insert(b, "trig");
    bench_assign(b, id, "trig", "id", "2");
    bench_assign(b, id, "trig", "v", "no");
    bench_refused(b, NX_ERR_REFUSED, "the server left trig (new) as it was");
    bench_expect(b, "SELECT count(*) FROM trig", "1");
}

static void ruled_tables_and_hopeless_views_say_why(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE ruled (id int PRIMARY KEY); CREATE RULE r AS ON UPDATE TO ruled DO INSTEAD NOTHING;"
                 "CREATE VIEW totals AS SELECT count(*) AS n FROM ruled; CREATE MATERIALIZED VIEW mat AS SELECT 1 "
                 "AS a");
    assert_non_null(nx_edit_refusal(bench_model(b, "ruled"), NX_UPDATE));
    assert_non_null(nx_edit_refusal(bench_model(b, "totals"), NX_UPDATE));
    assert_non_null(nx_edit_refusal(bench_model(b, "mat"), NX_DELETE));
}

static void views_are_edited_by_their_tables_key(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE vbase (id int PRIMARY KEY, v text, hidden text DEFAULT 'h');"
                 "INSERT INTO vbase VALUES (1,'a'), (2,'b');"
                 "CREATE VIEW vsome AS SELECT id AS ident, v FROM vbase WHERE id < 10 WITH CHECK OPTION");
    bench_record r = bench_read(b, "vsome", "ident = 2");
    bench_set(b, &r, "v", "B");
    uint64_t id = bench_insert(b, "vsome");
    bench_assign(b, id, "vsome", "ident", "3");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(id || coalesce(v, '-') || coalesce(hidden, '-'), ',' ORDER BY id) FROM "
                    "vbase", "1ah,2Bh,3-h");
    r = bench_read(b, "vsome", "ident = 2");
    bench_set(b, &r, "ident", "11");
    bench_refused(b, NX_ERR_SERVER, "check option");
}

static void a_key_that_fits_two_records_is_refused(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE par (id int PRIMARY KEY, v text); CREATE TABLE chi () INHERITS (par);"
                 "INSERT INTO par VALUES (1,'x'); INSERT INTO chi VALUES (1,'x')");
    bench_record r = bench_read(b, "par", "tableoid = 'par'::regclass");
    bench_set(b, &r, "v", "y");
    if (r.model->identity) { /* a parent's primary key does not hold for its children */
        bench_refused(b, NX_ERR_REFUSED, "touches 2");
    } else {
        bench_saved(b);
    }
    bench_expect(b, "SELECT count(*) FROM chi WHERE v = 'y'", "0");
}

static void deferred_constraints_object_before_the_commit(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE up (id int PRIMARY KEY); CREATE TABLE down (id int PRIMARY KEY,"
                 " up int CONSTRAINT down_up REFERENCES up DEFERRABLE INITIALLY DEFERRED); INSERT INTO up VALUES (1);"
                 "INSERT INTO down VALUES (1,1), (2,1)");
    bench_record one = bench_read(b, "up", "id = 1"), two = bench_read(b, "down", "id = 2");
    bench_set(b, &one, "id", "5");
    bench_refused(b, NX_ERR_SERVER, "violates foreign key constraint \"down_up\"");
    nx_changeset_clear(b->set, NULL);
    /* A new parent after its child: fine, because the check is deferred. */
    bench_set(b, &two, "up", "7");
    bench_refused(b, NX_ERR_SERVER, "down_up");
    uint64_t id = bench_insert(b, "up");
    bench_assign(b, id, "up", "id", "7");
    bench_saved(b);
    bench_expect(b, "SELECT up FROM down WHERE id = 2", "7");
}

/* A session of another role, which the script (run by the owner) has made. */
static bench *as_role(bench *b, const char *role) {
    const char *at = strstr(b->url, "postgres@");
    assert_non_null(at);
    nx_buf url = NX_BUF;
    nx_buf_add(&url, b->url, (size_t)(at - b->url));
    nx_buf_addf(&url, "%s@%s", role, at + strlen("postgres@"));
    bench *other = bench_on(url.data, NULL);
    nx_buf_free(&url);
    return other;
}

static void row_security_and_missing_rights(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP ROLE IF EXISTS clerk_edit; CREATE ROLE clerk_edit LOGIN; CREATE TABLE rls (id int PRIMARY "
                 "KEY, owner text, v text);"
                 "INSERT INTO rls VALUES (1,'clerk_edit','a'), (2,'boss','b'); GRANT SELECT, INSERT, UPDATE (owner, "
                 "v) ON rls TO clerk_edit;"
                 "ALTER TABLE rls ENABLE ROW LEVEL SECURITY; CREATE POLICY see ON rls FOR SELECT USING (true);"
                 "CREATE POLICY write ON rls FOR UPDATE USING (owner = current_user) WITH CHECK (owner = "
                 "current_user)");
    bench *clerk = as_role(b, "clerk_edit");
    bench_record own = bench_read(clerk, "rls", "id = 1"), other = bench_read(clerk, "rls", "id = 2");
    bench_set(clerk, &other, "v", "mine");
    bench_refused(clerk, NX_ERR_REFUSED, "the server left rls 2 as it was");
    nx_changeset_clear(clerk->set, NULL);
    bench_set(clerk, &own, "owner", "boss");
    bench_refused(clerk, NX_ERR_SERVER, "row-level security");
    assert_string_equal(clerk->error.sqlstate, "42501");
    nx_changeset_clear(clerk->set, NULL);
    bench_set(clerk, &own, "v", "mine");
    bench_saved(clerk);
    assert_non_null(nx_edit_refusal(own.model, NX_DELETE));
    assert_non_null(nx_field_refusal(nx_model_field(own.model, "id"), NX_UPDATE));
    bench_expect(b, "SELECT string_agg(v, ',' ORDER BY id) FROM rls", "mine,b");
    lab_sql(b->url, "REVOKE UPDATE (v) ON rls FROM clerk_edit");
    own = bench_read(clerk, "rls", "id = 1");
    bench_set(clerk, &own, "v", "again");
    bench_refused(clerk, NX_ERR_SERVER, "permission denied");
    bench_free(clerk);
    lab_sql(b->url, "DROP OWNED BY clerk_edit; DROP ROLE clerk_edit");
}

/* RETURNING would need more than an insert is allowed: what stands there is looked for by the key that was given. */
static void new_records_under_row_security_are_found_by_their_key(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP ROLE IF EXISTS maker_edit; CREATE ROLE maker_edit LOGIN;"
                 "CREATE TABLE head (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);"
                 "CREATE TABLE body (id int PRIMARY KEY REFERENCES head, v text DEFAULT 'd');"
                 "CREATE TABLE note (id int DEFAULT 7 PRIMARY KEY, v text DEFAULT 'd');"
                 "GRANT SELECT, INSERT ON head, body, note TO maker_edit;"
                 "ALTER TABLE body ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON body USING (true);"
                 "ALTER TABLE note ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON note USING (true)");
    bench *maker = as_role(b, "maker_edit");
    uint64_t head = bench_insert(maker, "head"), body = bench_insert(maker, "body");
    bench_refer(maker, body, "body", "id", head, "head", "id");
    bench_insert(maker, "note");
    bench_saved(maker);
    assert_string_equal(maker->told.data, "insert head 1: id NULL -> '1'; insert body 1: v NULL -> 'd'; insert note");
    bench_expect(b, "SELECT (SELECT id::text FROM body) || (SELECT id::text FROM note)", "17");
    bench_free(maker);
    lab_sql(b->url, "DROP OWNED BY maker_edit; DROP ROLE maker_edit");
}

/* What may be written depends on the field and on what is done with it; a deletion writes no field. */
static void each_field_says_why_it_cannot_be_written(void **state) {
    bench *b = *state;
    static const char no_update[] = "this role may not update this field",
                      no_insert[] = "this role may not insert into this field",
                      no_read[] = "this role may not read this field", computed[] = "generated from other fields",
                      always[] = "generated always as identity";
    static const struct {
        const char *field, *update, *insert, *bulk_update;
    } cases[] = {
        {"id", NULL, NULL, NULL},
        {"computed", computed, computed, computed},
        {"always", always, always, always},
        {"by_default", NULL, NULL, NULL},
        {"only_inserted", no_update, NULL, no_update},
        {"only_updated", NULL, no_insert, NULL},
        {"only_read", no_update, no_insert, no_update},
        {"never_read", no_read, NULL, NULL}, /* what it was cannot be compared */
    };
    bench_sql(b, "DROP ROLE IF EXISTS writer_edit; CREATE ROLE writer_edit LOGIN; CREATE TABLE columns (id int PRIMARY KEY,"
                 " computed int GENERATED ALWAYS AS (id * 2) STORED, always int GENERATED ALWAYS AS IDENTITY,"
                 " by_default int GENERATED BY DEFAULT AS IDENTITY, only_inserted int, only_updated int, only_read int,"
                 " never_read int); GRANT DELETE ON columns TO writer_edit;"
                 "GRANT SELECT (id, computed, always, by_default, only_inserted, only_updated, only_read),"
                 " INSERT (id, computed, always, by_default, only_inserted, never_read),"
                 " UPDATE (id, computed, always, by_default, only_updated, never_read) ON columns TO writer_edit");
    bench *writer = as_role(b, "writer_edit");
    const nx_model *model = bench_model(writer, "columns");
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        const nx_field *field = nx_model_field(model, cases[i].field);
        const char *const expected[] = {[NX_UPDATE] = cases[i].update,
                                        [NX_INSERT] = cases[i].insert,
                                        [NX_DELETE] = NULL,
                                        [NX_BULK_UPDATE] = cases[i].bulk_update,
                                        [NX_BULK_DELETE] = NULL};
        for (size_t kind = 0; kind < NX_COUNT(expected); kind++) {
            const char *why = nx_field_refusal(field, (nx_change_kind)kind);
            if (!why != !expected[kind] || (why && strcmp(why, expected[kind]) != 0)) {
                fail_msg("%s, kind %d: %s, not %s", cases[i].field, (int)kind, why ? why : "-",
                         expected[kind] ? expected[kind] : "-");
            }
        }
    }
    bench_free(writer);
    lab_sql(b->url, "DROP OWNED BY writer_edit; DROP ROLE writer_edit");
}

/* A right on the model's records, one at a time. */
static void each_right_is_asked_for_by_itself(void **state) {
    bench *b = *state;
    static const struct {
        const char *granted;
        bool update, insert, delete;
    } cases[] = {{"SELECT", false, false, false},
                 {"SELECT, UPDATE", true, false, false},
                 {"SELECT, INSERT", false, true, false},
                 {"SELECT, DELETE", false, false, true}};
    bench_sql(b, "DROP ROLE IF EXISTS holder_edit; CREATE ROLE holder_edit LOGIN; CREATE TABLE rights (id int PRIMARY KEY)");
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf grant = NX_BUF;
        nx_buf_addf(&grant, "REVOKE ALL ON rights FROM holder_edit; GRANT %s ON rights TO holder_edit", cases[i].granted);
        lab_sql(b->url, grant.data);
        nx_buf_free(&grant);
        bench *holder = as_role(b, "holder_edit");
        const nx_model *model = bench_model(holder, "rights");
        assert_int_equal(nx_edit_refusal(model, NX_UPDATE) == NULL, cases[i].update);
        assert_int_equal(nx_edit_refusal(model, NX_BULK_UPDATE) == NULL, cases[i].update);
        assert_int_equal(nx_edit_refusal(model, NX_INSERT) == NULL, cases[i].insert);
        assert_int_equal(nx_edit_refusal(model, NX_DELETE) == NULL, cases[i].delete);
        assert_int_equal(nx_edit_refusal(model, NX_BULK_DELETE) == NULL, cases[i].delete);
        bench_free(holder);
    }
    lab_sql(b->url, "DROP OWNED BY holder_edit; DROP ROLE holder_edit");
}

/* --- the transaction --------------------------------------------------------------------------------------- */

static void nothing_staged_costs_no_trip(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE idle (id int PRIMARY KEY)");
    bench_model(b, "idle");
    int64_t trips = nx_session_trips(b->session);
    bench_saved(b);
    assert_int_equal(b->count, 0);
    assert_int_equal(nx_session_trips(b->session), trips);
}

static void a_save_is_two_trips(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE trips (id int PRIMARY KEY, v text); INSERT INTO trips SELECT i, 'x' FROM "
                 "generate_series(1, 300) i");
    for (int i = 1; i <= 300; i++) {
        char condition[20];
        snprintf(condition, sizeof condition, "id = %d", i);
        if (i == 1 || i == 300) {
            bench_record r = bench_read(b, "trips", condition);
            bench_set(b, &r, "v", "y");
        }
    }
    int64_t trips = nx_session_trips(b->session);
    bench_saved(b);
    assert_int_equal(nx_session_trips(b->session) - trips, 2);
}

static void read_only_sessions_refuse_before_sending(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE ro (id int PRIMARY KEY, v text); INSERT INTO ro VALUES (1,'a')");
    bench *reader = bench_on(b->url, &(nx_session_options){.read_only = true});
    bench_record r = bench_read(reader, "ro", "id = 1");
    bench_set(reader, &r, "v", "b");
    int64_t trips = nx_session_trips(reader->session);
    bench_refused(reader, NX_ERR_REFUSED, "read-only");
    assert_int_equal(nx_session_trips(reader->session), trips);
    bench_free(reader);
    bench_expect(b, "SELECT v FROM ro", "a");
}

static void a_locked_record_is_given_up_after_the_lock_timeout(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE held (id int PRIMARY KEY, v text); INSERT INTO held VALUES (1,'a')");
    bench *hasty = bench_on(b->url, &(nx_session_options){.lock_timeout_ms = 50});
    bench *holder = bench_on(b->url, NULL);
    bench_record r = bench_read(hasty, "held", "id = 1");
    nx_trip *trip = nx_trip_new(holder->session, NX_TRIP_BEGIN, "hold");
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT 1 FROM held FOR UPDATE");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    bench_trip(holder, trip);
    bench_set(hasty, &r, "v", "b");
    assert_int_equal(bench_save(hasty), NX_NOT_SAVED);
    assert_string_equal(hasty->error.sqlstate, "55P03");
    assert_non_null(hasty->error.hint);
    bench_free(holder); /* its transaction ends with it */
    bench_saved(hasty);
    bench_free(hasty);
    bench_expect(b, "SELECT v FROM held", "b");
}

#define TEST(name) cmocka_unit_test_setup(name, bench_clean)

static const struct CMUnitTest tests[] = {
    TEST(triggers_that_swallow_or_alter),
    TEST(ruled_tables_and_hopeless_views_say_why),
    TEST(views_are_edited_by_their_tables_key),
    TEST(a_key_that_fits_two_records_is_refused),
    TEST(deferred_constraints_object_before_the_commit),
    TEST(row_security_and_missing_rights),
    TEST(new_records_under_row_security_are_found_by_their_key),
    TEST(each_field_says_why_it_cannot_be_written),
    TEST(each_right_is_asked_for_by_itself),
    TEST(nothing_staged_costs_no_trip),
    TEST(a_save_is_two_trips),
    TEST(read_only_sessions_refuse_before_sending),
    TEST(a_locked_record_is_given_up_after_the_lock_timeout),
};

LAB_MAIN(tests, bench_open, bench_close)
