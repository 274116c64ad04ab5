#include "describe.h"

#include <stdlib.h>
#include <string.h>

enum {
    TYPE_OID, TYPE_DOMAIN, TYPE_SCHEMA, TYPE_NAME, TYPE_KIND, TYPE_LENGTH, TYPE_ELEMENT_SCHEMA, TYPE_ELEMENT,
    TYPE_COLLATION, TYPE_SORTABLE, TYPE_FAMILY, TYPE_LT, TYPE_LE, TYPE_EQ, TYPE_GE, TYPE_GT, TYPE_LABEL
};

#define OPERATOR_AT(strategy) "pg_catalog.max(f.op) FILTER (WHERE f.n" EQ strategy ")"

/* used: the columns' types. base: a domain's ultimate base. parts: everything that must be comparable
 * for the type to be: a domain's base, an array's elements, a composite's columns, and so on down.
 * classes: the default btree operator class (access method 403), as the server finds it: the type's
 * own, else the one of a type that it is binary-coercible to (varchar sorts as text), else the
 * polymorphic one: anyenum 3500, anyrange 3831, anymultirange 4537, record 2249, anyarray 2277.
 * OFFSET 0 keeps the planner to the index on pg_type: it takes the recursion for thousands of rows. */
const char nx_types_sql[] =
    "WITH RECURSIVE used(typ) AS (SELECT DISTINCT a.atttypid FROM pg_catalog.pg_attribute a"
    "  WHERE a.attrelid" PICKED " AND a.attnum" OP(">") "0 AND NOT a.attisdropped),"
    " base(typ, oid) AS (SELECT typ, typ FROM used UNION SELECT b.typ, t.base FROM base b CROSS JOIN LATERAL ("
    "  SELECT t.typbasetype FROM pg_catalog.pg_type t WHERE t.oid" EQ "b.oid AND t.typtype" EQ "'d' OFFSET 0) t(base)),"
    " parts(typ, oid) AS (SELECT typ, typ FROM used UNION SELECT p.typ, x.oid FROM parts p CROSS JOIN LATERAL ("
    "  SELECT x.oid FROM pg_catalog.pg_type t CROSS JOIN LATERAL ("
    "   SELECT t.typbasetype WHERE t.typtype" EQ "'d'"
    "   UNION ALL SELECT e.oid FROM pg_catalog.pg_type e WHERE e.oid" EQ "t.typelem AND e.typarray" EQ "t.oid"
    "   UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE t.typtype" EQ "'c'"
    "    AND a.attrelid" EQ "t.typrelid AND a.attnum" OP(">") "0 AND NOT a.attisdropped) x(oid)"
    "  WHERE t.oid" EQ "p.oid OFFSET 0) x(oid)),"
    " classes AS MATERIALIZED (SELECT t.oid, o.opcfamily AS family, a.lt, a.le, a.eq, a.ge, a.gt"
    "  FROM (SELECT DISTINCT oid FROM parts) p CROSS JOIN LATERAL (SELECT t.oid, t.typtype, t.typelem"
    "   FROM pg_catalog.pg_type t WHERE t.oid" EQ "p.oid OFFSET 0) t"
    "  LEFT JOIN pg_catalog.pg_type e ON e.oid" EQ "t.typelem AND e.typarray" EQ "t.oid"
    "  CROSS JOIN LATERAL (SELECT oc.opcfamily, oc.opcintype FROM pg_catalog.pg_opclass oc"
    "   JOIN pg_catalog.pg_type i ON i.oid" EQ "oc.opcintype"
    "   LEFT JOIN pg_catalog.pg_cast k ON k.castsource" EQ "t.oid AND k.casttarget" EQ "oc.opcintype"
    "    AND k.castmethod" EQ "'b' AND k.castcontext" EQ "'i'"
    "   WHERE oc.opcmethod" EQ "403 AND oc.opcdefault AND (oc.opcintype" EQ "t.oid OR k.oid IS NOT NULL OR"
    "    oc.opcintype" EQ "CASE WHEN t.typtype" EQ "'e' THEN 3500 WHEN t.typtype" EQ "'r' THEN 3831"
    "     WHEN t.typtype" EQ "'m' THEN 4537 WHEN t.typtype" EQ "'c' THEN 2249"
    "     WHEN e.oid IS NOT NULL THEN 2277 ELSE 0 END)"
    "   ORDER BY (oc.opcintype" EQ "t.oid) DESC, i.typispreferred DESC, oc.opcintype LIMIT 1) o"
    "  CROSS JOIN LATERAL (SELECT " OPERATOR_AT("1") " AS lt, " OPERATOR_AT("2") " AS le, " OPERATOR_AT("3") " AS eq, "
    OPERATOR_AT("4") " AS ge, " OPERATOR_AT("5") " AS gt"
    "   FROM (SELECT s.amopstrategy, pg_catalog.format('OPERATOR(%I.%s)', n.nspname, op.oprname) FROM pg_catalog.pg_amop s"
    "    JOIN pg_catalog.pg_operator op ON op.oid" EQ "s.amopopr"
    "    JOIN pg_catalog.pg_namespace n ON n.oid" EQ "op.oprnamespace"
    "    WHERE s.amopfamily" EQ "o.opcfamily AND s.amoplefttype" EQ "o.opcintype AND s.amoprighttype" EQ "o.opcintype)"
    "   f(n, op)) a)"
    " SELECT u.typ, t.typtype" EQ "'d', bn.nspname, b.typname, b.typtype, b.typlen, en.nspname, e.typname,"
    " b.typcollation, k.oid IS NOT NULL AND NOT EXISTS (SELECT FROM parts p JOIN pg_catalog.pg_type pt"
    "  ON pt.oid" EQ "p.oid AND pt.typtype" OP("<>") "'d' LEFT JOIN classes pk ON pk.oid" EQ "p.oid"
    "  WHERE p.typ" EQ "u.typ AND pk.oid IS NULL),"
    " k.family, k.lt, k.le, k.eq, k.ge, k.gt, l.enumlabel"
    " FROM used u JOIN pg_catalog.pg_type t ON t.oid" EQ "u.typ JOIN base ON base.typ" EQ "u.typ"
    " JOIN pg_catalog.pg_type b ON b.oid" EQ "base.oid AND b.typtype" OP("<>") "'d'"
    " JOIN pg_catalog.pg_namespace bn ON bn.oid" EQ "b.typnamespace"
    " LEFT JOIN pg_catalog.pg_type e ON e.oid" EQ "b.typelem AND e.typarray" EQ "b.oid"
    " LEFT JOIN pg_catalog.pg_namespace en ON en.oid" EQ "e.typnamespace"
    " LEFT JOIN classes k ON k.oid" EQ "b.oid LEFT JOIN pg_catalog.pg_enum l ON l.enumtypid" EQ "b.oid"
    " ORDER BY u.typ, l.enumsortorder";

static const struct named_class {
    const char *name;
    nx_type_class class;
} builtin[] = {
    {"text", NX_TYPE_TEXT},         {"varchar", NX_TYPE_TEXT},   {"bpchar", NX_TYPE_TEXT},   {"name", NX_TYPE_TEXT},
    {"bool", NX_TYPE_BOOL},         {"int2", NX_TYPE_NUMBER},    {"int4", NX_TYPE_NUMBER},   {"int8", NX_TYPE_NUMBER},
    {"numeric", NX_TYPE_NUMBER},    {"float4", NX_TYPE_NUMBER},  {"float8", NX_TYPE_NUMBER}, {"money", NX_TYPE_NUMBER},
    {"oid", NX_TYPE_NUMBER},        {"date", NX_TYPE_TIME},      {"time", NX_TYPE_TIME},     {"timetz", NX_TYPE_TIME},
    {"timestamp", NX_TYPE_TIME},    {"timestamptz", NX_TYPE_TIME}, {"interval", NX_TYPE_TIME}, {"uuid", NX_TYPE_UUID},
    {"json", NX_TYPE_JSON},         {"jsonb", NX_TYPE_JSON},     {"bytea", NX_TYPE_BYTES},
};

/* An own type that is merely called like a built-in one is not it; citext lives where it was installed. */
static nx_type_class class_of(const char *schema, const char *name, char kind, bool array) {
    if (array) {
        return NX_TYPE_ARRAY;
    }
    if (kind == 'e') {
        return NX_TYPE_ENUM;
    }
    if (kind == 'b' && strcmp(name, "citext") == 0) {
        return NX_TYPE_TEXT;
    }
    for (size_t i = 0; strcmp(schema, "pg_catalog") == 0 && i < NX_COUNT(builtin); i++) {
        if (strcmp(name, builtin[i].name) == 0) {
            return builtin[i].class;
        }
    }
    return NX_TYPE_OTHER;
}

static nx_cut cut_of(nx_type_class class, int64_t length) {
    if (length > 0) {
        return NX_CUT_NONE;
    }
    return class == NX_TYPE_TEXT ? NX_CUT_TEXT : class == NX_TYPE_BYTES ? NX_CUT_BYTES : NX_CUT_GUARD;
}

static const char *qualified(nx_catalog *catalog, const char *schema, const char *name) {
    if (!schema || !name) {
        return NULL;
    }
    nx_sql sql = NX_SQL;
    nx_sql_name(&sql, schema, name);
    const char *text = nx_catalog_intern(catalog, sql.text.data);
    nx_sql_free(&sql);
    return text;
}

static const char *operator_at(nx_catalog *catalog, const nx_result *r, int row, int column) {
    return nx_catalog_intern(catalog, nx_operator_text(nx_result_text(r, row, column)));
}

static void read_operators(nx_catalog *catalog, nx_type *type, const nx_result *r, int row) {
    type->op_lt = operator_at(catalog, r, row, TYPE_LT);
    type->op_le = operator_at(catalog, r, row, TYPE_LE);
    type->op_eq = operator_at(catalog, r, row, TYPE_EQ);
    type->op_ge = operator_at(catalog, r, row, TYPE_GE);
    type->op_gt = operator_at(catalog, r, row, TYPE_GT);
    type->sortable = type->op_lt && type->op_le && type->op_eq && type->op_ge && type->op_gt;
}

static void read_labels(nx_catalog *catalog, nx_type *type, const nx_result *r, int from, int to) {
    type->labels = nx_arena_array(catalog->arena, (size_t)(to - from), sizeof *type->labels);
    for (int i = from; i < to; i++) {
        const char *label = nx_result_text(r, i, TYPE_LABEL);
        if (label) {
            type->labels[type->nlabels++] = nx_arena_strdup(catalog->arena, label);
        }
    }
}

/* One type; an enum has a row for each label. */
static nx_type *read_type(nx_catalog *catalog, const nx_result *r, int from, int to) {
    nx_type *type = nx_arena_alloc(catalog->arena, sizeof *type);
    const char *schema = nx_result_text(r, from, TYPE_SCHEMA), *name = nx_result_text(r, from, TYPE_NAME);
    char kind = nx_result_char(r, from, TYPE_KIND);
    type->domain = nx_result_bool(r, from, TYPE_DOMAIN);
    type->composite = kind == 'c';
    type->base_type = nx_catalog_intern(catalog, name ? name : "");
    type->cast = qualified(catalog, schema, name);
    type->element_cast =
        qualified(catalog, nx_result_text(r, from, TYPE_ELEMENT_SCHEMA), nx_result_text(r, from, TYPE_ELEMENT));
    type->class = class_of(schema ? schema : "", type->base_type, kind, type->element_cast != NULL);
    type->cut = cut_of(type->class, nx_result_int(r, from, TYPE_LENGTH));
    type->collation = nx_result_oid(r, from, TYPE_COLLATION);
    if (nx_result_bool(r, from, TYPE_SORTABLE)) {
        type->family = nx_result_oid(r, from, TYPE_FAMILY);
        read_operators(catalog, type, r, from);
    }
    if (kind == 'e') {
        read_labels(catalog, type, r, from, to);
    }
    return type;
}

void nx_read_types(nx_catalog *catalog, const nx_result *r) {
    int n = nx_result_rows(r);
    for (int from = 0, to; from < n; from = to) {
        uint32_t oid = nx_result_oid(r, from, TYPE_OID);
        for (to = from + 1; to < n && nx_result_oid(r, to, TYPE_OID) == oid;) {
            to++;
        }
        if (!nx_oids_get(&catalog->types, oid)) {
            nx_oids_put(&catalog->types, oid, read_type(catalog, r, from, to));
        }
    }
}
