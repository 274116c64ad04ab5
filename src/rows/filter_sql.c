#include "filter_tree.h"

#include <string.h>

#define C_COLLATION " COLLATE pg_catalog.\"C\""

/* --- what is compared --------------------------------------------------------------------------- */

static void column(const filter_node *n, const char *alias, nx_sql *sql) { nx_sql_column(sql, alias, n->field->name); }

/* The JSON value at the path, as text or as jsonb. */
static void json_path(const filter_node *n, const char *alias, bool text, nx_sql *sql) {
    nx_sql_add(sql, "(");
    column(n, alias, sql);
    nx_sql_add(sql, "::pg_catalog.jsonb");
    for (int i = 0; i < n->npath; i++) {
        nx_sql_add(sql, i ? ", " : text ? " OPERATOR(pg_catalog.#>>) ARRAY[" : " OPERATOR(pg_catalog.#>) ARRAY[");
        nx_sql_param(sql, nx_value_of(n->path[i]), "pg_catalog.text");
    }
    nx_sql_add(sql, n->npath ? "])" : ")");
}

static void as_text(const filter_node *n, const char *alias, nx_sql *sql) {
    if (n->npath) {
        json_path(n, alias, true, sql);
        return;
    }
    column(n, alias, sql);
    nx_sql_add(sql, "::pg_catalog.text");
    if (n->field->nondeterministic) {
        nx_sql_add(sql, C_COLLATION);
    }
}

static void value(const filter_value *v, const char *cast, nx_sql *sql) {
    if (v->kind == VALUE_TEXT) {
        nx_sql_param(sql, nx_value_of(v->text), cast);
        return;
    }
    /* With its zone: timestamptz is what every other type of time can be made of. */
    nx_sql_add(sql, v->kind == VALUE_NOW ? "(pg_catalog.now()" : "(CURRENT_DATE::pg_catalog.timestamptz");
    if (v->sign) {
        nx_sql_add(sql, v->sign == '-' ? " OPERATOR(pg_catalog.-) " : " OPERATOR(pg_catalog.+) ");
        nx_sql_param(sql, nx_value_of(v->interval), "pg_catalog.interval");
    }
    nx_sql_add(sql, ")::");
    nx_sql_add(sql, cast);
}

/* --- comparisons -------------------------------------------------------------------------------- */

const char *const nx_filter_plain_ops[] = {
    [OP_EQ] = " OPERATOR(pg_catalog.=) ",  [OP_NE] = " OPERATOR(pg_catalog.<>) ", [OP_LT] = " OPERATOR(pg_catalog.<) ",
    [OP_LE] = " OPERATOR(pg_catalog.<=) ", [OP_GT] = " OPERATOR(pg_catalog.>) ",  [OP_GE] = " OPERATOR(pg_catalog.>=) ",
};

static size_t digits(const char *s) { return strspn(s, "0123456789"); }

/* RFC 8259: what jsonb accepts as a number. */
static bool is_json_number(const char *s) {
    s += *s == '-';
    size_t whole = digits(s);
    if (whole == 0 || (*s == '0' && whole > 1)) {
        return false;
    }
    s += whole;
    if (*s == '.') {
        if (digits(++s) == 0) {
            return false;
        }
        s += digits(s);
    }
    if (*s == 'e' || *s == 'E') {
        s++;
        s += *s == '-' || *s == '+';
        return digits(s) > 0 && !s[digits(s)];
    }
    return !*s;
}

/* A bare number, true or false is compared as JSON, so that 10 is more than 9; anything else as text. */
static const char *json_kind(const filter_value *v) {
    if (!v->bare) {
        return NULL;
    }
    if (strcmp(v->text, "true") == 0 || strcmp(v->text, "false") == 0) {
        return "'boolean'";
    }
    return is_json_number(v->text) ? "'number'" : NULL;
}

static void compare_path(const filter_node *n, filter_op op, const filter_value *v, const char *alias, nx_sql *sql) {
    const char *kind = json_kind(v);
    bool ordered = kind && op != OP_EQ && op != OP_NE;
    if (ordered) { /* jsonb has an order between kinds too: texts, say, stand before all numbers */
        nx_sql_add(sql, "(pg_catalog.jsonb_typeof(");
        json_path(n, alias, false, sql);
        nx_sql_add(sql, ") OPERATOR(pg_catalog.=) ");
        nx_sql_add(sql, kind);
        nx_sql_add(sql, " AND ");
    }
    json_path(n, alias, !kind, sql);
    nx_sql_add(sql, kind ? "" : C_COLLATION);
    nx_sql_add(sql, nx_filter_plain_ops[op]);
    value(v, kind ? "pg_catalog.jsonb" : "pg_catalog.text", sql);
    nx_sql_add(sql, ordered ? ")" : "");
}

static const char *own_op(const nx_field *f, filter_op op) {
    switch (op) {
    case OP_LT: return f->op_lt;
    case OP_LE: return f->op_le;
    case OP_GT: return f->op_gt;
    case OP_GE: return f->op_ge;
    default: return f->op_eq;
    }
}

/* The column and the operator; the type that the other side has is returned. */
static const char *left_side(const filter_node *n, filter_op op, const char *alias, nx_sql *sql) {
    column(n, alias, sql);
    if (!n->field->sortable) { /* no equality, or one that is not what it says: the text decides */
        nx_sql_add(sql, "::pg_catalog.text" C_COLLATION);
        nx_sql_add(sql, nx_filter_plain_ops[OP_EQ]);
        return "pg_catalog.text";
    }
    nx_sql_add(sql, " ");
    nx_sql_add(sql, own_op(n->field, op));
    nx_sql_add(sql, " ");
    return n->field->cast;
}

static void compare(const filter_node *n, filter_op op, const filter_value *v, const char *alias, nx_sql *sql) {
    if (n->npath) {
        compare_path(n, op, v, alias, sql);
        return;
    }
    /* NOT (a = b) is SQL's <> for every type: NULL stays NULL. */
    nx_sql_add(sql, op == OP_NE ? "NOT (" : "");
    value(v, left_side(n, op, alias, sql), sql);
    nx_sql_add(sql, op == OP_NE ? ")" : "");
}

/* = ANY (ARRAY[...]) can use an index and keep its order. An array of arrays would be taken for one of
 * their elements, and paths differ in type from value to value: those are joined by OR. */
static void in_list(const filter_node *n, const char *alias, nx_sql *sql) {
    bool any = !n->npath && n->field->class != NX_TYPE_ARRAY;
    if (n->nvalues == 0) {
        nx_sql_add(sql, "false");
        return;
    }
    const char *cast = any ? left_side(n, OP_EQ, alias, sql) : NULL;
    nx_sql_add(sql, any ? "ANY (ARRAY[" : "");
    for (int i = 0; i < n->nvalues; i++) {
        if (any) {
            nx_sql_add(sql, i ? ", " : "");
            value(&n->values[i], cast, sql);
        } else {
            nx_sql_add(sql, i ? " OR " : "");
            compare(n, OP_EQ, &n->values[i], alias, sql);
        }
    }
    nx_sql_add(sql, any ? "])" : "");
}

/* --- texts -------------------------------------------------------------------------------------- */

static const struct {
    const char *op;
    bool before, after, escape; /* %value%, and are % _ \ literal? */
} text_ops[] = {
    [OP_IEQ] = {"~~*", false, false, true},     [OP_CONTAINS] = {"~~", true, true, true},
    [OP_STARTS] = {"~~", false, true, true},    [OP_ENDS] = {"~~", true, false, true},
    [OP_MATCHES] = {"~", false, false, false},  [OP_LIKE] = {"~~", false, false, false},
    [OP_ICONTAINS] = {"~~*", true, true, true}, [OP_ISTARTS] = {"~~*", false, true, true},
    [OP_IENDS] = {"~~*", true, false, true},    [OP_IMATCHES] = {"~*", false, false, false},
    [OP_ILIKE] = {"~~*", false, false, false},
};

/* Text operators take what was typed, also where the field has moments: now and today are words to them. */
static const char *typed(const filter_value *v) {
    return v->kind == VALUE_NOW ? "now" : v->kind == VALUE_TODAY ? "today" : v->text;
}

static void text_test(const filter_node *n, const char *alias, nx_sql *sql) {
    nx_buf pattern = NX_BUF;
    nx_buf_adds(&pattern, text_ops[n->op].before ? "%" : "");
    for (const char *p = typed(&n->values[0]); *p; p++) {
        if (text_ops[n->op].escape && strchr("%_\\", *p)) {
            nx_buf_addc(&pattern, '\\');
        }
        nx_buf_addc(&pattern, *p);
    }
    nx_buf_adds(&pattern, text_ops[n->op].after ? "%" : "");
    as_text(n, alias, sql);
    nx_sql_add(sql, " OPERATOR(pg_catalog.");
    nx_sql_add(sql, text_ops[n->op].op);
    nx_sql_add(sql, ") ");
    nx_sql_param(sql, (nx_value){pattern.data, pattern.len}, "pg_catalog.text");
    nx_buf_free(&pattern);
}

/* --- lists and JSON ----------------------------------------------------------------------------- */

/* Lists whose elements have no equality (of json, points) compare the elements' texts. */
static void list_test(const filter_node *n, const char *alias, nx_sql *sql) {
    bool own = n->field->sortable;
    if (n->op == OP_IS_EMPTY) {
        nx_sql_add(sql, "pg_catalog.cardinality(");
        column(n, alias, sql);
        nx_sql_add(sql, ") OPERATOR(pg_catalog.=) 0");
        return;
    }
    column(n, alias, sql);
    nx_sql_add(sql, own ? "" : "::pg_catalog.text[]" C_COLLATION);
    nx_sql_add(sql, n->op == OP_HAS_SOME ? " OPERATOR(pg_catalog.&&) ARRAY[" : " OPERATOR(pg_catalog.@>) ARRAY[");
    for (int i = 0; i < n->nvalues; i++) {
        nx_sql_add(sql, i ? ", " : "");
        nx_sql_param(sql, nx_value_of(n->values[i].text), own ? n->field->element_cast : "pg_catalog.text");
    }
    nx_sql_add(sql, "]::");
    nx_sql_add(sql, own ? n->field->cast : "pg_catalog.text[]");
}

static void null_test(const filter_node *n, const char *alias, nx_sql *sql) {
    if (n->npath) {
        json_path(n, alias, true, sql);
    } else {
        column(n, alias, sql);
    }
    nx_sql_add(sql, n->field->composite ? " IS NOT DISTINCT FROM NULL" : " IS NULL");
}

static void key_test(const filter_node *n, const char *alias, nx_sql *sql) {
    json_path(n, alias, false, sql);
    nx_sql_add(sql, " OPERATOR(pg_catalog.?) ");
    nx_sql_param(sql, nx_value_of(n->values[0].text), "pg_catalog.text");
}

/* --- the tree ----------------------------------------------------------------------------------- */

static void test(const filter_node *n, const char *alias, nx_sql *sql) {
    switch (n->op) {
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: compare(n, n->op, &n->values[0], alias, sql); return;
    case OP_BETWEEN:
        compare(n, OP_GE, &n->values[0], alias, sql);
        nx_sql_add(sql, " AND ");
        compare(n, OP_LE, &n->values[1], alias, sql);
        return;
    case OP_IN: in_list(n, alias, sql); return;
    case OP_IS_NULL: null_test(n, alias, sql); return;
    case OP_HAS:
    case OP_HAS_SOME:
    case OP_HAS_EVERY:
    case OP_IS_EMPTY: list_test(n, alias, sql); return;
    case OP_KEY: key_test(n, alias, sql); return;
    default: text_test(n, alias, sql); return;
    }
}

void nx_filter_write(const filter_node *n, const char *alias, nx_sql *sql) {
    nx_sql_add(sql, n->kind == NODE_NOT ? "(NOT " : "(");
    if (n->kind == NODE_TEST) {
        test(n, alias, sql);
    } else if (n->kind == NODE_RELATION) {
        nx_filter_relation_sql(n, alias, sql);
    }
    for (const filter_node *part = n->kind == NODE_RELATION ? NULL : n->first; part; part = part->next) {
        nx_filter_write(part, alias, sql);
        nx_sql_add(sql, part->next ? (n->kind == NODE_AND ? " AND " : " OR ") : "");
    }
    nx_sql_add(sql, ")");
}

void nx_filter_sql(const nx_filter *filter, const char *alias, nx_sql *sql) {
    if (filter->root) {
        nx_filter_write(filter->root, alias, sql);
    } else {
        nx_sql_add(sql, "(true)");
    }
}
