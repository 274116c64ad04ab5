#include "orphans.h"

#include <stdlib.h>

#include "nixie/rows.h"

enum { BOUND = 1000 };

static nx_rows_job *counting;

void ui_orphans_forget(void) {
    nx_rows_drop(counting);
    counting = NULL;
}

static bool unkept(const nx_relation *r) { return r->virtual && r->kind != NX_TO_ONE; }

static bool any_unkept(const nx_model *model) {
    for (int i = 0; i < model->nrelations; i++) {
        if (unkept(model->relations[i])) {
            return true;
        }
    }
    return false;
}

static void add_words(nx_buf *out, const nx_relation *r, int64_t count) {
    nx_buf_adds(out, out->len ? ", " : "");
    if (count < 0) {
        nx_buf_addf(out, "perhaps %s", r->name);
    } else {
        nx_buf_addf(out, "%s%lld %s", count > BOUND ? "more than " : "", (long long)(count > BOUND ? BOUND : count),
                    r->name);
    }
}

static void counted(void *owner, const nx_counts *counts, const nx_error *err) {
    ui_app *app = owner;
    nx_buf words = NX_BUF;
    counting = NULL;
    for (int i = 0; !err && i < counts->n; i++) {
        if (unkept(counts->relations[i]) && counts->counts[i] != 0) {
            add_words(&words, counts->relations[i], counts->counts[i]);
        }
    }
    if (words.len) {
        ui_say(app, UI_ERROR, "the database will not cascade: %s would point nowhere", words.data);
    }
    nx_buf_free(&words);
    ui_app_dirty(app);
}

void ui_orphans_warn(ui_app *app, nx_model *model, const nx_value *key, const nx_assignment *shown, int n) {
    if (!any_unkept(model)) {
        return;
    }
    nx_query *query = nx_query_new(model);
    int fields = nx_query_nfields(query);
    nx_row row = {.cells = nx_calloc((size_t)fields + 1, sizeof *row.cells),
                  .key = (nx_value *)(uintptr_t)key}; /* only read */
    for (int f = 0; f < fields; f++) {
        for (int i = 0; i < n; i++) {
            if (shown[i].field == nx_query_field(query, f)) {
                row.cells[f].value = shown[i].old;
            }
        }
    }
    ui_orphans_forget();
    nx_rows_job *job = nx_relations_count(app->session, model, &row, query, BOUND, counted, app);
    counting = job ? job : counting;
    free(row.cells);
    nx_query_free(query);
}
