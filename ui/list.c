#include "list.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"
#include "typed.h"

typedef struct list_view {
    ui_view view;
    char *title, *words;
    int nwords; /* lines */
    ui_list_item *items; /* texts are our own */
    int nitems;
    int *shown; /* indexes of the items that match, best first */
    int nshown;
    int cursor, top, height;
    bool filter, done, borrowed;
    void (*note)(const ui_list_item *item, char out[64]);
    nx_buf typed;
    void (*chosen)(void *owner, const ui_list_item *item);
    void (*again)(void *owner);
    void (*dropped)(void *owner);
    void *owner;
    ui_rect box;
} list_view;

static const ui_view_ops list_ops;

/* --- narrowing ------------------------------------------------------------------------------------------- */

typedef struct scored {
    int item, score;
} scored;

static int better(const void *a, const void *b) {
    const scored *x = a, *y = b;
    return x->score != y->score ? (x->score < y->score ? 1 : -1) : (x->item > y->item) - (x->item < y->item);
}

static void narrow(list_view *v) {
    scored *found = nx_calloc((size_t)v->nitems + 1, sizeof *found);
    int n = 0;
    for (int i = 0; i < v->nitems; i++) {
        int score = v->typed.len ? nx_text_fuzzy(v->typed.data, v->items[i].text) : 0;
        if (score >= 0) {
            found[n++] = (scored){i, score};
        }
    }
    if (v->typed.len) {
        qsort(found, (size_t)n, sizeof *found, better);
    }
    for (int i = 0; i < n; i++) {
        v->shown[i] = found[i].item;
    }
    v->nshown = n;
    v->cursor = v->top = 0;
    free(found);
}

/* --- keys --------------------------------------------------------------------------------------------------- */

/* Out of the way first: what is chosen may open something in this place. */
static void leave(list_view *v) {
    ui_app *app = v->view.app;
    v->done = true;
    for (int i = 0; i < app->noverlays; i++) {
        if (app->overlays[i] == &v->view) {
            memmove(app->overlays + i, app->overlays + i + 1, sizeof(ui_view *) * (size_t)(app->noverlays - i - 1));
            app->noverlays--;
            break;
        }
    }
}

static int choose(list_view *v, int item) {
    const ui_list_item *it = &v->items[item];
    if (it->disabled) {
        return ui_refuse(v->view.app, "%s: %s", it->text, it->note ? it->note : "not here");
    }
    list_view copy = *v;
    ui_list_item chosen = *it;
    leave(v);
    copy.chosen(copy.owner, &chosen);
    list_ops.close(&v->view);
    return UI_DONE;
}

static int again(list_view *v) {
    if (!v->again) {
        return UI_UNHANDLED;
    }
    leave(v);
    v->again(v->owner);
    list_ops.close(&v->view);
    return UI_DONE;
}

static void move(list_view *v, int to) {
    v->cursor = to >= v->nshown ? v->nshown - 1 : to;
    v->cursor = v->cursor < 0 ? 0 : v->cursor;
}

static int act(ui_view *view, ui_action action, int count) {
    list_view *v = (list_view *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: move(v, v->cursor + n); return UI_DONE;
    case UI_DO_UP: move(v, v->cursor - n); return UI_DONE;
    case UI_DO_PAGE_DOWN: move(v, v->cursor + v->height); return UI_DONE;
    case UI_DO_PAGE_UP: move(v, v->cursor - v->height); return UI_DONE;
    case UI_DO_FIRST: move(v, 0); return UI_DONE;
    case UI_DO_LAST: move(v, v->nshown - 1); return UI_DONE;
    case UI_DO_REFRESH: return again(v);
    case UI_DO_OPEN: return v->nshown ? choose(v, v->shown[v->cursor]) : UI_DONE;
    default: return UI_UNHANDLED;
    }
}

/* The finder takes characters as text; Ctrl-N and Ctrl-P move besides the arrows. */
static int type(list_view *v, const ui_input *input) {
    ui_key key = input->kind == UI_INPUT_KEY ? input->key : (ui_key){UI_KEY_NONE, 0};
    if (key.code == UI_KEY_ESC || ui_key_is_stop(key)) {
        return UI_CLOSE_ME;
    }
    if (ui_key_is_ctrl(key, 'n') || ui_key_is_ctrl(key, 'p')) {
        return act(&v->view, key.code == 'n' ? UI_DO_DOWN : UI_DO_UP, 0);
    }
    if (!ui_typed_take(&v->typed, input)) {
        return UI_UNHANDLED;
    }
    narrow(v);
    return UI_DONE;
}

static int handle(ui_view *view, const ui_input *input) {
    list_view *v = (list_view *)view;
    if (v->filter) {
        return type(v, input);
    }
    if (input->kind == UI_INPUT_PASTE) {
        return UI_DONE;
    }
    for (int i = 0; i < v->nitems && !input->key.mods; i++) {
        if (v->items[i].key && (uint32_t)(unsigned char)v->items[i].key == input->key.code) {
            return choose(v, i);
        }
    }
    return UI_UNHANDLED;
}

/* --- the words above ------------------------------------------------------------------------------------------ */

static size_t line_len(const char *line) { return strcspn(line, "\n"); }

static const char *next_line(const char *line) {
    const char *end = line + line_len(line);
    return *end ? end + 1 : NULL;
}

/* With an empty line below them; where the screen is low the items come first. */
static int lines_above(const list_view *v) {
    int room = v->box.height - 2 - (v->filter ? 1 : 0) - v->nitems;
    int wanted = v->nwords ? v->nwords + 1 : 0;
    return wanted < room ? wanted : room > 0 ? room : 0;
}

static int draw_words(const list_view *v, ui_rect r, int y) {
    int n = lines_above(v), end = y + n;
    for (const char *line = v->words; line && n > 0; line = next_line(line), n--) {
        ui_draw_text(y++, r.x + 2, r.width - 4, line == v->words ? UI_BOLD : UI_INFO, UI_LEFT, line, line_len(line));
    }
    return end;
}

static int mouse(ui_view *view, const ui_input *input, ui_rect screen) {
    list_view *v = (list_view *)view;
    (void)screen;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        move(v, v->cursor + (input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3));
        return UI_DONE;
    }
    ui_rect r = ui_rect_inside(v->box);
    int at = v->top + input->y - r.y - (v->filter ? 1 : 0) - lines_above(v);
    bool inside = input->x >= r.x && input->x < r.x + r.width && input->y >= r.y && input->y < r.y + r.height;
    if (!inside) {
        return UI_CLOSE_ME;
    }
    return at >= 0 && at < v->nshown ? choose(v, v->shown[at]) : UI_DONE;
}

/* --- drawing ----------------------------------------------------------------------------------------------- */

static int widest(const list_view *v) {
    int width = nx_text_width(v->title, strlen(v->title)) + 4;
    for (int i = 0; i < v->nitems && width < 120; i++) {
        const ui_list_item *it = &v->items[i];
        int w = nx_text_width(it->text, strlen(it->text)) + (it->note ? 3 + nx_text_width(it->note, strlen(it->note)) : 0) + 8;
        width = w > width ? w : width;
    }
    for (const char *line = v->words; line; line = next_line(line)) {
        int w = nx_text_width(line, line_len(line)) + 6;
        width = w > width && w < 120 ? w : width;
    }
    return width < 34 ? 34 : width;
}

static void draw_item(const list_view *v, const ui_list_item *it, int y, ui_rect r, bool here) {
    unsigned mods = here ? UI_ON_ROW : 0;
    char made[64] = "";
    if (v->note) {
        v->note(it, made);
    }
    const char *words = it->note ? it->note : made;
    int note = nx_text_width(words, strlen(words)), x = r.x + 2;
    int room = r.width - 6 - nx_text_width(it->text, strlen(it->text)); /* what the text leaves, or half */
    room = room > r.width / 2 ? room : r.width / 2;
    note = note > room ? room : note;
    ui_draw_fill(y, r.x, r.width, UI_PLAIN | mods);
    ui_draw_words(y, r.x, 1, UI_KEY | mods, here ? ui_glyph(UI_GLYPH_POINTER) : " ");
    if (it->key && !v->filter) {
        ui_draw_wordsf(y, x, 2, UI_KEY | mods, "%c", it->key);
        x += 2;
    }
    ui_draw_match(y, x, r.x + r.width - note - 2 - x, (it->disabled ? UI_DIM : UI_PLAIN) | mods, it->text,
                  strlen(it->text), v->typed.len ? v->typed.data : NULL);
    if (note) {
        ui_draw_text(y, r.x + r.width - note - 1, note, UI_DIM | mods, UI_RIGHT_ALIGN, words, strlen(words));
    }
}

static void draw(ui_view *view, ui_rect screen, bool focused) {
    list_view *v = (list_view *)view;
    int extra = 2 + (v->filter ? 1 : 0) + (v->nwords ? v->nwords + 1 : 0), rows = v->filter ? 14 : v->nitems;
    rows = rows > screen.height - 4 - extra ? screen.height - 4 - extra : rows;
    v->box = ui_rect_centre(screen, rows + extra, v->filter ? 60 : widest(v));
    ui_rect r = ui_rect_inside(v->box);
    ui_draw_clear(v->box, UI_PLAIN);
    ui_draw_box(v->box, focused, v->title, v->again ? "Enter chooses  r reads again  Esc closes" : "Enter chooses  Esc closes");
    int y = r.y;
    if (v->filter) {
        ui_draw_words(y, r.x, 1, UI_KEY, ui_glyph(UI_GLYPH_TRAIL));
        int used = ui_draw_text(y, r.x + 2, r.width - 3, UI_BOLD, UI_LEFT, v->typed.data, v->typed.len);
        if (focused) {
            ui_draw_cursor(y, r.x + 2 + used);
        }
        y++;
    }
    y = draw_words(v, r, y);
    v->height = r.y + r.height - y;
    v->top = v->cursor < v->top ? v->cursor : v->top;
    v->top = v->cursor >= v->top + v->height ? v->cursor - v->height + 1 : v->top;
    for (int i = 0; i < v->height && v->top + i < v->nshown; i++) {
        draw_item(v, &v->items[v->shown[v->top + i]], y + i, r, v->top + i == v->cursor);
    }
    if (v->nshown == 0) {
        ui_draw_words(y, r.x + 2, r.width - 2, UI_DIM, "nothing matches");
    }
    ui_draw_scroll(v->box, v->top, v->height, v->nshown);
}

/* --- opening and closing ------------------------------------------------------------------------------------ */

static void close_list(ui_view *view) {
    list_view *v = (list_view *)view;
    if (!v->done && v->dropped) {
        v->dropped(v->owner);
    }
    for (int i = 0; i < v->nitems && !v->borrowed; i++) {
        free((char *)(uintptr_t)v->items[i].text);
        free((char *)(uintptr_t)v->items[i].note);
    }
    free(v->items);
    free(v->shown);
    free(v->title);
    free(v->words);
    nx_buf_free(&v->typed);
    free(v);
}

static const ui_view_ops list_ops = {
    .name = "list",
    .scope = UI_SCOPE_LIST,
    .draw = draw,
    .act = act,
    .input = handle,
    .mouse = mouse,
    .close = close_list,
};

ui_view *ui_list_open(ui_app *app, const ui_list_options *o) {
    list_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&list_ops, app};
    v->title = nx_strdup(o->title);
    v->words = nx_strdup(o->words);
    for (const char *line = v->words; line; line = next_line(line)) {
        v->nwords++;
    }
    v->filter = o->filter;
    v->borrowed = o->borrowed;
    v->note = o->note;
    v->chosen = o->chosen;
    v->again = o->again;
    v->dropped = o->dropped;
    v->owner = o->owner;
    v->typed = (nx_buf)NX_BUF;
    v->nitems = o->nitems;
    v->items = nx_calloc((size_t)o->nitems + 1, sizeof *v->items);
    v->shown = nx_calloc((size_t)o->nitems + 1, sizeof *v->shown);
    for (int i = 0; i < o->nitems; i++) {
        v->items[i] = o->items[i];
        v->items[i].text = o->borrowed ? o->items[i].text : nx_strdup(o->items[i].text);
        v->items[i].note = o->borrowed ? o->items[i].note : nx_strdup(o->items[i].note);
    }
    narrow(v);
    move(v, o->at);
    ui_app_overlay(app, &v->view);
    return &v->view;
}

void ui_list_note(ui_view *list, int item, const char *note) {
    list_view *v = (list_view *)list;
    free((char *)(uintptr_t)v->items[item].note);
    v->items[item].note = nx_strdup(note);
    ui_app_dirty(list->app);
}

/* --- a question ------------------------------------------------------------------------------------------------ */

typedef struct question {
    void (*yes)(void *owner);
    void *owner;
} question;

static void answered(void *owner, const ui_list_item *item) {
    question q = *(question *)owner;
    free(owner);
    if (item->key == 'y') {
        q.yes(q.owner);
    }
}

void ui_ask(ui_app *app, const char *words, void (*yes)(void *owner), void *owner) {
    static const ui_list_item items[] = {{.text = "no", .key = 'n'}, {.text = "yes", .key = 'y'}};
    question *q = nx_calloc(1, sizeof *q);
    *q = (question){yes, owner};
    ui_list_open(app, &(ui_list_options){.title = words, .items = items, .nitems = 2, .chosen = answered,
                                         .dropped = free, .owner = q});
}
