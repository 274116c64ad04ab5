#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "editor.h"
#include "input_view.h"
#include "readline_glue.h"
#include "typed_ahead.h"

enum { PAGE = 8 };

static const ui_view_ops input_ops;

/* --- the value ------------------------------------------------------------------------------------------- */

/* What is typed into NULL or a default is a text. */
static void edited(input_view *v) {
    nx_buf_clear(&v->error);
    v->error_at = 0;
    v->wish = -1;
    if (v->nchoices) {
        ui_input_narrow(v, ui_readline_text());
    } else if (*ui_readline_text()) {
        v->state = -1;
    }
    if (v->o.changed) {
        v->o.changed(v->o.owner, ui_readline_text());
    }
}

/* A step that readline can undo, so that a text given up for NULL is not gone. */
static void empty_line(void) {
    ui_readline_move(strlen(ui_readline_text()));
    ui_readline_replace(0, "");
}

static void set_state(input_view *v, int state) {
    empty_line();
    edited(v);
    v->state = state;
    for (int i = 0; i < v->nshown && state >= 0; i++) {
        v->choice = v->choices[v->shown[i]].state == state ? i : v->choice;
    }
}

static const char *const line_ends[] = {"\r\n", "\n", "\r"};

/* A line of its own takes line ends as blanks. */
static void flatten(char *text) {
    char *out = text;
    while (*text) {
        size_t used = 0;
        for (size_t i = 0; i < NX_COUNT(line_ends) && !used; i++) {
            size_t len = strlen(line_ends[i]);
            used = strncmp(text, line_ends[i], len) == 0 ? len : 0;
        }
        *out++ = used ? ' ' : *text;
        text += used ? used : 1;
    }
    *out = '\0';
}

static void paste(input_view *v, const ui_input *input) {
    if (input->nul) {
        ui_say(v->view.app, UI_ERROR, "not pasted: the text holds a NUL byte, which PostgreSQL cannot store");
        return;
    }
    if (!v->o.multiline || v->nchoices) {
        flatten(input->paste);
    }
    ui_input_forget_words(v);
    ui_readline_insert(input->paste);
    edited(v);
    if (input->cut) {
        ui_say(v->view.app, UI_ERROR, "the pasted text is longer than 1 MiB: its end is missing");
    }
}

/* Ctrl-X Ctrl-E. */
static void run_editor(input_view *v) {
    nx_buf text = NX_BUF;
    nx_error err = NX_ERROR;
    bool altered;
    nx_buf_adds(&text, ui_readline_text());
    ui_input_forget_words(v);
    if (!ui_editor_run(v->o.extension ? v->o.extension : "txt", &text, &altered, &err)) {
        ui_input_error(&v->view, err.message, 0);
    } else if (altered) {
        if (!v->o.multiline && text.len) {
            flatten(text.data);
        }
        empty_line();
        ui_readline_insert(text.data);
        v->state = -1;
        edited(v);
    }
    nx_error_clear(&err);
    nx_buf_free(&text);
}

/* --- accepted, dropped ----------------------------------------------------------------------------------- */

static int accept(input_view *v) {
    const ui_input_choice *choice = v->choice >= 0 ? &v->choices[v->shown[v->choice]] : NULL;
    if (v->nchoices) {
        v->state = choice ? choice->state : -1;
    }
    /* A copy: accepting may open another editor, and readline has one line only. */
    char *text = nx_strdup(choice ? choice->state < 0 ? choice->text : "" : ui_readline_text());
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

/* --- keys ------------------------------------------------------------------------------------------------ */

static bool is_escape(ui_key key) { return key.code == UI_KEY_ESC && !key.mods; }

static bool state_key(input_view *v, ui_key key) {
    if (!v->o.value || key.mods) {
        return false;
    }
    if (key.code == 'e' && !v->nchoices) {
        set_state(v, -1);
        return true;
    }
    for (int i = 0; i < v->o.nstates; i++) {
        if ((uint32_t)(unsigned char)v->states[i].key == key.code) {
            set_state(v, i);
            return true;
        }
    }
    return false;
}

/* Ctrl-X begins what readline knows (Ctrl-X Ctrl-U), what it leaves to programs (Ctrl-X Ctrl-E), and states. */
static bool prefix_key(input_view *v, ui_key key) {
    static const ui_input ctrl_x = {.kind = UI_INPUT_KEY, .key = {'x', UI_CTRL}};
    bool prefixed = v->prefixed;
    v->prefixed = !prefixed && ui_key_is_ctrl(key, 'x');
    if (prefixed && ui_key_is_ctrl(key, 'e') && !v->nchoices) {
        run_editor(v);
        return true;
    }
    if (prefixed && state_key(v, key)) {
        return true;
    }
    if (prefixed) {
        ui_readline_key(&ctrl_x);
    }
    return v->prefixed;
}

/* Up and Down go through the choices, else through the rows of the text; a single row leaves them to the
 * history. */
static bool move_key(input_view *v, ui_key key) {
    int step = key.code == UI_KEY_DOWN ? 1 : key.code == UI_KEY_UP ? -1 : key.code == UI_KEY_PGDN ? PAGE
             : key.code == UI_KEY_PGUP ? -PAGE : 0;
    if (v->nchoices && !step) {
        step = ui_key_is_ctrl(key, 'n') ? 1 : ui_key_is_ctrl(key, 'p') ? -1 : 0;
    }
    if (!step || (key.mods && key.mods != UI_CTRL)) {
        return false;
    }
    if (v->nchoices) {
        ui_input_choose(v, step);
        return true;
    }
    const char *s = ui_readline_text();
    size_t len = strlen(s);
    ui_lines_of(&v->lines, s, len, v->width);
    if (v->lines.n < 2) {
        return false;
    }
    int row = ui_lines_find(&v->lines, ui_readline_cursor());
    v->wish = v->wish < 0 ? ui_lines_column(&v->lines, s, row, ui_readline_cursor()) : v->wish;
    int to = row + step < 0 ? 0 : row + step >= v->lines.n ? v->lines.n - 1 : row + step;
    ui_readline_move(ui_lines_byte(&v->lines, s, len, to, v->wish));
    return true;
}

/* Home and End of the row, where there are several. */
static bool row_end_key(input_view *v, ui_key key) {
    if (key.mods || (key.code != UI_KEY_HOME && key.code != UI_KEY_END)) {
        return false;
    }
    const char *s = ui_readline_text(), *at = s + ui_readline_cursor();
    if (key.code == UI_KEY_HOME) {
        while (at > s && at[-1] != '\n') {
            at--;
        }
    } else {
        at += strcspn(at, "\n");
    }
    ui_readline_move((size_t)(at - s));
    v->wish = -1;
    return true;
}

static int tab(input_view *v, int step) {
    if (v->nchoices) {
        ui_input_choose(v, step);
    } else if (v->o.leave) {
        v->o.leave(v->o.owner);
    } else {
        edited(v); /* first: completing may ask the server, or say what is wrong */
        ui_input_complete(v, step);
    }
    return UI_DONE;
}

static int special_key(input_view *v, ui_key key, bool *taken) {
    bool enter = key.code == UI_KEY_ENTER;
    *taken = true;
    if (prefix_key(v, key)) {
        return UI_DONE;
    }
    if (ui_key_is_stop(key) || (is_escape(key) && ui_readline_escape_leaves())) {
        if (v->words) {
            ui_input_forget_words(v);
            return UI_DONE;
        }
        return drop(v);
    }
    if (v->o.multiline && !v->nchoices && ((enter && (key.mods & UI_ALT)) || ui_key_is_ctrl(key, 'j'))) {
        ui_readline_insert("\n");
        edited(v);
        return UI_DONE;
    }
    if (enter || ui_key_is_ctrl(key, 'j')) {
        ui_input_forget_words(v);
        return accept(v);
    }
    if (key.code == UI_KEY_TAB || key.code == UI_KEY_BACKTAB) {
        return tab(v, key.code == UI_KEY_TAB ? 1 : -1);
    }
    *taken = move_key(v, key) || row_end_key(v, key);
    return UI_DONE;
}

/* Waiting for the server: what is typed is for what comes after the answer. */
static int wait_key(input_view *v, const ui_input *input) {
    bool stop = input->kind == UI_INPUT_KEY && (ui_key_is_stop(input->key) || is_escape(input->key));
    if (!stop) {
        ui_ahead_keep(input);
        return UI_DONE;
    }
    ui_ahead_drop();
    v->waiting = NULL;
    if (!v->o.stop) {
        return drop(v);
    }
    v->o.stop(v->o.owner);
    return UI_DONE;
}

static int handle(ui_view *view, const ui_input *input) {
    input_view *v = (input_view *)view;
    if (v->waiting) {
        return wait_key(v, input);
    }
    if (input->kind == UI_INPUT_PASTE) {
        paste(v, input);
        return UI_DONE;
    }
    bool taken;
    int flags = special_key(v, input->key, &taken);
    if (taken) {
        return flags;
    }
    ui_input_forget_words(v);
    if (ui_readline_key(input)) {
        edited(v);
    }
    return ui_readline_accepted() ? accept(v) : UI_DONE;
}

/* --- opening and closing --------------------------------------------------------------------------------- */

static void close_input(ui_view *view) {
    input_view *v = (input_view *)view;
    ui_readline_end(v->accepted && v->state < 0 && !v->nchoices);
    if (v->waiting) {
        ui_ahead_drop();
    }
    if (!v->accepted && !v->dropped && v->o.drop) { /* the program is ending, or its owner closed it */
        v->o.drop(v->o.owner);
    }
    ui_input_forget_words(v);
    ui_input_free_choices(v);
    for (int i = 0; i < v->o.nstates; i++) {
        free((char *)(uintptr_t)v->states[i].name);
        free((char *)(uintptr_t)v->states[i].words);
    }
    free(v->states);
    free(v->lines.starts);
    free(v->prompt);
    nx_buf_free(&v->error);
    free(v);
}

static const ui_view_ops input_ops = {
    .name = "line editor",
    .scope = UI_SCOPE_INPUT,
    .draw = ui_input_draw,
    .input = handle,
    .close = close_input,
};

ui_view *ui_input_open(ui_app *app, const ui_input_options *options) {
    input_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&input_ops, app};
    v->o = *options;
    v->o.prompt = v->prompt = nx_strdup(options->prompt);
    v->error = (nx_buf)NX_BUF;
    v->choice = v->word = v->wish = -1;
    v->width = 80;
    v->state = options->nstates ? options->state : -1;
    v->states = nx_calloc((size_t)options->nstates + 1, sizeof *v->states);
    for (int i = 0; i < options->nstates; i++) {
        const ui_input_state *s = &options->states[i];
        v->states[i] = (ui_input_state){s->key, nx_strdup(s->name), nx_strdup(s->words)};
    }
    ui_input_make_choices(v);
    ui_readline_begin(v->nchoices || v->state >= 0 ? NULL : options->initial, options->history);
    v->o.initial = NULL;
    ui_app_overlay(app, &v->view);
    return &v->view;
}

int ui_input_state_now(const ui_view *input) { return ((const input_view *)input)->state; }

void ui_input_set_text(ui_view *input, const char *text) {
    ui_readline_set(text);
    ((input_view *)input)->state = -1;
    ui_app_dirty(input->app);
}

void ui_input_wait(ui_view *input, const char *words) {
    input_view *v = (input_view *)input;
    if (v->waiting && !words) {
        ui_ahead_release();
    }
    v->waiting = words;
    ui_app_dirty(input->app);
}

void ui_input_error(ui_view *input, const char *message, int position) {
    input_view *v = (input_view *)input;
    nx_buf_clear(&v->error);
    nx_buf_adds(&v->error, message);
    v->error_at = position;
    /* What was typed meanwhile was meant for what comes after this value, and must not become part of it. */
    int lost = v->waiting ? ui_ahead_drop() : 0;
    v->waiting = NULL;
    if (lost > 0) {
        ui_say(input->app, UI_INFO, "refused: the %d key%s typed meanwhile did nothing", lost, lost == 1 ? "" : "s");
    }
    ui_app_dirty(input->app);
}

void ui_input_close(ui_view *input) {
    input_view *v = (input_view *)input;
    v->accepted = true;
    ui_input_wait(input, NULL); /* what was typed meanwhile is for what comes now */
    ui_app_remove(input->app, input);
}
