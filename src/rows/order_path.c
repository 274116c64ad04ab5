/* Orders over relations: a path of names resolved, and its value in SQL. */
#include "query.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool no_relation(const nx_model *model, const char *name, nx_lack *lack, nx_error *err) {
    lack->graph = !model->graph_known;
    nx_error_set(err, NX_ERR_NOT_FOUND, "%s has no relation \"%s\"", model->title, name);
    nx_error_hint(err, "its description shows what there is");
    return false;
}

static bool only_count(const nx_relation *r, nx_error *err) {
    nx_error_set(err, NX_ERR_USAGE, "%s leads to many records: an order can only use their number", r->name);
    nx_error_hint(err, "for example: %s.count desc", r->name);
    return false;
}

bool nx_order_resolve(const nx_model *model, char *const *names, int n, nx_order_term *term, nx_lack *lack, nx_error *err) {
    *lack = (nx_lack){0};
    if (n - 1 > NX_ORDER_PATH_MAX) {
        nx_error_set(err, NX_ERR_USAGE, "at most %d relations lead to a field of an order", NX_ORDER_PATH_MAX);
        return false;
    }
    for (int i = 0; i < n - 1; i++) {
        const nx_relation *r = nx_relation_named(model, names[i]);
        if (!r) {
            return no_relation(model, names[i], lack, err);
        }
        term->path[term->npath++] = r;
        term->count = i == n - 2 && !nx_related_to_one(r) && strcasecmp(names[n - 1], "count") == 0;
        if (term->count) {
            return true;
        }
        if (!nx_related_to_one(r)) {
            return only_count(r, err);
        }
        if (!r->target->described) {
            lack->model = r->target;
            nx_error_set(err, NX_ERR_NOT_FOUND, "%s is not described yet", r->target->title);
            return false;
        }
        model = r->target;
    }
    term->field = nx_model_find_field(model, names[n - 1], err);
    return term->field != NULL;
}

const char *nx_order_column(int term) {
    static const char *const names[] = {"nixie order 1",  "nixie order 2",  "nixie order 3",  "nixie order 4",
                                        "nixie order 5",  "nixie order 6",  "nixie order 7",  "nixie order 8",
                                        "nixie order 9",  "nixie order 10", "nixie order 11", "nixie order 12",
                                        "nixie order 13", "nixie order 14", "nixie order 15", "nixie order 16"};
    _Static_assert(NX_COUNT(names) == NX_ORDER_MAX, "one name for each term");
    return names[term];
}

static void add_step(const nx_order_term *term, int i, const char *alias, nx_sql *sql) {
    if (i == term->npath) {
        nx_sql_column(sql, alias, term->field->name);
        return;
    }
    nx_related_names below = nx_related_below(alias);
    bool count = term->count && i == term->npath - 1;
    nx_sql_add(sql, "(SELECT ");
    if (count) {
        nx_sql_add(sql, "pg_catalog.count(*)");
    } else {
        add_step(term, i + 1, below.related, sql);
    }
    nx_related_from(term->path[i], alias, &below, !count, sql);
    nx_sql_add(sql, count ? ")" : " LIMIT 1)");
}

void nx_order_value(const nx_order_term *term, const char *alias, nx_sql *sql) { add_step(term, 0, alias, sql); }
