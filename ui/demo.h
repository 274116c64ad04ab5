/* demo.h - `nixie demo`: a throw-away PostgreSQL with the sample data.
 *
 *     ui_demo *demo = NULL;
 *     int status = ui_demo_start(&demo, &stop, &err);
 *     if (status == 0) {
 *         ... browse ui_demo_url(demo) ...
 *     }
 *     ui_demo_stop(demo);
 *
 * Whatever way the process ends (return, signal, SIGKILL), the server is stopped and its folder removed:
 * see server.h. ui_demo_stop() only makes it happen before the process ends.
 */
#ifndef UI_DEMO_H
#define UI_DEMO_H

#include "nixie/error.h"

typedef struct ui_demo ui_demo;

/* Finds PostgreSQL, starts it and loads the sample data, saying so on stderr ("nixie: starting PostgreSQL
 * 15.18 ..."). `stop` is a flag that a handler of SIGINT, SIGTERM or SIGHUP sets; NULL when there is none.
 * Returns 0, or the exit status with err filled and *demo NULL: 3 when there is no PostgreSQL or it does
 * not come up, 130 when stopped. */
int ui_demo_start(ui_demo **demo, const volatile int *stop, nx_error *err);

/* "postgresql://demo@/blog?host=/tmp/nixie-abc123". Owned by the demo. */
const char *ui_demo_url(const ui_demo *demo);

/* Stops the server and removes everything. NULL is allowed. */
void ui_demo_stop(ui_demo *demo);

#endif
