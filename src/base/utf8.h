/* utf8.h - decoding UTF-8 (RFC 3629), for this room. */
#ifndef NIXIE_BASE_UTF8_H
#define NIXIE_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The character at s (len > 0): returns its bytes and sets *code, or 0 when it is not valid. */
size_t nx_utf8_decode(const char *s, size_t len, uint32_t *code);

/* Writes the character, at most 4 bytes and no NUL. Returns the bytes. */
size_t nx_utf8_encode(char *to, uint32_t code);

#endif
