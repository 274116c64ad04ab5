#include "nixie/save.h"

#include <stdlib.h>
#include <string.h>

#include "statement.h"

struct nx_validate_job {
    nx_trip *trip;
    bool null;
    nx_validate_done *done;
    void *owner;
};

/* An array of the one value, as text: in braces and quotes (8.15.2). */
static char *as_array(nx_value value) {
    nx_buf buf = NX_BUF;
    nx_buf_adds(&buf, value.text ? "{\"" : "{NULL");
    for (size_t i = 0; i < value.len; i++) {
        if (value.text[i] == '"' || value.text[i] == '\\') {
            nx_buf_addc(&buf, '\\');
        }
        nx_buf_addc(&buf, value.text[i]);
    }
    nx_buf_adds(&buf, value.text ? "\"}" : "}");
    return nx_buf_take(&buf);
}

/* Types that print otherwise than their cast to text reads, and pages hold the latter: t and true, 10.0.0.1
 * and 10.0.0.1/32, the blanks of char(n). What an extension's own types do is not known. */
static bool prints_otherwise(const nx_field *field) {
    static const char *const types[] = {"bool", "bpchar", "inet"};
    for (size_t i = 0; i < NX_COUNT(types); i++) {
        if (strcmp(field->base_type, types[i]) == 0) {
            return true;
        }
    }
    static const char built_in[] = "\"pg_catalog\".";
    return field->class == NX_TYPE_OTHER && !field->domain && !field->composite &&
           strncmp(field->cast, built_in, sizeof built_in - 1) != 0;
}

/* array_in() is the one function that hands a text to the input function of any type together with a
 * column's modifier, as an assignment would; it knows domains, composites and arrays as well, and needs
 * nothing of the other columns (json_populate_record fails on a neighbour whose domain is not null). */
static void write_question(nx_sql *sql, const nx_field *field, const char *array) {
    nx_sql_add(sql, "SELECT pg_catalog.array_to_string(pg_catalog.array_in(pg_catalog.textout(");
    nx_sql_param(sql, nx_value_of(array), "pg_catalog.text");
    nx_sql_add(sql, "), a.atttypid, a.atttypmod), '')");
    if (prints_otherwise(field)) {
        nx_sql_addf(sql, "::%s::pg_catalog.text", field->cast);
    }
    nx_sql_addf(sql,
                " FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) %u::pg_catalog.oid"
                " AND a.attnum OPERATOR(pg_catalog.=) %d::pg_catalog.int2 AND a.attname OPERATOR(pg_catalog.=) ",
                (unsigned)field->model->oid, field->number);
    nx_sql_param(sql, nx_value_of(field->name), "pg_catalog.name");
}

static void answered(nx_trip *trip, void *owner) {
    nx_validate_job *job = owner;
    const nx_result *result = nx_trip_result(trip, 0);
    nx_error gone = NX_ERROR;
    const nx_error *err = nx_trip_error(trip);
    if (!err && nx_result_rows(result) != 1) {
        nx_error_set(&gone, NX_ERR_CONFLICT, "the field was renamed or dropped since it was shown");
        err = &gone;
    }
    job->done(job->owner, err || job->null ? NX_NULL_VALUE : nx_result_value(result, 0, 0), err);
    nx_error_clear(&gone);
    free(job);
}

static bool acceptable(const nx_field *field, nx_value value, nx_error *err) {
    if (field->generated || field->identity == 'a') {
        nx_error_set(err, NX_ERR_REFUSED, "%s cannot be edited: %s", nx_field_title(field),
                     field->generated ? "generated from other fields" : "generated always as identity");
        return false;
    }
    if (!value.text && !field->nullable) {
        nx_error_set(err, NX_ERR_REFUSED, "%s cannot be NULL", nx_field_title(field));
        return false;
    }
    return nx_value_storable(value, nx_field_title(field), err);
}

nx_validate_job *nx_validate(nx_session *session, const nx_field *field, nx_value value, nx_validate_done *done,
                             void *owner) {
    nx_error err = NX_ERROR;
    char *array = acceptable(field, value, &err) ? as_array(value) : NULL;
    if (!array) {
        if (!nx_failed(&err)) {
            nx_error_set(&err, NX_ERR_MEMORY, "out of memory for the value of %s", nx_field_title(field));
        }
        done(owner, NX_NULL_VALUE, &err);
        nx_error_clear(&err);
        return NULL;
    }
    if (!value.text && !field->domain) { /* only a domain could have something to say about NULL */
        free(array);
        done(owner, NX_NULL_VALUE, NULL);
        return NULL;
    }
    nx_validate_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_validate_job){.null = !value.text, .done = done, .owner = owner};
    nx_sql sql = NX_SQL;
    write_question(&sql, field, array);
    job->trip = nx_trip_new(session, NX_TRIP_READ, "check a value");
    nx_trip_add(job->trip, &sql);
    nx_sql_free(&sql);
    free(array);
    nx_trip_send(job->trip, answered, job);
    return job;
}

void nx_validate_drop(nx_validate_job *job) {
    if (job) {
        nx_trip_drop(job->trip);
        free(job);
    }
}
