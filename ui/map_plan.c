#include "map_plan.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"
#include "process.h"
#include "schema.h"

enum { GAP = 2, LABELS = 5, TRACKS_MOST = 6, SIDE_MOST = 30, MIDDLE_MOST = 44, BOX_MOST = 46 };

/* nixie map prints without a terminal: its locale decides, as for the lines. */
static const char *key_mark(void) { return ui_process_utf8() ? "⚷" : "#"; }
static const char *arrow(void) { return ui_process_utf8() ? "→" : "->"; }

static int max(int a, int b) { return a > b ? a : b; }
static int min(int a, int b) { return a < b ? a : b; }

static bool on_left(const nx_relation *r) { return r->kind == NX_TO_MANY; }

const char *ui_map_far(const nx_relation *r) {
    switch (r->kind) {
    case NX_TO_ONE: return r->optional ? "0..1" : "1";
    case NX_TO_MANY: return r->one_to_one ? "0..1" : "n";
    case NX_MANY_TO_MANY: break;
    }
    return "n";
}

const char *ui_map_near(const nx_relation *r) {
    switch (r->kind) {
    case NX_TO_ONE: return r->inverse && r->inverse->one_to_one ? "0..1" : "n";
    case NX_TO_MANY: return r->optional ? "0..1" : "1";
    case NX_MANY_TO_MANY: break;
    }
    return "n";
}

static int width_of(const char *text) { return nx_text_width(text, strlen(text)); }

/* --- the fields of the middle box: keys first, then what relations use --------------------------------------- */

static bool in_relation(const nx_model *model, const nx_field *field) {
    for (int i = 0; i < model->nrelations; i++) {
        for (int k = 0; k < model->relations[i]->nfields; k++) {
            if (strcmp(model->relations[i]->fields[k], field->name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool matters(const nx_model *model, const nx_field *field) {
    return nx_field_in_identity(field) || in_relation(model, field);
}

/* The line of the middle box at which a relation ends. */
static int row_of(const nx_relation *r) {
    int row = 0;
    for (int i = 0; i < r->model->nfields; i++) {
        const nx_field *field = r->model->fields[i];
        if (strcmp(field->name, r->fields[0]) == 0) {
            return row;
        }
        row += matters(r->model, field);
    }
    return 0;
}

static int middle_rows(const nx_model *model) {
    int rows = 0;
    for (int i = 0; i < model->nfields; i++) {
        rows += matters(model, model->fields[i]);
    }
    return rows + (rows < model->nfields); /* "... and 7 more" */
}

/* --- the map of one model --------------------------------------------------------------------------------------- */

static void side_columns(const nx_relation *r, nx_buf *out) {
    for (int i = 0; i < r->nfields && r->kind != NX_MANY_TO_MANY; i++) {
        nx_buf_addf(out, "%s%s", i ? ", " : "", ui_schema_column(r->target, r->references[i]));
    }
    if (r->kind == NX_MANY_TO_MANY) {
        nx_buf_addf(out, "through %s", r->through->title);
    }
}

static int side_width(const nx_relation *r) {
    nx_buf columns = NX_BUF;
    side_columns(r, &columns);
    int width = max(width_of(r->target->title) + 6, width_of(columns.data ? columns.data : "") + 4);
    nx_buf_free(&columns);
    return min(max(width, 12), SIDE_MOST);
}

static int middle_width(const nx_model *model) {
    int width = width_of(model->title) + 6;
    for (int i = 0; i < model->nfields; i++) {
        if (matters(model, model->fields[i])) {
            width = max(width, width_of(nx_field_title(model->fields[i])) + width_of(model->fields[i]->type) + 8);
        }
    }
    return min(max(width, 18), MIDDLE_MOST);
}

typedef struct side {
    int n, width, rows[2 * TRACKS_MOST], tracks; /* the middle's lines at which relations of this side end */
} side;

static side measure(const nx_model *model, bool left) {
    side s = {0};
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *r = model->relations[i];
        if (on_left(r) != left) {
            continue;
        }
        int row = row_of(r), k = 0;
        while (k < s.tracks && s.rows[k] != row) {
            k++;
        }
        if (k == s.tracks && s.tracks < TRACKS_MOST) {
            s.rows[s.tracks++] = row;
        }
        s.n++;
        s.width = max(s.width, side_width(r));
    }
    for (int i = 1; i < s.tracks; i++) { /* as they stand in the middle, from above */
        for (int k = i; k > 0 && s.rows[k] < s.rows[k - 1]; k--) {
            int row = s.rows[k];
            s.rows[k] = s.rows[k - 1];
            s.rows[k - 1] = row;
        }
    }
    return s;
}

static int gutter(const side *s) { return s->n ? 2 * LABELS + 2 * max(s->tracks, 1) : 0; }

static void place_side(ui_map_plan *plan, bool left, int x, int width, int height) {
    const nx_model *model = plan->model;
    int n = 0;
    for (int i = 0; i < model->nrelations; i++) {
        n += on_left(model->relations[i]) == left;
    }
    int y = max(0, (height - 3 * n) / 2);
    for (int row = -1; row < model->nfields; row++) { /* in the order of the middle's lines, so that lines cross little */
        for (int i = 0; i < model->nrelations; i++) {
            nx_relation *r = model->relations[i];
            if (on_left(r) == left && row_of(r) == row) {
                plan->boxes[plan->nboxes++] = (ui_map_box){
                    .model = r->target, .relation = r, .r = {y, x, 3, width}, .column = left ? 0 : 2};
                y += 3;
            }
        }
    }
}

ui_map_plan *ui_map_plan_model(nx_model *model, int width) {
    ui_map_plan *plan = nx_calloc(1, sizeof *plan);
    plan->model = model;
    plan->boxes = nx_calloc((size_t)model->nrelations + 1, sizeof *plan->boxes);
    side left = measure(model, true), right = measure(model, false);
    int middle = middle_width(model), rows = middle_rows(model) + 2;
    int over = left.width + right.width + gutter(&left) + gutter(&right) + middle - width;
    while (over > 0 && (left.width > 12 || right.width > 12 || middle > 20)) { /* the widest gives */
        int *widest = left.width > right.width ? &left.width : &right.width;
        widest = *widest > 12 && *widest >= middle / 2 ? widest : middle > 20 ? &middle : widest;
        (*widest)--;
        over--;
    }
    plan->height = max(max(3 * left.n, 3 * right.n), rows);
    int x = left.n ? left.width + gutter(&left) : 0;
    plan->boxes[plan->nboxes++] =
        (ui_map_box){.model = model, .r = {(plan->height - rows) / 2, x, rows, middle}, .column = 1};
    place_side(plan, true, 0, left.width, plan->height);
    int right_x = x + middle + gutter(&right);
    place_side(plan, false, right_x, right.width, plan->height);
    plan->width = right.n ? right_x + right.width : x + middle;
    return plan;
}

/* --- the map of everything ---------------------------------------------------------------------------------------- */

static int held(const nx_model *model) {
    int n = 0;
    for (int i = 0; i < model->nrelations; i++) {
        n += !on_left(model->relations[i]);
    }
    return n;
}

static int box_width(const nx_model *model) {
    int width = width_of(model->title) + 6;
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *r = model->relations[i];
        if (!on_left(r)) {
            width = max(width, width_of(r->name) + width_of(r->target->title) + 14);
        }
    }
    return min(max(width, 16), BOX_MOST);
}

/* Into columns, each box below the shortest one. */
static void pack(ui_map_plan *plan, nx_model *model, int *heights, int columns, int box) {
    int best = 0;
    for (int i = 1; i < columns; i++) {
        best = heights[i] < heights[best] ? i : best;
    }
    ui_map_box *b = &plan->boxes[plan->nboxes++];
    *b = (ui_map_box){.model = model, .column = best, .r = {heights[best], best * (box + GAP), held(model) + 2, box}};
    heights[best] += b->r.height;
    plan->height = max(plan->height, heights[best]);
}

ui_map_plan *ui_map_plan_all(nx_model *const *models, int n, int width) {
    ui_map_plan *plan = nx_calloc(1, sizeof *plan);
    int box = 16;
    plan->boxes = nx_calloc((size_t)n + 1, sizeof *plan->boxes);
    for (int i = 0; i < n; i++) {
        box = max(box, box_width(models[i]));
    }
    box = min(box, max(width, 16));
    int columns = max((width + GAP) / (box + GAP), 1);
    int *heights = nx_calloc((size_t)columns, sizeof *heights);
    for (int alone = 0; alone < 2; alone++) {
        for (int i = 0; i < n; i++) {
            if ((models[i]->nrelations == 0) == alone) {
                pack(plan, models[i], heights, columns, box);
            }
        }
    }
    free(heights);
    plan->width = columns * (box + GAP) - GAP;
    return plan;
}

void ui_map_plan_free(ui_map_plan *plan) {
    if (plan) {
        free(plan->boxes);
        free(plan);
    }
}

/* --- drawing --------------------------------------------------------------------------------------------------------- */

static void draw_middle(ui_canvas *c, const ui_map_box *b, unsigned style) {
    ui_canvas_box(c, b->r, style, b->model->title, UI_BOLD);
    int y = b->r.y + 1, x = b->r.x + 2, room = b->r.width - 4, left = 0;
    for (int i = 0; i < b->model->nfields; i++) {
        const nx_field *field = b->model->fields[i];
        if (!matters(b->model, field)) {
            left++;
            continue;
        }
        int used = ui_canvas_text(c, y, x, room, UI_PLAIN, nx_field_title(field));
        if (nx_field_in_identity(field) && used + 2 <= room) {
            used += 1 + ui_canvas_text(c, y, x + used + 1, 1, UI_HEADER_MARK, key_mark());
        }
        int type = width_of(field->type);
        if (type + used + 1 <= room) {
            ui_canvas_text(c, y, x + room - type, type, UI_DIM, field->type);
        }
        y++;
    }
    if (left > 0 && y < b->r.y + b->r.height - 1) {
        nx_buf more = NX_BUF;
        nx_buf_addf(&more, "and %d more", left);
        ui_canvas_text(c, y, x, room, UI_DIM, more.data);
        nx_buf_free(&more);
    }
}

static void draw_side(ui_canvas *c, const ui_map_box *b, unsigned style) {
    nx_buf columns = NX_BUF;
    side_columns(b->relation, &columns);
    ui_canvas_box(c, b->r, style, b->model->title, UI_PLAIN);
    ui_canvas_text(c, b->r.y + 1, b->r.x + 2, b->r.width - 4, UI_DIM, columns.data ? columns.data : "");
    nx_buf_free(&columns);
}

/* The track of a relation's line between its box and the middle, 0 nearest to it. Lines that lead down nest the other
 * way round than those that lead up, so that they do not run over each other. */
static int track_of(const ui_map_plan *plan, const side *s, const ui_map_box *b) {
    const ui_map_box *m = &plan->boxes[0];
    int row = row_of(b->relation), place = 0;
    while (place < s->tracks - 1 && s->rows[place] != row) {
        place++;
    }
    bool down = b->r.y + 1 > m->r.y + 1 + row;
    return down ? s->tracks - 1 - place : place;
}

/* From a side box to its line in the middle, over the track that all relations of that line share. */
static void connect(ui_canvas *c, const ui_map_plan *plan, const ui_map_box *b, bool chosen) {
    const ui_map_box *m = &plan->boxes[0];
    bool left = b->column == 0;
    side s = measure(plan->model, left);
    int row = row_of(b->relation), track = track_of(plan, &s, b);
    unsigned style = chosen ? UI_BORDER_FOCUS : UI_RELATION;
    int from_x = left ? b->r.x + b->r.width : b->r.x - 1, from_y = b->r.y + 1;
    int to_x = left ? m->r.x - 1 : m->r.x + m->r.width, to_y = m->r.y + 1 + row;
    int across = left ? to_x - LABELS - 2 * track : to_x + LABELS + 2 * track;
    ui_canvas_line(c, from_y, from_x, from_y, across, style);
    ui_canvas_line(c, from_y, across, to_y, across, style);
    ui_canvas_line(c, to_y, across, to_y, to_x, style);
    const char *far = ui_map_far(b->relation), *near = ui_map_near(b->relation);
    ui_canvas_text(c, from_y, left ? from_x : from_x - (int)strlen(far) + 1, LABELS, style, far);
    ui_canvas_text(c, to_y, left ? to_x - (int)strlen(near) + 1 : to_x, LABELS, style, near);
}

static void draw_listed(ui_canvas *c, const ui_map_box *b, unsigned style) {
    ui_canvas_box(c, b->r, style, b->model->title, b->model->nrelations ? UI_BOLD : UI_PLAIN);
    int y = b->r.y + 1, x = b->r.x + 2, room = b->r.width - 4;
    for (int i = 0; i < b->model->nrelations; i++) {
        const nx_relation *r = b->model->relations[i];
        if (!on_left(r)) {
            nx_buf words = NX_BUF;
            nx_buf_addf(&words, "%s %s-%s %s %s", r->name, ui_map_near(r), ui_map_far(r), arrow(), r->target->title);
            ui_canvas_text(c, y++, x, room, UI_RELATION, words.data);
            nx_buf_free(&words);
        }
    }
}

ui_canvas *ui_map_canvas(const ui_map_plan *plan, int chosen) {
    ui_canvas *c = ui_canvas_new(plan->height, plan->width);
    for (int i = 1; plan->model && i < plan->nboxes; i++) {
        if (i != chosen) {
            connect(c, plan, &plan->boxes[i], false);
        }
    }
    if (plan->model && chosen > 0) { /* last, so that its line is whole */
        connect(c, plan, &plan->boxes[chosen], true);
    }
    for (int i = 0; i < plan->nboxes; i++) {
        unsigned style = i == chosen ? UI_BORDER_FOCUS : UI_BORDER;
        if (!plan->model) {
            draw_listed(c, &plan->boxes[i], style);
        } else if (i == 0) {
            draw_middle(c, &plan->boxes[i], style);
        } else {
            draw_side(c, &plan->boxes[i], style);
        }
    }
    return c;
}
