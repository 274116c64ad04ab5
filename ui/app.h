/* app.h - the program: its session, its catalog, its staged changes, and the views on the screen.
 *
 * On the screen there are the models pane, the view at which the trail stands, and overlays above
 * them (line editor, finder, lists, help). Input goes to the topmost overlay, else to the pane that
 * has the focus. Everything here runs on the one thread; completion callbacks of the engine call
 * ui_app_dirty() and return.
 */
#ifndef UI_APP_H
#define UI_APP_H

#include "nixie/catalog.h"
#include "nixie/change.h"
#include "nixie/journal.h"
#include "nixie/prisma.h"
#include "nixie/session.h"
#include "options.h"
#include "view.h"

enum { UI_TRAIL_MAX = 64, UI_OVERLAY_MAX = 8, UI_TIMERS_MAX = 256 };

typedef struct ui_timer { /* something to be done once, a little later */
    int64_t due_ms;
    void (*run)(void *owner);
    void *owner;
} ui_timer;

typedef struct ui_app {
    const ui_options *options;
    const nx_source *source;
    nx_session *session;
    nx_catalog *catalog;      /* NULL until the first trip came back */
    nx_prisma *prisma;        /* the project's schema, or NULL */
    nx_error schema_err;      /* why it cannot be used; told with the next catalog */
    nx_catalog_job *list_job, *graph_job; /* being read */
    nx_catalog_kept *kept;    /* until the first trip came back: the catalog as it was at an earlier start */
    nx_changeset *changes;
    nx_journal *journal;      /* NULL until the first trip came back, and with --no-journal */
    struct ui_recovery *recovery; /* what is being offered, or NULL */
    ui_view *models;
    ui_view *trail[UI_TRAIL_MAX]; /* views walked through; those after `at` are for going forward */
    int ntrail, at;           /* at is -1 while the trail is empty */
    ui_view *early;           /* the first of the trail, while it rests on `kept`: nobody goes there yet. Or NULL */
    ui_view *overlays[UI_OVERLAY_MAX];
    int noverlays;
    bool focus_models;
    bool dirty, leave;
    bool leave_when_saved;    /* once the save under way is committed */
    bool failed;              /* left because nothing could be connected to; last_error says why */
    bool reload;              /* read the catalog again at the next turn */
    int password_tries;
    struct ui_preview *preview; /* what the staged changes will do, or NULL */
    struct ui_upsert *upsert; /* does a new record stand there already? or NULL */
    struct ui_edit *edit;     /* the value being edited, or NULL */
    struct ui_export *exporting; /* the export under way, or NULL */
    struct nx_migrations_job *migrations; /* being read, or NULL */
    void *migrations_of;                  /* for whom */
    struct ui_count *counting; /* the exact count under way, or NULL */
    bool turned_read_only;    /* a save was refused for that; until the next connection */
    struct nx_save_job *saving; /* the save under way, or NULL */
    const struct nx_save_report *report; /* while views are told of a save: what it did */
    int64_t hold_until_ms;    /* keys wait until then, 0: they do not */
    bool held;                /* keys may be waiting since the last turn */
    ui_timer timers[UI_TIMERS_MAX]; /* run is NULL where there is none */
    int count;                /* digits typed so far, -1 when none */
    nx_buf message;           /* raw text on the bottom line until the next key */
    ui_style message_style;
    nx_error last_error;      /* for E */
    nx_buf saved;             /* what the last save did, for E while there was no error since; raw text */
    bool show_system;         /* :set system */
    ui_rect main_rect, models_rect; /* as last drawn, without their boxes */
    ui_rect screen;           /* everything */
} ui_app;

/* Something changed: draw at the end of this turn. */
void ui_app_dirty(ui_app *app);

/* What the next keys are meant for is on its way: they wait for it, but never longer than one would
 * notice. ui_app_release lets them go on. */
void ui_app_hold(ui_app *app);
void ui_app_release(ui_app *app);

/* Calls `run` once, in `ms` milliseconds; an owner has one timer at most, a later one replaces it. */
void ui_app_timer(ui_app *app, int ms, void (*run)(void *owner), void *owner);
void ui_app_timer_drop(ui_app *app, const void *owner);

/* Opens a view after the present one; what could be gone forward to is closed. */
void ui_app_push(ui_app *app, ui_view *view);
/* The view at which the trail stands, NULL when it is empty. */
ui_view *ui_app_view(ui_app *app);
bool ui_app_back(ui_app *app);
bool ui_app_forward(ui_app *app);
/* Closes the view at which the trail stands and everything after it, and stands on the one before. */
void ui_app_pop(ui_app *app);
/* Closes a view wherever it is on the trail. */
void ui_app_drop(ui_app *app, ui_view *view);
/* Finds a view by its ops on the trail at or before the present one, or NULL. */
ui_view *ui_app_find(ui_app *app, const ui_view_ops *ops);

/* Puts a view above everything; it gets all input until it returns UI_CLOSE_ME. */
void ui_app_overlay(ui_app *app, ui_view *view);
/* Who gets the input: the topmost overlay, else the pane that has the focus. */
ui_view *ui_app_focused(ui_app *app);
/* Removes an overlay wherever it is in the pile, and closes it. */
void ui_app_remove(ui_app *app, ui_view *overlay);

/* Messages on the bottom line; text is raw, it is sanitised when drawn. An error is kept for E. */
void ui_say(ui_app *app, ui_style style, const char *format, ...) __attribute__((format(printf, 3, 4)));
void ui_say_error(ui_app *app, const nx_error *err);
/* For actions that cannot work here: says why. Returns UI_DONE. */
int ui_refuse(ui_app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The changeset was altered: every view hears of it. */
void ui_app_changed(ui_app *app);
/* While views are told of a save: the identity that the record of this change has now, where it is known and
 * another than `key`; else NULL. */
const nx_value *ui_app_saved_key(const ui_app *app, uint64_t id, const nx_value *key, int nkey);
/* A save was committed. */
void ui_app_saved(ui_app *app);

/* Performs an action as if its key had been pressed (footer, command prompt, mouse). */
void ui_app_do(ui_app *app, ui_action action, int count);

/* Copies to the clipboard (OSC 52, and wl-copy, xclip or pbcopy where they are) and says so. */
void ui_copy(ui_app *app, const char *text, size_t len, const char *what);

/* Reads the catalog again (a new snapshot; views keep theirs until they are opened anew). */
void ui_app_reload(ui_app *app);
/* Takes over a catalog that was read: the models pane and whatever is opened from now on are of it. */
void ui_app_take_catalog(ui_app *app, nx_catalog *catalog);

/* Quits, asking first when changes are staged. */
void ui_app_quit(ui_app *app);
/* Quits at once; what is staged goes. */
void ui_app_quit_discarding(ui_app *app);

#endif
