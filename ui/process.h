/* process.h - the process itself: its secrets, its locale, its signals. What only some systems have is
 * kept here. */
#ifndef UI_PROCESS_H
#define UI_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/* First thing in main(): no core dumps and no debugger of other users (memory holds passwords and
 * data), the user's locale, broken pipes as errors and not as signals. */
void ui_process_start(void);

/* The locale writes UTF-8. */
bool ui_process_utf8(void);

/* For commands: SIGINT, SIGTERM and SIGHUP set ui_stop to their number. A second one ends the program
 * at once. The curses program has its own handlers. */
extern volatile int ui_stop;
void ui_process_catch(void);
/* The exit status after ui_stop: 128 + the signal. */
int ui_process_stopped(void);

/* Overwrites what looks like a password in a connection string, in place. True when there was one. */
bool ui_wipe_url(char *url);
/* Overwrites memory; not optimised away. */
void ui_wipe(void *p, size_t len);

#endif
