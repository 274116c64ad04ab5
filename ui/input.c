#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "editor.h"
#include "nixie/text.h"
#include "readline_glue.h"

enum { ROWS_MAX = 8, POPUP_MAX = 8 };

typedef struct input_view {
    ui_view view;
    char *prompt;
    bool accepted, dropped;
    ui_input_options o; /* strings are our own */
    char **choices;
    int nchoices, choice; /* choice is -1 before one is taken */
    char **words;         /* completions in sight, NULL-terminated */
    char **notes;         /* beside each word, or NULL */
    int word;             /* the one in the line, -1: none yet */
    size_t word_start;
    bool prefixed;        /* Ctrl-X was typed: the next key says what for */
    nx_buf error;
    int error_at; /* 1-based character, 0 none */
} input_view;

static const ui_view_ops input_ops;

/* --- completion ---------------------------------------------------------------------------------------- */

static void forget_words(input_view *v) {
    for (int i = 0; v->words && v->words[i]; i++) {
        free(v->words[i]);
        free(v->notes ? v->notes[i] : NULL);
    }
    free(v->words);
    free(v->notes);
    v->words = v->notes = NULL;
    v->word = -1;
}

static int count_words(const input_view *v) {
    int n = 0;
    while (v->words && v->words[n]) {
        n++;
    }
    return n;
}

/* The first Tab inserts what is certain, further ones walk through the words. */
static void complete(input_view *v, int step) {
    if (!v->words) {
        if (!v->o.complete) {
            return;
        }
        v->words = v->o.complete(v->o.owner, ui_readline_text(), ui_readline_cursor(), &v->word_start);
        v->word = -1;
        if (count_words(v) == 1) {
            ui_readline_replace(v->word_start, v->words[0]);
            forget_words(v);
        }
        return;
    }
    int n = count_words(v);
    v->word = (v->word + step + n) % n;
    ui_readline_replace(v->word_start, v->words[v->word]);
}

static void choose(input_view *v, int step) {
    v->choice = v->choice < 0 ? (step > 0 ? 0 : v->nchoices - 1) : (v->choice + step + v->nchoices) % v->nchoices;
    ui_readline_set(v->choices[v->choice]);
}

/* --- keys ---------------------------------------------------------------------------------------------------- */

static void edited(input_view *v) {
    nx_buf_clear(&v->error);
    v->error_at = 0;
    if (v->o.changed) {
        v->o.changed(v->o.owner, ui_readline_text());
    }
}

/* Ctrl-X Ctrl-E. A line of its own takes line ends as blanks. */
static void run_editor(input_view *v) {
    nx_buf text = NX_BUF;
    nx_error err = NX_ERROR;
    bool altered;
    nx_buf_adds(&text, ui_readline_text());
    forget_words(v);
    if (!ui_editor_run(v->o.extension ? v->o.extension : "txt", &text, &altered, &err)) {
        ui_input_error(&v->view, err.message, 0);
    } else if (altered) {
        for (size_t i = 0; i < text.len && !v->o.multiline; i++) {
            text.data[i] = text.data[i] == '\n' ? ' ' : text.data[i];
        }
        ui_readline_set(text.len ? text.data : "");
        edited(v);
    }
    nx_error_clear(&err);
    nx_buf_free(&text);
}

static int accept(input_view *v) {
    /* A copy: accepting may open another editor, and readline has one line only. */
    char *text = nx_strdup(ui_readline_text());
    ui_input_reply reply = v->o.accept(v->o.owner, text);
    free(text);
    if (reply == UI_INPUT_KEEP) { /* it may be closed already, by its owner */
        return UI_DONE;
    }
    v->accepted = true;
    return UI_CLOSE_ME;
}

static int drop(input_view *v) {
    v->dropped = true;
    if (v->o.drop) {
        v->o.drop(v->o.owner);
    }
    return UI_CLOSE_ME;
}

static bool is_ctrl(ui_key key, char letter) { return ui_key_equal(key, (ui_key){(uint32_t)letter, UI_CTRL}); }

/* Ctrl-X begins what readline knows (Ctrl-X Ctrl-U), and Ctrl-X Ctrl-E, which it leaves to programs. */
static bool prefix_key(input_view *v, ui_key key) {
    static const ui_input ctrl_x = {.kind = UI_INPUT_KEY, .key = {'x', UI_CTRL}};
    bool prefixed = v->prefixed;
    v->prefixed = !prefixed && is_ctrl(key, 'x');
    if (prefixed && is_ctrl(key, 'e')) {
        run_editor(v);
        return true;
    }
    if (prefixed) {
        ui_readline_key(&ctrl_x);
    }
    return v->prefixed;
}

static int special_key(input_view *v, ui_key key, bool *taken) {
    bool enter = key.code == UI_KEY_ENTER;
    *taken = true;
    if (prefix_key(v, key)) {
        return UI_DONE;
    }
    if (is_ctrl(key, 'c') || is_ctrl(key, 'g') || (key.code == UI_KEY_ESC && !key.mods && ui_readline_escape_leaves())) {
        if (v->words) {
            forget_words(v);
            return UI_DONE;
        }
        return drop(v);
    }
    if (v->o.multiline && ((enter && (key.mods & UI_ALT)) || is_ctrl(key, 'j'))) {
        ui_readline_insert("\n");
        edited(v);
        return UI_DONE;
    }
    if (enter || is_ctrl(key, 'j')) {
        forget_words(v);
        return accept(v);
    }
    if (key.code == UI_KEY_TAB || key.code == UI_KEY_BACKTAB) {
        int step = key.code == UI_KEY_TAB ? 1 : -1;
        edited(v); /* first: completing may ask the server, or say what is wrong */
        if (v->nchoices) {
            choose(v, step);
        } else {
            complete(v, step);
        }
        return UI_DONE;
    }
    if ((key.code == UI_KEY_UP || key.code == UI_KEY_DOWN) && v->nchoices) {
        choose(v, key.code == UI_KEY_DOWN ? 1 : -1);
        edited(v);
        return UI_DONE;
    }
    *taken = false;
    return UI_DONE;
}

static int handle(ui_view *view, const ui_input *input) {
    input_view *v = (input_view *)view;
    if (input->kind == UI_INPUT_PASTE) {
        for (char *p = input->paste; *p && !v->o.multiline; p++) {
            *p = *p == '\n' ? ' ' : *p;
        }
        ui_readline_insert(input->paste);
        edited(v);
        if (input->cut) {
            ui_say(view->app, UI_ERROR, "the pasted text is longer than 1 MiB: its end is missing");
        }
        return UI_DONE;
    }
    bool taken;
    int flags = special_key(v, input->key, &taken);
    if (taken) {
        return flags;
    }
    forget_words(v);
    if (ui_readline_key(input)) {
        edited(v);
    }
    return ui_readline_accepted() ? accept(v) : UI_DONE;
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

/* Lays the text out in rows of `width` columns, breaking after newlines. Draws rows from `top` on when
 * y >= 0. Tells the cursor's row and column, and returns the number of rows. */
typedef struct layout {
    int row, col, rows;
} layout;

static layout lay_out(const input_view *v, int y, int x, int width, int top, int height) {
    const char *s = ui_readline_text();
    size_t len = strlen(s), cursor = ui_readline_cursor();
    int row = 0, col = 0, character = 0;
    layout l = {0, 0, 1};
    nx_glyph glyph;
    for (size_t i = 0; i <= len;) {
        if (i == cursor) {
            l.row = row;
            l.col = col;
        }
        if (i == len) {
            break;
        }
        size_t used = nx_text_next(s + i, len - i, &glyph);
        if (col + glyph.width > width - 1) {
            row++;
            col = 0;
            if (i == cursor) {
                l.row = row;
                l.col = 0;
            }
        }
        character++;
        if (y >= 0 && row >= top && row < top + height) {
            unsigned style = v->error_at && character >= v->error_at ? UI_ERROR : UI_PLAIN;
            ui_draw_text(y + row - top, x + col, glyph.width, style, UI_LEFT, s + i, used);
        }
        col += glyph.width;
        if (s[i] == '\n') {
            row++;
            col = 0;
        }
        i += used;
    }
    l.rows = row + 1;
    return l;
}

static int popup_rows(const input_view *v) {
    int n = v->words ? count_words(v) : v->nchoices;
    return n > POPUP_MAX ? POPUP_MAX : n;
}

static void draw_popup(const input_view *v, ui_rect r) {
    char *const *items = v->words ? v->words : v->choices;
    int n = v->words ? count_words(v) : v->nchoices, at = v->words ? v->word : v->choice;
    int top = at >= r.height ? at - r.height + 1 : 0;
    for (int i = 0; i < r.height && top + i < n; i++) {
        bool here = top + i == at;
        unsigned mods = here ? UI_ON_ROW : 0;
        ui_draw_fill(r.y + i, r.x, r.width, UI_PLAIN | mods);
        ui_draw_words(r.y + i, r.x, 1, UI_KEY | mods, here ? ui_glyph(UI_GLYPH_POINTER) : " ");
        int used = ui_draw_text(r.y + i, r.x + 2, r.width - 2, UI_PLAIN | mods, UI_LEFT, items[top + i], strlen(items[top + i]));
        const char *note = v->words && v->notes ? v->notes[top + i] : NULL;
        if (note && used + 4 < r.width) {
            ui_draw_text(r.y + i, r.x + 4 + used, r.width - 4 - used, UI_LABEL | mods, UI_LEFT, note, strlen(note));
        }
    }
}

/* Below its cell when there is room, else above; at the bottom without an anchor. */
static ui_rect place(const input_view *v, ui_rect screen, int height) {
    ui_rect a = v->o.anchor;
    int bottom = screen.height - 1;
    if (a.width == 0) {
        return (ui_rect){bottom - height, 0, height, screen.width};
    }
    int y = a.y + 1 + height <= bottom ? a.y + 1 : a.y - height;
    y = y < 1 ? (bottom - height > 1 ? bottom - height : 1) : y;
    int width = a.width > 100 ? 100 : a.width;
    return (ui_rect){y, a.x, height, width};
}

/* What the keys do here, as much as fits. */
static void foot_words(const input_view *v, int width, char *out, size_t size) {
    const char *verb = v->o.verb ? v->o.verb : "accepts";
    const char *tab = v->nchoices ? "  Tab chooses" : v->o.complete ? "  Tab completes" : "";
    snprintf(out, size, "Enter %s%s%s  Esc drops", verb, tab, v->o.multiline ? "  Alt-Enter new line" : "");
    if ((int)strlen(out) > width - 6) {
        snprintf(out, size, "Enter %s  Esc drops", verb);
    }
}

static void draw(ui_view *view, ui_rect screen, bool focused) {
    input_view *v = (input_view *)view;
    int width = v->o.anchor.width ? (v->o.anchor.width > 100 ? 100 : v->o.anchor.width) : screen.width;
    layout l = lay_out(v, -1, 0, width - 4, 0, 0);
    int rows = l.rows > ROWS_MAX ? ROWS_MAX : l.rows, popup = popup_rows(v);
    int height = rows + popup + 2 + (v->error.len ? 1 : 0);
    height = height > screen.height - 2 ? screen.height - 2 : height;
    ui_rect box = place(v, screen, height);
    int top = l.row >= rows ? l.row - rows + 1 : 0;
    ui_draw_clear(box, UI_PLAIN);
    char foot[100];
    foot_words(v, width, foot, sizeof foot);
    ui_draw_box(box, true, v->o.prompt, foot);
    lay_out(v, box.y + 1, box.x + 2, width - 4, top, rows);
    int y = box.y + 1 + rows;
    if (v->error.len) {
        ui_draw_text(y++, box.x + 2, width - 4, UI_ERROR, UI_LEFT, v->error.data, v->error.len);
    }
    if (popup) {
        draw_popup(v, (ui_rect){y, box.x + 1, box.y + box.height - 1 - y, width - 2});
    }
    if (focused) {
        ui_draw_cursor(box.y + 1 + l.row - top, box.x + 2 + l.col);
    }
}

/* --- opening and closing --------------------------------------------------------------------------------------- */

static void close_input(ui_view *view) {
    input_view *v = (input_view *)view;
    ui_readline_end(v->accepted);
    if (!v->accepted && !v->dropped && v->o.drop) { /* the program is ending, or its owner closed it */
        v->o.drop(v->o.owner);
    }
    forget_words(v);
    for (int i = 0; i < v->nchoices; i++) {
        free(v->choices[i]);
    }
    free(v->choices);
    free(v->prompt);
    nx_buf_free(&v->error);
    free(v);
}

static const ui_view_ops input_ops = {
    .name = "line editor",
    .scope = UI_SCOPE_INPUT,
    .draw = draw,
    .input = handle,
    .close = close_input,
};

ui_view *ui_input_open(ui_app *app, const ui_input_options *options) {
    input_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&input_ops, app};
    v->o = *options;
    v->o.prompt = v->prompt = nx_strdup(options->prompt);
    v->error = (nx_buf)NX_BUF;
    v->choice = v->word = -1;
    for (int i = 0; options->choices && options->choices[i]; i++) {
        v->choices = nx_realloc(v->choices, (size_t)i + 1, sizeof *v->choices);
        v->choices[v->nchoices++] = nx_strdup(options->choices[i]);
        if (options->initial && strcmp(options->initial, options->choices[i]) == 0) {
            v->choice = i;
        }
    }
    ui_readline_begin(options->initial, options->history);
    ui_app_overlay(app, &v->view);
    return &v->view;
}

void ui_input_error(ui_view *input, const char *message, int position) {
    input_view *v = (input_view *)input;
    nx_buf_clear(&v->error);
    nx_buf_adds(&v->error, message);
    v->error_at = position;
    ui_app_dirty(input->app);
}

void ui_input_offer(ui_view *input, size_t start, const char *const *words, const char *const *notes, int n) {
    input_view *v = (input_view *)input;
    forget_words(v);
    v->words = nx_calloc((size_t)n + 1, sizeof *v->words);
    v->notes = nx_calloc((size_t)n + 1, sizeof *v->notes);
    for (int i = 0; i < n; i++) {
        v->words[i] = nx_strdup(words[i]);
        v->notes[i] = nx_strdup(notes[i]);
    }
    v->word_start = start;
    ui_app_dirty(input->app);
}

void ui_input_close(ui_view *input) {
    ((input_view *)input)->accepted = true;
    ui_app_remove(input->app, input);
}
