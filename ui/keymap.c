#include "keymap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/arena.h"

/* The order is that of the help screen. The first key of a row is the one the footer names. */
static const ui_binding bindings[] = {
    {UI_SCOPE_ALL, UI_DO_HELP, "? F1", "help"},
    {UI_SCOPE_ALL, UI_DO_COMMAND, ":", NULL},
    {UI_SCOPE_ALL, UI_DO_NEXT_PANE, "Tab Shift-Tab", "models"},
    {UI_SCOPE_ALL, UI_DO_GO_MODEL, "p Ctrl-P", "go to"},
    {UI_SCOPE_ALL, UI_DO_MAP, "M", "map"},
    {UI_SCOPE_ALL, UI_DO_BACK, "Backspace Ctrl-O Alt-Left", "back"},
    {UI_SCOPE_ALL, UI_DO_FORWARD, "Alt-Right Ctrl-]", NULL},
    {UI_SCOPE_ALL, UI_DO_ESCAPE, "Esc", NULL},
    {UI_SCOPE_ALL, UI_DO_CLOSE, "q", NULL},
    {UI_SCOPE_ALL, UI_DO_CANCEL, "Ctrl-C", "cancel"},
    {UI_SCOPE_ALL, UI_DO_REFRESH, "r", NULL},
    {UI_SCOPE_ALL, UI_DO_CHANGES, "C", "changes"},
    {UI_SCOPE_ALL, UI_DO_SAVE, "W", "save"},
    {UI_SCOPE_ALL, UI_DO_UNDO, "u", "undo"},
    {UI_SCOPE_ALL, UI_DO_REDO, "Ctrl-R", NULL},
    {UI_SCOPE_ALL, UI_DO_LOG, "~ L", "log"},
    {UI_SCOPE_ALL, UI_DO_ERROR, "E", "error"},
    {UI_SCOPE_ALL, UI_DO_REDRAW, "Ctrl-L", NULL},
    {UI_SCOPE_ALL, UI_DO_SUSPEND, "Ctrl-Z", NULL},

    {UI_SCOPE_MODELS, UI_DO_OPEN, "Enter l Right", "open"},
    {UI_SCOPE_MODELS, UI_DO_NARROW, "/", "narrow"},
    {UI_SCOPE_MODELS, UI_DO_DESCRIBE, "i", "describe"},
    {UI_SCOPE_MODELS, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_MODELS, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_MODELS, UI_DO_PAGE_DOWN, "PgDn Ctrl-F", NULL},
    {UI_SCOPE_MODELS, UI_DO_PAGE_UP, "PgUp Ctrl-B", NULL},
    {UI_SCOPE_MODELS, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_MODELS, UI_DO_LAST, "G End", NULL},

    {UI_SCOPE_ROWS, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_ROWS, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_ROWS, UI_DO_LEFT, "h Left", NULL},
    {UI_SCOPE_ROWS, UI_DO_RIGHT, "l Right", NULL},
    {UI_SCOPE_ROWS, UI_DO_PAGE_DOWN, "Ctrl-F PgDn", NULL},
    {UI_SCOPE_ROWS, UI_DO_PAGE_UP, "Ctrl-B PgUp", NULL},
    {UI_SCOPE_ROWS, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_ROWS, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_ROWS, UI_DO_PERCENT, "%", NULL},
    {UI_SCOPE_ROWS, UI_DO_GO_KEY, "@", "go to key"},
    {UI_SCOPE_ROWS, UI_DO_FIRST_FIELD, "0", NULL},
    {UI_SCOPE_ROWS, UI_DO_LAST_FIELD, "$", NULL},
    {UI_SCOPE_ROWS, UI_DO_OPEN, "Enter", "record"},
    {UI_SCOPE_ROWS, UI_DO_CELL, "z", "whole"},
    {UI_SCOPE_ROWS, UI_DO_FOLLOW, "f", "follow"},
    {UI_SCOPE_ROWS, UI_DO_REFERRERS, "F", "referrers"},
    {UI_SCOPE_ROWS, UI_DO_DESCRIBE, "i", "describe"},
    {UI_SCOPE_ROWS, UI_DO_SORT, "s", "sort"},
    {UI_SCOPE_ROWS, UI_DO_SORT_MORE, "S", NULL},
    {UI_SCOPE_ROWS, UI_DO_FILTER, "/", "filter"},
    {UI_SCOPE_ROWS, UI_DO_FILTER_KEEP, "&", NULL},
    {UI_SCOPE_ROWS, UI_DO_FILTER_DROP, "!", NULL},
    {UI_SCOPE_ROWS, UI_DO_FILTER_CLEAR, "\\", "clear filter"},
    {UI_SCOPE_ROWS, UI_DO_EDIT, "e", "edit"},
    {UI_SCOPE_ROWS, UI_DO_ADD, "a Insert", "new"},
    {UI_SCOPE_ROWS, UI_DO_DUPLICATE, "o", NULL},
    {UI_SCOPE_ROWS, UI_DO_DELETE, "d", "delete"},
    {UI_SCOPE_ROWS, UI_DO_SET_NULL, "x", NULL},
    {UI_SCOPE_ROWS, UI_DO_SET_DEFAULT, "D", NULL},
    {UI_SCOPE_ROWS, UI_DO_COPY, "y", NULL},
    {UI_SCOPE_ROWS, UI_DO_COPY_AS, "Y", NULL},
    {UI_SCOPE_ROWS, UI_DO_MARK, "Space", "mark"},
    {UI_SCOPE_ROWS, UI_DO_MARK_RANGE, "V", "range"},
    {UI_SCOPE_ROWS, UI_DO_BULK, "B", "all that match"},
    {UI_SCOPE_ROWS, UI_DO_FIELDS, "c", "fields"},
    {UI_SCOPE_ROWS, UI_DO_PEEK, "v", "peek"},
    {UI_SCOPE_ROWS, UI_DO_WATCH, "w", "watch"},
    {UI_SCOPE_ROWS, UI_DO_EXPORT, "X", "export"},
    {UI_SCOPE_ROWS, UI_DO_COUNT, "#", "count"},
    {UI_SCOPE_ROWS, UI_DO_VALUES, "t", "values"},
    {UI_SCOPE_ROWS, UI_DO_NARROWER, "<", NULL},
    {UI_SCOPE_ROWS, UI_DO_WIDER, ">", NULL},
    {UI_SCOPE_ROWS, UI_DO_FIT, "=", NULL},

    {UI_SCOPE_RECORD, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_RECORD, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_RECORD, UI_DO_PAGE_DOWN, "Ctrl-F PgDn", NULL},
    {UI_SCOPE_RECORD, UI_DO_PAGE_UP, "Ctrl-B PgUp", NULL},
    {UI_SCOPE_RECORD, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_RECORD, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_RECORD, UI_DO_UNFOLD, "Enter l Right", "unfold"},
    {UI_SCOPE_RECORD, UI_DO_FOLD, "h Left", "fold"},
    {UI_SCOPE_RECORD, UI_DO_FOLLOW, "f", "go there"},
    {UI_SCOPE_RECORD, UI_DO_CELL, "z", "whole"},
    {UI_SCOPE_RECORD, UI_DO_EDIT, "e", "edit"},
    {UI_SCOPE_RECORD, UI_DO_ADD, "a Insert", "new"},
    {UI_SCOPE_RECORD, UI_DO_CONNECT, "+", "connect"},
    {UI_SCOPE_RECORD, UI_DO_DISCONNECT, "-", "disconnect"},
    {UI_SCOPE_RECORD, UI_DO_DELETE, "d", "delete"},
    {UI_SCOPE_RECORD, UI_DO_SET_NULL, "x", "NULL"},
    {UI_SCOPE_RECORD, UI_DO_SET_DEFAULT, "D", "default"},
    {UI_SCOPE_RECORD, UI_DO_FILTER, "/", "filter"},
    {UI_SCOPE_RECORD, UI_DO_FILTER_CLEAR, "\\", NULL},
    {UI_SCOPE_RECORD, UI_DO_SORT, "s", "order"},
    {UI_SCOPE_RECORD, UI_DO_FIELDS, "c", "fields"},
    {UI_SCOPE_RECORD, UI_DO_COPY, "y", "copy"},
    {UI_SCOPE_RECORD, UI_DO_COPY_AS, "Y", NULL},
    {UI_SCOPE_RECORD, UI_DO_DESCRIBE, "i", NULL},

    {UI_SCOPE_CELL, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_CELL, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_CELL, UI_DO_PAGE_DOWN, "Ctrl-F PgDn Space", NULL},
    {UI_SCOPE_CELL, UI_DO_PAGE_UP, "Ctrl-B PgUp", NULL},
    {UI_SCOPE_CELL, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_CELL, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_CELL, UI_DO_UNFOLD, "Enter l Right", "unfold"},
    {UI_SCOPE_CELL, UI_DO_FOLD, "h Left", "fold"},
    {UI_SCOPE_CELL, UI_DO_SEARCH, "/", "search"},
    {UI_SCOPE_CELL, UI_DO_SEARCH_NEXT, "n", "next"},
    {UI_SCOPE_CELL, UI_DO_SEARCH_PREVIOUS, "N", NULL},
    {UI_SCOPE_CELL, UI_DO_EDIT, "e", "edit"},
    {UI_SCOPE_CELL, UI_DO_EDITOR, "Ctrl-E", "$EDITOR"},
    {UI_SCOPE_CELL, UI_DO_COPY, "y", "copy"},
    {UI_SCOPE_CELL, UI_DO_SAVE_VALUE, "X", "to a file"},

    {UI_SCOPE_DESCRIBE, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_DESCRIBE, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_DESCRIBE, UI_DO_PAGE_DOWN, "Ctrl-F PgDn Space", NULL},
    {UI_SCOPE_DESCRIBE, UI_DO_PAGE_UP, "Ctrl-B PgUp", NULL},
    {UI_SCOPE_DESCRIBE, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_DESCRIBE, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_DESCRIBE, UI_DO_OPEN, "Enter", "open"},
    {UI_SCOPE_DESCRIBE, UI_DO_SEARCH, "/", "search"},
    {UI_SCOPE_DESCRIBE, UI_DO_SEARCH_NEXT, "n", NULL},
    {UI_SCOPE_DESCRIBE, UI_DO_SEARCH_PREVIOUS, "N", NULL},

    {UI_SCOPE_CHANGES, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_CHANGES, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_CHANGES, UI_DO_PAGE_DOWN, "Ctrl-F PgDn", NULL},
    {UI_SCOPE_CHANGES, UI_DO_PAGE_UP, "Ctrl-B PgUp", NULL},
    {UI_SCOPE_CHANGES, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_CHANGES, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_CHANGES, UI_DO_OPEN, "Enter", "go to row"},
    {UI_SCOPE_CHANGES, UI_DO_CELL, "z", "whole"},
    {UI_SCOPE_CHANGES, UI_DO_KEEP_MINE, "m", "keep mine"},
    {UI_SCOPE_CHANGES, UI_DO_TAKE_THEIRS, "t", "take theirs"},
    {UI_SCOPE_CHANGES, UI_DO_EDIT, "e", "edit"},
    {UI_SCOPE_CHANGES, UI_DO_INSERT_AGAIN, "a", "insert again"},
    {UI_SCOPE_CHANGES, UI_DO_UNSTAGE, "-", "take back"},
    {UI_SCOPE_CHANGES, UI_DO_DISCARD_ALL, "_", "discard all"},
    {UI_SCOPE_CHANGES, UI_DO_SAVE, "W", "save"},
    {UI_SCOPE_CHANGES, UI_DO_COPY, "y", "copy SQL"},

    {UI_SCOPE_MAP, UI_DO_LEFT, "h Left", NULL},
    {UI_SCOPE_MAP, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_MAP, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_MAP, UI_DO_RIGHT, "l Right", NULL},
    {UI_SCOPE_MAP, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_MAP, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_MAP, UI_DO_OPEN, "Enter", "its map"},
    {UI_SCOPE_MAP, UI_DO_FOLLOW, "f", "its rows"},
    {UI_SCOPE_MAP, UI_DO_DESCRIBE, "i", "describe"},
    {UI_SCOPE_MAP, UI_DO_MAP, "M", "all models"},

    {UI_SCOPE_LOG, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_LOG, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_LOG, UI_DO_PAGE_DOWN, "Ctrl-F PgDn Space", NULL},
    {UI_SCOPE_LOG, UI_DO_PAGE_UP, "Ctrl-B PgUp", NULL},
    {UI_SCOPE_LOG, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_LOG, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_LOG, UI_DO_OPEN, "Enter", "explain"},
    {UI_SCOPE_LOG, UI_DO_CELL, "z", "whole"},
    {UI_SCOPE_LOG, UI_DO_COPY, "y", "copy"},

    {UI_SCOPE_PLAN, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_PLAN, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_PLAN, UI_DO_PAGE_DOWN, "Ctrl-F PgDn Space", NULL},
    {UI_SCOPE_PLAN, UI_DO_PAGE_UP, "Ctrl-B PgUp", NULL},
    {UI_SCOPE_PLAN, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_PLAN, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_PLAN, UI_DO_ANALYZE, "a", "analyze"},
    {UI_SCOPE_PLAN, UI_DO_COPY, "y", "copy"},
    {UI_SCOPE_PLAN, UI_DO_REFRESH, "r", "estimate"},

    {UI_SCOPE_TEXT, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_TEXT, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_TEXT, UI_DO_PAGE_DOWN, "Ctrl-F PgDn Space", NULL},
    {UI_SCOPE_TEXT, UI_DO_PAGE_UP, "Ctrl-B PgUp", NULL},
    {UI_SCOPE_TEXT, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_TEXT, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_TEXT, UI_DO_SEARCH, "/", "search"},
    {UI_SCOPE_TEXT, UI_DO_SEARCH_NEXT, "n", NULL},
    {UI_SCOPE_TEXT, UI_DO_SEARCH_PREVIOUS, "N", NULL},
    {UI_SCOPE_TEXT, UI_DO_COPY, "y", "copy"},

    {UI_SCOPE_LIST, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_LIST, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_LIST, UI_DO_PAGE_DOWN, "PgDn", NULL},
    {UI_SCOPE_LIST, UI_DO_PAGE_UP, "PgUp", NULL},
    {UI_SCOPE_LIST, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_LIST, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_LIST, UI_DO_OPEN, "Enter l", "choose"},

    {UI_SCOPE_VALUES, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_VALUES, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_VALUES, UI_DO_PAGE_DOWN, "PgDn Ctrl-F", NULL},
    {UI_SCOPE_VALUES, UI_DO_PAGE_UP, "PgUp Ctrl-B", NULL},
    {UI_SCOPE_VALUES, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_VALUES, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_VALUES, UI_DO_FILTER_KEEP, "Enter &", "only these"},
    {UI_SCOPE_VALUES, UI_DO_FILTER_DROP, "!", "without these"},
    {UI_SCOPE_VALUES, UI_DO_COPY, "y", "copy"},

    {UI_SCOPE_FIELDS, UI_DO_DOWN, "j Down", NULL},
    {UI_SCOPE_FIELDS, UI_DO_UP, "k Up", NULL},
    {UI_SCOPE_FIELDS, UI_DO_PAGE_DOWN, "PgDn Ctrl-F", NULL},
    {UI_SCOPE_FIELDS, UI_DO_PAGE_UP, "PgUp Ctrl-B", NULL},
    {UI_SCOPE_FIELDS, UI_DO_FIRST, "g Home", NULL},
    {UI_SCOPE_FIELDS, UI_DO_LAST, "G End", NULL},
    {UI_SCOPE_FIELDS, UI_DO_TOGGLE, "Space", "show/hide"},
    {UI_SCOPE_FIELDS, UI_DO_MOVE_DOWN, "J Alt-Down", "move down"},
    {UI_SCOPE_FIELDS, UI_DO_MOVE_UP, "K Alt-Up", "move up"},
    {UI_SCOPE_FIELDS, UI_DO_ALL, "a", "all"},
    {UI_SCOPE_FIELDS, UI_DO_NARROW, "/", "narrow"},
    {UI_SCOPE_FIELDS, UI_DO_OPEN, "Enter", "apply"},
};

/* The table above, one entry per key. */
static struct entry {
    ui_scope scope;
    ui_key key;
    ui_action action;
} entries[400];
static int nentries;

static void add_key(const ui_binding *b, const char *name) {
    struct entry *e = &entries[nentries];
    if (nentries == (int)NX_COUNT(entries) || !ui_key_parse(name, &e->key)) {
        fprintf(stderr, "nixie: bad key in the key table: %s\n", name);
        abort();
    }
    e->scope = b->scope;
    e->action = b->action;
    nentries++;
}

void ui_keymap_init(void) {
    nentries = 0;
    for (size_t i = 0; i < NX_COUNT(bindings); i++) {
        char keys[64];
        snprintf(keys, sizeof keys, "%s", bindings[i].keys);
        char *rest = NULL;
        for (char *name = strtok_r(keys, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
            add_key(&bindings[i], name);
        }
    }
}

static ui_action find_in(ui_scope scope, ui_key key) {
    for (int i = 0; i < nentries; i++) {
        if (entries[i].scope == scope && ui_key_equal(entries[i].key, key)) {
            return entries[i].action;
        }
    }
    return UI_DO_NOTHING;
}

ui_action ui_keymap_find(ui_scope scope, ui_key key) {
    ui_action action = find_in(scope, key);
    return action != UI_DO_NOTHING || scope == UI_SCOPE_ALL ? action : find_in(UI_SCOPE_ALL, key);
}

const ui_binding *ui_keymap_bindings(int *count) {
    *count = (int)NX_COUNT(bindings);
    return bindings;
}

static const ui_binding *binding_of(ui_scope scope, ui_action action) {
    const ui_binding *general = NULL;
    for (size_t i = 0; i < NX_COUNT(bindings); i++) {
        const ui_binding *b = &bindings[i];
        if (b->action == action && b->scope == scope) {
            return b;
        }
        if (b->action == action && b->scope == UI_SCOPE_ALL) {
            general = b;
        }
    }
    return general;
}

const char *ui_keymap_key(ui_scope scope, ui_action action) {
    static char first[32];
    const ui_binding *b = binding_of(scope, action);
    if (!b) {
        return NULL;
    }
    snprintf(first, sizeof first, "%.*s", (int)strcspn(b->keys, " "), b->keys);
    return first;
}

const char *ui_keymap_label(ui_scope scope, ui_action action) {
    const ui_binding *b = binding_of(scope, action);
    return b ? b->label : NULL;
}

#define NAME(id, name, help) [UI_DO_##id] = name,
static const char *const action_names[UI_ACTION_COUNT] = {UI_ACTIONS(NAME)};
#undef NAME
#define HELP(id, name, help) [UI_DO_##id] = help,
static const char *const action_helps[UI_ACTION_COUNT] = {UI_ACTIONS(HELP)};
#undef HELP

const char *ui_action_name(ui_action action) { return action_names[action]; }
const char *ui_action_help(ui_action action) { return action_helps[action]; }

ui_action ui_action_find(const char *name) {
    for (int i = 1; i < UI_ACTION_COUNT; i++) {
        if (strcmp(action_names[i], name) == 0) {
            return (ui_action)i;
        }
    }
    return UI_DO_NOTHING;
}

const char *ui_scope_name(ui_scope scope) {
    static const char *const names[UI_SCOPE_COUNT] = {
        [UI_SCOPE_ALL] = "Everywhere",     [UI_SCOPE_MODELS] = "Models",     [UI_SCOPE_ROWS] = "Rows",
        [UI_SCOPE_RECORD] = "Record",      [UI_SCOPE_CELL] = "Cell",         [UI_SCOPE_DESCRIBE] = "Describe",
        [UI_SCOPE_CHANGES] = "Changes",   [UI_SCOPE_MAP] = "Map",
        [UI_SCOPE_LOG] = "Statements",    [UI_SCOPE_PLAN] = "Plan",    [UI_SCOPE_TEXT] = "Text",         [UI_SCOPE_LIST] = "List",
        [UI_SCOPE_VALUES] = "Values",     [UI_SCOPE_FIELDS] = "Fields",     [UI_SCOPE_INPUT] = "Line editor",
    };
    return names[scope];
}
