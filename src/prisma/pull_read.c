/* The server's answers, as tables with their columns, indexes and keys. */
#include <stdlib.h>
#include <string.h>

#include "pull.h"

typedef struct reading {
    nx_pull_schema *pull;
    const nx_result *r;
    nx_error *err;
} reading;

static const char *text(const reading *in, int row, int column) {
    return nx_arena_strdup(in->pull->arena, nx_result_text(in->r, row, column));
}

static uint32_t oid(const reading *in, int row, int column) { return (uint32_t)nx_result_int(in->r, row, column); }

static int number(const reading *in, int row, int column) { return (int)nx_result_int(in->r, row, column); }

static bool is(const reading *in, int row, int column) { return nx_result_bool(in->r, row, column); }

/* The first row after `row` with another value in this column. */
static int group_end(const reading *in, int row, int column) {
    int rows = nx_result_rows(in->r), end = row + 1;
    while (end < rows && oid(in, end, column) == oid(in, row, column)) {
        end++;
    }
    return end;
}

/* --- schemas, tables, enums ------------------------------------------------------------------------------- */

static bool read_schemas(const reading *in) {
    for (int i = 0; i < in->pull->nschemas; i++) {
        bool found = false;
        for (int row = 0; row < nx_result_rows(in->r); row++) {
            found = found || strcmp(nx_result_text(in->r, row, 0), in->pull->schemas[i]) == 0;
        }
        if (!found) {
            nx_error_set(in->err, NX_ERR_NOT_FOUND, "there is no schema \"%s\"", in->pull->schemas[i]);
            nx_error_hint(in->err, "nixie models lists the schemas");
            return false;
        }
    }
    return true;
}

static int by_oid(const void *a, const void *b) {
    const nx_pull_table *const *x = a, *const *y = b;
    return ((*x)->oid > (*y)->oid) - ((*x)->oid < (*y)->oid);
}

static nx_pull_table *find_table(const nx_pull_schema *pull, uint32_t wanted) {
    const nx_pull_table key = {.oid = wanted}, *at = &key;
    nx_pull_table **found = bsearch(&at, pull->by_oid, (size_t)pull->ntables, sizeof at, by_oid);
    return found ? *found : NULL;
}

enum { TABLE_OID, TABLE_SCHEMA, TABLE_NAME, TABLE_VIEW, TABLE_PARTITIONED, TABLE_PARENT, TABLE_ROW_SECURITY, TABLE_COMMENT };

static void read_tables(const reading *in) {
    nx_pull_schema *pull = in->pull;
    pull->ntables = nx_result_rows(in->r);
    pull->tables = nx_arena_array(pull->arena, (size_t)pull->ntables + 1, sizeof *pull->tables);
    pull->by_oid = nx_arena_array(pull->arena, (size_t)pull->ntables + 1, sizeof(nx_pull_table *));
    for (int i = 0; i < pull->ntables; i++) {
        pull->tables[i] = (nx_pull_table){.oid = oid(in, i, TABLE_OID),
                                          .schema = text(in, i, TABLE_SCHEMA),
                                          .name = text(in, i, TABLE_NAME),
                                          .view = is(in, i, TABLE_VIEW),
                                          .partitioned = is(in, i, TABLE_PARTITIONED),
                                          .parent = is(in, i, TABLE_PARENT),
                                          .row_security = is(in, i, TABLE_ROW_SECURITY),
                                          .comment = is(in, i, TABLE_COMMENT)};
        pull->by_oid[i] = &pull->tables[i];
    }
    qsort(pull->by_oid, (size_t)pull->ntables, sizeof *pull->by_oid, by_oid);
}

enum { ENUM_SCHEMA, ENUM_NAME, ENUM_LABEL, ENUM_COMMENT };

static bool same_enum(const reading *in, const nx_pull_enum *e, int row) {
    return strcmp(e->name, nx_result_text(in->r, row, ENUM_NAME)) == 0 &&
           strcmp(e->schema, nx_result_text(in->r, row, ENUM_SCHEMA)) == 0;
}

static void read_enums(const reading *in) {
    nx_pull_schema *pull = in->pull;
    int rows = nx_result_rows(in->r);
    pull->enums = nx_arena_array(pull->arena, (size_t)rows + 1, sizeof *pull->enums);
    const char **labels = nx_arena_array(pull->arena, (size_t)rows + 1, sizeof *labels);
    for (int row = 0; row < rows; row++) {
        nx_pull_enum *last = &pull->enums[pull->nenums - (pull->nenums > 0)];
        if (!pull->nenums || !same_enum(in, last, row)) {
            last = &pull->enums[pull->nenums++];
            *last = (nx_pull_enum){.schema = text(in, row, ENUM_SCHEMA), .name = text(in, row, ENUM_NAME),
                                   .comment = is(in, row, ENUM_COMMENT), .labels = &labels[row]};
        }
        labels[row] = text(in, row, ENUM_LABEL);
        last->nlabels++;
    }
}

/* --- columns ------------------------------------------------------------------------------------------------ */

enum {
    COLUMN_TABLE, COLUMN_NUMBER, COLUMN_NAME, COLUMN_TYPE, COLUMN_TYPE_SCHEMA, COLUMN_LIST, COLUMN_MODIFIER, COLUMN_DOMAIN,
    COLUMN_REQUIRED, COLUMN_IDENTITY, COLUMN_DEFAULT, COLUMN_COMMENT
};

static void read_column(const reading *in, int row, nx_pull_column *column) {
    *column = (nx_pull_column){.name = text(in, row, COLUMN_NAME),
                               .number = number(in, row, COLUMN_NUMBER),
                               .type = text(in, row, COLUMN_TYPE),
                               .list = is(in, row, COLUMN_LIST),
                               .required = is(in, row, COLUMN_REQUIRED) && !is(in, row, COLUMN_LIST),
                               .identity = is(in, row, COLUMN_IDENTITY),
                               .expression = text(in, row, COLUMN_DEFAULT),
                               .comment = is(in, row, COLUMN_COMMENT)};
    nx_pull_type(in->pull, column, nx_result_text(in->r, row, COLUMN_TYPE_SCHEMA), number(in, row, COLUMN_MODIFIER),
                 is(in, row, COLUMN_DOMAIN));
}

static void read_columns(const reading *in) {
    int rows = nx_result_rows(in->r);
    nx_pull_column *columns = nx_arena_array(in->pull->arena, (size_t)rows + 1, sizeof *columns);
    for (int row = 0, end; row < rows; row = end) {
        end = group_end(in, row, COLUMN_TABLE);
        nx_pull_table *table = find_table(in->pull, oid(in, row, COLUMN_TABLE));
        for (int i = row; i < end && table; i++) {
            read_column(in, i, &columns[i]);
        }
        if (table) {
            table->columns = &columns[row];
            table->ncolumns = end - row;
        }
    }
}

static const nx_pull_column *numbered(const nx_pull_table *table, int wanted) {
    for (int i = 0; i < table->ncolumns; i++) {
        if (table->columns[i].number == wanted) {
            return &table->columns[i];
        }
    }
    return NULL;
}

const nx_pull_column *nx_pull_find_column(const nx_pull_table *table, const char *name) {
    for (int i = 0; i < table->ncolumns; i++) {
        if (strcmp(table->columns[i].name, name) == 0) {
            return &table->columns[i];
        }
    }
    return NULL;
}

/* --- foreign keys ------------------------------------------------------------------------------------------- */

enum {
    KEY_OID, KEY_NAME, KEY_TABLE, KEY_TARGET, KEY_DELETE, KEY_UPDATE, KEY_DEFERRABLE, KEY_CHILD, KEY_PARENT, KEY_SCHEMA,
    KEY_TABLE_NAME, KEY_TARGET_SCHEMA, KEY_TARGET_NAME
};

static bool chosen(const nx_pull_schema *pull, const char *schema) {
    for (int i = 0; i < pull->nschemas; i++) {
        if (strcmp(pull->schemas[i], schema) == 0) {
            return true;
        }
    }
    return false;
}

/* Prisma stops there as well: the relation could not be told. */
static bool leads_out(const reading *in, int row) {
    const nx_pull_schema *pull = in->pull;
    const char *schema = nx_result_text(in->r, row, KEY_TARGET_SCHEMA);
    if (chosen(pull, schema)) {
        return false;
    }
    nx_error_set(in->err, NX_ERR_NOT_FOUND, "%s.%s refers to %s.%s, in a schema that was not chosen",
                 nx_result_text(in->r, row, KEY_SCHEMA), nx_result_text(in->r, row, KEY_TABLE_NAME), schema,
                 nx_result_text(in->r, row, KEY_TARGET_NAME));
    nx_buf all = NX_BUF;
    for (int i = 0; i < pull->nschemas; i++) {
        nx_buf_addf(&all, "%s,", pull->schemas[i]);
    }
    nx_error_hint(in->err, "--schema %s%s takes it in", all.data, schema);
    nx_buf_free(&all);
    return true;
}

static void read_key(const reading *in, int from, int to, nx_pull_table *table, nx_pull_table *target) {
    nx_pull_key *key = &table->keys[table->nkeys];
    size_t n = (size_t)(to - from);
    *key = (nx_pull_key){.name = text(in, from, KEY_NAME), .table = table, .target = target,
                         .on_delete = nx_result_text(in->r, from, KEY_DELETE)[0],
                         .on_update = nx_result_text(in->r, from, KEY_UPDATE)[0],
                         .deferrable = is(in, from, KEY_DEFERRABLE)};
    key->columns = nx_arena_array(in->pull->arena, n, sizeof *key->columns);
    key->references = nx_arena_array(in->pull->arena, n, sizeof *key->references);
    for (int row = from; row < to; row++) {
        const nx_pull_column *child = numbered(table, number(in, row, KEY_CHILD));
        const nx_pull_column *parent = numbered(target, number(in, row, KEY_PARENT));
        if (child && parent) { /* else the role may not see it */
            key->columns[key->ncolumns] = child;
            key->references[key->ncolumns++] = parent;
        }
    }
    table->nkeys += key->ncolumns > 0;
}

static bool read_keys(const reading *in) {
    int rows = nx_result_rows(in->r);
    nx_pull_key *keys = nx_arena_array(in->pull->arena, (size_t)rows + 1, sizeof *keys);
    for (int row = 0, end; row < rows; row = end) {
        end = group_end(in, row, KEY_OID);
        if (leads_out(in, row)) {
            return false;
        }
        nx_pull_table *table = find_table(in->pull, oid(in, row, KEY_TABLE));
        nx_pull_table *target = find_table(in->pull, oid(in, row, KEY_TARGET));
        if (table && target) { /* not those of partitions */
            table->keys = table->keys ? table->keys : &keys[row];
            read_key(in, row, end, table, target);
        }
    }
    return true;
}

/* --- indexes, checks ---------------------------------------------------------------------------------------- */

enum {
    INDEX_OID, INDEX_TABLE, INDEX_NAME, INDEX_UNIQUE, INDEX_PRIMARY, INDEX_METHOD, INDEX_COLUMN, INDEX_OPS, INDEX_USUAL_OPS,
    INDEX_OPTIONS, INDEX_DEFERRABLE, INDEX_PREDICATE
};
enum { OPTION_DESC = 1, OPTION_NULLS_FIRST = 2 }; /* of pg_index.indoption */

static const char *method(const char *name) {
    static const char *const methods[][2] = {
        {"hash", "Hash"}, {"gist", "Gist"}, {"gin", "Gin"}, {"spgist", "SpGist"}, {"brin", "Brin"}};
    for (size_t i = 0; i < NX_COUNT(methods); i++) {
        if (strcmp(methods[i][0], name) == 0) {
            return methods[i][1];
        }
    }
    return NULL;
}

static void add_index_column(const reading *in, int row, const nx_pull_column *column, nx_pull_index *index) {
    int options = number(in, row, INDEX_OPTIONS), at = index->ncolumns++;
    const char *ops = nx_result_text(in->r, row, INDEX_OPS);
    bool other_ops = index->method && strcmp(index->method, "Hash") != 0 && ops && !is(in, row, INDEX_USUAL_OPS);
    index->columns[at] = column;
    index->desc[at] = options & OPTION_DESC;
    index->ops[at] = other_ops ? nx_pull_ops(in->pull->arena, ops) : NULL;
    bool nulls_first = options & OPTION_NULLS_FIRST;
    index->odd_nulls = index->odd_nulls || (!index->method && !index->primary && nulls_first != index->desc[at]);
}

static void read_index(const reading *in, int from, int to, nx_pull_table *table) {
    nx_pull_index *index = &table->indexes[table->nindexes];
    size_t n = (size_t)(to - from);
    *index = (nx_pull_index){.name = text(in, from, INDEX_NAME),
                             .unique = is(in, from, INDEX_UNIQUE) && !is(in, from, INDEX_PRIMARY),
                             .primary = is(in, from, INDEX_PRIMARY),
                             .method = method(nx_result_text(in->r, from, INDEX_METHOD)),
                             .predicate = text(in, from, INDEX_PREDICATE),
                             .deferrable = is(in, from, INDEX_DEFERRABLE)};
    index->columns = nx_arena_array(in->pull->arena, n, sizeof *index->columns);
    index->desc = nx_arena_array(in->pull->arena, n, sizeof *index->desc);
    index->ops = nx_arena_array(in->pull->arena, n, sizeof *index->ops);
    for (int row = from; row < to; row++) {
        const nx_pull_column *column = numbered(table, number(in, row, INDEX_COLUMN));
        if (column) {
            add_index_column(in, row, column, index);
        }
    }
    table->nindexes += index->ncolumns > 0;
}

static bool over_expressions(const reading *in, int from, int to) {
    for (int row = from; row < to; row++) {
        if (number(in, row, INDEX_COLUMN) == 0) {
            return true;
        }
    }
    return false;
}

static void read_indexes(const reading *in) {
    int rows = nx_result_rows(in->r);
    nx_pull_index *indexes = nx_arena_array(in->pull->arena, (size_t)rows + 1, sizeof *indexes);
    for (int row = 0, end; row < rows; row = end) {
        end = group_end(in, row, INDEX_OID);
        nx_pull_table *table = find_table(in->pull, oid(in, row, INDEX_TABLE));
        if (!table) {
            continue;
        }
        table->indexes = table->indexes ? table->indexes : &indexes[row];
        if (over_expressions(in, row, end)) {
            table->expressions = true;
        } else {
            read_index(in, row, end, table);
            in->pull->partial = in->pull->partial || nx_result_text(in->r, row, INDEX_PREDICATE);
        }
    }
}

enum { CHECK_TABLE, CHECK_EXCLUDES };

static void read_checks(const reading *in) {
    for (int row = 0; row < nx_result_rows(in->r); row++) {
        nx_pull_table *table = find_table(in->pull, oid(in, row, CHECK_TABLE));
        if (table) {
            *(is(in, row, CHECK_EXCLUDES) ? &table->exclusions : &table->checks) = true;
        }
    }
}

bool nx_pull_read(nx_pull_schema *pull, const nx_result *const results[NX_PULL_QUERIES], nx_error *err) {
    reading in[NX_PULL_QUERIES];
    for (int i = 0; i < NX_PULL_QUERIES; i++) {
        if (!results[i]) {
            nx_error_set(err, NX_ERR_LOST, "the server's answer is incomplete");
            return false;
        }
        in[i] = (reading){pull, results[i], err};
    }
    if (!read_schemas(&in[NX_PULL_SCHEMAS])) {
        return false;
    }
    read_tables(&in[NX_PULL_TABLES]);
    read_enums(&in[NX_PULL_ENUMS]);
    read_columns(&in[NX_PULL_COLUMNS]);
    read_indexes(&in[NX_PULL_INDEXES]);
    read_checks(&in[NX_PULL_CHECKS]);
    return read_keys(&in[NX_PULL_KEYS]);
}
