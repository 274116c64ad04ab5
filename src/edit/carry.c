#include "carry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "statement.h"

enum { NAME_MAX_LENGTH = 64 };

/* --- what is wanted ------------------------------------------------------------------------------------------ */

static int by_record(const void *a, const void *b) {
    const nx_wanted *x = a, *y = b;
    return x->record != y->record ? (x->record > y->record) - (x->record < y->record)
                                  : (x->field->number > y->field->number) - (x->field->number < y->field->number);
}

static void drop_doubles(nx_wanted_list *wanted) {
    int kept = 0;
    for (int i = 0; i < wanted->n; i++) {
        if (i == 0 || by_record(&wanted->list[kept - 1], &wanted->list[i]) != 0) {
            wanted->list[kept++] = wanted->list[i];
        }
    }
    wanted->n = kept;
}

void nx_wanted_find(const nx_changeset *set, nx_wanted_list *wanted) {
    int cap = 0;
    *wanted = (nx_wanted_list){NULL, 0};
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_change *c = nx_changeset_at(set, i);
        for (int k = 0; k < c->nassignments; k++) {
            const nx_assignment *a = &c->assignments[k];
            if (a->kind != NX_NEW_REFERENCE) {
                continue;
            }
            if (wanted->n == cap) {
                cap = cap ? cap * 2 : 16;
                wanted->list = nx_realloc(wanted->list, (size_t)cap, sizeof *wanted->list);
            }
            wanted->list[wanted->n++] = (nx_wanted){a->record, a->record_field};
        }
    }
    if (wanted->n > 0) {
        qsort(wanted->list, (size_t)wanted->n, sizeof *wanted->list, by_record);
    }
    drop_doubles(wanted);
}

/* The first that is wanted of this record; behind the last when none is. */
static int first_wanted(const nx_wanted_list *wanted, uint64_t record) {
    int low = 0, high = wanted->n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (wanted->list[middle].record < record) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_wanted(const nx_change *change, const nx_wanted_list *wanted) {
    int i = change->kind == NX_INSERT ? first_wanted(wanted, change->id) : wanted->n;
    return i < wanted->n && wanted->list[i].record == change->id;
}

/* --- the key -------------------------------------------------------------------------------------------------- */

static const char *const tuple_columns[] = {"ctid", "xmin", "tableoid"};

int nx_carry_parts(const nx_model *model) {
    if (model->identity) {
        return model->identity->nfields;
    }
    /* A row that is routed to its partition comes back without its system columns. */
    bool told = model->identity_kind == NX_IDENTITY_TUPLE && model->kind == NX_KIND_TABLE;
    return told ? (int)NX_COUNT(tuple_columns) : 0;
}

static bool may_read_key(const nx_model *model) {
    for (int i = 0; model->identity && i < model->identity->nfields; i++) {
        if (!model->identity->fields[i]->can_select) {
            return false;
        }
    }
    return nx_carry_parts(model) > 0;
}

/* Under row security RETURNING needs a policy that lets the role read what it writes; an insert alone does not.
 * Of an update that is asked anyway, for its WHERE. */
bool nx_carry_key(const nx_change *change) {
    bool insert = change->kind == NX_INSERT && !change->model->row_security;
    bool update = change->kind == NX_UPDATE && nx_change_edits_key(change);
    return (insert || update) && may_read_key(change->model);
}

bool nx_carry_wraps(const nx_change *change, const nx_wanted_list *wanted) {
    return nx_carry_key(change) || is_wanted(change, wanted);
}

/* --- the statement ---------------------------------------------------------------------------------------------- */

static void reference_name(char out[NAME_MAX_LENGTH], uint64_t record, const nx_field *field) {
    snprintf(out, NAME_MAX_LENGTH, "nixie.record_%" PRIu64 "_%d", record, field->number);
}

static void key_name(char out[NAME_MAX_LENGTH], int part) { snprintf(out, NAME_MAX_LENGTH, "nixie.key_%d", part); }

/* "=" stands before every value, so that NULL and '' stay apart. */
static void add_read(nx_sql *sql, const char *name, const char *cast) {
    nx_sql_addf(sql, "pg_catalog.substr(NULLIF(pg_catalog.current_setting('%s'), ''), 2)::", name);
    nx_sql_add(sql, cast);
}

void nx_carry_part(nx_sql *sql, int part, const char *cast) {
    char name[NAME_MAX_LENGTH];
    key_name(name, part);
    add_read(sql, name, cast);
}

void nx_carry_reference(nx_sql *sql, const nx_assignment *a) {
    char name[NAME_MAX_LENGTH];
    reference_name(name, a->record, a->record_field);
    add_read(sql, name, a->field->cast);
}

static void add_keep(nx_sql *sql, const char *name, char mark, int i) {
    nx_sql_addf(sql,
                ", pg_catalog.set_config('%s', COALESCE('='::pg_catalog.text OPERATOR(pg_catalog.||) "
                "pg_catalog.min(w.%c%d), ''), true)",
                name, mark, i);
}

static void add_returning(nx_sql *sql, const nx_change *change, int nkey, const nx_wanted *wanted, int nwanted) {
    nx_sql_add(sql, " RETURNING ");
    for (int i = 0; i < nkey; i++) {
        nx_sql_add(sql, i > 0 ? ", " : "");
        if (change->model->identity) {
            nx_sql_ident(sql, change->model->identity->fields[i]->name);
        } else {
            nx_sql_add(sql, tuple_columns[i]);
        }
        nx_sql_addf(sql, "::pg_catalog.text AS k%d", i);
    }
    for (int i = 0; i < nwanted; i++) {
        nx_sql_add(sql, nkey + i > 0 ? ", " : "");
        nx_sql_ident(sql, wanted[i].field->name);
        nx_sql_addf(sql, "::pg_catalog.text AS r%d", i);
    }
}

void nx_carry_write(nx_sql *sql, const nx_change *change, const nx_wanted_list *wanted) {
    if (!nx_carry_wraps(change, wanted)) {
        nx_statement_write(sql, change);
        return;
    }
    char name[NAME_MAX_LENGTH];
    int nkey = nx_carry_key(change) ? nx_carry_parts(change->model) : 0;
    int first = first_wanted(wanted, change->id), nwanted = 0;
    while (is_wanted(change, wanted) && first + nwanted < wanted->n &&
           wanted->list[first + nwanted].record == change->id) {
        nwanted++;
    }
    nx_sql_add(sql, "WITH w AS (");
    nx_statement_write(sql, change);
    add_returning(sql, change, nkey, wanted->list + first, nwanted);
    nx_sql_add(sql, ") SELECT pg_catalog.count(*)");
    for (int i = 0; i < nkey; i++) {
        nx_sql_addf(sql, ", pg_catalog.min(w.k%d)", i);
    }
    for (int i = 0; i < nkey; i++) {
        key_name(name, i);
        add_keep(sql, name, 'k', i);
    }
    for (int i = 0; i < nwanted; i++) {
        reference_name(name, change->id, wanted->list[first + i].field);
        add_keep(sql, name, 'r', i);
    }
    nx_sql_add(sql, " FROM w");
}
