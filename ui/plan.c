/* How the server runs a statement: EXPLAIN as a tree, the expensive node marked, and the index that would help. */
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "nixie/explain.h"
#include "views.h"

typedef struct plan_view {
    ui_view view;
    nx_arena *arena;  /* owns the statement */
    nx_logged logged;
    nx_explain_job *job;
    nx_explanation *plan;
    ui_doc doc;
    bool failed;
} plan_view;

static const ui_view_ops plan_ops;

/* --- the document ------------------------------------------------------------------------------------------ */

static void add_advice(plan_view *v) {
    if (v->plan->index) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_line_add(&v->doc, 1, 0);
        ui_doc_addf(&v->doc, UI_INFO, "%s; this index would spare that (y copies it):", v->plan->reason);
        ui_doc_line_add(&v->doc, 1, 2);
        ui_doc_adds(&v->doc, UI_BOLD, v->plan->index);
    }
}

static void add_node(ui_doc *doc, const nx_explain_line *line) {
    ui_doc_line_add(doc, 1, 2 * line->depth);
    ui_doc_adds(doc, line->expensive ? UI_ERROR : UI_BOLD, line->text);
    ui_doc_addf(doc, UI_NUMBER, "  %s", line->numbers);
    if (line->share >= 0.005) {
        ui_doc_addf(doc, line->expensive ? UI_ERROR : UI_DIM, "  %.0f%%%s", line->share * 100, line->expensive ? " of it all" : "");
    }
}

static void rebuild(plan_view *v) {
    ui_doc_clear(&v->doc);
    for (int i = 0; v->plan && i < v->plan->nlines; i++) {
        const nx_explain_line *line = &v->plan->lines[i];
        if (line->node) {
            add_node(&v->doc, line);
        } else {
            ui_doc_line_add(&v->doc, 1, 2 * line->depth + 4);
            ui_doc_adds(&v->doc, UI_DIM, line->text);
        }
    }
    if (v->plan) {
        add_advice(v);
    }
}

static void draw(ui_view *view, ui_rect r, bool focused) {
    plan_view *v = (plan_view *)view;
    if (!v->plan) {
        ui_draw_clear(r, UI_PLAIN);
        ui_draw_words(r.y, r.x, r.width, UI_DIM, v->failed ? "no plan  (E: why)" : "asking ...");
        return;
    }
    ui_doc_draw(&v->doc, r, focused);
}

/* --- asking -------------------------------------------------------------------------------------------------- */

static void explained(void *owner, nx_explanation *plan, const nx_error *err) {
    plan_view *v = owner;
    v->job = NULL;
    ui_app_dirty(v->view.app);
    if (err) {
        v->failed = true;
        ui_say_error(v->view.app, err);
        return;
    }
    nx_explanation_free(v->plan);
    v->plan = plan;
    rebuild(v);
}

static void ask(plan_view *v, bool analyze) {
    if (v->job) {
        ui_refuse(v->view.app, "the server is being asked");
        return;
    }
    v->job = nx_explain(v->view.app->session, &v->logged, analyze, explained, v);
    if (analyze) {
        ui_say(v->view.app, UI_INFO, "running it, in a transaction that is rolled back");
    }
}

static void copy(plan_view *v) {
    if (v->plan && v->plan->index) {
        ui_copy(v->view.app, v->plan->index, strlen(v->plan->index), "index");
        return;
    }
    nx_buf text = NX_BUF;
    for (int i = 0; v->plan && i < v->plan->nlines; i++) {
        const nx_explain_line *line = &v->plan->lines[i];
        nx_buf_addf(&text, "%*s%s%s%s\n", 2 * line->depth + (line->node ? 0 : 4), "", line->text, line->node ? "  " : "",
                    line->node ? line->numbers : "");
    }
    ui_copy(v->view.app, text.data, text.len, "plan");
    nx_buf_free(&text);
}

static int act(ui_view *view, ui_action action, int count) {
    plan_view *v = (plan_view *)view;
    int n = count > 0 ? count : 1;
    switch (action) {
    case UI_DO_DOWN: ui_doc_move_to(&v->doc, v->doc.cursor + n); return UI_DONE;
    case UI_DO_UP: ui_doc_move_to(&v->doc, v->doc.cursor - n); return UI_DONE;
    case UI_DO_PAGE_DOWN: ui_doc_move_to(&v->doc, v->doc.cursor + n * v->doc.height); return UI_DONE;
    case UI_DO_PAGE_UP: ui_doc_move_to(&v->doc, v->doc.cursor - n * v->doc.height); return UI_DONE;
    case UI_DO_FIRST: ui_doc_move_to(&v->doc, 0); return UI_DONE;
    case UI_DO_LAST: ui_doc_move_to(&v->doc, v->doc.nlines); return UI_DONE;
    case UI_DO_ANALYZE: ask(v, true); return UI_DONE;
    case UI_DO_REFRESH: ask(v, false); return UI_DONE;
    case UI_DO_COPY: copy(v); return UI_DONE;
    default: return UI_UNHANDLED;
    }
}

static void title(ui_view *view, nx_buf *out) {
    const plan_view *v = (plan_view *)view;
    nx_buf_addf(out, "plan of %s%s", v->logged.what, v->plan && v->plan->analyzed ? " (run and rolled back)" : "");
}

static void step(ui_view *view, nx_buf *out) {
    (void)view;
    nx_buf_adds(out, "plan");
}

static const ui_action *footer(ui_view *view) {
    static const ui_action actions[] = {UI_DO_ANALYZE, UI_DO_COPY, UI_DO_REFRESH, UI_DO_BACK, UI_DO_NOTHING};
    (void)view;
    return actions;
}

static void close_plan(ui_view *view) {
    plan_view *v = (plan_view *)view;
    nx_explain_drop(v->job);
    nx_explanation_free(v->plan);
    ui_doc_free(&v->doc);
    nx_arena_free(v->arena);
    free(v);
}

static const ui_view_ops plan_ops = {
    .name = "plan",
    .scope = UI_SCOPE_PLAN,
    .draw = draw,
    .act = act,
    .title = title,
    .step = step,
    .footer = footer,
    .close = close_plan,
};

/* The log may forget the statement while its plan is shown. */
static void keep_statement(plan_view *v, const nx_logged *l) {
    char **params = nx_arena_array(v->arena, (size_t)l->nparams + 1, sizeof *params);
    for (int i = 0; i < l->nparams; i++) {
        params[i] = l->params[i] ? nx_arena_strdup(v->arena, l->params[i]) : NULL;
    }
    v->logged = *l;
    v->logged.what = nx_arena_strdup(v->arena, l->what);
    v->logged.text = nx_arena_strdup(v->arena, l->text);
    v->logged.params = params;
    v->logged.sqlstate = "";
    v->logged.error = NULL;
}

void ui_plan_open(ui_app *app, const nx_logged *logged, bool analyze) {
    plan_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&plan_ops, app};
    v->arena = nx_arena_new(0);
    keep_statement(v, logged);
    ui_app_push(app, &v->view);
    ask(v, analyze);
}
