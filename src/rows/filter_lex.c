#include "filter_tree.h"

#include <string.h>
#include <strings.h>

const filter_op_word nx_filter_ops[] = {
    {"=", OP_EQ, SUITS_ALL, TAKES_ONE},          {"!=", OP_NE, SUITS_ALL, TAKES_ONE},
    {"<>", OP_NE, SUITS_ALL, TAKES_ONE},         {"<=", OP_LE, SUITS_ORDER, TAKES_ONE},
    {">=", OP_GE, SUITS_ORDER, TAKES_ONE},       {"<", OP_LT, SUITS_ORDER, TAKES_ONE},
    {">", OP_GT, SUITS_ORDER, TAKES_ONE},        {"=~", OP_IEQ, SUITS_TEXT, TAKES_ONE},
    {"contains", OP_CONTAINS, SUITS_TEXT, TAKES_ONE},   {"startsWith", OP_STARTS, SUITS_TEXT, TAKES_ONE},
    {"endsWith", OP_ENDS, SUITS_TEXT, TAKES_ONE},       {"matches", OP_MATCHES, SUITS_TEXT, TAKES_ONE},
    {"like", OP_LIKE, SUITS_TEXT, TAKES_ONE},           {"icontains", OP_ICONTAINS, SUITS_TEXT, TAKES_ONE},
    {"istartsWith", OP_ISTARTS, SUITS_TEXT, TAKES_ONE}, {"iendsWith", OP_IENDS, SUITS_TEXT, TAKES_ONE},
    {"imatches", OP_IMATCHES, SUITS_TEXT, TAKES_ONE},   {"ilike", OP_ILIKE, SUITS_TEXT, TAKES_ONE},
    {"has", OP_HAS, SUITS_ARRAY, TAKES_ONE},            {"hasSome", OP_HAS_SOME, SUITS_ARRAY, TAKES_LIST},
    {"hasEvery", OP_HAS_EVERY, SUITS_ARRAY, TAKES_LIST}, {"isEmpty", OP_IS_EMPTY, SUITS_ARRAY, TAKES_NONE},
    {"?", OP_KEY, SUITS_JSON, TAKES_ONE},
};
const int nx_filter_nops = (int)NX_COUNT(nx_filter_ops);

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool word_char(char c, bool first) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
    return letter || (!first && ((c >= '0' && c <= '9') || c == '$'));
}

/* A quoted text; the quote is doubled to stand for itself. */
static token quoted(const char *text, size_t at, nx_arena *arena) {
    char quote = text[at];
    token t = {.kind = quote == '`' ? TOKEN_QUOTED_FIELD : TOKEN_STRING, .start = at};
    char *out = nx_arena_alloc(arena, strlen(text + at) + 1);
    size_t n = 0;
    for (size_t i = at + 1; text[i]; i++) {
        if (text[i] == quote && text[i + 1] != quote) {
            t.text = out;
            t.end = i + 1;
            return t;
        }
        i += text[i] == quote;
        out[n++] = text[i];
    }
    t.kind = TOKEN_BAD;
    t.why = quote == '`' ? "the backquote is not closed" : "the quote is not closed";
    t.end = strlen(text);
    return t;
}

static token slice(token_kind kind, const char *text, size_t start, size_t end, nx_arena *arena) {
    return (token){.kind = kind, .text = nx_arena_strndup(arena, text + start, end - start), .start = start, .end = end};
}

static token sign(const char *text, size_t at, nx_arena *arena) {
    static const char *const two[] = {"!=", "<>", "<=", ">=", "=~"};
    for (size_t i = 0; i < NX_COUNT(two); i++) {
        if (strncmp(text + at, two[i], 2) == 0) {
            return slice(TOKEN_SIGN, text, at, at + 2, arena);
        }
    }
    if (strchr("=<>().,?+-", text[at])) {
        return slice(TOKEN_SIGN, text, at, at + 1, arena);
    }
    return (token){.kind = TOKEN_BAD, .start = at, .end = at + 1, .why = "this has no meaning here", .text = ""};
}

token nx_filter_token(const char *text, size_t at, bool value_position, nx_arena *arena) {
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
    if (value_position) {
        while (text[end] && !blank(text[end]) && !strchr(",()'\"", text[end])) {
            end++;
        }
    } else {
        while (word_char(text[end], end == at)) {
            end++;
        }
    }
    return end > at ? slice(TOKEN_WORD, text, at, end, arena) : sign(text, at, arena);
}

bool nx_filter_is_word(const token *t, const char *keyword) { return t->kind == TOKEN_WORD && strcasecmp(t->text, keyword) == 0; }

int nx_filter_position(const char *text, size_t at) {
    int n = 1;
    for (size_t i = 0; i < at && text[i]; i++) {
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return n;
}
