#include "describe.h"

enum {
    COLUMN_OID, COLUMN_SCHEMA, COLUMN_NAME, COLUMN_KIND, COLUMN_COMMENT, COLUMN_ROW_SECURITY, COLUMN_RULES,
    COLUMN_INHERITED, COLUMN_FOREIGN_CHILD, COLUMN_SELECT, COLUMN_INSERT, COLUMN_UPDATE, COLUMN_DELETE,
    COLUMN_UPDATABLE, COLUMN_TUPLES
};

#define ANY_PRIVILEGE(name)                                                                            \
    "(pg_catalog.has_table_privilege(c.oid, '" name "') OR pg_catalog.has_any_column_privilege(c.oid, '" name "'))"
#define CHILDREN(also)                                                                                  \
    "EXISTS (SELECT FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class k ON k.oid" EQ "i.inhrelid"  \
    " WHERE i.inhparent" EQ "c.oid AND " also ")"

/* pg_relation_is_updatable locks the relation: it is asked for views only, so that someone's ALTER TABLE
 * elsewhere does not keep a model from opening. Of a foreign table it would ask the wrapper, which may
 * fail, and for nothing: without keys such a table is read-only. 28: INSERT, UPDATE and DELETE. */
const char nx_relation_sql[] =
    "SELECT c.oid, n.nspname, c.relname, c.relkind, d.description, pg_catalog.row_security_active(c.oid),"
    " EXISTS (SELECT FROM pg_catalog.pg_rewrite w WHERE w.ev_class" EQ "c.oid AND w.ev_type" IS_ONE_OF("{2,3,4}") "),"
    " " CHILDREN("NOT k.relispartition") ", " CHILDREN("k.relkind" EQ "'f'") ","
    " pg_catalog.has_table_privilege(c.oid, 'SELECT'), " ANY_PRIVILEGE("INSERT") ", " ANY_PRIVILEGE("UPDATE") ","
    " pg_catalog.has_table_privilege(c.oid, 'DELETE'),"
    " CASE WHEN c.relkind" IS_ONE_OF("{r,p,f}") " THEN 28 WHEN c.relkind" EQ "'m' THEN 0"
    "  ELSE pg_catalog.pg_relation_is_updatable(c.oid, true) END,"
    " c.relkind" EQ "'p' OR c.relkind" IS_ONE_OF("{r,m}") " AND m.amname" EQ "'heap'"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid" EQ "c.relnamespace"
    " LEFT JOIN pg_catalog.pg_am m ON m.oid" EQ "c.relam"
    " LEFT JOIN pg_catalog.pg_description d ON d.objoid" EQ "c.oid AND d.classoid" EQ CLASS_OF("pg_class")
    "  AND d.objsubid" EQ "0"
    " WHERE c.oid" PICKED " ORDER BY c.oid";

void nx_read_relation(nx_draft *draft, const nx_result *r, int from, int to) {
    if (from == to) {
        return;
    }
    nx_model *model = draft->model;
    model->comment = nx_draft_text(draft, r, from, COLUMN_COMMENT);
    model->row_security = nx_result_bool(r, from, COLUMN_ROW_SECURITY);
    model->rules = nx_result_bool(r, from, COLUMN_RULES);
    model->inherited = model->kind != NX_KIND_PARTITIONED && nx_result_bool(r, from, COLUMN_INHERITED);
    draft->foreign_child = nx_result_bool(r, from, COLUMN_FOREIGN_CHILD);
    draft->whole_readable = nx_result_bool(r, from, COLUMN_SELECT);
    draft->may_insert = nx_result_bool(r, from, COLUMN_INSERT);
    draft->may_update = nx_result_bool(r, from, COLUMN_UPDATE);
    draft->may_delete = nx_result_bool(r, from, COLUMN_DELETE);
    draft->updatable = (int)nx_result_int(r, from, COLUMN_UPDATABLE);
    draft->tuples = nx_result_bool(r, from, COLUMN_TUPLES);
}
