/* svg.h - a picture of a terminal's screen. */
#ifndef NIXIE_SVG_H
#define NIXIE_SVG_H

#include "screen.h"

/* Writes the screen as SVG: fixed cells, glyphs placed one by one, lines drawn as lines, so that the
 * picture is the same everywhere. */
bool svg_write(screen *s, const char *path);

#endif
