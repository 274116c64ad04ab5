/* pull.h - a database as Prisma's introspection sees it, on its way to a schema.
 *
 * Read (pull_sql.c, pull_read.c), named (pull_names.c, pull_relations.c), printed (pull_print.c and those it uses). Everything
 * lives in one arena. Tables are in the order of schema and name, keys and indexes of a table in that of their names. */
#ifndef NIXIE_PRISMA_PULL_H
#define NIXIE_PRISMA_PULL_H

#include "nixie/pull.h"

typedef enum nx_pull_family {
    NX_PULL_INT,
    NX_PULL_BIGINT,
    NX_PULL_FLOAT,
    NX_PULL_DECIMAL,
    NX_PULL_BOOLEAN,
    NX_PULL_STRING,
    NX_PULL_DATETIME,
    NX_PULL_BYTES,
    NX_PULL_JSON,
    NX_PULL_UUID,
    NX_PULL_ENUM,
    NX_PULL_UNSUPPORTED
} nx_pull_family;

typedef struct nx_pull_enum {
    const char *schema, *name;
    const char *title; /* its name in the schema.prisma; "" when nothing is left of it */
    const nx_psl_enum *old; /* what the project has of it, here and below, or NULL: its words are kept */
    bool comment;
    int nlabels;
    const char **labels, **names; /* names: in the schema.prisma, "" when nothing is left */
} nx_pull_enum;

typedef struct nx_pull_column {
    const char *name, *title; /* title "": nothing is left of the name */
    const char *plain;        /* as nx_pull_table.plain */
    bool unnamed;             /* so, whatever the title: Prisma comments it out */
    const nx_psl_field *old;
    int number;
    nx_pull_family family;
    const char *type;   /* the type's own name, as information_schema has it: "int4", "_text" */
    const char *native; /* "VarChar(255)"; NULL: the family's own */
    const nx_pull_enum *enumeration;
    const char *expression; /* the default's, or NULL */
    bool list, required, identity, comment;
} nx_pull_column;

typedef struct nx_pull_index {
    const char *name;
    bool unique, primary;
    const char *method;    /* "Gin"; NULL: btree */
    const char *predicate; /* NULL: all rows */
    bool odd_nulls, deferrable;
    int ncolumns;
    const nx_pull_column **columns;
    bool *desc;
    const char **ops; /* as printed: JsonbPathOps, raw("gin_trgm_ops"); NULL: the default */
} nx_pull_index;

typedef struct nx_pull_table nx_pull_table;

typedef struct nx_pull_key { /* a foreign key */
    const char *name;
    nx_pull_table *table, *target;
    int ncolumns;
    const nx_pull_column **columns, **references;
    char on_delete, on_update; /* confdeltype */
    bool deferrable;
    bool repeated; /* says what an earlier one says: left out */
    const char *relation, *forward, *back; /* the relation's name ("": none), its fields' */
    const nx_psl_field *old;               /* the side with the columns */
} nx_pull_key;

typedef struct nx_pull_side { /* a relation field */
    const nx_pull_key *key; /* n-m: that of the join table which points at the other model */
    bool back;
} nx_pull_side;

struct nx_pull_table {
    uint32_t oid;
    const char *schema, *name;
    const char *title; /* the model's name */
    const char *plain; /* what relations are named by: without what tells it from another one, and never the project's */
    bool view, partitioned, parent, row_security, comment, checks, exclusions, expressions;
    bool join_table, hidden; /* neither becomes a model */
    int ncolumns;
    nx_pull_column *columns;
    int nindexes;
    nx_pull_index *indexes; /* but for those over expressions */
    int nkeys;
    nx_pull_key *keys;
    int nsides, nmany;
    nx_pull_side *sides, *many; /* inline relations, then n-m ones */
    const char *relation, *fields[2]; /* of a join table: the relation's name, A's field, B's field */
    const nx_psl_model *old;
    const nx_psl_field *old_side; /* of a join table: A's field */
};

typedef struct nx_pull_schema {
    nx_arena *arena;
    const nx_prisma *prisma;
    int nschemas;
    const char **schemas;
    bool anew;
    bool multi;
    bool views;   /* a preview feature that the project has */
    bool partial; /* there are indexes of some rows only */
    const char *datasource;     /* its name, before each native type */
    int ntables;
    nx_pull_table *tables;
    nx_pull_table **by_oid;
    int nenums;
    nx_pull_enum *enums;
    nx_pull_table **old_models; /* by place in the project's schema; NULL: there is none */
    nx_pull_enum **old_enums;
} nx_pull_schema;

/* pull_sql.c: statement i of NX_PULL_QUERIES. */
enum { NX_PULL_SCHEMAS, NX_PULL_TABLES, NX_PULL_ENUMS, NX_PULL_COLUMNS, NX_PULL_KEYS, NX_PULL_INDEXES, NX_PULL_CHECKS, NX_PULL_QUERIES };
void nx_pull_query(const nx_pull_schema *pull, int i, nx_sql *sql);

/* pull_read.c. False with NX_ERR_NOT_FOUND. */
bool nx_pull_read(nx_pull_schema *pull, const nx_result *const results[NX_PULL_QUERIES], nx_error *err);
const nx_pull_column *nx_pull_find_column(const nx_pull_table *table, const char *name); /* NULL: none */

/* pull_types.c: family, native and enumeration. `modifier` is -1 for none. */
void nx_pull_type(const nx_pull_schema *pull, nx_pull_column *column, const char *type_schema, int modifier, bool domain);
const char *nx_pull_ops(nx_arena *arena, const char *opclass);

/* pull_names.c */
const char *nx_pull_sanitize(nx_arena *arena, const char *name);
bool nx_pull_reserved(const char *name);
void nx_pull_name_relations_first(nx_pull_schema *pull); /* plain names */
void nx_pull_name_models(nx_pull_schema *pull);          /* titles */
/* "Post_authorId_fkey": what Prisma would call it, at most 63 bytes. */
const char *nx_pull_constraint_name(nx_arena *arena, const nx_pull_table *table, int ncolumns,
                                    const nx_pull_column *const *columns, const char *suffix);

/* pull_keep.c: what the project's schema says already. */
void nx_pull_keep(nx_pull_schema *pull);
void nx_pull_keep_relations(nx_pull_schema *pull);  /* once the join tables are known */
void nx_pull_keep_names(const nx_pull_schema *pull); /* of relations, once they have others */
const char *nx_psl_own_name(const nx_psl_attribute *attributes, int count, const char *attribute, const char *argument); /* or NULL */
const nx_psl_value *nx_pull_client_default(const nx_pull_column *column); /* uuid(), cuid() and the like, or NULL */
/* The one of the model's attributes that stands for this index; NULL: none. */
const nx_psl_attribute *nx_pull_old_index(const nx_pull_schema *pull, const nx_pull_table *table, const nx_pull_index *index);
bool nx_pull_carried(const nx_pull_schema *pull, const nx_psl_field *field); /* a relation that no foreign key tells */

/* pull_relations.c */
void nx_pull_relate(nx_pull_schema *pull);
bool nx_pull_identified(const nx_pull_table *table); /* has a key that Prisma can address records by */
bool nx_pull_ignored(const nx_pull_table *table);

/* pull_default.c: appends @default(...); false: there is none. */
bool nx_pull_default(const nx_pull_schema *pull, const nx_pull_column *column, nx_buf *out);

/* pull_text.c: layout. */
void nx_pull_string(nx_buf *out, const char *text); /* quoted */
void nx_pull_documentation(const char *comment, nx_buf *out); /* as ///; NULL: none */
typedef struct nx_pull_block nx_pull_block;
nx_pull_block *nx_pull_block_new(nx_arena *arena);
void nx_pull_row(nx_pull_block *block, const char *first, const char *second, const char *third); /* NULL: none */
extern const char nx_pull_no_name[]; /* what is said of a field that has to be a comment */
void nx_pull_old_comment(nx_pull_block *block, const char *comment); /* its lines as ///; NULL: none */
void nx_pull_comment(nx_pull_block *block, const char *text);
void nx_pull_attribute(nx_pull_block *block, const char *text); /* after the rows and an empty line */
void nx_pull_close(nx_pull_block *block, nx_buf *out);          /* prints all, and the brace */

/* pull_fields.c: what stands inside a block. */
const char *nx_pull_cell(const nx_pull_schema *pull, nx_buf *text); /* in the arena; frees the buffer; NULL for nothing */
void nx_pull_word(nx_buf *out, const char *word, const char *text); /* after a blank: @word("text"); text NULL: alone */
void nx_pull_columns(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table);
void nx_pull_sides(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table);
void nx_pull_indexes(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table);

/* pull_config.c, pull_print.c */
void nx_pull_value(const nx_psl_value *value, nx_buf *out);
void nx_pull_old_attribute(const nx_psl_attribute *attribute, nx_buf *out); /* without the signs */
void nx_pull_config(const nx_pull_schema *pull, nx_buf *out);
void nx_pull_print(const nx_pull_schema *pull, nx_buf *out);

#endif
