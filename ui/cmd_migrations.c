/* nixie migrations: what `prisma migrate status` would say, and what it leaves out. */
#include <stdlib.h>

#include "command.h"
#include "json_out.h"
#include "migrations.h"
#include "nixie/text.h"
#include "open.h"
#include "output.h"

typedef struct answer {
    ui_link *link;
    bool done;
    nx_migrations *found;
} answer;

static void loaded(void *owner, nx_migrations *migrations, const nx_error *err) {
    answer *a = owner;
    a->done = true;
    a->found = migrations;
    if (err) {
        nx_error_copy(&a->link->err, err);
    }
}

static void add_one(const nx_migration *one, nx_buf *out) {
    ui_json_line(out);
    nx_buf_addc(out, '{');
    ui_json_text(out, "name", one->name);
    ui_json_text(out, "state", nx_migration_state_name(one->state));
    ui_json_bool(out, "local", one->local);
    ui_json_bool(out, "edited", one->edited);
    ui_json_number(out, "tries", one->tries);
    ui_json_text(out, "started", one->started_at);
    ui_json_text(out, "finished", one->finished_at);
    ui_json_text(out, "rolledBack", one->rolled_back_at);
    ui_json_number(out, "steps", one->steps ? strtol(one->steps, NULL, 10) : -1);
    ui_json_text(out, "logs", one->logs);
    nx_buf_addc(out, '}');
}

static void add_json(const nx_migrations *m, nx_buf *out) {
    nx_buf_addc(out, '{');
    ui_json_text(out, "status", nx_migrations_status_name(m->status));
    ui_json_text(out, "folder", m->folder);
    ui_json_text(out, "provider", m->provider);
    ui_json_bool(out, "table", m->has_table);
    ui_json_text(out, "lastCommon", m->last_common);
    ui_json_key(out, "migrations");
    nx_buf_addc(out, '[');
    for (int i = 0; i < m->n; i++) {
        add_one(&m->list[i], out);
    }
    nx_buf_adds(out, "]}\n");
}

static int print(const ui_options *options, const nx_migrations *m, const char *shown) {
    nx_buf raw = NX_BUF, out = NX_BUF;
    if (options->json) {
        add_json(m, &out);
    } else {
        ui_migrations_report(m, shown, &raw);
        nx_text_plain(&out, raw.data, raw.len, true);
    }
    nx_buf_free(&raw);
    int status = ui_write(&out);
    return status != UI_EXIT_DONE || m->status == NX_MIGRATIONS_UP_TO_DATE ? status : UI_EXIT_REFUSED;
}

int ui_cmd_migrations(const ui_options *options, const nx_source *source) {
    ui_link link;
    nx_arena *arena = nx_arena_new(0);
    ui_migrations_place place;
    char time[64];
    int status = UI_EXIT_DONE;
    ui_link_start(&link, options, source);
    if (!ui_migrations_find(options, source, arena, &place, &link.err)) {
        link.err.kind = NX_ERR_USAGE; /* what --prisma or the project's config names is not there */
    } else if (ui_link_time(&link, time)) {
        answer a = {.link = &link};
        nx_migrations_job *job = nx_migrations_load(link.session, place.folder, place.schema, loaded, &a);
        if (!a.done && !ui_link_wait(&link, &a.done) && !a.done) {
            nx_migrations_drop(job);
        }
        status = a.found ? print(options, a.found, place.shown) : status;
        nx_migrations_free(a.found);
    }
    nx_arena_free(arena);
    return ui_link_close(&link, status);
}
