/* prisma.h - a project's schema.prisma: where it is, what it says, and laying it over the catalog.
 *
 * Three steps, each usable alone:
 *   1. nx_prisma_find: which file or folder holds the schema (the rules of Prisma's own tools);
 *   2. nx_prisma_read / nx_prisma_parse: its text as a tree, complete with places for messages;
 *   3. nx_prisma_overlay: its names, order, comments and relations laid over an nx_catalog.
 * Nothing here needs a connection but the third, and a project without a schema needs none of it.
 * A schema is the user's file: untrusted text, sanitised before it is shown.
 */
#ifndef NIXIE_PRISMA_H
#define NIXIE_PRISMA_H

#include <stdbool.h>
#include <stddef.h>

#include "nixie/catalog.h"
#include "nixie/error.h"

/* --- where it is ---------------------------------------------------------------------------------- */

typedef struct nx_prisma_where {
    const char *path;       /* the file or folder of the schema, as one would open it */
    bool is_folder;         /* all *.prisma below it are the schema */
    const char *folder;     /* that folder, or the file's */
    const char *migrations; /* the migrations folder; whether there is one is not looked at */
    const char *origin;     /* "--prisma", "prisma.config.ts", "package.json", "schema.prisma" */
} nx_prisma_where;

/* Finds the schema: `path` where given (a file or a folder), else what prisma.config.* or package.json
 * name, else schema.prisma, prisma/schema.prisma and the folder prisma/schema, in `from` (NULL: the
 * current folder) and upwards to the nearest folder with a package.json. Strings live in `arena`. False
 * without an error: there is none. False with NX_ERR_SYSTEM: what was named cannot be read. */
bool nx_prisma_find(const char *from, const char *path, nx_arena *arena, nx_prisma_where *where, nx_error *err);

/* --- what it says --------------------------------------------------------------------------------- */

typedef struct nx_psl_place {
    const char *file; /* as given to the reader */
    int line, column; /* from 1; columns count characters */
} nx_psl_place;

typedef enum nx_psl_kind {
    NX_PSL_STRING, /* text: without its quotes and escapes */
    NX_PSL_NUMBER, /* text: as written */
    NX_PSL_WORD,   /* text: a path such as Cascade or db.VarChar */
    NX_PSL_CALL,   /* text: the function's name; args */
    NX_PSL_LIST,   /* args, without names */
    NX_PSL_OBJECT  /* text: as written, braces included */
} nx_psl_kind;

typedef struct nx_psl_arg nx_psl_arg;

typedef struct nx_psl_value {
    nx_psl_kind kind;
    const char *text;
    int nargs;
    const nx_psl_arg *args;
    nx_psl_place place;
} nx_psl_value;

struct nx_psl_arg {
    const char *name; /* NULL: unnamed */
    const nx_psl_value *value; /* NULL: "name:" without a value */
};

typedef struct nx_psl_attribute {
    const char *name; /* without the signs: "id", "relation", "db.VarChar" */
    int nargs;
    const nx_psl_arg *args;
    nx_psl_place place;
} nx_psl_attribute;

typedef struct nx_psl_model nx_psl_model;
typedef struct nx_psl_enum nx_psl_enum;
typedef struct nx_psl_field nx_psl_field;

struct nx_psl_field {
    const nx_psl_model *model;
    const char *name;
    const char *column;   /* @map, else the name; relation fields have none: NULL */
    const char *type;     /* "String", "Role", "Post"; for Unsupported("x") the x; "" when left out */
    bool unsupported, list, optional, ignored;
    const nx_psl_model *target;     /* a relation field's other side, else NULL */
    const nx_psl_enum *enumeration; /* an enum's field */
    const char *relation;           /* @relation's name, or NULL */
    int nfields;                    /* @relation(fields:, references:), pairwise; 0 on the other side */
    const nx_psl_field **fields, **references;
    const nx_psl_field *opposite;   /* the relation field on the other side, NULL when there is none */
    const char *comment;            /* its /// lines, or NULL */
    int nattributes;
    const nx_psl_attribute *attributes;
    nx_psl_place place;
};

struct nx_psl_model {
    const char *name;
    const char *table;  /* @@map, else the name */
    const char *schema; /* @@schema, or NULL */
    bool view, composite; /* composite: a `type` of document databases, which PostgreSQL has not */
    bool ignored;
    int rank;           /* place in the schema */
    int nfields;
    nx_psl_field *fields;
    const char *comment;
    int nattributes;    /* the block's: @@id, @@unique, ... */
    const nx_psl_attribute *attributes;
    nx_psl_place place;
};

typedef struct nx_psl_enum_value {
    const char *name, *label; /* label: @map, else the name */
    const char *comment;
    int nattributes;
    const nx_psl_attribute *attributes;
} nx_psl_enum_value;

struct nx_psl_enum {
    const char *name;
    const char *type;   /* @@map, else the name */
    const char *schema; /* @@schema, or NULL */
    int nvalues;
    nx_psl_enum_value *values;
    const char *comment;
    int nattributes;
    const nx_psl_attribute *attributes;
    nx_psl_place place;
};

typedef struct nx_psl_config { /* a datasource or a generator */
    const char *name;
    bool datasource;
    int nproperties;
    const nx_psl_arg *properties;
    const char *comment;
    nx_psl_place place;
} nx_psl_config;

typedef struct nx_prisma {
    nx_arena *arena; /* owns everything below */
    int holders;     /* see nx_prisma_ref() */
    nx_prisma_where where; /* NULLs for a text that came from no file */
    int nmodels;
    nx_psl_model *models; /* views and composite types, too, in the order of the text */
    int nenums;
    nx_psl_enum *enums;
    int nconfigs;
    nx_psl_config *configs;
    const char *provider;   /* of the datasource, or NULL */
    const char *url_env;    /* the variable that its url names, or NULL */
    bool relation_mode_prisma; /* relationMode = "prisma": the database has no foreign keys */
    bool multi_schema;      /* the datasource lists schemas */
    const nx_psl_model **models_by_name; /* sorted, for nx_psl_find_model */
} nx_prisma;

typedef struct nx_prisma_text {
    const char *file; /* for messages */
    const char *text;
    size_t len;
} nx_prisma_text;

/* The tree of a schema that may stand in several texts. NULL with NX_ERR_USAGE: the message begins
 * with "file:line:column: ". Takes any bytes. The caller owns the tree: nx_prisma_free(). */
nx_prisma *nx_prisma_parse(const nx_prisma_text *texts, size_t count, nx_error *err);
/* Reads and parses the file, or all *.prisma of the folder. NX_ERR_SYSTEM: a file cannot be read. */
nx_prisma *nx_prisma_read(const nx_prisma_where *where, nx_error *err);
nx_prisma *nx_prisma_ref(nx_prisma *prisma);
void nx_prisma_free(nx_prisma *prisma); /* one reference; NULL is allowed */

/* Attributes by name; NULL when there is none. */
const nx_psl_attribute *nx_psl_find(const nx_psl_attribute *attributes, int count, const char *name);
/* The argument of this name, else the one without a name at `position` (-1: by name only). */
const nx_psl_value *nx_psl_argument(const nx_psl_attribute *attribute, const char *name, int position);
const nx_psl_model *nx_psl_find_model(const nx_prisma *prisma, const char *name);
const nx_psl_field *nx_psl_find_field(const nx_psl_model *model, const char *name);

/* --- laying it over a catalog ----------------------------------------------------------------------- */

typedef struct nx_overlay_wish {
    const char *schema; /* the schema of models that name none; NULL: public */
    bool database_names; /* names, order and comments stay the catalog's */
} nx_overlay_wish;

/* Lays the schema over a catalog whose list was just loaded. Models get their names and order at once, a
 * model's fields when it is described; relations get theirs with the graph, which then also knows what is
 * drift. The catalog holds a reference of the schema. */
void nx_prisma_lay(nx_prisma *prisma, nx_catalog *catalog, const nx_overlay_wish *wish);

typedef enum nx_drift_kind {
    NX_DRIFT_MODEL_MISSING,   /* the database has no such table or view */
    NX_DRIFT_FIELD_MISSING,   /* the table has no such column */
    NX_DRIFT_FIELD_TYPE,      /* the column is of another kind */
    NX_DRIFT_FIELD_NULL,      /* optional in one, required in the other */
    NX_DRIFT_ENUM,            /* labels differ */
    NX_DRIFT_NO_CONSTRAINT,   /* a relation that no foreign key keeps */
    NX_DRIFT_UNKNOWN_TABLE,   /* the schema does not have it */
    NX_DRIFT_UNKNOWN_COLUMN,
    NX_DRIFT_UNKNOWN_RELATION /* a foreign key that is no relation of the schema */
} nx_drift_kind;
const char *nx_drift_name(nx_drift_kind kind); /* "model missing", "field missing", ... */

typedef struct nx_drift {
    nx_drift_kind kind;
    const char *schema;   /* what the schema calls it: "User", "User.email"; NULL: it has none */
    const char *database; /* what the database calls it: "public.users.email"; NULL: it has none */
    const char *words;    /* one sentence for people */
    nx_model *model;      /* where it shows, or NULL */
} nx_drift;

/* What differs between the schema laid over and the database: first what the schema has, in its order.
 * Empty before the graph is loaded, and without a schema. Lives as long as the catalog. */
const nx_drift *nx_prisma_drift(const nx_catalog *catalog, int *count);
bool nx_prisma_drifts(const nx_model *model); /* does any of it concern this model? */
/* The schema laid over, its part for a model or a field; NULL when there is none. */
const nx_prisma *nx_prisma_of(const nx_catalog *catalog);
const nx_psl_model *nx_prisma_model(const nx_model *model);
const nx_psl_field *nx_prisma_field(const nx_field *field);
/* The field's name for a column of a model that need not be described; the column where the schema does not
 * have it, or the catalog's names are wished for. */
const char *nx_prisma_column(const nx_model *model, const char *column);
int nx_prisma_models(const nx_prisma *prisma); /* models and views that a database can have */
int nx_prisma_matched(const nx_catalog *catalog); /* how many of its models the database has */

/* --- what its client fills in --------------------------------------------------------------------------- */

enum { NX_CLIENT_VALUE_MAX = 257 };
/* The value that Prisma's client would give the field of a new record, or (not `insert`) of one that is updated:
 * a fresh identifier, the time now. False: none. */
bool nx_client_value(const nx_field *field, bool insert, char out[NX_CLIENT_VALUE_MAX]);

#endif
