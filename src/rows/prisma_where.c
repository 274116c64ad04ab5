/* Filters as Prisma Client's `where` (Prisma docs, "Filtering and sorting", "Relation queries"). What it has no words
 * for is left as a comment, so that nothing is lost in silence. */
#include "prisma_text.h"

#include <string.h>

#include "nixie/json.h"

static void add_node(nx_buf *out, const filter_node *node) {
    nx_buf_adds(out, "{ ");
    nx_prisma_members(out, node);
    nx_buf_adds(out, " }");
}

/* --- what cannot be said ------------------------------------------------------------------------------------- */

static const char *op_word(filter_op op) {
    for (int i = 0; i < nx_filter_nops; i++) {
        if (nx_filter_ops[i].op == op) {
            return nx_filter_ops[i].word;
        }
    }
    return op == OP_IN ? "in" : op == OP_BETWEEN ? "between" : "is null";
}

/* Text from outside must not end the comment. */
static void add_guarded(nx_buf *out, const char *text) {
    for (const char *p = text; *p; p++) {
        nx_buf_addc(out, *p == '\n' || *p == '\r' ? ' ' : *p);
        nx_buf_adds(out, *p == '*' && p[1] == '/' ? " " : "");
    }
}

static void add_comment(nx_buf *out, const filter_node *n) {
    nx_buf_adds(out, "/* not in Prisma Client: ");
    add_guarded(out, n->relation ? n->relation->name : nx_field_title(n->field));
    nx_buf_adds(out, n->relation ? ".count" : "");
    for (int i = 0; i < n->npath; i++) {
        nx_buf_adds(out, ".");
        add_guarded(out, n->path[i]);
    }
    nx_buf_addf(out, " %s", op_word(n->op));
    for (int i = 0; i < n->nvalues; i++) {
        nx_buf_adds(out, i ? ", " : " ");
        add_guarded(out, n->values[i].kind == VALUE_TEXT ? n->values[i].text : n->values[i].kind == VALUE_NOW ? "now" : "today");
    }
    nx_buf_adds(out, " */");
}

/* --- tests of a field ------------------------------------------------------------------------------------------ */

typedef struct prisma_word {
    const char *word;
    bool insensitive, text, list;
} prisma_word;

static const prisma_word words[] = {
    [OP_EQ] = {.word = "equals"},          [OP_NE] = {.word = "not"},
    [OP_LT] = {.word = "lt"},              [OP_LE] = {.word = "lte"},
    [OP_GT] = {.word = "gt"},              [OP_GE] = {.word = "gte"},
    [OP_IEQ] = {.word = "equals", .insensitive = true, .text = true},
    [OP_CONTAINS] = {.word = "contains", .text = true},
    [OP_STARTS] = {.word = "startsWith", .text = true},
    [OP_ENDS] = {.word = "endsWith", .text = true},
    [OP_ICONTAINS] = {.word = "contains", .insensitive = true, .text = true},
    [OP_ISTARTS] = {.word = "startsWith", .insensitive = true, .text = true},
    [OP_IENDS] = {.word = "endsWith", .insensitive = true, .text = true},
    [OP_HAS] = {.word = "has"},            [OP_HAS_SOME] = {.word = "hasSome", .list = true},
    [OP_HAS_EVERY] = {.word = "hasEvery", .list = true},
    [OP_IN] = {.word = "in", .list = true},
};

static const prisma_word *word_of(const filter_node *n) {
    const prisma_word *w = (size_t)n->op < NX_COUNT(words) && words[n->op].word ? &words[n->op] : NULL;
    return w && w->text && !n->npath && n->field->class != NX_TYPE_TEXT ? NULL : w;
}

static void add_list(nx_buf *out, const filter_node *n) {
    nx_buf_adds(out, "[");
    for (int i = 0; i < n->nvalues; i++) {
        nx_buf_adds(out, i ? ", " : "");
        nx_prisma_value(out, n->field, &n->values[i]);
    }
    nx_buf_adds(out, "]");
}

/* meta: { path: ["address", "city"], equals: "Oslo" } */
static bool add_json_test(nx_buf *out, const filter_node *n) {
    static const char *const json[] = {[OP_EQ] = "equals", [OP_NE] = "not", [OP_LT] = "lt", [OP_LE] = "lte", [OP_GT] = "gt",
                                       [OP_GE] = "gte", [OP_CONTAINS] = "string_contains",
                                       [OP_STARTS] = "string_starts_with", [OP_ENDS] = "string_ends_with"};
    const char *word = (size_t)n->op < NX_COUNT(json) ? json[n->op] : NULL;
    if (!word || n->nvalues != 1 || n->values[0].kind != VALUE_TEXT) {
        return false;
    }
    nx_prisma_name(out, nx_field_title(n->field));
    nx_buf_adds(out, ": { path: [");
    for (int i = 0; i < n->npath; i++) {
        nx_buf_adds(out, i ? ", " : "");
        nx_json_cstring(out, n->path[i]);
    }
    nx_buf_addf(out, "], %s: ", word);
    if (n->values[0].bare) {
        nx_buf_adds(out, n->values[0].text); /* a number, true or false */
    } else {
        nx_json_cstring(out, n->values[0].text);
    }
    nx_buf_adds(out, " }");
    return true;
}

static bool add_known(nx_buf *out, const filter_node *n) {
    const prisma_word *w = word_of(n);
    if (n->npath) {
        return add_json_test(out, n);
    }
    if (!w && n->op != OP_BETWEEN && n->op != OP_IS_NULL && n->op != OP_IS_EMPTY) {
        return false;
    }
    nx_prisma_name(out, nx_field_title(n->field));
    nx_buf_adds(out, ": ");
    if (n->op == OP_IS_NULL) {
        nx_buf_adds(out, "null");
    } else if (n->op == OP_IS_EMPTY) {
        nx_buf_adds(out, "{ isEmpty: true }");
    } else if (n->op == OP_BETWEEN) {
        nx_buf_adds(out, "{ gte: ");
        nx_prisma_value(out, n->field, &n->values[0]);
        nx_buf_adds(out, ", lte: ");
        nx_prisma_value(out, n->field, &n->values[1]);
        nx_buf_adds(out, " }");
    } else if (n->op == OP_EQ) {
        nx_prisma_value(out, n->field, &n->values[0]);
    } else {
        nx_buf_addf(out, "{ %s: ", w->word);
        if (w->list) {
            add_list(out, n);
        } else {
            nx_prisma_value(out, n->field, &n->values[0]);
        }
        nx_buf_adds(out, w->insensitive ? ", mode: 'insensitive' }" : " }");
    }
    return true;
}

/* --- relations --------------------------------------------------------------------------------------------------- */

/* Prisma Client filters by no count, but by there being any. */
static const char *any_of(const filter_node *n) {
    const char *number = n->values[0].text;
    bool zero = strcmp(number, "0") == 0, one = strcmp(number, "1") == 0;
    if ((n->op == OP_GT && zero) || (n->op == OP_NE && zero) || (n->op == OP_GE && one)) {
        return "some";
    }
    return (n->op == OP_EQ && zero) || (n->op == OP_LT && one) || (n->op == OP_LE && zero) ? "none" : NULL;
}

static void add_relation(nx_buf *out, const filter_node *n) {
    bool one = nx_related_to_one(n->relation);
    static const char *const many_words[] = {[REL_SOME] = "some", [REL_NONE] = "none", [REL_EVERY] = "every", [REL_ABSENT] = "none"};
    const char *word = n->quantifier == REL_COUNT ? any_of(n) : many_words[n->quantifier];
    if (!word) {
        add_comment(out, n);
        return;
    }
    nx_prisma_name(out, n->relation->name);
    if (one && n->quantifier == REL_ABSENT) {
        nx_buf_adds(out, ": null");
        return;
    }
    if (one && !n->first && n->quantifier != REL_EVERY) {
        nx_buf_adds(out, n->quantifier == REL_NONE ? ": null" : ": { isNot: null }");
        return;
    }
    if (one && n->quantifier == REL_EVERY) { /* no record, or one like this */
        nx_buf_adds(out, ": { isNot: { NOT: ");
    } else {
        nx_buf_addf(out, ": { %s: ", !one ? word : n->quantifier == REL_NONE ? "isNot" : "is");
    }
    if (n->first) {
        add_node(out, n->first);
    } else {
        nx_buf_adds(out, "{}");
    }
    nx_buf_adds(out, one && n->quantifier == REL_EVERY ? " } }" : " }");
}

/* --- and, or, not -------------------------------------------------------------------------------------------------- */

static const char *member_of(const filter_node *n) {
    switch (n->kind) {
    case NODE_TEST: return nx_field_title(n->field);
    case NODE_RELATION: return n->relation->name;
    case NODE_OR: return "OR";
    case NODE_NOT: return "NOT";
    case NODE_AND: break;
    }
    return "AND";
}

/* An object has each member once. */
static bool all_different(const filter_node *first) {
    for (const filter_node *a = first; a; a = a->next) {
        for (const filter_node *b = a->next; b; b = b->next) {
            if (strcmp(member_of(a), member_of(b)) == 0) {
                return false;
            }
        }
    }
    return true;
}

static void add_nodes(nx_buf *out, const filter_node *first) {
    nx_buf_adds(out, "[");
    for (const filter_node *n = first; n; n = n->next) {
        nx_buf_adds(out, n == first ? "" : ", ");
        add_node(out, n);
    }
    nx_buf_adds(out, "]");
}

static void add_not(nx_buf *out, const filter_node *inner) {
    if (inner->kind == NODE_TEST && inner->op == OP_IS_NULL && !inner->npath) {
        nx_prisma_name(out, nx_field_title(inner->field));
        nx_buf_adds(out, ": { not: null }");
    } else if (inner->kind == NODE_TEST && inner->op == OP_IN && !inner->npath) {
        nx_prisma_name(out, nx_field_title(inner->field));
        nx_buf_adds(out, ": { notIn: ");
        add_list(out, inner);
        nx_buf_adds(out, " }");
    } else if (inner->kind == NODE_RELATION && inner->quantifier == REL_ABSENT) {
        nx_prisma_name(out, inner->relation->name);
        nx_buf_adds(out, nx_related_to_one(inner->relation) ? ": { isNot: null }" : ": { some: {} }");
    } else {
        nx_buf_adds(out, "NOT: ");
        add_node(out, inner);
    }
}

void nx_prisma_members(nx_buf *out, const filter_node *node) {
    switch (node->kind) {
    case NODE_TEST:
        if (!add_known(out, node)) {
            add_comment(out, node);
        }
        break;
    case NODE_RELATION: add_relation(out, node); break;
    case NODE_NOT: add_not(out, node->first); break;
    case NODE_OR:
        nx_buf_adds(out, "OR: ");
        add_nodes(out, node->first);
        break;
    case NODE_AND:
        if (all_different(node->first)) {
            for (const filter_node *n = node->first; n; n = n->next) {
                nx_buf_adds(out, n == node->first ? "" : ", ");
                nx_prisma_members(out, n);
            }
        } else {
            nx_buf_adds(out, "AND: ");
            add_nodes(out, node->first);
        }
        break;
    }
}
