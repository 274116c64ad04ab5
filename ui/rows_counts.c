/* Columns of relations, after the fields: how many records each row's relation leads to. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "format.h"
#include "nixie/text.h"
#include "rows.h"
#include "views.h"

/* --- which ------------------------------------------------------------------------------------------------- */

int ui_rows_ncolumns(const rows_view *v) { return nx_query_nfields(v->query) + nx_query_ncounts(v->query); }

const nx_relation *ui_rows_relation_at(const rows_view *v, int column) {
    int i = column - nx_query_nfields(v->query);
    return i >= 0 && i < nx_query_ncounts(v->query) ? nx_query_counted(v->query, i) : NULL;
}

const nx_relation *ui_rows_relation(const rows_view *v) { return v->query ? ui_rows_relation_at(v, v->field) : NULL; }

bool ui_rows_counts_start(rows_view *v) {
    int n;
    if (!v->model->graph_known) {
        return false;
    }
    const nx_relation **relations = ui_fields_counted(v->model, &n);
    nx_query_set_counts(v->query, relations, n);
    v->counting = true;
    free(relations);
    return true;
}

/* The relations became known after the rows had been asked for. What is chosen meanwhile comes first. */
void ui_rows_counts_known(rows_view *v) {
    if (v->counting || v->wanted || !v->window || !ui_rows_counts_start(v)) {
        return;
    }
    int n = ui_rows_ncolumns(v), fields = nx_query_nfields(v->query);
    v->columns = nx_realloc(v->columns, (size_t)n + 1, sizeof *v->columns);
    for (int f = fields; f < n; f++) {
        v->columns[f] = (rows_column){.width = 0};
    }
    if (n > fields) {
        nx_window_set_counts(v->window, v->query);
    }
    ui_app_dirty(v->view.app);
}

static void related(void *owner, nx_catalog *catalog, const nx_error *err) {
    rows_view *v = owner;
    (void)catalog;
    v->relating = NULL;
    if (!err) { /* else there are no columns of relations */
        ui_rows_counts_known(v);
    }
}

/* Behind the first page. */
void ui_rows_relate(rows_view *v) {
    if (!v->counting && !v->relating) {
        nx_catalog_job *job = nx_catalog_load_graph(v->view.app->session, v->catalog, related, v);
        v->relating = job;
    }
}

/* --- what is shown ------------------------------------------------------------------------------------------ */

static int64_t count_of(const rows_view *v, const nx_row *row, int column) {
    return row->counts ? row->counts[column - nx_query_nfields(v->query)] : -1;
}

/* "12", "99+", or why there is no number. */
const char *ui_rows_count_words(const rows_view *v, const nx_row *row, int column, char words[24]) {
    const char *why_not = nx_query_uncountable(v->query, column - nx_query_nfields(v->query));
    int64_t count = row ? count_of(v, row, column) : -1;
    if (!row || why_not) {
        return row ? why_not : "";
    }
    if (count < 0) {
        return row->counts || nx_window_uncounted(v->window) ? "?" : ui_glyph(UI_GLYPH_ELLIPSIS);
    }
    if (count > NX_ROW_COUNT_MAX) {
        return "99+";
    }
    return ui_format_exact(count, words);
}

/* Why the relation under the cursor is not counted; NULL: it is. */
static const char *why_not(const rows_view *v) { return nx_query_uncountable(v->query, v->field - nx_query_nfields(v->query)); }

/* The columns that an index would have to begin with. */
static void add_needed(const nx_relation *r, nx_buf *out) {
    bool many = r->kind == NX_MANY_TO_MANY;
    nx_buf_addf(out, "needs an index on %s (", many ? r->through->title : r->target->title);
    for (int i = 0; i < r->nfields; i++) {
        nx_buf_addf(out, "%s%s", i ? ", " : "", many ? r->through_fields[i] : r->references[i]);
    }
    nx_buf_adds(out, "): y copies it");
}

void ui_rows_count_status(const rows_view *v, nx_buf *out) {
    const nx_relation *r = ui_rows_relation(v);
    const char *why = why_not(v), *refused = nx_window_uncounted(v->window);
    char *index = why ? nx_relation_index(r) : NULL;
    nx_buf_addf(out, "%s %s %s%s", r->name, ui_glyph(UI_GLYPH_REFERRERS), r->target->title, r->one_to_one ? "" : "[]");
    if (why || refused) {
        nx_buf_adds(out, "  ");
    }
    if (index) {
        add_needed(r, out);
    } else if (why || refused) {
        nx_buf_addf(out, "not counted: %s", why ? why : refused);
    }
    free(index);
}

/* --- keys ---------------------------------------------------------------------------------------------------- */

static int go(rows_view *v, const nx_relation *relation) {
    if (!ui_rows_current(v)) {
        return ui_refuse(v->view.app, "no saved record under the cursor");
    }
    ui_rows_open_relation(v, relation);
    return UI_DONE;
}

/* What needs a number, where there is none. */
static int refuse_uncounted(rows_view *v, const nx_relation *relation) {
    const char *why = why_not(v);
    char *index = why ? nx_relation_index(relation) : NULL;
    why = index ? index : why ? why : nx_window_uncounted(v->window);
    ui_refuse(v->view.app, "%s is not counted%s%s", relation->name, why ? ": " : " yet", why ? why : "");
    free(index);
    return UI_DONE;
}

static int sort(rows_view *v, const nx_relation *relation, bool more) {
    if (why_not(v)) {
        return refuse_uncounted(v, relation);
    }
    ui_rows_sort_by(v, &(nx_order_term){.npath = 1, .path = {relation}, .count = true},
                    nx_order_count_place(&v->order, relation), more);
    return UI_DONE;
}

static int keep(rows_view *v, const nx_relation *relation, bool without) {
    const nx_row *row = ui_rows_current(v);
    int64_t count = row ? count_of(v, row, v->field) : -1;
    if (count < 0) {
        return row ? refuse_uncounted(v, relation) : ui_refuse(v->view.app, "no saved record under the cursor");
    }
    bool most = count > NX_ROW_COUNT_MAX;
    ui_rows_filter_add_count(v, relation, most ? (without ? "<=" : ">") : without ? "!=" : "=", most ? NX_ROW_COUNT_MAX : count);
    return UI_DONE;
}

static int copy(rows_view *v, const nx_relation *relation) {
    char words[24], *index = why_not(v) ? nx_relation_index(relation) : NULL;
    const nx_row *row = ui_rows_current(v);
    if (index) {
        ui_copy(v->view.app, index, strlen(index), "statement of the index");
    } else if (row && count_of(v, row, v->field) >= 0) {
        const char *text = ui_rows_count_words(v, row, v->field, words);
        ui_copy(v->view.app, text, strlen(text), relation->name);
    } else {
        refuse_uncounted(v, relation);
    }
    free(index);
    return UI_DONE;
}

int ui_rows_relation_action(rows_view *v, ui_action action) {
    const nx_relation *r = ui_rows_relation(v);
    ui_app *app = v->view.app;
    if (!r) {
        return UI_UNHANDLED;
    }
    switch (action) {
    case UI_DO_OPEN: return ui_rows_current_insert(v) ? UI_UNHANDLED : go(v, r);
    case UI_DO_FOLLOW:
    case UI_DO_REFERRERS: return go(v, r);
    case UI_DO_SORT: return sort(v, r, false);
    case UI_DO_SORT_MORE: return sort(v, r, true);
    case UI_DO_FILTER_KEEP: return keep(v, r, false);
    case UI_DO_FILTER_DROP: return keep(v, r, true);
    case UI_DO_COPY: return ui_marks_count(v->marks) ? UI_UNHANDLED : copy(v, r);
    case UI_DO_EDIT:
    case UI_DO_SET_NULL:
    case UI_DO_SET_DEFAULT:
        return ui_refuse(app, "%s leads to other records, it holds no value: f shows them; + in the record connects one", r->name);
    case UI_DO_CELL:
    case UI_DO_VALUES:
        return why_not(v) ? refuse_uncounted(v, r)
                          : ui_refuse(app, "%s leads to other records, it holds no value: f shows them", r->name);
    case UI_DO_BULK: return ui_refuse(app, "%s holds no value to be set: stand on a field first", r->name);
    default: return UI_UNHANDLED;
    }
}
