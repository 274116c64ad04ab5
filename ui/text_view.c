/* Scrollable text over everything: help, errors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "keymap.h"
#include "list.h"
#include "nixie/text.h"

enum { KEYS_WIDTH = 25 };

typedef struct text_line {
    size_t start, len;
} text_line;

typedef struct text_view {
    ui_view view;
    char *title, *text;
    size_t len;
    text_line *lines;
    int nlines, top, height, width; /* width: for which the lines were broken */
    char *needle;
    bool keys; /* the part before a tab is a key */
} text_view;

static const ui_view_ops text_ops;

/* --- lines: at newlines, and at the width ------------------------------------------------------------------ */

static void add_line(text_view *v, size_t start, size_t len) {
    if ((v->nlines & (v->nlines - 1)) == 0) {
        v->lines = nx_realloc(v->lines, v->nlines ? (size_t)v->nlines * 2 : 1, sizeof *v->lines);
    }
    v->lines[v->nlines++] = (text_line){start, len};
}

static void break_line(text_view *v, size_t start, size_t end, int width) {
    size_t from = start;
    int col = 0;
    nx_glyph glyph;
    for (size_t i = start; i < end;) {
        size_t used = nx_text_next(v->text + i, end - i, &glyph);
        if (col + glyph.width > width && i > from) {
            add_line(v, from, i - from);
            from = i;
            col = 0;
        }
        col += glyph.width;
        i += used;
    }
    add_line(v, from, end - from);
}

static void wrap(text_view *v, int width) {
    if (v->width == width) {
        return;
    }
    v->width = width;
    v->nlines = 0;
    size_t start = 0;
    for (size_t i = 0; i <= v->len; i++) {
        if (i == v->len || v->text[i] == '\n') {
            break_line(v, start, i, width);
            start = i + 1;
        }
    }
}

/* --- drawing -------------------------------------------------------------------------------------------------- */

static void draw_line(const text_view *v, int y, ui_rect r, const text_line *l) {
    const char *s = v->text + l->start;
    const char *tab = v->keys ? memchr(s, '\t', l->len) : NULL;
    if (tab) {
        size_t klen = (size_t)(tab - s);
        int keys = r.width >= 60 ? KEYS_WIDTH : 14;
        ui_draw_text(y, r.x + 1, keys, UI_KEY, UI_LEFT, s, klen);
        ui_draw_match(y, r.x + keys + 2, r.width - keys - 3, UI_PLAIN, tab + 1, l->len - klen - 1, v->needle);
        return;
    }
    ui_draw_match(y, r.x + 1, r.width - 2, v->keys ? UI_HEADER : UI_PLAIN, s, l->len, v->needle);
}

static void draw(ui_view *view, ui_rect screen, bool focused) {
    text_view *v = (text_view *)view;
    int width = screen.width - 4 > 100 ? 100 : screen.width - 4;
    wrap(v, v->keys ? 10000 : width - 4);
    int height = v->nlines + 2 > screen.height - 4 ? screen.height - 4 : v->nlines + 2;
    ui_rect box = ui_rect_centre(screen, height < 3 ? 3 : height, width);
    ui_draw_clear(box, UI_PLAIN);
    char foot[40] = "q closes";
    v->height = box.height - 2;
    int most = v->nlines > v->height ? v->nlines - v->height : 0;
    v->top = v->top > most ? most : v->top < 0 ? 0 : v->top;
    if (v->nlines > v->height) {
        snprintf(foot, sizeof foot, "%d-%d of %d  q closes", v->top + 1, v->top + v->height, v->nlines);
    }
    ui_draw_box(box, focused, v->title, foot);
    ui_rect r = ui_rect_inside(box);
    for (int i = 0; i < v->height && v->top + i < v->nlines; i++) {
        draw_line(v, r.y + i, r, &v->lines[v->top + i]);
    }
    ui_draw_scroll(box, v->top, v->height, v->nlines);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static int find(text_view *v, int from, int step) {
    for (int n = 0, i = from; v->needle && n < v->nlines; n++, i += step) {
        int at = (i % v->nlines + v->nlines) % v->nlines;
        if (nx_text_find(v->text + v->lines[at].start, v->lines[at].len, 0, v->needle) >= 0) {
            v->top = at;
            return UI_DONE;
        }
    }
    return ui_refuse(v->view.app, v->needle ? "not found" : "nothing was searched for  (/ searches)");
}

static ui_input_reply searched(void *owner, const char *text) {
    text_view *v = owner;
    free(v->needle);
    v->needle = *text ? nx_strdup(text) : NULL;
    if (v->needle) {
        find(v, v->top, 1);
    }
    return UI_INPUT_CLOSE;
}

static int act(ui_view *view, ui_action action, int count) {
    text_view *v = (text_view *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: v->top += n; return UI_DONE;
    case UI_DO_UP: v->top -= n; return UI_DONE;
    case UI_DO_PAGE_DOWN: v->top += n * v->height; return UI_DONE;
    case UI_DO_PAGE_UP: v->top -= n * v->height; return UI_DONE;
    case UI_DO_FIRST: v->top = 0; return UI_DONE;
    case UI_DO_LAST: v->top = v->nlines; return UI_DONE;
    case UI_DO_SEARCH:
        ui_input_open(view->app, &(ui_input_options){.prompt = "search", .verb = "searches", .initial = v->needle, .history = "search",
                                                     .accept = searched, .owner = v});
        return UI_DONE;
    case UI_DO_SEARCH_NEXT: return find(v, v->top + 1, 1);
    case UI_DO_SEARCH_PREVIOUS: return find(v, v->top - 1, -1);
    case UI_DO_COPY: ui_copy(view->app, v->text, v->len, v->title); return UI_DONE;
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect screen) {
    text_view *v = (text_view *)view;
    (void)screen;
    v->top += input->mouse == UI_MOUSE_WHEEL_UP ? -3 : input->mouse == UI_MOUSE_WHEEL_DOWN ? 3 : 0;
    return UI_DONE;
}

static void close_text(ui_view *view) {
    text_view *v = (text_view *)view;
    free(v->title);
    free(v->text);
    free(v->lines);
    free(v->needle);
    free(v);
}

static const ui_view_ops text_ops = {
    .name = "text",
    .scope = UI_SCOPE_TEXT,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .close = close_text,
};

static text_view *open_text(ui_app *app, const char *title, const char *text, size_t len) {
    text_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&text_ops, app};
    v->title = nx_strdup(title);
    v->text = nx_strndup(text, len);
    v->len = len;
    ui_app_overlay(app, &v->view);
    return v;
}

void ui_text_open(ui_app *app, const char *title, const char *lines, size_t len) { open_text(app, title, lines, len); }

/* --- help ---------------------------------------------------------------------------------------------------------- */

static void help_scope(nx_buf *out, ui_scope scope) {
    int n;
    const ui_binding *b = ui_keymap_bindings(&n);
    nx_buf_addf(out, "%s\n", ui_scope_name(scope));
    for (int i = 0; i < n; i++) {
        if (b[i].scope == scope) {
            nx_buf_addf(out, "%s\t%s\n", b[i].keys, ui_action_help(b[i].action));
        }
    }
}

void ui_help_open(ui_app *app, ui_scope scope) {
    nx_buf out = NX_BUF;
    if (scope != UI_SCOPE_ALL) {
        help_scope(&out, scope);
        nx_buf_adds(&out, "\n");
    }
    nx_buf_addf(&out, "%s\nEnter\taccept\nEsc Ctrl-G Ctrl-C\tdrop\nAlt-Enter Ctrl-J\ta new line in a value\n"
                      "Tab Shift-Tab\tcomplete, or the next choice\nall others\tas readline has them, with your inputrc\n\n",
                ui_scope_name(UI_SCOPE_INPUT));
    help_scope(&out, UI_SCOPE_ALL);
    nx_buf_adds(&out, "\nAny number before a motion repeats it.");
    open_text(app, "Keys", out.data, out.len)->keys = true;
    nx_buf_free(&out);
}

/* --- the last error, whole --------------------------------------------------------------------------------------- */

static void part(nx_buf *out, const char *name, const char *text) {
    if (text && *text) {
        nx_buf_addf(out, "%s%s\n\n", name, text);
    }
}

void ui_error_open(ui_app *app, const nx_error *err) {
    nx_buf out = NX_BUF;
    part(&out, "", err->message);
    part(&out, "detail: ", err->detail);
    part(&out, "hint: ", err->hint);
    part(&out, "context: ", err->context);
    part(&out, "constraint: ", err->constraint);
    part(&out, "SQLSTATE ", err->sqlstate);
    part(&out, "statement:\n", err->statement);
    if (err->position > 0) {
        nx_buf_addf(&out, "at character %d\n", err->position);
    }
    open_text(app, "Last error", out.data, out.len);
    nx_buf_free(&out);
}
