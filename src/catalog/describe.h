/* describe.h - one model described, with the models that it references.
 *
 * Each part is one statement of the trip, whose first column is the model's oid and by which its rows
 * are ordered, and one function that reads the rows of one model into it. */
#ifndef NIXIE_CATALOG_DESCRIBE_H
#define NIXIE_CATALOG_DESCRIBE_H

#include "model.h"
#include "query.h"

/* What a model's parts need of each other while they are read; gone when the trip is over. */
typedef struct nx_draft {
    nx_catalog *catalog;
    nx_model *model;
    const nx_type **types; /* of the fields, by index */
    uint32_t *collations;
    bool whole_readable; /* SELECT on the table itself: needed for ctid and xmin */
    bool tuples;         /* rows have a tuple id that means something */
    bool foreign_child;  /* an inheritance child is a foreign table */
    bool may_insert, may_update, may_delete; /* by privilege */
    int updatable;                           /* pg_relation_is_updatable */
} nx_draft;

/* Rows from..to-1 of the result are the draft's model's. */
typedef void nx_draft_reader(nx_draft *draft, const nx_result *r, int from, int to);

/* One of the models to describe: a setting that the first statement of a description made, until its transaction ends. */
#define PICKED EQ "ANY (pg_catalog.current_setting('nixie.models')::pg_catalog.oid[])"
/* A foreign key to a partitioned table has copies that point at its partitions. */
#define NO_COPY(k)                                                                                   \
    "NOT EXISTS (SELECT FROM pg_catalog.pg_constraint up WHERE up.oid" EQ k ".conparentid"           \
    " AND up.confrelid" OP("<>") k ".confrelid)"

extern const char nx_relation_sql[], nx_types_sql[], nx_fields_sql[], nx_indexes_sql[], nx_view_keys_sql[],
    nx_foreign_keys_sql[], nx_checks_sql[], nx_policies_sql[];

nx_draft_reader nx_read_relation, nx_read_fields, nx_read_indexes, nx_read_view_keys, nx_read_foreign_keys,
    nx_read_checks, nx_read_policies;
bool nx_fields_are(const nx_model *model, const nx_result *r, int from, int to); /* as they were when it was described */
void nx_read_types(nx_catalog *catalog, const nx_result *r);

/* "OPERATOR(pg_catalog.<)" goes into statements as it stands: the text when it is that and nothing more, else NULL. */
const char *nx_operator_text(const char *text);

/* Chooses how a record is addressed, and says whether and why not it can be edited. */
void nx_draft_conclude(nx_draft *draft);

nx_field *nx_draft_field(const nx_draft *draft, int64_t number); /* by attnum; NULL when there is none */
/* The numbers in "1 2 3" or "{1,2,3}", at most max. Returns how many. */
int nx_numbers(const char *text, int64_t *numbers, int max);
const char *nx_draft_text(const nx_draft *draft, const nx_result *r, int row, int column); /* a copy, or NULL */
const char *nx_draft_name(const nx_draft *draft, const nx_result *r, int row, int column); /* kept once; "" for NULL */
uint32_t nx_result_oid(const nx_result *r, int row, int column);
char nx_result_char(const nx_result *r, int row, int column); /* 0 for NULL and "" */

/* An index can have at most this many columns (INDEX_MAX_KEYS is 32; builds may raise it). */
enum { NX_KEY_COLUMNS_MAX = 128 };

#endif
