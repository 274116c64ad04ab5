/* What the picker asks the server: the records whose label has what was typed in it, page by page, and the
 * one whose key it is. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"
#include "picker_view.h"

enum { REST_MS = 150, LONG_MS = 300 };

/* --- the filter -------------------------------------------------------------------------------------------- */

/* `text` between two of `quote`, doubled inside, as the filter language has names and values. */
static void add_quoted(nx_buf *out, char quote, const char *text) {
    nx_buf_addc(out, quote);
    for (; *text; text++) {
        if (*text == quote) {
            nx_buf_addc(out, quote);
        }
        nx_buf_addc(out, *text);
    }
    nx_buf_addc(out, quote);
}

static void add_test(nx_buf *filter, const char *join, const nx_field *field, const char *op, const char *text) {
    nx_buf_adds(filter, filter->len ? join : "");
    add_quoted(filter, '`', nx_field_title(field));
    nx_buf_addf(filter, " %s ", op);
    add_quoted(filter, '\'', text);
}

/* Could this text be a value of the field? Asking what cannot be would only be refused. */
static bool could_be(const nx_field *field, const char *text) {
    static const struct {
        const char *type;
        size_t digits; /* that surely fit */
    } numbers[] = {{"int2", 4}, {"int4", 9}, {"int8", 18}, {"numeric", 100}};
    size_t len = strlen(text);
    if (field->domain) {
        return false;
    }
    for (size_t i = 0; i < NX_COUNT(numbers); i++) {
        if (strcmp(field->base_type, numbers[i].type) == 0) {
            return len <= numbers[i].digits && strspn(text, "0123456789") == len;
        }
    }
    if (field->class == NX_TYPE_UUID) {
        return len == 36 && strspn(text, "0123456789abcdefABCDEF-") == len;
    }
    return field->class == NX_TYPE_TEXT;
}

static bool exact_possible(const picker_view *v) {
    return v->o.nfields == 1 && v->typed.len && could_be(v->fields[0], v->typed.data);
}

static nx_field *label_of(const picker_view *v) {
    nx_field *label = v->o.model->label;
    return label && label->can_select && (v->o.nfields > 1 || label != v->fields[0]) ? label : NULL;
}

/* By label; by the beginning of the key where there is no label, or where the key has several fields. */
static void make_filter(const picker_view *v, nx_buf *filter) {
    nx_field *label = label_of(v);
    if (!v->typed.len) {
        return;
    }
    if (label) {
        add_test(filter, " or ", label, "icontains", v->typed.data);
    }
    bool keys = !label || v->o.nfields > 1;
    for (int i = 0; i < v->o.nfields && keys; i++) {
        add_test(filter, " or ", v->fields[i], label ? "istartsWith" : "icontains", v->typed.data);
    }
    if (exact_possible(v)) { /* it stands on top already */
        char *tests = nx_buf_take(filter);
        nx_buf_addf(filter, "(%s)", tests);
        add_test(filter, " and ", v->fields[0], "!=", v->typed.data);
        free(tests);
    }
}

/* --- answers ------------------------------------------------------------------------------------------------- */

static void exact_arrived(void *owner, nx_page *page, const nx_error *err) {
    picker_view *v = owner;
    v->exact_job = NULL;
    if (!err && page->nrows == 1) {
        v->exact = page;
        v->cursor += v->cursor > 0 ? 1 : 0;
    } else {
        nx_page_free(page); /* what went wrong, the search by label tells */
    }
    ui_picker_settled(v);
    ui_app_dirty(v->view.app);
}

static void fail(picker_view *v, const nx_error *err) {
    nx_buf_clear(&v->error);
    nx_buf_adds(&v->error, err->message);
    nx_error_copy(&v->view.app->last_error, err);
}

void ui_picker_look(picker_view *v, int direction) {
    int row = v->cursor - ui_picker_tops(v) - v->height / 2;
    if (v->window && nx_window_loaded(v->window)) {
        nx_window_look(v->window, row < 0 ? 0 : row, v->height ? v->height : 1, direction);
    }
}

/* Where a first look at the present choice found it gone, all records are shown from their beginning. */
static void place(picker_view *v, int row) {
    int tops = ui_picker_tops(v);
    v->placed = true;
    v->owed = 0;
    bool on_row = v->goal == GOAL_ROW || (v->goal == GOAL_NOW && v->o.state < 0);
    v->cursor = on_row ? tops + row : v->goal == GOAL_NOW ? v->o.state : 0;
    v->cursor -= v->cursor > 0 && v->cursor >= ui_picker_count(v) ? 1 : 0;
    v->top = v->cursor > v->height / 3 ? v->cursor - v->height / 3 : 0;
    if (v->goal == GOAL_NOW) {
        ui_picker_look(v, -1); /* the records before it are wanted as well */
    }
}

static void changed(void *owner, nx_window *window, nx_window_event event, int shift) {
    picker_view *v = owner;
    const nx_error *err = nx_window_error(window);
    switch (event) {
    case NX_WINDOW_RESET: place(v, shift); break;
    case NX_WINDOW_COUNTED: break;
    case NX_WINDOW_GREW:
        if (v->cursor >= ui_picker_tops(v)) {
            v->cursor += shift;
            v->top += shift;
        }
        if (v->owed) {
            ui_picker_move(v, v->cursor + v->owed);
        }
        break;
    case NX_WINDOW_FAILED:
        if (err->kind == NX_ERR_NOT_FOUND && !v->placed) { /* the record that is referred to is not there */
            v->placed = true;
            nx_window_go(v->window, &(nx_from){.kind = NX_FROM_FIRST});
            return;
        }
        fail(v, err);
        break;
    }
    ui_picker_settled(v);
    ui_app_dirty(v->view.app);
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

static nx_query *make_query(const picker_view *v, const char *filter, nx_error *err) {
    nx_field *fields[UI_PICKED_FIELDS_MAX + 1], *label = label_of(v);
    int n = 0;
    for (; n < v->o.nfields; n++) {
        fields[n] = v->fields[n];
    }
    if (label) {
        fields[n++] = label;
    }
    nx_query *query = nx_query_new(v->o.model);
    nx_query_set_fields(query, fields, n);
    nx_query_set_labels(query, false);
    if (!nx_query_set_filter(query, filter, err)) {
        nx_query_free(query);
        return NULL;
    }
    return query;
}

bool ui_picker_waiting(const picker_view *v) {
    return v->wanted || v->exact_job || (v->window && nx_window_busy(v->window) && !nx_window_count(v->window));
}

void ui_picker_stop(picker_view *v) {
    /* Searching a big model for what it does not hold takes long, and everything else would wait for it. */
    bool running = v->exact_job || (v->window && nx_window_busy(v->window));
    ui_app_timer_drop(v->view.app, v);
    nx_rows_drop(v->exact_job);
    v->exact_job = NULL;
    nx_page_free(v->exact);
    v->exact = NULL;
    v->wanted = false;
    nx_window_free(v->window);
    v->window = NULL;
    if (running && nx_session_elapsed_ms(v->view.app->session) > LONG_MS) {
        nx_session_cancel(v->view.app->session);
    }
}

static void open_window(picker_view *v, nx_query *query, const nx_from *from) {
    nx_query_free(v->query);
    v->query = query;
    v->window = nx_window_new(v->view.app->session, query, changed, v);
    nx_window_go(v->window, from);
}

static void ask_exact(picker_view *v) {
    nx_error err = NX_ERROR;
    nx_buf filter = NX_BUF;
    add_test(&filter, "", v->fields[0], "=", v->typed.data);
    nx_query *query = make_query(v, filter.data, &err);
    if (query) {
        v->exact_job = nx_rows_fetch(v->view.app->session, query, &(nx_from){.kind = NX_FROM_FIRST}, 1, exact_arrived, v);
        nx_query_free(query);
    }
    nx_error_clear(&err);
    nx_buf_free(&filter);
}

void ui_picker_search(picker_view *v) {
    nx_error err = NX_ERROR;
    nx_buf filter = NX_BUF;
    ui_picker_stop(v);
    nx_buf_clear(&v->error);
    v->cursor = v->top = 0;
    v->goal = v->typed.len ? GOAL_TOP : GOAL_NOW;
    v->placed = v->typed.len > 0;
    if (!v->typed.len) {
        ui_picker_first(v);
        return;
    }
    make_filter(v, &filter);
    nx_query *query = make_query(v, filter.data, &err);
    if (!query) {
        fail(v, &err);
    } else {
        if (exact_possible(v)) {
            ask_exact(v);
        }
        open_window(v, query, &(nx_from){.kind = NX_FROM_FIRST});
    }
    nx_error_clear(&err);
    nx_buf_free(&filter);
}

static void rested(void *owner) { ui_picker_search(owner); }

void ui_picker_search_soon(picker_view *v) {
    v->wanted = true;
    ui_app_timer(v->view.app, REST_MS, rested, v);
}

void ui_picker_first(picker_view *v) {
    nx_error err = NX_ERROR;
    nx_query *query = make_query(v, "", &err);
    nx_from from = {.kind = v->o.now ? NX_FROM_KEY : NX_FROM_FIRST};
    const nx_field *fields[UI_PICKED_FIELDS_MAX];
    nx_value values[UI_PICKED_FIELDS_MAX];
    for (int i = 0; i < v->o.nfields && v->o.now; i++) {
        fields[i] = v->fields[i];
        values[i] = v->o.now[i];
    }
    from.key = (nx_key_test){v->o.now ? v->o.nfields : 0, fields, values};
    if (query) {
        open_window(v, query, &from);
    } else {
        fail(v, &err);
    }
    nx_error_clear(&err);
}

/* --- staged new records -------------------------------------------------------------------------------------------- */

void ui_picker_new_words(const picker_view *v, uint64_t insert, nx_buf *out) {
    const nx_change *change = nx_changeset_by_id(v->view.app->changes, insert);
    for (int i = 0; change && i < change->nassignments; i++) {
        const nx_assignment *a = &change->assignments[i];
        if (a->kind == NX_NEW_VALUE && a->value.text) {
            nx_buf_addf(out, "%s%s=", out->len ? "  " : "", nx_field_title(a->field));
            nx_buf_add(out, a->value.text, a->value.len > 60 ? 60 : a->value.len);
        }
    }
}

int ui_picker_inserts(const picker_view *v, uint64_t *ids, int max) {
    const nx_changeset *set = v->view.app->changes;
    int n = 0;
    for (int i = nx_changeset_count(set) - 1; v->o.inserts && i >= 0 && n < max; i--) {
        const nx_change *change = nx_changeset_at(set, i);
        if (change->kind != NX_INSERT || change->model != v->o.model || change->id == v->o.not_insert) {
            continue;
        }
        nx_buf words = NX_BUF;
        ui_picker_new_words(v, change->id, &words);
        if (!v->typed.len || nx_text_find(words.data, words.len, 0, v->typed.data) >= 0) {
            ids[n++] = change->id;
        }
        nx_buf_free(&words);
    }
    return n;
}
