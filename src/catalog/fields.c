#include "describe.h"

#include <string.h>

enum {
    FIELD_MODEL, FIELD_NUMBER, FIELD_NAME, FIELD_TYPE, FIELD_TYPE_OID, FIELD_NOT_NULL, FIELD_DEFAULT, FIELD_IDENTITY,
    FIELD_GENERATED, FIELD_COMMENT, FIELD_COLLATION, FIELD_NONDETERMINISTIC, FIELD_SELECT, FIELD_UPDATE, FIELD_INSERT
};

/* A domain's NOT NULL is not the column's: a sub-select without a row gets a NULL past it, and paging
 * must not lose that row. A domain's default is the column's when that has none. */
#define WRITABLE "(c.relkind" IS_ONE_OF("{r,p,f}") " OR pg_catalog.pg_column_is_updatable(c.oid, a.attnum, true))"
#define PRIVILEGE(name) "pg_catalog.has_column_privilege(c.oid, a.attnum, '" name "')"

/* unproven: since PostgreSQL 18 a NOT NULL can be declared without being true of the rows there are. */
const char nx_fields_sql[] =
    "WITH unproven(relation, number) AS (SELECT k.conrelid, k.conkey[1] FROM pg_catalog.pg_constraint k"
    "  WHERE k.conrelid" PICKED " AND k.contype" EQ "'n' AND NOT k.convalidated)"
    " SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.atttypid,"
    " a.attnotnull AND NOT EXISTS (SELECT FROM unproven u WHERE u.relation" EQ "a.attrelid AND u.number" EQ "a.attnum),"
    " COALESCE(pg_catalog.pg_get_expr(f.adbin, f.adrelid), t.typdefault), a.attidentity, a.attgenerated,"
    " d.description, a.attcollation, NOT o.collisdeterministic, " PRIVILEGE("SELECT") ","
    " " PRIVILEGE("UPDATE") " AND " WRITABLE ", " PRIVILEGE("INSERT") " AND " WRITABLE
    " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid" EQ "a.attrelid"
    " JOIN pg_catalog.pg_type t ON t.oid" EQ "a.atttypid"
    " LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid" EQ "a.attrelid AND f.adnum" EQ "a.attnum"
    " LEFT JOIN pg_catalog.pg_collation o ON o.oid" EQ "a.attcollation"
    " LEFT JOIN pg_catalog.pg_description d ON d.objoid" EQ "a.attrelid AND d.classoid" EQ CLASS_OF("pg_class")
    "  AND d.objsubid" EQ "a.attnum"
    " WHERE a.attrelid" PICKED " AND a.attnum" OP(">") "0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum";

static void take_type(nx_field *field, const nx_type *type) {
    field->cast = type->cast;
    field->element_cast = type->element_cast;
    field->base_type = type->base_type;
    field->class = type->class;
    field->cut = type->cut;
    field->composite = type->composite;
    field->domain = type->domain;
    field->labels = type->class == NX_TYPE_ENUM ? type->labels : NULL;
    field->nlabels = type->class == NX_TYPE_ENUM ? type->nlabels : 0;
    field->sortable = type->sortable;
    field->op_lt = type->op_lt;
    field->op_le = type->op_le;
    field->op_eq = type->op_eq;
    field->op_ge = type->op_ge;
    field->op_gt = type->op_gt;
}

static void read_field(const nx_draft *draft, nx_field *field, const nx_result *r, int row) {
    field->number = (int)nx_result_int(r, row, FIELD_NUMBER);
    field->name = nx_draft_name(draft, r, row, FIELD_NAME);
    field->type = nx_draft_name(draft, r, row, FIELD_TYPE);
    field->type_oid = nx_result_oid(r, row, FIELD_TYPE_OID);
    field->nullable = !nx_result_bool(r, row, FIELD_NOT_NULL);
    field->default_expression = nx_draft_text(draft, r, row, FIELD_DEFAULT);
    field->identity = nx_result_char(r, row, FIELD_IDENTITY);
    field->generated = nx_result_char(r, row, FIELD_GENERATED);
    field->comment = nx_draft_text(draft, r, row, FIELD_COMMENT);
    field->nondeterministic = nx_result_bool(r, row, FIELD_NONDETERMINISTIC);
    field->can_select = nx_result_bool(r, row, FIELD_SELECT);
    field->can_update = nx_result_bool(r, row, FIELD_UPDATE);
    field->can_insert = nx_result_bool(r, row, FIELD_INSERT);
}

/* A type that came into being between two statements of the trip: sent as text, never sorted. */
static const nx_type unknown_type = {.base_type = "text", .cast = "\"pg_catalog\".\"text\"",
                                     .class = NX_TYPE_OTHER, .cut = NX_CUT_GUARD};

void nx_read_fields(nx_draft *draft, const nx_result *r, int from, int to) {
    nx_model *model = draft->model;
    size_t n = (size_t)(to - from);
    nx_field *fields = nx_arena_array(draft->catalog->arena, n, sizeof *fields);
    model->fields = nx_arena_array(draft->catalog->arena, n, sizeof(nx_field *));
    draft->types = nx_calloc(n, sizeof *draft->types);
    draft->collations = nx_calloc(n, sizeof *draft->collations);
    for (int i = 0; i < to - from; i++) {
        nx_field *field = model->fields[i] = &fields[i];
        field->model = model;
        field->index = i;
        read_field(draft, field, r, from + i);
        const nx_type *type = nx_oids_get(&draft->catalog->types, field->type_oid);
        type = type ? type : &unknown_type;
        take_type(field, type);
        draft->types[i] = type;
        draft->collations[i] = nx_result_oid(r, from + i, FIELD_COLLATION);
        field->default_collation = draft->collations[i] == 0 || draft->collations[i] == type->collation;
    }
    model->nfields = to - from;
}

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool is_field(const nx_field *field, const nx_result *r, int row) {
    return nx_result_int(r, row, FIELD_NUMBER) == field->number && nx_result_oid(r, row, FIELD_TYPE_OID) == field->type_oid &&
           same(nx_result_text(r, row, FIELD_NAME), field->name) && same(nx_result_text(r, row, FIELD_TYPE), field->type) &&
           same(nx_result_text(r, row, FIELD_DEFAULT), field->default_expression);
}

bool nx_fields_are(const nx_model *model, const nx_result *r, int from, int to) {
    bool good = model->nfields == to - from;
    for (int i = 0; good && i < model->nfields; i++) {
        good = is_field(model->fields[i], r, from + i);
    }
    return good;
}
