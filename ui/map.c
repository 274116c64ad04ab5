/* The relation map: the models around one as boxes with lines, or all of them. One walks from box to box. */
#include <stdlib.h>

#include "map_plan.h"
#include "views.h"

typedef struct map_view {
    ui_view view;
    nx_model *model; /* NULL: everything */
    nx_catalog *catalog;
    nx_catalog_job *describing, *graph;
    ui_map_plan *plan; /* for the width it was made for */
    int width, chosen, top, height;
    bool failed;
} map_view;

static const ui_view_ops map_ops;

static bool known(const map_view *v) {
    return nx_catalog_has_graph(v->catalog) && (!v->model || v->model->described);
}

static bool shown(const nx_model *model) { return nx_model_listed(model) && !model->join_table; }

static ui_map_plan *make_plan(const map_view *v, int width) {
    if (v->model) {
        return ui_map_plan_model(v->model, width);
    }
    int n = 0, count = nx_catalog_count(v->catalog);
    nx_model **models = nx_calloc((size_t)count + 1, sizeof *models);
    for (int i = 0; i < count; i++) {
        nx_model *model = nx_catalog_model(v->catalog, i);
        if (shown(model)) {
            models[n++] = model;
        }
    }
    ui_map_plan *plan = ui_map_plan_all(models, n, width);
    free(models);
    return plan;
}

/* --- drawing ------------------------------------------------------------------------------------------------- */

static void keep_in_sight(map_view *v) {
    const ui_map_box *b = &v->plan->boxes[v->chosen];
    int bottom = b->r.y + b->r.height;
    v->top = bottom > v->top + v->height ? bottom - v->height : v->top;
    v->top = b->r.y < v->top ? b->r.y : v->top;
    v->top = v->plan->height <= v->height ? 0 : v->top;
}

static void draw(ui_view *view, ui_rect r, bool focused) {
    map_view *v = (map_view *)view;
    (void)focused;
    ui_draw_clear(r, UI_PLAIN);
    v->height = r.height;
    if (!known(v)) {
        ui_draw_words(r.y, r.x, r.width, UI_DIM, v->failed ? "no map  (E: why)" : "reading the relations ...");
        return;
    }
    if (!v->plan || v->width != r.width) {
        ui_map_plan_free(v->plan);
        v->plan = make_plan(v, r.width);
        v->width = r.width;
        v->chosen = v->chosen < v->plan->nboxes ? v->chosen : 0;
    }
    if (v->plan->nboxes == 0) {
        ui_draw_words(r.y, r.x, r.width, UI_DIM, "no models");
        return;
    }
    keep_in_sight(v);
    ui_canvas *canvas = ui_map_canvas(v->plan, v->chosen);
    int y = v->plan->height < r.height ? (r.height - v->plan->height) / 2 : 0;
    int x = v->plan->width < r.width ? (r.width - v->plan->width) / 2 : 0;
    ui_canvas_draw(canvas, (ui_rect){r.y + y, r.x + x, r.height - y, r.width - x}, v->top, 0);
    ui_canvas_free(canvas);
}

/* --- walking ------------------------------------------------------------------------------------------------- */

static int middle_of(const ui_map_box *b) { return b->r.y + b->r.height / 2; }

/* The box nearest in height in a column, or -1. */
static int nearest_in(const map_view *v, int column, int y) {
    int best = -1, distance = 0;
    for (int i = 0; i < v->plan->nboxes; i++) {
        int d = abs(middle_of(&v->plan->boxes[i]) - y);
        if (v->plan->boxes[i].column == column && (best < 0 || d < distance)) {
            best = i;
            distance = d;
        }
    }
    return best;
}

static void sideways(map_view *v, int by) {
    const ui_map_box *here = &v->plan->boxes[v->chosen];
    int found = nearest_in(v, here->column + by, middle_of(here));
    v->chosen = found >= 0 ? found : v->chosen;
}

/* The next box above or below in the same column. */
static void along(map_view *v, int by) {
    const ui_map_box *here = &v->plan->boxes[v->chosen];
    int best = -1;
    for (int i = 0; i < v->plan->nboxes; i++) {
        const ui_map_box *b = &v->plan->boxes[i];
        bool beyond = by > 0 ? b->r.y > here->r.y : b->r.y < here->r.y;
        bool nearer = best < 0 || abs(b->r.y - here->r.y) < abs(v->plan->boxes[best].r.y - here->r.y);
        if (b->column == here->column && beyond && nearer) {
            best = i;
        }
    }
    v->chosen = best >= 0 ? best : v->chosen;
}

static void walk(map_view *v, ui_action action, int count) {
    for (int i = 0; i < (count > 0 ? count : 1); i++) {
        switch (action) {
        case UI_DO_LEFT: sideways(v, -1); break;
        case UI_DO_RIGHT: sideways(v, 1); break;
        case UI_DO_UP: along(v, -1); break;
        case UI_DO_DOWN: along(v, 1); break;
        case UI_DO_FIRST: v->chosen = 0; break;
        default: v->chosen = v->plan->nboxes - 1; break;
        }
    }
}

static int act(ui_view *view, ui_action action, int count) {
    map_view *v = (map_view *)view;
    if (action == UI_DO_MAP && v->model) {
        ui_map_open(view->app, NULL, v->catalog);
        return UI_DONE;
    }
    if (!v->plan || v->plan->nboxes == 0) {
        return UI_UNHANDLED;
    }
    nx_model *model = v->plan->boxes[v->chosen].model;
    switch (action) {
    case UI_DO_LEFT:
    case UI_DO_RIGHT:
    case UI_DO_UP:
    case UI_DO_DOWN:
    case UI_DO_FIRST:
    case UI_DO_LAST: walk(v, action, count); return UI_DONE;
    case UI_DO_OPEN:
        if (model != v->model) {
            ui_map_open(view->app, model, v->catalog);
            return UI_DONE;
        }
        ui_rows_open(view->app, model, NULL);
        return UI_DONE;
    case UI_DO_MAP: ui_map_open(view->app, model, v->catalog); return UI_DONE;
    case UI_DO_FOLLOW: ui_rows_open(view->app, model, NULL); return UI_DONE;
    case UI_DO_DESCRIBE: ui_describe_open(view->app, model); return UI_DONE;
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect r) {
    map_view *v = (map_view *)view;
    if (!v->plan || (input->mouse != UI_MOUSE_CLICK && input->mouse != UI_MOUSE_DOUBLE)) {
        return UI_UNHANDLED;
    }
    int y = v->plan->height < r.height ? (r.height - v->plan->height) / 2 : 0;
    int x = v->plan->width < r.width ? (r.width - v->plan->width) / 2 : 0;
    int at_y = input->y - r.y - y + v->top, at_x = input->x - r.x - x;
    for (int i = 0; i < v->plan->nboxes; i++) {
        ui_rect b = v->plan->boxes[i].r;
        if (at_y >= b.y && at_y < b.y + b.height && at_x >= b.x && at_x < b.x + b.width) {
            v->chosen = i;
        }
    }
    return UI_DONE;
}

/* --- what it needs to know ------------------------------------------------------------------------------------- */

static void load(map_view *v);

static void arrived(map_view *v, const nx_error *err) {
    ui_app_dirty(v->view.app);
    if (err) {
        v->failed = true;
        ui_say_error(v->view.app, err);
    } else {
        load(v);
    }
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    ((map_view *)owner)->describing = NULL;
    arrived(owner, err);
}

static void related(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    ((map_view *)owner)->graph = NULL;
    arrived(owner, err);
}

static void load(map_view *v) {
    if (v->model && !v->model->described) {
        v->describing = nx_catalog_describe(v->view.app->session, v->model, described, v);
    } else if (!nx_catalog_has_graph(v->catalog)) {
        v->graph = nx_catalog_load_graph(v->view.app->session, v->catalog, related, v);
    }
}

/* --- words ------------------------------------------------------------------------------------------------------- */

static void title(ui_view *view, nx_buf *out) {
    const map_view *v = (map_view *)view;
    nx_buf_addf(out, "relations of %s", v->model ? v->model->title : "all models");
}

static void step(ui_view *view, nx_buf *out) {
    const map_view *v = (map_view *)view;
    nx_buf_adds(out, v->model ? "map of " : "map");
    nx_buf_adds(out, v->model ? v->model->title : "");
}

static void status(ui_view *view, nx_buf *out) {
    const map_view *v = (map_view *)view;
    if (!v->plan || v->plan->nboxes == 0) {
        return;
    }
    const ui_map_box *b = &v->plan->boxes[v->chosen];
    if (b->relation) {
        nx_buf_addf(out, "%s %s-%s %s", b->relation->name, ui_map_near(b->relation), ui_map_far(b->relation), b->model->title);
    } else {
        nx_buf_adds(out, b->model->title);
    }
}

static const nx_model *model_of(ui_view *view) {
    const map_view *v = (map_view *)view;
    return v->model;
}

static const ui_action *footer(ui_view *view) {
    static const ui_action one[] = {UI_DO_OPEN, UI_DO_FOLLOW, UI_DO_DESCRIBE, UI_DO_MAP, UI_DO_BACK, UI_DO_NOTHING},
                           all[] = {UI_DO_OPEN, UI_DO_FOLLOW, UI_DO_DESCRIBE, UI_DO_BACK, UI_DO_NOTHING};
    return ((map_view *)view)->model ? one : all;
}

static void close_map(ui_view *view) {
    map_view *v = (map_view *)view;
    nx_catalog_drop(v->describing);
    nx_catalog_drop(v->graph);
    ui_map_plan_free(v->plan);
    nx_catalog_unref(v->catalog);
    free(v);
}

static const ui_view_ops map_ops = {
    .name = "map",
    .scope = UI_SCOPE_MAP,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .title = title,
    .step = step,
    .status = status,
    .model = model_of,
    .footer = footer,
    .close = close_map,
};

void ui_map_open(ui_app *app, nx_model *model, nx_catalog *catalog) {
    map_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&map_ops, app};
    v->model = model;
    v->catalog = nx_catalog_ref(catalog);
    ui_app_push(app, &v->view);
    load(v);
}
