#include "statement.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/filter.h"
#include "carry.h"
#include "stored.h"

#define SAME " OPERATOR(pg_catalog.=) "

/* Of a deletion the key is among what was shown. Where equal keys are equal texts, the key says it already. */
static bool said_by_key(const nx_change *change, const nx_field *field) {
    static const char *const exact[] = {"int2", "int4", "int8", "oid", "uuid"};
    if (change->kind != NX_DELETE || !change->model->identity || !field->op_eq || !nx_field_in_identity(field)) {
        return false;
    }
    for (size_t i = 0; i < NX_COUNT(exact); i++) {
        if (field->base_type && strcmp(field->base_type, exact[i]) == 0) {
            return true;
        }
    }
    return false;
}

const nx_assignment *nx_change_compared(const nx_change *change, int i) {
    bool old = change->kind == NX_UPDATE || change->kind == NX_DELETE;
    for (int k = 0; old && k < change->nassignments; k++) {
        const nx_assignment *a = &change->assignments[k];
        if (!a->made && !said_by_key(change, a->field) && i-- == 0) {
            return a;
        }
    }
    bool compared = change->model->identity_kind == NX_IDENTITY_TUPLE;
    for (int s = 0; compared && s < change->nshown; s++) {
        const nx_assignment *a = nx_change_assignment(change, change->shown[s].field);
        if ((!a || a->made) && i-- == 0) {
            return &change->shown[s];
        }
    }
    return NULL;
}

/* Is the field's value what was shown? As bytes of its cast to text, which is what pages hold: typed
 * equality is too lax (1.0 = 1.00, citext) and missing for json, xml and point. */
static void add_same(nx_sql *sql, const nx_field *field, nx_value old) {
    nx_sql_column(sql, "t", field->name);
    if (!old.text) {
        nx_sql_add(sql, "::pg_catalog.text IS NULL"); /* not t.c IS NULL, which (,) would be too */
        return;
    }
    nx_sql_add(sql, "::pg_catalog.text COLLATE pg_catalog.\"C\"" SAME);
    nx_sql_param(sql, old, "pg_catalog.text");
}

typedef struct system_column { /* the key of a record that is addressed by tuple id */
    const char *left, *cast;
} system_column;

enum { TUPLE_CTID, TUPLE_XMIN, TUPLE_TABLE };
static const system_column tuple_key[] = {
    [TUPLE_CTID] = {"t.ctid" SAME, "pg_catalog.tid"},
    [TUPLE_XMIN] = {"t.xmin::pg_catalog.text" SAME, "pg_catalog.text"},
    [TUPLE_TABLE] = {"t.tableoid" SAME, "pg_catalog.oid"},
};

static void add_tuple_part(nx_sql *sql, const nx_change *change, int part) {
    nx_sql_add(sql, tuple_key[part].left);
    nx_sql_param(sql, change->key[part], tuple_key[part].cast);
}

static void add_key(nx_sql *sql, const nx_change *change, bool version) {
    if (!change->model->identity) {
        add_tuple_part(sql, change, TUPLE_CTID);
        nx_sql_add(sql, " AND ");
        add_tuple_part(sql, change, TUPLE_TABLE);
        if (version) {
            nx_sql_add(sql, " AND ");
            add_tuple_part(sql, change, TUPLE_XMIN);
        }
        return;
    }
    for (int i = 0; i < change->nkey; i++) {
        const nx_field *field = change->model->identity->fields[i];
        nx_sql_add(sql, i > 0 ? " AND " : "");
        if (!field->op_eq) {
            add_same(sql, field, change->key[i]);
            continue;
        }
        nx_sql_column(sql, "t", field->name);
        nx_sql_addf(sql, " %s ", field->op_eq); /* the index's own operator, so that it serves */
        nx_sql_param(sql, change->key[i], field->cast);
    }
}

void nx_statement_key(nx_sql *sql, const nx_change *change) { add_key(sql, change, false); }

static void add_where(nx_sql *sql, const nx_change *change) {
    nx_sql_add(sql, " WHERE ");
    add_key(sql, change, true);
    const nx_assignment *a;
    for (int i = 0; (a = nx_change_compared(change, i)); i++) {
        nx_sql_add(sql, " AND ");
        add_same(sql, a->field, a->old);
    }
}

/* Cast without the modifier: '…'::varchar(3) would cut, an assignment refuses. */
static void add_new(nx_sql *sql, const nx_assignment *a) {
    switch (a->kind) {
    case NX_NEW_VALUE: nx_sql_param(sql, a->value, a->field->cast); break;
    case NX_NEW_NULL: nx_sql_add(sql, "NULL"); break;
    case NX_NEW_DEFAULT: nx_sql_add(sql, "DEFAULT"); break;
    case NX_NEW_REFERENCE: nx_carry_reference(sql, a); break;
    }
}

static void add_assignments(nx_sql *sql, const nx_change *change) {
    nx_sql_add(sql, "UPDATE ");
    nx_sql_name(sql, change->model->schema, change->model->name);
    nx_sql_add(sql, " AS t SET ");
    for (int i = 0; i < change->nassignments; i++) {
        nx_sql_add(sql, i > 0 ? ", " : "");
        nx_sql_ident(sql, change->assignments[i].field->name);
        nx_sql_add(sql, " = ");
        add_new(sql, &change->assignments[i]);
    }
}

static void write_update(nx_sql *sql, const nx_change *change) {
    add_assignments(sql, change);
    add_where(sql, change);
}

static bool gives_identity(const nx_change *change) {
    for (int i = 0; i < change->nassignments; i++) {
        if (change->assignments[i].field->identity == 'a') {
            return true;
        }
    }
    return false;
}

static void write_insert(nx_sql *sql, const nx_change *change) {
    nx_sql_add(sql, "INSERT INTO ");
    nx_sql_name(sql, change->model->schema, change->model->name);
    if (change->nassignments == 0) {
        nx_sql_add(sql, " DEFAULT VALUES");
        return;
    }
    for (int i = 0; i < change->nassignments; i++) {
        nx_sql_add(sql, i > 0 ? ", " : " (");
        nx_sql_ident(sql, change->assignments[i].field->name);
    }
    /* Given only where a record that was deleted is inserted again: with the key it had. */
    nx_sql_add(sql, gives_identity(change) ? ") OVERRIDING SYSTEM VALUE VALUES (" : ") VALUES (");
    for (int i = 0; i < change->nassignments; i++) {
        nx_sql_add(sql, i > 0 ? ", " : "");
        add_new(sql, &change->assignments[i]);
    }
    nx_sql_add(sql, ")");
}

static void add_delete(nx_sql *sql, const nx_change *change) {
    nx_sql_add(sql, "DELETE FROM ");
    nx_sql_name(sql, change->model->schema, change->model->name);
    nx_sql_add(sql, " AS t");
}

static void write_delete(nx_sql *sql, const nx_change *change) {
    add_delete(sql, change);
    add_where(sql, change);
}

/* The text was parsed when it was staged; where it can no longer be, nothing may match. */
static void add_filter(nx_sql *sql, const nx_change *change) {
    nx_error err = NX_ERROR;
    nx_filter *filter = nx_filter_parse(change->model, change->filter, &err);
    if (!filter) {
        nx_sql_add(sql, " WHERE false");
    } else if (!nx_filter_is_empty(filter)) {
        nx_sql_add(sql, " WHERE ");
        nx_filter_sql(filter, "t", sql);
    }
    nx_filter_free(filter);
    nx_error_clear(&err);
}

static void write_bulk_update(nx_sql *sql, const nx_change *change) {
    add_assignments(sql, change);
    add_filter(sql, change);
}

static void write_bulk_delete(nx_sql *sql, const nx_change *change) {
    add_delete(sql, change);
    add_filter(sql, change);
}

void nx_statement_write(nx_sql *sql, const nx_change *change) {
    static void (*const writers[])(nx_sql *, const nx_change *) = {
        [NX_UPDATE] = write_update, [NX_INSERT] = write_insert, [NX_DELETE] = write_delete,
        [NX_BULK_UPDATE] = write_bulk_update, [NX_BULK_DELETE] = write_bulk_delete};
    writers[change->kind](sql, change);
}

static void add_text_of(nx_sql *sql, const nx_field *field) {
    nx_sql_column(sql, "t", field->name);
    nx_sql_add(sql, "::pg_catalog.text");
}

static void add_look(nx_sql *sql, const nx_assignment *a, int at, int n) {
    nx_sql_entry(sql, at + NX_LOOK_SAME, n);
    add_same(sql, a->field, a->old);
    nx_sql_entry(sql, at + NX_LOOK_TEXT, n);
    nx_sql_add(sql, "CASE WHEN pg_catalog.octet_length(");
    add_text_of(sql, a->field);
    nx_sql_addf(sql, ") OPERATOR(pg_catalog.>) %d THEN pg_catalog.left(", NX_LOOK_WHOLE);
    add_text_of(sql, a->field);
    nx_sql_addf(sql, ", %d) ELSE ", NX_LOOK_CHARS);
    add_text_of(sql, a->field);
    nx_sql_add(sql, " END");
    nx_sql_entry(sql, at + NX_LOOK_ALL, n);
    nx_sql_add(sql, "pg_catalog.octet_length(");
    add_text_of(sql, a->field);
    nx_sql_addf(sql, ") OPERATOR(pg_catalog.>) %d IS NOT TRUE", NX_LOOK_WHOLE);
}

bool nx_change_edits_key(const nx_change *change) {
    for (int i = 0; change->model->identity && i < change->model->identity->nfields; i++) {
        if (nx_change_assignment(change, change->model->identity->fields[i])) {
            return true;
        }
    }
    return !change->model->identity;
}

int nx_statement_look(nx_sql *sql, const nx_change *change, bool stored) {
    int compared = 0;
    while (nx_change_compared(change, compared)) {
        compared++;
    }
    int at = nx_look_column(compared, 0), n = at + (stored ? nx_stored_count(change) : 0);
    nx_sql_add(sql, "SELECT ");
    nx_sql_entry(sql, 0, n);
    if (change->model->identity) {
        nx_sql_add(sql, "true");
    } else {
        add_tuple_part(sql, change, TUPLE_XMIN);
    }
    for (int i = 0; i < compared; i++) {
        add_look(sql, nx_change_compared(change, i), nx_look_column(i, 0), n);
    }
    if (stored) {
        nx_stored_columns(sql, change, at, n);
    } else {
        nx_sql_entry(sql, n, n);
    }
    nx_sql_add(sql, " FROM ");
    nx_sql_name(sql, change->model->schema, change->model->name);
    nx_sql_add(sql, " AS t WHERE ");
    add_key(sql, change, false);
    return at;
}

void nx_change_name(nx_buf *buf, const nx_change *change) {
    nx_buf_adds(buf, change->model->title);
    if (change->kind == NX_INSERT) {
        nx_buf_adds(buf, " (new)");
        return;
    }
    if (change->filter) {
        nx_buf_addf(buf, change->filter[0] ? " where %s" : " (all)", change->filter);
        return;
    }
    int shown = change->model->identity ? change->nkey : 1; /* of a tuple id only the place says something */
    for (int i = 0; i < shown; i++) {
        nx_buf_addc(buf, i > 0 ? ',' : ' ');
        nx_buf_add(buf, change->key[i].text ? change->key[i].text : "NULL",
                   change->key[i].text ? change->key[i].len : strlen("NULL"));
    }
}
