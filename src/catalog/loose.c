/* References that stand in a schema laid over the catalog and maybe nowhere else. */
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "query.h"

void nx_catalog_add_key(nx_catalog *catalog, const nx_virtual_key *key) {
    size_t n = (size_t)key->nfields;
    const char **fields = nx_arena_array(catalog->arena, n, sizeof *fields);
    const char **references = nx_arena_array(catalog->arena, n, sizeof *references);
    for (size_t i = 0; i < n; i++) {
        fields[i] = nx_catalog_intern(catalog, key->fields[i]);
        references[i] = nx_catalog_intern(catalog, key->references[i]);
    }
    catalog->loose = nx_realloc(catalog->loose, (size_t)catalog->nloose + 1, sizeof *catalog->loose);
    nx_loose_key *loose = &catalog->loose[catalog->nloose++];
    *loose = (nx_loose_key){.key = *key};
    loose->key.fields = fields;
    loose->key.references = references;
    if (key->child->described && !key->parent->described) {
        key->child->described = false; /* once more, together with what it leads to */
    }
}

void nx_catalog_add_join_table(nx_catalog *catalog, nx_model *model) {
    if (!catalog->joins) {
        catalog->joins = nx_arena_array(catalog->arena, (size_t)catalog->count, sizeof *catalog->joins);
    }
    catalog->joins[nx_catalog_place(model)] = true;
    model->join_table = true;
}

/* --- asking ----------------------------------------------------------------------------------------- */

static void add_element(nx_buf *array, const char *text) {
    nx_buf_adds(array, array->len ? ",\"" : "{\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            nx_buf_addc(array, '\\');
        }
        nx_buf_addc(array, *text);
    }
    nx_buf_addc(array, '"');
}

static void add_number(nx_buf *array, unsigned n) { nx_buf_addf(array, array->len ? ",%u" : "{%u", n); }

enum { WANTED_KEY, WANTED_CHILD, WANTED_FIELD, WANTED_PARENT, WANTED_REFERENCE, WANTED_COUNT };

static void add_wanted(nx_buf arrays[WANTED_COUNT], const nx_virtual_key *key, unsigned number) {
    for (int i = 0; i < key->nfields; i++) {
        add_number(&arrays[WANTED_KEY], number);
        add_number(&arrays[WANTED_CHILD], key->child->oid);
        add_element(&arrays[WANTED_FIELD], key->fields[i]);
        add_number(&arrays[WANTED_PARENT], key->parent->oid);
        add_element(&arrays[WANTED_REFERENCE], key->references[i]);
    }
}

#define LEADING(count) "(i.indkey::pg_catalog.int2[])[0:" count OP("-") "1]"
#define WHOLE_INDEXES(test)                                                                        \
    "(SELECT pg_catalog.bool_or(" test ") FROM pg_catalog.pg_index i WHERE i.indrelid" EQ "k.child" \
    " AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL)"
#define TAKEN(relation, name)                                                                            \
    "(SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid" EQ relation " AND a.attname" EQ name \
    " AND NOT a.attisdropped LIMIT 1)"
#define NAME_OF(relation) "(SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid" EQ relation ")"
#define STEM(name) "pg_catalog.regexp_replace(" name "::pg_catalog.text, '(_id|_Id|_ID|Id|ID)$', '')::pg_catalog.name"
/* A domain counts as its base here as far as it is a domain over a base type. */
#define BASE(t) "CASE WHEN " t ".typtype" EQ "'d' THEN " t ".typbasetype ELSE " t ".oid END"
#define FAMILY(t, types) "(" BASE(t) ")" EQ "ANY ('{" types "}'::pg_catalog.regtype[]::pg_catalog.oid[])"
#define NUMBERS "pg_catalog.int2,pg_catalog.int4,pg_catalog.int8,pg_catalog.numeric"
#define TEXTS   "pg_catalog.text,pg_catalog.varchar,pg_catalog.bpchar"

/* What compares without a cast that somebody would have to write. */
#define COMPARABLE                                                                          \
    "((" BASE("s") ")" EQ "(" BASE("t") ") OR " FAMILY("s", NUMBERS) " AND " FAMILY("t", NUMBERS) \
    " OR " FAMILY("s", TEXTS) " AND " FAMILY("t", TEXTS) ")"

static const char rest_sql[] =
    ")), key AS (SELECT w.key, w.child, w.parent, pg_catalog.array_agg(f.attnum) AS columns,"
    "  pg_catalog.min(w.field::pg_catalog.text)::pg_catalog.name AS field, pg_catalog.count(*) AS found"
    "  FROM wanted w JOIN pg_catalog.pg_attribute f ON f.attrelid" EQ "w.child AND f.attname" EQ "w.field"
    "  JOIN pg_catalog.pg_attribute r ON r.attrelid" EQ "w.parent AND r.attname" EQ "w.reference"
    "  JOIN pg_catalog.pg_type s ON s.oid" EQ "f.atttypid JOIN pg_catalog.pg_type t ON t.oid" EQ "r.atttypid"
    "  WHERE f.attnum" OP(">") "0 AND r.attnum" OP(">") "0 AND NOT f.attisdropped AND NOT r.attisdropped AND " COMPARABLE
    "  GROUP BY w.key, w.child, w.parent)"
    " SELECT k.key, " WHOLE_INDEXES("i.indisunique AND " LEADING("i.indnkeyatts") OP("<@") "k.columns") ","
    " " WHOLE_INDEXES("i.indnkeyatts" OP(">=") "pg_catalog.cardinality(k.columns) AND "
                      LEADING("pg_catalog.cardinality(k.columns)") OP("@>") "k.columns") ","
    " " TAKEN("k.child", STEM("k.field")) ", " TAKEN("k.child", NAME_OF("k.parent")) ","
    " " TAKEN("k.parent", NAME_OF("k.child")) ", k.found FROM key k";
enum { ANSWER_UNIQUE = 1, ANSWER_INDEXED = 2, ANSWER_FOUND = NX_LOOSE_TAKEN_END };

bool nx_loose_ask(const nx_catalog *catalog, nx_sql *sql) {
    static const char *const casts[] = {"pg_catalog.int4[]", "pg_catalog.oid[]", "pg_catalog.name[]",
                                        "pg_catalog.oid[]", "pg_catalog.name[]"};
    nx_buf arrays[WANTED_COUNT] = {NX_BUF, NX_BUF, NX_BUF, NX_BUF, NX_BUF};
    for (int i = 0; i < catalog->nloose; i++) {
        add_wanted(arrays, &catalog->loose[i].key, (unsigned)i);
    }
    bool any = arrays[WANTED_KEY].len > 0;
    nx_sql_add(sql, "WITH wanted(key, child, field, parent, reference) AS (SELECT * FROM ROWS FROM (");
    for (int i = 0; i < WANTED_COUNT; i++) {
        nx_buf_addc(&arrays[i], '}');
        nx_sql_add(sql, i ? ", pg_catalog.unnest(" : "pg_catalog.unnest(");
        nx_sql_param(sql, (nx_value){arrays[i].data, arrays[i].len}, casts[i]);
        nx_sql_add(sql, ")");
        nx_buf_free(&arrays[i]);
    }
    nx_sql_add(sql, rest_sql);
    return any;
}

void nx_loose_read(nx_catalog *catalog, const nx_result *r) {
    for (int i = 0; i < catalog->nloose; i++) {
        catalog->loose[i].checked = true;
    }
    for (int row = 0; row < nx_result_rows(r); row++) {
        int64_t i = nx_result_int(r, row, NX_LOOSE_KEY);
        if (i >= 0 && i < catalog->nloose) {
            nx_loose_key *loose = &catalog->loose[i];
            loose->good = nx_result_int(r, row, ANSWER_FOUND) == loose->key.nfields;
            loose->unique = nx_result_bool(r, row, ANSWER_UNIQUE);
            loose->indexed = nx_result_bool(r, row, ANSWER_INDEXED);
        }
    }
}

/* --- foreign keys of described models ------------------------------------------------------------- */

char *nx_loose_targets(const nx_model *model) {
    nx_buf oids = NX_BUF;
    for (int i = 0; i < model->catalog->nloose; i++) {
        const nx_virtual_key *key = &model->catalog->loose[i].key;
        if (key->child == model) {
            add_number(&oids, key->parent->oid);
        }
    }
    nx_buf_adds(&oids, oids.len ? "}" : "{}");
    return nx_buf_take(&oids);
}

static bool pairs(const nx_foreign_key *have, const nx_virtual_key *key, int i) {
    for (int k = 0; k < have->nfields; k++) {
        if (strcmp(have->fields[k]->name, key->fields[i]) == 0) {
            return strcmp(have->references[k], key->references[i]) == 0;
        }
    }
    return false;
}

/* Does the model have this reference already? */
static bool has_key(const nx_model *model, const nx_virtual_key *key) {
    for (int i = 0; i < model->nforeign_keys; i++) {
        const nx_foreign_key *have = model->foreign_keys[i];
        int alike = 0;
        while (alike < key->nfields && pairs(have, key, alike)) {
            alike++;
        }
        if (have->target == key->parent && have->nfields == key->nfields && alike == key->nfields) {
            return true;
        }
    }
    return false;
}

static int family(const nx_field *field) {
    static const char *const names[] = {"int2", "int4", "int8", "numeric", "text", "varchar", "bpchar"};
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        if (strcmp(field->base_type, names[i]) == 0) {
            return i < 4 ? 1 : 2;
        }
    }
    return 0;
}

static bool comparable(const nx_field *a, const nx_field *b) {
    return a && b && (a->type_oid == b->type_oid || strcmp(a->cast, b->cast) == 0 ||
                      (family(a) && family(a) == family(b)));
}

static bool is_good(const nx_loose_key *loose) {
    const nx_virtual_key *key = &loose->key;
    if (loose->checked || !key->parent->described) {
        return loose->good;
    }
    for (int i = 0; i < key->nfields; i++) {
        if (!comparable(nx_model_field(key->child, key->fields[i]), nx_model_field(key->parent, key->references[i]))) {
            return false;
        }
    }
    return true;
}

static void attach(nx_model *model, const nx_virtual_key *key) {
    nx_arena *arena = model->catalog->arena;
    nx_foreign_key *made = nx_arena_alloc(arena, sizeof *made);
    *made = (nx_foreign_key){.name = "",
                             .target = key->parent,
                             .nfields = key->nfields,
                             .fields = nx_arena_array(arena, (size_t)key->nfields, sizeof(nx_field *)),
                             .references = nx_arena_array(arena, (size_t)key->nfields, sizeof(char *)),
                             .on_delete = key->on_delete,
                             .on_update = key->on_update,
                             .virtual = true};
    for (int i = 0; i < key->nfields; i++) {
        made->fields[i] = nx_model_field(model, key->fields[i]);
        made->references[i] = key->references[i];
        if (!made->fields[i]) {
            return;
        }
    }
    nx_foreign_key **all = nx_arena_array(arena, (size_t)model->nforeign_keys + 1, sizeof *all);
    if (model->nforeign_keys) {
        memcpy(all, model->foreign_keys, (size_t)model->nforeign_keys * sizeof *all);
    }
    all[model->nforeign_keys++] = made;
    model->foreign_keys = all;
}

void nx_loose_attach(nx_catalog *catalog) {
    for (int i = 0; i < catalog->nloose; i++) {
        nx_loose_key *loose = &catalog->loose[i];
        nx_model *child = loose->key.child;
        if (loose->attached || !child->described || !is_good(loose)) {
            continue;
        }
        loose->attached = true;
        if (!has_key(child, &loose->key)) {
            attach(child, &loose->key);
        }
    }
}
