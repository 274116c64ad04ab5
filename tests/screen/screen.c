#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>
#include <vterm.h>

#include "failed.h"
#include "lab/lab.h"
#include "nixie/buf.h"

enum { TURN_MS = 5, RESTS = 3, QUIET_MS = 250, LOOK_MS = 5000 };

struct screen {
    VTerm *vt;
    VTermScreen *screen;
    int fd, slave;
    pid_t pid;
    bool ended, alternate;
    int status, rows, columns, rests;
    char state[32]; /* the folder of what the program keeps */
    lab_clock *clock;
    struct termios before;
    nx_buf line, text, bytes;
};

static int on_property(VTermProp property, VTermValue *value, void *user) {
    screen *s = user;
    if (property == VTERM_PROP_ALTSCREEN) {
        s->alternate = value->boolean;
    }
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

const char *screen_program(void) {
    const char *program = getenv("NIXIE");
    return program ? program : ".build/san/nixie";
}

const char *screen_plain_program(void) {
    const char *program = getenv("NIXIE_PLAIN");
    return program ? program : ".build/plain/nixie";
}

static _Noreturn void become(const screen *s, const char *const *argv, const char *const *env) {
    unsetenv("LINES");
    unsetenv("COLUMNS");
    unsetenv("NO_COLOR");
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    setenv("INPUTRC", "/dev/null", 1);
    setenv("NIXIE_CLOCK", lab_clock_path(s->clock), 1);
    setenv("XDG_STATE_HOME", s->state, 1);
    setenv("XDG_CACHE_HOME", s->state, 1);
    setenv("XDG_CONFIG_HOME", s->state, 1); /* there is no config but a test's own */
    for (int i = 0; env && env[i]; i++) {
        putenv((char *)(uintptr_t)env[i]);
    }
    execv(argv[0], (char *const *)(uintptr_t)argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

screen *screen_start(int rows, int columns, const char *const *argv, const char *const *env) {
    screen *s = nx_calloc(1, sizeof *s);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    s->line = s->text = s->bytes = (nx_buf)NX_BUF;
    s->rows = rows;
    s->columns = columns;
    snprintf(s->state, sizeof s->state, "/tmp/nixie-state-XXXXXX");
    if (!mkdtemp(s->state)) {
        fail_msg("mkdtemp: %s", strerror(errno));
    }
    s->clock = lab_clock_new();
    if (!s->clock) {
        fail_msg("a clock for the program: %s", strerror(errno));
    }
    if (openpty(&s->fd, &s->slave, NULL, NULL, &size) != 0) {
        fail_msg("openpty: %s", strerror(errno));
    }
    tcgetattr(s->slave, &s->before);
    const char *words[32] = {NULL};
    for (int i = 0; argv[i] && i < 31; i++) {
        words[i] = i > 0 && strcmp(argv[i - 1], "--url") == 0 ? lab_way(argv[i]) : argv[i];
    }
    s->pid = fork();
    if (s->pid == 0) {
        close(s->fd);
        login_tty(s->slave);
        become(s, words, env);
    }
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    s->vt = vterm_new(rows, columns);
    vterm_set_utf8(s->vt, 1);
    s->screen = vterm_obtain_screen(s->vt);
    vterm_screen_enable_altscreen(s->screen, 1);
    vterm_screen_set_callbacks(s->screen, &callbacks, s);
    vterm_screen_reset(s->screen, 1);
    screen_failed_keep(s);
    return s;
}

screen *screen_nixie(int rows, int columns, const char *url, const char *const *more) {
    const char *argv[16] = {screen_program(), "--url", url};
    int n = 3;
    for (int i = 0; more && more[i] && n < 15; i++) {
        argv[n++] = more[i];
    }
    return screen_start(rows, columns, argv, NULL);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void screen_stop(screen *s) {
    screen_failed_forget(s);
    if (!s->ended) {
        kill(s->pid, SIGKILL);
        waitpid(s->pid, &s->status, 0);
    }
    close(s->fd);
    close(s->slave);
    nftw(s->state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    lab_clock_free(s->clock);
    vterm_free(s->vt);
    nx_buf_free(&s->line);
    nx_buf_free(&s->text);
    nx_buf_free(&s->bytes);
    free(s);
}

/* --- the terminal's side ---------------------------------------------------------------------------------- */

static void write_all(screen *s, const char *bytes, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t n = write(s->fd, bytes + done, len - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd p = {.fd = s->fd, .events = POLLIN | POLLOUT};
            poll(&p, 1, 1000); /* the program must read before it takes more */
            screen_pump(s, 0);
        } else if (errno != EINTR) {
            return;
        }
    }
}

void screen_pump(screen *s, int ms) {
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    char chunk[16384];
    if (poll(&p, 1, ms) <= 0) {
        return;
    }
    ssize_t n;
    while ((n = read(s->fd, chunk, sizeof chunk)) > 0) {
        nx_buf_add(&s->bytes, chunk, (size_t)n);
        vterm_input_write(s->vt, chunk, (size_t)n);
        char reply[256];
        for (size_t r; (r = vterm_output_read(s->vt, reply, sizeof reply)) > 0;) {
            write_all(s, reply, r);
        }
    }
}

/* --- what the program is doing ------------------------------------------------------------------------------ */

/* What was typed and is not read yet. */
static bool is_unread(const screen *s) {
    int n = 0;
    return ioctl(s->slave, FIONREAD, &n) == 0 && n > 0;
}

bool screen_ended(screen *s) {
    if (!s->ended && waitpid(s->pid, &s->status, WNOHANG) == s->pid) {
        s->ended = true;
        screen_pump(s, 0); /* its last words: the kernel has them */
    }
    return s->ended;
}

/* Forgets how often the program has rested: something has happened. */
static void stir(screen *s) {
    s->rests = 0;
    lab_clock_ask(s->clock);
}

/* Looks for a moment at what the program does. True when it rests: several times in a row and without a word, since what
 * was typed goes through the kernel first, which takes its time. */
static bool look_for_rest(screen *s, lab_rest *rest) {
    size_t before = s->bytes.len;
    screen_pump(s, TURN_MS);
    if (s->bytes.len != before) {
        stir(s);
    } else if (lab_clock_rests(s->clock, rest)) {
        lab_clock_ask(s->clock);
        s->rests++;
    }
    return s->rests >= RESTS;
}

static bool wait_rest(screen *s, lab_rest *rest, int64_t deadline) {
    stir(s);
    while (!look_for_rest(s, rest)) {
        if (screen_ended(s) || lab_now_ms() > deadline) {
            return false;
        }
    }
    return true;
}

/* While a test waits, and the program too, but not for the server, the program's time passes. `late`: then also. */
static void let_time_pass(screen *s, bool late) {
    lab_rest rest;
    if (look_for_rest(s, &rest)) {
        if ((late || !rest.pending) && rest.deadline_ms >= 0) {
            lab_clock_pass_until(s->clock, rest.deadline_ms);
        }
        stir(s);
    }
}

lab_clock *screen_clock(screen *s) { return s->clock; }

void screen_doing(screen *s, nx_buf *out) {
    lab_rest rest = {0};
    if (screen_ended(s)) {
        nx_buf_adds(out, "it has ended");
        return;
    }
    int64_t deadline = lab_now_ms() + LOOK_MS;
    stir(s);
    bool rests = false;
    while (!rests && lab_now_ms() < deadline) {
        rests = look_for_rest(s, &rest);
    }
    nx_buf_adds(out, !rests ? "it does not rest" : rest.pending ? "it waits for an answer" : "it rests");
    if (rests && rest.deadline_ms >= 0) {
        nx_buf_addf(out, ", and wakes in %lld ms of its clock", (long long)lab_clock_until(s->clock, rest.deadline_ms));
    }
    nx_buf_adds(out, is_unread(s) ? "; what was typed is not read" : "");
}

void screen_rest(screen *s) {
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    lab_rest rest;
    while (wait_rest(s, &rest, deadline) && is_unread(s)) { /* keys are held back for rows on their way */
        if (!rest.pending) {
            lab_clock_pass_until(s->clock, rest.deadline_ms);
        }
    }
    if (!s->ended && lab_now_ms() > deadline) {
        fail_msg("%s: %s", "the program", "does not rest");
    }
}

/* Until it rests, waits for no answer, and has nothing to do before that moment of its clock (-1: now). */
static void wait_for_nothing(screen *s, int64_t ms) {
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    lab_rest rest;
    for (int64_t left = ms; wait_rest(s, &rest, deadline);) {
        if (rest.pending || is_unread(s)) {
            continue;
        }
        int64_t until = lab_clock_until(s->clock, rest.deadline_ms);
        if (until < 0 || until > left) {
            return;
        }
        left -= until;
        lab_clock_pass(s->clock, until);
    }
    if (!s->ended) {
        fail_msg("%s: %s", "the program", "always has something to do");
    }
}

void screen_settle(screen *s) { wait_for_nothing(s, QUIET_MS); }

void screen_pass(screen *s, int ms) {
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    lab_rest rest;
    for (int64_t left = ms; left > 0 && wait_rest(s, &rest, deadline);) {
        int64_t until = lab_clock_until(s->clock, rest.deadline_ms);
        int64_t step = until >= 0 && until < left ? until : left;
        lab_clock_pass(s->clock, step > 0 ? step : 1);
        left -= step > 0 ? step : 1;
    }
    screen_rest(s);
}

void screen_send(screen *s, const char *bytes, size_t len) { write_all(s, bytes, len); }

static const struct {
    const char *name, *bytes;
} keys[] = {
    {"Enter", "\r"},          {"Esc", "\033"},        {"Tab", "\t"},          {"BS", "\177"},        {"Up", "\033OA"},
    {"Down", "\033OB"},       {"Right", "\033OC"},    {"Left", "\033OD"},     {"Home", "\033OH"},    {"End", "\033OF"},
    {"PgUp", "\033[5~"},      {"PgDn", "\033[6~"},    {"Insert", "\033[2~"},  {"Delete", "\033[3~"}, {"A-Left", "\033[1;3D"},
    {"A-Right", "\033[1;3C"}, {"A-Enter", "\033\r"},  {"S-Tab", "\033[Z"},    {"F1", "\033OP"},      {"lt", "<"},
};

static bool key_bytes(const char *name, size_t len, char out[8]) {
    if (len == 3 && name[0] == 'C' && name[1] == '-') {
        out[0] = (char)(name[2] & 0x1f);
        out[1] = '\0';
        return true;
    }
    for (size_t i = 0; i < NX_COUNT(keys); i++) {
        if (strlen(keys[i].name) == len && strncmp(keys[i].name, name, len) == 0) {
            strcpy(out, keys[i].bytes);
            return true;
        }
    }
    return false;
}

void screen_type(screen *s, const char *text) {
    for (const char *p = text; *p;) {
        const char *end = *p == '<' ? strchr(p, '>') : NULL;
        char bytes[8];
        if (end && key_bytes(p + 1, (size_t)(end - p - 1), bytes)) {
            write_all(s, bytes, strlen(bytes));
            if (bytes[0] == '\033' && !bytes[1]) {
                screen_rest(s); /* so that what follows is not taken for Alt */
            }
            p = end + 1;
        } else {
            write_all(s, p++, 1);
        }
    }
}

void screen_paste(screen *s, const char *text) {
    screen_send(s, "\033[200~", 6);
    screen_send(s, text, strlen(text));
    screen_send(s, "\033[201~", 6);
}

void screen_click(screen *s, int row, int column, bool twice) {
    for (int i = 0; i < (twice ? 2 : 1); i++) {
        if (i > 0) {
            screen_rest(s); /* a hand takes its time: two clicks that arrive at once are one event to curses */
        }
        char bytes[64];
        int n = snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", column + 1, row + 1, column + 1, row + 1);
        screen_send(s, bytes, (size_t)n);
    }
}

void screen_resize(screen *s, int rows, int columns) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    s->rows = rows;
    s->columns = columns;
    vterm_set_size(s->vt, rows, columns);
    ioctl(s->fd, TIOCSWINSZ, &size);
}

/* --- what a person sees ------------------------------------------------------------------------------------ */

static void add_code_point(nx_buf *out, uint32_t c) {
    if (c < 0x80) {
        nx_buf_addc(out, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};
    nx_buf_addc(out, (char)(lead[more] | c >> (6 * more)));
    while (more-- > 0) {
        nx_buf_addc(out, (char)(0x80 | (c >> (6 * more) & 0x3F)));
    }
}

static VTermScreenCell raw_cell(screen *s, int row, int column) {
    VTermScreenCell cell;
    memset(&cell, 0, sizeof cell);
    vterm_screen_get_cell(s->screen, (VTermPos){row, column}, &cell);
    return cell;
}

static void add_line(screen *s, int row, nx_buf *out) {
    size_t end = out->len;
    for (int column = 0; column < s->columns; column++) {
        VTermScreenCell cell = raw_cell(s, row, column);
        if (cell.chars[0] == (uint32_t)-1) {
            continue;
        }
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
            add_code_point(out, cell.chars[i]);
        }
        if (!cell.chars[0]) {
            nx_buf_addc(out, ' ');
        } else if (cell.chars[0] != ' ') {
            end = out->len;
        }
    }
    if (out->cap) {
        out->len = end;
        out->data[end] = '\0';
    }
}

const char *screen_line(screen *s, int row) {
    nx_buf_clear(&s->line);
    add_line(s, row < 0 ? s->rows + row : row, &s->line);
    return s->line.data;
}

const char *screen_text(screen *s) {
    nx_buf_clear(&s->text);
    for (int row = 0; row < s->rows; row++) {
        add_line(s, row, &s->text);
        nx_buf_addc(&s->text, '\n');
    }
    return s->text.data;
}

bool screen_find(screen *s, const char *text, int *row, int *column) {
    for (int r = 0; r < s->rows; r++) {
        const char *line = screen_line(s, r);
        const char *at = strstr(line, text);
        if (!at) {
            continue;
        }
        size_t bytes = (size_t)(at - line), seen = 0; /* those before it, walked cell by cell */
        int c = 0;
        while (seen < bytes && c < s->columns) {
            screen_cell cell = screen_at(s, r, c);
            seen += *cell.text ? strlen(cell.text) : 1;
            c += cell.width > 1 ? cell.width : 1;
        }
        *row = r;
        *column = c;
        return true;
    }
    return false;
}

bool screen_has(screen *s, const char *text) {
    int row, column;
    return screen_find(s, text, &row, &column);
}

static void until(screen *s, bool (*condition)(screen *s, void *data), void *data, const char *what, bool late) {
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    screen_pump(s, 0);
    stir(s);
    while (!condition(s, data)) {
        if (lab_now_ms() > deadline || (screen_ended(s) && !condition(s, data))) {
            fail_msg("%s: %s", s->ended ? "the program ended before" : "never came", what);
        }
        let_time_pass(s, late);
    }
}

void screen_until(screen *s, bool (*condition)(screen *s, void *data), void *data, const char *what) {
    until(s, condition, data, what, false);
}

static bool has(screen *s, void *data) { return screen_has(s, data); }
static bool has_not(screen *s, void *data) { return !screen_has(s, data); }

void screen_wait(screen *s, const char *text) { screen_until(s, has, (void *)(uintptr_t)text, text); }
void screen_wait_late(screen *s, const char *text) { until(s, has, (void *)(uintptr_t)text, text, true); }
/* Half of a frame has lost it already, and not yet what comes instead: the frame is to be whole. */
void screen_wait_gone(screen *s, const char *text) {
    do {
        screen_until(s, has_not, (void *)(uintptr_t)text, text);
        screen_rest(s);
    } while (screen_has(s, text));
}

typedef struct on_line {
    int row;
    const char *text;
} on_line;

static bool line_has(screen *s, void *data) {
    const on_line *l = data;
    return strstr(screen_line(s, l->row), l->text) != NULL;
}

void screen_wait_line(screen *s, int row, const char *text) {
    on_line l = {row, text};
    until(s, line_has, &l, text, false);
}

void screen_wait_line_late(screen *s, int row, const char *text) {
    on_line l = {row, text};
    until(s, line_has, &l, text, true);
}

int screen_rows(const screen *s) { return s->rows; }
int screen_columns(const screen *s) { return s->columns; }
/* By what was sent: the emulator takes it for a part of what ESC 7 saves and ESC 8 and leaving the alternate screen bring
 * back, and curses scrolls with those. No terminal does. */
bool screen_cursor_visible(const screen *s) {
    static const char mode[] = "\033[?25";
    size_t len = sizeof mode - 1;
    for (size_t at = s->bytes.len; at > len; at--) {
        char set = s->bytes.data[at - 1];
        if ((set == 'h' || set == 'l') && memcmp(s->bytes.data + at - 1 - len, mode, len) == 0) {
            return set == 'h';
        }
    }
    return true;
}
bool screen_alternate(const screen *s) { return s->alternate; }
int screen_pid(const screen *s) { return s->pid; }

static unsigned rgb(screen *s, VTermColor color) {
    vterm_screen_convert_color_to_rgb(s->screen, &color);
    return (unsigned)color.rgb.red << 16 | (unsigned)color.rgb.green << 8 | color.rgb.blue;
}

screen_cell screen_at(screen *s, int row, int column) {
    VTermScreenCell raw = raw_cell(s, row < 0 ? s->rows + row : row, column);
    screen_cell cell = {.width = raw.width, .fg = -1, .bg = -1};
    nx_buf text = NX_BUF;
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && raw.chars[i] && raw.chars[i] != (uint32_t)-1; i++) {
        add_code_point(&text, raw.chars[i]);
    }
    snprintf(cell.text, sizeof cell.text, "%s", text.data);
    nx_buf_free(&text);
    bool fg = !VTERM_COLOR_IS_DEFAULT_FG(&raw.fg), bg = !VTERM_COLOR_IS_DEFAULT_BG(&raw.bg);
    cell.fg = fg && VTERM_COLOR_IS_INDEXED(&raw.fg) ? raw.fg.indexed.idx : -1;
    cell.bg = bg && VTERM_COLOR_IS_INDEXED(&raw.bg) ? raw.bg.indexed.idx : -1;
    cell.rgb_fg = fg ? rgb(s, raw.fg) : 0xd0d0d0;
    cell.rgb_bg = bg ? rgb(s, raw.bg) : 0x16181d;
    cell.bold = raw.attrs.bold;
    cell.italic = raw.attrs.italic;
    cell.underline = raw.attrs.underline != 0;
    cell.reverse = raw.attrs.reverse;
    return cell;
}

/* --- the program's end ----------------------------------------------------------------------------------------- */

int screen_wait_exit(screen *s) {
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    stir(s);
    while (!screen_ended(s)) {
        if (lab_now_ms() > deadline) {
            fail_msg("%s: %s", "the program did not end", "");
        }
        let_time_pass(s, false);
    }
    return s->status;
}

const char *screen_bytes(screen *s, size_t *len) {
    *len = s->bytes.len;
    return s->bytes.data;
}

bool screen_terminal_restored(screen *s) {
    struct termios now;
    tcgetattr(s->slave, &now);
    return now.c_iflag == s->before.c_iflag && now.c_oflag == s->before.c_oflag && now.c_lflag == s->before.c_lflag &&
           now.c_cflag == s->before.c_cflag;
}
