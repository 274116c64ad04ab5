#include "frame.h"

#include <stdio.h>
#include <string.h>

#include "export.h"
#include "keymap.h"
#include "nixie/text.h"
#include "protect.h"
#include "saved.h"
#include "views.h"

enum { SMALL_HEIGHT = 10, SMALL_WIDTH = 40, FOLD_WIDTH = 64, MODELS_MIN = 18, MODELS_MAX = 34 };

/* --- title bar ---------------------------------------------------------------------------------------- */

/* " · " and a piece of the title, as far as there is room. */
static int piece(int x, int end, unsigned style, bool first, const char *text) {
    /* What has no room at all is left out, with its separator. */
    if (!*text || x + (first ? 1 : 7) > end) {
        return x;
    }
    if (!first) {
        x += ui_draw_wordsf(0, x, end - x, UI_TITLE, " %s ", ui_glyph(UI_GLYPH_DOT));
    }
    int room = end - x, width = nx_text_width(text, strlen(text));
    return room > 0 ? x + ui_draw_text(0, x, width < room ? width : room, style, UI_LEFT, text, strlen(text)) : x;
}

static const char *const busy_words[] = {
    [NX_SESSION_RESOLVING] = "looking up", [NX_SESSION_CONNECTING] = "connecting",
    [NX_SESSION_WAKING] = "waking compute", [NX_SESSION_BUSY] = "", [NX_SESSION_CANCELLING] = "cancelling",
};

/* What is running now, with its time once it takes a while; else the last round trip. */
static void activity(ui_app *app, char *out, size_t size) {
    nx_session_state state = nx_session_get_state(app->session);
    double seconds = (double)nx_session_elapsed_ms(app->session) / 1000.0;
    out[0] = '\0';
    ui_saving_progress(app, out, size);
    if ((*out && state == NX_SESSION_BUSY) || ui_export_progress(app, out, size)) {
        return;
    }
    switch (state) {
    case NX_SESSION_RESOLVING:
    case NX_SESSION_CONNECTING:
    case NX_SESSION_WAKING:
    case NX_SESSION_CANCELLING: snprintf(out, size, "%s %.1f s", busy_words[state], seconds); break;
    case NX_SESSION_BUSY:
        if (seconds >= 0.3) {
            const char *what = nx_session_activity(app->session);
            snprintf(out, size, "%s %.1f s", what ? what : "running", seconds);
        }
        break;
    case NX_SESSION_LOST: /* Neon suspends a compute that nobody asks anything */
        snprintf(out, size, app->source->endpoint ? "compute asleep" : "connection lost");
        break;
    case NX_SESSION_OFF: snprintf(out, size, "not connected"); break;
    case NX_SESSION_READY: break;
    }
    if (!*out && nx_session_round_trip_ms(app->session) >= 0) {
        snprintf(out, size, "%lld ms", (long long)nx_session_round_trip_ms(app->session));
    }
}

static int title_right(ui_app *app, int width) {
    char what[160], staged[32] = "";
    activity(app, what, sizeof what);
    int n = nx_changeset_count(app->changes);
    if (n > 0) {
        snprintf(staged, sizeof staged, "%d staged", n);
    }
    int swidth = (int)strlen(staged), wwidth = nx_text_width(what, strlen(what));
    int limit = width / 2;
    wwidth = wwidth > limit ? limit : wwidth;
    int x = width - 1 - swidth;
    if (swidth) {
        ui_draw_text(0, x, swidth, UI_TITLE_BRAND, UI_LEFT, staged, strlen(staged));
        x -= 2;
    }
    if (wwidth) {
        x -= wwidth;
        ui_draw_text(0, x, wwidth, UI_TITLE, UI_LEFT, what, strlen(what));
    }
    return x - 2;
}

static void draw_title(ui_app *app) {
    int width = app->screen.width;
    const nx_server *server = nx_session_server(app->session);
    const nx_source *source = app->source;
    ui_draw_fill(0, 0, width, UI_TITLE);
    int end = title_right(app, width);
    int x = 1 + ui_draw_words(0, 1, end - 1, UI_TITLE_BRAND, "nixie") + 2;
    const char *database = server ? server->database : source->database ? source->database : "";
    x = piece(x, end, UI_TITLE, true, database);
    x = piece(x, end, UI_TITLE, !*database, nx_source_title(source));
    bool local = server ? server->local : source->local;
    if (!local || source->pooled || source->endpoint) {
        bool pooled = server ? server->pooled : source->pooled;
        x = piece(x, end, UI_TITLE, false, pooled ? "pooled" : "direct");
    }
    if (server) {
        bool read_only = ui_protect_read_only(app) != NULL;
        const char *mode = server->replica ? "replica, read-only" : read_only ? "read-only" : "read-write";
        x = piece(x, end, UI_TITLE, false, mode);
        x = piece(x, end, UI_TITLE_WARN, false, app->options->settings.label);
        x = piece(x, end, UI_TITLE_WARN, false, app->options->settings.protected ? "protected" : "");
        if (!local && !server->tls) {
            x = piece(x, end, UI_TITLE_WARN, false, "TLS off");
        } else if (!local && !server->tls_verified) {
            x = piece(x, end, UI_TITLE_WARN, false, "TLS unverified");
        }
        if (*server->branch) {
            x = piece(x, end, UI_TITLE, false, server->branch);
        }
        if (source->region) {
            x = piece(x, end, UI_TITLE, false, source->region);
        }
    }
}

/* --- bottom line ---------------------------------------------------------------------------------------- */

/* "f follow" for an action that is bound here; returns the columns, draws when x >= 0. */
static int footer_item(ui_scope scope, ui_action action, int y, int x) {
    const char *key = ui_keymap_key(scope, action), *label = ui_keymap_label(scope, action);
    if (!key || !label) {
        return 0;
    }
    int width = (int)strlen(key) + 1 + (int)strlen(label);
    if (x >= 0) {
        int used = ui_draw_words(y, x, width, UI_KEY, key);
        ui_draw_words(y, x + used + 1, width - used - 1, UI_DIM, label);
    }
    return width;
}

/* The keys that matter now, as many as fit between x and the right edge; help is always there. */
static void draw_footer(ui_view *view, int y, int x, int width) {
    int end = width - 1, used = footer_item(view->ops->scope, UI_DO_HELP, y, -1);
    footer_item(view->ops->scope, UI_DO_HELP, y, end - used);
    end -= used + 2;
    const ui_action *actions = view->ops->footer ? view->ops->footer(view) : NULL;
    int n = 0, total = 0;
    for (; actions && actions[n] != UI_DO_NOTHING; n++) {
        int item = footer_item(view->ops->scope, actions[n], y, -1);
        if (item == 0) {
            continue;
        }
        if (total + item + 2 > end - x) {
            break;
        }
        total += item + 2;
    }
    int at = end - total + 2;
    for (int i = 0; i < n; i++) {
        int item = footer_item(view->ops->scope, actions[i], y, at);
        at += item ? item + 2 : 0;
    }
}

static void breadcrumb_from(ui_app *app, int from, nx_buf *out) {
    nx_buf_clear(out);
    if (from > 0) {
        nx_buf_addf(out, "%s %s ", ui_glyph(UI_GLYPH_ELLIPSIS), ui_glyph(UI_GLYPH_TRAIL));
    }
    for (int i = from; i <= app->at; i++) {
        ui_view *view = app->trail[i];
        if (i > from) {
            nx_buf_addf(out, " %s ", ui_glyph(UI_GLYPH_TRAIL));
        }
        if (view->ops->step) {
            view->ops->step(view, out);
        }
    }
}

/* The last steps are where one is: older ones are told by an ellipsis until the rest fits. */
static int breadcrumb(ui_app *app, int room, nx_buf *out) {
    int width = 0;
    for (int from = app->at > 3 ? app->at - 3 : 0; from <= app->at; from++) {
        breadcrumb_from(app, from, out);
        width = nx_text_width(out->data, out->len);
        if (width <= room) {
            return width;
        }
    }
    return width > room ? room : width;
}

static void draw_bottom(ui_app *app) {
    int y = app->screen.height - 1, width = app->screen.width;
    ui_view *view = ui_app_focused(app);
    if (app->message.len) {
        ui_draw_text(y, 1, width - 2, app->message_style, UI_LEFT, app->message.data, app->message.len);
        return;
    }
    if (app->count >= 0) {
        ui_draw_wordsf(y, 1, width - 2, UI_KEY, "%d", app->count);
        return;
    }
    nx_buf left = NX_BUF, status = NX_BUF;
    if (view->ops->status) {
        view->ops->status(view, &status);
    }
    /* The keys have a third of the line at least; what the trail leaves of its third is for the status. */
    int third = width / 3, x = 1;
    int crumbs = breadcrumb(app, third, &left), about = nx_text_width(status.data, status.len);
    about = about > 2 * third - crumbs ? 2 * third - crumbs : about;
    if (crumbs) {
        ui_draw_text(y, x, crumbs, UI_BOLD, UI_LEFT, left.data, left.len);
        x += crumbs + 2;
    }
    if (about) {
        ui_draw_text(y, x, about, UI_INFO, UI_LEFT, status.data, status.len);
        x += about + 2;
    }
    draw_footer(view, y, x, width);
    nx_buf_free(&left);
    nx_buf_free(&status);
}

/* --- panes ------------------------------------------------------------------------------------------------ */

static void draw_view(ui_view *view, ui_rect box, bool focused, ui_rect *inside) {
    nx_buf title = NX_BUF, foot = NX_BUF;
    if (view->ops->title) {
        view->ops->title(view, &title);
    }
    *inside = ui_rect_inside(box);
    ui_draw_box(box, focused, title.data, NULL);
    view->ops->draw(view, *inside, focused);
    if (view->ops->foot) { /* after drawing: it tells what is in sight */
        view->ops->foot(view, &foot);
        ui_draw_foot(box, foot.data);
    }
    nx_buf_free(&title);
    nx_buf_free(&foot);
}

static void draw_welcome(ui_app *app, ui_rect box) {
    ui_draw_box(box, false, NULL, NULL);
    ui_rect r = ui_rect_inside(box);
    const char *words = app->catalog ? "Enter opens a model" : "";
    ui_draw_text(r.y + r.height / 2, r.x, r.width, UI_DIM, UI_CENTRE, words, strlen(words));
}

static void draw_panes(ui_app *app) {
    int width = app->screen.width, height = app->screen.height - 2;
    bool overlaid = app->noverlays > 0;
    bool folded = width < FOLD_WIDTH;
    int mwidth = folded ? width : width / 4;
    mwidth = !folded && mwidth < MODELS_MIN ? MODELS_MIN : mwidth;
    mwidth = !folded && mwidth > MODELS_MAX ? MODELS_MAX : mwidth;
    /* Up to a third of the screen where that shows the names whole. */
    int wanted = ui_models_width(app->models) + 2, most = width / 3 < MODELS_MAX ? width / 3 : MODELS_MAX;
    wanted = wanted > most ? most : wanted;
    mwidth = !folded && wanted > mwidth ? wanted : mwidth;
    ui_view *view = ui_app_view(app);
    bool models = app->focus_models || !view;
    app->models_rect = app->main_rect = (ui_rect){0, 0, 0, 0};
    if (!folded || models) {
        draw_view(app->models, (ui_rect){1, 0, height, mwidth}, models && !overlaid, &app->models_rect);
    }
    if (folded && models) {
        return;
    }
    ui_rect box = {1, folded ? 0 : mwidth, height, folded ? width : width - mwidth};
    if (view) {
        draw_view(view, box, !models && !overlaid, &app->main_rect);
    } else {
        draw_welcome(app, box);
    }
}

void ui_frame_draw(ui_app *app) {
    app->screen = (ui_rect){0, 0, ui_term_height(), ui_term_width()};
    ui_draw_begin();
    if (app->screen.height < SMALL_HEIGHT || app->screen.width < SMALL_WIDTH) {
        ui_draw_wordsf(0, 0, app->screen.width, UI_BOLD, "too small: nixie needs %dx%d", SMALL_WIDTH, SMALL_HEIGHT);
        ui_draw_end();
        return;
    }
    draw_title(app);
    draw_panes(app);
    draw_bottom(app);
    for (int i = 0; i < app->noverlays; i++) {
        app->overlays[i]->ops->draw(app->overlays[i], app->screen, i == app->noverlays - 1);
    }
    ui_draw_end();
}
