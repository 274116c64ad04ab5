/* map_plan.h - where the boxes and lines of a relation map go: for the screen and for `nixie map`.
 *
 * The map of a model has it in the middle with the fields that matter to relations; at the left what refers to it, at
 * the right what it refers to and what it is joined with. The map of everything is one box for each model, with the
 * relations it holds the foreign key of.
 */
#ifndef UI_MAP_PLAN_H
#define UI_MAP_PLAN_H

#include "canvas.h"
#include "nixie/catalog.h"

typedef struct ui_map_box {
    nx_model *model;
    const nx_relation *relation; /* that leads here; NULL for the model itself and in the map of everything */
    ui_rect r;
    int column; /* 0 left, 1 middle, 2 right; in the map of everything its column */
} ui_map_box;

typedef struct ui_map_plan {
    nx_model *model; /* NULL: the map of everything */
    int nboxes;
    ui_map_box *boxes;
    int height, width;
} ui_map_plan;

/* The map of a model (described, its relations known) in `width` columns. */
ui_map_plan *ui_map_plan_model(nx_model *model, int width);
/* The map of these models (their relations known). Those without any relation come last. */
ui_map_plan *ui_map_plan_all(nx_model *const *models, int n, int width);
void ui_map_plan_free(ui_map_plan *plan);

/* Draws it; the box `chosen` (-1: none) is marked. The caller frees the canvas. */
ui_canvas *ui_map_canvas(const ui_map_plan *plan, int chosen);

/* "n", "1" or "0..1": how many records stand at the far end of a relation, and at the near end. */
const char *ui_map_far(const nx_relation *relation);
const char *ui_map_near(const nx_relation *relation);

#endif
