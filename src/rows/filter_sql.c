#include "filter_tree.h"

#include <stdlib.h>
#include <string.h>

#define C_COLLATION " COLLATE pg_catalog.\"C\""

/* --- what is compared ------------------------------------------------------------------------------------------- */

static void column(const filter_node *n, const char *alias, nx_sql *sql) { nx_sql_column(sql, alias, n->field->name); }

/* col::jsonb #> or #>> the path */
static void json_path(const filter_node *n, const char *alias, bool text, nx_sql *sql) {
    nx_sql_add(sql, "(");
    column(n, alias, sql);
    nx_sql_add(sql, text ? "::pg_catalog.jsonb OPERATOR(pg_catalog.#>>) ARRAY[" : "::pg_catalog.jsonb OPERATOR(pg_catalog.#>) ARRAY[");
    for (int i = 0; i < n->npath; i++) {
        nx_sql_add(sql, i ? ", " : "");
        nx_sql_param(sql, nx_value_of(n->path[i]), "pg_catalog.text");
    }
    nx_sql_add(sql, "])");
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
    nx_sql_add(sql, v->kind == VALUE_NOW ? "(pg_catalog.now()" : "(CURRENT_DATE::pg_catalog.timestamp");
    if (v->sign) {
        nx_sql_add(sql, v->sign == '-' ? " OPERATOR(pg_catalog.-) " : " OPERATOR(pg_catalog.+) ");
        nx_sql_param(sql, nx_value_of(v->interval), "pg_catalog.interval");
    }
    nx_sql_add(sql, ")::");
    nx_sql_add(sql, cast);
}

/* --- comparisons -------------------------------------------------------------------------------------------------- */

static const char *const plain_ops[] = {
    [OP_EQ] = "OPERATOR(pg_catalog.=)", [OP_NE] = "OPERATOR(pg_catalog.<>)", [OP_LT] = "OPERATOR(pg_catalog.<)",
    [OP_LE] = "OPERATOR(pg_catalog.<=)", [OP_GT] = "OPERATOR(pg_catalog.>)", [OP_GE] = "OPERATOR(pg_catalog.>=)",
};

/* A bare number, true or false is compared as JSON; anything else as text. */
static bool json_scalar(const filter_value *v) {
    if (!v->bare || v->kind != VALUE_TEXT) {
        return false;
    }
    char *end;
    strtod(v->text, &end);
    bool number = end != v->text && !*end && strspn(v->text, "-0123456789.eE+") == strlen(v->text);
    return number || strcmp(v->text, "true") == 0 || strcmp(v->text, "false") == 0;
}

static void compare_path(const filter_node *n, filter_op op, const filter_value *v, const char *alias, nx_sql *sql) {
    bool scalar = json_scalar(v);
    json_path(n, alias, !scalar, sql);
    nx_sql_add(sql, scalar ? " " : C_COLLATION " ");
    nx_sql_add(sql, plain_ops[op]);
    nx_sql_add(sql, " ");
    value(v, scalar ? "pg_catalog.jsonb" : "pg_catalog.text", sql);
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

static void compare(const filter_node *n, filter_op op, const filter_value *v, const char *alias, nx_sql *sql) {
    if (n->npath) {
        compare_path(n, op, v, alias, sql);
        return;
    }
    if (!n->field->sortable) { /* no equality, or one that is not what it says: the text decides */
        column(n, alias, sql);
        nx_sql_add(sql, "::pg_catalog.text" C_COLLATION " ");
        nx_sql_add(sql, plain_ops[op]);
        nx_sql_add(sql, " ");
        value(v, "pg_catalog.text", sql);
        return;
    }
    /* NOT (a = b) is SQL's <> for every type: NULL stays NULL. */
    nx_sql_add(sql, op == OP_NE ? "NOT (" : "");
    column(n, alias, sql);
    nx_sql_add(sql, " ");
    nx_sql_add(sql, own_op(n->field, op));
    nx_sql_add(sql, " ");
    value(v, n->field->cast, sql);
    nx_sql_add(sql, op == OP_NE ? ")" : "");
}

static void in_list(const filter_node *n, const char *alias, nx_sql *sql) {
    if (n->nvalues == 0) {
        nx_sql_add(sql, "false");
        return;
    }
    for (int i = 0; i < n->nvalues; i++) {
        nx_sql_add(sql, i ? " OR " : "(");
        compare(n, OP_EQ, &n->values[i], alias, sql);
    }
    nx_sql_add(sql, ")");
}

/* --- texts --------------------------------------------------------------------------------------------------------- */

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

static void text_test(const filter_node *n, const char *alias, nx_sql *sql) {
    nx_buf pattern = NX_BUF;
    nx_buf_adds(&pattern, text_ops[n->op].before ? "%" : "");
    for (const char *p = n->values[0].text; *p; p++) {
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

/* --- lists and JSON --------------------------------------------------------------------------------------------------- */

static void list_test(const filter_node *n, const char *alias, nx_sql *sql) {
    if (n->op == OP_IS_EMPTY) {
        nx_sql_add(sql, "pg_catalog.cardinality(");
        column(n, alias, sql);
        nx_sql_add(sql, ") OPERATOR(pg_catalog.=) 0");
        return;
    }
    column(n, alias, sql);
    nx_sql_add(sql, n->op == OP_HAS_SOME ? " OPERATOR(pg_catalog.&&) ARRAY[" : " OPERATOR(pg_catalog.@>) ARRAY[");
    for (int i = 0; i < n->nvalues; i++) {
        nx_sql_add(sql, i ? ", " : "");
        nx_sql_param(sql, nx_value_of(n->values[i].text), n->field->element_cast);
    }
    nx_sql_add(sql, "]::");
    nx_sql_add(sql, n->field->cast);
}

static void test(const filter_node *n, const char *alias, nx_sql *sql) {
    switch (n->op) {
    case OP_EQ: case OP_NE: case OP_LT: case OP_LE: case OP_GT: case OP_GE: compare(n, n->op, &n->values[0], alias, sql); return;
    case OP_IN: in_list(n, alias, sql); return;
    case OP_BETWEEN:
        compare(n, OP_GE, &n->values[0], alias, sql);
        nx_sql_add(sql, " AND ");
        compare(n, OP_LE, &n->values[1], alias, sql);
        return;
    case OP_IS_NULL:
        if (n->npath) {
            json_path(n, alias, true, sql);
        } else {
            column(n, alias, sql);
        }
        nx_sql_add(sql, n->field->composite ? " IS NOT DISTINCT FROM NULL" : " IS NULL");
        return;
    case OP_HAS: case OP_HAS_SOME: case OP_HAS_EVERY: case OP_IS_EMPTY: list_test(n, alias, sql); return;
    case OP_KEY:
        column(n, alias, sql);
        nx_sql_add(sql, "::pg_catalog.jsonb OPERATOR(pg_catalog.?) ");
        nx_sql_param(sql, nx_value_of(n->values[0].text), "pg_catalog.text");
        return;
    default: text_test(n, alias, sql); return;
    }
}

static void write(const filter_node *n, const char *alias, nx_sql *sql) {
    nx_sql_add(sql, "(");
    switch (n->kind) {
    case NODE_TEST: test(n, alias, sql); break;
    case NODE_NOT:
        nx_sql_add(sql, "NOT ");
        write(n->left, alias, sql);
        break;
    case NODE_AND:
    case NODE_OR:
        write(n->left, alias, sql);
        nx_sql_add(sql, n->kind == NODE_AND ? " AND " : " OR ");
        write(n->right, alias, sql);
        break;
    }
    nx_sql_add(sql, ")");
}

void nx_filter_sql(const nx_filter *filter, const char *alias, nx_sql *sql) {
    if (filter->root) {
        write(filter->root, alias, sql);
    } else {
        nx_sql_add(sql, "(true)");
    }
}
