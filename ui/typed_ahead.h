/* typed_ahead.h - keys that came while the view they were typed into waited for the server.
 *
 * They are kept in order. Once the answer is here they are released, and read before anything that the
 * terminal has; or they are dropped, when what they were meant for did not come to be.
 */
#ifndef UI_TYPED_AHEAD_H
#define UI_TYPED_AHEAD_H

#include <stdbool.h>

#include "terminal.h"

void ui_ahead_keep(const ui_input *input); /* copied, with its paste */
void ui_ahead_release(void);
int ui_ahead_drop(void);          /* what was kept and not released; how many keys that were */
bool ui_ahead_next(ui_input *input); /* the next that was released; its paste is valid until the next call */
bool ui_ahead_ready(void);        /* something was released and not read yet */

#endif
