/* related.h - from a row to the records that a relation leads to, in SQL; private to this room. */
#ifndef NIXIE_ROWS_RELATED_H
#define NIXIE_ROWS_RELATED_H

#include "nixie/catalog.h"

/* Aliases go by depth: scopes nest, so the records beside each other may share theirs. */
typedef struct nx_related_names {
    char related[16], joined[16];
} nx_related_names;
nx_related_names nx_related_below(const char *alias);

/* By its name, or the one it has without a schema laid over: exactly, else in any case where that is one only; NULL when there is none. */
const nx_relation *nx_relation_named(const nx_model *model, const char *name);

/* At most one record on the other side. */
bool nx_related_to_one(const nx_relation *relation);

/* Appends " FROM ... WHERE ...": the related records, or for many-to-many without `need_target` only the rows that join to
 * them, which belong to the row `alias`. */
void nx_related_from(const nx_relation *relation, const char *alias, const nx_related_names *names, bool need_target,
                     nx_sql *sql);

/* Is the other side indexed, or known to have no more than `small` rows, and can it be read? For to-many relations. */
bool nx_related_affordable(const nx_relation *relation, int64_t small);

/* What a filter or an order needs of the catalog and is not here yet. */
typedef struct nx_lack {
    nx_model *model; /* to be described; NULL: nothing */
    bool graph;      /* relations are to be loaded */
} nx_lack;

#endif
