#include "place.h"

#include "lab/test.h"

int place_open(void **state) {
    place *p = *state = calloc(1, sizeof *p);
    p->direct = bench_new("recover");
    p->proxy = lab_proxy_start(p->direct->url);
    p->far = bench_on(lab_proxy_url(p->proxy), NULL);
    snprintf(p->root, sizeof p->root, "/tmp/nixie-recover-XXXXXX");
    assert_non_null(mkdtemp(p->root));
    snprintf(p->folder, sizeof p->folder, "%s/nixie/journal", p->root);
    return 0;
}

int place_close(void **state) {
    place *p = *state;
    bench_free(p->far);
    lab_proxy_stop(p->proxy);
    bench_free(p->direct);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", p->root);
    assert_int_equal(system(command), 0);
    free(p);
    return 0;
}

void place_begin(place *p, bench *b) {
    bench_model(b, "t"); /* the first trip learns where it is */
    b->set = nx_changeset_new();
    p->b = b;
    p->journal = nx_journal_new(p->folder, nx_session_server(b->session));
    nx_changeset_journal(b->set, p->journal);
}

void place_crash(place *p) {
    nx_changeset_free(p->b->set);
    nx_journal_free(p->journal);
    p->journal = NULL;
    p->b->set = NULL;
}

int place_fresh(void **state) {
    place *p = *state;
    lab_proxy_fault(p->proxy, "pass");
    nx_changeset_free(p->direct->set);
    nx_changeset_free(p->far->set);
    p->direct->set = p->far->set = NULL;
    lab_sql(p->direct->url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                            "CREATE TABLE t (id int PRIMARY KEY, v text, w int);"
                            "CREATE TABLE heap (v text); CREATE TABLE u (id int PRIMARY KEY, v text);"
                            "CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text);"
                            "INSERT INTO t SELECT i, 'old', i FROM generate_series(1, 5) i;"
                            "INSERT INTO heap VALUES ('old'); INSERT INTO u VALUES (1, 'old')");
    bench_sql(p->direct, "SELECT 1");
    bench_sql(p->far, "SELECT 1");
    return 0;
}

int place_done(void **state) {
    place *p = *state;
    if (p->journal) {
        nx_changeset_clear(p->b->set, NULL);
        place_crash(p);
    }
    assert_int_equal(kept_files(p->folder), 0);
    p->direct->set = nx_changeset_new();
    p->far->set = nx_changeset_new();
    return 0;
}

nx_orphan *place_orphan(place *p) {
    nx_orphan **list;
    assert_int_equal(nx_journal_orphans(p->journal, &list), 1);
    nx_orphan *orphan = list[0];
    free(list);
    return orphan;
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    (void)err;
    *(bool *)owner = true;
}

void place_describe(place *p, const nx_orphan *orphan) {
    for (int i = 0; i < orphan->nchanges; i++) {
        nx_model *model = nx_orphan_model(orphan, orphan->changes[i], p->b->catalog);
        bool done_flag = !model;
        if (model) {
            nx_catalog_describe(p->b->session, model, described, &done_flag);
        }
        lab_wait(p->b->session, &done_flag);
    }
}

char *place_recover(place *p, nx_orphan *orphan) {
    nx_buf notes = NX_BUF;
    nx_error err = NX_ERROR;
    place_describe(p, orphan);
    if (!nx_orphan_recover(orphan, p->b->catalog, p->b->set, &notes, &err)) {
        fail_msg("%s: %s", err.message, err.detail ? err.detail : "");
    }
    nx_orphan_free(orphan);
    return nx_buf_take(&notes);
}

static void nobody_hears(void *owner, const nx_save_report *report) {
    (void)owner;
    (void)report;
}

static void record_settled(void *owner, nx_settled what) { *(int *)owner = (int)what; }

static bool is_settled(void *data) { return *(int *)data >= 0; }
static bool has_struck(void *data) { return lab_proxy_struck(data); }

bool place_noted_commit(void *data) {
    const place *p = data;
    char *path = kept_file(p->folder);
    size_t len;
    char *bytes = kept_read(path, &len);
    bool there = strstr(bytes, "{\"commit\":") != NULL;
    free(bytes);
    free(path);
    return there;
}

nx_save_job *place_save_until_commit(place *p, const char *fault) {
    lab_proxy_fault(p->proxy, "pass");
    place_begin(p, p->far);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "new");
    bench_assign(p->b, bench_insert(p->b, "log"), "log", "v", "x");
    lab_proxy_fault(p->proxy, fault);
    nx_save_job *job = nx_save(p->b->session, p->b->set, nobody_hears, NULL);
    lab_until(p->b->session, place_noted_commit, p, "the COMMIT in the journal");
    lab_until(p->b->session, has_struck, p->proxy, "the COMMIT on its way");
    return job;
}

void place_save_and_crash(place *p, const char *fault) {
    nx_save_drop(place_save_until_commit(p, fault));
    place_crash(p);
    lab_proxy_fault(p->proxy, "rst");
}

nx_settled place_settle(place *p, nx_orphan *orphan) {
    int what = -1;
    nx_orphan_settle(orphan, p->b->session, record_settled, &what);
    lab_until(p->b->session, is_settled, &what, "what became of it");
    return (nx_settled)what;
}
