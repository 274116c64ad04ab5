/* input_route.h - input on its way to a view. */
#ifndef UI_INPUT_ROUTE_H
#define UI_INPUT_ROUTE_H

#include "app.h"

/* Gives one input to the topmost overlay, else to the pane that has the focus. */
void ui_route_input(ui_app *app, const ui_input *input);

#endif
