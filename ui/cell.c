/* One whole value: JSON indented and foldable, bytea as a hex dump, text wrapped; search in it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cell_view.h"
#include "edit.h"
#include "export.h"
#include "format.h"
#include "input.h"
#include "views.h"

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

static void rebuild(cell_view *v, int width) {
    v->width = width;
    ui_doc_clear(&v->doc);
    if (v->loaded && v->is_long) {
        const char *bytes;
        size_t len;
        ui_cell_shown(v, &bytes, &len);
        ui_long_set(&v->text, bytes, len, ui_cell_is_bytes(v) && v->bytes.len > 0, width);
    } else if (!v->loaded) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, UI_DIM, v->job || v->stream ? "reading" : "");
    } else if (v->njson >= 0) {
        add_json(v);
    } else {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, nx_is_null(v->value) ? UI_NULL : UI_EMPTY, nx_is_null(v->value) ? "NULL" : "''");
    }
}

static int line(const cell_view *v) { return v->is_long ? v->text.cursor : v->doc.cursor; }
static int nlines(const cell_view *v) { return v->is_long ? v->text.nlines : v->doc.nlines; }
static int height(const cell_view *v) { return v->is_long ? v->text.height : v->doc.height; }
static int top(const cell_view *v) { return v->is_long ? v->text.top : v->doc.top; }

static int move_to(cell_view *v, int64_t to) {
    int at = to > nlines(v) ? nlines(v) : (int)to;
    if (v->is_long && v->width) {
        ui_long_move_to(&v->text, at);
    } else if (!v->is_long) {
        ui_doc_move_to(&v->doc, at);
    }
    return UI_DONE;
}

/* --- the changeset --------------------------------------------------------------------------------------------- */

/* What is staged for the value is what is shown. */
static void changed(ui_view *view) {
    cell_view *v = (cell_view *)view;
    const nx_change *change = v->key ? nx_changeset_find(view->app->changes, v->field->model, v->key, v->nkey) : NULL;
    const nx_assignment *a = change ? nx_change_assignment(change, v->field) : NULL;
    v->change = change ? change->id : 0;
    if (a) {
        v->staged = true;
        ui_cell_take(v, a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE);
    } else if (v->staged && v->key) {
        v->staged = false;
        ui_cell_load(v);
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

static bool find(cell_view *v, int step) {
    return v->is_long ? v->width && ui_long_find(&v->text, step) : ui_doc_find(&v->doc, step);
}

static ui_input_reply searched(void *owner, const char *text) {
    cell_view *v = owner;
    ui_doc_set_needle(&v->doc, text);
    ui_long_set_needle(&v->text, text);
    for (long i = 0; i < v->njson; i++) { /* what is folded is searched, too */
        v->folded[i] = false;
    }
    if (!v->is_long) {
        rebuild(v, v->width);
    }
    if (*text && !find(v, 1)) {
        ui_refuse(v->view.app, "\"%s\" is not in %s", text, v->state == CELL_WHOLE ? "this value" : "what is here of this value");
    }
    return UI_INPUT_CLOSE;
}

/* What is not here as a whole, or not as text, is fetched anew. */
static int edit(cell_view *v, bool editor) {
    if (!v->loaded || !v->key || v->stream) {
        return ui_refuse(v->view.app, v->key ? "the value is not here yet" : "edit new records in the rows");
    }
    bool cut = nx_is_null(v->value) && v->is_long;
    const ui_target t = {.model = v->field->model, .field = v->field, .key = v->key, .nkey = v->nkey, .shown = v->value, .cut = cut};
    if (editor) {
        ui_edit_editor(v->view.app, &t);
    } else {
        ui_edit_value(v->view.app, &t);
    }
    return UI_DONE;
}

static int copy(cell_view *v) {
    bool large = nx_is_null(v->value) && v->is_long;
    if (large && (v->state != CELL_WHOLE || ui_cell_is_bytes(v))) {
        return ui_refuse(v->view.app, "too large to be copied: X saves the whole value to a file");
    }
    if (!v->loaded || (nx_is_null(v->value) && !large)) {
        return ui_refuse(v->view.app, "there is no text to copy");
    }
    ui_copy(v->view.app, large ? v->bytes.data : v->value.text, large ? v->bytes.len : v->value.len, nx_field_title(v->field));
    return UI_DONE;
}

static int save_value(cell_view *v) {
    if (!v->loaded && !v->key) {
        return UI_DONE;
    }
    if (v->loaded && nx_is_null(v->value) && !v->is_long) {
        return ui_refuse(v->view.app, "NULL: there is nothing to write into a file");
    }
    nx_value bytes = NX_NULL_VALUE;
    if (v->staged || !v->key) { /* the server does not know it */
        ui_cell_shown(v, &bytes.text, &bytes.len);
    }
    ui_export_value_ask(v->view.app, v->field, v->key, v->nkey, bytes);
    return UI_DONE;
}

static int find_again(cell_view *v, int step) {
    if (!v->doc.needle) {
        return ui_refuse(v->view.app, "nothing was searched for  (/ searches)");
    }
    return find(v, step) ? UI_DONE : ui_refuse(v->view.app, "\"%s\" is not here", v->doc.needle);
}

/* Going elsewhere, one does not wait for the rest. */
static int stop(cell_view *v, bool said) {
    bool stopped = ui_cell_stop(v);
    if (stopped && said) {
        ui_say(v->view.app, UI_INFO, "cancelled: %s", v->loaded ? "what is here is not the whole value" : "nothing was read");
    }
    return stopped && said ? UI_DONE : UI_UNHANDLED;
}

static int act(ui_view *view, ui_action action, int count) {
    cell_view *v = (cell_view *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: return move_to(v, line(v) + n);
    case UI_DO_UP: return move_to(v, line(v) - n);
    case UI_DO_PAGE_DOWN: return move_to(v, line(v) + (int64_t)n * height(v));
    case UI_DO_PAGE_UP: return move_to(v, line(v) - (int64_t)n * height(v));
    case UI_DO_FIRST: return move_to(v, 0);
    case UI_DO_LAST: return move_to(v, nlines(v));
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
    case UI_DO_SAVE_VALUE: return save_value(v);
    case UI_DO_CANCEL:
    case UI_DO_ESCAPE: return stop(v, true);
    case UI_DO_BACK: return stop(v, false);
    case UI_DO_REFRESH:
        if (v->key && !v->staged) {
            ui_cell_load(v);
        }
        return UI_DONE;
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect r) {
    cell_view *v = (cell_view *)view;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        move_to(v, line(v) + (input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3));
    } else {
        move_to(v, top(v) + input->y - r.y);
    }
    return UI_DONE;
}

/* --- words --------------------------------------------------------------------------------------------------------- */

static void draw(ui_view *view, ui_rect r, bool focused) {
    cell_view *v = (cell_view *)view;
    if (v->width != r.width) {
        rebuild(v, r.width);
    }
    if (v->is_long) {
        ui_long_draw(&v->text, r, focused);
    } else {
        ui_doc_draw(&v->doc, r, focused);
    }
}

static void title(ui_view *view, nx_buf *out) {
    cell_view *v = (cell_view *)view;
    nx_buf_addf(out, "%s %s %s", v->field->model->title, ui_glyph(UI_GLYPH_DOT), nx_field_title(v->field));
    nx_buf_adds(out, v->staged ? " (staged)" : v->state != CELL_WHOLE ? " (incomplete)" : "");
}

/* "12.0 MiB of 285 MiB, 4%" while it is not whole. */
static void add_extent(const cell_view *v, nx_buf *out) {
    static const char *const words[] = {[CELL_WHOLE] = "", [CELL_READING] = "reading ", [CELL_STOPPED] = "cancelled at ",
                                        [CELL_CUT_OFF] = "cut off at ", [CELL_LIMIT] = "the first "};
    char size[24], all[24];
    int64_t here = (int64_t)v->bytes.len, part = v->total > 0 ? here * 100 / v->total : 0;
    if (v->state == CELL_WHOLE) {
        nx_buf_adds(out, ui_format_size(v->total, size));
    } else {
        nx_buf_addf(out, "%s%s of %s, %d%%", words[v->state], ui_format_size(here, size), ui_format_size(v->total, all), (int)part);
    }
}

static void foot(ui_view *view, nx_buf *out) {
    cell_view *v = (cell_view *)view;
    char at[24], of[24];
    if (!v->loaded || (!v->is_long && nx_is_null(v->value))) {
        return;
    }
    nx_buf_addf(out, "line %s ", ui_format_exact(line(v) + 1, at));
    if (v->state == CELL_WHOLE) {
        nx_buf_addf(out, "of %s ", ui_format_exact(nlines(v), of));
    }
    nx_buf_addf(out, "%s ", ui_glyph(UI_GLYPH_DOT));
    add_extent(v, out);
}

static void step(ui_view *view, nx_buf *out) { nx_buf_adds(out, nx_field_title(((cell_view *)view)->field)); }

static void status(ui_view *view, nx_buf *out) {
    cell_view *v = (cell_view *)view;
    nx_buf_addf(out, "%s %s%s", nx_field_title(v->field), v->field->type, v->field->nullable ? "" : " not null");
}

static const nx_model *shown_model(ui_view *view) { return ((cell_view *)view)->field->model; }

static const ui_action *footer(ui_view *view) {
    static const ui_action actions[] = {UI_DO_SEARCH, UI_DO_EDIT, UI_DO_EDITOR, UI_DO_COPY, UI_DO_SAVE_VALUE, UI_DO_BACK, UI_DO_NOTHING};
    static const ui_action reading[] = {UI_DO_CANCEL, UI_DO_SAVE_VALUE, UI_DO_SEARCH, UI_DO_BACK, UI_DO_NOTHING};
    static const ui_action partly[] = {UI_DO_SAVE_VALUE, UI_DO_SEARCH, UI_DO_EDIT, UI_DO_EDITOR, UI_DO_BACK, UI_DO_NOTHING};
    const cell_view *v = (const cell_view *)view;
    return v->stream ? reading : v->state == CELL_WHOLE ? actions : partly;
}

static void close_cell(ui_view *view) {
    cell_view *v = (cell_view *)view;
    ui_cell_free_value(v);
    ui_doc_free(&v->doc);
    ui_long_free(&v->text);
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
    v->bytes = (nx_buf)NX_BUF;
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
        ui_cell_take(v, staged->kind == NX_NEW_VALUE ? staged->value : NX_NULL_VALUE);
    } else {
        ui_cell_load(v);
    }
}
