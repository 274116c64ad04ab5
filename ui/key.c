#include "key.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "nixie/arena.h"

static const struct {
    uint32_t code;
    const char *name;
} names[] = {
    {UI_KEY_UP, "Up"},         {UI_KEY_DOWN, "Down"},     {UI_KEY_LEFT, "Left"},   {UI_KEY_RIGHT, "Right"},
    {UI_KEY_HOME, "Home"},     {UI_KEY_END, "End"},       {UI_KEY_PGUP, "PgUp"},   {UI_KEY_PGDN, "PgDn"},
    {UI_KEY_INSERT, "Insert"}, {UI_KEY_DELETE, "Delete"}, {UI_KEY_ENTER, "Enter"}, {UI_KEY_BACKSPACE, "Backspace"},
    {UI_KEY_TAB, "Tab"},       {UI_KEY_ESC, "Esc"},       {' ', "Space"},          {UI_KEY_BACKTAB, "Shift-Tab"},
};

static const struct {
    unsigned mod;
    const char *prefix;
} mods[] = {{UI_CTRL, "Ctrl-"}, {UI_ALT, "Alt-"}, {UI_SHIFT, "Shift-"}};

static bool named(const char *name, uint32_t *code) {
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *code = names[i].code;
            return true;
        }
    }
    unsigned n;
    if (sscanf(name, "F%u", &n) == 1 && n >= 1 && n <= 12) {
        *code = UI_KEY_F1 + n - 1;
        return true;
    }
    return false;
}

bool ui_key_parse(const char *name, ui_key *key) {
    *key = (ui_key){0, 0};
    if (named(name, &key->code)) {
        return true;
    }
    for (size_t i = 0; i < NX_COUNT(mods);) {
        size_t len = strlen(mods[i].prefix);
        if (strncmp(name, mods[i].prefix, len) == 0 && name[len]) {
            key->mods |= mods[i].mod;
            name += len;
            i = 0;
        } else {
            i++;
        }
    }
    if (named(name, &key->code)) {
        return true;
    }
    unsigned char c = (unsigned char)name[0];
    if (c < 0x21 || c > 0x7e || name[1]) {
        return false;
    }
    bool fold = (key->mods & UI_CTRL) && c >= 'A' && c <= 'Z';
    key->code = fold ? (uint32_t)(c + 32) : c;
    return true;
}

const char *ui_key_name(ui_key key, char *buf) {
    buf[0] = '\0';
    for (size_t i = 0; i < NX_COUNT(mods); i++) {
        if (key.mods & mods[i].mod) {
            strcat(buf, mods[i].prefix);
        }
    }
    char *end = buf + strlen(buf);
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        if (names[i].code == key.code) {
            strcpy(end, names[i].name);
            return buf;
        }
    }
    if (key.code >= UI_KEY_F1 && key.code <= UI_KEY_F12) {
        snprintf(end, 8, "F%u", (unsigned)(key.code - UI_KEY_F1 + 1));
    } else if (key.code > 0x20 && key.code < 0x7f) {
        bool upper = (key.mods & UI_CTRL) && key.code >= 'a' && key.code <= 'z';
        end[0] = (char)(upper ? key.code - 32 : key.code);
        end[1] = '\0';
    } else {
        snprintf(end, 12, "U+%04X", (unsigned)key.code);
    }
    return buf;
}
