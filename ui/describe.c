/* A model described: fields, keys, indexes, relations, size. */
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "format.h"
#include "input.h"
#include "schema.h"
#include "views.h"
#include "words.h"

typedef struct describe_view {
    ui_view view;
    nx_model *model;
    nx_catalog *catalog;
    nx_catalog_job *job, *sizing, *graph;
    ui_doc doc;
} describe_view;

static const ui_view_ops describe_ops;

/* --- the document ------------------------------------------------------------------------------------------ */

static void heading(ui_doc *doc, const char *words) {
    ui_doc_line_add(doc, -1, 0);
    ui_doc_line_add(doc, -1, 0);
    ui_doc_adds(doc, UI_HEADER, words);
}

static void add_fields(describe_view *v) {
    ui_doc *doc = &v->doc;
    heading(doc, "Fields");
    for (int i = 0; i < v->model->nfields; i++) {
        const nx_field *f = v->model->fields[i];
        const nx_foreign_key *fk = nx_field_foreign_key(f);
        ui_doc_line_add(doc, -1, 2);
        ui_doc_adds(doc, UI_PLAIN, nx_field_title(f));
        ui_doc_adds(doc, UI_HEADER_MARK, nx_field_in_identity(f) ? " " : "");
        ui_doc_adds(doc, UI_HEADER_MARK, nx_field_in_identity(f) ? ui_glyph(UI_GLYPH_KEY) : "");
        ui_doc_pad(doc, 22);
        ui_doc_addf(doc, UI_TIME, " %s", f->type);
        ui_doc_adds(doc, UI_DIM, f->nullable ? "" : " not null");
        if (f->identity) {
            ui_doc_adds(doc, UI_DIM, f->identity == 'a' ? " identity always" : " identity by default");
        }
        if (f->default_expression) {
            ui_doc_addf(doc, UI_DIM, f->generated ? " generated as %s" : " default %s", f->default_expression);
        }
        if (ui_client_default(f)) {
            ui_doc_addf(doc, UI_DIM, " Prisma: %s", ui_client_default(f));
        }
        if (fk) {
            ui_doc_addf(doc, UI_RELATION, " %s %s", ui_glyph(UI_GLYPH_REFERENCE), fk->target->title);
        }
        if (f->alias) {
            ui_doc_addf(doc, UI_DIM, " column %s", f->name);
        }
        if (f->ignored) {
            ui_doc_adds(doc, UI_DIM, " @ignore");
        }
        for (int l = 0; l < f->nlabels; l++) {
            ui_doc_addf(doc, UI_ENUM, "%s%s", l ? " | " : "  ", f->labels[l]);
            if (f->label_aliases && strcmp(f->label_aliases[l], f->labels[l]) != 0) {
                ui_doc_addf(doc, UI_DIM, " (%s)", f->label_aliases[l]);
            }
        }
        if (f->comment) {
            ui_doc_addf(doc, UI_DIM, "  -- %s", f->comment);
        }
        if (!f->can_select) {
            ui_doc_adds(doc, UI_ERROR, "  no right to read");
        }
    }
}

static void add_field_list(ui_doc *doc, nx_field *const *fields, int n) {
    ui_doc_adds(doc, UI_PLAIN, " (");
    for (int i = 0; i < n; i++) {
        ui_doc_addf(doc, UI_PLAIN, "%s%s", i ? ", " : "", fields[i] ? nx_field_title(fields[i]) : "expression");
    }
    ui_doc_adds(doc, UI_PLAIN, ")");
}

static void add_keys(describe_view *v) {
    const nx_model *m = v->model;
    if (m->nkeys) {
        heading(&v->doc, "Keys");
    }
    for (int i = 0; i < m->nkeys; i++) {
        ui_doc_line_add(&v->doc, -1, 2);
        ui_doc_adds(&v->doc, UI_BOLD, m->keys[i]->primary ? "primary" : "unique ");
        add_field_list(&v->doc, m->keys[i]->fields, m->keys[i]->nfields);
        ui_doc_addf(&v->doc, UI_DIM, "  %s%s", m->keys[i]->name, m->keys[i]->identifies ? "" : "  (cannot address a record)");
    }
    if (m->nindexes) {
        heading(&v->doc, "Indexes");
    }
    for (int i = 0; i < m->nindexes; i++) {
        ui_doc_line_add(&v->doc, -1, 2);
        ui_doc_adds(&v->doc, UI_PLAIN, m->indexes[i]->definition ? m->indexes[i]->definition : m->indexes[i]->name);
    }
    if (m->nchecks) {
        heading(&v->doc, "Checks");
    }
    for (int i = 0; i < m->nchecks; i++) {
        ui_doc_line_add(&v->doc, -1, 2);
        ui_doc_adds(&v->doc, UI_PLAIN, m->checks[i]);
    }
    if (m->npolicies) {
        heading(&v->doc, "Policies");
    }
    for (int i = 0; i < m->npolicies; i++) {
        ui_doc_line_add(&v->doc, -1, 2);
        ui_doc_adds(&v->doc, UI_PLAIN, m->policies[i]);
    }
}

static void add_names(ui_doc *doc, const nx_model *model, const char *const *columns, int n) {
    for (int i = 0; i < n; i++) {
        ui_doc_addf(doc, UI_DIM, "%s%s", i ? "," : "", ui_schema_column(model, columns[i]));
    }
}

static void add_relations(describe_view *v) {
    const nx_model *m = v->model;
    if (!m->nrelations) {
        return;
    }
    heading(&v->doc, "Relations");
    for (int i = 0; i < m->nrelations; i++) {
        const nx_relation *r = m->relations[i];
        ui_doc_line_add(&v->doc, i, 2);
        ui_doc_adds(&v->doc, UI_PLAIN, r->name);
        ui_doc_pad(&v->doc, 22);
        ui_doc_addf(&v->doc, UI_RELATION, " %s ", ui_glyph(UI_GLYPH_REFERENCE));
        ui_doc_addf(&v->doc, UI_BOLD, "%s", r->target->title);
        ui_doc_addf(&v->doc, UI_DIM, "  %s  ", r->one_to_one ? "one-to-one" : nx_relation_kind_name(r->kind));
        add_names(&v->doc, m, r->fields, r->nfields);
        ui_doc_addf(&v->doc, UI_DIM, " %s ", ui_glyph(UI_GLYPH_REFERENCE));
        add_names(&v->doc, r->target, r->references, r->nfields);
        if (r->through) {
            ui_doc_addf(&v->doc, UI_DIM, "  through %s", r->through->title);
        }
        if (r->virtual) {
            ui_doc_adds(&v->doc, UI_DIM, "  no foreign key");
        }
        char *index = nx_relation_index(r);
        if (index) {
            ui_doc_adds(&v->doc, UI_ERROR, "  no index there");
            ui_doc_line_add(&v->doc, -1, 4);
            ui_doc_addf(&v->doc, UI_DIM, "%s", index);
        }
        free(index);
    }
}

static void add_drift(describe_view *v) {
    int n;
    const nx_drift *drift = nx_prisma_drift(v->catalog, &n);
    bool any = false;
    for (int i = 0; i < n; i++) {
        if (drift[i].model != v->model) {
            continue;
        }
        if (!any) {
            heading(&v->doc, "Differs from the Prisma schema");
        }
        any = true;
        ui_doc_line_add(&v->doc, -1, 2);
        ui_doc_addf(&v->doc, UI_ERROR, "%s ", ui_glyph(UI_GLYPH_DRIFT));
        ui_doc_adds(&v->doc, UI_PLAIN, drift[i].schema ? drift[i].schema : drift[i].database);
        ui_doc_pad(&v->doc, 22);
        ui_doc_addf(&v->doc, UI_DIM, " %s", drift[i].words);
    }
}

static void rebuild(describe_view *v) {
    const nx_model *m = v->model;
    char number[24], size[24];
    ui_doc_clear(&v->doc);
    ui_doc_line_add(&v->doc, -1, 0);
    if (m->alias) {
        ui_doc_addf(&v->doc, UI_BOLD, "%s", m->alias);
        ui_doc_adds(&v->doc, UI_DIM, "  ");
    }
    ui_doc_addf(&v->doc, m->alias ? UI_PLAIN : UI_BOLD, "%s.%s", m->schema, m->name);
    ui_doc_addf(&v->doc, UI_DIM, "  %s", nx_model_kind_name(m->kind));
    if (m->rows_estimate >= 0) {
        ui_doc_addf(&v->doc, UI_DIM, "  %s rows", ui_format_estimate(m->rows_estimate, number));
    }
    if (m->size >= 0) {
        ui_doc_addf(&v->doc, UI_DIM, "  %s", ui_format_size(m->size, size));
    }
    if (m->comment) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, UI_PLAIN, m->comment);
    }
    if (!m->described) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, UI_DIM, "reading");
        return;
    }
    ui_doc_line_add(&v->doc, -1, 0);
    ui_doc_addf(&v->doc, UI_DIM, "records addressed by %s", nx_identity_name(m->identity_kind));
    if (m->label) {
        ui_doc_addf(&v->doc, UI_DIM, ", labelled by %s", nx_field_title(m->label));
    }
    if (m->read_only_reason) {
        ui_doc_addf(&v->doc, UI_DIM, "; read-only: %s", m->read_only_reason);
    }
    add_fields(v);
    add_keys(v);
    add_relations(v);
    add_drift(v);
}

/* --- loading ------------------------------------------------------------------------------------------------- */

static void sized(void *owner, nx_catalog *catalog, const nx_error *err) {
    describe_view *v = owner;
    (void)catalog;
    (void)err; /* no right to ask: the size is just not told */
    v->sizing = NULL;
    rebuild(v);
    ui_app_dirty(v->view.app);
}

static void graph_known(void *owner, nx_catalog *catalog, const nx_error *err) {
    describe_view *v = owner;
    (void)catalog;
    v->graph = NULL;
    if (err) {
        ui_say_error(v->view.app, err);
    }
    rebuild(v);
    ui_app_dirty(v->view.app);
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    describe_view *v = owner;
    (void)catalog;
    v->job = NULL;
    if (err) {
        ui_say_error(v->view.app, err);
    }
    rebuild(v);
    ui_app_dirty(v->view.app);
}

static void load(describe_view *v) {
    nx_session *session = v->view.app->session;
    nx_catalog_job *job = nx_catalog_describe(session, v->model, described, v);
    v->job = job;
    if (v->model->size < 0) {
        job = nx_catalog_load_sizes(session, v->catalog, &v->model, 1, sized, v);
        v->sizing = job;
    }
    if (!v->model->graph_known) {
        job = nx_catalog_load_graph(session, v->catalog, graph_known, v);
        v->graph = job;
    }
}

/* --- keys ------------------------------------------------------------------------------------------------------- */

static int open_item(describe_view *v) {
    int i = ui_doc_item(&v->doc);
    if (i >= 0 && i < v->model->nrelations) {
        ui_describe_open(v->view.app, v->model->relations[i]->target);
    } else {
        ui_rows_open(v->view.app, v->model, NULL);
    }
    return UI_DONE;
}

static ui_input_reply searched(void *owner, const char *text) {
    describe_view *v = owner;
    ui_doc_set_needle(&v->doc, text);
    if (*text && !ui_doc_find(&v->doc, 1)) {
        ui_refuse(v->view.app, "\"%s\" is not here", text);
    }
    return UI_INPUT_CLOSE;
}

static int search_again(describe_view *v, int step) {
    if (!v->doc.needle) {
        return ui_refuse(v->view.app, "nothing was searched for  (/ searches)");
    }
    return ui_doc_find(&v->doc, step) ? UI_DONE : ui_refuse(v->view.app, "\"%s\" is not here", v->doc.needle);
}

static int act(ui_view *view, ui_action action, int count) {
    describe_view *v = (describe_view *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: ui_doc_move_to(&v->doc, v->doc.cursor + n); return UI_DONE;
    case UI_DO_UP: ui_doc_move_to(&v->doc, v->doc.cursor - n); return UI_DONE;
    case UI_DO_PAGE_DOWN: ui_doc_move_to(&v->doc, v->doc.cursor + n * v->doc.height); return UI_DONE;
    case UI_DO_PAGE_UP: ui_doc_move_to(&v->doc, v->doc.cursor - n * v->doc.height); return UI_DONE;
    case UI_DO_FIRST: ui_doc_move_to(&v->doc, 0); return UI_DONE;
    case UI_DO_LAST: ui_doc_move_to(&v->doc, v->doc.nlines); return UI_DONE;
    case UI_DO_OPEN: return open_item(v);
    case UI_DO_SEARCH:
        ui_input_open(view->app, &(ui_input_options){.prompt = "search", .verb = "searches", .history = "search", .accept = searched, .owner = v});
        return UI_DONE;
    case UI_DO_SEARCH_NEXT: return search_again(v, 1);
    case UI_DO_SEARCH_PREVIOUS: return search_again(v, -1);
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect r) {
    describe_view *v = (describe_view *)view;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        ui_doc_move_to(&v->doc, v->doc.cursor + (input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3));
        return UI_DONE;
    }
    ui_doc_move_to(&v->doc, v->doc.top + input->y - r.y);
    return input->mouse == UI_MOUSE_DOUBLE ? open_item(v) : UI_DONE;
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static void draw(ui_view *view, ui_rect r, bool focused) {
    describe_view *v = (describe_view *)view;
    ui_doc_draw(&v->doc, r, focused);
}

static void title(ui_view *view, nx_buf *out) { nx_buf_adds(out, ((describe_view *)view)->model->title); }

static void step(ui_view *view, nx_buf *out) {
    nx_buf_addf(out, "%s described", ((describe_view *)view)->model->title);
}

static const nx_model *shown_model(ui_view *view) { return ((describe_view *)view)->model; }

static const ui_action *footer(ui_view *view) {
    static const ui_action actions[] = {UI_DO_OPEN, UI_DO_SEARCH, UI_DO_BACK, UI_DO_NOTHING};
    (void)view;
    return actions;
}

static void close_describe(ui_view *view) {
    describe_view *v = (describe_view *)view;
    nx_catalog_drop(v->job);
    nx_catalog_drop(v->sizing);
    nx_catalog_drop(v->graph);
    ui_doc_free(&v->doc);
    nx_catalog_unref(v->catalog);
    free(v);
}

static const ui_view_ops describe_ops = {
    .name = "describe",
    .scope = UI_SCOPE_DESCRIBE,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .title = title,
    .step = step,
    .model = shown_model,
    .footer = footer,
    .close = close_describe,
};

void ui_describe_open(ui_app *app, nx_model *model) {
    describe_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&describe_ops, app};
    v->model = model;
    v->catalog = nx_catalog_ref(model->catalog);
    ui_app_push(app, &v->view);
    rebuild(v);
    load(v);
}
