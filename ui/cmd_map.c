/* nixie map: the relations around a model, or of all models, as text, Mermaid or Graphviz. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "map_plan.h"
#include "map_text.h"
#include "open.h"
#include "output.h"

enum { PRINTED_WIDTH = 100 };

typedef struct listed {
    nx_model **models;
    int n;
} listed;

static bool has(const listed *list, const nx_model *model) {
    for (int i = 0; i < list->n; i++) {
        if (list->models[i] == model) {
            return true;
        }
    }
    return false;
}

static void add(listed *list, nx_model *model) {
    if (!has(list, model)) {
        list->models[list->n++] = model;
    }
}

/* Join tables are the lines, not the boxes. */
static listed list_models(const nx_catalog *catalog, nx_model *around, const char *schema) {
    int count = nx_catalog_count(catalog);
    listed list = {.models = nx_calloc((size_t)count + 1, sizeof(nx_model *))};
    for (int i = 0; i < count && !around; i++) {
        nx_model *model = nx_catalog_model(catalog, i);
        if (nx_model_listed(model) && !model->join_table && (!schema || strcmp(schema, model->schema) == 0)) {
            list.models[list.n++] = model;
        }
    }
    if (around) {
        add(&list, around);
        for (int i = 0; i < around->nrelations; i++) {
            add(&list, around->relations[i]->target);
        }
    }
    return list;
}

static int width(void) {
    struct winsize size;
    bool terminal = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40;
    return terminal ? size.ws_col : PRINTED_WIDTH;
}

static void print_boxes(nx_model *model, const listed *list, nx_buf *out) {
    ui_map_plan *plan = model ? ui_map_plan_model(model, width()) : ui_map_plan_all(list->models, list->n, width());
    ui_canvas *canvas = ui_map_canvas(plan, -1);
    ui_canvas_print(canvas, out);
    ui_canvas_free(canvas);
    ui_map_plan_free(plan);
}

static int show(ui_link *link, nx_model *model) {
    nx_buf out = NX_BUF;
    listed list = list_models(link->catalog, model, link->options->schema);
    switch (link->options->format) {
    case UI_FORMAT_MERMAID: ui_map_mermaid(list.models, list.n, &out); break;
    case UI_FORMAT_DOT: ui_map_dot(list.models, list.n, &out); break;
    default: print_boxes(model, &list, &out); break;
    }
    free(list.models);
    return ui_write(&out);
}

int ui_cmd_map(const ui_options *options, const nx_source *source) {
    int status = UI_EXIT_DONE;
    nx_model *model = NULL;
    ui_link link;
    if (ui_link_open(&link, options, source) && (!options->model || (model = ui_link_model(&link))) && ui_link_graph(&link)) {
        status = show(&link, model);
    }
    return ui_link_close(&link, status);
}
