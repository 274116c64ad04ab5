/* views.h - how the views of the trail are opened. Each opens at the end of the trail. */
#ifndef UI_VIEWS_H
#define UI_VIEWS_H

#include "app.h"
#include "nixie/log.h"
#include "nixie/rows.h"

/* The models pane; opened once, not on the trail. */
ui_view *ui_models_new(ui_app *app);
/* The catalog was loaded or its graph became known. */
void ui_models_catalog(ui_view *models);
nx_model *ui_models_selected(ui_view *models);
/* Puts the pane's cursor on a model that is in the list. */
void ui_models_show(ui_view *models, const nx_model *model);
/* Columns that show every name and estimate whole. */
int ui_models_width(ui_view *models);

/* The rows of a model, described if need be. */
typedef struct ui_rows_start {
    const nx_scope *scope;     /* only the records of a relation; copied; may be NULL */
    const char *scope_title;   /* "User 7 › posts" for the breadcrumb; may be NULL */
    const char *filter;        /* filter text; may be NULL */
    const nx_key_test *key;    /* put the cursor on this record; copied; may be NULL */
    const nx_field *field;     /* ... and on this field; may be NULL */
    uint64_t insert_id;        /* put the cursor on this staged new record; 0: none */
} ui_rows_start;
void ui_rows_open(ui_app *app, nx_model *model, const ui_rows_start *start);
/* Orders the rows on the screen: "author.name desc, id"; "" is the identity's order. Says what is wrong with it. */
void ui_rows_order(ui_app *app, const char *text);

/* One record: its fields whole, one per line, then its relations. `row` and `query` as in the grid. */
void ui_record_open(ui_app *app, nx_model *model, const nx_key_test *key);
/* A staged new record, as a form: what will happen to each field. */
void ui_record_open_new(ui_app *app, nx_model *model, uint64_t insert);

/* One whole value. `staged`: the value as it is staged (then nothing is fetched), else NULL. */
void ui_cell_open(ui_app *app, nx_field *field, const nx_value *key, int nkey, const nx_assignment *staged);

void ui_describe_open(ui_app *app, nx_model *model);
/* The statements that were sent; and how the server runs one of them. */
void ui_log_open(ui_app *app);
void ui_plan_open(ui_app *app, const nx_logged *logged, bool analyze);
/* The relation map of a model; NULL: of all models of the catalog. */
void ui_map_open(ui_app *app, nx_model *model, nx_catalog *catalog);
void ui_changes_open(ui_app *app);
/* Puts the cursor of an open Changes view on a change. */
void ui_changes_show(ui_app *app, uint64_t id);
/* Closes it where nothing is staged any more. */
void ui_changes_close(ui_app *app);
/* What the staged changes will do is known. */
void ui_changes_foreseen(ui_app *app);
extern const ui_view_ops ui_changes_ops;

#endif
