/* Keys as people type them, and as rows carry them. */
#include "query.h"

#include <string.h>

#include "nixie/json.h"

/* --- typed keys ------------------------------------------------------------------------------------------- */

/* "a,b" at commas; a value with a comma needs --key-json. */
static int split(const char *text, nx_arena *arena, const char ***parts) {
    int n = 1;
    for (const char *p = text; *p; p++) {
        n += *p == ',';
    }
    *parts = nx_arena_array(arena, (size_t)n, sizeof **parts);
    const char *start = text;
    for (int i = 0; i < n; i++) {
        const char *end = strchr(start, ',');
        size_t len = end ? (size_t)(end - start) : strlen(start);
        (*parts)[i] = nx_arena_strndup(arena, start, len);
        start += len + 1;
    }
    return n;
}

static void key_hint(const nx_model *model, nx_error *err) {
    nx_buf names = NX_BUF;
    for (int k = 0; k < model->nkeys; k++) {
        if (!model->keys[k]->identifies) {
            continue;
        }
        nx_buf_adds(&names, names.len ? " or " : "");
        for (int i = 0; i < model->keys[k]->nfields; i++) {
            nx_buf_addf(&names, "%s%s=...", i ? "," : "", model->keys[k]->fields[i]->name);
        }
    }
    if (names.len) {
        nx_error_hint(err, "name a record of %s by %s", model->title, names.data);
    } else {
        nx_error_hint(err, "%s has no unique key; a filter finds its records", model->title);
    }
    nx_buf_free(&names);
}

static bool no_identity(const nx_model *model, nx_error *err) {
    if (model->identity) {
        return false;
    }
    nx_error_set(err, NX_ERR_USAGE, "%s has no key that records could be named by", model->title);
    key_hint(model, err);
    return true;
}

static void take_identity(const nx_model *model, nx_arena *arena, nx_key_test *key) {
    key->n = model->identity->nfields;
    key->fields = nx_arena_array(arena, (size_t)key->n, sizeof *key->fields);
    key->values = nx_arena_array(arena, (size_t)key->n, sizeof *key->values);
    for (int i = 0; i < key->n; i++) {
        key->fields[i] = model->identity->fields[i];
    }
}

static bool is_unique_key(const nx_model *model, const nx_key_test *key) {
    for (int k = 0; k < model->nkeys; k++) {
        int found = 0;
        for (int i = 0; i < model->keys[k]->nfields; i++) {
            for (int j = 0; j < key->n; j++) {
                found += key->fields[j] == model->keys[k]->fields[i];
            }
        }
        if (model->keys[k]->identifies && found == model->keys[k]->nfields && found == key->n) {
            return true;
        }
    }
    return false;
}

/* "field=value,...": every part must name a field of the model. */
static bool parse_named(const nx_model *model, const char **parts, int n, nx_arena *arena, nx_key_test *key, nx_error *err) {
    key->n = n;
    key->fields = nx_arena_array(arena, (size_t)n, sizeof *key->fields);
    key->values = nx_arena_array(arena, (size_t)n, sizeof *key->values);
    for (int i = 0; i < n; i++) {
        const char *equals = strchr(parts[i], '=');
        if (!equals) {
            nx_error_set(err, NX_ERR_USAGE, "\"%s\" is not field=value", parts[i]);
            key_hint(model, err);
            return false;
        }
        const char *name = nx_arena_strndup(arena, parts[i], (size_t)(equals - parts[i]));
        key->fields[i] = nx_model_find_field(model, name, err);
        if (!key->fields[i]) {
            return false;
        }
        key->values[i] = nx_value_of(equals + 1);
    }
    if (!is_unique_key(model, key)) {
        nx_error_set(err, NX_ERR_USAGE, "these fields are no unique key of %s", model->title);
        key_hint(model, err);
        return false;
    }
    return true;
}

bool nx_key_parse(const nx_model *model, const char *text, nx_arena *arena, nx_key_test *key, nx_error *err) {
    const char **parts;
    int n = split(text, arena, &parts);
    /* A plain value may hold '=' (base64, say): it is a field's name that makes the difference. */
    const char *equals = strchr(parts[0], '=');
    if (equals) {
        nx_error none = NX_ERROR;
        const char *name = nx_arena_strndup(arena, parts[0], (size_t)(equals - parts[0]));
        bool named = nx_model_find_field(model, name, &none) != NULL;
        nx_error_clear(&none);
        bool plain = !named && model->identity && model->identity->nfields == n && model->identity->fields[0]->class == NX_TYPE_TEXT;
        if (!plain) {
            return parse_named(model, parts, n, arena, key, err);
        }
    }
    if (no_identity(model, err)) {
        return false;
    }
    take_identity(model, arena, key);
    if (n != key->n) {
        nx_error_set(err, NX_ERR_USAGE, "the key of %s has %d value%s, not %d", model->title, key->n, key->n == 1 ? "" : "s", n);
        key_hint(model, err);
        return false;
    }
    for (int i = 0; i < n; i++) {
        key->values[i] = nx_value_of(parts[i]);
    }
    return true;
}

bool nx_key_parse_json(const nx_model *model, const char *json, nx_arena *arena, nx_key_test *key, nx_error *err) {
    nx_value *values;
    int n = nx_json_read_array(json, arena, &values, err);
    if (n < 0 || no_identity(model, err)) {
        return false;
    }
    take_identity(model, arena, key);
    if (n != key->n) {
        nx_error_set(err, NX_ERR_USAGE, "the key of %s has %d value%s, not %d", model->title, key->n, key->n == 1 ? "" : "s", n);
        key_hint(model, err);
        return false;
    }
    for (int i = 0; i < n; i++) {
        key->values[i] = values[i];
    }
    return true;
}

/* --- rows' keys ------------------------------------------------------------------------------------------------ */

void nx_key_text(const nx_row *row, int nkey, nx_buf *buf) {
    for (int i = 0; i < nkey; i++) {
        nx_buf_adds(buf, i ? "," : "");
        if (row->key[i].text) {
            nx_buf_add(buf, row->key[i].text, row->key[i].len);
        } else {
            nx_buf_adds(buf, "NULL");
        }
    }
}

bool nx_row_key(const nx_model *model, const nx_row *row, nx_arena *arena, nx_key_test *key) {
    if (model->identity_kind == NX_IDENTITY_NONE) {
        return false;
    }
    if (model->identity_kind == NX_IDENTITY_TUPLE) { /* ctid, xmin, tableoid: no fields */
        key->n = 3;
        key->fields = NULL;
        key->values = nx_arena_array(arena, 3, sizeof *key->values);
    } else {
        take_identity(model, arena, key);
    }
    for (int i = 0; i < key->n; i++) {
        key->values[i] = nx_value_copy(arena, row->key[i]);
    }
    return true;
}

/* --- relations --------------------------------------------------------------------------------------------------- */

static bool value_of(const nx_query *query, const nx_row *row, const char *column, nx_value *value) {
    const nx_model *model = nx_query_model(query);
    for (int i = 0; model->identity && i < model->identity->nfields; i++) {
        if (strcmp(model->identity->fields[i]->name, column) == 0) {
            *value = row->key[i];
            return true;
        }
    }
    for (int f = 0; f < nx_query_nfields(query); f++) {
        const nx_cell *cell = &row->cells[f];
        if (strcmp(nx_query_field(query, f)->name, column) == 0 && !cell->cut && !cell->withheld) {
            *value = cell->value;
            return true;
        }
    }
    return false;
}

bool nx_relation_scope(const nx_relation *relation, const nx_query *query, const nx_row *row, nx_arena *arena, nx_scope *scope) {
    scope->relation = relation;
    scope->nvalues = relation->nfields;
    scope->values = nx_arena_array(arena, (size_t)relation->nfields, sizeof *scope->values);
    for (int i = 0; i < relation->nfields; i++) {
        nx_value value;
        if (!value_of(query, row, relation->fields[i], &value) || nx_is_null(value)) {
            return false;
        }
        scope->values[i] = nx_value_copy(arena, value);
    }
    return true;
}
