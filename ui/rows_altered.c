/* A table that was altered while its rows are on the screen: they are read again in its new shape. */
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "views.h"

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_field(const nx_field *a, const nx_field *b) {
    return a->number == b->number && a->type_oid == b->type_oid &&
           strcmp(a->name, b->name) == 0 && strcmp(a->type, b->type) == 0 &&
           same_text(a->default_expression, b->default_expression);
}

static bool same_identity(const nx_key *a, const nx_key *b) {
    bool same = !a == !b && (!a || a->nfields == b->nfields);
    for (int i = 0; same && a && i < a->nfields; i++) {
        same = a->fields[i]->number == b->fields[i]->number;
    }
    return same;
}

static bool same_shape(const nx_model *a, const nx_model *b) {
    bool same = a->nfields == b->nfields && same_identity(a->identity, b->identity);
    for (int i = 0; same && i < a->nfields; i++) {
        same = same_field(a->fields[i], b->fields[i]);
    }
    return same;
}

/* The record under the cursor in terms of the model as it is now; false: it cannot be said. */
static bool place(rows_view *v, const nx_model *now, nx_arena *arena, nx_key_test *key) {
    const nx_row *row = v->going ? NULL : ui_rows_current(v); /* on the way elsewhere it is not where one means to be */
    if (!row || !v->model->identity || !now->identity || !nx_row_key(v->model, row, arena, key)) {
        return false;
    }
    for (int i = 0; i < key->n; i++) {
        key->fields[i] = nx_model_field(now, key->fields[i]->name);
        if (!key->fields[i]) {
            return false;
        }
    }
    return true;
}

/* The view gives way to one of the new shape, where one was. */
static void open_anew(rows_view *v, nx_model *now) {
    ui_app *app = v->view.app;
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    const nx_field *field = ui_rows_relation(v) ? NULL : nx_query_field(v->query, v->field);
    const char *filter = nx_query_filter(v->query) ? nx_filter_text(nx_query_filter(v->query)) : NULL;
    ui_rows_start start = {.filter = filter, .key = place(v, now, arena, &key) ? &key : NULL,
                           .field = field ? nx_model_field(now, field->name) : NULL};
    ui_rows_open(app, now, &start);
    ui_say(app, UI_INFO, "%s was altered meanwhile: this is its new shape", now->title);
    nx_arena_free(arena);
    ui_app_drop(app, &v->view);
}

static void checked(void *owner, nx_catalog *catalog, const nx_error *err) {
    rows_view *v = owner;
    ui_app *app = v->view.app;
    bool broken = v->broken;
    v->checking = NULL;
    v->broken = false;
    nx_catalog_kept_free(v->kept);
    v->kept = NULL;
    if (err) {
        return; /* what is shown is what was read */
    }
    nx_model *now = nx_catalog_by_oid(catalog, v->model->oid);
    bool there = now && now->described;
    if (!there && broken) {
        ui_say(app, UI_ERROR, "%s no longer exists: it was dropped or renamed  (r in the list of models reads that again)", v->model->title);
    }
    bool other = there && v->query && !same_shape(v->model, now);
    if (other && (v->scope || app->edit || app->noverlays || ui_app_view(app) != &v->view)) {
        ui_say(app, UI_INFO, "%s was altered meanwhile: open it again to see its new shape", v->model->title);
        other = false;
    }
    if (!other) {
        nx_catalog_unref(catalog);
        return;
    }
    ui_app_take_catalog(app, catalog); /* which the models pane shows from now on */
    open_anew(v, now);
}

/* All of the catalog: what refers to the model may be others, too. */
static void read_anew(rows_view *v) {
    v->kept = nx_catalog_recall(&(nx_catalog_wish){.schema = v->model->schema, .name = v->model->name});
    nx_catalog_job *job = nx_catalog_open(v->view.app->session, v->kept, checked, v);
    v->checking = job;
}

static void looked(void *owner, nx_catalog *catalog, const nx_error *err) {
    rows_view *v = owner;
    (void)catalog;
    v->checking = NULL;
    bool other = err && (err->kind == NX_ERR_CONFLICT || err->kind == NX_ERR_NOT_FOUND);
    v->broken = v->broken || (other && err->kind == NX_ERR_NOT_FOUND);
    if (other || v->broken) {
        read_anew(v);
    }
}

void ui_rows_check_shape(rows_view *v, bool broken) {
    v->broken = v->broken || broken;
    if (v->checking || !v->model->described) {
        return;
    }
    if (broken) {
        read_anew(v);
    } else {
        nx_catalog_job *job = nx_catalog_check(v->view.app->session, v->model, looked, v);
        v->checking = job;
    }
}

bool ui_rows_is_shape_error(const nx_error *err) {
    static const char *const states[] = {"42703", "42P01", "42804", "42883", "0A000", "42P18", "3F000"};
    for (size_t i = 0; i < NX_COUNT(states); i++) {
        if (strcmp(err->sqlstate, states[i]) == 0) {
            return true;
        }
    }
    return false;
}

void ui_rows_check_drop(rows_view *v) {
    nx_catalog_drop(v->checking);
    v->checking = NULL;
    nx_catalog_kept_free(v->kept);
    v->kept = NULL;
}
