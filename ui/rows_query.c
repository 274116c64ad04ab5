/* Sort, filter, go to a record. */
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "input.h"
#include "rows.h"
#include "views.h"

void ui_rows_apply_query(rows_view *v) {
    ui_count_drop(v->view.app, v);
    ui_rows_range_drop(v); /* other rows lie between now */
    nx_query_set_order(v->query, &v->order);
    nx_window_set_query(v->window, ui_rows_fields_query(v));
    ui_rows_go(v, &(nx_from){.kind = NX_FROM_FIRST});
    ui_app_dirty(v->view.app);
}

/* --- sort --------------------------------------------------------------------------------------------- */

static void remove_term(nx_order *order, int i) {
    memmove(order->terms + i, order->terms + i + 1, sizeof order->terms[0] * (size_t)(order->nterms - i - 1));
    order->nterms--;
}

/* Ascending, descending, off. `s` makes it the only key, `S` adds it to those there are. */
void ui_rows_sort_by(rows_view *v, const nx_order_term *by, int place, bool more) {
    nx_order_term term = *by;
    bool off = place && v->order.terms[place - 1].desc;
    term.desc = place && !off;
    if (!more) {
        bool only = place && v->order.nterms == 1;
        v->order.nterms = 0;
        if (!(off && only)) {
            term.desc = only && term.desc;
            v->order.terms[v->order.nterms++] = term;
        }
    } else if (off) {
        remove_term(&v->order, place - 1);
    } else if (place) {
        v->order.terms[place - 1] = term;
    } else if (v->order.nterms < NX_ORDER_MAX) {
        v->order.terms[v->order.nterms++] = term;
    }
    ui_rows_apply_query(v);
}

int ui_rows_sort(rows_view *v, bool more) {
    nx_field *field = ui_rows_field(v);
    if (!field || !v->window) {
        return ui_refuse(v->view.app, "nothing to sort by");
    }
    if (!field->sortable) {
        return ui_refuse(v->view.app, "%s cannot be sorted: %s has no order in PostgreSQL", nx_field_title(field), field->type);
    }
    ui_rows_sort_by(v, &(nx_order_term){.field = field}, nx_order_place(&v->order, field), more);
    return UI_DONE;
}

static void order_ready(void *owner, const nx_error *why_not) {
    rows_view *v = owner;
    nx_error err = NX_ERROR;
    v->preparing = NULL;
    if (why_not) {
        ui_say_error(v->view.app, why_not);
    } else if (nx_order_parse(v->model, v->wished, &v->order, &err)) {
        ui_rows_apply_query(v);
    } else {
        ui_say_error(v->view.app, &err);
    }
    nx_error_clear(&err);
    ui_app_dirty(v->view.app);
}

void ui_rows_order(ui_app *app, const char *text) {
    ui_view *view = ui_app_view(app);
    rows_view *v = view && view->ops->scope == UI_SCOPE_ROWS ? (rows_view *)view : NULL;
    if (!v || !v->window) {
        ui_refuse(app, "there are no rows here to order");
        return;
    }
    nx_prepare_drop(v->preparing);
    free(v->wished);
    v->wished = nx_strdup(text);
    v->preparing = NULL;
    nx_prepare_job *job = nx_query_prepare(app->session, v->model, NULL, text, order_ready, v);
    v->preparing = job;
}

/* --- filter -------------------------------------------------------------------------------------------- */

static bool set_filter(rows_view *v, const char *text, nx_error *err) {
    if (!nx_query_set_filter(v->query, text, err)) {
        return false;
    }
    ui_rows_apply_query(v);
    return true;
}

typedef struct filter_input {
    rows_view *v;
    ui_view *input;
    nx_prepare_job *accepting, *completing; /* what the text needs of the catalog is on its way */
    char *text;                            /* accepted; applied when that is here */
} filter_input;

static void free_filter_input(void *owner) {
    filter_input *f = owner;
    nx_prepare_drop(f->accepting);
    nx_prepare_drop(f->completing);
    free(f->text);
    free(f);
}

static void show_filter_error(filter_input *f, const nx_error *err) {
    nx_buf words = NX_BUF;
    nx_buf_adds(&words, err->message);
    if (err->hint) {
        nx_buf_addf(&words, "; %s", err->hint);
    }
    ui_input_error(f->input, words.data, err->position);
    nx_buf_free(&words);
}

static void filter_ready(void *owner, const nx_error *why_not) {
    filter_input *f = owner;
    nx_error err = NX_ERROR;
    f->accepting = NULL;
    ui_app_dirty(f->v->view.app);
    if (why_not) {
        show_filter_error(f, why_not);
    } else if (set_filter(f->v, f->text, &err)) {
        ui_input_close(f->input);
        free_filter_input(f);
    } else {
        show_filter_error(f, &err);
    }
    nx_error_clear(&err);
}

static ui_input_reply filter_accept(void *owner, const char *text) {
    filter_input *f = owner;
    nx_prepare_drop(f->accepting);
    free(f->text);
    f->text = nx_strdup(text);
    f->accepting = NULL;
    nx_prepare_job *job = nx_query_prepare(f->v->view.app->session, f->v->model, text, NULL, filter_ready, f);
    if (job) { /* else it is done with, and f may be gone */
        f->accepting = job;
    }
    return UI_INPUT_KEEP;
}

static void completion_ready(void *owner, const nx_error *err) {
    (void)err; /* the next Tab finds out, or Enter tells */
    ((filter_input *)owner)->completing = NULL;
}

static char **filter_complete(void *owner, const char *text, size_t cursor, size_t *start) {
    filter_input *f = owner;
    char *before = nx_strndup(text, cursor);
    nx_prepare_drop(f->completing);
    f->completing = NULL;
    nx_prepare_job *job = nx_query_prepare(f->v->view.app->session, f->v->model, before, NULL, completion_ready, f);
    f->completing = job;
    free(before);
    return nx_filter_complete(f->v->model, text, cursor, start);
}

int ui_rows_filter(rows_view *v) {
    if (!v->window) {
        return ui_refuse(v->view.app, "the rows are not here yet");
    }
    const nx_filter *filter = nx_query_filter(v->query);
    filter_input *f = nx_calloc(1, sizeof *f);
    f->v = v;
    ui_input_options options = {
        .prompt = "filter", .verb = "filters", .initial = filter ? nx_filter_text(filter) : "", .history = v->model->title,
        .complete = filter_complete, .accept = filter_accept, .drop = free_filter_input, .owner = f,
    };
    f->input = ui_input_open(v->view.app, &options);
    return UI_DONE;
}

void ui_rows_filter_add(rows_view *v, const nx_field *field, nx_value value, bool without) {
    nx_buf text = NX_BUF;
    const nx_filter *filter = nx_query_filter(v->query);
    nx_buf_adds(&text, filter ? nx_filter_text(filter) : "");
    nx_filter_add_test(&text, field, value, without);
    nx_error err = NX_ERROR;
    if (!set_filter(v, text.data, &err)) {
        ui_say_error(v->view.app, &err);
    } else if (without && field->nullable && !nx_is_null(value)) {
        ui_say(v->view.app, UI_INFO, "rows with NULL are kept  (\\ clears the filter)");
    }
    nx_error_clear(&err);
    nx_buf_free(&text);
}

void ui_rows_filter_add_count(rows_view *v, const nx_relation *relation, const char *op, int64_t count) {
    nx_buf text = NX_BUF;
    nx_error err = NX_ERROR;
    const nx_filter *filter = nx_query_filter(v->query);
    nx_buf_adds(&text, filter ? nx_filter_text(filter) : "");
    nx_filter_add_count(&text, relation, op, count);
    if (!set_filter(v, text.data, &err)) {
        ui_say_error(v->view.app, &err);
    }
    nx_error_clear(&err);
    nx_buf_free(&text);
}

int ui_rows_filter_by_value(rows_view *v, bool without) {
    const nx_row *row = ui_rows_current(v);
    nx_field *field = ui_rows_field(v);
    if (!row || !field) {
        return ui_refuse(v->view.app, "no value under the cursor");
    }
    const nx_cell *cell = &row->cells[v->field];
    if (cell->cut || cell->withheld) {
        return ui_refuse(v->view.app, "this value is too long to filter by: / with contains does it");
    }
    ui_rows_filter_add(v, field, cell->value, without);
    return UI_DONE;
}

int ui_rows_filter_clear(rows_view *v) {
    if (!v->window || !nx_query_filter(v->query)) {
        return ui_refuse(v->view.app, "there is no filter");
    }
    nx_error err = NX_ERROR;
    set_filter(v, NULL, &err);
    nx_error_clear(&err);
    return UI_DONE;
}

/* --- go to a record ------------------------------------------------------------------------------------ */

static ui_input_reply key_accept(void *owner, const char *text) {
    filter_input *f = owner;
    nx_error err = NX_ERROR;
    nx_arena *arena = nx_arena_new(0);
    nx_from from = {.kind = NX_FROM_KEY};
    bool good = nx_key_parse(f->v->model, text, arena, &from.key, &err);
    if (good) {
        ui_rows_go(f->v, &from);
        free(f);
    } else {
        ui_input_error(f->input, err.message, err.position);
    }
    nx_error_clear(&err);
    nx_arena_free(arena);
    return good ? UI_INPUT_CLOSE : UI_INPUT_KEEP;
}

int ui_rows_go_key(rows_view *v) {
    if (!v->window) {
        return ui_refuse(v->view.app, "the rows are not here yet");
    }
    if (v->model->nkeys == 0) {
        return ui_refuse(v->view.app, "%s has no unique key to go to: / filters", v->model->title);
    }
    filter_input *f = nx_calloc(1, sizeof *f);
    f->v = v;
    nx_buf prompt = NX_BUF;
    nx_buf_adds(&prompt, "go to");
    for (int i = 0; v->model->identity && i < v->model->identity->nfields; i++) {
        nx_buf_addf(&prompt, "%s%s", i ? "," : " ", nx_field_title(v->model->identity->fields[i]));
    }
    ui_input_options options = {.prompt = prompt.data, .verb = "goes there", .accept = key_accept, .drop = free, .owner = f};
    f->input = ui_input_open(v->view.app, &options);
    nx_buf_free(&prompt);
    return UI_DONE;
}
