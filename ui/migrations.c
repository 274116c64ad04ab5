/* The migrations as a list; Enter shows one with its script. */
#include "migrations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "nixie/text.h"

enum { SCRIPT_SHOWN = 1 << 20 };

typedef struct reading {
    ui_app *app;
    nx_arena *arena;
    ui_migrations_place place;
    nx_migrations *found;
} reading;

static void forget(void *owner) {
    reading *r = owner;
    nx_migrations_free(r->found);
    nx_arena_free(r->arena);
    free(r);
}

/* The script as it is now: one that was edited since is not what was applied. */
static void add_script(const nx_migration *one, nx_buf *out) {
    FILE *f = one->path ? fopen(one->path, "r") : NULL;
    char chunk[4096];
    if (f) {
        nx_buf_addf(out, "\n%s\n\n", one->path);
    }
    for (size_t n; f && out->len < SCRIPT_SHOWN && (n = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        nx_buf_add(out, chunk, n);
    }
    if (f) {
        fclose(f);
    }
}

static void show_list(reading *r);

static void chosen(void *owner, const ui_list_item *item) {
    reading *r = owner;
    const nx_migration *one = item->data;
    nx_buf text = NX_BUF;
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

static const char *note_of(const nx_migration *one, nx_arena *arena) {
    const char *state = nx_migration_state_name(one->state);
    const char *more = one->edited ? ", edited" : !one->local ? ", not here" : "";
    return one->finished_at && one->state == NX_MIGRATION_APPLIED
               ? nx_arena_printf(arena, "%s %.10s%s", state, one->finished_at, more)
               : nx_arena_printf(arena, "%s%s", state, more);
}

static void show_list(reading *r) {
    nx_migrations *m = r->found;
    ui_list_item *items = nx_calloc((size_t)m->n + 1, sizeof *items);
    items[0] = (ui_list_item){.text = "what prisma migrate status says", .note = nx_migrations_status_name(m->status)};
    for (int i = 0; i < m->n; i++) {
        items[i + 1] = (ui_list_item){.text = m->list[i].name, .note = note_of(&m->list[i], m->arena), .data = &m->list[i]};
    }
    const char *title = nx_arena_printf(m->arena, "migrations in %s", r->place.shown);
    ui_list_open(r->app, &(ui_list_options){.title = title, .items = items, .nitems = m->n + 1, .filter = true,
                                            .chosen = chosen, .dropped = forget, .owner = r});
    free(items);
}

static void loaded(void *owner, nx_migrations *migrations, const nx_error *err) {
    reading *r = owner;
    ui_app_dirty(r->app);
    r->app->migrations = NULL;
    if (err) {
        ui_say_error(r->app, err);
        forget(r);
        return;
    }
    r->found = migrations;
    show_list(r);
}

void ui_migrations_open(ui_app *app) {
    nx_error err = NX_ERROR;
    reading *r = nx_calloc(1, sizeof *r);
    *r = (reading){.app = app, .arena = nx_arena_new(0)};
    ui_migrations_forget(app);
    if (!ui_migrations_find(app->options, app->source, r->arena, &r->place, &err)) {
        ui_say_error(app, &err);
        nx_error_clear(&err);
        forget(r);
        return;
    }
    app->migrations_of = r;
    app->migrations = nx_migrations_load(app->session, r->place.folder, r->place.schema, loaded, r);
}

void ui_migrations_forget(ui_app *app) {
    if (app->migrations) {
        nx_migrations_drop(app->migrations);
        app->migrations = NULL;
        forget(app->migrations_of);
    }
}
