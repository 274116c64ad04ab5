#include "describe.h"

#include <string.h>

enum {
    KEY_MODEL, KEY_OID, KEY_NAME, KEY_TARGET, KEY_ON_DELETE, KEY_ON_UPDATE, KEY_DEFERRABLE, KEY_NUMBER, KEY_REFERENCE,
    KEY_DEFERRED, KEY_OPERATOR, KEY_SET
};

/* A row for each column, in the key's order. The last: does deletion set this column to NULL or its default?
 * Only PostgreSQL 15 and later have the list of those that it sets. */
const char nx_foreign_keys_sql[] =
    "SELECT k.conrelid, k.oid, k.conname, k.confrelid, k.confdeltype, k.confupdtype, k.condeferrable, x.child,"
    " a.attname, k.condeferred, (SELECT pg_catalog.format('OPERATOR(%I.%s)', n.nspname, op.oprname)"
    "  FROM pg_catalog.pg_operator op JOIN pg_catalog.pg_namespace n ON n.oid" EQ "op.oprnamespace"
    "  WHERE op.oid" EQ "x.operator),"
    " COALESCE((SELECT pg_catalog.jsonb_typeof(s.list)" OP("<>") "'array' OR s.list" OP("@>")
    "  pg_catalog.to_jsonb(x.child) FROM (SELECT pg_catalog.to_jsonb(k)" OP("->") "'confdelsetcols' AS list) s), true)"
    " FROM pg_catalog.pg_constraint k"
    " CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey),"
    "  pg_catalog.unnest(k.conpfeqop)) WITH ORDINALITY x(child, parent, operator, n)"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "k.confrelid AND a.attnum" EQ "x.parent"
    " WHERE k.conrelid" PICKED " AND k.contype" EQ "'f' AND " NO_COPY("k")
    " ORDER BY k.conrelid, k.conname, k.oid, x.n";

static nx_foreign_key *read_foreign_key(nx_draft *draft, const nx_result *r, int from, int to) {
    nx_arena *arena = draft->catalog->arena;
    nx_foreign_key *key = nx_arena_alloc(arena, sizeof *key);
    key->name = nx_draft_name(draft, r, from, KEY_NAME);
    key->target = nx_catalog_by_oid(draft->catalog, nx_result_oid(r, from, KEY_TARGET));
    key->deferred = nx_result_bool(r, from, KEY_DEFERRED);
    key->fields = nx_arena_array(arena, (size_t)(to - from), sizeof(nx_field *));
    key->references = nx_arena_array(arena, (size_t)(to - from), sizeof(char *));
    key->operators = nx_arena_array(arena, (size_t)(to - from), sizeof(char *));
    key->set = nx_arena_array(arena, (size_t)(to - from), sizeof(bool));
    key->on_delete = nx_result_char(r, from, KEY_ON_DELETE);
    key->on_update = nx_result_char(r, from, KEY_ON_UPDATE);
    key->deferrable = nx_result_bool(r, from, KEY_DEFERRABLE);
    for (int row = from; row < to; row++) {
        nx_field *field = nx_draft_field(draft, nx_result_int(r, row, KEY_NUMBER));
        const char *reference = nx_result_text(r, row, KEY_REFERENCE);
        if (!field || !reference) {
            return NULL;
        }
        key->fields[key->nfields] = field;
        const char *operator = nx_operator_text(nx_result_text(r, row, KEY_OPERATOR));
        key->operators[key->nfields] = operator ? nx_catalog_intern(draft->catalog, operator) : "OPERATOR(pg_catalog.=)";
        key->set[key->nfields] = nx_result_bool(r, row, KEY_SET);
        key->references[key->nfields++] = nx_catalog_intern(draft->catalog, reference);
    }
    return key;
}

void nx_read_foreign_keys(nx_draft *draft, const nx_result *r, int from, int to) {
    nx_model *model = draft->model;
    model->foreign_keys = nx_arena_array(draft->catalog->arena, (size_t)(to - from), sizeof(nx_foreign_key *));
    for (int next; from < to; from = next) {
        for (next = from + 1; next < to && nx_result_oid(r, next, KEY_OID) == nx_result_oid(r, from, KEY_OID);) {
            next++;
        }
        nx_foreign_key *key = read_foreign_key(draft, r, from, next);
        if (key && key->target) { /* a target made since the list was loaded is not known */
            model->foreign_keys[model->nforeign_keys++] = key;
        }
    }
}

const char nx_checks_sql[] =
    "SELECT k.conrelid, pg_catalog.pg_get_constraintdef(k.oid) FROM pg_catalog.pg_constraint k"
    " WHERE k.conrelid" PICKED " AND k.contype" EQ "'c' ORDER BY k.conrelid, k.conname";

void nx_read_checks(nx_draft *draft, const nx_result *r, int from, int to) {
    nx_model *model = draft->model;
    model->checks = nx_arena_array(draft->catalog->arena, (size_t)(to - from), sizeof(char *));
    for (int row = from; row < to; row++) {
        const char *check = nx_draft_text(draft, r, row, 1);
        if (check) {
            model->checks[model->nchecks++] = check;
        }
    }
}

enum { POLICY_MODEL, POLICY_NAME, POLICY_PERMISSIVE, POLICY_COMMAND, POLICY_ROLES, POLICY_USING, POLICY_CHECK };

const char nx_policies_sql[] =
    "SELECT p.polrelid, p.polname, p.polpermissive, p.polcmd,"
    " (SELECT pg_catalog.string_agg(r.rolname::pg_catalog.text, ', ' ORDER BY r.rolname)"
    "  FROM pg_catalog.pg_roles r WHERE r.oid" EQ "ANY (p.polroles)),"
    " pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)"
    " FROM pg_catalog.pg_policy p WHERE p.polrelid" PICKED " ORDER BY p.polrelid, p.polname";

static const char *command_name(char command) {
    switch (command) {
    case 'r': return "select";
    case 'a': return "insert";
    case 'w': return "update";
    case 'd': return "delete";
    default: return "all";
    }
}

static const char *read_policy(nx_draft *draft, const nx_result *r, int row) {
    const char *name = nx_result_text(r, row, POLICY_NAME), *roles = nx_result_text(r, row, POLICY_ROLES);
    const char *using = nx_result_text(r, row, POLICY_USING), *check = nx_result_text(r, row, POLICY_CHECK);
    return nx_arena_printf(draft->catalog->arena, "%s: %s for %s to %s%s%s%s%s%s%s", name ? name : "",
                           nx_result_bool(r, row, POLICY_PERMISSIVE) ? "permissive" : "restrictive",
                           command_name(nx_result_char(r, row, POLICY_COMMAND)), roles ? roles : "public",
                           using ? " using (" : "", using ? using : "", using ? ")" : "",
                           check ? " with check (" : "", check ? check : "", check ? ")" : "");
}

void nx_read_policies(nx_draft *draft, const nx_result *r, int from, int to) {
    nx_model *model = draft->model;
    model->policies = nx_arena_array(draft->catalog->arena, (size_t)(to - from), sizeof(char *));
    for (int row = from; row < to; row++) {
        model->policies[model->npolicies++] = read_policy(draft, r, row);
    }
}
