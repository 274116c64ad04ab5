/* catalog.h - the models of a database, from pg_catalog alone.
 *
 * Three steps, each one trip or part of one, none growing with what is not looked at:
 *   1. the list (nx_catalog_load): every model's name, kind and row estimate;
 *   2. a model described (nx_catalog_describe): its fields, keys, indexes and foreign keys, together
 *      with those of the models it references (their labels are needed for its pages);
 *   3. the graph (nx_catalog_load_graph): every foreign key of the database once, after first
 *      paint; it gives the relations in both directions and the implicit many-to-many tables.
 *
 * A catalog is reference-counted. Models, fields and relations belong to it and stay where they
 * are until it is freed, also when more about them becomes known. To refresh, load a new catalog.
 * Names are the database's own, as raw text: sanitise before showing.
 *
 * A schema of the project's may be laid over the catalog (nixie/prisma.h). Then models and fields have
 * its names besides: people read nx_model.title, nx_field_title() and nx_relation.name, and type any of
 * both; SQL is made of nx_model.name and nx_field.name alone.
 */
#ifndef NIXIE_CATALOG_H
#define NIXIE_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "nixie/error.h"
#include "nixie/session.h"
#include "nixie/sql.h"
#include "nixie/trip.h"

typedef struct nx_catalog nx_catalog;
typedef struct nx_model nx_model;
typedef struct nx_field nx_field;
typedef struct nx_relation nx_relation;

typedef enum nx_model_kind {
    NX_KIND_TABLE,
    NX_KIND_PARTITIONED,
    NX_KIND_VIEW,
    NX_KIND_MATVIEW,
    NX_KIND_FOREIGN
} nx_model_kind;
/* "table", "partitioned table", "view", "materialized view", "foreign table" */
const char *nx_model_kind_name(nx_model_kind kind);

/* How one record is addressed, best first. */
typedef enum nx_identity_kind {
    NX_IDENTITY_PRIMARY, /* the primary key */
    NX_IDENTITY_UNIQUE,  /* a unique, immediate, valid, whole index over NOT NULL fields; for an
                            updatable view: its base table's key where the view exposes it whole */
    NX_IDENTITY_TUPLE,   /* tuple id, tuple version and all values (heap tables, materialized views) */
    NX_IDENTITY_NONE     /* none: read-only, and pages are not addressable */
} nx_identity_kind;
/* "primary key", "unique key", "tuple id", "none" */
const char *nx_identity_name(nx_identity_kind kind);

/* What a type is to a person: decides alignment, colours and editors. Domains count as their base. */
typedef enum nx_type_class {
    NX_TYPE_TEXT,   /* text, varchar, bpchar, citext, name */
    NX_TYPE_BOOL,
    NX_TYPE_NUMBER, /* int2/4/8, numeric, float4/8, money, oid */
    NX_TYPE_TIME,   /* date, time, timetz, timestamp, timestamptz, interval */
    NX_TYPE_UUID,
    NX_TYPE_JSON,   /* json, jsonb */
    NX_TYPE_BYTES,  /* bytea */
    NX_TYPE_ENUM,
    NX_TYPE_ARRAY,
    NX_TYPE_OTHER
} nx_type_class;

typedef enum nx_cut { /* how a page asks for the beginning of a value (wide cells) */
    NX_CUT_NONE,  /* fixed length: the whole value */
    NX_CUT_TEXT,  /* left(c, n): sliced by the server */
    NX_CUT_BYTES, /* encode(substring(c from 1 for n), 'hex') */
    NX_CUT_GUARD  /* only when its stored size is small */
} nx_cut;

/* What Prisma's client fills in on insert, where the database has no default. */
typedef enum nx_client_default {
    NX_CLIENT_NONE,
    NX_CLIENT_CUID,
    NX_CLIENT_CUID2,
    NX_CLIENT_UUID4,
    NX_CLIENT_UUID7,
    NX_CLIENT_ULID,
    NX_CLIENT_NANOID,
    NX_CLIENT_NOW
} nx_client_default;

struct nx_field {
    nx_model *model;
    int number;            /* attnum; fields are in attnum order, or in that of a schema laid over */
    int index;             /* place in model->fields */
    const char *name;
    const char *type;      /* format_type(atttypid, atttypmod): "character varying(255)" */
    const char *cast;      /* qualified, quoted, without modifier: "pg_catalog"."varchar" */
    const char *element_cast; /* for arrays: the element type's cast; else NULL */
    uint32_t type_oid;
    const char *base_type; /* the base type's own name ("int4"); a domain's ultimate base */
    nx_type_class class;
    nx_cut cut;
    bool composite;        /* IS NULL does not mean what it says */
    bool domain;
    bool nullable;         /* the column's own NOT NULL; a domain's does not keep every NULL out */
    const char *default_expression; /* pg_get_expr, or NULL */
    char identity;         /* 'a' always, 'd' by default, 0 */
    char generated;        /* 's' stored, 'v' virtual, 0 */
    const char *comment;   /* or NULL */
    const char **labels;   /* the enum's labels in order, else NULL */
    int nlabels;
    bool sortable;         /* has a default btree operator class */
    const char *op_lt, *op_gt, *op_le, *op_ge, *op_eq; /* "OPERATOR(pg_catalog.<)": from the btree operator class that
                                     sorts this field; NULL when not sortable */
    bool default_collation; /* the type's own collation, or not collatable */
    bool nondeterministic;  /* collation in force is nondeterministic: LIKE needs COLLATE "C" */
    bool can_select, can_update, can_insert; /* has_column_privilege */

    /* From a schema laid over: */
    const char *alias;     /* its name for the field, NULL: none, see nx_field_title() */
    const char **label_aliases; /* its names for the enum's labels, pairwise; NULL: none */
    bool ignored;          /* the application does not know the field */
    bool updated_at;       /* the application sets it to the time of every insert and update */
    nx_client_default client_default;
    int client_default_length; /* nanoid(n); 0: its own */
};

/* How nixie names the field. */
static inline const char *nx_field_title(const nx_field *field) { return field->alias ? field->alias : field->name; }

typedef struct nx_key { /* a primary key or a unique index */
    const char *name;
    bool primary;
    bool identifies; /* usable to address a record: see NX_IDENTITY_UNIQUE */
    int nfields;
    nx_field **fields;
} nx_key;

typedef struct nx_index {
    const char *name, *definition, *method;
    bool unique, valid, partial, has_expressions;
    int nfields;       /* key columns */
    nx_field **fields; /* NULL entries are expressions */
    bool *desc, *nulls_first;
    bool plain_order;  /* all key columns use the default operator class and the field's collation */
} nx_index;

typedef struct nx_foreign_key {
    const char *name;
    nx_model *target;
    int nfields;
    nx_field **fields;        /* on this side, in key order */
    const char **references;  /* names on the target, pairwise */
    char on_delete, on_update; /* confdeltype: a no action, r restrict, c cascade, n set null, d set default */
    bool deferrable, deferred; /* deferred: it is judged at the end unless told otherwise */
    const char **operators;    /* "OPERATOR(pg_catalog.=)": reference = field, pairwise; NULL when virtual */
    bool *set;                 /* deleting sets these fields (on_delete n and d); NULL when virtual */
    bool virtual;              /* stands in a schema laid over, not in the database; its name is "" */
} nx_foreign_key;

struct nx_model { /* there may be 100,000: small ones stand together */
    nx_catalog *catalog;
    const char *schema, *name;
    const char *title;      /* how nixie names it: the alias, else the name, or schema.name where the name stands twice */
    const char *alias;      /* its name in a schema laid over, or NULL */
    uint32_t oid;
    int rank;               /* its place in that schema, from 1; 0: it has none */
    nx_model_kind kind;
    bool ignored;           /* the application does not know the model */
    bool readable;          /* has SELECT on the table or on some column */
    bool system;            /* belongs to an extension or a system schema: hidden unless asked for */
    bool join_table;        /* Prisma's implicit many-to-many table (known from the graph; guessed
                               from the name until then) */
    int64_t rows_estimate;  /* reltuples, -1 when unknown; for a partitioned table the sum of its leaves */
    int64_t size;           /* bytes, -1 until asked for (nx_catalog_load_sizes) */
    nx_model *parent;       /* the partitioned model this is a partition of, or NULL */

    const char *comment;    /* this and what follows is known once it is `described` */
    int nfields, nkeys, nindexes, nforeign_keys, nchecks, npolicies;
    nx_field **fields;
    nx_key **keys;          /* the primary key first */
    nx_index **indexes;
    nx_foreign_key **foreign_keys;
    const char **checks;    /* pg_get_constraintdef of the check constraints */
    const char **policies;  /* row security policies, one line each */
    bool described;
    bool row_security;      /* active for this role */
    bool rules;             /* has rewrite rules for writes: edits are refused */
    bool inherited;         /* has inheritance children (not partitions) */
    bool can_insert, can_update, can_delete; /* privilege and updatability (pg_relation_is_updatable) */
    bool graph_known;       /* relations are known (nx_catalog_load_graph) */
    nx_identity_kind identity_kind;
    int nrelations;
    nx_key *identity;       /* for PRIMARY and UNIQUE */
    const char *read_only_reason; /* why no edit is possible, or NULL */
    nx_field *label;        /* the field that tells a person which record this is (see nx_model_label) */
    nx_relation **relations; /* to-one first, then to-many, then many-to-many */
};

typedef enum nx_relation_kind { NX_TO_ONE, NX_TO_MANY, NX_MANY_TO_MANY } nx_relation_kind;
const char *nx_relation_kind_name(nx_relation_kind kind); /* "to-one", "to-many", "many-to-many" */

/* A relation as seen from one model. Columns are named, because the other model may not be described.
 * Name: forward, the foreign key's field without Id/_id (authorId -> author), or the target's name for
 * several fields and for a field without such an ending; backward, the referring model's name;
 * many-to-many, the target's. Where several would be alike, each has " via field" (or " via _Table") added.
 * Unique among the model's fields and relations, and the same before and after it is described.
 * A schema laid over has names of its own. */
struct nx_relation {
    const char *name;
    const char *plain_name;  /* the name by the rule above */
    int rank;                /* its place in a schema laid over, from 1; 0: it has none */
    bool virtual;            /* stands in a schema laid over only: no constraint keeps it */
    nx_relation_kind kind;
    nx_model *model;         /* whose relation this is */
    nx_model *target;
    const char *constraint;  /* NULL: virtual */
    int nfields;
    const char **fields;     /* columns on this side: for to-one the foreign key's; for to-many the
                                referenced ones; for many-to-many this model's key columns */
    const char **references; /* columns on the target's side, pairwise */
    bool one_to_one;         /* a to-many whose foreign key is unique: at most one record */
    bool optional;           /* to-one and to-many: a column of the foreign key may be NULL */
    nx_model *through;       /* many-to-many: the join table */
    const char **through_fields;     /* its columns that point at this model, pairwise to fields */
    const char **through_references; /* its columns that point at the target */
    bool indexed;            /* to-many: an index of the child leads with the foreign key's columns */
    char on_delete, on_update;
    nx_relation *inverse;    /* the same relation seen from the other side; NULL for the two references
                                of a join table: seen from there they are one many-to-many relation */
};

/* --- loading ------------------------------------------------------------------------------------ */

/* Called when a load is done; err is NULL on success. */
typedef void nx_catalog_done(void *owner, nx_catalog *catalog, const nx_error *err);

/* Loads the list in one trip. On success the callback receives a catalog with one reference, owned
 * by the callee. Models are ordered by schema (public first), then name, join tables last in their
 * schema, partitions under their parent. The return value is only good for nx_catalog_drop(). */
typedef struct nx_catalog_job nx_catalog_job;
nx_catalog_job *nx_catalog_load(nx_session *session, nx_catalog_done *done, void *owner);

/* The model that will be opened first: it can be described in the trip that loads the list. */
typedef struct nx_catalog_wish {
    const char *schema; /* NULL: any, "public" first */
    const char *name;   /* the table's; exact, else in any case */
    const char *place;  /* what tells this server, database and role from others; NULL: nothing is kept */
} nx_catalog_wish;

/* What the server said about its catalog at an earlier start, from a file below XDG_CACHE_HOME (the user's alone,
 * checked whole; one that is damaged, foreign or for another place counts as none). Never rows of tables.
 * Never NULL; nx_catalog_kept_free(), after the job that it was given to. */
typedef struct nx_catalog_kept nx_catalog_kept;
nx_catalog_kept *nx_catalog_recall(const nx_catalog_wish *wish);
/* The catalog as it was: enough to ask for the rows of the wished model in the same trip that checks it. NULL:
 * nothing was kept. Borrowed; nx_catalog_ref() to hold it longer. */
nx_catalog *nx_catalog_recalled(const nx_catalog_kept *kept);
void nx_catalog_kept_free(nx_catalog_kept *kept); /* NULL is allowed */

/* As nx_catalog_load(), with the wished model described in the same trip where there is such a model. The callback
 * gets the recalled catalog itself when the server still says exactly the same (but for its estimates, which are
 * brought up to date), else a new one, which is kept for the next start. NULL: the list alone. */
nx_catalog_job *nx_catalog_open(nx_session *session, nx_catalog_kept *kept, nx_catalog_done *done, void *owner);

/* Describes a model and the models that it references, in one trip. The callback borrows the catalog. A model that is described
 * already calls back at once, before returning NULL. NX_ERR_NOT_FOUND when it no longer exists. */
nx_catalog_job *nx_catalog_describe(nx_session *session, nx_model *model, nx_catalog_done *done, void *owner);

/* Describes the models that its relations lead to (some tens at most), in one trip: none is missing when one of them
 * is opened. NULL without a callback when there is nothing to describe. No error: who opens one will be told. */
nx_catalog_job *nx_catalog_describe_related(nx_session *session, nx_model *model, nx_catalog_done *done, void *owner);

/* Is a described model still as it was? NX_ERR_CONFLICT: its fields are others now; NX_ERR_NOT_FOUND: there is no such
 * relation under this name; no error: it is. One small trip; nothing in the catalog changes. */
nx_catalog_job *nx_catalog_check(nx_session *session, nx_model *model, nx_catalog_done *done, void *owner);

/* Loads the graph in one trip: relations of all models. At once when it is known. Where a guessed join
 * table turns out to be none, or the other way round, the order of the list changes with it. */
nx_catalog_job *nx_catalog_load_graph(nx_session *session, nx_catalog *catalog, nx_catalog_done *done, void *owner);

/* Sizes in bytes (pg_total_relation_size) of these models, in one trip. */
nx_catalog_job *nx_catalog_load_sizes(nx_session *session, nx_catalog *catalog, nx_model *const *models,
                                      int count, nx_catalog_done *done, void *owner);

/* The owner is going away: the callback will not be called. NULL is allowed. Jobs end by themselves
 * once their callback has been called; the pointer is dead from then on. */
void nx_catalog_drop(nx_catalog_job *job);

nx_catalog *nx_catalog_ref(nx_catalog *catalog);
void nx_catalog_unref(nx_catalog *catalog);

/* --- laying a schema over ------------------------------------------------------------------------ */

/* What another room adds to a catalog as more of it becomes known. All but `owner` may be NULL. */
typedef struct nx_catalog_overlay {
    void (*described)(void *owner, nx_model *model);
    /* A statement of its own in the graph's trip; false: none. */
    bool (*ask)(void *owner, nx_catalog *catalog, nx_sql *sql);
    /* The graph is known. `answer` is NULL where nothing was asked. */
    void (*related)(void *owner, nx_catalog *catalog, const nx_result *answer);
    void (*free)(void *owner);
    void *owner;
} nx_catalog_overlay;

/* At once after the list was loaded, and once per catalog; models that came described with it are told of at once. */
void nx_catalog_lay(nx_catalog *catalog, const nx_catalog_overlay *overlay);
const nx_catalog_overlay *nx_catalog_laid(const nx_catalog *catalog); /* NULL when there is none */

/* Called whenever a model of this catalog was described, last of all, and at once for those that are: a chance to
 * choose its label. One per catalog. */
void nx_catalog_on_described(nx_catalog *catalog, void (*described)(void *owner, nx_model *model), void *owner);

/* A reference that the database may have no constraint for. Where it has one over the same columns, or
 * columns are missing or not comparable, it adds nothing. Copied; before the graph is loaded. */
typedef struct nx_virtual_key {
    nx_model *child, *parent;
    int nfields;
    const char *const *fields;     /* columns of the child */
    const char *const *references; /* columns of the parent, pairwise */
    char on_delete, on_update;     /* what the application does, as in nx_foreign_key */
} nx_virtual_key;
void nx_catalog_add_key(nx_catalog *catalog, const nx_virtual_key *key);
/* This model is an implicit many-to-many table, whatever its indexes look like. */
void nx_catalog_add_join_table(nx_catalog *catalog, nx_model *model);
/* Sorts the list again, after ranks were given. */
void nx_catalog_resort(nx_catalog *catalog);

/* --- looking around ----------------------------------------------------------------------------- */

int nx_catalog_count(const nx_catalog *catalog); /* all models, hidden ones included */
nx_model *nx_catalog_model(const nx_catalog *catalog, int i);
nx_model *nx_catalog_by_oid(const nx_catalog *catalog, uint32_t oid); /* NULL when unknown */
bool nx_catalog_has_graph(const nx_catalog *catalog);
/* Is this model shown in the list by default (not a partition, not a system object)? */
bool nx_model_listed(const nx_model *model);

/* Finds a model by what a person typed: its title, the table's name, schema.name, or the exact table name in `schema`
 * (the only form that never looks at dots). Exact case first, then any case where that is
 * unambiguous. NULL with NX_ERR_NOT_FOUND: unknown (with the nearest names as hint), or standing in
 * several schemas (listing them). */
nx_model *nx_catalog_find(const nx_catalog *catalog, const char *name, const char *schema, nx_error *err);

nx_field *nx_model_field(const nx_model *model, const char *name); /* the column's name, exact; NULL when unknown */
/* As a person types it: the title, the database's name, both exact, else any case where unambiguous. NULL with NX_ERR_NOT_FOUND. */
nx_field *nx_model_find_field(const nx_model *model, const char *name, nx_error *err);
nx_relation *nx_model_find_relation(const nx_model *model, const char *name, nx_error *err);
/* The first foreign key that `field` is part of, whole keys with fewer fields preferred; or NULL. */
const nx_foreign_key *nx_field_foreign_key(const nx_field *field);
bool nx_field_in_identity(const nx_field *field);
/* How nixie names the model where its schema is said already: the alias, else the table's name. */
static inline const char *nx_model_name(const nx_model *model) { return model->alias ? model->alias : model->name; }

/* The label rule: the first readable text field named name, title, label, display_name/displayName,
 * full_name/fullName, username, email, slug, subject or code (any case; in that order), else the
 * first text field of a single-field unique key, else the first text field whose name ends in "name"
 * or "title", else NULL (then the key itself stands for the record). Also stored in model->label. */
nx_field *nx_model_label(const nx_model *model);

#endif
