#include "describe.h"

#include <string.h>

enum {
    INDEX_MODEL, INDEX_NAME, INDEX_DEFINITION, INDEX_METHOD, INDEX_UNIQUE, INDEX_PRIMARY, INDEX_VALID,
    INDEX_IMMEDIATE, INDEX_PARTIAL, INDEX_EXPRESSIONS, INDEX_NKEYS, INDEX_KEYS, INDEX_OPTIONS, INDEX_COLLATIONS,
    INDEX_FAMILIES
};

/* Exclusion constraints, and the keys WITHOUT OVERLAPS that are made of them, are not btree: listed
 * as indexes, never as keys. */
const char nx_indexes_sql[] =
    "SELECT i.indrelid, x.relname, pg_catalog.pg_get_indexdef(i.indexrelid), m.amname, i.indisunique, i.indisprimary,"
    " i.indisvalid, i.indimmediate, i.indpred IS NOT NULL, i.indexprs IS NOT NULL, i.indnkeyatts,"
    " i.indkey::pg_catalog.text, i.indoption::pg_catalog.text, i.indcollation::pg_catalog.text,"
    " ARRAY(SELECT o.opcfamily FROM pg_catalog.unnest(i.indclass::pg_catalog.oid[]) WITH ORDINALITY k(class, n)"
    "  JOIN pg_catalog.pg_opclass o ON o.oid" EQ "k.class ORDER BY k.n)::pg_catalog.text"
    " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid" EQ "i.indexrelid"
    " JOIN pg_catalog.pg_am m ON m.oid" EQ "x.relam"
    " WHERE i.indrelid" PICKED " AND i.indislive ORDER BY i.indrelid, i.indisprimary DESC, x.relname";

enum { OPTION_DESC = 1, OPTION_NULLS_FIRST = 2 }; /* pg_index.indoption */

typedef struct columns { /* of one index, as the catalog has them */
    int64_t numbers[NX_KEY_COLUMNS_MAX], options[NX_KEY_COLUMNS_MAX], collations[NX_KEY_COLUMNS_MAX],
        families[NX_KEY_COLUMNS_MAX];
    int count;
} columns;

static void read_columns(columns *c, const nx_result *r, int row) {
    int n = nx_numbers(nx_result_text(r, row, INDEX_KEYS), c->numbers, NX_KEY_COLUMNS_MAX);
    int keys = (int)nx_result_int(r, row, INDEX_NKEYS);
    nx_numbers(nx_result_text(r, row, INDEX_OPTIONS), c->options, NX_KEY_COLUMNS_MAX);
    nx_numbers(nx_result_text(r, row, INDEX_COLLATIONS), c->collations, NX_KEY_COLUMNS_MAX);
    nx_numbers(nx_result_text(r, row, INDEX_FAMILIES), c->families, NX_KEY_COLUMNS_MAX);
    c->count = keys < n ? keys : n;
}

/* Sorts as the field does by itself, so that it serves the field's order and its uniqueness is the
 * order's: a text_pattern_ops index may hold 'a' and 'A' as two where the field's collation says one. */
static bool orders_as_field(const nx_draft *draft, const nx_field *field, int64_t family, int64_t collation) {
    return field && field->sortable && draft->types[field->index]->family == (uint32_t)family &&
           draft->collations[field->index] == (uint32_t)collation;
}

static nx_index *read_index(nx_draft *draft, const nx_result *r, int row) {
    nx_arena *arena = draft->catalog->arena;
    columns c = {.count = 0};
    read_columns(&c, r, row);
    nx_index *index = nx_arena_alloc(arena, sizeof *index);
    index->name = nx_draft_name(draft, r, row, INDEX_NAME);
    index->definition = nx_draft_name(draft, r, row, INDEX_DEFINITION);
    index->method = nx_draft_name(draft, r, row, INDEX_METHOD);
    index->unique = nx_result_bool(r, row, INDEX_UNIQUE);
    index->valid = nx_result_bool(r, row, INDEX_VALID);
    index->partial = nx_result_bool(r, row, INDEX_PARTIAL);
    index->has_expressions = nx_result_bool(r, row, INDEX_EXPRESSIONS);
    index->nfields = c.count;
    index->fields = nx_arena_array(arena, (size_t)c.count, sizeof(nx_field *));
    index->desc = nx_arena_array(arena, (size_t)c.count, sizeof(bool));
    index->nulls_first = nx_arena_array(arena, (size_t)c.count, sizeof(bool));
    index->plain_order = strcmp(index->method, "btree") == 0;
    for (int i = 0; i < c.count; i++) {
        index->fields[i] = nx_draft_field(draft, c.numbers[i]);
        index->desc[i] = c.options[i] & OPTION_DESC;
        index->nulls_first[i] = c.options[i] & OPTION_NULLS_FIRST;
        index->plain_order = index->plain_order &&
                             orders_as_field(draft, index->fields[i], c.families[i], c.collations[i]);
    }
    return index;
}

/* Unique over whole fields and all rows; a key in name at least. */
static bool is_key(const nx_index *index) {
    bool whole = index->unique && !index->partial && !index->has_expressions && index->nfields > 0;
    for (int i = 0; whole && i < index->nfields; i++) {
        whole = index->fields[i] != NULL;
    }
    return whole && strcmp(index->method, "btree") == 0;
}

/* Can a record be addressed and paged by it? Deferrable keys may hold duplicates for a while, nullable
 * ones for good; an inheritance parent's key says nothing of its children. */
static bool identifies(const nx_draft *draft, const nx_index *index, bool immediate) {
    if (!immediate || !index->valid || !index->plain_order || draft->model->inherited) {
        return false;
    }
    for (int i = 0; i < index->nfields; i++) {
        if (index->fields[i]->nullable || !index->fields[i]->can_select) {
            return false;
        }
    }
    return true;
}

void nx_read_indexes(nx_draft *draft, const nx_result *r, int from, int to) {
    nx_arena *arena = draft->catalog->arena;
    nx_model *model = draft->model;
    model->indexes = nx_arena_array(arena, (size_t)(to - from), sizeof(nx_index *));
    model->keys = nx_arena_array(arena, (size_t)(to - from), sizeof(nx_key *));
    for (int row = from; row < to; row++) {
        nx_index *index = model->indexes[model->nindexes++] = read_index(draft, r, row);
        if (!is_key(index)) {
            continue;
        }
        nx_key *key = model->keys[model->nkeys++] = nx_arena_alloc(arena, sizeof *key);
        key->name = index->name;
        key->primary = nx_result_bool(r, row, INDEX_PRIMARY);
        key->nfields = index->nfields;
        key->fields = index->fields;
        key->identifies = identifies(draft, index, nx_result_bool(r, row, INDEX_IMMEDIATE));
    }
}
