/* The statement log: what was sent to the server, newest last. */
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "list.h"
#include "nixie/log.h"
#include "views.h"

typedef struct log_view {
    ui_view view;
    ui_doc doc;
    int64_t shown; /* the newest statement in the document */
    int first;     /* number of the oldest one, less one: items are numbers beyond it */
} log_view;

static const ui_view_ops log_ops;

/* Blanks and line breaks of a statement as one blank each. */
static void add_flat(ui_doc *doc, unsigned style, const char *text) {
    nx_buf flat = NX_BUF;
    for (const char *p = text; *p; p++) {
        bool blank = *p == ' ' || *p == '\n' || *p == '\t';
        if (!blank || (flat.len && flat.data[flat.len - 1] != ' ')) {
            nx_buf_addc(&flat, blank ? ' ' : *p);
        }
    }
    ui_doc_add(doc, style, flat.data ? flat.data : "", flat.len < 2000 ? flat.len : 2000);
    nx_buf_free(&flat);
}

static void add_statement(ui_doc *doc, const nx_logged *l, int item) {
    ui_doc_line_add(doc, item, 0);
    ui_doc_addf(doc, UI_DIM, "%5lld ", (long long)l->trip);
    if (l->ms >= 0) {
        ui_doc_addf(doc, UI_NUMBER, "%5lld ms ", (long long)l->ms);
    } else {
        ui_doc_adds(doc, UI_DIM, "       - ");
    }
    if (l->error) {
        ui_doc_addf(doc, UI_ERROR, "%7s ", *l->sqlstate ? l->sqlstate : "failed");
    } else if (l->rows >= 0) {
        ui_doc_addf(doc, UI_NUMBER, "%4lld %s ", (long long)l->rows, l->rows == 1 ? "row " : "rows");
    } else {
        ui_doc_adds(doc, UI_DIM, "          ");
    }
    ui_doc_adds(doc, UI_UPDATED, l->retried ? "again " : "");
    ui_doc_adds(doc, UI_RELATION, l->what);
    ui_doc_adds(doc, UI_PLAIN, "  ");
    char *text = nx_logged_readable(l);
    add_flat(doc, l->error ? UI_ERROR : UI_PLAIN, text);
    free(text);
}

/* The document follows the log; the cursor stays on its statement, or at the newest one. */
static void rebuild(log_view *v) {
    const nx_session *session = v->view.app->session;
    int n = nx_log_count(session);
    const nx_logged *newest = nx_log_at(session, n - 1);
    if (!newest || newest->number == v->shown) {
        return;
    }
    bool follow = v->shown == 0 || v->doc.cursor >= v->doc.nlines - 1;
    int64_t kept = v->first + ui_doc_item(&v->doc);
    v->first = (int)(nx_log_at(session, 0)->number - 1);
    v->shown = newest->number;
    ui_doc_clear(&v->doc);
    for (int i = 0; i < n; i++) {
        add_statement(&v->doc, nx_log_at(session, i), i + 1);
    }
    if (follow) {
        ui_doc_move_to(&v->doc, v->doc.nlines - 1);
    } else {
        ui_doc_go_item(&v->doc, (int)(kept - v->first));
    }
}

static const nx_logged *chosen(const log_view *v) {
    int item = ui_doc_item(&v->doc);
    return item < 1 ? NULL : nx_log_at(v->view.app->session, item - 1);
}

static void draw(ui_view *view, ui_rect r, bool focused) {
    log_view *v = (log_view *)view;
    rebuild(v);
    if (v->doc.nlines == 0) {
        ui_draw_clear(r, UI_PLAIN);
        ui_draw_words(r.y, r.x, r.width, UI_DIM, "nothing was sent yet");
        return;
    }
    ui_doc_draw(&v->doc, r, focused);
}

/* --- keys -------------------------------------------------------------------------------------------------- */

static int show_whole(log_view *v, const nx_logged *l) {
    nx_buf text = NX_BUF;
    char *statement = nx_logged_readable(l);
    nx_buf_addf(&text, "%s;\n", statement);
    if (l->error) {
        nx_buf_addf(&text, "\n%s %s\n", l->sqlstate, l->error);
    }
    ui_text_open(v->view.app, l->what, text.data, text.len);
    free(statement);
    nx_buf_free(&text);
    return UI_DONE;
}

static int copy(log_view *v, const nx_logged *l) {
    char *statement = nx_logged_readable(l);
    nx_buf text = NX_BUF;
    nx_buf_addf(&text, "%s;", statement);
    ui_copy(v->view.app, text.data, text.len, "statement");
    nx_buf_free(&text);
    free(statement);
    return UI_DONE;
}

static int act(ui_view *view, ui_action action, int count) {
    log_view *v = (log_view *)view;
    int n = count > 0 ? count : 1;
    const nx_logged *l = chosen(v);
    switch (action) {
    case UI_DO_DOWN: ui_doc_move_to(&v->doc, v->doc.cursor + n); return UI_DONE;
    case UI_DO_UP: ui_doc_move_to(&v->doc, v->doc.cursor - n); return UI_DONE;
    case UI_DO_PAGE_DOWN: ui_doc_move_to(&v->doc, v->doc.cursor + n * v->doc.height); return UI_DONE;
    case UI_DO_PAGE_UP: ui_doc_move_to(&v->doc, v->doc.cursor - n * v->doc.height); return UI_DONE;
    case UI_DO_FIRST: ui_doc_move_to(&v->doc, 0); return UI_DONE;
    case UI_DO_LAST: ui_doc_move_to(&v->doc, v->doc.nlines); return UI_DONE;
    case UI_DO_LOG: return UI_CLOSE_ME;
    default: break;
    }
    if (!l) {
        return UI_UNHANDLED;
    }
    switch (action) {
    case UI_DO_OPEN: ui_plan_open(view->app, l, false); return UI_DONE;
    case UI_DO_CELL: return show_whole(v, l);
    case UI_DO_COPY: return copy(v, l);
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect r) {
    log_view *v = (log_view *)view;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        ui_doc_move_to(&v->doc, v->doc.cursor + (input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3));
        return UI_DONE;
    }
    ui_doc_move_to(&v->doc, v->doc.top + input->y - r.y);
    return input->mouse == UI_MOUSE_DOUBLE && chosen(v) ? act(view, UI_DO_OPEN, 0) : UI_DONE;
}

static void title(ui_view *view, nx_buf *out) {
    (void)view;
    nx_buf_adds(out, "statements");
}

static void foot(ui_view *view, nx_buf *out) {
    const nx_session *session = view->app->session;
    nx_buf_addf(out, "%lld trips", (long long)nx_session_trips(session));
}

static void status(ui_view *view, nx_buf *out) {
    const nx_logged *l = chosen((log_view *)view);
    if (l && l->error) {
        nx_buf_adds(out, l->error);
    } else if (l) {
        nx_buf_addf(out, "trip %lld, statement %lld%s", (long long)l->trip, (long long)l->number,
                    l->transaction ? ", in a transaction" : "");
    }
}

static const ui_action *footer(ui_view *view) {
    static const ui_action actions[] = {UI_DO_OPEN, UI_DO_CELL, UI_DO_COPY, UI_DO_BACK, UI_DO_NOTHING};
    (void)view;
    return actions;
}

static void close_log(ui_view *view) {
    log_view *v = (log_view *)view;
    ui_doc_free(&v->doc);
    free(v);
}

static const ui_view_ops log_ops = {
    .name = "log",
    .scope = UI_SCOPE_LOG,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .title = title,
    .foot = foot,
    .step = title,
    .status = status,
    .footer = footer,
    .close = close_log,
};

void ui_log_open(ui_app *app) {
    log_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&log_ops, app};
    ui_app_push(app, &v->view);
}
