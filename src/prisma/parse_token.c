/* Words, blanks and comments of a schema. */
#include "parse.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"

/* --- lists ---------------------------------------------------------------------------------------- */

void nx_psl_list_add(nx_psl_list *list, const void *item) {
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 8;
        list->items = nx_realloc(list->items, list->cap, list->size);
    }
    memcpy(list->items + list->count * list->size, item, list->size);
    list->count++;
}

void *nx_psl_list_done(nx_psl_list *list, nx_arena *arena, int *count) {
    void *items = nx_arena_array(arena, list->count ? list->count : 1, list->size);
    if (list->count) {
        memcpy(items, list->items, list->count * list->size);
    }
    *count = (int)list->count;
    free(list->items);
    *list = (nx_psl_list){.size = list->size};
    return items;
}

/* --- places and complaints ------------------------------------------------------------------------ */

static bool continues(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

/* Goes on from where it counted last: a line may be as long as the file. */
nx_psl_place nx_psl_here(nx_psl *p) {
    if (!p->counted || p->counted < p->line_start || p->counted > p->at) {
        p->counted = p->line_start;
        p->column = 1;
    }
    for (; p->counted < p->at; p->counted++) {
        p->column += !continues(*p->counted);
    }
    return (nx_psl_place){.file = p->file, .line = p->line, .column = p->column};
}

bool nx_psl_wrong(nx_psl *p, nx_psl_place place, const char *format, ...) {
    if (!nx_failed(p->err)) {
        nx_buf words = NX_BUF;
        va_list args;
        va_start(args, format);
        nx_buf_vaddf(&words, format, args);
        va_end(args);
        nx_error_set(p->err, NX_ERR_USAGE, "%s:%d:%d: %s", place.file, place.line, place.column, words.data);
        p->err->position = place.column;
        nx_buf_free(&words);
    }
    return false;
}

/* What stands here, as one would point at it. */
static void add_found(const nx_psl *p, nx_buf *out) {
    enum { SHOWN = 24 };
    size_t len = 0, left = (size_t)(p->end - p->at);
    while (len < left && len < SHOWN && !strchr("\r\n\t ", p->at[len])) {
        len++;
    }
    if (left == 0) {
        nx_buf_adds(out, "the end of the file");
    } else if (len == 0) {
        nx_buf_adds(out, "the end of the line");
    } else {
        nx_buf_addc(out, '"');
        nx_text_sanitise(out, p->at, len, -1);
        nx_buf_addc(out, '"');
    }
}

bool nx_psl_expected(nx_psl *p, const char *what) {
    nx_buf found = NX_BUF;
    add_found(p, &found);
    nx_psl_wrong(p, nx_psl_here(p), "expected %s, found %s", what, found.data);
    nx_buf_free(&found);
    return false;
}

/* --- blanks and comments -------------------------------------------------------------------------- */

char nx_psl_peek(const nx_psl *p) { return p->at < p->end ? *p->at : '\0'; }

static bool begins(const nx_psl *p, const char *word) {
    size_t n = strlen(word);
    return (size_t)(p->end - p->at) >= n && memcmp(p->at, word, n) == 0;
}

/* Steps over \n, \r\n or \r. */
static void next_line(nx_psl *p) {
    p->at += begins(p, "\r\n") ? 2 : 1;
    p->line++;
    p->line_start = p->at;
}

static bool at_line_end(const nx_psl *p) { return p->at < p->end && (*p->at == '\n' || *p->at == '\r'); }

/* Spaces of any kind that other editors leave behind: no-break space, byte order mark. */
static size_t blank_length(const nx_psl *p) {
    static const char *const blanks[] = {" ", "\t", "\f", "\v", "\xC2\xA0", "\xEF\xBB\xBF", "\xE3\x80\x80"};
    for (size_t i = 0; i < NX_COUNT(blanks); i++) {
        if (begins(p, blanks[i])) {
            return strlen(blanks[i]);
        }
    }
    return 0;
}

static void block_comment(nx_psl *p) {
    nx_psl_place place = nx_psl_here(p);
    p->at += 2;
    while (p->at < p->end && !begins(p, "*/")) {
        if (at_line_end(p)) {
            next_line(p);
        } else {
            p->at++;
        }
    }
    if (p->at == p->end) {
        nx_psl_wrong(p, place, "this comment has no end: expected */");
        return;
    }
    p->at += 2;
}

void nx_psl_blanks(nx_psl *p) {
    for (;;) {
        size_t n = blank_length(p);
        if (n) {
            p->at += n;
        } else if (begins(p, "/*")) {
            block_comment(p);
        } else {
            return;
        }
    }
}

static void keep_comment(nx_psl *p, const char *from) {
    const char *to = p->at;
    from += from < to && *from == ' ';
    while (to > from && (to[-1] == ' ' || to[-1] == '\t')) {
        to--;
    }
    if (p->comment.len) {
        nx_buf_addc(&p->comment, '\n');
    }
    nx_buf_add(&p->comment, from, (size_t)(to - from));
}

static void line_comment(nx_psl *p) {
    const char *from = p->at + 2;
    bool documents = begins(p, "///");
    while (p->at < p->end && !at_line_end(p)) {
        p->at++;
    }
    if (documents) {
        keep_comment(p, from + 1);
    }
}

void nx_psl_space(nx_psl *p) {
    for (;;) {
        nx_psl_blanks(p);
        if (begins(p, "//")) {
            line_comment(p);
        } else if (at_line_end(p)) {
            next_line(p);
        } else {
            return;
        }
    }
}

void nx_psl_between(nx_psl *p) {
    for (;;) {
        nx_psl_blanks(p);
        if (begins(p, "//")) {
            line_comment(p);
            if (p->at < p->end) {
                next_line(p);
            }
        } else if (at_line_end(p)) {
            nx_buf_clear(&p->comment); /* an empty line */
            next_line(p);
        } else {
            return;
        }
    }
}

bool nx_psl_line_end(nx_psl *p) {
    nx_psl_blanks(p);
    if (begins(p, "//")) {
        line_comment(p);
    }
    if (p->at < p->end && !at_line_end(p)) {
        return false;
    }
    if (p->at < p->end) {
        next_line(p);
    }
    return true;
}

void nx_psl_skip_line(nx_psl *p) {
    while (p->at < p->end && !at_line_end(p)) {
        p->at++;
    }
}

const char *nx_psl_comment(nx_psl *p) {
    const char *comment = p->comment.len ? nx_arena_strndup(p->arena, p->comment.data, p->comment.len) : NULL;
    nx_buf_clear(&p->comment);
    return comment;
}

/* --- words ---------------------------------------------------------------------------------------- */

bool nx_psl_take(nx_psl *p, char c) {
    if (nx_psl_peek(p) != c || p->at == p->end) {
        return false;
    }
    p->at++;
    return true;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char *nx_psl_ident(nx_psl *p) {
    const char *from = p->at;
    if (p->at == p->end || !is_letter(*p->at) || blank_length(p)) {
        return NULL;
    }
    while (p->at < p->end && (is_letter(*p->at) || is_digit(*p->at) || *p->at == '_' || *p->at == '-') &&
           !blank_length(p)) {
        p->at++;
    }
    return nx_arena_strndup(p->arena, from, (size_t)(p->at - from));
}

const char *nx_psl_path(nx_psl *p) {
    const char *from = p->at;
    if (!nx_psl_ident(p)) {
        return NULL;
    }
    while (nx_psl_peek(p) == '.') {
        p->at++;
        if (!nx_psl_ident(p)) {
            nx_psl_expected(p, "a name after the dot");
            return NULL;
        }
    }
    return nx_arena_strndup(p->arena, from, (size_t)(p->at - from));
}
