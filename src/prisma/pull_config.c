/* The generator and datasource blocks: those that the project has, else what `prisma init` writes. */
#include <string.h>

#include "pull.h"

static const char usual_blocks[] = "generator client {\n"
                                   "  provider = \"prisma-client\"\n"
                                   "  output   = \"../generated/prisma\"\n"
                                   "}\n\n";

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

static void add_ranked(const nx_pull_schema *pull, const nx_psl_config *config, nx_pull_block *block) {
    const char *const *first = config->datasource ? first_of_datasource : first_of_generator;
    int others = rank("", first);
    for (int at = 0; at <= others; at++) {
        for (int i = 0; i < config->nproperties; i++) {
            const nx_psl_arg *property = &config->properties[i];
            bool replaced = config->datasource && strcmp(property->name, "schemas") == 0;
            if (rank(property->name, first) == at && !replaced) {
                add_property(pull, property, block);
            }
        }
    }
}

static void add_config(const nx_pull_schema *pull, const nx_psl_config *config, nx_buf *out) {
    nx_pull_block *block = nx_pull_block_new(pull->arena);
    add_ranked(pull, config, block);
    if (config->datasource && pull->multi) {
        add_schemas(pull, block);
    }
    nx_pull_documentation(config->comment, out);
    nx_buf_addf(out, "%s %s {\n", config->datasource ? "datasource" : "generator", config->name);
    nx_pull_close(block, out);
    nx_buf_addc(out, '\n');
}

static void add_usual(const nx_pull_schema *pull, nx_buf *out) {
    nx_pull_block *block = nx_pull_block_new(pull->arena);
    nx_pull_row(block, "provider", "= \"postgresql\"", NULL);
    if (pull->multi) {
        add_schemas(pull, block);
    }
    nx_buf_adds(out, usual_blocks);
    nx_buf_adds(out, "datasource db {\n");
    nx_pull_close(block, out);
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
