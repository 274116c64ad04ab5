/* Acting on all marked records: their old values are read by key, in few trips, then all is one step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "format.h"
#include "list.h"
#include "nixie/copy.h"
#include "rows.h"

enum { CHUNK = 1000, CHUNK_WHOLE = 200 };

typedef struct given { /* a field and what it is to become */
    const nx_field *field;
    nx_new_kind kind;
    nx_value value;
} given;

typedef struct rows_marked {
    rows_view *v;
    nx_arena *arena;
    char as;          /* 'd' delete, 's' set; 'j', 'c', 'i' copy */
    given set[32];    /* a reference may have several fields */
    int nset;
    nx_query *query;  /* how the records are read */
    nx_page **pages;
    int npages;
    const nx_row **rows; /* by the marks' slots; NULL: not here */
    int nslots, next;
    nx_rows_job *job;
} rows_marked;

void ui_rows_marked_drop(rows_view *v) {
    rows_marked *m = v->acting;
    v->acting = NULL;
    if (!m) {
        return;
    }
    ui_app_timer_drop(v->view.app, m);
    nx_rows_drop(m->job);
    for (int i = 0; i < m->npages; i++) {
        nx_page_free(m->pages[i]);
    }
    free(m->pages);
    free(m->rows);
    nx_query_free(m->query);
    nx_arena_free(m->arena);
    free(m);
}

static rows_marked *begin(rows_view *v, char as) {
    ui_rows_marked_drop(v);
    rows_marked *m = nx_calloc(1, sizeof *m);
    m->v = v;
    m->as = as;
    m->arena = nx_arena_new(0);
    v->acting = m;
    return m;
}

/* --- staging ------------------------------------------------------------------------------------------------------ */

static int place_of(const nx_query *query, const nx_field *field) {
    for (int f = 0; f < nx_query_nfields(query); f++) {
        if (nx_query_field(query, f)->number == field->number) {
            return f;
        }
    }
    return -1;
}

static int seen_of(const nx_query *query, const nx_row *row, nx_assignment *seen) {
    int n = 0;
    for (int f = 0; f < nx_query_nfields(query); f++) {
        if (!row->cells[f].cut && !row->cells[f].withheld) {
            seen[n++] = (nx_assignment){.field = nx_query_field(query, f), .old = row->cells[f].value};
        }
    }
    return n;
}

static bool stage_one(rows_marked *m, const nx_query *query, const nx_row *row, int nkey, nx_error *err) {
    rows_view *v = m->v;
    nx_changeset *set = v->view.app->changes;
    nx_assignment *seen = nx_calloc((size_t)nx_query_nfields(query) + 1, sizeof *seen);
    int n = seen_of(query, row, seen);
    bool good = true;
    if (m->as == 'd') {
        good = nx_changeset_delete(set, v->model, row->key, nkey, seen, n, err);
    }
    for (int i = 0; m->as == 's' && good && i < m->nset; i++) {
        const given *g = &m->set[i];
        good = nx_changeset_update_shown(set, v->model, row->key, nkey, seen, n, g->field,
                                         row->cells[place_of(query, g->field)].value, g->kind, g->value, err);
    }
    free(seen);
    return good;
}

/* The row as it is on the screen, if it is there and whole enough. */
static bool usable(const rows_marked *m, const nx_query *query, const nx_row *row) {
    bool copies = m->as != 'd' && m->as != 's';
    for (int f = 0; copies && f < nx_query_nfields(query); f++) {
        if (row->cells[f].cut || row->cells[f].withheld) {
            return false;
        }
    }
    for (int i = 0; i < m->nset; i++) {
        int f = place_of(query, m->set[i].field);
        if (f < 0 || row->cells[f].cut || row->cells[f].withheld) {
            return false;
        }
    }
    return true;
}

/* Those on the screen count as they are shown: that is what the change is made against. */
static const nx_row **shown_rows(const rows_marked *m) {
    const rows_view *v = m->v;
    const nx_row **shown = nx_calloc((size_t)m->nslots + 1, sizeof *shown);
    for (int i = 0; i < nx_window_count(v->window); i++) {
        const nx_row *row = nx_window_row(v->window, i);
        int slot = ui_marks_find(v->marks, row->key, nx_window_nkey(v->window));
        if (slot >= 0 && slot < m->nslots && usable(m, v->query, row)) {
            shown[slot] = row;
        }
    }
    return shown;
}

static bool staged_for_deletion(const rows_marked *m, int slot) {
    const rows_view *v = m->v;
    const nx_change *c = nx_changeset_find(v->view.app->changes, v->model, ui_marks_at(v->marks, slot), nx_window_nkey(v->window));
    return c && c->kind == NX_DELETE;
}

/* `d` takes back only where all are staged for deletion: else those that are stay so. */
static bool all_deleted(const rows_marked *m) {
    for (int i = 0; i < m->nslots; i++) {
        if (ui_marks_at(m->v->marks, i) && !staged_for_deletion(m, i)) {
            return false;
        }
    }
    return true;
}

static void tell(rows_marked *m, int done, int gone, int refused, const nx_error *why, bool back) {
    ui_app *app = m->v->view.app;
    char a[24], b[24];
    nx_buf words = NX_BUF;
    nx_buf_addf(&words, "%s record%s %s", ui_format_exact(done, a), done == 1 ? "" : "s",
                back ? "kept" : m->as == 'd' ? "staged for deletion" : "staged");
    if (gone) {
        nx_buf_addf(&words, ", %s gone", ui_format_exact(gone, b));
    }
    if (refused) {
        nx_buf_addf(&words, ", %s not: %s", ui_format_exact(refused, b), why->message);
    }
    ui_say(app, refused ? UI_ERROR : UI_INFO, "%s  (u undoes all of it)", words.data);
    nx_buf_free(&words);
}

static void stage_all(rows_marked *m) {
    rows_view *v = m->v;
    ui_app *app = v->view.app;
    const nx_row **shown = shown_rows(m);
    nx_error first = NX_ERROR, err = NX_ERROR;
    int nkey = nx_window_nkey(v->window), done = 0, gone = 0, refused = 0;
    bool back = m->as == 'd' && all_deleted(m);
    nx_changeset_group_begin(app->changes); /* one step */
    for (int i = 0; i < m->nslots; i++) {
        const nx_row *row = shown[i] ? shown[i] : m->rows[i];
        if (!ui_marks_at(v->marks, i) || (m->as == 'd' && !back && staged_for_deletion(m, i))) {
            continue;
        }
        if (!row) {
            gone++;
        } else if (stage_one(m, shown[i] ? v->query : m->query, row, nkey, &err)) {
            done++;
        } else {
            refused++;
            if (!nx_failed(&first)) {
                nx_error_copy(&first, &err);
            }
            nx_error_clear(&err);
        }
    }
    free(shown);
    if (nx_changeset_group_end(app->changes, &err)) {
        tell(m, done, gone, refused, &first, back);
    } else {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    nx_error_clear(&first);
    ui_rows_marked_drop(v);
    ui_app_changed(app);
}

/* --- copying ------------------------------------------------------------------------------------------------------- */

static void copy_one(nx_buf *out, char as, nx_field *const *fields, const nx_row *row, int n, bool first) {
    switch (as) {
    case 'j':
        nx_buf_adds(out, first ? "[\n  " : ",\n  ");
        nx_copy_json(out, fields, row->cells, n);
        break;
    case 'c':
        if (first) {
            nx_copy_csv(out, fields, row->cells, n);
        } else {
            nx_copy_csv_row(out, row->cells, n);
        }
        break;
    default:
        nx_copy_insert(out, fields, row->cells, n);
        nx_buf_adds(out, "\n");
        break;
    }
}

static void copy_all(rows_marked *m) {
    rows_view *v = m->v;
    ui_app *app = v->view.app;
    const nx_row **shown = shown_rows(m);
    int n = nx_query_nfields(v->query), copied = 0;
    nx_field **fields = nx_calloc((size_t)n + 1, sizeof *fields);
    for (int f = 0; f < n; f++) {
        fields[f] = nx_query_field(v->query, f);
    }
    nx_buf out = NX_BUF;
    for (int i = 0; i < m->nslots; i++) {
        const nx_row *row = shown[i] ? shown[i] : m->rows[i];
        if (row && ui_marks_at(v->marks, i)) {
            copy_one(&out, m->as, fields, row, n, copied++ == 0);
        }
    }
    nx_buf_adds(&out, m->as != 'j' ? "" : copied ? "\n]\n" : "[]\n");
    char words[64], number[24];
    snprintf(words, sizeof words, "%s records as %s", ui_format_exact(copied, number),
             m->as == 'j' ? "JSON" : m->as == 'c' ? "CSV" : "INSERT");
    free(fields);
    free(shown);
    ui_rows_marked_drop(v);
    ui_copy(app, out.data ? out.data : "", out.len, words);
    nx_buf_free(&out);
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static void finish(rows_marked *m) {
    if (m->as == 'd' || m->as == 's') {
        stage_all(m);
    } else {
        copy_all(m);
    }
}

static void read_more(rows_marked *m);

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    rows_marked *m = owner;
    rows_view *v = m->v;
    m->job = NULL;
    ui_app_dirty(v->view.app);
    if (err) {
        ui_say_error(v->view.app, err);
        ui_rows_marked_drop(v);
        return;
    }
    m->pages = nx_realloc(m->pages, (size_t)m->npages + 1, sizeof *m->pages);
    m->pages[m->npages++] = page;
    for (int i = 0; i < page->nrows; i++) {
        int slot = ui_marks_find(v->marks, page->rows[i].key, page->nkey);
        if (slot >= 0 && slot < m->nslots) {
            m->rows[slot] = &page->rows[i];
        }
    }
    read_more(m);
}

static void read_more(rows_marked *m) {
    rows_view *v = m->v;
    const nx_value *keys[CHUNK];
    int n = 0, most = m->as == 'd' || (m->as == 's' && v->model->identity) ? CHUNK : CHUNK_WHOLE;
    while (m->next < m->nslots && n < most) {
        const nx_value *key = ui_marks_at(v->marks, m->next++);
        if (key) {
            keys[n++] = key;
        }
    }
    if (n == 0) {
        finish(m);
        return;
    }
    if (m->npages > 0) {
        char a[24], b[24];
        ui_say(v->view.app, UI_INFO, "reading the marked records: %s of %s  (Ctrl-C cancels)", ui_format_exact(m->next - n, a),
               ui_format_exact(ui_marks_count(v->marks), b));
    }
    nx_rows_job *job = nx_rows_by_keys(v->view.app->session, m->query, keys, n, arrived, m);
    if (v->acting == m) {
        m->job = job;
    }
}

/* Of a record with a key only the fields that are set are needed whole; by tuple id all of it is compared. */
static void make_query(rows_marked *m) {
    rows_view *v = m->v;
    nx_field *fields[NX_COUNT(m->set)];
    m->query = nx_query_copy(v->query);
    nx_query_set_counts(m->query, NULL, 0);
    nx_query_set_labels(m->query, false);
    nx_query_set_whole(m->query, m->as != 'd');
    for (int i = 0; i < m->nset; i++) {
        fields[i] = nx_model_field(v->model, m->set[i].field->name);
    }
    if (m->as == 's' && v->model->identity) {
        nx_query_set_fields(m->query, fields, m->nset);
    }
}

static void run(void *owner) {
    rows_marked *m = owner;
    rows_view *v = m->v;
    m->nslots = ui_marks_slots(v->marks);
    m->rows = nx_calloc((size_t)m->nslots + 1, sizeof *m->rows);
    const nx_row **shown = shown_rows(m);
    bool here = true;
    for (int i = 0; i < m->nslots; i++) {
        here = here && (shown[i] || !ui_marks_at(v->marks, i));
    }
    free(shown);
    if (here) {
        finish(m);
        return;
    }
    make_query(m);
    read_more(m);
}

/* --- actions ------------------------------------------------------------------------------------------------------- */

/* The value was judged, once; a reference of several fields gives several of them, one after the other. */
static bool take(void *owner, const nx_field *field, nx_new_kind kind, nx_value value) {
    rows_view *v = owner;
    rows_marked *m = v->acting ? v->acting : begin(v, 's');
    if (m->nset < (int)NX_COUNT(m->set)) {
        m->set[m->nset++] = (given){field, kind, nx_value_copy(m->arena, value)};
    }
    ui_app_timer(v->view.app, 0, run, m);
    return true;
}

static void set_value(rows_view *v, ui_action action) {
    ui_target t = {.model = v->model, .field = ui_rows_field(v)};
    const nx_value *key = NULL;
    for (int i = 0; i < ui_marks_slots(v->marks) && !key; i++) {
        key = ui_marks_at(v->marks, i);
    }
    char n[24], words[48];
    snprintf(words, sizeof words, "%s marked records", ui_format_exact(ui_marks_count(v->marks), n));
    const nx_row *row = ui_rows_current(v);
    ui_rect r = v->view.app->main_rect;
    int y = row ? v->row - v->top : 0;
    const nx_cell *cell = row ? &row->cells[v->field] : NULL;
    t.key = row ? row->key : key;
    t.nkey = nx_window_nkey(v->window);
    t.shown = cell && !cell->cut && !cell->withheld ? cell->value : NX_NULL_VALUE;
    t.anchor = (ui_rect){r.y + 1 + ui_rows_inserts_shown(v, v->height) + y, r.x, 1, r.width};
    t.row = row;
    t.query = v->query;
    t.stage = take;
    t.owner = v;
    t.many = words;
    if (action == UI_DO_EDIT) {
        ui_edit_value(v->view.app, &t);
    } else {
        ui_edit_set(v->view.app, &t, action == UI_DO_SET_NULL ? NX_NEW_NULL : NX_NEW_DEFAULT);
    }
}

static void copy_chosen(void *owner, const ui_list_item *item) { run(begin(owner, item->key)); }

static void ask_copy(rows_view *v) {
    static const ui_list_item items[] = {
        {.text = "JSON", .key = 'j'}, {.text = "CSV", .key = 'c'}, {.text = "INSERT", .key = 'i'}};
    char n[24], title[64];
    snprintf(title, sizeof title, "copy %s marked records as", ui_format_exact(ui_marks_count(v->marks), n));
    ui_list_open(v->view.app, &(ui_list_options){.title = title, .items = items, .nitems = 3, .chosen = copy_chosen, .owner = v});
}

bool ui_rows_marked_action(rows_view *v, ui_action action) {
    static const ui_action actions[] = {UI_DO_EDIT, UI_DO_SET_NULL, UI_DO_SET_DEFAULT, UI_DO_DELETE, UI_DO_COPY, UI_DO_COPY_AS};
    bool mine = false;
    for (size_t i = 0; i < NX_COUNT(actions); i++) {
        mine = mine || actions[i] == action;
    }
    if (!mine || ui_marks_count(v->marks) == 0) {
        return false;
    }
    if (v->acting) {
        ui_refuse(v->view.app, "the marked records are still being read  (Ctrl-C cancels)");
    } else if (action == UI_DO_DELETE) {
        if (!ui_edit_refused(v->view.app, v->model, NULL, NX_DELETE)) {
            run(begin(v, 'd'));
        }
    } else if (action == UI_DO_COPY || action == UI_DO_COPY_AS) {
        ask_copy(v);
    } else if (ui_rows_field(v)) {
        set_value(v, action);
    }
    return true;
}
