/* The migrations as a list; Enter shows one with its script. */
#include "migrations.h"

#include <stdlib.h>

#include "draw.h"
#include "list.h"
#include "nixie/text.h"

enum { SCRIPT_SHOWN = 1 << 20 };

typedef struct reading {
    ui_app *app;
    nx_arena *arena;
    ui_migrations_place place;
    nx_migrations *found; /* NULL before the first answer */
    int at;               /* where the cursor was */
} reading;

static void forget(void *owner) {
    reading *r = owner;
    nx_migrations_free(r->found);
    nx_arena_free(r->arena);
    free(r);
}

/* The script as it is now: one that was edited since is not what was applied. */
static void add_script(const nx_migration *one, nx_buf *out) {
    nx_buf script = NX_BUF;
    if (nx_migration_script(one, SCRIPT_SHOWN, &script)) {
        nx_buf_addf(out, "\n%s\n\n", one->path);
        nx_buf_add(out, script.data, script.len);
        nx_buf_adds(out, script.len == SCRIPT_SHOWN ? "\n... and more\n" : "");
    }
    nx_buf_free(&script);
}

static void show_list(reading *r);

static void chosen(void *owner, const ui_list_item *item) {
    reading *r = owner;
    const nx_migration *one = item->data;
    nx_buf text = NX_BUF;
    r->at = one ? (int)(one - r->found->list) + 1 : 0;
    if (one) {
        ui_migrations_describe(one, &text);
        add_script(one, &text);
    } else {
        ui_migrations_report(r->found, r->place.shown, &text);
    }
    show_list(r); /* below the text: closing that leads back */
    ui_text_open(r->app, one ? one->name : "prisma migrate status", text.data, text.len);
    nx_buf_free(&text);
}

static const char *mark_of(const nx_migration *one) {
    switch (one->state) {
    case NX_MIGRATION_FAILED: return "x";
    case NX_MIGRATION_RUNNING: return ui_glyph(UI_GLYPH_ELLIPSIS);
    case NX_MIGRATION_ROLLED_BACK: return ui_glyph(UI_GLYPH_REFERRERS);
    case NX_MIGRATION_PENDING: return ui_glyph(UI_GLYPH_DOT);
    case NX_MIGRATION_APPLIED: break;
    }
    return one->edited ? ui_glyph(UI_GLYPH_DRIFT) : !one->local ? "?" : ui_glyph(UI_GLYPH_MARK);
}

static const char *note_of(const nx_migration *one, nx_arena *arena) {
    const char *state = nx_migration_state_name(one->state);
    const char *more = one->edited ? ", edited" : one->trouble ? ", no script" : !one->local ? ", not here" : "";
    return one->finished_at && one->state == NX_MIGRATION_APPLIED
               ? nx_arena_printf(arena, "%s %.10s%s", state, one->finished_at, more)
               : nx_arena_printf(arena, "%s%s", state, more);
}

static void read_again(void *owner);

static void show_list(reading *r) {
    nx_migrations *m = r->found;
    ui_list_item *items = nx_calloc((size_t)m->n + 1, sizeof *items);
    items[0] = (ui_list_item){.text = "  what prisma migrate status says", .note = nx_migrations_status_name(m->status)};
    for (int i = 0; i < m->n; i++) {
        const char *text = nx_arena_printf(m->arena, "%s %s", mark_of(&m->list[i]), m->list[i].name);
        items[i + 1] = (ui_list_item){.text = text, .note = note_of(&m->list[i], m->arena), .data = &m->list[i]};
    }
    const char *title = nx_arena_printf(m->arena, "migrations in %s", r->place.shown);
    ui_list_open(r->app, &(ui_list_options){.title = title, .items = items, .nitems = m->n + 1, .at = r->at,
                                            .chosen = chosen, .again = read_again, .dropped = forget, .owner = r});
    free(items);
}

static void loaded(void *owner, nx_migrations *migrations, const nx_error *err) {
    reading *r = owner;
    ui_app_dirty(r->app);
    r->app->migrations = NULL;
    if (err) {
        ui_say_error(r->app, err);
    } else {
        nx_migrations_free(r->found);
        r->found = migrations;
    }
    if (r->found) {
        show_list(r); /* as it was, where it could not be read again */
    } else {
        forget(r);
    }
}

static void start(reading *r) {
    ui_migrations_forget(r->app);
    r->app->migrations_of = r;
    r->app->migrations = nx_migrations_load(r->app->session, r->place.folder, r->place.schema, loaded, r);
}

static void read_again(void *owner) {
    start(owner);
}

void ui_migrations_open(ui_app *app) {
    nx_error err = NX_ERROR;
    reading *r = nx_calloc(1, sizeof *r);
    *r = (reading){.app = app, .arena = nx_arena_new(0)};
    if (!ui_migrations_find(app->options, app->source, r->arena, &r->place, &err)) {
        ui_say_error(app, &err);
        nx_error_clear(&err);
        forget(r);
        return;
    }
    start(r);
}

void ui_migrations_forget(ui_app *app) {
    if (app->migrations) {
        nx_migrations_drop(app->migrations);
        app->migrations = NULL;
        forget(app->migrations_of);
    }
}
