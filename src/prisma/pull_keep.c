/* What the project's schema says already: it keeps its names, its order and its comments, where the database still has what
 * they are of. Tables are found by their names, relations by the columns of their foreign keys. */
#include <string.h>

#include "overlay.h"
#include "pull.h"

const char *nx_psl_own_name(const nx_psl_attribute *attributes, int count, const char *attribute, const char *argument) {
    int position = strcmp(argument, "name") == 0 ? 0 : -1;
    const nx_psl_value *value = nx_psl_argument(nx_psl_find(attributes, count, attribute), argument, position);
    return value && value->kind == NX_PSL_STRING ? value->text : NULL;
}

/* --- models, fields, enums ------------------------------------------------------------------------------------- */

static bool fits(const char *name, const char *schema, const char *wanted, const char *wanted_schema) {
    return strcmp(name, wanted) == 0 && (!wanted_schema || strcmp(schema, wanted_schema) == 0);
}

static void keep_fields(nx_pull_table *table) {
    for (int c = 0; c < table->ncolumns; c++) {
        table->columns[c].old = nx_psl_column(table->old, table->columns[c].name);
    }
}

static nx_pull_table *find_table(const nx_pull_schema *pull, const nx_psl_model *psl) {
    for (int i = 0; i < pull->ntables; i++) {
        nx_pull_table *table = &pull->tables[i];
        if (!table->old && table->view == psl->view && fits(table->name, table->schema, psl->table, psl->schema)) {
            return table;
        }
    }
    return NULL;
}

static nx_pull_enum *find_enum(const nx_pull_schema *pull, const nx_psl_enum *psl) {
    for (int i = 0; i < pull->nenums; i++) {
        if (!pull->enums[i].old && fits(pull->enums[i].name, pull->enums[i].schema, psl->type, psl->schema)) {
            return &pull->enums[i];
        }
    }
    return NULL;
}

/* A view cannot say that a field is required: the schema can. */
static void keep_arity(nx_pull_table *view) {
    for (int c = 0; c < view->ncolumns; c++) {
        nx_pull_column *column = &view->columns[c];
        if (column->old && !column->required && !column->list) {
            column->list = column->old->list;
            column->required = !column->old->list && !column->old->optional;
        }
    }
}

void nx_pull_keep(nx_pull_schema *pull) {
    const nx_prisma *prisma = pull->anew ? NULL : pull->prisma;
    size_t models = prisma ? (size_t)prisma->nmodels : 0, enums = prisma ? (size_t)prisma->nenums : 0;
    pull->old_models = nx_arena_array(pull->arena, models + 1, sizeof(nx_pull_table *));
    pull->old_enums = nx_arena_array(pull->arena, enums + 1, sizeof(nx_pull_enum *));
    for (size_t i = 0; i < models; i++) {
        nx_pull_table *table = prisma->models[i].composite ? NULL : find_table(pull, &prisma->models[i]);
        pull->old_models[i] = table;
        if (table) {
            table->old = &prisma->models[i];
            keep_fields(table);
        }
        if (table && table->view) {
            keep_arity(table);
        }
    }
    for (size_t i = 0; i < enums; i++) {
        pull->old_enums[i] = find_enum(pull, &prisma->enums[i]);
        if (pull->old_enums[i]) {
            pull->old_enums[i]->old = &prisma->enums[i];
        }
    }
}

const nx_psl_value *nx_pull_client_default(const nx_pull_column *column) {
    static const char *const functions[] = {"uuid", "cuid", "ulid", "nanoid"};
    const nx_psl_field *old = column->old;
    const nx_psl_attribute *attribute = old ? nx_psl_find(old->attributes, old->nattributes, "default") : NULL;
    const nx_psl_value *value = nx_psl_argument(attribute, "value", 0);
    for (size_t i = 0; value && value->kind == NX_PSL_CALL && i < NX_COUNT(functions); i++) {
        if (strcmp(functions[i], value->text) == 0) {
            return column->family == NX_PULL_STRING || column->family == NX_PULL_UUID ? value : NULL;
        }
    }
    return NULL;
}

/* --- relations ---------------------------------------------------------------------------------------------------- */

static bool is_of(const nx_psl_field *field, const nx_pull_key *key) {
    if (field->nfields != key->ncolumns) {
        return false;
    }
    for (int i = 0; i < key->ncolumns; i++) {
        if (strcmp(field->fields[i]->column, key->columns[i]->name) != 0) {
            return false;
        }
    }
    return true;
}

static void keep_key(nx_pull_key *key) {
    const nx_psl_model *model = key->table->old;
    for (int i = 0; model && i < model->nfields && !key->old; i++) {
        if (model->fields[i].target && is_of(&model->fields[i], key)) {
            key->old = &model->fields[i];
        }
    }
}

/* The field of this model that is an implicit relation through the table. */
static const nx_psl_field *join_field(const nx_pull_schema *pull, const nx_pull_table *join, const nx_psl_model *model) {
    for (int i = 0; model && i < model->nfields; i++) {
        const nx_psl_field *field = &model->fields[i];
        if (nx_psl_is_implicit(field) && strcmp(nx_psl_join_table(field, pull->arena), join->name) == 0) {
            return field;
        }
    }
    return NULL;
}

void nx_pull_keep_relations(nx_pull_schema *pull) {
    for (int i = 0; i < pull->ntables; i++) {
        nx_pull_table *table = &pull->tables[i];
        for (int k = 0; k < table->nkeys && !table->join_table; k++) {
            keep_key(&table->keys[k]);
        }
        if (table->join_table) {
            bool second = table->keys[0].columns[0]->name[0] == 'B' || table->keys[0].columns[0]->name[0] == 'b';
            table->old_side = join_field(pull, table, table->keys[second].target->old);
        }
    }
}

static const char *relation_name(const nx_psl_field *field) { return field->relation ? field->relation : ""; }

static void keep_key_names(nx_pull_key *key) {
    if (key->old && key->old->opposite) {
        key->relation = relation_name(key->old);
        key->forward = key->old->name;
        key->back = key->old->opposite->name;
    }
}

/* The relation is named from now on, as by Prisma, and the fields of a model with itself are named anew. */
static void keep_join_names(nx_pull_table *join) {
    const nx_psl_field *side = join->old_side;
    if (!side || !side->opposite) {
        return;
    }
    join->relation = side->relation ? side->relation : join->name + 1;
    if (side->model != side->opposite->model) {
        join->fields[0] = side->name;
        join->fields[1] = side->opposite->name;
    }
}

void nx_pull_keep_names(const nx_pull_schema *pull) {
    for (int i = 0; i < pull->ntables; i++) {
        nx_pull_table *table = &pull->tables[i];
        for (int k = 0; k < table->nkeys && !table->join_table; k++) {
            keep_key_names(&table->keys[k]);
        }
        if (table->join_table) {
            keep_join_names(table);
        }
    }
}

static bool is_there(const nx_pull_schema *pull, const nx_psl_model *model) { return pull->old_models[model->rank] != NULL; }

bool nx_pull_carried(const nx_pull_schema *pull, const nx_psl_field *field) {
    bool view = field->target && (field->target->view || field->model->view);
    return field->target && (view || pull->prisma->relation_mode_prisma) && is_there(pull, field->target);
}

/* --- indexes --------------------------------------------------------------------------------------------------------- */

static const char *own_index_name(nx_arena *arena, const nx_pull_table *table, const nx_psl_attribute *attribute, const char *suffix) {
    const nx_psl_value *map = nx_psl_argument(attribute, "map", -1), *fields = nx_psl_argument(attribute, "fields", 0);
    const nx_pull_column *columns[32];
    int n = 0;
    if (map) {
        return map->text;
    }
    for (int i = 0; fields && i < fields->nargs && n < (int)NX_COUNT(columns); i++) {
        for (int c = 0; c < table->ncolumns; c++) {
            const nx_pull_column *column = &table->columns[c];
            if (fields->args[i].value && column->old && strcmp(column->old->name, fields->args[i].value->text) == 0) {
                columns[n++] = column;
            }
        }
    }
    return nx_pull_constraint_name(arena, table, n, columns, suffix);
}

const nx_psl_attribute *nx_pull_old_index(const nx_pull_schema *pull, const nx_pull_table *table, const nx_pull_index *index) {
    for (int i = 0; table->old && i < table->old->nattributes; i++) {
        const nx_psl_attribute *attribute = &table->old->attributes[i];
        bool unique = strcmp(attribute->name, "unique") == 0;
        const nx_psl_value *name = nx_psl_argument(attribute, "name", -1);
        if (!unique && strcmp(attribute->name, "index") != 0) {
            continue;
        }
        if ((name && !nx_psl_argument(attribute, "map", -1) && strcmp(name->text, index->name) == 0) ||
            strcmp(own_index_name(pull->arena, table, attribute, unique ? "_key" : "_idx"), index->name) == 0) {
            return attribute;
        }
    }
    return NULL;
}
