/* A described model's fields get the schema's names, order and words. */
#include <stdlib.h>
#include <string.h>

#include "overlay.h"

/* --- client defaults -------------------------------------------------------------------------------- */

static int number_argument(const nx_psl_value *call) {
    const nx_psl_value *first = call->nargs > 0 ? call->args[0].value : NULL;
    return first && first->kind == NX_PSL_NUMBER ? atoi(first->text) : 0;
}

static nx_client_default client_default(const nx_psl_value *call) {
    int n = number_argument(call);
    const struct {
        const char *name;
        nx_client_default plain, other;
        int number; /* that makes it the other */
    } functions[] = {
        {"cuid", NX_CLIENT_CUID, NX_CLIENT_CUID2, 2},     {"uuid", NX_CLIENT_UUID4, NX_CLIENT_UUID7, 7},
        {"ulid", NX_CLIENT_ULID, NX_CLIENT_ULID, 0},      {"nanoid", NX_CLIENT_NANOID, NX_CLIENT_NANOID, 0},
        {"now", NX_CLIENT_NOW, NX_CLIENT_NOW, 0},
    };
    for (size_t i = 0; i < NX_COUNT(functions); i++) {
        if (strcmp(functions[i].name, call->text) == 0) {
            return n && n == functions[i].number ? functions[i].other : functions[i].plain;
        }
    }
    return NX_CLIENT_NONE;
}

/* The database's own default goes before the application's. */
static void take_defaults(nx_field *field, const nx_psl_field *psl) {
    bool own = field->default_expression || field->identity || field->generated;
    const nx_psl_value *value =
        nx_psl_argument(nx_psl_find(psl->attributes, psl->nattributes, "default"), "value", 0);
    field->updated_at = !field->generated && nx_psl_find(psl->attributes, psl->nattributes, "updatedAt") != NULL;
    if (!own && value && value->kind == NX_PSL_CALL) {
        field->client_default = client_default(value);
        field->client_default_length = field->client_default == NX_CLIENT_NANOID ? number_argument(value) : 0;
    }
}

/* --- names ------------------------------------------------------------------------------------------ */

static const char *name_of_label(const nx_psl_enum *enumeration, const char *label) {
    for (int i = 0; i < enumeration->nvalues; i++) {
        if (strcmp(enumeration->values[i].label, label) == 0) {
            return enumeration->values[i].name;
        }
    }
    return label;
}

/* Only where some label has another name. */
static void name_labels(const nx_overlay *overlay, nx_field *field, const nx_psl_enum *enumeration) {
    const char **names = nx_arena_array(overlay->arena, (size_t)field->nlabels + 1, sizeof *names);
    bool any = false;
    for (int i = 0; i < field->nlabels; i++) {
        names[i] = name_of_label(enumeration, field->labels[i]);
        any = any || strcmp(names[i], field->labels[i]) != 0;
    }
    field->label_aliases = any ? names : NULL;
}

static void name_field(const nx_overlay *overlay, nx_field *field, const nx_psl_field *psl) {
    field->alias = strcmp(psl->name, field->name) == 0 ? NULL : psl->name;
    field->comment = psl->comment ? psl->comment : field->comment;
    if (psl->enumeration && field->labels) {
        name_labels(overlay, field, psl->enumeration);
    }
}

static bool is_taken(const nx_model *model, const nx_psl_model *psl, const char *name) {
    if (nx_psl_find_field(psl, name)) {
        return true;
    }
    for (int i = 0; i < model->nfields; i++) {
        if (model->fields[i]->alias && strcmp(model->fields[i]->alias, name) == 0) {
            return true;
        }
    }
    return false;
}

/* A column that the schema does not have, called like a field that it has. */
static void rename_other(const nx_overlay *overlay, nx_field *field, const nx_psl_model *psl) {
    const char *name = field->name;
    for (int n = 2; is_taken(field->model, psl, name); n++) {
        name = nx_arena_printf(overlay->arena, "%s_%d", field->name, n);
    }
    field->alias = name == field->name ? NULL : name;
}

/* --- order ------------------------------------------------------------------------------------------ */

typedef struct placed {
    nx_field *field;
    int rank; /* ignored fields after the others, unknown ones after all */
} placed;

static int by_rank(const void *left, const void *right) {
    const placed *a = left, *b = right;
    return a->rank != b->rank ? (a->rank < b->rank ? -1 : 1) : a->field->number - b->field->number;
}

static void sort_fields(nx_model *model, const nx_psl_model *psl) {
    placed *fields = nx_calloc((size_t)model->nfields + 1, sizeof *fields);
    for (int i = 0; i < model->nfields; i++) {
        const nx_psl_field *known = nx_psl_column(psl, model->fields[i]->name);
        int rank = known ? (int)(known - psl->fields) : 2 * psl->nfields;
        fields[i] = (placed){model->fields[i], known && known->ignored ? rank + psl->nfields : rank};
    }
    qsort(fields, (size_t)model->nfields, sizeof *fields, by_rank);
    for (int i = 0; i < model->nfields; i++) {
        model->fields[i] = fields[i].field;
        model->fields[i]->index = i;
    }
    free(fields);
}

/* --- the whole -------------------------------------------------------------------------------------- */

static void name_all(const nx_overlay *overlay, nx_model *model, const nx_psl_model *psl) {
    model->comment = psl->comment ? psl->comment : model->comment;
    for (int i = 0; i < model->nfields; i++) {
        const nx_psl_field *known = nx_psl_column(psl, model->fields[i]->name);
        if (known) {
            name_field(overlay, model->fields[i], known);
        }
    }
    for (int i = 0; i < model->nfields; i++) {
        if (!nx_psl_column(psl, model->fields[i]->name)) {
            rename_other(overlay, model->fields[i], psl);
        }
    }
    sort_fields(model, psl);
    model->label = nx_model_label(model);
}

void nx_overlay_describe(void *owner, nx_model *model) {
    const nx_overlay *overlay = owner;
    const nx_match *match = nx_overlay_match(overlay, model);
    if (!match) {
        return;
    }
    for (int i = 0; i < model->nfields; i++) {
        const nx_psl_field *known = nx_psl_column(match->psl, model->fields[i]->name);
        if (known) {
            model->fields[i]->ignored = known->ignored;
            take_defaults(model->fields[i], known);
        }
    }
    if (!overlay->database_names) {
        name_all(overlay, model, match->psl);
    }
}
