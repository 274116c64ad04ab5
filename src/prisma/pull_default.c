/* A column's default, from PostgreSQL's text of its expression: what Prisma understands as a value, anything else as
 * dbgenerated("..."). The words that are understood, and no more, are those of Prisma's own reader. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pull_token.h"

typedef nx_pull_tokens tokens;

/* One cast, as in ::character varying(255)[] or ::"my schema"."Color". False where it is unreadable. */
static bool eat_cast(tokens *t) {
    if (!nx_pull_eat(t, NX_TOKEN_CAST)) {
        return true;
    }
    while (nx_pull_eat(t, NX_TOKEN_QUOTED) || nx_pull_eat(t, NX_TOKEN_WORD) || nx_pull_eat(t, NX_TOKEN_DOT)) {
    }
    if (nx_pull_peek(t) == NX_TOKEN_OPEN) {
        while (nx_pull_peek(t) != NX_TOKEN_END && nx_pull_peek(t) != NX_TOKEN_CLOSE) {
            nx_pull_eat(t, nx_pull_peek(t));
        }
        if (!nx_pull_eat(t, NX_TOKEN_CLOSE)) {
            return false;
        }
    }
    return !nx_pull_eat(t, NX_TOKEN_OPEN_SQUARE) || nx_pull_eat(t, NX_TOKEN_CLOSE_SQUARE);
}

/* The string without its quotes, and the cast behind it; in the arena. NULL: there is none. */
static const char *eat_string(tokens *t) {
    const char *text = nx_pull_eat(t, NX_TOKEN_STRING) ? nx_pull_unquote(t) : NULL;
    return text && eat_cast(t) ? text : NULL;
}

static bool eat_integer(tokens *t, nx_buf *out) {
    bool minus = nx_pull_eat(t, NX_TOKEN_MINUS);
    if (!nx_pull_eat(t, NX_TOKEN_DIGITS)) {
        return false;
    }
    char *digits = nx_arena_strndup(t->arena, t->text, t->len), *end;
    errno = 0;
    long long n = strtoll(digits, &end, 10);
    nx_buf_addf(out, "%lld", minus ? -n : n);
    return errno == 0;
}

static bool whole_integer(const char *text, nx_buf *out) {
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    nx_buf_addf(out, "%lld", n);
    return errno == 0 && end != text && !*end && *text != ' ';
}

/* nextval('seq'::regclass), nextval(('seq'::text)::regclass) */
static bool eat_sequence(tokens *t, nx_buf *out) {
    if (!nx_pull_eat(t, NX_TOKEN_OPEN)) {
        return false;
    }
    nx_pull_eat(t, NX_TOKEN_OPEN);
    const char *name = eat_string(t);
    tokens inside = nx_pull_tokens_of(t->arena, name ? name : "");
    if (!name || (!nx_pull_eat(&inside, NX_TOKEN_QUOTED) && !nx_pull_eat(&inside, NX_TOKEN_WORD)) ||
        !nx_pull_eat(t, NX_TOKEN_CLOSE) || !eat_cast(t)) {
        return false;
    }
    nx_pull_eat(t, NX_TOKEN_CLOSE);
    nx_buf_adds(out, "autoincrement()");
    return eat_cast(t);
}

static bool int_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    (void)column;
    if (nx_pull_peek(t) == NX_TOKEN_STRING) {
        const char *text = eat_string(t);
        return text && whole_integer(text, out);
    }
    if (nx_pull_eat(t, NX_TOKEN_WORD)) {
        return nx_pull_is_word(t, "nextval") && eat_sequence(t, out);
    }
    return eat_integer(t, out);
}

static bool eat_number(tokens *t, nx_buf *out) {
    bool bracket = nx_pull_eat(t, NX_TOKEN_OPEN);
    nx_buf_adds(out, nx_pull_eat(t, NX_TOKEN_MINUS) ? "-" : "");
    if (!nx_pull_eat(t, NX_TOKEN_DIGITS)) {
        return false;
    }
    nx_buf_add(out, t->text, t->len);
    if (nx_pull_eat(t, NX_TOKEN_DOT)) {
        if (!nx_pull_eat(t, NX_TOKEN_DIGITS)) {
            return false;
        }
        nx_buf_addf(out, ".%.*s", (int)t->len, t->text);
    }
    return !bracket || nx_pull_eat(t, NX_TOKEN_CLOSE);
}

static bool float_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    (void)column;
    if (nx_pull_peek(t) != NX_TOKEN_STRING) {
        return eat_number(t, out) && eat_cast(t);
    }
    const char *text = eat_string(t);
    tokens inside = nx_pull_tokens_of(t->arena, text ? text : "");
    return text && eat_number(&inside, out) && nx_pull_peek(&inside) == NX_TOKEN_END; /* Prisma reads 1e+20 as 1: not this */
}

static bool bool_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    (void)column;
    bool word = nx_pull_eat(t, NX_TOKEN_WORD);
    bool yes = word && (nx_pull_is_word(t, "true") || nx_pull_is_word(t, "t"));
    nx_buf_adds(out, yes ? "true" : "false");
    return yes || (word && (nx_pull_is_word(t, "false") || nx_pull_is_word(t, "f")));
}

static bool text_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    (void)column;
    const char *text = eat_string(t);
    if (text) {
        nx_pull_string(out, text);
    }
    return text != NULL;
}

static bool time_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    (void)column;
    bool now = nx_pull_eat(t, NX_TOKEN_WORD) && (nx_pull_is_word(t, "now") || nx_pull_is_word(t, "current_timestamp"));
    nx_buf_adds(out, "now()");
    return now && (!nx_pull_eat(t, NX_TOKEN_OPEN) || nx_pull_eat(t, NX_TOKEN_CLOSE)) && eat_cast(t);
}

static bool label_value(const nx_pull_column *column, const char *label, nx_buf *out) {
    for (int i = 0; i < column->enumeration->nlabels; i++) {
        if (strcmp(column->enumeration->labels[i], label) == 0) {
            nx_buf_adds(out, column->enumeration->names[i]);
            return *column->enumeration->names[i];
        }
    }
    return false;
}

static bool enum_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    const char *label = eat_string(t);
    return label && label_value(column, label, out);
}

static int hex(char c) {
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static void add_base64(nx_buf *out, const unsigned char *bytes, size_t n) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned b = i + 1 < n ? bytes[i + 1] : 0, c = i + 2 < n ? bytes[i + 2] : 0;
        unsigned all = (unsigned)bytes[i] << 16 | b << 8 | c;
        nx_buf_addc(out, letters[all >> 18]);
        nx_buf_addc(out, letters[all >> 12 & 63]);
        nx_buf_addc(out, i + 1 < n ? letters[all >> 6 & 63] : '=');
        nx_buf_addc(out, i + 2 < n ? letters[all & 63] : '=');
    }
}

static bool bytes_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    (void)column;
    const char *text = eat_string(t);
    if (!text || strncmp(text, "\\x", 2) != 0 || strlen(text) % 2) {
        return false;
    }
    size_t n = strlen(text) / 2 - 1;
    unsigned char *bytes = nx_arena_alloc(t->arena, n + 1);
    for (size_t i = 0; i < n; i++) {
        int high = hex(text[2 + 2 * i]), low = hex(text[3 + 2 * i]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    nx_buf_addc(out, '"');
    add_base64(out, bytes, n);
    nx_buf_addc(out, '"');
    return true;
}

typedef bool value_reader(const nx_pull_column *column, tokens *t, nx_buf *out);

static value_reader *const readers[] = {
    [NX_PULL_INT] = int_value,       [NX_PULL_BIGINT] = int_value,    [NX_PULL_FLOAT] = float_value,
    [NX_PULL_DECIMAL] = float_value, [NX_PULL_BOOLEAN] = bool_value,  [NX_PULL_STRING] = text_value,
    [NX_PULL_DATETIME] = time_value, [NX_PULL_BYTES] = bytes_value,   [NX_PULL_JSON] = text_value,
    [NX_PULL_ENUM] = enum_value,     [NX_PULL_UUID] = NULL,           [NX_PULL_UNSUPPORTED] = NULL,
};

/* --- lists ---------------------------------------------------------------------------------------------------- */

/* ARRAY['a'::text, 'b'::text] */
static bool constructed_list(const nx_pull_column *column, tokens *t, nx_buf *out) {
    value_reader *reader = readers[column->family];
    nx_pull_eat(t, NX_TOKEN_OPEN);
    if (!nx_pull_eat(t, NX_TOKEN_WORD) || !nx_pull_is_word(t, "array") || !nx_pull_eat(t, NX_TOKEN_OPEN_SQUARE)) {
        return false;
    }
    for (bool first = true; !nx_pull_eat(t, NX_TOKEN_CLOSE_SQUARE); first = false) {
        if (!first && !nx_pull_eat(t, NX_TOKEN_COMMA)) {
            return false;
        }
        nx_buf_adds(out, first ? "" : ", ");
        if (!reader || column->family == NX_PULL_DATETIME || !reader(column, t, out)) {
            return false;
        }
    }
    return true;
}

static bool bool_word(const char *word, nx_buf *out) {
    bool yes = strcasecmp(word, "t") == 0 || strcasecmp(word, "true") == 0;
    nx_buf_adds(out, yes ? "true" : "false");
    return yes || strcasecmp(word, "f") == 0 || strcasecmp(word, "false") == 0;
}

static bool list_word(const nx_pull_column *column, const char *word, nx_buf *out) {
    switch (column->family) {
    case NX_PULL_STRING:
    case NX_PULL_JSON: nx_pull_string(out, word); return true;
    case NX_PULL_BOOLEAN: return bool_word(word, out);
    case NX_PULL_ENUM: return label_value(column, word, out);
    case NX_PULL_INT:
    case NX_PULL_BIGINT: return whole_integer(word, out);
    default: return false;
    }
}

static bool list_element(const nx_pull_column *column, tokens *t, nx_buf *out) {
    if (nx_pull_eat(t, NX_TOKEN_WORD)) {
        return list_word(column, nx_arena_strndup(t->arena, t->text, t->len), out);
    }
    if (nx_pull_eat(t, NX_TOKEN_QUOTED)) {
        return list_word(column, nx_pull_unquote(t), out);
    }
    if (column->family == NX_PULL_INT || column->family == NX_PULL_BIGINT) {
        return eat_integer(t, out);
    }
    return (column->family == NX_PULL_FLOAT || column->family == NX_PULL_DECIMAL) && eat_number(t, out);
}

/* '{a,b}'::text[] */
static bool literal_list(const nx_pull_column *column, tokens *t, nx_buf *out) {
    const char *text = eat_string(t);
    tokens in = nx_pull_tokens_of(t->arena, text ? text : "");
    if (!text || !nx_pull_eat(&in, NX_TOKEN_OPEN_CURLY)) {
        return false;
    }
    for (bool first = true; !nx_pull_eat(&in, NX_TOKEN_CLOSE_CURLY); first = false) {
        if (!first && !nx_pull_eat(&in, NX_TOKEN_COMMA)) {
            return false;
        }
        nx_buf_adds(out, first ? "" : ", ");
        if (!list_element(column, &in, out)) {
            return false;
        }
    }
    return true;
}

static bool list_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    nx_buf_addc(out, '[');
    bool read = nx_pull_peek(t) == NX_TOKEN_STRING ? literal_list(column, t, out) : constructed_list(column, t, out);
    nx_buf_addc(out, ']');
    return read;
}

/* --- all of it ----------------------------------------------------------------------------------------------------- */

static bool read_value(const nx_pull_column *column, tokens *t, nx_buf *out) {
    if (column->list) {
        return list_value(column, t, out);
    }
    value_reader *reader = readers[column->family];
    return reader && reader(column, t, out) && nx_pull_at_end(t);
}

static void add_generated(const char *expression, nx_buf *out) {
    nx_buf_adds(out, "dbgenerated(");
    if (*expression) {
        nx_pull_string(out, expression);
    }
    nx_buf_addc(out, ')');
}

/* The client's, which the database knows nothing of. */
static bool add_client_default(const nx_pull_column *column, nx_buf *out) {
    const nx_psl_value *value = nx_pull_client_default(column);
    if (value) {
        nx_buf_adds(out, "@default(");
        nx_pull_value(value, out);
        nx_buf_addc(out, ')');
    }
    return value != NULL;
}

bool nx_pull_default(const nx_pull_schema *pull, const nx_pull_column *column, nx_buf *out) {
    bool integer = column->family == NX_PULL_INT || column->family == NX_PULL_BIGINT;
    const char *expression = column->expression;
    if (column->identity && integer) {
        nx_buf_adds(out, "@default(autoincrement())");
        return true;
    }
    if (!expression || strncmp(expression + strspn(expression, " "), "NULL", 4) == 0) {
        return add_client_default(column, out);
    }
    tokens t = nx_pull_tokens_of(pull->arena, expression);
    nx_buf value = NX_BUF;
    nx_buf_adds(out, "@default(");
    if (read_value(column, &t, &value)) {
        nx_buf_adds(out, value.data);
    } else {
        add_generated(expression, out);
    }
    nx_buf_addc(out, ')');
    nx_buf_free(&value);
    return true;
}
