/* password.h - asking for a password on the terminal, without echo. */
#ifndef UI_PASSWORD_H
#define UI_PASSWORD_H

#include <stdbool.h>

/* Asks on /dev/tty: "Password for alice@host: ". NULL when there is no terminal, nothing was typed or
 * the user pressed Ctrl-C. Give the answer to ui_forget_password(). */
char *ui_ask_password(const char *who, bool again);
void ui_forget_password(char *password);

#endif
