/* The address of a local `prisma dev` server: prisma+postgres://localhost:PORT/?api_key=KEY, where KEY is
 * base64url of a JSON object with the real address in "databaseUrl". */
#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"
#include "nixie/json.h"
#include "draft.h"

static int digit(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(c == '+' ? "-" : c == '/' ? "_" : digits, c) : NULL;
    return c == '+' ? 62 : c == '/' ? 63 : at ? (int)(at - digits) : -1;
}

/* Appends what the digits mean, up to the first that is none (padding, %3D). */
static void decode(nx_buf *out, const char *s, size_t len) {
    unsigned bits = 0;
    int have = 0;
    for (size_t i = 0; i < len && digit(s[i]) >= 0; i++) {
        bits = (bits << 6 | (unsigned)digit(s[i])) & 0xFFFF;
        have += 6;
        if (have >= 8) {
            have -= 8;
            nx_buf_addc(out, (char)(unsigned char)(bits >> have));
        }
    }
}

/* The string that a line of a document holds, without its quotes and escapes. */
static char *string_of(const nx_json_line *line, nx_arena *arena) {
    nx_value *values;
    nx_error err = NX_ERROR;
    const char *array = nx_arena_printf(arena, "[%.*s]", (int)line->len, line->text);
    char *string = NULL;
    if (*line->text == '"' && nx_json_read_array(array, arena, &values, &err) == 1) {
        string = nx_strdup(values[0].text);
        nx_wipe_string(values[0].text);
    }
    nx_wipe_string(array);
    nx_error_clear(&err);
    return string;
}

char *nx_prisma_local_url(const char *api_key, size_t len) {
    static const char key[] = "\"databaseUrl\"";
    nx_buf json = {.data = nx_buf_empty, .max = 65536};
    decode(&json, api_key, len);
    nx_arena *arena = nx_arena_new(0);
    nx_json_line *lines;
    long n = nx_json_lines(json.data, json.len, arena, &lines);
    char *url = NULL;
    for (long i = 0; !url && i < n; i++) {
        const nx_json_line *line = &lines[i];
        if (line->depth == 1 && line->keylen == sizeof key - 1 && memcmp(line->key, key, line->keylen) == 0) {
            url = string_of(line, arena);
        }
    }
    nx_arena_free(arena);
    nx_wipe(json.cap ? json.data : NULL, json.len);
    nx_buf_free(&json);
    return url;
}
