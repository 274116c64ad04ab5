#include "upsert.h"

#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "nixie/upsert.h"
#include "views.h"

enum { TEXT_MAX = 40 }; /* bytes of a value in the question */

typedef struct ui_upsert {
    nx_upsert_job *job;
    uint64_t insert;
    bool answered;
    nx_arena *arena; /* what was found, while it is asked about */
    nx_present present;
} ui_upsert;

static void forget(ui_upsert *u) {
    nx_arena_free(u->arena);
    u->arena = NULL;
}

/* "slug 'x'" */
static void add_key(nx_buf *out, const nx_change *insert, const nx_key *key) {
    for (int i = 0; i < key->nfields; i++) {
        const nx_assignment *a = nx_change_assignment(insert, key->fields[i]);
        size_t len = a && a->value.text ? a->value.len : 0, most = len < TEXT_MAX ? len : TEXT_MAX;
        while (most < len && most > 0 && ((unsigned char)a->value.text[most] & 0xC0) == 0x80) {
            most--; /* not inside a character */
        }
        nx_buf_addf(out, "%s%s '", i ? ", " : "", nx_field_title(key->fields[i]));
        nx_buf_add(out, len ? a->value.text : "", most);
        nx_buf_adds(out, most < len ? "...'" : "'");
    }
}

/* " (id 7)", unless the question says that already. */
static void add_identity(nx_buf *out, const nx_model *model, const nx_present *present) {
    if (model->identity == present->unique) {
        return;
    }
    for (int i = 0; i < present->nkey; i++) {
        nx_buf_addf(out, "%s%s %s", i ? ", " : " (", nx_field_title(model->identity->fields[i]),
                    present->key[i].text ? present->key[i].text : "NULL");
    }
    nx_buf_adds(out, ")");
}

static void keep(ui_upsert *u, const nx_present *present) {
    forget(u);
    u->arena = nx_arena_new(0);
    u->present = *present;
    nx_value *key = nx_arena_array(u->arena, (size_t)present->nkey, sizeof *key);
    for (int i = 0; i < present->nkey; i++) {
        key[i] = nx_value_copy(u->arena, present->key[i]);
    }
    nx_assignment *values = nx_arena_array(u->arena, (size_t)present->n, sizeof *values);
    for (int i = 0; i < present->n; i++) {
        values[i] = present->values[i];
        values[i].old = nx_value_copy(u->arena, present->values[i].old);
    }
    u->present.key = key;
    u->present.values = values;
}

static void make_update(void *owner) {
    ui_app *app = owner;
    ui_upsert *u = app->upsert;
    const nx_present *p = &u->present;
    nx_error err = NX_ERROR;
    if (app->saving) {
        ui_refuse(app, "a save is under way");
    } else if (nx_changeset_insert_to_update(app->changes, u->insert, p->key, p->nkey, p->values, p->n, &err)) {
        ui_say(app, UI_INFO, "it is an update of the present record now  (C shows before and after, u undoes)");
    } else {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    forget(u);
    ui_app_changed(app);
}

static void answered(void *owner, const nx_present *present, const nx_error *err) {
    ui_app *app = owner;
    ui_upsert *u = app->upsert;
    const nx_change *insert = nx_changeset_by_id(app->changes, u->insert);
    u->job = NULL;
    u->answered = true;
    bool staged = insert && insert->kind == NX_INSERT && present && nx_upsert_given(insert, present->unique);
    if (err || !staged || app->saving) {
        return; /* the save will say what is in the way */
    }
    nx_buf words = NX_BUF;
    nx_buf_addf(&words, "%s with ", insert->model->title);
    add_key(&words, insert, present->unique);
    nx_buf_adds(&words, " exists");
    add_identity(&words, insert->model, present);
    const nx_change *other = nx_changeset_find(app->changes, insert->model, present->key, present->nkey);
    if (other) {
        ui_say(app, UI_INFO, "%s; it is staged itself", words.data);
    } else if (app->noverlays > 0) { /* another question or editor is open: keys are meant for that */
        ui_say(app, UI_ERROR, "%s", words.data);
    } else {
        keep(u, present);
        nx_buf_adds(&words, ": make this an update of it?");
        ui_ask(app, words.data, make_update, app);
    }
    nx_buf_free(&words);
}

/* Two new records with the same key can never be saved together. */
static bool twin(ui_app *app, uint64_t id) {
    const nx_key *key = NULL;
    const nx_change *insert = nx_changeset_by_id(app->changes, id);
    if (!insert || insert->kind != NX_INSERT || !nx_upsert_twin(app->changes, id, &key)) {
        return false;
    }
    nx_buf words = NX_BUF;
    nx_buf_addf(&words, "another new %s has ", insert->model->title);
    add_key(&words, insert, key);
    ui_say(app, UI_ERROR, "%s too: they cannot both be saved", words.data);
    nx_buf_free(&words);
    return true;
}

void ui_upsert_look(ui_app *app, uint64_t insert, const nx_field *field) {
    app->upsert = app->upsert ? app->upsert : nx_calloc(1, sizeof *app->upsert);
    ui_upsert *u = app->upsert;
    if (field && twin(app, insert)) {
        return;
    }
    nx_upsert_drop(u->job);
    u->job = NULL;
    u->insert = insert;
    u->answered = false;
    nx_upsert_job *job = nx_upsert_look(app->session, app->changes, insert, field, answered, app);
    u->job = u->answered ? NULL : job;
}

void ui_upsert_free(ui_app *app) {
    if (app->upsert) {
        nx_upsert_drop(app->upsert->job);
        forget(app->upsert);
        free(app->upsert);
        app->upsert = NULL;
    }
}
