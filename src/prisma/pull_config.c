/* The generator and datasource blocks: those that the project has, else what `prisma init` writes. */
#include <string.h>

#include "pull.h"

static void add_args(const nx_psl_arg *args, int n, const char *open, const char *close, nx_buf *out) {
    nx_buf_adds(out, open);
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, i ? ", " : "");
        if (args[i].name) {
            nx_buf_addf(out, "%s: ", args[i].name);
        }
        nx_pull_value(args[i].value, out);
    }
    nx_buf_adds(out, close);
}

void nx_pull_old_attribute(const nx_psl_attribute *attribute, nx_buf *out) {
    nx_buf_adds(out, attribute->name);
    if (attribute->nargs) {
        add_args(attribute->args, attribute->nargs, "(", ")", out);
    }
}

void nx_pull_value(const nx_psl_value *value, nx_buf *out) {
    if (!value) {
        return;
    }
    switch (value->kind) {
    case NX_PSL_STRING: nx_pull_string(out, value->text); return;
    case NX_PSL_LIST: add_args(value->args, value->nargs, "[", "]", out); return;
    case NX_PSL_CALL:
        nx_buf_adds(out, value->text);
        add_args(value->args, value->nargs, "(", ")", out);
        return;
    case NX_PSL_NUMBER:
    case NX_PSL_WORD:
    case NX_PSL_OBJECT: nx_buf_adds(out, value->text); return;
    }
}

static void add_property(const nx_pull_schema *pull, const nx_psl_arg *property, nx_pull_block *block) {
    nx_buf value = NX_BUF;
    nx_buf_adds(&value, "= ");
    nx_pull_value(property->value, &value);
    nx_pull_row(block, property->name, nx_arena_strdup(pull->arena, value.data), NULL);
    nx_buf_free(&value);
}

static void add_schemas(const nx_pull_schema *pull, nx_pull_block *block) {
    nx_buf value = NX_BUF;
    nx_buf_adds(&value, "= [");
    for (int i = 0; i < pull->nschemas; i++) {
        nx_buf_adds(&value, i ? ", " : "");
        nx_pull_string(&value, pull->schemas[i]);
    }
    nx_buf_addc(&value, ']');
    nx_pull_row(block, "schemas", nx_arena_strdup(pull->arena, value.data), NULL);
    nx_buf_free(&value);
}

/* The order that Prisma writes them in: these first. */
static const char *const first_of_generator[] = {"provider", "output", "previewFeatures", "binaryTargets", NULL};
static const char *const first_of_datasource[] = {"provider",          "url",          "directUrl",
                                                  "shadowDatabaseUrl", "relationMode", NULL};

static int rank(const char *property, const char *const *first) {
    int i = 0;
    while (first[i] && strcmp(first[i], property) != 0) {
        i++;
    }
    return i;
}

static bool lists(const nx_psl_value *list, const char *text) {
    for (int i = 0; list && list->kind == NX_PSL_LIST && i < list->nargs; i++) {
        if (list->args[i].value && strcmp(list->args[i].value->text, text) == 0) {
            return true;
        }
    }
    return false;
}

/* The features that the project chose, and the one without which it could not say what is partial. */
static void add_features(const nx_pull_schema *pull, const nx_psl_value *chosen, nx_pull_block *block) {
    nx_buf value = NX_BUF;
    nx_buf_adds(&value, "= [");
    for (int i = 0; chosen && chosen->kind == NX_PSL_LIST && i < chosen->nargs; i++) {
        nx_buf_adds(&value, i ? ", " : "");
        nx_pull_value(chosen->args[i].value, &value);
    }
    if (pull->partial && !lists(chosen, "partialIndexes")) {
        nx_buf_addf(&value, "%s\"partialIndexes\"", chosen && chosen->nargs ? ", " : "");
    }
    nx_buf_addc(&value, ']');
    if (chosen || pull->partial) {
        nx_pull_row(block, "previewFeatures", nx_arena_strdup(pull->arena, value.data), NULL);
    }
    nx_buf_free(&value);
}

static const nx_psl_value *find_property(const nx_psl_config *config, const char *name) {
    for (int i = 0; i < config->nproperties; i++) {
        if (strcmp(config->properties[i].name, name) == 0) {
            return config->properties[i].value;
        }
    }
    return NULL;
}

/* What is not copied, but made anew. */
static bool replaced(const nx_psl_config *config, const char *property) {
    return strcmp(property, config->datasource ? "schemas" : "previewFeatures") == 0;
}

static void add_ranked(const nx_pull_schema *pull, const nx_psl_config *config, nx_pull_block *block) {
    const char *const *first = config->datasource ? first_of_datasource : first_of_generator;
    int others = rank("", first);
    for (int at = 0; at <= others; at++) {
        if (!config->datasource && at == rank("previewFeatures", first)) {
            add_features(pull, find_property(config, "previewFeatures"), block);
        }
        for (int i = 0; i < config->nproperties; i++) {
            const nx_psl_arg *property = &config->properties[i];
            if (rank(property->name, first) == at && !replaced(config, property->name)) {
                add_property(pull, property, block);
            }
        }
    }
}

/* Without its comment: Prisma drops that. */
static void add_config(const nx_pull_schema *pull, const nx_psl_config *config, nx_buf *out) {
    nx_pull_block *block = nx_pull_block_new(pull->arena);
    add_ranked(pull, config, block);
    if (config->datasource && pull->multi) {
        add_schemas(pull, block);
    }
    nx_buf_addf(out, "%s %s {\n", config->datasource ? "datasource" : "generator", config->name);
    nx_pull_close(block, out);
    nx_buf_addc(out, '\n');
}

/* As `prisma init` writes them. */
static void add_usual(const nx_pull_schema *pull, nx_buf *out) {
    nx_pull_block *generator = nx_pull_block_new(pull->arena), *datasource = nx_pull_block_new(pull->arena);
    nx_pull_row(generator, "provider", "= \"prisma-client\"", NULL);
    nx_pull_row(generator, "output", "= \"../generated/prisma\"", NULL);
    add_features(pull, NULL, generator);
    nx_pull_row(datasource, "provider", "= \"postgresql\"", NULL);
    if (pull->multi) {
        add_schemas(pull, datasource);
    }
    nx_buf_adds(out, "generator client {\n");
    nx_pull_close(generator, out);
    nx_buf_adds(out, "\ndatasource db {\n");
    nx_pull_close(datasource, out);
    nx_buf_addc(out, '\n');
}

void nx_pull_config(const nx_pull_schema *pull, nx_buf *out) {
    bool any = false;
    for (int datasource = 0; datasource < 2 && pull->prisma; datasource++) {
        for (int i = 0; i < pull->prisma->nconfigs; i++) {
            if (pull->prisma->configs[i].datasource == datasource) {
                add_config(pull, &pull->prisma->configs[i], out);
                any = true;
            }
        }
    }
    if (!any) {
        add_usual(pull, out);
    }
}
