#include "candidates.h"

#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "nixie/rows.h"

enum { CANDIDATES_MAX = 20 };

struct ui_candidates {
    ui_app *app;
    const nx_foreign_key *fk;
    ui_view *input;
    char *text; /* what is looked for */
    nx_catalog_job *describing;
    nx_rows_job *job;
};

void ui_candidates_drop(ui_candidates *c) {
    nx_catalog_drop(c->describing);
    nx_rows_drop(c->job);
    c->describing = NULL;
    c->job = NULL;
}

void ui_candidates_free(ui_candidates *c) {
    if (c) {
        ui_candidates_drop(c);
        free(c->text);
        free(c);
    }
}

static void offer(ui_candidates *c, const nx_page *page) {
    const char *words[CANDIDATES_MAX], *notes[CANDIDATES_MAX];
    int n = 0;
    for (int i = 0; i < page->nrows && i < CANDIDATES_MAX; i++) {
        const nx_cell *cells = page->rows[i].cells;
        if (cells[0].value.text && !cells[0].cut && !cells[0].withheld) {
            words[n] = cells[0].value.text;
            notes[n++] = page->ncells > 1 && cells[1].value.text ? cells[1].value.text : "";
        }
    }
    if (n == 0) {
        ui_input_error(c->input, "no record has a key or a label like this", 0);
    } else {
        ui_input_offer(c->input, 0, words, notes, n);
    }
}

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    ui_candidates *c = owner;
    c->job = NULL;
    if (err) {
        ui_input_error(c->input, err->message, 0);
        return;
    }
    offer(c, page);
    nx_page_free(page);
}

/* `text` between two of `quote`, doubled inside, as the filter language has names and values. */
static void add_quoted(nx_buf *out, char quote, const char *text) {
    nx_buf_addc(out, quote);
    for (const char *p = text; *p; p++) {
        if (*p == quote) {
            nx_buf_addc(out, quote);
        }
        nx_buf_addc(out, *p);
    }
    nx_buf_addc(out, quote);
}

static void add_test(nx_buf *filter, const nx_field *field, const char *op, const char *text) {
    nx_buf_adds(filter, filter->len ? " or " : "");
    add_quoted(filter, '`', field->name);
    nx_buf_addf(filter, " %s ", op);
    add_quoted(filter, '\'', text);
}

static void search(ui_candidates *c, nx_field *key) {
    nx_field *label = c->fk->target->label, *fields[] = {key, label};
    int n = label && label != key ? 2 : 1;
    nx_buf filter = NX_BUF;
    if (*c->text) {
        add_test(&filter, key, "istartsWith", c->text);
        if (n == 2) {
            add_test(&filter, label, "icontains", c->text);
        }
    }
    nx_error err = NX_ERROR;
    nx_query *query = nx_query_new(c->fk->target);
    nx_query_set_fields(query, fields, n);
    nx_query_set_labels(query, false);
    if (nx_query_set_filter(query, filter.data, &err)) {
        c->job = nx_rows_fetch(c->app->session, query, &(nx_from){.kind = NX_FROM_FIRST}, CANDIDATES_MAX, arrived, c);
    } else {
        ui_input_error(c->input, err.message, 0);
    }
    nx_error_clear(&err);
    nx_buf_free(&filter);
    nx_query_free(query);
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    ui_candidates *c = owner;
    (void)catalog;
    c->describing = NULL;
    nx_field *key = err ? NULL : nx_model_field(c->fk->target, c->fk->references[0]);
    if (key && key->can_select) {
        search(c, key);
    } else {
        ui_input_error(c->input, err ? err->message : "no right to read the key it references", 0);
    }
}

void ui_candidates_ask(ui_candidates *c, ui_view *input, const char *text) {
    ui_candidates_drop(c);
    free(c->text);
    c->text = nx_strdup(text);
    c->input = input;
    nx_catalog_job *job = nx_catalog_describe(c->app->session, c->fk->target, described, c);
    c->describing = job;
}

ui_candidates *ui_candidates_new(ui_app *app, const nx_field *field) {
    const nx_foreign_key *fk = nx_field_foreign_key(field);
    if (!fk || fk->nfields != 1 || !fk->target->readable) {
        return NULL;
    }
    ui_candidates *c = nx_calloc(1, sizeof *c);
    c->app = app;
    c->fk = fk;
    return c;
}
