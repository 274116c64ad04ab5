#include "peek.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"

enum { REST_MS = 150, WHOLE_BYTES = 1 << 20, BESIDE_WIDTH = 90, NAME_MOST = 18 };

typedef struct peek_wish { /* which record is meant */
    nx_model *model;
    const nx_foreign_key *fk; /* NULL: the record under the cursor */
    nx_key_test key;          /* of the referenced one: its fields and values */
    uint64_t insert;          /* a staged new record */
    nx_buf text;              /* tells wishes apart */
} peek_wish;

struct ui_peek {
    rows_view *v;
    nx_arena *arena; /* of the wish */
    peek_wish wish;
    nx_relation way; /* to the referenced record, as a scope */
    nx_query *query; /* all fields of wish.model */
    nx_page *page;   /* what was read; NULL: nothing, or not yet */
    nx_rows_job *job;
    bool waiting;    /* for the cursor to rest, or for the answer */
    nx_error error;
};

/* --- what is meant ------------------------------------------------------------------------------------------ */

static void add_value(nx_buf *text, nx_value value) {
    nx_buf_addf(text, "%zu:", value.text ? value.len : (size_t)0);
    nx_buf_add(text, value.text ? value.text : "", value.text ? value.len : 0);
}

static bool wish_reference(const ui_peek *peek, nx_arena *arena, peek_wish *wish) {
    const rows_view *v = peek->v;
    const nx_field *field = ui_rows_field(v);
    const nx_foreign_key *fk = field ? nx_field_foreign_key(field) : NULL;
    const nx_change *change = ui_rows_current_change(v);
    const nx_assignment *a = change && field ? nx_change_assignment(change, field) : NULL;
    if (a && a->kind == NX_NEW_REFERENCE) {
        wish->model = a->record_field->model;
        wish->insert = a->record;
        wish->fk = fk;
        return true;
    }
    if (!fk || !fk->target || !fk->target->readable || !fk->target->described ||
        !ui_rows_reference(v, fk, arena, &wish->key)) {
        return false;
    }
    for (int i = 0; i < wish->key.n; i++) { /* the grid's rows come and go */
        wish->key.values[i] = nx_value_copy(arena, wish->key.values[i]);
    }
    wish->model = fk->target;
    wish->fk = fk;
    return true;
}

static bool wish_for(const ui_peek *peek, nx_arena *arena, peek_wish *wish) {
    const rows_view *v = peek->v;
    const nx_row *row = ui_rows_current(v);
    *wish = (peek_wish){.text = NX_BUF};
    if (!wish_reference(peek, arena, wish)) {
        wish->insert = ui_rows_current_insert(v);
        wish->model = v->model;
        if (!row && !wish->insert) {
            return false;
        }
    }
    nx_buf_addf(&wish->text, "%u %s %llu ", wish->model->oid, wish->fk ? wish->fk->name : "", (unsigned long long)wish->insert);
    for (int i = 0; wish->fk && i < wish->key.n; i++) {
        add_value(&wish->text, wish->key.values[i]);
    }
    for (int i = 0; !wish->fk && row && i < nx_window_nkey(v->window); i++) {
        add_value(&wish->text, row->key[i]);
    }
    return true;
}

/* --- reading ------------------------------------------------------------------------------------------------- */

static void forget(ui_peek *peek) {
    ui_app_timer_drop(peek->v->view.app, peek);
    nx_rows_drop(peek->job);
    nx_page_free(peek->page);
    nx_query_free(peek->query);
    nx_arena_free(peek->arena);
    nx_buf_free(&peek->wish.text);
    nx_error_clear(&peek->error);
    rows_view *v = peek->v;
    *peek = (ui_peek){.v = v, .wish.text = NX_BUF, .error = NX_ERROR};
}

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    ui_peek *peek = owner;
    peek->job = NULL;
    peek->waiting = false;
    if (err) {
        nx_error_copy(&peek->error, err);
    } else if (page->nrows == 0) {
        nx_page_free(page);
        nx_error_set(&peek->error, NX_ERR_NOT_FOUND, "there is no such record");
    } else {
        peek->page = page;
    }
    ui_app_dirty(peek->v->view.app);
}

static void read_reference(ui_peek *peek) {
    const peek_wish *w = &peek->wish;
    const char **columns = nx_arena_array(peek->arena, (size_t)w->key.n, sizeof *columns);
    for (int i = 0; i < w->key.n; i++) {
        columns[i] = w->key.fields[i]->name;
    }
    peek->way = (nx_relation){.kind = NX_TO_ONE, .target = w->model, .nfields = w->key.n, .references = columns};
    nx_query_set_scope(peek->query, &(nx_scope){.relation = &peek->way, .nvalues = w->key.n, .values = w->key.values});
    nx_rows_job *job = nx_rows_fetch(peek->v->view.app->session, peek->query, &(nx_from){.kind = NX_FROM_FIRST}, 1, arrived, peek);
    peek->job = job ? job : peek->job;
}

/* Whole, where that is not too much; with all fields, where the grid has not all of them. */
static void read_own(ui_peek *peek) {
    const rows_view *v = peek->v;
    const nx_row *row = ui_rows_current(v);
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    nx_rows_job *job = NULL;
    int64_t cut = 0;
    for (int f = 0; row && f < nx_query_nfields(v->query); f++) {
        cut += row->cells[f].cut ? row->cells[f].size < 0 ? WHOLE_BYTES : row->cells[f].size : 0;
    }
    if (!row || !nx_row_key(v->model, row, arena, &key)) {
        peek->waiting = false;
    } else if (cut < WHOLE_BYTES && ui_rows_all_fields(v)) {
        job = nx_record_load(v->view.app->session, v->model, &key, arrived, peek);
    } else {
        job = nx_rows_by_keys(v->view.app->session, peek->query, (const nx_value *[]){row->key}, 1, arrived, peek);
    }
    peek->job = job ? job : peek->job;
    nx_arena_free(arena);
}

static void rested(void *owner) {
    ui_peek *peek = owner;
    if (peek->wish.fk) {
        read_reference(peek);
    } else {
        read_own(peek);
    }
}

/* What the grid has of its own record is there at once, and often all there is. */
static bool here_already(const ui_peek *peek) {
    const rows_view *v = peek->v;
    const nx_row *row = ui_rows_current(v);
    if (peek->wish.insert) {
        return true;
    }
    if (peek->wish.fk || !row || v->model->identity_kind == NX_IDENTITY_NONE) {
        return !peek->wish.fk;
    }
    for (int f = 0; f < nx_query_nfields(v->query); f++) {
        if (row->cells[f].cut) {
            return false;
        }
    }
    return ui_rows_all_fields(v);
}

void ui_peek_look(ui_peek *peek) {
    rows_view *v = peek ? peek->v : NULL;
    if (!v || !v->query || !v->window || v->going) {
        return;
    }
    nx_arena *arena = nx_arena_new(0);
    peek_wish wish;
    bool any = wish_for(peek, arena, &wish);
    if (any && peek->wish.text.len && strcmp(peek->wish.text.data, wish.text.data) == 0) {
        nx_buf_free(&wish.text);
        nx_arena_free(arena);
        return;
    }
    forget(peek);
    peek->arena = arena;
    peek->wish = wish;
    if (any) {
        peek->query = nx_query_new(wish.model);
        peek->waiting = !here_already(peek);
    }
    if (peek->waiting) {
        ui_app_timer(v->view.app, REST_MS, rested, peek);
    }
}

void ui_peek_again(ui_peek *peek) {
    if (peek) {
        forget(peek);
        ui_peek_look(peek);
    }
}

/* --- drawing ---------------------------------------------------------------------------------------------------- */

ui_rect ui_peek_place(ui_rect *grid) {
    ui_rect pane = *grid;
    if (grid->width >= BESIDE_WIDTH) {
        pane.width = grid->width / 3;
        grid->width -= pane.width;
        pane.x += grid->width;
    } else {
        pane.height = grid->height > 20 ? grid->height * 2 / 5 : grid->height / 2;
        grid->height -= pane.height;
        pane.y += grid->height;
    }
    return pane;
}

/* The row that is read, else what the grid has of it. */
static const nx_row *shown_row(const ui_peek *peek, const nx_query **query) {
    *query = peek->page ? peek->query : peek->v->query;
    if (peek->page) {
        return &peek->page->rows[0];
    }
    return peek->wish.fk ? NULL : ui_rows_current(peek->v);
}

static const nx_change *shown_change(const ui_peek *peek, const nx_row *row) {
    const nx_changeset *changes = peek->v->view.app->changes;
    if (peek->wish.insert) {
        return nx_changeset_by_id(changes, peek->wish.insert);
    }
    if (!peek->wish.fk) {
        return ui_rows_current_change(peek->v);
    }
    bool keyed = row && peek->page->nkey > 0;
    return keyed ? nx_changeset_find(changes, peek->wish.model, row->key, peek->page->nkey) : NULL;
}

static void add_title(const ui_peek *peek, const nx_row *row, nx_buf *out) {
    const nx_model *model = peek->wish.model;
    if (peek->wish.fk) {
        nx_buf_addf(out, "%s %s ", nx_field_title(peek->wish.fk->fields[0]), ui_glyph(UI_GLYPH_REFERENCE));
    }
    nx_buf_addf(out, "%s ", model->title);
    if (peek->wish.insert) {
        nx_buf_adds(out, "new");
    } else if (peek->wish.fk) {
        for (int i = 0; i < peek->wish.key.n; i++) {
            nx_buf_addf(out, "%s%s", i ? "," : "", peek->wish.key.values[i].text);
        }
    } else if (row && (model->identity_kind == NX_IDENTITY_PRIMARY || model->identity_kind == NX_IDENTITY_UNIQUE)) {
        nx_key_text(row, peek->page ? peek->page->nkey : nx_window_nkey(peek->v->window), out);
    }
}

static int name_width(const nx_query *query) {
    int width = 0;
    for (int f = 0; f < nx_query_nfields(query); f++) {
        const char *title = nx_field_title(nx_query_field(query, f));
        int w = nx_text_width(title, strlen(title));
        width = w > width ? w : width;
    }
    return width;
}

static const nx_cell *cell_of(const nx_query *query, const nx_row *row, const nx_field *field) {
    for (int f = 0; row && f < nx_query_nfields(query); f++) {
        if (nx_query_field(query, f) == field) {
            return &row->cells[f];
        }
    }
    return NULL;
}

/* A long text goes on below where there is room; returns the lines used. */
static int draw_text(const ui_cell *cell, int y, int x, int width, int most) {
    size_t at = 0, len = cell->value.len;
    unsigned style = cell->staged != UI_PLAIN ? cell->staged : ui_cell_style(cell->field);
    int lines = 0;
    while (at < len && lines < most) {
        size_t end = at, blank = 0;
        int used = 0;
        nx_glyph glyph;
        for (size_t n; end < len && cell->value.text[end] != '\n'; end += n) {
            n = nx_text_next(cell->value.text + end, len - end, &glyph);
            if (used + glyph.width > width) {
                break;
            }
            used += glyph.width;
            blank = cell->value.text[end] == ' ' ? end + n : blank;
        }
        bool newline = end < len && cell->value.text[end] == '\n';
        end = !newline && end < len && blank > at ? blank : end;
        end = end == at && !newline ? len : end; /* a glyph wider than the pane */
        bool last = lines + 1 == most && end < len;
        ui_draw_text(y + lines, x, width, style, UI_LEFT, cell->value.text + at, last ? len - at : end - at);
        at = end + (newline ? 1 : 0);
        lines++;
    }
    return lines ? lines : 1;
}

static int draw_field(const ui_cell *cell, int y, ui_rect r, int names, int most) {
    const char *title = nx_field_title(cell->field), *mark = cell->staged == UI_UPDATED ? "~" : cell->staged == UI_INSERTED ? "+" : cell->staged == UI_DELETED ? "-" : " ";
    int x = r.x + 3 + names, width = r.x + r.width - x;
    ui_draw_words(y, r.x, 1, cell->staged, mark);
    ui_draw_text(y, r.x + 1, names, nx_field_in_identity(cell->field) ? UI_BOLD : UI_HEADER, UI_LEFT, title, strlen(title));
    bool plain = cell->value.text && cell->value.len && !cell->is_default && !cell->label && !cell->withheld;
    if (plain && most > 1 && nx_text_width(cell->value.text, cell->value.len) > width) {
        return draw_text(cell, y, x, width, most);
    }
    ui_cell_draw(y, x, width, 0, cell);
    return 1;
}

static void draw_fields(const ui_peek *peek, ui_rect r, const nx_query *query, const nx_row *row) {
    const nx_query *fields = peek->page || peek->wish.fk || peek->wish.insert ? peek->query : query;
    const nx_change *change = shown_change(peek, row);
    int n = nx_query_nfields(fields), names = name_width(fields), y = r.y, end = r.y + r.height;
    names = names > NAME_MOST ? NAME_MOST : names;
    names = names > r.width / 2 ? r.width / 2 : names;
    for (int f = 0; f < n && y < end; f++) {
        int left = n - f - 1, spare = end - y - left; /* every field has a line before one has several */
        if (y == end - 1 && left > 0) {
            ui_draw_wordsf(y, r.x + 1, r.width - 1, UI_DIM, "%s %d more fields", ui_glyph(UI_GLYPH_ELLIPSIS), left + 1);
            return;
        }
        nx_field *field = nx_query_field(fields, f);
        ui_cell cell = ui_cell_of(field, cell_of(query, row, field), change);
        y += draw_field(&cell, y, r, names, spare > 1 ? spare : 1);
    }
}

void ui_peek_draw(ui_peek *peek, ui_rect box) {
    const nx_query *query;
    bool any = peek->query != NULL;
    const nx_row *row = any ? shown_row(peek, &query) : NULL;
    nx_buf title = NX_BUF;
    if (any) {
        add_title(peek, row, &title);
    }
    ui_draw_clear(box, UI_PLAIN);
    ui_draw_box(box, false, title.data, "v closes");
    nx_buf_free(&title);
    ui_rect r = ui_rect_inside(box);
    if (nx_failed(&peek->error)) {
        ui_draw_text(r.y, r.x + 1, r.width - 2, UI_ERROR, UI_LEFT, peek->error.message, strlen(peek->error.message));
    } else if (any && (row || peek->wish.insert)) {
        draw_fields(peek, r, query, row);
    } else {
        ui_draw_words(r.y, r.x + 1, r.width - 2, UI_DIM, peek->waiting ? "reading" : "no record under the cursor");
    }
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

ui_peek *ui_peek_new(rows_view *v) {
    ui_peek *peek = nx_calloc(1, sizeof *peek);
    *peek = (ui_peek){.v = v, .wish.text = NX_BUF, .error = NX_ERROR};
    ui_peek_look(peek);
    return peek;
}

void ui_peek_free(ui_peek *peek) {
    if (peek) {
        forget(peek);
        nx_arena_free(peek->arena);
        free(peek);
    }
}
