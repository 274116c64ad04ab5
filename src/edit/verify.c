#include "verify.h"

#include <stdint.h>
#include <string.h>

int nx_verify_ask(nx_trip *trip, const nx_model *model) {
    nx_sql name = NX_SQL, sql = NX_SQL;
    nx_sql_name(&name, model->schema, model->name);
    nx_sql_add(&sql, "SELECT pg_catalog.to_regclass(");
    nx_sql_param(&sql, nx_value_of(name.text.data), "pg_catalog.text");
    nx_sql_add(&sql, ")::pg_catalog.oid::pg_catalog.int8, a.attnum, a.attname, a.atttypid::pg_catalog.int8"
                     " FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) ");
    nx_sql_addf(&sql, "%u", (unsigned)model->oid);
    nx_sql_add(&sql, "::pg_catalog.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped");
    int index = nx_trip_add(trip, &sql);
    nx_sql_free(&name);
    nx_sql_free(&sql);
    return index;
}

static bool field_stands(const nx_field *field, const nx_result *answer) {
    for (int row = 0; row < nx_result_rows(answer); row++) {
        if (nx_result_int(answer, row, 1) == field->number) {
            return strcmp(nx_result_text(answer, row, 2), field->name) == 0 &&
                   nx_result_int(answer, row, 3) == (int64_t)field->type_oid;
        }
    }
    return false;
}

static const nx_field *altered_field(const nx_change *change, const nx_result *answer) {
    for (int i = 0; i < change->nassignments; i++) {
        if (!field_stands(change->assignments[i].field, answer)) {
            return change->assignments[i].field;
        }
    }
    bool tuple = change->model->identity_kind == NX_IDENTITY_TUPLE;
    for (int i = 0; tuple && i < change->nshown; i++) {
        if (!field_stands(change->shown[i].field, answer)) {
            return change->shown[i].field;
        }
    }
    const nx_key *key = change->model->identity;
    for (int i = 0; key && i < key->nfields; i++) {
        if (!field_stands(key->fields[i], answer)) {
            return key->fields[i];
        }
    }
    return NULL;
}

bool nx_verify_change(const nx_change *change, const nx_result *answer, nx_error *err) {
    const nx_model *model = change->model;
    /* A model without columns gives no rows; then there is nothing to mistake either. */
    bool same = nx_result_rows(answer) == 0 ? model->nfields == 0
                                            : nx_result_int(answer, 0, 0) == (int64_t)model->oid;
    const nx_field *field = same ? altered_field(change, answer) : NULL;
    if (same && !field) {
        return true;
    }
    nx_error_set(err, NX_ERR_CONFLICT, "%s%s%s was altered since it was shown", model->title, field ? "." : "",
                 field ? nx_field_title(field) : "");
    nx_error_hint(err, "reload the models, and stage the change again");
    return false;
}
