/* One whole value: JSON indented and foldable, bytea as a hex dump, text wrapped; search in it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "edit.h"
#include "format.h"
#include "input.h"
#include "nixie/json.h"
#include "nixie/rows.h"
#include "views.h"

typedef struct cell_view {
    ui_view view;
    nx_field *field;
    nx_catalog *catalog;
    nx_arena *arena; /* key and value */
    nx_value *key;
    int nkey;
    uint64_t change; /* of the record, 0: none is staged */
    nx_value value;
    bool loaded, staged;
    nx_rows_job *job;
    ui_doc doc;
    int width; /* for which the document was made */
    nx_json_line *json;
    long njson; /* -1: not JSON */
    bool *folded;
} cell_view;

static const ui_view_ops cell_ops;

/* --- documents ------------------------------------------------------------------------------------------------- */

static void add_json(cell_view *v) {
    for (long i = 0; i < v->njson; i++) {
        const nx_json_line *l = &v->json[i];
        ui_doc_line_add(&v->doc, (int)i, l->depth * 2);
        bool folded = l->closes && v->folded[i];
        ui_doc_addf(&v->doc, UI_DIM, "%s ", l->closes ? ui_glyph(folded ? UI_GLYPH_FOLDED : UI_GLYPH_UNFOLDED) : " ");
        if (l->key) {
            ui_doc_add(&v->doc, UI_TIME, l->key, l->keylen);
            ui_doc_adds(&v->doc, UI_DIM, ": ");
        }
        char c = l->len ? l->text[0] : ' ';
        ui_style style = c == '"' ? UI_JSON : strchr("{}[]", c) ? UI_DIM : isalpha((unsigned char)c) ? UI_BOOL : UI_NUMBER;
        ui_doc_add(&v->doc, style, l->text, l->len);
        if (folded) {
            ui_doc_addf(&v->doc, UI_DIM, " %s %c", ui_glyph(UI_GLYPH_ELLIPSIS), c == '{' ? '}' : ']');
            i = (long)l->closes;
        }
        ui_doc_adds(&v->doc, UI_DIM, l->comma ? "," : "");
    }
}

static int nibble(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "\x48656c..." sixteen bytes a line, eight where there is less room: offset, bytes, characters. */
static void add_hex(cell_view *v) {
    enum { WIDE = 16, ROOM_WIDE = 10 + 3 * WIDE + 1 + 1 + WIDE + 2 };
    const char *s = v->value.text + 2;
    size_t n = (v->value.len - 2) / 2, line = v->width >= ROOM_WIDE ? WIDE : WIDE / 2;
    for (size_t at = 0; at < n || at == 0; at += line) {
        nx_buf hex = NX_BUF, chars = NX_BUF;
        for (size_t i = at; i < at + line; i++) {
            nx_buf_adds(&hex, i % 8 == 0 && i > at ? " " : "");
            if (i >= n) {
                nx_buf_adds(&hex, "   ");
                continue;
            }
            int byte = nibble(s[2 * i]) * 16 + nibble(s[2 * i + 1]);
            nx_buf_addf(&hex, "%02x ", (unsigned)byte & 0xffu);
            nx_buf_addc(&chars, byte >= 0x20 && byte < 0x7f ? (char)byte : '.');
        }
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_addf(&v->doc, UI_DIM, "%08zx  ", at);
        ui_doc_add(&v->doc, UI_PLAIN, hex.data, hex.len);
        ui_doc_addf(&v->doc, UI_TIME, " %s", chars.data);
        nx_buf_free(&hex);
        nx_buf_free(&chars);
    }
}

static void rebuild(cell_view *v, int width) {
    v->width = width;
    ui_doc_clear(&v->doc);
    if (!v->loaded) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, UI_DIM, v->job ? "reading" : "");
    } else if (nx_is_null(v->value)) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, UI_NULL, "NULL");
    } else if (v->value.len == 0) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, UI_EMPTY, "''");
    } else if (v->njson >= 0) {
        add_json(v);
    } else if (v->field->class == NX_TYPE_BYTES && strncmp(v->value.text, "\\x", 2) == 0) {
        add_hex(v);
    } else {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_wrap(&v->doc, UI_PLAIN, v->value.text, v->value.len, width - 2, 0);
    }
}

static void take_value(cell_view *v, nx_value value) {
    v->value = nx_value_copy(v->arena, value);
    v->loaded = true;
    v->njson = -1;
    if (v->field->class == NX_TYPE_JSON && value.text) {
        v->njson = nx_json_lines(v->value.text, v->value.len, v->arena, &v->json);
        v->folded = v->njson > 0 ? nx_arena_array(v->arena, (size_t)v->njson, sizeof *v->folded) : NULL;
    }
    v->width = 0;
    ui_app_dirty(v->view.app);
}

/* --- loading ------------------------------------------------------------------------------------------------------ */

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    cell_view *v = owner;
    v->job = NULL;
    v->width = 0;
    if (err) {
        ui_say_error(v->view.app, err);
    } else if (page->nrows == 1) {
        take_value(v, page->rows[0].cells[0].value);
    } else {
        ui_say(v->view.app, UI_ERROR, "the record is gone");
    }
    nx_page_free(page);
    ui_app_dirty(v->view.app);
}

static void load(cell_view *v) {
    nx_rows_drop(v->job);
    v->job = nx_cell_load(v->view.app->session, v->field, v->key, arrived, v);
}

/* What is staged for the value is what is shown. */
static void changed(ui_view *view) {
    cell_view *v = (cell_view *)view;
    const nx_change *change = v->key ? nx_changeset_find(view->app->changes, v->field->model, v->key, v->nkey) : NULL;
    const nx_assignment *a = change ? nx_change_assignment(change, v->field) : NULL;
    v->change = change ? change->id : 0;
    if (a) {
        v->staged = true;
        take_value(v, a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE);
    } else if (v->staged && v->key) {
        v->staged = false;
        load(v);
    }
}

/* Its record may have another key now. */
static void saved(ui_view *view) {
    cell_view *v = (cell_view *)view;
    const nx_value *key = v->key ? ui_app_saved_key(view->app, v->change, v->key, v->nkey) : NULL;
    for (int i = 0; key && i < v->nkey; i++) {
        v->key[i] = nx_value_copy(v->arena, key[i]);
    }
}

/* --- keys ---------------------------------------------------------------------------------------------------------- */

static int fold(cell_view *v, bool on) {
    int i = ui_doc_item(&v->doc);
    if (v->njson <= 0 || i < 0) {
        return UI_DONE;
    }
    if (!v->json[i].closes && on) { /* fold what it stands in */
        int depth = v->json[i].depth;
        while (i > 0 && !(v->json[i].closes && v->json[i].depth < depth)) {
            i--;
        }
    }
    if (v->json[i].closes) {
        v->folded[i] = on;
        rebuild(v, v->width);
        ui_doc_go_item(&v->doc, i);
    }
    return UI_DONE;
}

static ui_input_reply searched(void *owner, const char *text) {
    cell_view *v = owner;
    ui_doc_set_needle(&v->doc, text);
    for (long i = 0; i < v->njson; i++) { /* what is folded is searched, too */
        v->folded[i] = false;
    }
    rebuild(v, v->width);
    if (*text && !ui_doc_find(&v->doc, 1)) {
        ui_refuse(v->view.app, "\"%s\" is not in this value", text);
    }
    return UI_INPUT_CLOSE;
}

static int edit(cell_view *v, bool editor) {
    if (!v->loaded || !v->key) {
        return ui_refuse(v->view.app, v->key ? "the value is not here yet" : "edit new records in the rows");
    }
    const ui_target t = {.model = v->field->model, .field = v->field, .key = v->key, .nkey = v->nkey, .shown = v->value};
    if (editor) {
        ui_edit_editor(v->view.app, &t);
    } else {
        ui_edit_value(v->view.app, &t);
    }
    return UI_DONE;
}

static int copy(cell_view *v) {
    if (!v->loaded || nx_is_null(v->value)) {
        return ui_refuse(v->view.app, "there is no text to copy");
    }
    ui_copy(v->view.app, v->value.text, v->value.len, nx_field_title(v->field));
    return UI_DONE;
}

static int find_again(cell_view *v, int step) {
    if (!v->doc.needle) {
        return ui_refuse(v->view.app, "nothing was searched for  (/ searches)");
    }
    return ui_doc_find(&v->doc, step) ? UI_DONE : ui_refuse(v->view.app, "\"%s\" is not here", v->doc.needle);
}

static int act(ui_view *view, ui_action action, int count) {
    cell_view *v = (cell_view *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: ui_doc_move_to(&v->doc, v->doc.cursor + n); return UI_DONE;
    case UI_DO_UP: ui_doc_move_to(&v->doc, v->doc.cursor - n); return UI_DONE;
    case UI_DO_PAGE_DOWN: ui_doc_move_to(&v->doc, v->doc.cursor + n * v->doc.height); return UI_DONE;
    case UI_DO_PAGE_UP: ui_doc_move_to(&v->doc, v->doc.cursor - n * v->doc.height); return UI_DONE;
    case UI_DO_FIRST: ui_doc_move_to(&v->doc, 0); return UI_DONE;
    case UI_DO_LAST: ui_doc_move_to(&v->doc, v->doc.nlines); return UI_DONE;
    case UI_DO_FOLD: return fold(v, true);
    case UI_DO_UNFOLD: return fold(v, false);
    case UI_DO_SEARCH:
        ui_input_open(view->app, &(ui_input_options){.prompt = "search", .verb = "searches", .history = "search", .accept = searched, .owner = v});
        return UI_DONE;
    case UI_DO_SEARCH_NEXT: return find_again(v, 1);
    case UI_DO_SEARCH_PREVIOUS: return find_again(v, -1);
    case UI_DO_EDIT: return edit(v, false);
    case UI_DO_EDITOR: return edit(v, true);
    case UI_DO_COPY: return copy(v);
    case UI_DO_REFRESH:
        if (v->key && !v->staged) {
            load(v);
        }
        return UI_DONE;
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect r) {
    cell_view *v = (cell_view *)view;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        ui_doc_move_to(&v->doc, v->doc.cursor + (input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3));
    } else {
        ui_doc_move_to(&v->doc, v->doc.top + input->y - r.y);
    }
    return UI_DONE;
}

/* --- words --------------------------------------------------------------------------------------------------------- */

static void draw(ui_view *view, ui_rect r, bool focused) {
    cell_view *v = (cell_view *)view;
    if (v->width != r.width) {
        rebuild(v, r.width);
    }
    ui_doc_draw(&v->doc, r, focused);
}

static void title(ui_view *view, nx_buf *out) {
    cell_view *v = (cell_view *)view;
    nx_buf_addf(out, "%s %s %s", v->field->model->title, ui_glyph(UI_GLYPH_DOT), nx_field_title(v->field));
    nx_buf_adds(out, v->staged ? " (staged)" : "");
}

static void foot(ui_view *view, nx_buf *out) {
    cell_view *v = (cell_view *)view;
    char size[24];
    if (v->loaded && !nx_is_null(v->value)) {
        nx_buf_addf(out, "line %d of %d %s %s", v->doc.cursor + 1, v->doc.nlines, ui_glyph(UI_GLYPH_DOT),
                    ui_format_size((int64_t)v->value.len, size));
    }
}

static void step(ui_view *view, nx_buf *out) { nx_buf_adds(out, nx_field_title(((cell_view *)view)->field)); }

static void status(ui_view *view, nx_buf *out) {
    cell_view *v = (cell_view *)view;
    nx_buf_addf(out, "%s %s%s", nx_field_title(v->field), v->field->type, v->field->nullable ? "" : " not null");
}

static const nx_model *shown_model(ui_view *view) { return ((cell_view *)view)->field->model; }

static const ui_action *footer(ui_view *view) {
    static const ui_action actions[] = {UI_DO_SEARCH, UI_DO_EDIT, UI_DO_EDITOR, UI_DO_COPY, UI_DO_BACK, UI_DO_NOTHING};
    (void)view;
    return actions;
}

static void close_cell(ui_view *view) {
    cell_view *v = (cell_view *)view;
    nx_rows_drop(v->job);
    ui_doc_free(&v->doc);
    nx_arena_free(v->arena);
    nx_catalog_unref(v->catalog);
    free(v);
}

static const ui_view_ops cell_ops = {
    .name = "cell",
    .scope = UI_SCOPE_CELL,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .title = title,
    .foot = foot,
    .step = step,
    .status = status,
    .model = shown_model,
    .footer = footer,
    .changed = changed,
    .saved = saved,
    .close = close_cell,
};

void ui_cell_open(ui_app *app, nx_field *field, const nx_value *key, int nkey, const nx_assignment *staged) {
    cell_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&cell_ops, app};
    v->field = field;
    v->catalog = nx_catalog_ref(field->model->catalog);
    v->arena = nx_arena_new(0);
    v->njson = -1;
    v->nkey = nkey;
    if (key) {
        v->key = nx_arena_array(v->arena, (size_t)nkey, sizeof *v->key);
        for (int i = 0; i < nkey; i++) {
            v->key[i] = nx_value_copy(v->arena, key[i]);
        }
    }
    ui_app_push(app, &v->view);
    const nx_change *change = key ? nx_changeset_find(app->changes, field->model, key, nkey) : NULL;
    v->change = change ? change->id : 0;
    if (staged) {
        v->staged = true;
        take_value(v, staged->kind == NX_NEW_VALUE ? staged->value : NX_NULL_VALUE);
    } else {
        load(v);
    }
}
