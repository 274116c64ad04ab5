/* What is asked of the server, once for all tables of the chosen schemas. */
#include "pull.h"

#define OP(name) " OPERATOR(pg_catalog." name ") "
#define EQ OP("=")
#define NE OP("<>")
#define CHAR_IN(chars) EQ "ANY ('" chars "'::pg_catalog.\"char\"[])"
#define CHOSEN " JOIN pg_catalog.pg_namespace n ON n.oid" EQ "c.relnamespace AND n.nspname" EQ "ANY (w.names)"
#define NOTED(function, oid, arguments) "pg_catalog." function "(" oid ", " arguments ") IS NOT NULL"

static const char schemas_sql[] = " SELECT n.nspname FROM w CROSS JOIN pg_catalog.pg_namespace n WHERE n.nspname" EQ "ANY (w.names) ORDER BY n.nspname";

static const char tables_sql[] =
    " SELECT c.oid, n.nspname, c.relname, c.relkind" EQ "'v', c.relkind" EQ "'p' AND c.relhassubclass,"
    " c.relkind" EQ "'r' AND c.relhassubclass, c.relrowsecurity, " NOTED("obj_description", "c.oid", "'pg_class'")
    " FROM w CROSS JOIN pg_catalog.pg_class c" CHOSEN
    " WHERE c.relkind" CHAR_IN("{p,v}") " OR (c.relkind" EQ "'r' AND NOT c.relispartition) ORDER BY n.nspname, c.relname";

static const char enums_sql[] =
    " SELECT n.nspname, t.typname, e.enumlabel, " NOTED("obj_description", "t.oid", "'pg_type'")
    " FROM w CROSS JOIN pg_catalog.pg_type t JOIN pg_catalog.pg_enum e ON e.enumtypid" EQ "t.oid"
    " JOIN pg_catalog.pg_namespace n ON n.oid" EQ "t.typnamespace AND n.nspname" EQ "ANY (w.names)"
    " ORDER BY n.nspname, t.typname, e.enumsortorder";

/* As information_schema.columns tells it: a domain as its base type, and only what the role may see. */
static const char columns_sql[] =
    " SELECT c.oid, a.attnum, a.attname, COALESCE(b.typname, t.typname), COALESCE(bn.nspname, tn.nspname),"
    " COALESCE(b.typelem, t.typelem)" NE "0::pg_catalog.oid AND COALESCE(b.typlen, t.typlen)" EQ "-1,"
    " CASE WHEN b.oid IS NULL THEN a.atttypmod ELSE t.typtypmod END, b.oid IS NOT NULL,"
    " a.attnotnull OR (t.typtype" EQ "'d' AND t.typnotnull), a.attidentity" NE "'',"
    " pg_catalog.pg_get_expr(d.adbin, d.adrelid), " NOTED("col_description", "c.oid", "a.attnum")
    " FROM w CROSS JOIN pg_catalog.pg_class c" CHOSEN
    " JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "c.oid AND a.attnum" OP(">") "0 AND NOT a.attisdropped"
    " JOIN pg_catalog.pg_type t ON t.oid" EQ "a.atttypid JOIN pg_catalog.pg_namespace tn ON tn.oid" EQ "t.typnamespace"
    " LEFT JOIN pg_catalog.pg_type b ON t.typtype" EQ "'d' AND b.oid" EQ "t.typbasetype"
    " LEFT JOIN pg_catalog.pg_namespace bn ON bn.oid" EQ "b.typnamespace"
    " LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid" EQ "c.oid AND d.adnum" EQ "a.attnum"
    " WHERE c.relkind" CHAR_IN("{r,p,v}") " AND (pg_catalog.pg_has_role(c.relowner, 'USAGE')"
    "  OR pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'))"
    " ORDER BY c.oid, a.attnum";

static const char keys_sql[] =
    " SELECT k.oid, k.conname, k.conrelid, k.confrelid, k.confdeltype, k.confupdtype, k.condeferrable OR k.condeferred,"
    " p.child, p.parent, n.nspname, c.relname, fn.nspname, f.relname"
    " FROM w CROSS JOIN pg_catalog.pg_class c" CHOSEN " JOIN pg_catalog.pg_constraint k ON k.conrelid" EQ "c.oid AND k.contype" EQ "'f'"
    " JOIN pg_catalog.pg_class f ON f.oid" EQ "k.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid" EQ "f.relnamespace"
    " CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey))"
    "  WITH ORDINALITY p(child, parent, place)"
    " ORDER BY n.nspname, c.relname, k.conname, k.oid, p.place";

/* Prisma takes included columns for columns of the index; so does this. */
static const char indexes_sql[] =
    " SELECT i.indexrelid, i.indrelid, x.relname, i.indisunique, i.indisprimary, m.amname, p.number, o.opcname,"
    " COALESCE(o.opcdefault, true), COALESCE(p.options, 0::pg_catalog.int2),"
    " COALESCE(k.condeferrable OR k.condeferred, false), pg_catalog.pg_get_expr(i.indpred, i.indrelid)"
    " FROM w CROSS JOIN pg_catalog.pg_class c" CHOSEN " JOIN pg_catalog.pg_index i ON i.indrelid" EQ "c.oid AND NOT i.indisexclusion"
    " JOIN pg_catalog.pg_class x ON x.oid" EQ "i.indexrelid JOIN pg_catalog.pg_am m ON m.oid" EQ "x.relam"
    " CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(i.indkey::pg_catalog.int2[]),"
    "  pg_catalog.unnest(i.indclass::pg_catalog.oid[]), pg_catalog.unnest(i.indoption::pg_catalog.int2[]))"
    "  WITH ORDINALITY p(number, class, options, place)"
    " LEFT JOIN pg_catalog.pg_opclass o ON o.oid" EQ "p.class"
    " LEFT JOIN pg_catalog.pg_constraint k ON k.conindid" EQ "i.indexrelid AND k.contype" NE "'f'"
    " ORDER BY n.nspname, c.relname, x.relname, p.place";

static const char checks_sql[] =
    " SELECT k.conrelid, k.contype" EQ "'x' FROM w CROSS JOIN pg_catalog.pg_class c" CHOSEN
    " JOIN pg_catalog.pg_constraint k ON k.conrelid" EQ "c.oid AND k.contype" CHAR_IN("{c,x}") " ORDER BY k.oid";

void nx_pull_query(const nx_pull_schema *pull, int i, nx_sql *sql) {
    static const char *const queries[NX_PULL_QUERIES] = {
        [NX_PULL_SCHEMAS] = schemas_sql, [NX_PULL_TABLES] = tables_sql,   [NX_PULL_ENUMS] = enums_sql,
        [NX_PULL_COLUMNS] = columns_sql, [NX_PULL_KEYS] = keys_sql, [NX_PULL_INDEXES] = indexes_sql,
        [NX_PULL_CHECKS] = checks_sql,
    };
    nx_sql_add(sql, "WITH w(names) AS (SELECT ARRAY[");
    for (int s = 0; s < pull->nschemas; s++) {
        nx_sql_add(sql, s ? ", " : "");
        nx_sql_param(sql, nx_value_of(pull->schemas[s]), "pg_catalog.name");
    }
    nx_sql_add(sql, "])");
    nx_sql_add(sql, queries[i]);
}
