/* Expressions, argument lists and attributes. */
#include "parse.h"

#include <string.h>

#include "nixie/json.h"

static nx_psl_value *new_value(nx_psl *p, nx_psl_kind kind) {
    nx_psl_value *value = nx_arena_alloc(p->arena, sizeof *value);
    *value = (nx_psl_value){.kind = kind, .text = "", .place = nx_psl_here(p)};
    return value;
}

/* Past the closing quote of a string that begins at `at`; NULL when its line ends before. */
static const char *string_end(const char *at, const char *end) {
    for (at++; at < end && *at != '\n' && *at != '\r'; at++) {
        if (*at == '"') {
            return at + 1;
        }
        if (*at == '\\' && at + 1 < end) {
            at++;
        }
    }
    return NULL;
}

/* JSON's escapes; a string that is not JSON's keeps them as written. */
static const char *unescape(nx_arena *arena, const char *quoted, size_t len) {
    nx_error err = NX_ERROR;
    nx_value *values;
    const char *array = nx_arena_printf(arena, "[%.*s]", (int)len, quoted);
    int n = memchr(quoted, '\\', len) ? nx_json_read_array(array, arena, &values, &err) : -1;
    nx_error_clear(&err);
    return n == 1 && values[0].text ? values[0].text : nx_arena_strndup(arena, quoted + 1, len - 2);
}

static const nx_psl_value *read_string(nx_psl *p) {
    nx_psl_value *value = new_value(p, NX_PSL_STRING);
    const char *end = string_end(p->at, p->end);
    if (!end) {
        nx_psl_wrong(p, value->place, "this text has no end: expected \" before the end of the line");
        return NULL;
    }
    value->text = unescape(p->arena, p->at, (size_t)(end - p->at));
    p->at = end;
    return value;
}

static const nx_psl_value *read_number(nx_psl *p) {
    nx_psl_value *value = new_value(p, NX_PSL_NUMBER);
    const char *from = p->at;
    p->at += *p->at == '-';
    size_t digits = 0;
    while (p->at < p->end && ((*p->at >= '0' && *p->at <= '9') || (digits && *p->at == '.'))) {
        p->at++;
        digits++;
    }
    if (!digits) {
        nx_psl_expected(p, "digits");
        return NULL;
    }
    value->text = nx_arena_strndup(p->arena, from, (size_t)(p->at - from));
    return value;
}

static const nx_psl_value *read_word(nx_psl *p) {
    nx_psl_value *value = new_value(p, NX_PSL_WORD);
    value->text = nx_psl_path(p);
    if (!value->text) {
        return NULL;
    }
    nx_psl_blanks(p);
    if (nx_psl_take(p, '(')) {
        value->kind = NX_PSL_CALL;
        return nx_psl_arguments(p, &value->args, &value->nargs) ? value : NULL;
    }
    return value;
}

static const nx_psl_value *read_list(nx_psl *p) {
    nx_psl_value *value = new_value(p, NX_PSL_LIST);
    nx_psl_list items = {.size = sizeof(nx_psl_arg)};
    p->at++;
    bool ok = true;
    for (nx_psl_space(p); ok && !nx_psl_take(p, ']'); nx_psl_space(p)) {
        nx_psl_arg item = {.value = nx_psl_expression(p)};
        nx_psl_list_add(&items, &item);
        nx_psl_space(p);
        ok = item.value && (nx_psl_take(p, ',') || nx_psl_peek(p) == ']' || nx_psl_expected(p, "\",\" or \"]\""));
    }
    value->args = nx_psl_list_done(&items, p->arena, &value->nargs);
    return ok && !nx_failed(p->err) ? value : NULL;
}

/* Conditions of partial indexes: kept as written, only balanced. */
static const nx_psl_value *read_object(nx_psl *p) {
    nx_psl_value *value = new_value(p, NX_PSL_OBJECT);
    const char *from = p->at;
    int depth = 0;
    do {
        nx_psl_space(p);
        char c = nx_psl_peek(p);
        if (p->at == p->end) {
            nx_psl_wrong(p, value->place, "this { has no end: expected }");
            return NULL;
        }
        const char *end = c == '"' ? string_end(p->at, p->end) : NULL;
        depth += c == '{' || c == '(' || c == '[' ? 1 : c == '}' || c == ')' || c == ']' ? -1 : 0;
        p->at = end ? end : p->at + 1;
    } while (depth > 0);
    value->text = nx_arena_strndup(p->arena, from, (size_t)(p->at - from));
    return value;
}

static const nx_psl_value *read_value(nx_psl *p) {
    char c = nx_psl_peek(p);
    if (c == '"') {
        return read_string(p);
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return read_number(p);
    }
    if (c == '[') {
        return read_list(p);
    }
    if (c == '{') {
        return read_object(p);
    }
    const nx_psl_value *word = read_word(p);
    if (!word) {
        nx_psl_expected(p, "a value");
    }
    return word;
}

const nx_psl_value *nx_psl_expression(nx_psl *p) {
    if (p->depth >= NX_PSL_DEPTH_MAX) {
        nx_psl_wrong(p, nx_psl_here(p), "nested more than %d deep", NX_PSL_DEPTH_MAX);
        return NULL;
    }
    p->depth++;
    const nx_psl_value *value = read_value(p);
    p->depth--;
    return value;
}

/* --- arguments ------------------------------------------------------------------------------------ */

/* "name:" before a value. Nothing is consumed where there is none. */
static const char *read_label(nx_psl *p) {
    nx_psl before = *p;
    const char *name = nx_psl_ident(p);
    nx_psl_blanks(p);
    if (name && nx_psl_take(p, ':')) {
        return name;
    }
    p->at = before.at;
    p->line = before.line;
    p->line_start = before.line_start;
    return NULL;
}

static bool read_argument(nx_psl *p, nx_psl_arg *arg) {
    arg->name = read_label(p);
    nx_psl_space(p);
    if (arg->name && (nx_psl_peek(p) == ',' || nx_psl_peek(p) == ')')) {
        return true;
    }
    arg->value = nx_psl_expression(p);
    return arg->value != NULL;
}

/* Prisma wants an argument list on one line; where it is not, the parentheses say where it ends. */
bool nx_psl_arguments(nx_psl *p, const nx_psl_arg **args, int *count) {
    nx_psl_list items = {.size = sizeof(nx_psl_arg)};
    bool ok = true;
    for (nx_psl_space(p); ok && !nx_psl_take(p, ')'); nx_psl_space(p)) {
        nx_psl_arg arg = {.name = NULL};
        ok = read_argument(p, &arg);
        nx_psl_list_add(&items, &arg);
        nx_psl_space(p);
        ok = ok && (nx_psl_take(p, ',') || nx_psl_peek(p) == ')' || nx_psl_expected(p, "\",\" or \")\""));
    }
    *args = nx_psl_list_done(&items, p->arena, count);
    return ok && !nx_failed(p->err);
}

bool nx_psl_read_attribute(nx_psl *p, nx_psl_attribute *attribute) {
    *attribute = (nx_psl_attribute){.place = nx_psl_here(p)};
    attribute->name = nx_psl_path(p);
    if (!attribute->name) {
        return nx_psl_expected(p, "an attribute's name");
    }
    nx_psl_blanks(p);
    return !nx_psl_take(p, '(') || nx_psl_arguments(p, &attribute->args, &attribute->nargs);
}
