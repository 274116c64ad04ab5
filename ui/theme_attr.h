/* theme_attr.h - styles as curses knows them; for draw.c only. */
#ifndef UI_THEME_ATTR_H
#define UI_THEME_ATTR_H

#include <curses.h>

/* The attributes and the colour pair of a style with its modifiers. */
void ui_theme_resolve(unsigned style, attr_t *attrs, short *pair);

#endif
