/* keymap.h - which key means what, where. Bindings are data: one row per scope and action. */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include "action.h"
#include "key.h"

/* Reads the bindings; called once at start (and by tests). A malformed row ends the program: it is
 * a mistake in the table. */
void ui_keymap_init(void);

/* The action of a key in a scope, falling back to UI_SCOPE_ALL. */
ui_action ui_keymap_find(ui_scope scope, ui_key key);

/* One line of the help: the keys as people read them ("j, Down") and the action. */
typedef struct ui_binding {
    ui_scope scope;
    ui_action action;
    const char *keys; /* separated by spaces, as in the table */
    const char *label; /* a word for the footer ("follow"), or NULL: not shown there */
} ui_binding;

/* All bindings in the order of the table. */
const ui_binding *ui_keymap_bindings(int *count);
/* The first key bound to an action, for the footer; NULL when none. */
const char *ui_keymap_key(ui_scope scope, ui_action action);
const char *ui_keymap_label(ui_scope scope, ui_action action);

#endif
