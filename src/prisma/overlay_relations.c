/* The relations of a schema: those that the database may not know are declared to the catalog, and those
 * that it makes get the schema's names. */
#include <stdlib.h>
#include <string.h>

#include "overlay.h"

enum { IDENTIFIER_MAX = 63 };

/* --- declaring -------------------------------------------------------------------------------------- */

static char action_of(const nx_psl_field *field, const char *name, char otherwise) {
    static const struct { const char *word; char action; } actions[] = {
        {"Cascade", 'c'}, {"Restrict", 'r'}, {"NoAction", 'a'}, {"SetNull", 'n'}, {"SetDefault", 'd'}};
    const nx_psl_value *value =
        nx_psl_argument(nx_psl_find(field->attributes, field->nattributes, "relation"), name, -1);
    for (size_t i = 0; value && i < NX_COUNT(actions); i++) {
        if (strcmp(actions[i].word, value->text) == 0) {
            return actions[i].action;
        }
    }
    return otherwise;
}

static void declare_key(nx_overlay *overlay, const nx_psl_field *field) {
    nx_model *child = nx_overlay_model(overlay, field->model), *parent = nx_overlay_model(overlay, field->target);
    if (!child || !parent || parent->kind == NX_KIND_FOREIGN) {
        return;
    }
    const char **fields = nx_arena_array(overlay->arena, (size_t)field->nfields, sizeof *fields);
    const char **references = nx_arena_array(overlay->arena, (size_t)field->nfields, sizeof *references);
    bool optional = true;
    for (int i = 0; i < field->nfields; i++) {
        fields[i] = field->fields[i]->column;
        references[i] = field->references[i]->column;
        optional = optional && field->fields[i]->optional;
    }
    const nx_virtual_key key = {.child = child,
                                .parent = parent,
                                .nfields = field->nfields,
                                .fields = fields,
                                .references = references,
                                .on_delete = action_of(field, "onDelete", optional ? 'n' : 'r'),
                                .on_update = action_of(field, "onUpdate", 'c')};
    nx_catalog_add_key(overlay->catalog, &key);
}

bool nx_psl_is_implicit(const nx_psl_field *field) {
    return field->target && field->list && !field->nfields && field->opposite && field->opposite->list &&
           !field->opposite->nfields;
}

/* Is the field on the side whose key stands in column A? */
static bool is_side_a(const nx_psl_field *field) {
    const nx_psl_field *other = field->opposite;
    return field->model == other->model ? strcmp(field->name, other->name) < 0
                                        : strcmp(field->model->name, other->model->name) < 0;
}

const char *nx_psl_join_table(const nx_psl_field *field, nx_arena *arena) {
    const nx_psl_field *a = is_side_a(field) ? field : field->opposite;
    const char *name = field->relation
                           ? nx_arena_printf(arena, "_%s", field->relation)
                           : nx_arena_printf(arena, "_%sTo%s", a->model->name, a->opposite->model->name);
    return strlen(name) > IDENTIFIER_MAX ? nx_arena_strndup(arena, name, IDENTIFIER_MAX) : name;
}

nx_model *nx_overlay_join_table(const nx_overlay *overlay, const nx_psl_field *field) {
    nx_error err = NX_ERROR;
    const nx_psl_field *a = is_side_a(field) ? field : field->opposite;
    nx_model *model = nx_catalog_find(overlay->catalog, nx_psl_join_table(field, overlay->arena),
                                      nx_overlay_schema(overlay, a->model), &err);
    nx_error_clear(&err);
    return model;
}

/* The column of a model's one key field, NULL when there is no such. */
static const char *key_column(const nx_psl_model *model) {
    for (int i = 0; i < model->nfields; i++) {
        if (model->fields[i].column && nx_psl_find(model->fields[i].attributes, model->fields[i].nattributes, "id")) {
            return model->fields[i].column;
        }
    }
    return NULL;
}

static void declare_side(nx_overlay *overlay, nx_model *table, const char *column, const nx_psl_model *psl) {
    const char *reference = key_column(psl);
    nx_model *parent = nx_overlay_model(overlay, psl);
    if (reference && parent) {
        nx_catalog_add_key(overlay->catalog, &(nx_virtual_key){.child = table,
                                                               .parent = parent,
                                                               .nfields = 1,
                                                               .fields = &column,
                                                               .references = &reference,
                                                               .on_delete = 'c',
                                                               .on_update = 'c'});
    }
}

static void declare_join(nx_overlay *overlay, const nx_psl_field *field) {
    nx_model *table = is_side_a(field) ? nx_overlay_join_table(overlay, field) : NULL;
    if (table && table->kind == NX_KIND_TABLE && !nx_overlay_match(overlay, table)) {
        nx_catalog_add_join_table(overlay->catalog, table);
        declare_side(overlay, table, "A", field->model);
        declare_side(overlay, table, "B", field->target);
    }
}

void nx_overlay_declare(nx_overlay *overlay) {
    for (int i = 0; i < overlay->prisma->nmodels; i++) {
        const nx_psl_model *psl = &overlay->prisma->models[i];
        for (int f = 0; f < psl->nfields && overlay->by_rank[i].model; f++) {
            const nx_psl_field *field = &psl->fields[f];
            if (field->target && field->nfields) {
                declare_key(overlay, field);
            } else if (nx_psl_is_implicit(field)) {
                declare_join(overlay, field);
            }
        }
    }
    nx_catalog_resort(overlay->catalog);
}

/* --- naming ----------------------------------------------------------------------------------------- */

static bool has_pair(const nx_psl_field *field, const char *column, const char *reference) {
    for (int i = 0; i < field->nfields; i++) {
        if (strcmp(field->fields[i]->column, column) == 0 && strcmp(field->references[i]->column, reference) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_key_of(const nx_overlay *overlay, const nx_psl_field *field, const nx_relation *relation) {
    bool same = field->nfields == relation->nfields && nx_overlay_model(overlay, field->target) == relation->target;
    for (int i = 0; same && i < relation->nfields; i++) {
        same = has_pair(field, relation->fields[i], relation->references[i]);
    }
    return same;
}

static bool is_join_of(const nx_overlay *overlay, const nx_psl_field *field, const nx_relation *relation) {
    return nx_psl_is_implicit(field) && nx_overlay_model(overlay, field->target) == relation->target &&
           strcmp(nx_psl_join_table(field, overlay->arena), relation->through->name) == 0 &&
           is_side_a(field) == (relation->through_fields[0][0] == 'A' || relation->through_fields[0][0] == 'a');
}

/* The field of the schema that is this relation, seen from the side with the columns. */
static const nx_psl_field *field_of(const nx_overlay *overlay, const nx_psl_model *psl, const nx_relation *relation) {
    for (int i = 0; i < psl->nfields; i++) {
        const nx_psl_field *field = &psl->fields[i];
        if (relation->kind == NX_MANY_TO_MANY ? is_join_of(overlay, field, relation)
                                              : field->nfields && is_key_of(overlay, field, relation)) {
            return field;
        }
    }
    return NULL;
}

const nx_psl_field *nx_overlay_relation(const nx_overlay *overlay, const nx_relation *relation) {
    bool backward = relation->kind == NX_TO_MANY;
    if (backward && !relation->inverse) {
        return NULL;
    }
    const nx_relation *forward = backward ? relation->inverse : relation;
    const nx_match *match = nx_overlay_match(overlay, forward->model);
    const nx_psl_field *field = match ? field_of(overlay, match->psl, forward) : NULL;
    return field && backward ? field->opposite : field;
}

static bool is_taken(const nx_model *model, const nx_psl_model *psl, const nx_relation *self, const char *name) {
    if (nx_psl_find_field(psl, name)) {
        return true;
    }
    for (int i = 0; i < model->nrelations; i++) {
        if (model->relations[i] != self && strcmp(model->relations[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* A relation that the schema does not have keeps its name unless the schema has that for something else. */
static void rename_other(const nx_overlay *overlay, nx_relation *relation, const nx_psl_model *psl) {
    const char *name = relation->plain_name;
    for (int n = 1; is_taken(relation->model, psl, relation, name); n++) {
        name = nx_arena_printf(overlay->arena, n == 1 ? "%s_rel" : "%s_rel%d", relation->plain_name, n);
    }
    relation->name = name;
}

static int by_kind_and_rank(const void *left, const void *right) {
    const nx_relation *a = *(nx_relation *const *)left, *b = *(nx_relation *const *)right;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if ((a->rank == 0) != (b->rank == 0)) {
        return a->rank == 0 ? 1 : -1;
    }
    return a->rank != b->rank ? a->rank - b->rank : strcmp(a->name, b->name);
}

static void name_relations(const nx_overlay *overlay, nx_model *model, const nx_psl_model *psl) {
    for (int i = 0; i < model->nrelations; i++) {
        nx_relation *relation = model->relations[i];
        const nx_psl_field *field = nx_overlay_relation(overlay, relation);
        if (field) {
            relation->name = field->name;
            relation->rank = (int)(field - psl->fields) + 1;
        }
    }
    for (int i = 0; i < model->nrelations; i++) {
        if (model->relations[i]->rank == 0) {
            rename_other(overlay, model->relations[i], psl);
        }
    }
    qsort(model->relations, (size_t)model->nrelations, sizeof(nx_relation *), by_kind_and_rank);
}

/* The names of a model that the schema does not have may come from one that it has: "posts" for the
 * table posts, which is now Post. They stay: what refers here is told by its target's title. */
void nx_overlay_relate(nx_overlay *overlay) {
    for (int i = 0; !overlay->database_names && i < overlay->nmatches; i++) {
        name_relations(overlay, overlay->by_oid[i].model, overlay->by_oid[i].psl);
    }
}
