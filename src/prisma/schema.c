/* From the text's tree to what it means: names in the database, relations and their other sides. */
#include <stdlib.h>
#include <string.h>

#include "parse.h"

/* --- looking things up ------------------------------------------------------------------------------ */

const nx_psl_attribute *nx_psl_find(const nx_psl_attribute *attributes, int count, const char *name) {
    for (int i = 0; i < count; i++) {
        if (strcmp(attributes[i].name, name) == 0) {
            return &attributes[i];
        }
    }
    return NULL;
}

const nx_psl_value *nx_psl_argument(const nx_psl_attribute *attribute, const char *name, int position) {
    const nx_psl_value *unnamed = NULL;
    for (int i = 0, seen = 0; attribute && i < attribute->nargs; i++) {
        const nx_psl_arg *arg = &attribute->args[i];
        if (!arg->name) {
            unnamed = seen++ == position ? arg->value : unnamed;
        } else if (name && strcmp(arg->name, name) == 0) {
            return arg->value;
        }
    }
    return unnamed;
}

static int by_name(const void *left, const void *right) {
    const nx_psl_model *a = *(const nx_psl_model *const *)left, *b = *(const nx_psl_model *const *)right;
    int order = strcmp(a->name, b->name);
    return order ? order : a->rank - b->rank;
}

static int name_against_model(const void *name, const void *model) {
    return strcmp(name, (*(const nx_psl_model *const *)model)->name);
}

const nx_psl_model *nx_psl_find_model(const nx_prisma *prisma, const char *name) {
    const nx_psl_model **found = bsearch(name, prisma->models_by_name, (size_t)prisma->nmodels,
                                         sizeof *prisma->models_by_name, name_against_model);
    return found ? *found : NULL;
}

const nx_psl_field *nx_psl_find_field(const nx_psl_model *model, const char *name) {
    for (int i = 0; i < model->nfields; i++) {
        if (strcmp(model->fields[i].name, name) == 0) {
            return &model->fields[i];
        }
    }
    return NULL;
}

static int name_against_enum(const void *name, const void *enumeration) {
    return strcmp(name, (*(const nx_psl_enum *const *)enumeration)->name);
}

static int enums_by_name(const void *left, const void *right) {
    return strcmp((*(const nx_psl_enum *const *)left)->name, (*(const nx_psl_enum *const *)right)->name);
}

/* --- resolving -------------------------------------------------------------------------------------- */

typedef struct resolver {
    nx_prisma *prisma;
    const nx_psl_enum **enums; /* sorted */
    nx_psl p;                  /* for complaints */
} resolver;

/* The text of @map("x"), @@schema("x"), @relation("x"), or NULL. */
static const char *text_of(const nx_psl_attribute *attributes, int count, const char *name) {
    const nx_psl_value *value = nx_psl_argument(nx_psl_find(attributes, count, name), "name", 0);
    return value && value->kind == NX_PSL_STRING ? value->text : NULL;
}

static bool is_scalar(const char *type) {
    static const char *const scalars[] = {"String",  "Boolean",  "Int",  "BigInt", "Float",
                                          "Decimal", "DateTime", "Json", "Bytes"};
    for (size_t i = 0; i < NX_COUNT(scalars); i++) {
        if (strcmp(scalars[i], type) == 0) {
            return true;
        }
    }
    return false;
}

static void resolve_field(const resolver *r, const nx_psl_model *model, nx_psl_field *field) {
    field->model = model;
    field->ignored = nx_psl_find(field->attributes, field->nattributes, "ignore") != NULL;
    field->relation = text_of(field->attributes, field->nattributes, "relation");
    if (!field->unsupported && !is_scalar(field->type)) {
        field->target = nx_psl_find_model(r->prisma, field->type);
        const nx_psl_enum **found = bsearch(field->type, r->enums, (size_t)r->prisma->nenums, sizeof *r->enums,
                                            name_against_enum);
        field->enumeration = found ? *found : NULL;
    }
    const char *map = text_of(field->attributes, field->nattributes, "map");
    field->column = field->target ? NULL : map ? map : field->name;
}

static void resolve_model(const resolver *r, nx_psl_model *model) {
    const char *map = text_of(model->attributes, model->nattributes, "map");
    model->table = map ? map : model->name;
    model->schema = text_of(model->attributes, model->nattributes, "schema");
    model->ignored = nx_psl_find(model->attributes, model->nattributes, "ignore") != NULL;
    for (int i = 0; i < model->nfields; i++) {
        resolve_field(r, model, &model->fields[i]);
    }
}

static void resolve_enum(nx_psl_enum *enumeration) {
    const char *map = text_of(enumeration->attributes, enumeration->nattributes, "map");
    enumeration->type = map ? map : enumeration->name;
    enumeration->schema = text_of(enumeration->attributes, enumeration->nattributes, "schema");
    nx_psl_enum_value *values = enumeration->values;
    for (int i = 0; i < enumeration->nvalues; i++) {
        map = text_of(values[i].attributes, values[i].nattributes, "map");
        values[i].label = map ? map : values[i].name;
    }
}

/* The fields that [a, b] names in a model. False after a complaint. */
static bool name_fields(resolver *r, const nx_psl_value *list, const nx_psl_model *model, const nx_psl_field **out) {
    for (int i = 0; i < list->nargs; i++) {
        const nx_psl_value *value = list->args[i].value;
        out[i] = value->kind == NX_PSL_WORD ? nx_psl_find_field(model, value->text) : NULL;
        if (!out[i] || !out[i]->column) {
            return nx_psl_wrong(&r->p, value->place, "expected a field of %s with a column, found \"%s\"", model->name,
                                value->text);
        }
    }
    return true;
}

static bool resolve_relation(resolver *r, nx_psl_field *field) {
    const nx_psl_attribute *relation = nx_psl_find(field->attributes, field->nattributes, "relation");
    const nx_psl_value *fields = nx_psl_argument(relation, "fields", -1);
    const nx_psl_value *references = nx_psl_argument(relation, "references", -1);
    if (!field->target || !fields || !references) {
        return true;
    }
    if (fields->kind != NX_PSL_LIST || references->kind != NX_PSL_LIST || fields->nargs != references->nargs ||
        fields->nargs == 0) {
        return nx_psl_wrong(&r->p, relation->place, "expected as many fields as references in @relation");
    }
    size_t n = (size_t)fields->nargs;
    const nx_psl_field **ours = nx_arena_array(r->prisma->arena, n, sizeof *ours);
    const nx_psl_field **theirs = nx_arena_array(r->prisma->arena, n, sizeof *theirs);
    if (!name_fields(r, fields, field->model, ours) || !name_fields(r, references, field->target, theirs)) {
        return false;
    }
    field->nfields = fields->nargs;
    field->fields = ours;
    field->references = theirs;
    return true;
}

static bool same_or_none(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

/* One side holds the columns and the other does not, or both are lists of an implicit table. */
static bool complement(const nx_psl_field *a, const nx_psl_field *b) {
    bool implicit = a->list && b->list && !a->nfields && !b->nfields;
    return implicit || (a->nfields == 0) != (b->nfields == 0);
}

static void pair(nx_psl_field *field) {
    nx_psl_model *target = (nx_psl_model *)(uintptr_t)field->target;
    for (int i = 0; i < target->nfields && !field->opposite; i++) {
        nx_psl_field *other = &target->fields[i];
        if (other != field && other->target == field->model && !other->opposite &&
            same_or_none(field->relation, other->relation) && complement(field, other)) {
            field->opposite = other;
            other->opposite = field;
        }
    }
}

static bool relate(resolver *r) {
    nx_prisma *prisma = r->prisma;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < prisma->nmodels; i++) {
            for (int f = 0; f < prisma->models[i].nfields; f++) {
                nx_psl_field *field = &prisma->models[i].fields[f];
                if (pass == 0 && !resolve_relation(r, field)) {
                    return false;
                }
                if (pass == 1 && field->target && !field->opposite) {
                    pair(field);
                }
            }
        }
    }
    return true;
}

static bool refuse_duplicates(resolver *r) {
    const nx_prisma *prisma = r->prisma;
    for (int i = 1; i < prisma->nmodels; i++) {
        const nx_psl_model *a = prisma->models_by_name[i - 1], *b = prisma->models_by_name[i];
        if (strcmp(a->name, b->name) == 0) {
            return nx_psl_wrong(&r->p, b->place, "expected another name: \"%s\" is declared at %s:%d", b->name,
                                a->place.file, a->place.line);
        }
    }
    return true;
}

/* --- the datasource --------------------------------------------------------------------------------- */

static void read_property(nx_prisma *prisma, const nx_psl_arg *property) {
    const nx_psl_value *value = property->value;
    if (strcmp(property->name, "provider") == 0 && value->kind == NX_PSL_STRING) {
        prisma->provider = value->text;
    } else if (strcmp(property->name, "url") == 0 && value->kind == NX_PSL_CALL && value->nargs == 1) {
        prisma->url_env = value->args[0].value ? value->args[0].value->text : NULL;
    } else if (strcmp(property->name, "relationMode") == 0 || strcmp(property->name, "referentialIntegrity") == 0) {
        prisma->relation_mode_prisma = strcmp(value->text, "prisma") == 0;
    } else if (strcmp(property->name, "schemas") == 0) {
        prisma->multi_schema = value->kind == NX_PSL_LIST && value->nargs > 0;
    }
}

static void read_datasource(nx_prisma *prisma) {
    for (int i = 0; i < prisma->nconfigs; i++) {
        const nx_psl_config *config = &prisma->configs[i];
        for (int k = 0; config->datasource && k < config->nproperties; k++) {
            read_property(prisma, &config->properties[k]);
        }
    }
}

/* --- the whole ------------------------------------------------------------------------------------- */

static void sort_names(resolver *r) {
    nx_prisma *prisma = r->prisma;
    prisma->models_by_name = nx_arena_array(prisma->arena, (size_t)prisma->nmodels + 1, sizeof *prisma->models_by_name);
    for (int i = 0; i < prisma->nmodels; i++) {
        prisma->models[i].rank = i;
        prisma->models_by_name[i] = &prisma->models[i];
    }
    qsort(prisma->models_by_name, (size_t)prisma->nmodels, sizeof *prisma->models_by_name, by_name);
    r->enums = nx_arena_array(prisma->arena, (size_t)prisma->nenums + 1, sizeof *r->enums);
    for (int i = 0; i < prisma->nenums; i++) {
        resolve_enum(&prisma->enums[i]);
        r->enums[i] = &prisma->enums[i];
    }
    qsort(r->enums, (size_t)prisma->nenums, sizeof *r->enums, enums_by_name);
}

bool nx_psl_resolve(nx_prisma *prisma, nx_error *err) {
    resolver r = {.prisma = prisma, .p = {.err = err}};
    sort_names(&r);
    for (int i = 0; i < prisma->nmodels; i++) {
        resolve_model(&r, &prisma->models[i]);
    }
    read_datasource(prisma);
    return refuse_duplicates(&r) && relate(&r);
}

static bool read_texts(nx_psl *p, const nx_prisma_text *texts, size_t count) {
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        p->file = nx_arena_strdup(p->arena, texts[i].file);
        p->at = p->line_start = texts[i].text;
        p->end = texts[i].text + texts[i].len;
        p->counted = NULL;
        p->line = 1;
        ok = nx_psl_document(p);
    }
    return ok;
}

nx_prisma *nx_prisma_parse(const nx_prisma_text *texts, size_t count, nx_error *err) {
    nx_arena *arena = nx_arena_new(0);
    nx_prisma *prisma = nx_arena_alloc(arena, sizeof *prisma);
    prisma->arena = arena;
    prisma->holders = 1;
    nx_psl p = {.arena = arena,
                .comment = NX_BUF,
                .models = {.size = sizeof(nx_psl_model)},
                .enums = {.size = sizeof(nx_psl_enum)},
                .configs = {.size = sizeof(nx_psl_config)},
                .err = err};
    bool ok = read_texts(&p, texts, count);
    nx_buf_free(&p.comment);
    prisma->models = nx_psl_list_done(&p.models, arena, &prisma->nmodels);
    prisma->enums = nx_psl_list_done(&p.enums, arena, &prisma->nenums);
    prisma->configs = nx_psl_list_done(&p.configs, arena, &prisma->nconfigs);
    if (!ok || !nx_psl_resolve(prisma, err)) {
        nx_prisma_free(prisma);
        return NULL;
    }
    return prisma;
}

nx_prisma *nx_prisma_ref(nx_prisma *prisma) {
    prisma->holders++;
    return prisma;
}

void nx_prisma_free(nx_prisma *prisma) {
    if (prisma && --prisma->holders <= 0) {
        nx_arena_free(prisma->arena);
    }
}
