/* view.h - something on the screen with a cursor and keys.
 *
 * A view is a small table of functions and a struct that begins with ui_view. A new view touches its
 * own file, one line of ui/keymap.c's table for each key, and whoever opens it. Functions that handle
 * input return flags; they never draw and never loop. Every pointer in the table but draw and close
 * may be NULL.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include <stdbool.h>

#include "action.h"
#include "draw.h"
#include "nixie/buf.h"
#include "terminal.h"

struct ui_app;
struct nx_model;
typedef struct ui_view ui_view;

enum {
    UI_DONE = 0,          /* handled */
    UI_UNHANDLED = 1 << 0, /* not mine: the app tries its own meaning */
    UI_CLOSE_ME = 1 << 1, /* close this view (for an overlay: remove it; in the trail: one step back) */
    UI_STOP = 1 << 2      /* leave the program (the app asks first when changes are staged) */
};

typedef struct ui_view_ops {
    const char *name;
    ui_scope scope;
    /* Draws into r, which for views of the trail is inside of their box. */
    void (*draw)(ui_view *view, ui_rect r, bool focused);
    /* An action; count is the number typed before it, 0 when none. */
    int (*act)(ui_view *view, ui_action action, int count);
    /* Input before it becomes an action: line editors, finders, lists that narrow as one types. */
    int (*input)(ui_view *view, const ui_input *input);
    int (*mouse)(ui_view *view, const ui_input *input, ui_rect r);
    void (*title)(ui_view *view, nx_buf *out);  /* raw text on the upper edge: "Post" */
    void (*foot)(ui_view *view, nx_buf *out);   /* raw text on the lower edge: "101-150 of ~1.2M" */
    void (*step)(ui_view *view, nx_buf *out);   /* raw text of its step in the breadcrumb: "User 7" */
    void (*status)(ui_view *view, nx_buf *out); /* raw text about what is under the cursor: "title text not null" */
    const struct nx_model *(*model)(ui_view *view); /* the model it shows: the models pane points at it */
    /* The actions worth naming in the footer now, ended by UI_DO_NOTHING. */
    const ui_action *(*footer)(ui_view *view);
    void (*changed)(ui_view *view); /* the changeset changed: a cheap chance to adjust the cursor */
    void (*saved)(ui_view *view);   /* a save was committed: read again what is shown */
    /* Frees the view; its pending callbacks are dropped. */
    void (*close)(ui_view *view);
} ui_view_ops;

struct ui_view {
    const ui_view_ops *ops;
    struct ui_app *app;
};

#endif
