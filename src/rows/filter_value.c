/* Values: texts, bare words, now and today with an interval, lists. */
#include "filter_parser.h"

#include <string.h>
#include <strings.h>

enum { LIST_MAX = 1000, VALUES_MAX = 10000, LABELS_SHOWN = 12 };

/* --- now and today ------------------------------------------------------------------------------------------ */

static bool ends_interval(const filter_parser *p) {
    return (p->t.kind != TOKEN_WORD && p->t.kind != TOKEN_STRING) || nx_filter_at_word(p, "and") ||
           nx_filter_at_word(p, "or");
}

/* What follows now and today: nothing, or a sign and an interval, which is words up to what ends a value. */
static bool interval(filter_parser *p, filter_value *v) {
    nx_filter_next(p, LEX_NAME);
    if (!nx_filter_at_sign(p, "-") && !nx_filter_at_sign(p, "+")) {
        return true;
    }
    v->sign = p->t.text[0];
    nx_buf words = NX_BUF;
    for (nx_filter_next(p, LEX_VALUE); !ends_interval(p); nx_filter_next(p, LEX_VALUE)) {
        nx_buf_adds(&words, words.len ? " " : "");
        nx_buf_adds(&words, p->t.text);
    }
    v->interval = nx_arena_strdup(p->arena, words.data);
    bool good = words.len > 0;
    nx_buf_free(&words);
    if (!good) {
        nx_filter_expected(p, "an interval", "for example: now - 30 days");
    } else {
        p->t.end = p->t.start; /* read again: a sign of the language, not a value */
        nx_filter_next(p, LEX_NAME);
    }
    return good;
}

/* "now", "today", also with a sign right behind them: "now-30 days". The token then ends before the sign. */
static bool moment(filter_parser *p, const filter_node *test, filter_value *v) {
    static const struct {
        const char *word;
        int kind;
    } moments[] = {{"now", VALUE_NOW}, {"today", VALUE_TODAY}};
    if (!nx_filter_is_moment(test->field) || p->t.kind != TOKEN_WORD) {
        return false;
    }
    for (size_t i = 0; i < NX_COUNT(moments); i++) {
        size_t len = strlen(moments[i].word);
        if (strncasecmp(p->t.text, moments[i].word, len) == 0 && (!p->t.text[len] || strchr("+-", p->t.text[len]))) {
            v->kind = i ? VALUE_TODAY : VALUE_NOW;
            p->t.end = p->t.start + len;
            return true;
        }
    }
    return false;
}

/* --- labels --------------------------------------------------------------------------------------------------- */

static void hint_labels(const nx_field *f, const char *typed, nx_buf *hint) {
    for (int i = 0; i < f->nlabels; i++) {
        if (strcasecmp(f->labels[i], typed) == 0) {
            nx_buf_addf(hint, "did you mean \"%s\"?", f->labels[i]);
            return;
        }
    }
    nx_buf_adds(hint, "its values are ");
    for (int i = 0; i < f->nlabels && i < LABELS_SHOWN; i++) {
        nx_buf_addf(hint, "%s%s", i ? ", " : "", f->labels[i]);
    }
    nx_buf_adds(hint, f->nlabels > LABELS_SHOWN ? ", ..." : "");
}

/* The label of this name, or of this name in a schema laid over; NULL when there is none. */
static const char *label_of(const nx_field *f, const char *typed) {
    for (int i = 0; i < f->nlabels; i++) {
        if (strcmp(f->labels[i], typed) == 0) {
            return f->labels[i];
        }
    }
    for (int i = 0; f->label_aliases && i < f->nlabels; i++) {
        if (strcmp(f->label_aliases[i], typed) == 0) {
            return f->labels[i];
        }
    }
    return NULL;
}

static bool known_label(filter_parser *p, const filter_node *test, filter_value *v) {
    const nx_field *f = test->field;
    bool as_text = test->op >= OP_IEQ && test->op <= OP_ILIKE;
    if (f->class != NX_TYPE_ENUM || as_text) {
        return true;
    }
    const char *label = label_of(f, p->t.text);
    if (label) {
        v->text = label;
        return true;
    }
    nx_buf hint = NX_BUF;
    hint_labels(f, p->t.text, &hint);
    nx_filter_complain(p, NX_ERR_USAGE, hint.data, "%s has no value \"%s\"", nx_field_title(f), p->t.text);
    nx_buf_free(&hint);
    return false;
}

/* --- values --------------------------------------------------------------------------------------------------- */

static void *no_null(filter_parser *p, const filter_node *test) {
    const char *hint = test->op == OP_NE   ? "use: is not null"
                       : test->op == OP_IN ? "use: (field in (...) or field is null)"
                                           : "use: is null";
    return nx_filter_complain(p, NX_ERR_USAGE, hint, "nothing compares with null; the word itself stands in quotes");
}

static bool value(filter_parser *p, const filter_node *test, filter_value *v) {
    bool string = p->t.kind == TOKEN_STRING;
    bool joins = nx_filter_at_word(p, "and") || nx_filter_at_word(p, "or");
    if ((!string && p->t.kind != TOKEN_WORD) || joins) {
        nx_filter_expected(p, "a value",
                           joins ? "the word itself stands in quotes" : "texts stand in quotes: 'Oslo' or \"Oslo\"");
        return false;
    }
    if (nx_filter_at_word(p, "null")) {
        no_null(p, test);
        return false;
    }
    if (moment(p, test, v)) {
        return interval(p, v);
    }
    v->text = p->t.text;
    v->bare = !string;
    if (!known_label(p, test, v)) {
        return false;
    }
    nx_filter_next(p, LEX_NAME);
    return true;
}

/* Room for one more, doubling at powers of two. */
static filter_value *push(filter_parser *p, filter_node *test) {
    int n = test->nvalues;
    if ((n & (n - 1)) == 0) {
        filter_value *values = nx_arena_array(p->arena, n ? (size_t)n * 2 : 1, sizeof *values);
        if (n) {
            memcpy(values, test->values, sizeof *values * (size_t)n);
        }
        test->values = values;
    }
    p->nvalues++;
    return &test->values[test->nvalues++];
}

bool nx_filter_parse_value(filter_parser *p, filter_node *test) {
    if (test->nvalues == LIST_MAX || p->nvalues == VALUES_MAX) {
        nx_filter_complain(p, NX_ERR_USAGE, "at most 1,000 values can stand in a list and 10,000 in a filter",
                           "too many values");
        return false;
    }
    nx_filter_want(p, WANT_VALUE, test);
    return value(p, test, push(p, test));
}

bool nx_filter_parse_list(filter_parser *p, filter_node *test) {
    nx_filter_next(p, LEX_NAME);
    if (!nx_filter_at_sign(p, "(")) {
        nx_filter_expected(p, "a list in parentheses", "for example: ('a', 'b')");
        return false;
    }
    nx_filter_next(p, LEX_VALUE);
    bool good = true, more = !nx_filter_at_sign(p, ")");
    while (more && (good = nx_filter_parse_value(p, test))) {
        more = nx_filter_at_sign(p, ",");
        if (more) {
            nx_filter_next(p, LEX_VALUE);
        }
    }
    if (good && !nx_filter_at_sign(p, ")")) {
        nx_filter_expected(p, "a comma or a closing parenthesis", "for example: ('a', 'b')");
        good = false;
    }
    if (good) {
        nx_filter_next(p, LEX_NAME);
    }
    return good;
}
