#include "stored.h"

#include <string.h>

#include "statement.h"

enum { STORED_MAX = 200 }; /* characters of a value */

typedef enum scrutiny {
    IGNORED,  /* nothing is known to compare with */
    COMPARED, /* by the server: a column says whether it is the same */
    SHOWN,    /* with what was shown, here: short enough to be seen whole */
    FILLED_IN /* nothing was sent: what stands there is the server's */
} scrutiny;

static const nx_assignment *shown_of(const nx_change *change, const nx_field *field) {
    for (int i = 0; i < change->nshown; i++) {
        if (change->shown[i].field->number == field->number) {
            return &change->shown[i];
        }
    }
    return NULL;
}

static nx_value shown_value(const nx_change *change, const nx_field *field) {
    const nx_assignment *a = shown_of(change, field);
    return a ? a->old : NX_NULL_VALUE;
}

static scrutiny scrutiny_of(const nx_change *change, const nx_field *field) {
    if (!field->can_select) {
        return IGNORED;
    }
    const nx_assignment *a = nx_change_assignment(change, field);
    if (a) {
        return a->kind == NX_NEW_DEFAULT ? FILLED_IN : COMPARED;
    }
    if (change->kind == NX_INSERT) {
        return FILLED_IN;
    }
    a = shown_of(change, field);
    return !a ? IGNORED : a->old.len < STORED_MAX ? SHOWN : COMPARED;
}

/* As text, which is what pages hold. */
static void add_sent(nx_sql *sql, const nx_change *change, const nx_field *field) {
    const nx_assignment *a = nx_change_assignment(change, field);
    if (!a) {
        nx_sql_param(sql, shown_value(change, field), "pg_catalog.text");
    } else if (a->kind == NX_NEW_REFERENCE) {
        nx_carry_reference(sql, a);
        nx_sql_add(sql, "::pg_catalog.text");
    } else if (a->kind == NX_NEW_VALUE) {
        nx_sql_param(sql, a->value, field->cast);
        nx_sql_add(sql, "::pg_catalog.text");
    } else {
        nx_sql_add(sql, "NULL::pg_catalog.text");
    }
}

int nx_stored_count(const nx_change *change) {
    int n = 0;
    for (int i = 0; i < change->model->nfields; i++) {
        scrutiny how = scrutiny_of(change, change->model->fields[i]);
        n += how == COMPARED ? 2 : how != IGNORED;
    }
    return n;
}

void nx_stored_columns(nx_sql *sql, const nx_change *change, int at, int n) {
    for (int i = 0; i < change->model->nfields; i++) {
        const nx_field *field = change->model->fields[i];
        scrutiny how = scrutiny_of(change, field);
        if (how == IGNORED) {
            continue;
        }
        nx_sql_entry(sql, at++, n);
        nx_sql_add(sql, "pg_catalog.left(");
        nx_sql_column(sql, "t", field->name);
        nx_sql_addf(sql, "::pg_catalog.text, %d)", STORED_MAX);
        if (how == COMPARED) {
            nx_sql_entry(sql, at++, n);
            nx_sql_column(sql, "t", field->name);
            nx_sql_add(sql, "::pg_catalog.text COLLATE pg_catalog.\"C\" IS NOT DISTINCT FROM ");
            add_sent(sql, change, field);
        }
    }
    nx_sql_entry(sql, n, n);
}

/* --- where ------------------------------------------------------------------------------------------------------ */

static const nx_assignment *given_part(const nx_change *change, int part) {
    const nx_assignment *a = nx_change_assignment(change, change->model->identity->fields[part]);
    return a && (a->kind == NX_NEW_VALUE || a->kind == NX_NEW_REFERENCE) ? a : NULL;
}

static bool key_given(const nx_change *change) {
    int n = change->model->identity ? change->model->identity->nfields : 0;
    for (int i = 0; i < n; i++) {
        if (!change->model->identity->fields[i]->can_select || !given_part(change, i)) {
            return false;
        }
    }
    return n > 0;
}

nx_whereabouts nx_stored_where(const nx_change *change) {
    if (change->kind != NX_INSERT && change->kind != NX_UPDATE) {
        return NX_NOWHERE;
    }
    if (nx_carry_key(change)) {
        return NX_AT_CARRIED;
    }
    if (change->kind == NX_INSERT) {
        return key_given(change) ? NX_AT_ITS_KEY : NX_NOWHERE;
    }
    return nx_change_edits_key(change) ? NX_NOWHERE : NX_AT_ITS_KEY;
}

static void add_part(nx_sql *sql, const nx_change *change, int part, nx_whereabouts where, const char *cast) {
    if (where == NX_AT_CARRIED) {
        nx_carry_part(sql, part, cast);
        return;
    }
    /* Asked for new records alone: of an update the look at the conflict shows what is stored. */
    const nx_assignment *a = nx_change_assignment(change, change->model->identity->fields[part]);
    if (a->kind == NX_NEW_REFERENCE) {
        nx_carry_reference(sql, a);
    } else {
        nx_sql_param(sql, a->value, cast);
    }
}

static void add_where(nx_sql *sql, const nx_change *change, nx_whereabouts where) {
    const nx_key *key = change->model->identity;
    if (!key) {
        nx_sql_add(sql, "t.ctid OPERATOR(pg_catalog.=) ");
        nx_carry_part(sql, 0, "pg_catalog.tid");
        nx_sql_add(sql, " AND t.tableoid OPERATOR(pg_catalog.=) ");
        nx_carry_part(sql, 2, "pg_catalog.oid");
        return;
    }
    for (int i = 0; i < key->nfields; i++) {
        const nx_field *field = key->fields[i];
        nx_sql_add(sql, i > 0 ? " AND " : "");
        nx_sql_column(sql, "t", field->name);
        if (field->op_eq) {
            nx_sql_addf(sql, " %s ", field->op_eq);
        } else {
            nx_sql_add(sql, "::pg_catalog.text COLLATE pg_catalog.\"C\" OPERATOR(pg_catalog.=) ");
        }
        add_part(sql, change, i, where, field->op_eq ? field->cast : "pg_catalog.text");
    }
}

static void add_key_column(nx_sql *sql, const nx_change *change, int part, int n) {
    static const char *const tuple[] = {"t.ctid", "t.xmin", "t.tableoid"};
    nx_sql_entry(sql, part, n);
    if (change->model->identity) {
        nx_sql_column(sql, "t", change->model->identity->fields[part]->name);
    } else {
        nx_sql_add(sql, tuple[part]);
    }
    nx_sql_add(sql, "::pg_catalog.text");
}

void nx_stored_look(nx_sql *sql, const nx_change *change, nx_whereabouts where) {
    nx_sql_add(sql, "SELECT ");
    int parts = nx_carry_parts(change->model), n = parts + nx_stored_count(change);
    for (int i = 0; i < parts; i++) {
        add_key_column(sql, change, i, n);
    }
    nx_stored_columns(sql, change, parts, n);
    nx_sql_add(sql, " FROM ");
    nx_sql_name(sql, change->model->schema, change->model->name);
    nx_sql_add(sql, " AS t WHERE ");
    add_where(sql, change, where);
}

/* --- what came back ----------------------------------------------------------------------------------------------- */

static nx_value sent_of(const nx_change *change, const nx_field *field) {
    const nx_assignment *a = nx_change_assignment(change, field);
    return a && a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE;
}

/* Is it worth telling? A field that was left alone and stayed empty is not. */
static bool worth_telling(const nx_change *change, const nx_field *field, scrutiny how, nx_value stored, bool same) {
    if (how == COMPARED) {
        return !same;
    }
    return how == SHOWN ? !nx_value_equal(stored, shown_value(change, field)) : stored.text != NULL;
}

static void read_fields(nx_arena *arena, const nx_change *change, const nx_result *result, int column,
                        nx_saved_change *out) {
    nx_saved_field *fields = nx_arena_array(arena, (size_t)change->model->nfields, sizeof *fields);
    for (int i = 0; i < change->model->nfields; i++) {
        const nx_field *field = change->model->fields[i];
        scrutiny how = scrutiny_of(change, field);
        if (how == IGNORED) {
            continue;
        }
        nx_value stored = nx_result_value(result, 0, column++);
        bool same = how == COMPARED && nx_result_bool(result, 0, column++);
        if (worth_telling(change, field, how, stored, same)) {
            fields[out->nfields++] = (nx_saved_field){field, nx_value_copy(arena, sent_of(change, field)),
                                                      nx_value_copy(arena, stored)};
        }
    }
    out->fields = fields;
}

static nx_value *read_key(nx_arena *arena, const nx_result *result, int n) {
    nx_value *key = nx_arena_array(arena, (size_t)n, sizeof *key);
    for (int i = 0; i < n; i++) {
        key[i] = nx_value_copy(arena, nx_result_value(result, 0, i));
    }
    return key;
}

static nx_value *copy_key(nx_arena *arena, const nx_value *key, int n) {
    nx_value *copy = nx_arena_array(arena, (size_t)n, sizeof *copy);
    for (int i = 0; i < n; i++) {
        copy[i] = nx_value_copy(arena, key[i]);
    }
    return copy;
}

void nx_stored_read(nx_arena *arena, const nx_change *change, const nx_result *look, nx_saved_change *out) {
    if (nx_result_rows(look) != 1) {
        return; /* a trigger moved it on, or took it away */
    }
    out->nkey = nx_carry_parts(change->model);
    out->key = read_key(arena, look, out->nkey);
    read_fields(arena, change, look, out->nkey, out);
}

void nx_stored_read_at(nx_arena *arena, const nx_change *change, const nx_result *look, int column,
                       nx_saved_change *out) {
    if (nx_result_rows(look) != 1) {
        return;
    }
    out->nkey = change->nkey;
    out->key = copy_key(arena, change->key, out->nkey);
    read_fields(arena, change, look, column, out);
}
