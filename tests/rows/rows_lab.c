#include "rows/rows_lab.h"

#include "lab/test.h"
#include "rows/keyset.h"

typedef struct waiting {
    bool done;
    nx_catalog *catalog;
    nx_page *page;
    nx_error err;
} waiting;

static void catalog_done(void *owner, nx_catalog *catalog, const nx_error *err) {
    waiting *w = owner;
    w->done = true;
    w->catalog = catalog;
    if (err) {
        nx_error_copy(&w->err, err);
    }
}

static void page_done(void *owner, nx_page *page, const nx_error *err) {
    waiting *w = owner;
    w->done = true;
    w->page = page;
    if (err) {
        nx_error_copy(&w->err, err);
    }
}

static void check(waiting *w) {
    if (nx_failed(&w->err)) {
        fail_msg("%s (%s) %s", w->err.message, w->err.hint ? w->err.hint : "",
                 w->err.statement ? w->err.statement : "");
    }
}

void rows_lab_reload(rows_lab *lab) {
    waiting w = {.err = NX_ERROR};
    nx_catalog_unref(lab->catalog);
    nx_catalog_load(lab->session, catalog_done, &w);
    lab_wait(lab->session, &w.done);
    check(&w);
    lab->catalog = w.catalog;
}

rows_lab *rows_lab_open(const char *hint, const char *script, const nx_session_options *options) {
    rows_lab *lab = nx_calloc(1, sizeof *lab);
    lab->url = lab_database(hint);
    lab_sql(lab->url, script);
    lab->session = lab_session(lab->url, options);
    waiting w = {.err = NX_ERROR};
    nx_catalog_load(lab->session, catalog_done, &w);
    lab_wait(lab->session, &w.done);
    check(&w);
    lab->catalog = w.catalog;
    return lab;
}

void rows_lab_close(rows_lab *lab) {
    nx_catalog_unref(lab->catalog);
    lab_session_free(lab->session);
    free(lab->url);
    free(lab);
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    catalog_done(owner, NULL, err);
    (void)catalog; /* the same one; ours is the reference of the load */
}

void rows_lab_graph(rows_lab *lab) {
    waiting w = {.err = NX_ERROR};
    nx_catalog_load_graph(lab->session, lab->catalog, described, &w);
    lab_wait(lab->session, &w.done);
    check(&w);
}

nx_model *rows_lab_model(rows_lab *lab, const char *name) {
    waiting w = {.err = NX_ERROR};
    nx_model *model = nx_catalog_find(lab->catalog, name, "public", &w.err);
    check(&w);
    nx_catalog_describe(lab->session, model, described, &w);
    lab_wait(lab->session, &w.done);
    check(&w);
    return model;
}

nx_query *rows_lab_query(rows_lab *lab, const char *model, const char *order, const char *filter) {
    waiting w = {.err = NX_ERROR};
    nx_query *query = nx_query_new(rows_lab_model(lab, model));
    nx_order chosen = {.nterms = 0};
    if (!nx_order_parse(nx_query_model(query), order, &chosen, &w.err)) {
        check(&w);
    }
    nx_query_set_order(query, &chosen);
    if (filter && !nx_query_set_filter(query, filter, &w.err)) {
        check(&w);
    }
    return query;
}

nx_page *rows_lab_fetch(rows_lab *lab, const nx_query *query, const nx_from *from, int limit, nx_error *err) {
    waiting w = {.err = NX_ERROR};
    nx_rows_fetch(lab->session, query, from, limit, page_done, &w);
    lab_wait(lab->session, &w.done);
    if (err) {
        nx_error_move(err, &w.err);
    } else {
        check(&w);
        assert_non_null(w.page);
    }
    return w.page;
}

nx_page *rows_lab_first(rows_lab *lab, const nx_query *query, int limit) {
    return rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FIRST}, limit, NULL);
}

nx_page *rows_lab_last(rows_lab *lab, const nx_query *query, int limit) {
    return rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_LAST}, limit, NULL);
}

nx_page *rows_lab_from(rows_lab *lab, const nx_query *query, nx_from_kind kind, const nx_cursor *cursor, int limit) {
    return rows_lab_fetch(lab, query, &(nx_from){.kind = kind, .cursor = *cursor}, limit, NULL);
}

char *rows_lab_column(const nx_page *page, int i) {
    nx_buf out = NX_BUF;
    for (int r = 0; r < page->nrows; r++) {
        nx_value v = page->rows[r].cells[i].value;
        nx_buf_adds(&out, r ? " " : "");
        nx_buf_adds(&out, v.text ? v.text : "NULL");
    }
    return nx_buf_take(&out);
}

void rows_lab_assert_column(const nx_page *page, const char *expected) {
    char *got = rows_lab_column(page, 0);
    assert_string_equal(got, expected);
    free(got);
}

const nx_cell *rows_lab_cell(const nx_page *page, const nx_query *query, int row, const char *field) {
    for (int i = 0; i < nx_query_nfields(query); i++) {
        if (strcmp(nx_query_field(query, i)->name, field) == 0) {
            return &page->rows[row].cells[i];
        }
    }
    fail_msg("no field %s", field);
    return NULL;
}

char *rows_lab_page_text(const nx_query *query, const nx_cursor *cursor, bool backward,
                         const char *before) {
    nx_arena *arena = nx_arena_new(0);
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, before);
    nx_page_sql(query, nx_columns_new(query, arena), &(nx_walk){.cursor = cursor, .backward = backward, .limit = 51},
                &sql);
    char *text = nx_sql_readable(&sql);
    nx_sql_free(&sql);
    nx_arena_free(arena);
    return text;
}

char *rows_lab_plan(rows_lab *lab, const nx_query *query, const nx_cursor *cursor, bool backward) {
    char *text = rows_lab_page_text(query, cursor, backward, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON, TIMING OFF) ");
    char *plan = lab_query(lab->url, text);
    free(text);
    return plan;
}

long rows_lab_buffers(const char *plan) {
    const char *hit = strstr(plan, "\"Shared Hit Blocks\":"), *read = strstr(plan, "\"Shared Read Blocks\":");
    assert_non_null(hit);
    assert_non_null(read);
    return atol(hit + 20) + atol(read + 21);
}
