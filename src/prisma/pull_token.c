#include "pull_token.h"

#include <string.h>
#include <strings.h>

static const char marks[] = ",()[]{}-.";
static const nx_pull_token mark_tokens[] = {NX_TOKEN_COMMA,      NX_TOKEN_OPEN,       NX_TOKEN_CLOSE,
                                            NX_TOKEN_OPEN_SQUARE, NX_TOKEN_CLOSE_SQUARE, NX_TOKEN_OPEN_CURLY,
                                            NX_TOKEN_CLOSE_CURLY, NX_TOKEN_MINUS,      NX_TOKEN_DOT};

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *skip_blanks(const char *at) { return at + strspn(at, " \t\r\n\f"); }

nx_pull_tokens nx_pull_tokens_of(nx_arena *arena, const char *text) {
    return (nx_pull_tokens){.arena = arena, .at = skip_blanks(text), .text = text};
}

/* Length of what begins with a quote; 0 when it has no end. */
static size_t quoted_length(const char *at) {
    for (const char *c = at + 1; *c; c++) {
        if (*c == '\\' && *at == '"' && c[1]) {
            c++;
        } else if (*c == *at && *at == '\'' && c[1] == '\'') {
            c++;
        } else if (*c == *at) {
            return (size_t)(c + 1 - at);
        }
    }
    return 0;
}

/* Prisma's words: one that begins with an e, but no letter or digit after it, ends there. */
static size_t word_length(const char *at) {
    size_t n = 1;
    if ((at[0] == 'e' || at[0] == 'E') && !is_letter(at[1]) && !is_digit(at[1])) {
        return n;
    }
    while (is_letter(at[n]) || is_digit(at[n]) || at[n] == '_' || at[n] == '-') {
        n++;
    }
    return n;
}

static nx_pull_token next(const char *at, size_t *len) {
    const char *mark = *at ? strchr(marks, *at) : NULL;
    *len = 1;
    if (!*at) {
        *len = 0;
        return NX_TOKEN_END;
    }
    if (mark) {
        return mark_tokens[mark - marks];
    }
    if (at[0] == ':' && at[1] == ':') {
        *len = 2;
        return NX_TOKEN_CAST;
    }
    if (*at == '"' || *at == '\'') {
        size_t length = quoted_length(at);
        *len = length ? length : strlen(at);
        return !length ? NX_TOKEN_OTHER : *at == '"' ? NX_TOKEN_QUOTED : NX_TOKEN_STRING;
    }
    if (is_digit(*at)) {
        *len = strspn(at, "0123456789");
        return NX_TOKEN_DIGITS;
    }
    *len = is_letter(*at) ? word_length(at) : 1;
    return is_letter(*at) ? NX_TOKEN_WORD : NX_TOKEN_OTHER;
}

nx_pull_token nx_pull_peek(const nx_pull_tokens *t) {
    size_t len;
    return next(t->at, &len);
}

bool nx_pull_eat(nx_pull_tokens *t, nx_pull_token token) {
    size_t len;
    if (next(t->at, &len) != token || token == NX_TOKEN_END) {
        return false;
    }
    t->text = t->at;
    t->len = len;
    t->at = skip_blanks(t->at + len);
    return true;
}

bool nx_pull_is_word(const nx_pull_tokens *t, const char *word) {
    return strlen(word) == t->len && strncasecmp(t->text, word, t->len) == 0;
}

const char *nx_pull_unquote(const nx_pull_tokens *t) {
    char quote = t->text[0], *copy = nx_arena_strndup(t->arena, t->text + 1, t->len - 2), *to = copy;
    for (const char *c = copy; *c; c++) {
        bool doubled = quote == '\'' ? c[0] == '\'' && c[1] == '\'' : c[0] == '\\' && c[1];
        c += doubled;
        *to++ = *c;
    }
    *to = '\0';
    return copy;
}

bool nx_pull_at_end(const nx_pull_tokens *t) {
    size_t len;
    return next(t->at, &len) == NX_TOKEN_END || next(skip_blanks(t->at + len), &len) == NX_TOKEN_END;
}
