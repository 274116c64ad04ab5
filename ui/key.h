/* key.h - a key as the program sees it: a character or a special key, with modifiers. */
#ifndef UI_KEY_H
#define UI_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum { UI_CTRL = 1, UI_ALT = 2, UI_SHIFT = 4 };

/* Special keys have codes above Unicode. */
enum {
    UI_KEY_NONE = 0,
    UI_KEY_UP = 0x110000,
    UI_KEY_DOWN,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_PGUP,
    UI_KEY_PGDN,
    UI_KEY_INSERT,
    UI_KEY_DELETE,
    UI_KEY_BACKSPACE,
    UI_KEY_ENTER,
    UI_KEY_TAB,
    UI_KEY_BACKTAB,
    UI_KEY_ESC,
    UI_KEY_F1,
    UI_KEY_F12 = UI_KEY_F1 + 11
};

typedef struct ui_key {
    uint32_t code; /* Unicode character (Ctrl-letters as the lower-case letter), or a special key */
    unsigned mods;
} ui_key;

static inline bool ui_key_equal(ui_key a, ui_key b) { return a.code == b.code && a.mods == b.mods; }
static inline bool ui_key_is_ctrl(ui_key key, char letter) { return ui_key_equal(key, (ui_key){(uint32_t)letter, UI_CTRL}); }
/* Ctrl-C and Ctrl-G: give it up, whatever it is. */
static inline bool ui_key_is_stop(ui_key key) { return ui_key_is_ctrl(key, 'c') || ui_key_is_ctrl(key, 'g'); }

/* Reads "j", "G", "Ctrl-F", "Alt-Left", "PgDn", "Space", "Enter", "<". False when it is no key. */
bool ui_key_parse(const char *name, ui_key *key);

/* The name back, as the help screen shows it. buf holds at least 32 bytes. Returns buf. */
const char *ui_key_name(ui_key key, char *buf);

#endif
