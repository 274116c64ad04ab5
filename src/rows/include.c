/* The text that says what to include. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nixie/tree.h"

enum { LIMIT_MOST = 10000 };

typedef struct reader {
    const char *text, *at;
    nx_arena *arena;
    nx_error *err;
} reader;

static int position_of(const reader *r, const char *at) {
    int n = 1;
    for (const char *p = r->text; p < at; p++) {
        n += ((unsigned char)*p & 0xC0) != 0x80;
    }
    return n;
}

static bool complain(reader *r, const char *at, const char *expected, const char *hint) {
    if (*at) {
        nx_error_set(r->err, NX_ERR_USAGE, "expected %s, not \"%.20s\"", expected, at);
    } else {
        nx_error_set(r->err, NX_ERR_USAGE, "expected %s, but here the text ends", expected);
    }
    nx_error_hint(r->err, "%s", hint);
    r->err->position = position_of(r, at);
    return false;
}

static void skip_blanks(reader *r) { r->at += strspn(r->at, " \t\r\n"); }

/* Behind the quote that ends what begins at `p`; its own quote is doubled inside. NULL: it does not end. */
static const char *behind_quote(const char *p) {
    char quote = *p++;
    for (; *p; p++) {
        if (*p == quote && *++p != quote) {
            return p;
        }
    }
    return NULL;
}

static const char *unquote(reader *r, const char *from, const char *to) {
    char *name = nx_arena_alloc(r->arena, (size_t)(to - from) + 1);
    size_t n = 0;
    for (const char *p = from + 1; p < to - 1; p++) {
        name[n++] = *p;
        p += *p == '`';
    }
    name[n] = '\0';
    return name;
}

static const char *read_name(reader *r) {
    skip_blanks(r);
    const char *begin = r->at;
    if (*begin == '`') {
        const char *end = behind_quote(begin);
        if (!end) {
            complain(r, begin, "a closing backquote", "`Post via authorId`");
            return NULL;
        }
        r->at = end;
        return unquote(r, begin, end);
    }
    size_t len = strcspn(begin, ",.()`;"), trimmed = len; /* "Post via authorId" has blanks */
    while (trimmed && strchr(" \t\r\n", begin[trimmed - 1])) {
        trimmed--;
    }
    if (trimmed == 0) {
        complain(r, begin, "a relation's name", "for example: posts.comments, author");
        return NULL;
    }
    r->at += len;
    return nx_arena_strndup(r->arena, begin, trimmed);
}

/* The one of that name in the list, or a new one at its end. */
static nx_include *find_or_add(reader *r, nx_include **list, const char *name, int position) {
    while (*list && strcmp((*list)->name, name) != 0) {
        list = &(*list)->next;
    }
    if (!*list) {
        *list = nx_arena_alloc(r->arena, sizeof **list);
        **list = (nx_include){.name = name, .position = position};
    }
    return *list;
}

/* --- options ---------------------------------------------------------------------------------------- */

/* The end of an option: a semicolon or the closing parenthesis outside of quotes and further parentheses. */
static const char *option_end(const char *p) {
    int depth = 0;
    while (p && *p && (depth > 0 || (*p != ';' && *p != ')'))) {
        depth += *p == '(';
        depth -= *p == ')';
        p = strchr("'\"`", *p) ? behind_quote(p) : p + 1;
    }
    return p;
}

static bool set_limit(reader *r, nx_include *include, const char *value, const char *at) {
    size_t digits = strspn(value, "0123456789");
    include->limit = digits && digits < 6 && !value[digits] ? atoi(value) : 0;
    return (include->limit >= 1 && include->limit <= LIMIT_MOST) ||
           complain(r, at, "a number from 1 to 10,000", "for example: limit 5");
}

static bool set_option(reader *r, nx_include *include, const char *word, const char *value, const char *at) {
    const struct {
        const char *word, **text;
    } options[] = {{"where", &include->where}, {"order", &include->order}, {"fields", &include->fields}};
    for (size_t i = 0; i < NX_COUNT(options); i++) {
        if (strcasecmp(word, options[i].word) == 0) {
            *options[i].text = value;
            return *value || complain(r, at, "something after it", "for example: where published = true");
        }
    }
    if (strcasecmp(word, "limit") == 0) {
        return set_limit(r, include, value, at);
    }
    return complain(r, at, "where, order, fields or limit", "for example: posts(where published = true; limit 5)");
}

static bool read_option(reader *r, nx_include *include) {
    skip_blanks(r);
    const char *begin = r->at, *end = option_end(begin);
    if (!end) {
        return complain(r, begin, "a closing quote", "in a text its own quote is doubled: 'it''s'");
    }
    size_t word = strcspn(begin, " \t\r\n;)");
    const char *value = begin + word, *last = end;
    value += strspn(value, " \t\r\n");
    while (last > value && strchr(" \t\r\n", last[-1])) {
        last--;
    }
    value = value > end ? end : value;
    r->at = end;
    return set_option(r, include, nx_arena_strndup(r->arena, begin, word),
                      nx_arena_strndup(r->arena, value, last > value ? (size_t)(last - value) : 0), begin);
}

static bool read_options(reader *r, nx_include *include) {
    do {
        r->at++; /* the parenthesis, or a semicolon */
        if (!read_option(r, include)) {
            return false;
        }
    } while (*r->at == ';');
    if (*r->at != ')') {
        return complain(r, r->at, "a closing parenthesis", "posts(limit 5)");
    }
    r->at++;
    skip_blanks(r);
    return true;
}

/* --- items -------------------------------------------------------------------------------------------- */

static bool read_item(reader *r, nx_include **list) {
    nx_include *include = NULL;
    do {
        r->at += include != NULL; /* the dot */
        skip_blanks(r);
        int position = position_of(r, r->at);
        const char *name = read_name(r);
        if (!name) {
            return false;
        }
        include = find_or_add(r, include ? &include->first : list, name, position);
        skip_blanks(r);
        if (*r->at == '(' && !read_options(r, include)) {
            return false;
        }
    } while (*r->at == '.');
    return true;
}

nx_include *nx_include_parse(const char *text, nx_arena *arena, nx_error *err) {
    reader r = {.text = text, .at = text, .arena = arena, .err = err};
    nx_include *list = NULL;
    do {
        r.at += r.at > text; /* the comma */
        if (!read_item(&r, &list)) {
            return NULL;
        }
    } while (*r.at == ',');
    if (*r.at) {
        complain(&r, r.at, "a comma, a dot or an opening parenthesis", "for example: posts.comments, author");
        return NULL;
    }
    return list;
}
