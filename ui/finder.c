/* Ctrl-P: any model by a fuzzy name. */
#include <stdio.h>
#include <stdlib.h>

#include "format.h"
#include "list.h"
#include "views.h"

static void chosen(void *owner, const ui_list_item *item) { ui_rows_open(owner, item->data, NULL); }

void ui_finder_open(ui_app *app) {
    if (!app->catalog) {
        ui_refuse(app, "the catalog is still being read");
        return;
    }
    int n = nx_catalog_count(app->catalog), items_n = 0;
    ui_list_item *items = nx_calloc((size_t)n + 1, sizeof *items);
    char(*notes)[64] = nx_calloc((size_t)n + 1, sizeof *notes);
    for (int i = 0; i < n; i++) {
        nx_model *model = nx_catalog_model(app->catalog, i);
        if (!nx_model_listed(model) && !(app->show_system || model->parent)) {
            continue;
        }
        char number[24];
        snprintf(notes[items_n], sizeof notes[0], "%s %s", nx_model_kind_name(model->kind),
                 ui_format_estimate(model->rows_estimate, number));
        items[items_n] = (ui_list_item){.text = model->title, .note = notes[items_n], .data = model};
        items_n++;
    }
    ui_list_open(app, &(ui_list_options){.title = "Go to model", .items = items, .nitems = items_n, .filter = true,
                                         .chosen = chosen, .owner = app});
    free(items);
    free(notes);
}
