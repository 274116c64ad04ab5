#include "terminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "nixie/buf.h"
#include "nixie/now.h"
#include "nixie/text.h"
#include "terminal_paste.h"
#include "terminfo.h"

enum { CLIPBOARD_MAX = 100000 };

static struct {
    SCREEN *screen;
    WINDOW *input; /* a pad: reading from it never refreshes anything */
    struct termios saved;
    bool open, away, gone, utf8, mouse;
    int signals[2];
    volatile sig_atomic_t quit_signal;
    nx_buf paste;
    int rest; /* what was read too far */
    mbstate_t begun; /* a character of which not every byte has come */
} term = {.signals = {-1, -1}, .paste = NX_BUF, .rest = -1};

/* Extra keys that terminfo does not describe, or describes under names of its own. */
enum { CODE_ALT_LEFT = KEY_MAX + 1, CODE_ALT_RIGHT, CODE_PASTE_BEGIN, CODE_PASTE_END, CODE_FOCUS };
static const struct {
    const char *sequence;
    int code;
} extra_keys[] = {
    {"\033[1;3D", CODE_ALT_LEFT},     {"\033[1;3C", CODE_ALT_RIGHT}, {"\033[200~", CODE_PASTE_BEGIN},
    {"\033[201~", CODE_PASTE_END},    {"\033[I", CODE_FOCUS},        {"\033[O", CODE_FOCUS},
    {"\033[1~", KEY_HOME},            {"\033[4~", KEY_END},          {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},              {"\033[7~", KEY_HOME},         {"\033[8~", KEY_END},
    {"\033[A", KEY_UP},               {"\033[B", KEY_DOWN},          {"\033[C", KEY_RIGHT},
    {"\033[D", KEY_LEFT},
};

/* --- signals -------------------------------------------------------------------------------------- */

static void pass_on(int sig) {
    int saved = errno;
    unsigned char byte = (unsigned char)sig;
    if (sig == SIGTERM || sig == SIGHUP) {
        term.quit_signal = sig;
    }
    ssize_t n = write(term.signals[1], &byte, 1);
    (void)n;
    errno = saved;
}

/* What a terminal needs to be usable again: attributes off, cursor on, cursor keys, keypad and Meta key
 * as they were, mouse, paste and alternate screen off. Written as bytes because curses may not be called
 * from a signal handler. */
static const char restore_bytes[] =
    "\033[0m\033[?25h\033[?1l\033>\033[?1034l\033[?1000l\033[?1002l\033[?1006l\033[?2004l\033[?1049l";

static void on_fatal(int sig) {
    ssize_t n = write(STDOUT_FILENO, restore_bytes, sizeof restore_bytes - 1);
    (void)n;
    tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
    signal(sig, SIG_DFL);
    raise(sig);
}

static void handle(int sig, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(sig, &action, NULL);
}

static void install_signals(void) {
    static const int passed[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGCONT, SIGTSTP};
    static const int fatal[] = {SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < NX_COUNT(passed); i++) {
        handle(passed[i], pass_on, SA_RESTART);
    }
    for (size_t i = 0; i < NX_COUNT(fatal); i++) {
        handle(fatal[i], on_fatal, (int)SA_RESETHAND);
    }
    handle(SIGPIPE, SIG_IGN, 0);
}

static bool make_signal_pipe(void) {
    if (term.signals[0] >= 0) {
        return true;
    }
    if (pipe(term.signals) != 0) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(term.signals[i], F_SETFD, FD_CLOEXEC);
        fcntl(term.signals[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

ui_signal ui_term_signal(void) {
    unsigned char sig;
    while (read(term.signals[0], &sig, 1) == 1) {
        switch (sig) {
        case SIGWINCH: return UI_SIGNAL_RESIZE;
        case SIGTERM:
        case SIGHUP: return UI_SIGNAL_QUIT;
        case SIGINT: return UI_SIGNAL_INTERRUPT;
        case SIGCONT: return UI_SIGNAL_CONT;
        case SIGTSTP: return UI_SIGNAL_STOP;
        default: break;
        }
    }
    return UI_SIGNAL_NONE;
}

int ui_term_quit_signal(void) { return term.quit_signal; }

/* --- opening and closing ---------------------------------------------------------------------------- */

static void send(const char *sequence) {
    ssize_t n = write(STDOUT_FILENO, sequence, strlen(sequence));
    (void)n;
}

void ui_term_mouse(bool on) {
    term.mouse = on;
    mousemask(on ? BUTTON1_CLICKED | BUTTON1_PRESSED | BUTTON1_DOUBLE_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0,
              NULL);
    mouseinterval(0);
}

static void set_modes(void) {
    raw();
    noecho();
    nonl();
    keypad(term.input, TRUE);
    nodelay(term.input, TRUE);
    meta(term.input, TRUE);
    curs_set(0);
    send("\033[?2004h");
}

static void define_keys(void) {
    for (size_t i = 0; i < NX_COUNT(extra_keys); i++) {
        if (key_defined(extra_keys[i].sequence) <= 0) {
            define_key(extra_keys[i].sequence, extra_keys[i].code);
        }
    }
}

bool ui_term_open(nx_error *err) {
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        nx_error_set(err, NX_ERR_USAGE, "browsing needs a terminal on standard input and output");
        nx_error_hint(err, "nixie models, nixie rows MODEL and nixie record MODEL KEY print without one");
        return false;
    }
    if (!ui_terminfo_usable(err)) {
        return false;
    }
    if (!make_signal_pipe()) {
        nx_error_set(err, NX_ERR_SYSTEM, "no pipe for signals: %s", strerror(errno));
        return false;
    }
    tcgetattr(STDIN_FILENO, &term.saved);
    install_signals(); /* before newterm: curses leaves handlers alone that are already there */
    term.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    nx_text_ascii(!term.utf8);
    set_escdelay(25);
    term.screen = newterm(NULL, stdout, stdin);
    if (!term.screen) {
        nx_error_set(err, NX_ERR_USAGE, "the terminal could not be set up");
        return false;
    }
    install_signals();
    term.input = newpad(1, 1);
    term.open = true;
    define_keys();
    set_modes();
    ui_term_mouse(true);
    atexit(ui_term_close);
    return true;
}

void ui_term_leave(void) {
    if (term.open && !term.away) {
        term.away = true;
        send("\033[?2004l");
        meta(term.input, FALSE);
        mousemask(0, NULL);
        endwin();
        handle(SIGTSTP, SIG_DFL, 0); /* whoever has the terminal now may stop us all */
    }
}

void ui_term_return(void) {
    if (term.open && term.away) {
        term.away = false;
        handle(SIGTSTP, pass_on, SA_RESTART);
        ui_term_resize();
        set_modes();
        ui_term_mouse(term.mouse);
        ui_term_redraw_all();
    }
}

void ui_term_close(void) {
    if (!term.open) {
        return;
    }
    ui_term_leave();
    term.open = false;
    tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
    delwin(term.input);
    delscreen(term.screen);
    term.screen = NULL;
    nx_buf_free(&term.paste);
}

void ui_term_suspend(void) {
    ui_term_leave();
    kill(0, SIGTSTP); /* the whole group, so that a make in front of us yields too */
    ui_term_return();
}

/* --- size -------------------------------------------------------------------------------------------- */

int ui_term_height(void) { return LINES; }
int ui_term_width(void) { return COLS; }

void ui_term_resize(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        resizeterm(size.ws_row, size.ws_col);
    }
    ui_term_redraw_all();
}

void ui_term_redraw_all(void) { clearok(curscr, TRUE); }
bool ui_term_utf8(void) { return term.utf8; }
int ui_term_fd(void) { return STDIN_FILENO; }
int ui_term_signal_fd(void) { return term.signals[0]; }
bool ui_term_gone(void) { return term.gone; }

/* --- input ------------------------------------------------------------------------------------------- */

static const struct {
    int curses;
    ui_key key;
} special[] = {
    {KEY_UP, {UI_KEY_UP, 0}},           {KEY_DOWN, {UI_KEY_DOWN, 0}},           {KEY_LEFT, {UI_KEY_LEFT, 0}},
    {KEY_RIGHT, {UI_KEY_RIGHT, 0}},     {KEY_HOME, {UI_KEY_HOME, 0}},           {KEY_END, {UI_KEY_END, 0}},
    {KEY_PPAGE, {UI_KEY_PGUP, 0}},      {KEY_NPAGE, {UI_KEY_PGDN, 0}},          {KEY_IC, {UI_KEY_INSERT, 0}},
    {KEY_DC, {UI_KEY_DELETE, 0}},       {KEY_BACKSPACE, {UI_KEY_BACKSPACE, 0}}, {KEY_ENTER, {UI_KEY_ENTER, 0}},
    {KEY_BTAB, {UI_KEY_BACKTAB, 0}},    {CODE_ALT_LEFT, {UI_KEY_LEFT, UI_ALT}}, {CODE_ALT_RIGHT, {UI_KEY_RIGHT, UI_ALT}},
    {KEY_SLEFT, {UI_KEY_LEFT, UI_SHIFT}}, {KEY_SRIGHT, {UI_KEY_RIGHT, UI_SHIFT}},
};

static bool special_key(wint_t code, ui_input *input) {
    for (size_t i = 0; i < NX_COUNT(special); i++) {
        if ((wint_t)special[i].curses == code) {
            input->key = special[i].key;
            return true;
        }
    }
    if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12)) {
        input->key = (ui_key){UI_KEY_F1 + (uint32_t)(code - (wint_t)KEY_F(1)), 0};
        return true;
    }
    return false;
}

static bool mouse_event(ui_input *input) {
    MEVENT event;
    if (getmouse(&event) != OK) {
        return false;
    }
    input->kind = UI_INPUT_MOUSE;
    input->y = event.y;
    input->x = event.x;
    if (event.bstate & BUTTON4_PRESSED) {
        input->mouse = UI_MOUSE_WHEEL_UP;
    } else if (event.bstate & BUTTON5_PRESSED) {
        input->mouse = UI_MOUSE_WHEEL_DOWN;
    } else if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) {
        /* Two presses on one place within 400 ms are a double click: told here, so that a single
         * click acts at once instead of waiting for a second one. */
        static int64_t last_ms;
        static int last_y = -1, last_x = -1;
        int64_t now = nx_now_ms();
        bool twice = now - last_ms < 400 && last_y == event.y && last_x == event.x;
        input->mouse = twice ? UI_MOUSE_DOUBLE : UI_MOUSE_CLICK;
        last_ms = twice ? 0 : now;
        last_y = event.y;
        last_x = event.x;
    } else {
        return false;
    }
    return true;
}

static void character_key(uint32_t c, ui_input *input) {
    input->key.mods = 0;
    if (c == 0x08 || c == 0x7f) {
        input->key.code = UI_KEY_BACKSPACE;
    } else if (c == '\r') {
        input->key.code = UI_KEY_ENTER;
    } else if (c == '\t') {
        input->key.code = UI_KEY_TAB;
    } else if (c == 0x1b) {
        input->key.code = UI_KEY_ESC;
    } else if (c < 0x20) {
        input->key = (ui_key){c == 0 ? ' ' : c <= 26 ? c + 'a' - 1 : c + '@', UI_CTRL};
    } else {
        input->key.code = c;
        ui_encode_utf8(c, input->text);
    }
}

/* What was read behind a paste, to be read by curses before the terminal itself. */
static bool rest_waits(void) {
    int n = 0;
    if (term.rest >= 0 && (ioctl(term.rest, FIONREAD, &n) != 0 || n == 0)) {
        close(term.rest);
        term.rest = -1;
    }
    return n > 0;
}

static int get_byte(void) {
    if (!rest_waits()) {
        return wgetch(term.input);
    }
    int tty = dup(STDIN_FILENO); /* curses knows this descriptor only */
    dup2(term.rest, STDIN_FILENO);
    int c = wgetch(term.input);
    dup2(tty, STDIN_FILENO);
    close(tty);
    return c;
}

/* As wget_wch(), which forgets the beginning of a character whose end is still on its way (a slow link cuts anywhere): here it is kept. */
static int get(wint_t *code) {
    int c;
    while ((c = get_byte()) != ERR) {
        if (c > 0xff) {
            term.begun = (mbstate_t){0};
            *code = (wint_t)c;
            return KEY_CODE_YES;
        }
        char byte = (char)c;
        wchar_t wide;
        bool inside = !mbsinit(&term.begun);
        size_t n = mbrtowc(&wide, &byte, 1, &term.begun);
        if (n == (size_t)-1) { /* what began is no character; this byte may begin one */
            term.begun = (mbstate_t){0};
            n = inside ? mbrtowc(&wide, &byte, 1, &term.begun) : n;
        }
        if (n == (size_t)-1) {
            term.begun = (mbstate_t){0};
        } else if (n != (size_t)-2) {
            *code = n == 0 ? 0 : (wint_t)wide;
            return OK;
        }
    }
    return ERR;
}

/* A character at the terminal: ERR, KEY_CODE_YES or OK. */
static int next(wint_t *code) {
    int kind = get(code);
    if (kind == ERR) {
        struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL))) {
            term.gone = true;
        }
    }
    return kind;
}

bool ui_term_waiting(void) { return rest_waits(); }

static bool read_paste(ui_input *input) {
    rest_waits(); /* forgets one that has been read */
    input->kind = UI_INPUT_PASTE;
    input->paste = ui_paste_read(&term.paste, &term.rest, term.utf8, input);
    return true;
}

/* After ESC: another character at once means Alt; CSI, OSC, DCS and the like that curses did not
 * recognise are terminal replies or garbage, and are swallowed whole. */
static bool swallow_sequence(wint_t first) {
    if (first != '[' && first != ']' && first != 'P' && first != '_' && first != '^' && first != 'X') {
        return false;
    }
    wint_t code;
    bool string = first != '[', any = false;
    for (int n = 0; n < 4096 && next(&code) == OK; n++) {
        any = true;
        if (string ? code == 0x07 || code == 0x9c || code == '\\' : code >= 0x40 && code <= 0x7e) {
            return true;
        }
    }
    return any;
}

static bool escape_key(ui_input *input) {
    wint_t code;
    int kind = next(&code);
    if (kind == ERR) {
        input->key = (ui_key){UI_KEY_ESC, 0};
        return true;
    }
    if (kind == KEY_CODE_YES) {
        if (!special_key(code, input)) {
            return false;
        }
    } else if (swallow_sequence(code)) {
        return false;
    } else {
        character_key((uint32_t)code, input);
    }
    input->key.mods |= UI_ALT;
    return true;
}

static bool interpret(int kind, wint_t code, ui_input *input) {
    *input = (ui_input){.kind = UI_INPUT_KEY};
    if (kind == KEY_CODE_YES) {
        switch (code) {
        case KEY_MOUSE: return mouse_event(input);
        case CODE_PASTE_BEGIN: return read_paste(input);
        default: return special_key(code, input);
        }
    }
    if (code == 0x1b) {
        return escape_key(input);
    }
    if (code >= 0x80 && code < 0xa0) {
        return false; /* C1: a reply in eight bits, or garbage */
    }
    character_key((uint32_t)code, input);
    return true;
}

bool ui_term_read(ui_input *input) {
    wint_t code;
    int kind;
    while ((kind = next(&code)) != ERR) {
        if (interpret(kind, code, input)) {
            return true;
        }
    }
    return false;
}

/* --- clipboard ---------------------------------------------------------------------------------------- */

bool ui_term_clipboard(const char *text, size_t len) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (len > CLIPBOARD_MAX) {
        return false;
    }
    nx_buf out = NX_BUF;
    nx_buf_adds(&out, "\033]52;c;");
    for (size_t i = 0; i < len; i += 3) {
        unsigned long group = (unsigned long)(unsigned char)text[i] << 16;
        group |= i + 1 < len ? (unsigned long)(unsigned char)text[i + 1] << 8 : 0;
        group |= i + 2 < len ? (unsigned long)(unsigned char)text[i + 2] : 0;
        nx_buf_addc(&out, digits[group >> 18 & 63]);
        nx_buf_addc(&out, digits[group >> 12 & 63]);
        nx_buf_addc(&out, i + 1 < len ? digits[group >> 6 & 63] : '=');
        nx_buf_addc(&out, i + 2 < len ? digits[group & 63] : '=');
    }
    nx_buf_addc(&out, '\a');
    for (size_t done = 0; done < out.len;) {
        ssize_t n = write(STDOUT_FILENO, out.data + done, out.len - done);
        if (n <= 0 && errno != EINTR && errno != EAGAIN) {
            break;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    nx_buf_free(&out);
    return true;
}
