#include "fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"
#include "typed.h"

typedef struct fields_item {
    nx_field *field; /* NULL: a relation */
    const nx_relation *relation;
    bool shown;
} fields_item;

typedef struct fields_view {
    ui_view view;
    nx_model *model;
    nx_catalog *catalog; /* a reference */
    fields_item *items;  /* those shown first, in their order, then the rest in the model's; so the relations after them */
    int nitems;
    int *found, nfound;  /* what the narrowing text leaves */
    nx_buf typed;
    bool typing;
    int cursor, top, height;
    bool relations;
    void (*chosen)(void *owner, const ui_fields_choice *choice);
    void *owner;
    ui_rect box;
} fields_view;

static const ui_view_ops fields_ops;

/* --- the items ---------------------------------------------------------------------------------------------- */

static const char *title_of(const fields_item *item) { return item->field ? nx_field_title(item->field) : item->relation->name; }

static void narrow(fields_view *v) {
    v->nfound = 0;
    for (int i = 0; i < v->nitems; i++) {
        if (v->typed.len == 0 || nx_text_fuzzy(v->typed.data, title_of(&v->items[i])) >= 0) {
            v->found[v->nfound++] = i;
        }
    }
    v->cursor = v->cursor >= v->nfound ? v->nfound - 1 : v->cursor;
    v->cursor = v->cursor < 0 ? 0 : v->cursor;
}

static int count_shown(const fields_view *v) {
    int n = 0;
    for (int i = 0; i < v->nitems; i++) {
        n += v->items[i].shown ? 1 : 0;
    }
    return n;
}

static bool has(const fields_view *v, const fields_item *item) {
    for (int i = 0; i < v->nitems; i++) {
        if (v->items[i].field == item->field && v->items[i].relation == item->relation) {
            return true;
        }
    }
    return false;
}

static void add_item(fields_view *v, fields_item item) {
    if (!has(v, &item)) {
        v->items[v->nitems++] = item;
    }
}

static void fill(fields_view *v, const ui_fields_choice *shown) {
    v->nitems = 0;
    for (int i = 0; i < shown->n; i++) {
        add_item(v, (fields_item){.field = shown->fields[i], .shown = true});
    }
    for (int i = 0; i < v->model->nfields; i++) {
        if (v->model->fields[i]->can_select) {
            add_item(v, (fields_item){.field = v->model->fields[i]});
        }
    }
    for (int i = 0; i < shown->nrelations; i++) {
        add_item(v, (fields_item){.relation = shown->relations[i], .shown = true});
    }
    for (int i = 0; i < v->model->nrelations && v->relations; i++) {
        const nx_relation *r = v->model->relations[i];
        if (r->kind != NX_TO_ONE && r->target->readable) {
            add_item(v, (fields_item){.relation = r});
        }
    }
    narrow(v);
}

/* All, in the model's order; again: none, to choose a few of many. */
static int all(fields_view *v) {
    bool full = count_shown(v) == v->nitems;
    fill(v, &(ui_fields_choice){.n = 0});
    for (int i = 0; i < v->nitems; i++) {
        v->items[i].shown = !full;
    }
    return UI_DONE;
}

static int apply(fields_view *v) {
    nx_field **fields = nx_calloc((size_t)v->nitems + 1, sizeof *fields);
    const nx_relation **relations = nx_calloc((size_t)v->nitems + 1, sizeof *relations);
    ui_fields_choice choice = {.fields = fields, .relations = relations};
    for (int i = 0; i < v->nitems; i++) {
        const fields_item *item = &v->items[i];
        if (item->shown && item->field) {
            fields[choice.n++] = item->field;
        } else if (item->shown) {
            relations[choice.nrelations++] = item->relation;
        }
    }
    if (choice.n == 0) {
        ui_refuse(v->view.app, "no field is chosen: Space chooses one, a all");
    } else {
        void (*chosen)(void *owner, const ui_fields_choice *made) = v->chosen;
        void *owner = v->owner;
        ui_app_remove(v->view.app, &v->view);
        chosen(owner, &choice);
    }
    free(fields);
    free(relations);
    return UI_DONE;
}

/* --- keys ----------------------------------------------------------------------------------------------------- */

static void move_cursor(fields_view *v, int to) {
    v->cursor = to >= v->nfound ? v->nfound - 1 : to;
    v->cursor = v->cursor < 0 ? 0 : v->cursor;
}

static int toggle(fields_view *v) {
    if (v->nfound > 0) {
        fields_item *item = &v->items[v->found[v->cursor]];
        item->shown = !item->shown;
        move_cursor(v, v->cursor + 1);
    }
    return UI_DONE;
}

static int move_item(fields_view *v, int by) {
    int from = v->cursor, to = from + by;
    if (v->typed.len) {
        return ui_refuse(v->view.app, "narrowed to some fields: / and Esc show all of them, to be moved");
    }
    if (to < 0 || to >= v->nitems) {
        return UI_DONE;
    }
    if (!v->items[from].field != !v->items[to].field) {
        return ui_refuse(v->view.app, "relations stand after the fields");
    }
    fields_item item = v->items[from];
    v->items[from] = v->items[to];
    v->items[to] = item;
    v->cursor = to;
    return UI_DONE;
}

static int act(ui_view *view, ui_action action, int count) {
    fields_view *v = (fields_view *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: move_cursor(v, v->cursor + n); return UI_DONE;
    case UI_DO_UP: move_cursor(v, v->cursor - n); return UI_DONE;
    case UI_DO_PAGE_DOWN: move_cursor(v, v->cursor + v->height); return UI_DONE;
    case UI_DO_PAGE_UP: move_cursor(v, v->cursor - v->height); return UI_DONE;
    case UI_DO_FIRST: move_cursor(v, 0); return UI_DONE;
    case UI_DO_LAST: move_cursor(v, v->nfound - 1); return UI_DONE;
    case UI_DO_TOGGLE: return toggle(v);
    case UI_DO_MOVE_DOWN: return move_item(v, 1);
    case UI_DO_MOVE_UP: return move_item(v, -1);
    case UI_DO_ALL: return all(v);
    case UI_DO_NARROW: v->typing = true; return UI_DONE;
    case UI_DO_OPEN: return apply(v);
    default: return UI_UNHANDLED;
    }
}

static int type(fields_view *v, const ui_input *input) {
    ui_key key = input->kind == UI_INPUT_KEY ? input->key : (ui_key){UI_KEY_NONE, 0};
    if (key.code == UI_KEY_ESC || ui_key_is_stop(key)) {
        nx_buf_clear(&v->typed);
        v->typing = false;
    } else if (key.code == UI_KEY_ENTER) {
        v->typing = false;
    } else if (!ui_typed_take(&v->typed, input)) {
        return UI_UNHANDLED;
    }
    narrow(v);
    return UI_DONE;
}

static int handle(ui_view *view, const ui_input *input) {
    fields_view *v = (fields_view *)view;
    return v->typing ? type(v, input) : input->kind == UI_INPUT_PASTE ? UI_DONE : UI_UNHANDLED;
}

static int mouse(ui_view *view, const ui_input *input, ui_rect screen) {
    fields_view *v = (fields_view *)view;
    (void)screen;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        move_cursor(v, v->cursor + (input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3));
        return UI_DONE;
    }
    ui_rect r = ui_rect_inside(v->box);
    int at = v->top + input->y - r.y - 1;
    bool inside = input->x >= r.x && input->x < r.x + r.width && input->y > r.y && input->y < r.y + r.height;
    if (inside && at >= 0 && at < v->nfound) {
        v->cursor = at;
        fields_item *item = &v->items[v->found[at]];
        item->shown = !item->shown;
    }
    return UI_DONE;
}

/* --- drawing ---------------------------------------------------------------------------------------------------- */

/* The marks after a name: key, reference, relation. */
static void draw_marks(int y, int x, unsigned mods, const fields_item *item) {
    if (item->relation) {
        ui_draw_words(y, x, 1, UI_HEADER_MARK | mods, ui_glyph(UI_GLYPH_REFERRERS));
        return;
    }
    if (nx_field_in_identity(item->field)) {
        x += 1 + ui_draw_words(y, x, 1, UI_HEADER_MARK | mods, ui_glyph(UI_GLYPH_KEY));
    }
    if (nx_field_foreign_key(item->field)) {
        ui_draw_words(y, x, 1, UI_HEADER_MARK | mods, ui_glyph(UI_GLYPH_REFERENCE));
    }
}

/* A field's type; where a relation leads, and whether its records can be counted. */
static void add_note(const fields_item *item, nx_buf *out) {
    const nx_relation *r = item->relation;
    if (!r) {
        nx_buf_adds(out, item->field->type);
        return;
    }
    nx_buf_addf(out, "%s%s%s", r->indexed ? "" : "no index  ", r->target->title, r->one_to_one ? "" : "[]");
}

static void draw_item(const fields_view *v, const fields_item *item, int y, ui_rect r, bool here) {
    unsigned mods = here ? UI_ON_ROW : 0;
    nx_buf words = NX_BUF;
    add_note(item, &words);
    int note = nx_text_width(words.data, words.len), end = r.x + r.width - 1;
    note = note > r.width / 2 ? r.width / 2 : note;
    ui_draw_fill(y, r.x, r.width, UI_PLAIN | mods);
    ui_draw_words(y, r.x, 1, UI_KEY | mods, here ? ui_glyph(UI_GLYPH_POINTER) : " ");
    ui_draw_words(y, r.x + 2, 3, (item->shown ? UI_GOOD : UI_DIM) | mods, item->shown ? "[x]" : "[ ]");
    int x = r.x + 6, room = end - note - 5 - x;
    const char *title = title_of(item);
    int used = nx_text_width(title, strlen(title));
    used = used > room ? room : used;
    ui_draw_match(y, x, used, (item->shown ? UI_PLAIN : UI_DIM) | mods, title, strlen(title), v->typed.len ? v->typed.data : NULL);
    draw_marks(y, x + used + 1, mods, item);
    ui_draw_text(y, end - note, note, UI_DIM | mods, UI_RIGHT_ALIGN, words.data, words.len);
    nx_buf_free(&words);
}

static void draw_top_line(const fields_view *v, ui_rect r, bool focused) {
    if (v->typing || v->typed.len) {
        ui_draw_words(r.y, r.x, 1, UI_KEY, ui_glyph(UI_GLYPH_TRAIL));
        int used = ui_draw_text(r.y, r.x + 2, r.width - 3, UI_BOLD, UI_LEFT, v->typed.data, v->typed.len);
        if (focused && v->typing) {
            ui_draw_cursor(r.y, r.x + 2 + used);
        }
        return;
    }
    ui_draw_wordsf(r.y, r.x + 2, r.width - 3, UI_DIM, "%d of %d shown   / narrows", count_shown(v), v->nitems);
}

static void draw(ui_view *view, ui_rect screen, bool focused) {
    fields_view *v = (fields_view *)view;
    nx_buf title = NX_BUF;
    nx_buf_addf(&title, "fields of %s", v->model->title);
    int rows = v->nitems > screen.height - 7 ? screen.height - 7 : v->nitems;
    v->box = ui_rect_centre(screen, rows + 3, 62);
    ui_rect r = ui_rect_inside(v->box);
    ui_draw_clear(v->box, UI_PLAIN);
    const char *foot = v->typing ? "Enter narrows  Esc shows all" : "Space shows/hides  J K move  a all  Enter applies";
    ui_draw_box(v->box, focused, title.data, foot);
    nx_buf_free(&title);
    draw_top_line(v, r, focused);
    v->height = r.height - 1;
    v->top = v->cursor < v->top ? v->cursor : v->top;
    v->top = v->cursor >= v->top + v->height ? v->cursor - v->height + 1 : v->top;
    for (int i = 0; i < v->height && v->top + i < v->nfound; i++) {
        draw_item(v, &v->items[v->found[v->top + i]], r.y + 1 + i, r, v->top + i == v->cursor);
    }
    if (v->nfound == 0) {
        ui_draw_words(r.y + 1, r.x + 2, r.width - 2, UI_DIM, "nothing matches");
    }
    ui_draw_scroll(v->box, v->top, v->height, v->nfound);
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static void close_fields(ui_view *view) {
    fields_view *v = (fields_view *)view;
    free(v->items);
    free(v->found);
    nx_buf_free(&v->typed);
    nx_catalog_unref(v->catalog);
    free(v);
}

static const ui_view_ops fields_ops = {
    .name = "fields",
    .scope = UI_SCOPE_FIELDS,
    .draw = draw,
    .act = act,
    .input = handle,
    .mouse = mouse,
    .close = close_fields,
};

ui_view *ui_fields_open(ui_app *app, const ui_fields_options *o) {
    fields_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&fields_ops, app};
    v->model = o->model;
    v->catalog = nx_catalog_ref(o->model->catalog);
    v->chosen = o->chosen;
    v->owner = o->owner;
    v->typed = (nx_buf)NX_BUF;
    v->height = 10;
    v->relations = o->relations;
    size_t room = (size_t)(o->model->nfields + o->nshown + o->model->nrelations + o->ncounted) + 1;
    v->items = nx_calloc(room, sizeof *v->items);
    v->found = nx_calloc(room, sizeof *v->found);
    fill(v, &(ui_fields_choice){.fields = o->shown, .n = o->nshown, .relations = o->counted, .nrelations = o->ncounted});
    for (int i = 0; i < v->nitems; i++) {
        bool it = v->items[i].field == o->cursor && v->items[i].relation == o->cursor_relation;
        v->cursor = it ? i : v->cursor;
    }
    ui_app_overlay(app, &v->view);
    return &v->view;
}
