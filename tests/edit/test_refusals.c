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

static void row_security_and_missing_rights(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP ROLE IF EXISTS clerk_edit; CREATE ROLE clerk_edit LOGIN; CREATE TABLE rls (id int PRIMARY "
                 "KEY, owner text, v text);"
                 "INSERT INTO rls VALUES (1,'clerk_edit','a'), (2,'boss','b'); GRANT SELECT, INSERT, UPDATE (owner, "
                 "v) ON rls TO clerk_edit;"
                 "ALTER TABLE rls ENABLE ROW LEVEL SECURITY; CREATE POLICY see ON rls FOR SELECT USING (true);"
                 "CREATE POLICY write ON rls FOR UPDATE USING (owner = current_user) WITH CHECK (owner = "
                 "current_user)");
    char *url = nx_strdup(b->url), *at = strstr(url, "postgres@");
    assert_non_null(at);
    nx_buf clerk_url = NX_BUF;
    nx_buf_add(&clerk_url, url, (size_t)(at - url));
    nx_buf_addf(&clerk_url, "clerk_edit@%s", at + strlen("postgres@"));
    bench *clerk = bench_on(clerk_url.data, NULL);
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
    nx_buf_free(&clerk_url);
    free(url);
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
    TEST(nothing_staged_costs_no_trip),
    TEST(a_save_is_two_trips),
    TEST(read_only_sessions_refuse_before_sending),
    TEST(a_locked_record_is_given_up_after_the_lock_timeout),
};

LAB_MAIN(tests, bench_open, bench_close)
