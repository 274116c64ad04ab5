#include "filter_tree.h"

#include <string.h>
#include <strings.h>

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool name_char(char c, bool first) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
    return letter || (!first && ((c >= '0' && c <= '9') || c == '$'));
}

static bool in_word(char c, bool first, lex_mode mode) {
    switch (mode) {
    case LEX_VALUE: return c && !blank(c) && !strchr(",()'\"`", c);
    case LEX_KEY: return c == '-' || name_char(c, false);
    case LEX_NAME: break;
    }
    return name_char(c, first);
}

/* A quoted text; the quote is doubled to stand for itself. */
static token quoted(const char *text, size_t at, nx_arena *arena) {
    char quote = text[at];
    char *out = nx_arena_alloc(arena, strlen(text + at) + 1);
    token t = {.kind = TOKEN_OPEN_QUOTE, .text = out, .start = at};
    size_t n = 0, i = at + 1;
    for (; text[i]; i++) {
        if (text[i] == quote && text[i + 1] != quote) {
            t.kind = quote == '`' ? TOKEN_QUOTED_FIELD : TOKEN_STRING;
            i++;
            break;
        }
        i += text[i] == quote;
        out[n++] = text[i];
    }
    t.end = i;
    return t;
}

static token slice(token_kind kind, const char *text, size_t start, size_t end, nx_arena *arena) {
    return (token){
        .kind = kind, .text = nx_arena_strndup(arena, text + start, end - start), .start = start, .end = end};
}

/* Some of the two-character ones are no operators here, but people know them from elsewhere. */
static token sign(const char *text, size_t at, nx_arena *arena) {
    static const char *const two[] = {"!=", "<>", "<=", ">=", "=~", "==", "&&", "||", "!~"};
    for (size_t i = 0; i < NX_COUNT(two); i++) {
        if (strncmp(text + at, two[i], 2) == 0) {
            return slice(TOKEN_SIGN, text, at, at + 2, arena);
        }
    }
    return slice(TOKEN_SIGN, text, at, at + 1, arena);
}

token nx_filter_token(const char *text, size_t at, lex_mode mode, nx_arena *arena) {
    while (blank(text[at])) {
        at++;
    }
    char c = text[at];
    if (!c) {
        return (token){.kind = TOKEN_END, .start = at, .end = at, .text = ""};
    }
    if (c == '\'' || c == '"' || c == '`') {
        return quoted(text, at, arena);
    }
    size_t end = at;
    while (in_word(text[end], end == at, mode)) {
        end++;
    }
    return end > at ? slice(TOKEN_WORD, text, at, end, arena) : sign(text, at, arena);
}

bool nx_filter_is_word(const token *t, const char *keyword) {
    return t->kind == TOKEN_WORD && strcasecmp(t->text, keyword) == 0;
}

int nx_filter_position(const char *text, size_t at) {
    int n = 1;
    for (size_t i = 0; i < at && text[i]; i++) {
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return n;
}
