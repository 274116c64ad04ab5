/* watch.h - the rows read again every few seconds, and what changed marked until the next time. */
#ifndef UI_WATCH_H
#define UI_WATCH_H

#include "rows.h"

enum { UI_WATCH_SECONDS = 2, UI_WATCH_MOST = 3600 };

typedef struct ui_watch ui_watch;

/* `w`: begins with so many seconds (0: two), takes other ones, or stops. */
int ui_watch_key(rows_view *v, int seconds);
void ui_watch_free(ui_watch *watch); /* NULL is allowed */
/* The rows were read: what is different from the last time? */
void ui_watch_arrived(ui_watch *watch);
/* They could not be read: stops, and says so. */
void ui_watch_failed(rows_view *v, const nx_error *err);
/* Field f of row i is not what it was; f -1: anything of it. */
bool ui_watch_changed(const ui_watch *watch, int i, int f);
int ui_watch_seconds(const ui_watch *watch); /* 0: none */

#endif
