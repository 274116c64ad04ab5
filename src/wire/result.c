#include "result.h"

#include <stdlib.h>

struct nx_result {
    PGresult *res;
};

nx_result *wire_result_new(PGresult *res) {
    nx_result *result = nx_alloc(sizeof *result);
    result->res = res;
    return result;
}

static bool fill(PGresult *res, int rows, int columns, const nx_value *values) {
    static char none[] = "";
    PGresAttDesc *names = nx_calloc((size_t)columns + 1, sizeof *names);
    for (int i = 0; i < columns; i++) {
        names[i].name = none;
    }
    bool good = PQsetResultAttrs(res, columns, names);
    for (int i = 0; good && i < rows * columns; i++) {
        int len = values[i].text ? (int)values[i].len : -1;
        good = PQsetvalue(res, i / columns, i % columns, (char *)(uintptr_t)values[i].text, len);
    }
    free(names);
    return good;
}

nx_result *nx_result_of(int rows, int columns, const nx_value *values) {
    PGresult *res = columns > 0 ? PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK) : NULL;
    if (res && fill(res, rows, columns, values)) {
        return wire_result_new(res);
    }
    PQclear(res);
    return NULL;
}

void nx_result_free(nx_result *result) {
    if (result) {
        PQclear(result->res);
        free(result);
    }
}

int nx_result_rows(const nx_result *result) { return PQntuples(result->res); }

int nx_result_columns(const nx_result *result) { return PQnfields(result->res); }

const char *nx_result_text(const nx_result *result, int row, int column) {
    return PQgetisnull(result->res, row, column) ? NULL : PQgetvalue(result->res, row, column);
}

size_t nx_result_length(const nx_result *result, int row, int column) {
    return PQgetisnull(result->res, row, column) ? 0 : (size_t)PQgetlength(result->res, row, column);
}

nx_value nx_result_value(const nx_result *result, int row, int column) {
    return (nx_value){nx_result_text(result, row, column), nx_result_length(result, row, column)};
}

int64_t nx_result_int(const nx_result *result, int row, int column) {
    const char *text = nx_result_text(result, row, column);
    return text ? strtoll(text, NULL, 10) : 0;
}

bool nx_result_bool(const nx_result *result, int row, int column) {
    const char *text = nx_result_text(result, row, column);
    return text && text[0] == 't';
}

const char *nx_result_column_name(const nx_result *result, int column) {
    const char *name = PQfname(result->res, column);
    return name ? name : "";
}

int64_t nx_result_affected(const nx_result *result) {
    const char *count = PQcmdTuples(result->res);
    return count && *count ? strtoll(count, NULL, 10) : -1;
}

const char *nx_result_tag(const nx_result *result) {
    const char *tag = PQcmdStatus(result->res);
    return tag ? tag : "";
}
