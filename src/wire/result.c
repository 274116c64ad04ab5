#include "result.h"

#include <stdlib.h>

struct nx_result {
    PGresult *res;
    nx_arena *arena; /* what was packed, unpacked; NULL: nothing is */
    nx_value *values;
    int columns;
};

/* --- records as columns ----------------------------------------------------------------------------------- */

/* One field of "(a,\"b \"\"c\"\"\",,d)" from *at on, which is left at what ends it; an empty one is NULL. False: malformed. */
static bool read_field(nx_arena *arena, const char **at, nx_value *out) {
    const char *p = *at;
    bool quoted = false, any = false;
    size_t most = 0;
    for (; *p && (quoted || (*p != ',' && *p != ')')); p++, most++) {
        quoted ^= *p == '"';
        any = true;
        if (*p == '\\' && p[1]) {
            p++;
        }
    }
    char *text = nx_arena_alloc(arena, most + 1);
    size_t len = 0;
    quoted = false;
    for (const char *q = *at; q < p; q++) {
        if (*q == '"') {
            bool twice = quoted && q + 1 < p && q[1] == '"';
            q += twice;
            quoted = twice || !quoted;
            if (!twice) {
                continue;
            }
        } else if (*q == '\\') {
            q++;
        }
        text[len++] = *q;
    }
    *out = any ? (nx_value){text, len} : NX_NULL_VALUE; /* the arena's memory is zeroed */
    *at = p;
    return *p != '\0';
}

/* Fields of the record from `column` on; returns the next column, -1 when it is malformed or there are more than `most`. */
static int read_record(nx_arena *arena, const char *text, nx_value *out, int column, int most) {
    if (!text || *text != '(') {
        return -1;
    }
    do {
        text++;
        if (column == most || !read_field(arena, &text, &out[column++])) {
            return -1;
        }
    } while (*text == ',');
    return column;
}

static bool unpack(nx_result *r) {
    enum { COLUMNS_MOST = 16384 };
    int rows = PQntuples(r->res);
    nx_value *row = nx_calloc(COLUMNS_MOST, sizeof *row);
    bool good = true;
    for (int i = 0; i < rows && good; i++) {
        int columns = 0;
        for (int c = 0; c < PQnfields(r->res) && columns >= 0; c++) {
            columns = read_record(r->arena, PQgetvalue(r->res, i, c), row, columns, COLUMNS_MOST);
        }
        good = columns > 0 && (i == 0 || columns == r->columns);
        if (good && i == 0) {
            r->columns = columns;
            r->values = nx_arena_array(r->arena, (size_t)rows * (size_t)columns, sizeof *r->values);
        }
        for (int c = 0; good && c < columns; c++) {
            r->values[i * columns + c] = row[c];
        }
    }
    free(row);
    return good;
}

nx_result *wire_result_new(PGresult *res, bool packed) {
    nx_result *result = nx_calloc(1, sizeof *result);
    result->res = res;
    result->columns = PQnfields(res);
    result->arena = packed ? nx_arena_new(0) : NULL;
    if (packed && !unpack(result)) {
        nx_arena_free(result->arena);
        result->arena = NULL;
        result->columns = PQnfields(res);
    }
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
        return wire_result_new(res, false);
    }
    PQclear(res);
    return NULL;
}

void nx_result_free(nx_result *result) {
    if (result) {
        nx_arena_free(result->arena);
        PQclear(result->res);
        free(result);
    }
}

/* --- reading ------------------------------------------------------------------------------------------------ */

int nx_result_rows(const nx_result *result) { return PQntuples(result->res); }

int nx_result_columns(const nx_result *result) { return result->columns; }

nx_value nx_result_value(const nx_result *result, int row, int column) {
    if (column >= result->columns) {
        return NX_NULL_VALUE;
    }
    if (result->arena) {
        return result->values[row * result->columns + column];
    }
    bool null = PQgetisnull(result->res, row, column);
    return null ? NX_NULL_VALUE : (nx_value){PQgetvalue(result->res, row, column), (size_t)PQgetlength(result->res, row, column)};
}

const char *nx_result_text(const nx_result *result, int row, int column) { return nx_result_value(result, row, column).text; }

size_t nx_result_length(const nx_result *result, int row, int column) { return nx_result_value(result, row, column).len; }

int64_t nx_result_int(const nx_result *result, int row, int column) {
    const char *text = nx_result_text(result, row, column);
    return text ? strtoll(text, NULL, 10) : 0;
}

bool nx_result_bool(const nx_result *result, int row, int column) {
    const char *text = nx_result_text(result, row, column);
    return text && text[0] == 't';
}

const char *nx_result_column_name(const nx_result *result, int column) {
    const char *name = result->arena ? NULL : PQfname(result->res, column);
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
