/* label_choice.h - the fields that the user has chosen to tell records by, instead of the rule's: kept in
 * $XDG_STATE_HOME/nixie/labels (0600), for each host, database and model. */
#ifndef UI_LABEL_CHOICE_H
#define UI_LABEL_CHOICE_H

#include "app.h"

/* The model whose label can be chosen now: that of the view on the screen; NULL: none. */
const nx_model *ui_label_model(ui_app *app);
/* `:label FIELD` for the model on the screen; "" goes back to the rule. Says what came of it. */
void ui_label_choose(ui_app *app, const char *name);
/* Models of this catalog have their chosen labels as soon as they are described. */
void ui_label_lay(ui_app *app, nx_catalog *catalog);

#endif
