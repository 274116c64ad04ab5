#include "typed.h"

#include <string.h>

#include "nixie/text.h"

static void cut(nx_buf *text, size_t len) {
    text->len = len;
    text->data[len] = '\0';
}

/* What looks like one character goes as one. */
static void chop(nx_buf *text) {
    size_t last = 0;
    nx_glyph glyph;
    for (size_t at = 0; at < text->len; at += nx_text_next(text->data + at, text->len - at, &glyph)) {
        last = at;
    }
    cut(text, last);
}

static void chop_word(nx_buf *text) {
    size_t len = text->len;
    while (len > 0 && text->data[len - 1] == ' ') {
        len--;
    }
    while (len > 0 && text->data[len - 1] != ' ') {
        len--;
    }
    cut(text, len);
}

bool ui_typed_take(nx_buf *text, const ui_input *input) {
    ui_key key = input->key;
    if (input->kind == UI_INPUT_PASTE) {
        nx_buf_add(text, input->paste, strcspn(input->paste, "\r\n"));
    } else if (input->kind != UI_INPUT_KEY) {
        return false;
    } else if (key.code == UI_KEY_BACKSPACE || ui_key_is_ctrl(key, 'w') || ui_key_is_ctrl(key, 'u')) {
        if (text->len == 0) {
            return true;
        }
        if (key.code == UI_KEY_BACKSPACE) {
            chop(text);
        } else if (ui_key_is_ctrl(key, 'w')) {
            chop_word(text);
        } else {
            cut(text, 0);
        }
    } else if (*input->text && !key.mods) {
        nx_buf_adds(text, input->text);
    } else {
        return false;
    }
    return true;
}
