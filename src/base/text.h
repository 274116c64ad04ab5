/* text.h - what may be shown of Unicode, for this room. */
#ifndef NIXIE_BASE_TEXT_H
#define NIXIE_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum nx_char_class {
    NX_CHAR_BASE,    /* takes columns of its own */
    NX_CHAR_MARK,    /* belongs to the base before it */
    NX_CHAR_CONTROL, /* C0 and DEL */
    NX_CHAR_HIDDEN   /* must not reach a terminal, or would not be seen there */
} nx_char_class;

nx_char_class nx_char_classify(uint32_t code);
/* Columns of a base character: 1 or 2. */
int nx_char_width(uint32_t code);
/* May U+FE0F (show as an emoji) follow it? */
bool nx_char_is_emoji(uint32_t code);
/* Asks the C library too, which the screen library relies on: what it does not know is hidden. */
void nx_char_ask_libc(bool on);

#endif
