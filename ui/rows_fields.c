/* Which fields the grid shows. The rows that are here have the fields from before until those with the new ones
 * have arrived: v->query goes with what is here, v->wanted with what is on its way. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "rows.h"

static int place_of(const nx_query *query, const nx_field *field) {
    for (int f = 0; field && f < nx_query_nfields(query); f++) {
        if (nx_query_field(query, f) == field) {
            return f;
        }
    }
    return -1;
}

static int place_of_count(const nx_query *query, const nx_relation *relation) {
    for (int i = 0; relation && i < nx_query_ncounts(query); i++) {
        if (nx_query_counted(query, i) == relation) {
            return nx_query_nfields(query) + i;
        }
    }
    return -1;
}

/* Widths stay with their fields, and the cursor stays on its own, or where it was. */
static void take(rows_view *v, nx_query *query) {
    int fields = nx_query_nfields(query), n = fields + nx_query_ncounts(query);
    rows_column *columns = nx_calloc((size_t)n + 1, sizeof *columns);
    for (int f = 0; f < n; f++) {
        int before = f < fields ? place_of(v->query, nx_query_field(query, f))
                                : place_of_count(v->query, nx_query_counted(query, f - fields));
        columns[f] = before >= 0 ? v->columns[before] : columns[f];
    }
    const nx_relation *relation = ui_rows_relation(v);
    int field = relation ? place_of_count(query, relation) : place_of(query, ui_rows_field(v));
    v->field = field >= 0 ? field : v->field < n ? v->field : n - 1;
    v->left = 0;
    free(v->columns);
    v->columns = columns;
    nx_query_free(v->query);
    v->query = query;
}

void ui_rows_fields_arrived(rows_view *v) {
    nx_query *query = v->wanted;
    v->wanted = NULL;
    if (query) {
        take(v, query);
    }
    ui_rows_counts_known(v);
}

void ui_rows_fields_failed(rows_view *v) {
    if (v->wanted) {
        nx_query_free(v->wanted);
        v->wanted = NULL;
        nx_window_set_fields(v->window, v->query);
    }
}

/* The window's query: v->query's rows with the fields that are wanted. */
const nx_query *ui_rows_fields_query(rows_view *v) {
    if (v->wanted) {
        nx_query *query = nx_query_copy(v->query);
        nx_query_set_fields_of(query, v->wanted);
        nx_query_free(v->wanted);
        v->wanted = query;
    }
    return v->wanted ? v->wanted : v->query;
}

static void chosen(void *owner, const ui_fields_choice *choice) {
    rows_view *v = owner;
    ui_fields_keep(v->model, choice);
    nx_query_free(v->wanted);
    v->wanted = nx_query_copy(v->query);
    nx_query_set_fields(v->wanted, choice->fields, choice->n);
    if (v->counting) {
        nx_query_set_counts(v->wanted, choice->relations, choice->nrelations);
    }
    nx_window_set_fields(v->window, v->wanted);
    ui_rows_read_again(v);
}

/* Before the first page is asked for. */
void ui_rows_fields_start(rows_view *v) {
    int n;
    nx_field **fields = ui_fields_kept(v->model, &n);
    if (fields) {
        nx_query_set_fields(v->query, fields, n);
    }
    free(fields);
}

int ui_rows_fields(rows_view *v) {
    if (!v->window || !nx_window_loaded(v->window)) {
        return ui_refuse(v->view.app, "the rows are not here yet");
    }
    const nx_query *query = v->wanted ? v->wanted : v->query;
    int n = nx_query_nfields(query);
    nx_field **shown = nx_calloc((size_t)n + 1, sizeof *shown);
    for (int f = 0; f < n; f++) {
        shown[f] = nx_query_field(query, f);
    }
    int ncounted = nx_query_ncounts(query);
    const nx_relation **counted = nx_calloc((size_t)ncounted + 1, sizeof *counted);
    for (int i = 0; i < ncounted; i++) {
        counted[i] = nx_query_counted(query, i);
    }
    ui_fields_open(v->view.app,
                   &(ui_fields_options){.model = v->model, .shown = shown, .nshown = n, .cursor = ui_rows_field(v),
                                        .relations = v->counting, .counted = counted, .ncounted = ncounted, .cursor_relation = ui_rows_relation(v),
                                        .chosen = chosen, .owner = v});
    free(shown);
    free(counted);
    return UI_DONE;
}

bool ui_rows_all_fields(const rows_view *v) {
    return nx_query_nfields(v->query) >= ui_fields_readable(v->model);
}

void ui_rows_fields_foot(const rows_view *v, nx_buf *out) {
    if (!ui_rows_all_fields(v)) {
        nx_buf_addf(out, "%d of %d fields %s ", nx_query_nfields(v->query), ui_fields_readable(v->model),
                    ui_glyph(UI_GLYPH_DOT));
    }
}
