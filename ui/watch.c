#include "watch.h"

#include <stdlib.h>
#include <string.h>

typedef struct watched_row {
    uint64_t key;
    uint64_t *cells; /* of each field */
    bool *changed;   /* of each field, since the last time */
    bool any;
} watched_row;

struct ui_watch {
    rows_view *v;
    int seconds;
    nx_arena *arena;
    watched_row *rows; /* as they are in the window since they were read last */
    int nrows, nfields;
    bool reading;      /* what arrives next was asked for here */
};

/* FNV-1a: a picture of values that is cheap to hold and compare. */
static uint64_t mix(uint64_t hash, const void *data, size_t len) {
    const unsigned char *p = data;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * 1099511628211u;
    }
    return hash;
}

static uint64_t mix_value(uint64_t hash, nx_value value) {
    size_t len = value.text ? value.len : SIZE_MAX;
    hash = mix(hash, &len, sizeof len);
    return value.text ? mix(hash, value.text, value.len) : hash;
}

static uint64_t picture_of(const nx_cell *cell) {
    uint64_t hash = mix_value(14695981039346656037u, cell->value);
    return mix(hash, &cell->size, sizeof cell->size);
}

static uint64_t key_of(const nx_row *row, int nkey) {
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < nkey; i++) {
        hash = mix_value(hash, row->key[i]);
    }
    return hash;
}

/* Rows of a table without a key have another tuple id after every change: they are new then. */
static void take_picture(ui_watch *w, nx_arena *arena, watched_row *rows, int n) {
    const nx_window *window = w->v->window;
    int nkey = nx_window_nkey(window), nfields = nx_query_nfields(w->v->query);
    for (int i = 0; i < n; i++) {
        const nx_row *row = nx_window_row(window, i);
        rows[i] = (watched_row){.key = key_of(row, nkey)};
        rows[i].cells = nx_arena_array(arena, (size_t)nfields, sizeof *rows[i].cells);
        rows[i].changed = nx_arena_array(arena, (size_t)nfields, sizeof *rows[i].changed);
        for (int f = 0; f < nfields; f++) {
            rows[i].cells[f] = picture_of(&row->cells[f]);
        }
    }
}

static const watched_row *find(const watched_row *rows, int n, uint64_t key, int near) {
    for (int i = 0; i < n; i++) { /* most stand where they stood */
        const watched_row *row = &rows[(near + i) % n];
        if (row->key == key) {
            return row;
        }
    }
    return NULL;
}

static void compare(watched_row *row, const watched_row *before, int nfields) {
    for (int f = 0; f < nfields; f++) {
        row->changed[f] = !before || before->cells[f] != row->cells[f];
        row->any |= row->changed[f];
    }
}

/* What came in beyond the rows of the last time was not seen before, which does not make it new. */
void ui_watch_arrived(ui_watch *w) {
    if (!w) {
        return;
    }
    int n = nx_window_count(w->v->window), nfields = nx_query_nfields(w->v->query);
    bool comparable = w->reading && w->rows && w->nfields == nfields && nx_window_nkey(w->v->window) > 0 && w->nrows > 0;
    nx_arena *arena = nx_arena_new(0);
    watched_row *rows = nx_arena_array(arena, (size_t)n + 1, sizeof *rows);
    take_picture(w, arena, rows, n);
    for (int i = 0; comparable && i < n && i < w->nrows + 1; i++) {
        compare(&rows[i], find(w->rows, w->nrows, rows[i].key, i), nfields);
    }
    nx_arena_free(w->arena);
    w->arena = arena;
    w->rows = rows;
    w->nrows = n;
    w->nfields = nfields;
    w->reading = false;
}

static void stop(rows_view *v) {
    ui_watch_free(v->watch);
    v->watch = NULL;
}

static void tick(void *owner) {
    ui_watch *w = owner;
    rows_view *v = w->v;
    ui_app *app = v->view.app;
    nx_session_state state = nx_session_get_state(app->session);
    if (state == NX_SESSION_LOST || state == NX_SESSION_OFF) {
        stop(v);
        ui_say(app, UI_ERROR, "the connection is lost: watching has stopped  (w begins again)");
        return;
    }
    ui_app_timer(app, w->seconds * 1000, tick, w);
    bool here = ui_app_view(app) == &v->view && v->window && nx_window_loaded(v->window);
    if (here && !v->going && !nx_window_busy(v->window)) {
        if (!w->rows) { /* to compare with */
            ui_watch_arrived(w);
        }
        w->reading = true;
        ui_rows_read_again(v);
    }
}

void ui_watch_failed(rows_view *v, const nx_error *err) {
    if (v->watch) {
        stop(v);
        ui_say(v->view.app, UI_ERROR, "watching has stopped: %s", err->message);
    }
}

int ui_watch_key(rows_view *v, int seconds) {
    ui_app *app = v->view.app;
    if (!v->window || !nx_window_loaded(v->window)) {
        return ui_refuse(app, "the rows are not here yet");
    }
    if (v->watch && !seconds) {
        stop(v);
        ui_say(app, UI_INFO, "watching has stopped");
        return UI_DONE;
    }
    if (!v->watch) {
        v->watch = nx_calloc(1, sizeof *v->watch);
        v->watch->v = v;
        ui_watch_arrived(v->watch);
    }
    v->watch->seconds = seconds > UI_WATCH_MOST ? UI_WATCH_MOST : seconds ? seconds : UI_WATCH_SECONDS;
    ui_app_timer(app, v->watch->seconds * 1000, tick, v->watch);
    return UI_DONE;
}

void ui_watch_free(ui_watch *w) {
    if (w) {
        ui_app_timer_drop(w->v->view.app, w);
        nx_arena_free(w->arena);
        free(w);
    }
}

bool ui_watch_changed(const ui_watch *w, int i, int f) {
    if (!w || !w->rows || i >= w->nrows || w->nfields != nx_query_nfields(w->v->query)) {
        return false;
    }
    return f < 0 ? w->rows[i].any : w->rows[i].changed[f];
}

int ui_watch_seconds(const ui_watch *w) { return w ? w->seconds : 0; }
