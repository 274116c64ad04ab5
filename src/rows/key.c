/* Keys as people type them, and as rows carry them. */
#include "query.h"

#include <stdio.h>
#include <string.h>

#include "nixie/json.h"

/* --- tuple ids ---------------------------------------------------------------------------------------------- */

/* ctid, xmin and tableoid of a record without a key, as one token without commas: "0.7.734.16402". */
enum { TUPLE_VALUES = 3, TUPLE_NUMBERS = 4 };

static bool is_number(const char *s) { return *s && strspn(s, "0123456789") == strlen(s); }

static bool is_tuple(const nx_value *key, int n) {
    unsigned block, offset;
    int end = 0;
    return n == TUPLE_VALUES && key[0].text && key[1].text && key[2].text && is_number(key[1].text) &&
           is_number(key[2].text) && sscanf(key[0].text, "(%u,%u)%n", &block, &offset, &end) == 2 && !key[0].text[end];
}

static void add_tuple(const nx_value *key, nx_buf *buf) {
    const char *comma = strchr(key[0].text, ',');
    nx_buf_add(buf, key[0].text + 1, (size_t)(comma - key[0].text) - 1);
    nx_buf_addc(buf, '.');
    nx_buf_add(buf, comma + 1, strlen(comma) - 2);
    nx_buf_addf(buf, ".%s.%s", key[1].text, key[2].text);
}

static void take_tuple(nx_arena *arena, nx_key_test *key) {
    key->n = TUPLE_VALUES;
    key->fields = nx_arena_array(arena, TUPLE_VALUES, sizeof *key->fields);
    key->values = nx_arena_array(arena, TUPLE_VALUES, sizeof *key->values);
}

static bool parse_tuple(const nx_model *model, const char *text, nx_arena *arena, nx_key_test *key, nx_error *err) {
    const char *numbers[TUPLE_NUMBERS];
    int n = 0;
    char *rest = nx_arena_strdup(arena, text);
    while (rest && n < TUPLE_NUMBERS) {
        numbers[n++] = rest;
        rest = strchr(rest, '.');
        if (rest) {
            *rest++ = '\0';
        }
    }
    bool good = n == TUPLE_NUMBERS && !rest;
    for (int i = 0; good && i < n; i++) {
        good = is_number(numbers[i]);
    }
    if (!good) {
        nx_error_set(err, NX_ERR_USAGE, "\"%s\" is no tuple id", text);
        nx_error_hint(err,
                      "%s has no key: its records are named by tuple ids such as 0.7.734.16402, or found by a filter",
                      model->title);
        return false;
    }
    take_tuple(arena, key);
    key->values[0] = nx_value_of(nx_arena_printf(arena, "(%s,%s)", numbers[0], numbers[1]));
    key->values[1] = nx_value_of(numbers[2]);
    key->values[2] = nx_value_of(numbers[3]);
    return true;
}

/* --- typed keys ------------------------------------------------------------------------------------------- */

/* "a,b" at commas. */
static int split(const char *text, nx_arena *arena, const char ***parts) {
    int n = 1;
    for (const char *p = text; *p; p++) {
        n += *p == ',';
    }
    *parts = nx_arena_array(arena, (size_t)n, sizeof **parts);
    const char *start = text;
    for (int i = 0; i < n; i++) {
        size_t len = strcspn(start, ",");
        (*parts)[i] = nx_arena_strndup(arena, start, len);
        start += len + 1;
    }
    return n;
}

/* A key over nullable fields names at most one record too, once none of its values is NULL. */
static bool names_records(const nx_model *model, const nx_key *key) {
    bool nullable = false;
    for (int i = 0; i < key->nfields; i++) {
        nullable |= key->fields[i]->nullable;
    }
    return key->identifies || (nullable && !model->inherited);
}

static void key_hint(const nx_model *model, nx_error *err) {
    nx_buf names = NX_BUF;
    for (int k = 0; k < model->nkeys; k++) {
        if (!names_records(model, model->keys[k])) {
            continue;
        }
        nx_buf_adds(&names, names.len ? " or " : "");
        for (int i = 0; i < model->keys[k]->nfields; i++) {
            nx_buf_addf(&names, "%s%s=...", i ? "," : "", nx_field_title(model->keys[k]->fields[i]));
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
        if (names_records(model, model->keys[k]) && found == model->keys[k]->nfields && found == key->n) {
            return true;
        }
    }
    return false;
}

static const char *without_blanks(nx_arena *arena, const char *s, size_t len) {
    while (len && *s == ' ') {
        s++;
        len--;
    }
    while (len && s[len - 1] == ' ') {
        len--;
    }
    return nx_arena_strndup(arena, s, len);
}

/* The field that "field=value" or "field = value" begins with, or NULL with err. */
static const nx_field *named_field(const nx_model *model, const char *part, nx_arena *arena, nx_error *err) {
    const char *equals = strchr(part, '=');
    if (!equals) {
        nx_error_set(err, NX_ERR_USAGE, "\"%s\" is not field=value", part);
        key_hint(model, err);
        return NULL;
    }
    return nx_model_find_field(model, without_blanks(arena, part, (size_t)(equals - part)), err);
}

static nx_value named_value(const char *part) {
    const char *equals = strchr(part, '=');
    bool airy = equals > part && equals[-1] == ' ' && equals[1] == ' ';
    return nx_value_of(equals + 1 + airy);
}

/* "field=value,...": every part must name a field of the model. */
static bool parse_named(const nx_model *model, const char **parts, int n, nx_arena *arena, nx_key_test *key,
                        nx_error *err) {
    key->n = n;
    key->fields = nx_arena_array(arena, (size_t)n, sizeof *key->fields);
    key->values = nx_arena_array(arena, (size_t)n, sizeof *key->values);
    for (int i = 0; i < n; i++) {
        key->fields[i] = named_field(model, parts[i], arena, err);
        if (!key->fields[i]) {
            return false;
        }
        key->values[i] = named_value(parts[i]);
    }
    if (!is_unique_key(model, key)) {
        nx_error_set(err, NX_ERR_USAGE, "these fields are no unique key of %s", model->title);
        key_hint(model, err);
        return false;
    }
    return true;
}

static bool wrong_number(const nx_model *model, int wanted, int n, nx_error *err) {
    nx_error_set(err, NX_ERR_USAGE, "the key of %s has %d value%s, not %d", model->title, wanted,
                 wanted == 1 ? "" : "s", n);
    key_hint(model, err);
    return false;
}

/* A plain value may hold '=' (base64, say): it is a field's name that makes the difference. */
static bool is_named(const nx_model *model, const char *part, nx_arena *arena) {
    nx_error none = NX_ERROR;
    bool text = model->identity && model->identity->fields[0]->class == NX_TYPE_TEXT;
    bool named = strchr(part, '=') && (!text || named_field(model, part, arena, &none));
    nx_error_clear(&none);
    return named;
}

bool nx_key_parse(const nx_model *model, const char *text, nx_arena *arena, nx_key_test *key, nx_error *err) {
    const char **parts;
    int n = split(text, arena, &parts);
    if (is_named(model, parts[0], arena)) {
        return parse_named(model, parts, n, arena, key, err);
    }
    if (model->identity_kind == NX_IDENTITY_TUPLE) {
        return parse_tuple(model, text, arena, key, err);
    }
    if (no_identity(model, err)) {
        return false;
    }
    take_identity(model, arena, key);
    if (key->n == 1 && key->fields[0]->class == NX_TYPE_TEXT) { /* a text keeps its commas */
        key->values[0] = nx_value_of(nx_arena_strdup(arena, text));
        return true;
    }
    if (n != key->n) {
        return wrong_number(model, key->n, n, err);
    }
    for (int i = 0; i < n; i++) {
        key->values[i] = nx_value_of(parts[i]);
    }
    return true;
}

bool nx_key_parse_json(const nx_model *model, const char *json, nx_arena *arena, nx_key_test *key, nx_error *err) {
    nx_value *values;
    int n = nx_json_read_array(json, arena, &values, err);
    if (n < 0) {
        return false;
    }
    if (model->identity_kind == NX_IDENTITY_TUPLE && n == 1 && values[0].text) {
        return parse_tuple(model, values[0].text, arena, key, err);
    }
    if (no_identity(model, err)) {
        return false;
    }
    take_identity(model, arena, key);
    if (n != key->n) {
        return wrong_number(model, key->n, n, err);
    }
    for (int i = 0; i < n; i++) {
        key->values[i] = values[i];
    }
    return true;
}

/* --- rows' keys ------------------------------------------------------------------------------------------------ */

void nx_key_text(const nx_row *row, int nkey, nx_buf *buf) {
    if (is_tuple(row->key, nkey)) {
        add_tuple(row->key, buf);
        return;
    }
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
    if (model->identity_kind == NX_IDENTITY_TUPLE) {
        take_tuple(arena, key);
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

bool nx_relation_scope(const nx_relation *relation, const nx_query *query, const nx_row *row, nx_arena *arena,
                       nx_scope *scope) {
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
