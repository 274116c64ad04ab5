/* protect.h - hosts that are protected: saving there asks for the database's name. */
#ifndef UI_PROTECT_H
#define UI_PROTECT_H

#include "app.h"

/* Asks; `yes` is called only when the name was typed. False where the host is not protected. */
bool ui_protect_ask(ui_app *app, void (*yes)(void *app));
/* Why nothing can be written in this session; NULL when it can. */
const char *ui_protect_read_only(const ui_app *app);
/* A save was refused: is it because the server has become read-only? */
void ui_protect_refused(ui_app *app, const nx_error *err);

#endif
