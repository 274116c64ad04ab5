/* Completion: what the parser wished for at the end of a text. */
#include "filter_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct words {
    char **list;
    size_t n;
    const char *typed; /* what they must begin with, in any case, and its quote if it has one */
    char quote;
} words;

static void add(words *w, const char *shown) {
    w->list = nx_realloc(w->list, w->n + 2, sizeof *w->list);
    w->list[w->n++] = nx_strdup(shown);
    w->list[w->n] = NULL;
}

static bool begins(const words *w, const char *word) { return strncasecmp(word, w->typed, strlen(w->typed)) == 0; }

static void add_word(words *w, const char *word) {
    if (!w->quote && begins(w, word)) {
        add(w, word);
    }
}

/* A name as it has to be written here, if it begins as what was typed. */
static void add_name(words *w, const char *name) {
    if ((w->quote && w->quote != '`') || !begins(w, name)) {
        return;
    }
    nx_buf shown = NX_BUF;
    if (w->quote) {
        nx_filter_add_quoted(&shown, '`', name, strlen(name));
    } else {
        nx_filter_add_name(&shown, name);
    }
    add(w, shown.data);
    nx_buf_free(&shown);
}

static void add_fields(words *w, const nx_model *model) {
    for (int i = 0; i < model->nfields; i++) {
        if (model->fields[i]->can_select) {
            add_name(w, nx_field_title(model->fields[i]));
        }
    }
    for (int i = 0; i < model->nrelations; i++) {
        add_name(w, model->relations[i]->name);
    }
    add_word(w, "not");
}

static void add_quantifiers(words *w, const nx_relation *relation) {
    static const char *const many[] = {"some (", "every (", "none (", ".count "}, *const one[] = {".", "is (", "is not ("},
                      *const any[] = {"is null", "is not null"};
    const char *const *first = nx_related_to_one(relation) ? one : many;
    for (size_t i = 0; i < (nx_related_to_one(relation) ? NX_COUNT(one) : NX_COUNT(many)); i++) {
        add_word(w, first[i]);
    }
    for (size_t i = 0; i < NX_COUNT(any); i++) {
        add_word(w, any[i]);
    }
}

static void add_ops(words *w, const filter_wish *wish) {
    for (int i = 0; i < nx_filter_nops; i++) {
        const filter_op_word *op = &nx_filter_ops[i];
        if (strcmp(op->word, "<>") != 0 && nx_filter_suits(op->suits, wish->field, wish->path)) {
            add_word(w, op->word);
        }
    }
    bool ordered = nx_filter_suits(SUITS_ORDER, wish->field, wish->path);
    static const char *const more[] = {"in (", "not in (", "is null", "is not null", "between ", "not between "};
    for (size_t i = 0; i < NX_COUNT(more); i++) {
        if (ordered || !strstr(more[i], "between")) {
            add_word(w, more[i]);
        }
    }
}

static void add_labels(words *w, const nx_field *field) {
    nx_arena *arena = nx_arena_new(0);
    for (int i = 0; i < field->nlabels; i++) {
        const char *label = field->labels[i];
        token t = nx_filter_token(label, 0, LEX_VALUE, arena);
        bool bare = t.kind == TOKEN_WORD && !w->quote && t.end - t.start == strlen(label);
        nx_buf text = NX_BUF;
        if (bare) {
            nx_buf_adds(&text, label);
        } else {
            nx_filter_add_quoted(&text, w->quote == '"' ? '"' : '\'', label, strlen(label));
        }
        if (begins(w, label)) {
            add(w, text.data);
        }
        nx_buf_free(&text);
    }
    nx_arena_free(arena);
}

static void add_values(words *w, const nx_field *field) {
    static const char *const moments[] = {"now", "now - 30 days", "today"};
    add_labels(w, field);
    if (field->class == NX_TYPE_BOOL) {
        add_word(w, "true");
        add_word(w, "false");
    }
    for (size_t i = 0; nx_filter_is_moment(field) && i < NX_COUNT(moments); i++) {
        add_word(w, moments[i]);
    }
}

static void add_wished(words *w, const nx_model *model, const filter_wish *wish) {
    switch (wish->want) {
    case WANT_FIELD: add_fields(w, wish->model ? wish->model : model); break;
    case WANT_QUANTIFIER: add_quantifiers(w, wish->relation); break;
    case WANT_RELATED:
        if (nx_related_to_one(wish->relation)) {
            add_fields(w, wish->relation->target);
        } else {
            add_word(w, "count ");
        }
        break;
    case WANT_OP: add_ops(w, wish); break;
    case WANT_RANGE:
        add_word(w, "in (");
        add_word(w, "between ");
        break;
    case WANT_VALUE:
        if (!wish->path) {
            add_values(w, wish->field);
        }
        break;
    case WANT_NULL:
        add_word(w, "null");
        add_word(w, "not null");
        break;
    case WANT_NULL_ONLY: add_word(w, "null"); break;
    case WANT_AND: add_word(w, "and"); break;
    case WANT_JOIN:
        add_word(w, "and");
        add_word(w, "or");
        break;
    case WANT_NOTHING: break;
    }
}

char **nx_filter_complete(const nx_model *model, const char *text, size_t cursor, size_t *start) {
    nx_arena *arena = nx_arena_new(0);
    const char *before = nx_arena_strndup(arena, text, cursor);
    filter_wish wish = nx_filter_wish(model, before, arena);
    words w = {.typed = before + wish.start};
    *start = cursor;
    if (wish.want != WANT_NOTHING) {
        *start = wish.start;
        if (*w.typed && strchr("'\"`", *w.typed)) {
            w.quote = *w.typed++;
        }
        add_wished(&w, model, &wish);
    }
    nx_arena_free(arena);
    return w.list;
}
