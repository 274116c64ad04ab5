/* Every accident that can befall a save, ten times over each kind of link: what is told is what the tables hold,
 * nothing is lost, nothing is saved twice. NIXIE_RUNS=100 is what `make soak` says. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

enum { RUNS = 10, RECORDS = 12, LONGEST_SAVE = 2900, SILENT_MOST = 20 };

typedef enum expected { SAVED, LOST, EITHER } expected;

typedef struct accident {
    const char *name;
    const char *fault; /* of the proxy; NULL: none */
    bool silent;       /* nobody answers until the user gives up */
    bool dying;        /* the backend is terminated under one of the statements */
    expected outcome;
} accident;

static const accident accidents[] = {
    {"no accident", NULL, false, false, SAVED},
    {"the reply to COMMIT is lost", "on-commit rst", false, false, SAVED},
    {"COMMIT is lost", "on-commit-req rst", false, false, LOST},
    {"the reply to COMMIT is swallowed", "on-commit blackhole", true, false, SAVED},
    {"COMMIT is swallowed", "on-commit-req blackhole", true, false, LOST},
    {"the link is cut anywhere", "dropafter", false, false, EITHER},
    {"the backend is terminated", NULL, false, true, LOST},
};

typedef struct line { /* one way to the database: the session, and the proxy that fails */
    const char *name;
    bench *direct, *far;
    lab_proxy *proxy;
    lab_pooler *pooler;
} line;

enum { DIRECT, TO_POOLER, BEHIND_POOLER };
static bench *direct;

/* Waiting in silence takes a second each time: less of it on the one link that is no user's own. */
static int runs(const accident *a, int kind) {
    const char *said = getenv("NIXIE_RUNS");
    return said ? atoi(said) : a->silent && kind == BEHIND_POOLER ? RUNS / 5 : RUNS;
}

static int open_database(void **state) {
    (void)state;
    srand(727);
    direct = bench_new("accident");
    bench_sql(direct, "CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE log (id serial PRIMARY KEY, v text);"
                      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                      " PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;"
                      "CREATE TRIGGER die BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.v LIKE 'die%') EXECUTE FUNCTION die()");
    return 0;
}

static int close_database(void **state) {
    (void)state;
    bench_free(direct);
    return 0;
}

/* False where pgbouncer is not installed. */
static bool open_line(line *l, int kind) {
    static const char *const names[] = {"direct", "to a pooler", "from a pooler on"};
    *l = (line){.name = names[kind]};
    if (kind == TO_POOLER) {
        l->pooler = lab_pooler_start(direct->url);
        l->proxy = l->pooler ? lab_proxy_start(lab_pooler_url(l->pooler)) : NULL;
    } else {
        l->proxy = lab_proxy_start(direct->url);
        l->pooler = kind == BEHIND_POOLER ? lab_pooler_start(lab_proxy_url(l->proxy)) : NULL;
    }
    bool there = kind == DIRECT || l->pooler;
    if (there) {
        l->far = bench_on(kind == BEHIND_POOLER ? lab_pooler_url(l->pooler) : lab_proxy_url(l->proxy), NULL);
    }
    return there;
}

static void close_line(line *l) {
    if (l->far) {
        bench_free(l->far);
    }
    if (l->proxy) {
        lab_proxy_stop(l->proxy);
    }
    lab_pooler_stop(l->pooler);
}

/* --- one run ------------------------------------------------------------------------------------------------ */

typedef struct batch { /* what was staged */
    char value[20];
    int updated, inserted, deleted;
} batch;

/* Some records updated, one or two new ones, perhaps one deleted. */
static batch stage(line *l, const accident *a, int run) {
    lab_sql(direct->url, "TRUNCATE log; DELETE FROM t;"
                         "INSERT INTO t SELECT i, 'old' FROM generate_series(1, 12) i");
    nx_changeset_clear(l->far->set, NULL);
    batch b = {.updated = 1 + rand() % 4, .inserted = 1 + rand() % 2, .deleted = rand() % 2};
    snprintf(b.value, sizeof b.value, "run %d", run);
    char condition[20];
    for (int i = 1; i <= b.updated + b.deleted; i++) {
        snprintf(condition, sizeof condition, "id = %d", i);
        bench_record r = bench_read(l->far, "t", condition);
        if (i > b.updated) {
            bench_delete(l->far, &r);
        } else {
            bench_set(l->far, &r, "v", i == b.updated && a->dying ? "die" : b.value);
        }
    }
    for (int i = 0; i < b.inserted; i++) {
        bench_assign(l->far, bench_insert(l->far, "log"), "log", "v", b.value);
    }
    return b;
}

/* The tables hold all of the batch or nothing of it, as told. */
static void expect(const batch *b, bool saved) {
    char sql[200], text[40];
    snprintf(sql, sizeof sql,
             "SELECT concat_ws('/', (SELECT count(*) FROM t WHERE v = '%s'), (SELECT count(*) FROM log),"
             " (SELECT count(*) FROM t))", b->value);
    snprintf(text, sizeof text, "%d/%d/%d", saved ? b->updated : 0, saved ? b->inserted : 0,
             saved ? RECORDS - b->deleted : RECORDS);
    bench_expect(direct, sql, text);
}

static bool has_struck(void *data) { return lab_proxy_struck(data); }

/* The COMMIT is not answered; the user gives up waiting. */
static nx_save_outcome save_in_silence(line *l) {
    bench_begin_save(l->far);
    lab_until_doing(l->far->session, "commit");
    lab_until(l->far->session, has_struck, l->proxy, "the COMMIT on its way");
    nx_session_cancel(l->far->session);
    lab_clock_pass(lab_clock_own(), 1000); /* in which the server might still have answered */
    lab_wait(l->far->session, &l->far->done);
    return l->far->outcome;
}

static void set_fault(line *l, const accident *a) {
    char fault[40];
    if (a->fault && strcmp(a->fault, "dropafter") == 0) {
        snprintf(fault, sizeof fault, "dropafter %d", 1 + rand() % LONGEST_SAVE);
        lab_proxy_fault(l->proxy, fault);
    } else if (a->fault) {
        lab_proxy_fault(l->proxy, a->fault);
    }
}

static void have_accident(line *l, const accident *a, int run) {
    batch b = stage(l, a, run);
    int staged = nx_changeset_count(l->far->set);
    set_fault(l, a);
    nx_save_outcome outcome = a->silent ? save_in_silence(l) : bench_save(l->far);
    lab_proxy_fault(l->proxy, "pass");
    bool saved = outcome == NX_SAVED;
    if (outcome == NX_IN_DOUBT || (a->outcome != EITHER && saved != (a->outcome == SAVED))) {
        fail_msg("%s, %s, run %d: outcome %d: %s", a->name, l->name, run, (int)outcome,
                 l->far->error.message ? l->far->error.message : "");
    }
    expect(&b, saved);
    assert_int_equal(nx_changeset_count(l->far->set), saved ? 0 : staged);
    if (!saved && !a->dying) { /* what was staged is still there, and can be saved */
        bench_saved(l->far);
        expect(&b, true);
    }
}

static void have_accidents(int kind) {
    line l;
    if (!open_line(&l, kind)) {
        close_line(&l);
        print_message("pgbouncer is not installed: not tested\n");
        skip();
    }
    for (size_t a = 0; a < NX_COUNT(accidents); a++) {
        int n = runs(&accidents[a], kind);
        for (int run = 0; run < n; run++) {
            if (accidents[a].silent && run % SILENT_MOST == SILENT_MOST - 1) {
                close_line(&l); /* swallowed connections stay open in the proxy, which has room for so many */
                open_line(&l, kind);
            }
            have_accident(&l, &accidents[a], run);
        }
        print_message("%s, %s: %d runs, no divergence\n", accidents[a].name, l.name, n);
    }
    close_line(&l);
}

static void on_a_direct_link(void **state) {
    (void)state;
    have_accidents(DIRECT);
}

static void on_the_way_to_a_pooler(void **state) {
    (void)state;
    have_accidents(TO_POOLER);
}

static void between_a_pooler_and_its_server(void **state) {
    (void)state;
    have_accidents(BEHIND_POOLER);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(on_a_direct_link),
    cmocka_unit_test(on_the_way_to_a_pooler),
    cmocka_unit_test(between_a_pooler_and_its_server),
};

LAB_MAIN(tests, open_database, close_database)
