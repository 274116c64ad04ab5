/* dotenv's grammar is one regular expression with backtracking:
 *
 *   ^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)
 *   (\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$        (flags m, g)
 *
 * This is that expression by hand. What looks odd below (a value on the next line, a quote that turns out
 * not to be one) is what the expression does.
 */
#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"
#include "draft.h"

#define MAX_DEPTH      16    /* of ${A} inside the value of B ... */
#define MAX_EXPANSIONS 1000  /* in one value, all told */
#define MAX_EXPANDED   65536 /* bytes */

typedef struct entry {
    struct entry *next; /* newest first, so that a later duplicate is found first */
    char *name, *value;
} entry;

struct nx_dotenv {
    entry *entries;
};

/* --- characters as JavaScript classes them ------------------------------------------------------- */

static const unsigned char *bytes(const char *s) { return (const unsigned char *)s; }

/* Bytes of the line terminator at s (U+2028 and U+2029 are such), 0 when there is none. */
static size_t line_end(const char *s, const char *end) {
    if (s < end && (*s == '\n' || *s == '\r')) {
        return 1;
    }
    const unsigned char *u = bytes(s);
    return end - s >= 3 && u[0] == 0xE2 && u[1] == 0x80 && (u[2] == 0xA8 || u[2] == 0xA9) ? 3 : 0;
}

/* Bytes of the white space at s: \s of JavaScript. */
static size_t space(const char *s, const char *end) {
    if (s == end) {
        return 0;
    }
    const unsigned char *u = bytes(s);
    if (u[0] == ' ' || (u[0] >= '\t' && u[0] <= '\r')) {
        return 1;
    }
    if (end - s >= 2 && u[0] == 0xC2 && u[1] == 0xA0) {
        return 2;
    }
    if (end - s < 3) {
        return 0;
    }
    unsigned last = u[2];
    bool wide = (u[0] == 0xE2 && u[1] == 0x80 && (last <= 0x8A || last == 0xA8 || last == 0xA9 || last == 0xAF)) ||
                (u[0] == 0xE2 && u[1] == 0x81 && last == 0x9F) || (u[0] == 0xE1 && u[1] == 0x9A && last == 0x80) ||
                (u[0] == 0xE3 && u[1] == 0x80 && last == 0x80) || (u[0] == 0xEF && u[1] == 0xBB && last == 0xBF);
    return wide ? 3 : 0;
}

static const char *skip_space(const char *s, const char *end) {
    for (size_t n; (n = space(s, end)) > 0;) {
        s += n;
    }
    return s;
}

static bool word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool key_char(char c) { return word(c) || c == '.' || c == '-'; }

/* --- one line --------------------------------------------------------------------------------------- */

/* Does \s*(?:#.*)?$ match at s? */
static bool tail(const char *s, const char *end) {
    for (size_t n; (n = space(s, end)) > 0; s += n) {
        if (line_end(s, end)) {
            return true;
        }
    }
    return s == end || *s == '#';
}

/* The quote that closes the string opened before s, NULL when the expression finds none. A quote behind a
 * backslash closes only when no better one does. */
static const char *closing(const char *s, const char *end, char quote) {
    const char *fallback = NULL;
    for (; s < end; s++) {
        if (*s == '\\' && s + 1 < end && s[1] == quote) {
            s++;
            if (tail(s + 1, end)) {
                fallback = s;
            }
        } else if (*s == quote) {
            return tail(s + 1, end) ? s : fallback;
        }
    }
    return fallback;
}

/* Group 2 of the expression at s: sets *from, and returns its end. */
static const char *read_value(const char *s, const char *end, const char **from) {
    const char *quoted = skip_space(s, end);
    *from = s;
    if (quoted < end && strchr("'\"`", *quoted) && *quoted) {
        const char *close = closing(quoted + 1, end, *quoted);
        if (close) {
            return close + 1;
        }
    }
    while (s < end && *s != '#' && *s != '\n' && *s != '\r') {
        s++;
    }
    return s;
}

/* The name at s, and where the value begins; NULL when this is no assignment. */
static const char *read_name(const char *s, const char *end, const char **name, size_t *len) {
    *name = s;
    while (s < end && key_char(*s)) {
        s++;
    }
    *len = (size_t)(s - *name);
    if (*len == 0) {
        return NULL;
    }
    if (s < end && *s == ':') {
        size_t n = space(s + 1, end);
        return n ? s + 1 + n : NULL;
    }
    s = skip_space(s, end);
    return s < end && *s == '=' ? s + 1 : NULL;
}

static const char *read_assignment(const char *s, const char *end, const char **name, size_t *len) {
    static const char export[] = "export";
    s = skip_space(s, end);
    if ((size_t)(end - s) > sizeof export - 1 && memcmp(s, export, sizeof export - 1) == 0) {
        const char *after = s + sizeof export - 1;
        const char *value = space(after, end) ? read_name(skip_space(after, end), end, name, len) : NULL;
        if (value) {
            return value;
        }
    }
    return read_name(s, end, name, len);
}

/* Trims, takes matching quotes away, and in double quotes replaces \n and \r. */
static char *clean(const char *from, const char *end) {
    from = skip_space(from, end);
    const char *to = end;
    for (const char *s = from; s < end;) {
        size_t n = space(s, end);
        s += n ? n : 1;
        to = n ? to : s;
    }
    if (from == end || skip_space(from, end) == end) {
        to = from;
    }
    bool escapes = from < to && *from == '"';
    if (to - from >= 2 && strchr("'\"`", *from) && to[-1] == *from) {
        from++;
        to--;
    }
    char *value = nx_alloc((size_t)(to - from) + 1);
    size_t n = 0;
    for (const char *s = from; s < to; s++) {
        bool escape = escapes && *s == '\\' && s + 1 < to && (s[1] == 'n' || s[1] == 'r');
        value[n++] = !escape ? *s : s[1] == 'n' ? '\n' : '\r';
        s += escape;
    }
    value[n] = '\0';
    return value;
}

static void add(nx_dotenv *env, const char *name, size_t len, char *value) {
    entry *e = nx_alloc(sizeof *e);
    *e = (entry){.next = env->entries, .name = nx_strndup(name, len), .value = value};
    env->entries = e;
}

static const char *next_line(const char *s, const char *end) {
    size_t n = 0;
    while (s < end && (n = line_end(s, end)) == 0) {
        s++;
    }
    return s + n;
}

/* A copy in which every end of line is \n, and which ends at a NUL. */
static char *normalised(const char *text, size_t len, size_t *out) {
    char *copy = nx_alloc(len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len && text[i]; i++) {
        bool cr = text[i] == '\r';
        copy[n++] = cr ? '\n' : text[i];
        i += cr && i + 1 < len && text[i + 1] == '\n';
    }
    copy[n] = '\0';
    *out = n;
    return copy;
}

nx_dotenv *nx_dotenv_parse(const char *text, size_t len) {
    nx_dotenv *env = nx_calloc(1, sizeof *env);
    char *copy = normalised(text, len, &len);
    const char *end = copy + len;
    for (const char *s = copy; s < end;) {
        const char *name, *from;
        size_t name_len;
        const char *value = read_assignment(s, end, &name, &name_len);
        if (value) {
            s = read_value(value, end, &from);
            add(env, name, name_len, clean(from, s));
        }
        s = next_line(s, end);
    }
    nx_wipe(copy, len);
    free(copy);
    return env;
}

void nx_dotenv_free(nx_dotenv *env) {
    while (env && env->entries) {
        entry *e = env->entries;
        env->entries = e->next;
        nx_wipe_string(e->value);
        free(e->value);
        free(e->name);
        free(e);
    }
    free(env);
}

const char *nx_dotenv_get(const nx_dotenv *env, const char *name) {
    for (const entry *e = env->entries; e; e = e->next) {
        if (strcmp(e->name, name) == 0) {
            return e->value;
        }
    }
    return NULL;
}

/* --- ${NAME} ------------------------------------------------------------------------------------------ */

typedef struct expansion {
    const nx_dotenv *env;
    char *const *environment;
    nx_buf out;
    int depth, count;
} expansion;

/* The end of ${NAME} at s, NULL when it is none. */
static const char *reference(const char *s) {
    if (s[0] != '$' || s[1] != '{') {
        return NULL;
    }
    s += 2;
    while (word(*s)) {
        s++;
    }
    return *s == '}' ? s + 1 : NULL;
}

static void expand(expansion *x, const char *s);

static void expand_reference(expansion *x, const char *name, size_t len) {
    char *key = nx_strndup(name, len);
    const char *value = nx_environment_get(x->environment, key);
    value = value ? value : nx_dotenv_get(x->env, key);
    if (value && x->depth < MAX_DEPTH && ++x->count <= MAX_EXPANSIONS) {
        x->depth++;
        expand(x, value);
        x->depth--;
    }
    free(key);
}

/* The recursion is bounded by MAX_DEPTH: a file may refer to itself. */
static void expand(expansion *x, const char *s) {
    while (*s) {
        const char *end = *s == '\\' ? reference(s + 1) : reference(s);
        if (!end) {
            nx_buf_addc(&x->out, *s++);
            continue;
        }
        if (*s == '\\') {
            nx_buf_add(&x->out, s + 1, (size_t)(end - s - 1));
        } else {
            expand_reference(x, s + 2, (size_t)(end - s) - 3);
        }
        s = end;
    }
}

char *nx_dotenv_expand(const nx_dotenv *env, const char *name, char *const *environment) {
    const char *value = nx_dotenv_get(env, name);
    if (!value) {
        return NULL;
    }
    expansion x = {.env = env, .environment = environment, .out = {.data = nx_buf_empty, .max = MAX_EXPANDED}};
    expand(&x, value);
    return nx_buf_take(&x.out);
}
