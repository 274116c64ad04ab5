/* Writing the language: tests made by keys, and completion. */
#include "filter_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const keywords[] = {"and", "or", "not", "in", "between", "is", "null", "now", "today", "true", "false"};

static bool plain_name(const char *name) {
    for (size_t i = 0; i < NX_COUNT(keywords); i++) {
        if (strcasecmp(name, keywords[i]) == 0) {
            return false;
        }
    }
    for (const char *p = name; *p; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' || (unsigned char)*p >= 0x80;
        if (!letter && !(p > name && *p >= '0' && *p <= '9')) {
            return false;
        }
    }
    return *name != '\0';
}

static void add_quoted(nx_buf *buf, char quote, const char *s, size_t len) {
    nx_buf_addc(buf, quote);
    for (size_t i = 0; i < len; i++) {
        if (s[i] == quote) {
            nx_buf_addc(buf, quote);
        }
        nx_buf_addc(buf, s[i]);
    }
    nx_buf_addc(buf, quote);
}

static void add_field(nx_buf *buf, const nx_field *field) {
    if (plain_name(field->name)) {
        nx_buf_adds(buf, field->name);
    } else {
        add_quoted(buf, '`', field->name, strlen(field->name));
    }
}

/* A boolean reads as true or false, not as the letter that PostgreSQL prints. */
static void add_value(nx_buf *buf, const nx_field *field, nx_value value) {
    if (field->class == NX_TYPE_BOOL && value.len > 0) {
        nx_buf_adds(buf, value.text[0] == 't' ? "true" : "false");
    } else {
        add_quoted(buf, '\'', value.text, value.len);
    }
}

/* Has the text an "or" outside of quotes and parentheses? */
static bool has_or(const char *text) {
    nx_arena *arena = nx_arena_new(0);
    int depth = 0;
    bool found = false;
    token t = {.end = 0};
    while (!found && (t = nx_filter_token(text, t.end, false, arena)).kind != TOKEN_END) {
        depth += t.kind == TOKEN_SIGN && t.text[0] == '(' ? 1 : t.kind == TOKEN_SIGN && t.text[0] == ')' ? -1 : 0;
        found = depth == 0 && nx_filter_is_word(&t, "or");
    }
    nx_arena_free(arena);
    return found;
}

void nx_filter_add_test(nx_buf *buf, const nx_field *field, nx_value value, bool without) {
    if (buf->len && has_or(buf->data)) {
        char *before = nx_strdup(buf->data);
        nx_buf_clear(buf);
        nx_buf_addf(buf, "(%s)", before);
        free(before);
    }
    nx_buf_adds(buf, buf->len ? " and " : "");
    bool both = without && !nx_is_null(value) && field->nullable;
    nx_buf_adds(buf, both ? "(" : "");
    add_field(buf, field);
    if (nx_is_null(value)) {
        nx_buf_adds(buf, without ? " is not null" : " is null");
        return;
    }
    nx_buf_adds(buf, without ? " != " : " = ");
    add_value(buf, field, value);
    if (both) {
        nx_buf_adds(buf, " or ");
        add_field(buf, field);
        nx_buf_adds(buf, " is null)");
    }
}

/* --- completion -------------------------------------------------------------------------------------------------------- */

typedef enum expects { EXPECTS_FIELD, EXPECTS_OP, EXPECTS_VALUE, EXPECTS_AND } expects;

typedef struct state {
    expects now;
    const nx_field *field;
    bool list, between;
} state;

/* What one token does to what is expected next. */
static void advance(state *s, const nx_model *model, const token *t) {
    nx_error none = NX_ERROR;
    bool open = t->kind == TOKEN_SIGN && t->text[0] == '(', close = t->kind == TOKEN_SIGN && t->text[0] == ')';
    switch (s->now) {
    case EXPECTS_FIELD:
        if (open || nx_filter_is_word(t, "not")) {
            break;
        }
        s->field = nx_model_find_field(model, t->text, &none);
        s->now = EXPECTS_OP;
        break;
    case EXPECTS_OP:
        if (nx_filter_is_word(t, "isEmpty") || nx_filter_is_word(t, "null")) {
            s->now = EXPECTS_AND;
        } else if (!nx_filter_is_word(t, "is") && !nx_filter_is_word(t, "not") && !(t->kind == TOKEN_SIGN && t->text[0] == '.')) {
            s->between = nx_filter_is_word(t, "between");
            s->list = nx_filter_is_word(t, "in") || nx_filter_is_word(t, "hasSome") || nx_filter_is_word(t, "hasEvery");
            s->now = EXPECTS_VALUE;
        }
        break;
    case EXPECTS_VALUE:
        if (s->list) {
            s->now = close ? EXPECTS_AND : EXPECTS_VALUE;
        } else {
            s->now = EXPECTS_AND;
        }
        break;
    case EXPECTS_AND:
        if (s->between && nx_filter_is_word(t, "and")) {
            s->between = false;
            s->now = EXPECTS_VALUE;
        } else if (!close) {
            s->now = EXPECTS_FIELD;
        }
        break;
    }
    nx_error_clear(&none);
}

typedef struct words {
    char **list;
    size_t n;
    const char *prefix;
    size_t len;
} words;

static void add(words *w, const char *word) {
    if (strncasecmp(word, w->prefix, w->len) == 0) {
        w->list = nx_realloc(w->list, w->n + 2, sizeof *w->list);
        w->list[w->n++] = nx_strdup(word);
        w->list[w->n] = NULL;
    }
}

static void add_fields(words *w, const nx_model *model) {
    for (int i = 0; i < model->nfields; i++) {
        nx_buf name = NX_BUF;
        add_field(&name, model->fields[i]);
        add(w, name.data);
        nx_buf_free(&name);
    }
    add(w, "not");
}

static void add_ops(words *w, const nx_field *f) {
    bool array = f && f->class == NX_TYPE_ARRAY, json = f && f->class == NX_TYPE_JSON, order = !f || f->sortable;
    for (int i = 0; i < nx_filter_nops; i++) {
        filter_suits s = nx_filter_ops[i].suits;
        bool fits = s == SUITS_ALL || (s == SUITS_ORDER && order) || (s == SUITS_TEXT && !array) ||
                    (s == SUITS_ARRAY && array) || (s == SUITS_JSON && json);
        if (fits && strcmp(nx_filter_ops[i].word, "<>") != 0) {
            add(w, nx_filter_ops[i].word);
        }
    }
    static const char *const more[] = {"in (", "not in (", "between ", "is null", "is not null"};
    for (size_t i = 0; i < NX_COUNT(more); i++) {
        add(w, more[i]);
    }
}

static void add_values(words *w, const nx_field *f) {
    for (int i = 0; f && i < f->nlabels; i++) {
        nx_buf label = NX_BUF;
        add_quoted(&label, '\'', f->labels[i], strlen(f->labels[i]));
        add(w, w->len && w->prefix[0] != '\'' ? f->labels[i] : label.data);
        nx_buf_free(&label);
    }
    if (f && f->class == NX_TYPE_BOOL) {
        add(w, "true");
        add(w, "false");
    }
    if (f && f->class == NX_TYPE_TIME) {
        add(w, "now");
        add(w, "today");
        add(w, "now - 30 days");
    }
}

char **nx_filter_complete(const nx_model *model, const char *text, size_t cursor, size_t *start) {
    nx_arena *arena = nx_arena_new(0);
    const char *before = nx_arena_strndup(arena, text, cursor);
    state s = {.now = EXPECTS_FIELD};
    token t = nx_filter_token(before, 0, false, arena);
    *start = cursor;
    while (t.kind != TOKEN_END) {
        /* The word that ends at the cursor is the one under completion. */
        bool last = t.end == cursor && (t.kind == TOKEN_WORD || t.kind == TOKEN_BAD || (t.kind == TOKEN_SIGN && s.now == EXPECTS_OP));
        if (last) {
            *start = t.start;
            break;
        }
        advance(&s, model, &t);
        t = nx_filter_token(before, t.end, s.now == EXPECTS_VALUE && !s.list, arena);
    }
    words w = {.prefix = before + *start, .len = cursor - *start};
    switch (s.now) {
    case EXPECTS_FIELD: add_fields(&w, model); break;
    case EXPECTS_OP: add_ops(&w, s.field); break;
    case EXPECTS_VALUE: add_values(&w, s.field); break;
    case EXPECTS_AND:
        add(&w, "and");
        add(&w, "or");
        break;
    }
    nx_arena_free(arena);
    return w.list;
}
