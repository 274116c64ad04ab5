#include "related.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool nx_related_to_one(const nx_relation *relation) { return relation->kind == NX_TO_ONE || relation->one_to_one; }

static bool is_called(const nx_relation *r, const char *name) {
    return strcasecmp(r->name, name) == 0 || strcasecmp(r->plain_name, name) == 0;
}

const nx_relation *nx_relation_named(const nx_model *model, const char *name) {
    const nx_relation *found = NULL, *plain = NULL;
    int alike = 0;
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *r = model->relations[i];
        if (strcmp(r->name, name) == 0) {
            return r;
        }
        plain = strcmp(r->plain_name, name) == 0 ? r : plain;
        if (is_called(r, name)) {
            found = r;
            alike++;
        }
    }
    return plain ? plain : alike == 1 ? found : NULL;
}

nx_related_names nx_related_below(const char *alias) {
    int depth = alias[0] == 'r' ? atoi(alias + 1) + 1 : 1;
    nx_related_names n;
    snprintf(n.related, sizeof n.related, "r%d", depth);
    snprintf(n.joined, sizeof n.joined, "j%d", depth);
    return n;
}

/* Columns compare with the operator of the side whose field is known. */
static void add_pair(nx_sql *sql, const char *left, const char *column, const char *right, const char *other,
                     const nx_field *known) {
    nx_sql_column(sql, left, column);
    nx_sql_addf(sql, " %s ", known && known->op_eq ? known->op_eq : "OPERATOR(pg_catalog.=)");
    nx_sql_column(sql, right, other);
}

void nx_related_from(const nx_relation *r, const char *alias, const nx_related_names *n, bool need_target, nx_sql *sql) {
    bool many = r->kind == NX_MANY_TO_MANY;
    nx_sql_add(sql, " FROM ");
    if (many) {
        nx_sql_name(sql, r->through->schema, r->through->name);
        nx_sql_addf(sql, " %s", n->joined);
    }
    if (!many || need_target) {
        nx_sql_add(sql, many ? ", " : "");
        nx_sql_name(sql, r->target->schema, r->target->name);
        nx_sql_addf(sql, " %s", n->related);
    }
    nx_sql_add(sql, " WHERE ");
    for (int i = 0; i < r->nfields; i++) {
        const nx_field *here = nx_model_field(r->model, r->fields[i]);
        nx_sql_add(sql, i ? " AND " : "");
        add_pair(sql, many ? n->joined : n->related, many ? r->through_fields[i] : r->references[i], alias, r->fields[i],
                 here);
        if (many && need_target) {
            nx_sql_add(sql, " AND ");
            add_pair(sql, n->related, r->references[i], n->joined, r->through_references[i],
                     nx_model_field(r->target, r->references[i]));
        }
    }
}
