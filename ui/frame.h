/* frame.h - the frame around the views: title bar, panes, bottom line. */
#ifndef UI_FRAME_H
#define UI_FRAME_H

#include "app.h"

/* Draws everything. The size below which only "too small" is said is 40x10. */
void ui_frame_draw(ui_app *app);

#endif
