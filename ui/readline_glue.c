#include "readline_glue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "history.h"
#include "nixie/arena.h"

enum { QUEUE_MAX = 64, HISTORIES_MAX = 256, HISTORY_LINES = 200 };

static struct {
    bool ready, accepted;
    unsigned char queue[QUEUE_MAX];
    int head, tail;
    struct {
        char *name;
        HISTORY_STATE *state;
    } histories[HISTORIES_MAX];
    int nhistories, current; /* current is -1 for a line without history */
} glue = {.current = -1};

static int get_byte(FILE *stream) {
    (void)stream;
    return glue.head < glue.tail ? glue.queue[glue.head++] : EOF;
}

static int bytes_available(void) { return glue.head < glue.tail; }
static void draw_nothing(void) {}

/* Called by readline when a line is accepted by a binding of the user's; it must not be restarted
 * from here, so that only a flag is set. */
static void line_done(char *line) {
    free(line);
    glue.accepted = true;
}

static void setup(void) {
    if (glue.ready) {
        return;
    }
    glue.ready = true;
    rl_readline_name = "nixie";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0; /* LINES and COLUMNS in the environment would blind curses to resizes */
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    rl_getc_function = get_byte;
    rl_input_available_hook = bytes_available;
    rl_redisplay_function = draw_nothing;
    rl_outstream = fopen("/dev/null", "w");
    rl_instream = fopen("/dev/null", "r");
    rl_initialize();
    rl_variable_bind("bell-style", "none");
    rl_variable_bind("enable-bracketed-paste", "off"); /* the terminal's paste arrives as one input */
    using_history();
}

static void add_line(const char *line) {
    if (history_length >= HISTORY_LINES) {
        HIST_ENTRY *oldest = remove_history(0);
        free_history_entry(oldest);
    }
    add_history(line);
}

/* Each named history is readline's own, swapped in while its line is edited. */
static void swap_in(const char *name) {
    glue.current = -1;
    if (!name) {
        HISTORY_STATE empty = {0};
        history_set_history_state(&empty);
        return;
    }
    for (int i = 0; i < glue.nhistories; i++) {
        if (strcmp(glue.histories[i].name, name) == 0) {
            glue.current = i;
            history_set_history_state(glue.histories[i].state);
            return;
        }
    }
    HISTORY_STATE empty = {0};
    history_set_history_state(&empty);
    if (glue.nhistories < HISTORIES_MAX) {
        glue.current = glue.nhistories++;
        glue.histories[glue.current].name = nx_strdup(name);
        ui_history_read(name, add_line);
        glue.histories[glue.current].state = history_get_history_state();
    }
}

void ui_readline_begin(const char *initial, const char *history) {
    setup();
    swap_in(history);
    using_history();
    glue.accepted = false;
    glue.head = glue.tail = 0;
    rl_callback_handler_install("", line_done);
    ui_readline_set(initial ? initial : "");
    rl_free_undo_list();
}

void ui_readline_end(bool remember) {
    if (remember && *rl_line_buffer && glue.current >= 0) {
        HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
        if ((!last || strcmp(last->line, rl_line_buffer) != 0) && !ui_history_secret_line(rl_line_buffer)) {
            add_line(rl_line_buffer);
            ui_history_keep(glue.histories[glue.current].name, rl_line_buffer);
        }
    }
    if (glue.current >= 0) {
        free(glue.histories[glue.current].state);
        glue.histories[glue.current].state = history_get_history_state();
    }
    rl_callback_handler_remove();
}

static const struct {
    uint32_t code;
    const char *bytes;
} sequences[] = {
    {UI_KEY_UP, "\033[A"},      {UI_KEY_DOWN, "\033[B"},     {UI_KEY_RIGHT, "\033[C"}, {UI_KEY_LEFT, "\033[D"},
    {UI_KEY_HOME, "\001"},      {UI_KEY_END, "\005"},        {UI_KEY_DELETE, "\033[3~"}, {UI_KEY_INSERT, "\033[2~"},
    {UI_KEY_BACKSPACE, "\177"}, {UI_KEY_ESC, "\033"},        {UI_KEY_TAB, "\t"},       {UI_KEY_ENTER, "\r"},
};

static bool bytes_of(const ui_input *input, char out[16]) {
    ui_key key = input->key;
    out[0] = '\0';
    if (key.mods & UI_ALT) {
        strcat(out, "\033");
    }
    char *end = out + strlen(out);
    if (key.mods & UI_CTRL) {
        end[0] = (char)(key.code == ' ' ? 0x80 : key.code & 0x1f); /* NUL cannot stand in a string: no key */
        end[1] = '\0';
        return key.code != ' ' && key.code < 0x80;
    }
    for (size_t i = 0; i < NX_COUNT(sequences); i++) {
        if (sequences[i].code == key.code) {
            strcpy(end, sequences[i].bytes);
            return true;
        }
    }
    if (key.code >= UI_KEY_UP || !*input->text) {
        return false;
    }
    strcpy(end, input->text);
    return true;
}

static void feed(const char *bytes) {
    glue.head = 0;
    glue.tail = (int)strlen(bytes);
    memcpy(glue.queue, bytes, (size_t)glue.tail);
    while (glue.head < glue.tail && !glue.accepted) {
        rl_callback_read_char();
    }
}

bool ui_readline_key(const ui_input *input) {
    char bytes[16];
    if (!bytes_of(input, bytes)) {
        return false;
    }
    feed(bytes);
    return true;
}

void ui_readline_insert(const char *text) { rl_insert_text(text); }

void ui_readline_replace(size_t start, const char *text) {
    rl_begin_undo_group();
    rl_delete_text((int)start, rl_point);
    rl_point = (int)start;
    rl_insert_text(text);
    rl_end_undo_group();
}

void ui_readline_set(const char *text) {
    rl_replace_line(text, 0);
    rl_point = rl_end;
}

const char *ui_readline_text(void) { return rl_line_buffer; }
size_t ui_readline_cursor(void) { return (size_t)rl_point; }
void ui_readline_move(size_t byte) { rl_point = (int)byte < rl_end ? (int)byte : rl_end; }
bool ui_readline_accepted(void) { return glue.accepted; }

bool ui_readline_escape_leaves(void) {
    bool vi = rl_editing_mode == 0;
    return !vi || rl_get_keymap() == vi_movement_keymap;
}

const char *ui_readline_mode(void) {
    return rl_editing_mode != 0 ? NULL : rl_get_keymap() == vi_movement_keymap ? "command" : "insert";
}
