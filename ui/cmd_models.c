/* nixie models: the models with kind, row estimate and, when asked for, size. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "json_out.h"
#include "nixie/text.h"
#include "open.h"
#include "output.h"

typedef struct listed {
    nx_model **models;
    int n;
} listed;

static listed list_models(const nx_catalog *catalog, const char *schema) {
    listed list = {.models = nx_calloc((size_t)nx_catalog_count(catalog) + 1, sizeof(nx_model *))};
    for (int i = 0; i < nx_catalog_count(catalog); i++) {
        nx_model *model = nx_catalog_model(catalog, i);
        if (nx_model_listed(model) && (!schema || strcmp(schema, model->schema) == 0)) {
            list.models[list.n++] = model;
        }
    }
    return list;
}

static void add_json(const listed *list, bool size, nx_buf *out) {
    nx_buf_addc(out, '[');
    for (int i = 0; i < list->n; i++) {
        const nx_model *model = list->models[i];
        ui_json_line(out);
        nx_buf_addc(out, '{');
        ui_json_text(out, "schema", model->schema);
        ui_json_text(out, "name", nx_model_name(model));
        if (model->alias && strcmp(model->alias, model->name) != 0) {
            ui_json_text(out, "table", model->name);
        }
        ui_json_text(out, "kind", nx_model_kind_name(model->kind));
        ui_json_number(out, "rows_estimate", model->rows_estimate);
        if (size) {
            ui_json_number(out, "size", model->size);
        }
        nx_buf_addc(out, '}');
    }
    nx_buf_adds(out, "]\n");
}

static void size_cell(ui_table *table, int64_t bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    nx_buf text = NX_BUF;
    size_t unit = 0;
    int64_t n = bytes;
    while (n >= 10240 && unit + 1 < NX_COUNT(units)) {
        n = (n + 512) / 1024;
        unit++;
    }
    if (bytes >= 0) {
        nx_buf_addf(&text, "%lld %s", (long long)n, units[unit]);
    }
    ui_table_cell(table, text.data);
    nx_buf_free(&text);
}

static ui_table *schema_table(const listed *list, int *at, bool size) {
    const char *schema = list->models[*at]->schema;
    ui_table *table = ui_table_new(size ? 4 : 3);
    ui_table_head(table, 2, NULL, true);
    if (size) {
        ui_table_head(table, 3, NULL, true);
    }
    for (; *at < list->n && strcmp(list->models[*at]->schema, schema) == 0; (*at)++) {
        const nx_model *model = list->models[*at];
        nx_buf rows = NX_BUF;
        if (model->rows_estimate >= 0) {
            nx_buf_addf(&rows, "~%lld", (long long)model->rows_estimate);
        }
        ui_table_cell(table, nx_model_name(model));
        ui_table_cell(table, nx_model_kind_name(model->kind));
        ui_table_cell(table, rows.data);
        if (size) {
            size_cell(table, model->size);
        }
        nx_buf_free(&rows);
    }
    return table;
}

static void add_text(const listed *list, bool size, nx_buf *out) {
    for (int i = 0; i < list->n;) {
        nx_text_plain(out, list->models[i]->schema, strlen(list->models[i]->schema), false);
        nx_buf_addc(out, '\n');
        ui_table *table = schema_table(list, &i, size);
        ui_table_print(table, "  ", out);
        ui_table_free(table);
    }
}

int ui_cmd_models(const ui_options *options, const nx_source *source) {
    nx_buf out = NX_BUF;
    int status = UI_EXIT_DONE;
    ui_link link;
    if (ui_link_open(&link, options, source)) {
        listed list = list_models(link.catalog, options->schema);
        if (!options->size || ui_link_sizes(&link, list.models, list.n)) {
            options->json ? add_json(&list, options->size, &out) : add_text(&list, options->size, &out);
            status = ui_write(&out);
        }
        free(list.models);
    }
    nx_buf_free(&out);
    return ui_link_close(&link, status);
}
