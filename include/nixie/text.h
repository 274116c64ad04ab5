/* text.h - the one sanitiser: bytes from outside become glyphs that are safe to show.
 *
 * Everything that comes from the server, a file or the environment (cells, names, comments,
 * notices, errors) is walked with nx_text_next(), which decodes UTF-8, neutralises what could act
 * on a terminal or hide ( C0, DEL, C1, invalid bytes, bidi and invisible format
 * characters, line separators, noncharacters, private use, unassigned) and measures the width.
 * What is neutralised is shown as a visible text and marked, so that a drawer can give it another
 * attribute: a literal "^[" and an escape byte look different.
 *
 * Width: utf8proc's table. Drawers move to an absolute column for each cell, so that a terminal
 * that disagrees cannot shift the neighbours.
 */
#ifndef NIXIE_TEXT_H
#define NIXIE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "nixie/buf.h"

typedef enum nx_glyph_kind {
    NX_GLYPH_PLAIN,   /* shown as it is: a base character with up to 4 combining marks */
    NX_GLYPH_CONTROL, /* C0 and DEL: text is "^A" (or "\n" "\t" "\r" written as visible escapes, ␊-style) */
    NX_GLYPH_ESCAPED  /* everything else that is neutralised: text is "<9B>", "<202E>", "<FF>" */
} nx_glyph_kind;

typedef struct nx_glyph {
    nx_glyph_kind kind;
    int width;     /* columns that `text` takes: 1 or 2 for PLAIN, more for the others */
    size_t len;    /* bytes of `text` */
    char text[40]; /* safe UTF-8 (ASCII only after nx_text_ascii(true)), NUL-terminated */
} nx_glyph;

/* Decodes one glyph at s (len > 0 bytes). Returns the bytes consumed, at least 1.
 * Invalid UTF-8 consumes exactly one byte and never swallows a following valid character. */
size_t nx_text_next(const char *s, size_t len, nx_glyph *out);

/* For locales that are not UTF-8: non-ASCII characters then become NX_GLYPH_ESCAPED "<XXXX>".
 * Program-wide, set once at start. */
void nx_text_ascii(bool on);

/* Columns that the sanitised text takes. */
int nx_text_width(const char *s, size_t len);

/* Appends the sanitised text, at most `columns` wide (-1 for all), with "…" ("~" in ASCII mode)
 * as its last column when something was cut off. Returns the columns appended. */
int nx_text_sanitise(nx_buf *out, const char *s, size_t len, int columns);

/* As above for output to a terminal by a command: keeps \n when `lines` is true. */
void nx_text_plain(nx_buf *out, const char *s, size_t len, bool lines);

/* Is this valid UTF-8 throughout (RFC 3629)? NUL bytes are not valid. */
bool nx_text_valid(const char *s, size_t len);

/* Case-insensitive (Unicode simple fold) subsequence match for finders. Returns a score (higher is
 * better: word starts and runs count more), or -1 when `needle` is not a subsequence. */
int nx_text_fuzzy(const char *needle, const char *haystack);

/* Case-insensitive search; returns the byte offset of the first match at or after `from`, or -1. */
long nx_text_find(const char *hay, size_t len, size_t from, const char *needle);

#endif
