/* Ctrl-P: any model by a fuzzy name. */
#include <stdio.h>
#include <stdlib.h>

#include "format.h"
#include "list.h"
#include "views.h"

typedef struct finder {
    ui_app *app;
    nx_catalog *catalog; /* that of the models in the list, whatever is read meanwhile */
} finder;

static void dropped(void *owner) {
    finder *f = owner;
    nx_catalog_unref(f->catalog);
    free(f);
}

static void chosen(void *owner, const ui_list_item *item) {
    finder *f = owner;
    nx_model *now = nx_catalog_by_oid(f->app->catalog, ((const nx_model *)item->data)->oid);
    ui_rows_open(f->app, now ? now : item->data, NULL);
    dropped(f);
}

static void note(const ui_list_item *item, char out[64]) {
    const nx_model *model = item->data;
    char number[24];
    snprintf(out, 64, "%s %s", nx_model_kind_name(model->kind), ui_format_estimate(model->rows_estimate, number));
}

void ui_finder_open(ui_app *app) {
    if (!app->catalog) {
        ui_refuse(app, "the catalog is still being read");
        return;
    }
    int n = nx_catalog_count(app->catalog), items_n = 0;
    ui_list_item *items = nx_calloc((size_t)n + 1, sizeof *items);
    for (int i = 0; i < n; i++) {
        nx_model *model = nx_catalog_model(app->catalog, i);
        if (nx_model_listed(model) || app->show_system || model->parent) {
            items[items_n++] = (ui_list_item){.text = model->title, .data = model};
        }
    }
    finder *f = nx_calloc(1, sizeof *f);
    *f = (finder){app, nx_catalog_ref(app->catalog)};
    ui_list_open(app, &(ui_list_options){.title = "Go to model", .items = items, .nitems = items_n, .filter = true, .borrowed = true,
                                         .note = note, .chosen = chosen, .dropped = dropped, .owner = f});
    free(items);
}
