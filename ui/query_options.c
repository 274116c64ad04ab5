#include "query_options.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"

/* The name at *text up to a comma outside of backquotes, without blanks around it; advances. */
static char *next_name(const char **text) {
    const char *p = *text + strspn(*text, " ");
    nx_buf name = NX_BUF;
    if (*p == '`') {
        for (p++; *p && !(*p == '`' && p[1] != '`'); p++) {
            p += *p == '`';
            nx_buf_addc(&name, *p);
        }
        p += *p == '`';
        p += strcspn(p, ",");
    } else {
        size_t len = strcspn(p, ",");
        const char *end = p + len;
        while (len && p[len - 1] == ' ') {
            len--;
        }
        nx_buf_add(&name, p, len);
        p = end;
    }
    *text = *p ? p + 1 : p;
    return nx_buf_take(&name);
}

static bool add_field(const nx_model *model, const char *name, nx_field **fields, int *n, nx_error *err) {
    nx_field *field = nx_model_find_field(model, name, err);
    for (int i = 0; field && i < *n; i++) {
        if (fields[i] == field) {
            nx_error_set(err, NX_ERR_USAGE, "--fields names %s twice", nx_field_title(field));
            return false;
        }
    }
    if (field) {
        fields[(*n)++] = field;
    }
    return field != NULL;
}

static bool set_fields(nx_query *query, const char *text, nx_error *err) {
    const nx_model *model = nx_query_model(query);
    nx_field **fields = nx_calloc((size_t)model->nfields + 1, sizeof(nx_field *));
    int n = 0;
    bool ok = true;
    do {
        char *name = next_name(&text);
        ok = add_field(model, name, fields, &n, err);
        free(name);
    } while (ok && *text);
    if (ok) {
        nx_query_set_fields(query, fields, n);
    }
    free(fields);
    return ok;
}

bool ui_query_options(nx_query *query, const ui_options *options, nx_error *err) {
    nx_order order;
    if (options->fields && !set_fields(query, options->fields, err)) {
        return false;
    }
    if (options->order) {
        if (!nx_order_parse(nx_query_model(query), options->order, &order, err)) {
            return ui_point_at(err, "order", options->order);
        }
        nx_query_set_order(query, &order);
    }
    if (options->where && !nx_query_set_filter(query, options->where, err)) {
        return ui_point_at(err, "where", options->where);
    }
    return true;
}
