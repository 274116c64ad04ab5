/* The models pane: what there is, by schema, narrowed as one types. */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "keymap.h"
#include "nixie/prisma.h"
#include "nixie/text.h"
#include "typed.h"
#include "views.h"

typedef struct line { /* a schema's heading, or a model */
    const char *schema;
    nx_model *model; /* NULL for a heading */
    bool child;      /* a partition under its parent */
} line;

typedef struct models {
    ui_view view;
    line *lines;
    int nlines, cap;
    int cursor, top, height;
    nx_buf narrow;     /* what was typed after / */
    bool narrowing;    /* keys go there */
    nx_catalog_job *describing; /* prefetch for the model under the cursor */
    nx_model *wanted;
    int width;         /* that shows every name whole */
} models;

static const ui_view_ops models_ops;

/* --- the list ----------------------------------------------------------------------------------------- */

static void add_line(models *m, line l) {
    if (m->nlines == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 64;
        m->lines = nx_realloc(m->lines, (size_t)m->cap, sizeof *m->lines);
    }
    m->lines[m->nlines++] = l;
}

/* How well a model answers what was typed, -1 not at all. */
static int score(const models *m, const nx_model *model) {
    if (m->narrow.len == 0) {
        return 0;
    }
    int name = nx_text_fuzzy(m->narrow.data, model->name), title = nx_text_fuzzy(m->narrow.data, model->title);
    return name > title ? name : title; /* both: the table's name stays a way to find the model */
}

static bool matches(const models *m, const nx_model *model) { return score(m, model) >= 0; }

static bool shown(const models *m, const nx_model *model) {
    if (model->parent) {
        return m->view.app->show_system && matches(m, model); /* folded under its parent */
    }
    return (m->view.app->show_system || nx_model_listed(model)) && matches(m, model);
}

static void rebuild(models *m) {
    nx_catalog *catalog = m->view.app->catalog;
    nx_model *keep = ui_models_selected(&m->view);
    m->nlines = 0;
    const char *schema = NULL;
    for (int i = 0; catalog && i < nx_catalog_count(catalog); i++) {
        nx_model *model = nx_catalog_model(catalog, i);
        if (!shown(m, model)) {
            continue;
        }
        if (!schema || strcmp(schema, model->schema) != 0) {
            schema = model->schema;
            add_line(m, (line){.schema = schema});
        }
        add_line(m, (line){.schema = schema, .model = model, .child = model->parent != NULL});
    }
    m->cursor = m->nlines > 1 ? 1 : 0;
    for (int i = 0; i < m->nlines; i++) {
        if (keep && m->lines[i].model && m->lines[i].model->oid == keep->oid) {
            m->cursor = i;
        }
    }
}

/* What is typed puts the cursor on the best answer, wherever it stands in the list. */
static void go_best(models *m) {
    int best = -1;
    for (int i = 0; i < m->nlines && m->narrow.len > 0; i++) {
        int s = m->lines[i].model ? score(m, m->lines[i].model) : -1;
        if (s > best) {
            best = s;
            m->cursor = i;
        }
    }
}

nx_model *ui_models_selected(ui_view *view) {
    models *m = (models *)view;
    return m->cursor < m->nlines ? m->lines[m->cursor].model : NULL;
}

void ui_models_show(ui_view *view, const nx_model *model) {
    models *m = (models *)view;
    for (int i = 0; i < m->nlines; i++) {
        if (m->lines[i].model && m->lines[i].model->oid == model->oid) {
            m->cursor = i;
        }
    }
}

/* The details of the model under the cursor are fetched when the cursor rests there, so that opening
 * it costs one trip. */
static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    models *m = owner;
    (void)catalog;
    (void)err; /* opening it will say */
    m->describing = NULL;
    nx_model *now = ui_models_selected(&m->view);
    if (now && now != m->wanted && !now->described) {
        m->wanted = now;
        m->describing = nx_catalog_describe(m->view.app->session, now, described, m);
    }
}

static void prefetch(models *m) {
    nx_model *model = ui_models_selected(&m->view);
    if (!m->view.app->focus_models || !model || model->described || !model->readable || m->describing || model == m->wanted) {
        return;
    }
    m->wanted = model;
    m->describing = nx_catalog_describe(m->view.app->session, model, described, m);
}

static const char *kind_glyph(const nx_model *model) {
    switch (model->kind) {
    case NX_KIND_VIEW: return ui_glyph(UI_GLYPH_VIEW);
    case NX_KIND_MATVIEW: return ui_glyph(UI_GLYPH_MATVIEW);
    case NX_KIND_FOREIGN: return ui_glyph(UI_GLYPH_FOREIGN);
    case NX_KIND_PARTITIONED: return ui_glyph(UI_GLYPH_PARTITIONED);
    case NX_KIND_TABLE: break;
    }
    return "";
}

int ui_models_width(ui_view *view) { return ((models *)view)->width; }

static void measure(models *m) {
    const nx_catalog *catalog = m->view.app->catalog;
    m->width = 0;
    for (int i = 0; catalog && i < nx_catalog_count(catalog); i++) {
        const nx_model *model = nx_catalog_model(catalog, i);
        char estimate[24];
        if (nx_model_listed(model)) {
            ui_format_estimate(model->rows_estimate, estimate);
            const char *name = nx_model_name(model);
            int width = nx_text_width(name, strlen(name)) + (int)strlen(estimate) + 4;
            width += (*kind_glyph(model) ? 2 : 0) + (nx_prisma_drifts(model) ? 2 : 0);
            m->width = width > m->width ? width : m->width;
        }
    }
}

void ui_models_catalog(ui_view *view) {
    models *m = (models *)view;
    measure(m);
    if (m->describing) {
        nx_catalog_drop(m->describing);
        m->describing = NULL;
    }
    m->wanted = NULL;
    rebuild(m);
    ui_view *open = ui_app_view(view->app);
    if (open && open->ops->model && open->ops->model(open) && !view->app->focus_models) {
        ui_models_show(view, open->ops->model(open));
    }
    prefetch(m);
    ui_app_dirty(view->app);
}

/* --- drawing ------------------------------------------------------------------------------------------- */

static void draw_model(const models *m, const line *l, int y, ui_rect r, unsigned mods) {
    char estimate[24];
    ui_format_estimate(l->model->rows_estimate, estimate);
    int ewidth = (int)strlen(estimate), indent = l->child ? 4 : 2;
    const char *glyph = kind_glyph(l->model);
    bool drifts = nx_prisma_drifts(l->model);
    unsigned style = l->model->join_table || l->model->ignored || l->model->system || !l->model->readable ? UI_DIM : UI_PLAIN;
    ui_draw_fill(y, r.x, r.width, style | mods);
    if (mods) {
        ui_draw_words(y, r.x, 1, UI_KEY | mods, ui_glyph(UI_GLYPH_POINTER));
    }
    int x = r.x + indent, end = r.x + r.width - ewidth - 1;
    if (*glyph && x < end) {
        x += ui_draw_words(y, x, 2, UI_RELATION | mods, glyph) + 1;
    }
    if (x < end) {
        const char *name = nx_model_name(l->model);
        int room = end - x - 1 - (drifts ? 2 : 0);
        x += ui_draw_match(y, x, room, style | mods, name, strlen(name), m->narrow.len ? m->narrow.data : NULL);
        if (drifts) {
            ui_draw_words(y, x + 1, 1, UI_ERROR | mods, ui_glyph(UI_GLYPH_DRIFT));
        }
    }
    ui_draw_words(y, r.x + r.width - ewidth, ewidth, UI_DIM | mods, estimate);
}

static void keep_in_sight(models *m, int height) {
    m->height = height;
    if (m->cursor < m->top) {
        m->top = m->cursor;
    }
    /* The heading above the first model of a schema stays in sight with it. */
    if (m->top > 0 && m->cursor == m->top && !m->lines[m->top - 1].model) {
        m->top--;
    }
    if (m->cursor >= m->top + height) {
        m->top = m->cursor - height + 1;
    }
    if (m->top > m->nlines - height) {
        m->top = m->nlines > height ? m->nlines - height : 0;
    }
}

static void draw(ui_view *view, ui_rect r, bool focused) {
    models *m = (models *)view;
    int height = r.height;
    if (m->narrowing || m->narrow.len) {
        static const char clears[] = "Esc clears";
        int typed = nx_text_width(m->narrow.data, m->narrow.len), hint = (int)sizeof clears - 1;
        height--;
        ui_draw_words(r.y + height, r.x, 1, UI_KEY, "/");
        ui_draw_text(r.y + height, r.x + 1, r.width - 1, UI_BOLD, UI_LEFT, m->narrow.data, m->narrow.len);
        if (m->narrowing && focused) {
            ui_draw_cursor(r.y + height, r.x + 1 + typed);
        }
        if (focused && typed + hint + 3 <= r.width) {
            ui_draw_words(r.y + height, r.x + r.width - hint, hint, UI_DIM, clears);
        }
    }
    keep_in_sight(m, height);
    for (int i = 0; i < height && m->top + i < m->nlines; i++) {
        const line *l = &m->lines[m->top + i];
        bool here = m->top + i == m->cursor;
        if (!l->model) {
            ui_draw_text(r.y + i, r.x, r.width, UI_DIM, UI_LEFT, l->schema, strlen(l->schema));
        } else {
            draw_model(m, l, r.y + i, r, here ? (focused ? UI_ON_ROW : UI_ON_ROW | UI_UNFOCUSED) : 0);
        }
    }
    if (m->nlines == 0) {
        const char *words = !view->app->catalog ? "reading the catalog" : m->narrow.len ? "no model matches" : "no models here";
        ui_draw_text(r.y, r.x, r.width, UI_DIM, UI_CENTRE, words, strlen(words));
    }
}

/* --- keys ------------------------------------------------------------------------------------------------ */

static void move(models *m, int by) {
    int at = m->cursor + by;
    at = at < 0 ? 0 : at >= m->nlines ? m->nlines - 1 : at;
    int step = by < 0 ? -1 : 1;
    while (at > 0 && at < m->nlines && !m->lines[at].model) {
        at += step;
    }
    if (at <= 0) {
        at = m->nlines > 1 ? 1 : 0;
    }
    m->cursor = at < m->nlines ? at : m->nlines > 0 ? m->nlines - 1 : 0;
    prefetch(m);
}

static int open_selected(models *m) {
    nx_model *model = ui_models_selected(&m->view);
    if (!model) {
        return ui_refuse(m->view.app, "no model to open");
    }
    m->narrowing = false;
    ui_rows_open(m->view.app, model, NULL);
    return UI_DONE;
}

static int describe_selected(models *m) {
    nx_model *model = ui_models_selected(&m->view);
    if (!model) {
        return ui_refuse(m->view.app, "no model to describe");
    }
    ui_describe_open(m->view.app, model);
    return UI_DONE;
}

static int escape(models *m) {
    if (m->narrow.len == 0) {
        return UI_UNHANDLED;
    }
    nx_buf_clear(&m->narrow);
    rebuild(m);
    return UI_DONE;
}

static int act(ui_view *view, ui_action action, int count) {
    models *m = (models *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: move(m, n); return UI_DONE;
    case UI_DO_UP: move(m, -n); return UI_DONE;
    case UI_DO_PAGE_DOWN: move(m, n * m->height); return UI_DONE;
    case UI_DO_PAGE_UP: move(m, -n * m->height); return UI_DONE;
    case UI_DO_FIRST: move(m, -m->nlines); return UI_DONE;
    case UI_DO_LAST: move(m, m->nlines); return UI_DONE;
    case UI_DO_OPEN: return open_selected(m);
    case UI_DO_DESCRIBE: return describe_selected(m);
    case UI_DO_NARROW: m->narrowing = true; return UI_DONE;
    case UI_DO_ESCAPE: return escape(m);
    case UI_DO_REFRESH: ui_app_reload(view->app); return UI_DONE;
    default: return UI_UNHANDLED;
    }
}

/* While narrowing, characters go into the text and the arrows still move; Backspace on nothing ends it. */
static int narrow_key(models *m, const ui_input *input) {
    ui_key key = input->kind == UI_INPUT_KEY ? input->key : (ui_key){UI_KEY_NONE, 0};
    if (key.code == UI_KEY_ENTER) {
        m->narrowing = false;
        return ui_models_selected(&m->view) ? open_selected(m) : UI_DONE;
    }
    bool over = key.code == UI_KEY_ESC || ui_key_is_stop(key);
    if (over || (key.code == UI_KEY_BACKSPACE && m->narrow.len == 0)) {
        m->narrowing = false;
        nx_buf_clear(&m->narrow);
    } else if (!ui_typed_take(&m->narrow, input)) {
        return UI_UNHANDLED;
    }
    rebuild(m);
    go_best(m);
    prefetch(m);
    return UI_DONE;
}

static int input_key(ui_view *view, const ui_input *input) {
    models *m = (models *)view;
    return m->narrowing ? narrow_key(m, input) : UI_UNHANDLED;
}

static int mouse(ui_view *view, const ui_input *input, ui_rect r) {
    models *m = (models *)view;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        move(m, input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3);
        return UI_DONE;
    }
    int at = m->top + input->y - r.y;
    if (input->y < r.y || at < 0 || at >= m->nlines || !m->lines[at].model) {
        return UI_DONE;
    }
    m->cursor = at;
    prefetch(m);
    return input->mouse == UI_MOUSE_DOUBLE ? open_selected(m) : UI_DONE;
}

/* --- words --------------------------------------------------------------------------------------------- */

static void title(ui_view *view, nx_buf *out) {
    (void)view;
    nx_buf_adds(out, "Models");
}

static void status(ui_view *view, nx_buf *out) {
    const nx_model *model = ui_models_selected(view);
    if (model) {
        nx_buf_addf(out, "%s.%s %s", model->schema, model->name, nx_model_kind_name(model->kind));
        nx_buf_adds(out, model->readable ? "" : " (no right to read)");
        nx_buf_adds(out, nx_prisma_drifts(model) ? ", differs from the Prisma schema: i says how" : "");
    }
}

static const ui_action *footer(ui_view *view) {
    static const ui_action actions[] = {UI_DO_OPEN, UI_DO_NARROW, UI_DO_DESCRIBE, UI_DO_GO_MODEL, UI_DO_NOTHING};
    (void)view;
    return actions;
}

static void close_models(ui_view *view) {
    models *m = (models *)view;
    nx_catalog_drop(m->describing);
    nx_buf_free(&m->narrow);
    free(m->lines);
    free(m);
}

static const ui_view_ops models_ops = {
    .name = "models",
    .scope = UI_SCOPE_MODELS,
    .draw = draw,
    .act = act,
    .input = input_key,
    .mouse = mouse,
    .title = title,
    .status = status,
    .footer = footer,
    .close = close_models,
};

ui_view *ui_models_new(ui_app *app) {
    models *m = nx_calloc(1, sizeof *m);
    m->view = (ui_view){&models_ops, app};
    m->narrow = (nx_buf)NX_BUF;
    return &m->view;
}
