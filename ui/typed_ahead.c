#include "typed_ahead.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/arena.h"

enum { AHEAD_MAX = 1024 }; /* nobody types more while a value is judged */

static struct {
    ui_input kept[AHEAD_MAX];
    int n, released;
    char *paste; /* of the last one read */
} ahead;

void ui_ahead_keep(const ui_input *input) {
    if (ahead.n < AHEAD_MAX && input->kind != UI_INPUT_MOUSE) {
        ui_input *kept = &ahead.kept[ahead.n++];
        *kept = *input;
        kept->paste = input->kind == UI_INPUT_PASTE ? nx_strdup(input->paste) : NULL;
    }
}

void ui_ahead_release(void) { ahead.released = ahead.n; }

int ui_ahead_drop(void) {
    int dropped = ahead.n - ahead.released;
    while (ahead.n > ahead.released) {
        free(ahead.kept[--ahead.n].paste);
    }
    return dropped;
}

bool ui_ahead_next(ui_input *input) {
    free(ahead.paste);
    ahead.paste = NULL;
    if (ahead.released == 0) {
        return false;
    }
    *input = ahead.kept[0];
    ahead.paste = input->paste;
    ahead.released--;
    memmove(ahead.kept, ahead.kept + 1, sizeof *ahead.kept * (size_t)--ahead.n);
    return true;
}

bool ui_ahead_ready(void) { return ahead.released > 0; }
