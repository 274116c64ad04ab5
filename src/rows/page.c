#include "query.h"

#include <stdlib.h>
#include <string.h>

/* More than this is no page for people; nx_record_load and nx_cell_load have limits of their own. */
static const size_t page_limit = (size_t)1 << 30;

typedef struct decoder {
    const nx_query *query;
    const nx_columns *columns;
    const nx_result *result;
    nx_page *page;
    nx_value *shared; /* the present row's columns, copied at most once */
    bool *copied;
    bool failed;
    int failed_column;
} decoder;

void nx_page_free(nx_page *page) {
    if (page) {
        nx_arena_free(page->arena);
    }
}

static nx_value column_value(decoder *d, int row, int column) {
    if (d->copied[column]) {
        return d->shared[column];
    }
    nx_value v = nx_result_value(d->result, row, column);
    if (!nx_is_null(v)) {
        char *copy = nx_arena_try(d->page->arena, v.len + 1);
        if (!copy) {
            d->failed_column = d->failed ? d->failed_column : column;
            d->failed = true;
            return NX_NULL_VALUE;
        }
        memcpy(copy, v.text, v.len);
        copy[v.len] = '\0';
        v.text = copy;
    }
    d->copied[column] = true;
    return d->shared[column] = v;
}

static int64_t whole_size(const nx_field *field, nx_value value) {
    if (nx_is_null(value) || (field->cut != NX_CUT_TEXT && field->cut != NX_CUT_BYTES)) {
        return -1;
    }
    bool hex = field->cut == NX_CUT_BYTES && value.len >= 2;
    return hex ? (int64_t)(value.len - 2) / 2 : (int64_t)value.len;
}

static void decode_size(const decoder *d, int row, int column, nx_cell *cell) {
    if (nx_is_null(nx_result_value(d->result, row, column))) {
        cell->size = -1;
        return;
    }
    int64_t size = nx_result_int(d->result, row, column);
    cell->cut = size < 0;
    cell->size = size < 0 ? -size : size;
    cell->withheld = nx_is_null(cell->value);
}

static void decode_label(decoder *d, int row, int column, nx_cell *cell) {
    nx_value v = column_value(d, row, column);
    if (!nx_is_null(v)) {
        cell->dangling = *v.text == '-';
        cell->label = *v.text == '=' && v.len > 1 ? v.text + 1 : NULL;
    }
}

static void decode_cell(decoder *d, int row, int i, nx_cell *cell) {
    const nx_columns *c = d->columns;
    cell->value = column_value(d, row, c->value[i]);
    if (c->size[i] >= 0) {
        decode_size(d, row, c->size[i], cell);
    } else {
        cell->size = whole_size(d->query->fields[i], cell->value);
    }
    if (c->label[i] >= 0) {
        decode_label(d, row, c->label[i], cell);
    }
}

static void decode_row(decoder *d, int from, nx_row *row) {
    const nx_columns *c = d->columns;
    nx_arena *arena = d->page->arena;
    memset(d->copied, 0, (size_t)c->n * sizeof *d->copied);
    row->cells = nx_arena_array(arena, (size_t)d->page->ncells, sizeof *row->cells);
    row->key = nx_arena_array(arena, (size_t)c->nkey, sizeof *row->key);
    row->cursor.nvalues = c->ncursor;
    row->cursor.values = nx_arena_array(arena, (size_t)c->ncursor, sizeof *row->cursor.values);
    for (int i = 0; i < c->nkey; i++) {
        row->key[i] = column_value(d, from, c->key[i]);
    }
    for (int i = 0; i < c->ncursor; i++) {
        row->cursor.values[i] = column_value(d, from, c->cursor[i]);
    }
    for (int i = 0; i < d->page->ncells; i++) {
        decode_cell(d, from, i, &row->cells[i]);
    }
    int ncounts = d->query->ncounts;
    row->counts = ncounts ? nx_arena_array(arena, (size_t)ncounts, sizeof *row->counts) : NULL;
    for (int i = 0; i < ncounts; i++) {
        row->counts[i] = c->count[i] >= 0 ? nx_result_int(d->result, from, c->count[i]) : -1;
    }
}

static void decode_rows(decoder *d, int nrows, bool reversed) {
    d->page->rows = nx_arena_array(d->page->arena, (size_t)nrows, sizeof *d->page->rows);
    for (int i = 0; i < nrows && !d->failed; i++) {
        decode_row(d, reversed ? nrows - 1 - i : i, &d->page->rows[i]);
        d->page->nrows++;
    }
}

static void say_too_much(const decoder *d, nx_error *err) {
    const nx_field *field = d->columns->list[d->failed_column].field;
    nx_error_set(err, NX_ERR_MEMORY, "the values of \"%s\" do not fit into memory", field ? nx_field_title(field) : "the key");
    nx_error_hint(err, "ask for fewer rows or fields");
}

nx_page *nx_page_decode(const nx_query *query, const nx_columns *columns, const nx_result *result, int limit,
                        bool reversed, nx_error *err) {
    nx_arena *arena = nx_arena_new(page_limit);
    nx_page *page = nx_arena_alloc(arena, sizeof *page);
    *page = (nx_page){.arena = arena, .ncells = query->nfields, .nkey = columns->nkey, .rows_estimate = -1};
    page->uncounted = query->uncounted ? nx_arena_strdup(arena, query->uncounted) : NULL;
    size_t n = (size_t)columns->n + 1;
    decoder d = {
        .query = query,
        .columns = columns,
        .result = result,
        .page = page,
        .shared = nx_calloc(n, sizeof *d.shared),
        .copied = nx_calloc(n, sizeof *d.copied),
    };
    int have = nx_result_rows(result);
    decode_rows(&d, have < limit ? have : limit, reversed);
    if (d.failed) {
        say_too_much(&d, err);
        nx_page_free(page);
        page = NULL;
    }
    free(d.shared);
    free(d.copied);
    return page;
}
