#include "label_choice.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/json.h"
#include "state_file.h"

/* "host port database schema.name": as a JSON array, so that nothing in it is mistaken. */
static void add_place(const ui_app *app, const nx_model *model, nx_buf *out) {
    const nx_source *source = app->source;
    const nx_server *server = nx_session_server(app->session);
    const char *parts[] = {source->host ? source->host : server ? server->host : "", source->port ? source->port : "",
                           server ? server->database : source->database ? source->database : "", model->schema, model->name};
    for (size_t i = 0; i < NX_COUNT(parts); i++) {
        nx_buf_addc(out, i ? ',' : '[');
        nx_json_cstring(out, parts[i]);
    }
    nx_buf_addc(out, ']');
}

/* The last line about a place counts. "": the rule. NULL: nothing was chosen. */
static char *chosen_for(const ui_app *app, const nx_model *model) {
    nx_buf all = NX_BUF, place = NX_BUF;
    char *found = NULL, *rest = NULL;
    add_place(app, model, &place);
    ui_state_read("labels", &all);
    for (char *line = all.len ? strtok_r(all.data, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, place.data, place.len) == 0 && line[place.len] == '\t') {
            free(found);
            found = nx_strdup(line + place.len + 1);
        }
    }
    nx_buf_free(&all);
    nx_buf_free(&place);
    return found;
}

static bool keep(const ui_app *app, const nx_model *model, const char *field) {
    nx_buf line = NX_BUF;
    if (strchr(field, '\n')) {
        return false;
    }
    add_place(app, model, &line);
    nx_buf_addf(&line, "\t%s\n", field);
    bool kept = ui_state_append("labels", &line);
    nx_buf_free(&line);
    return kept;
}

/* A label is a few words beside a key. NULL: this field can be one, else why not. */
static const char *refusal(const nx_model *model, const nx_field *field) {
    bool is_key = model->identity && model->identity->nfields == 1 && model->identity->fields[0] == field;
    bool brief = field->cut == NX_CUT_NONE || field->cut == NX_CUT_TEXT || field->class == NX_TYPE_NUMBER;
    if (!field->can_select) {
        return "there is no right to read it";
    }
    if (is_key) {
        return "it is the key, which stands beside every label";
    }
    return brief ? NULL : "a label is a short text, a number, a time or the like";
}

static void laid(void *owner, nx_model *model) {
    char *name = chosen_for(owner, model);
    nx_field *field = name && *name ? nx_model_field(model, name) : NULL;
    model->label = field && !refusal(model, field) ? field : model->label;
    free(name);
}

void ui_label_lay(ui_app *app, nx_catalog *catalog) { nx_catalog_on_described(catalog, laid, app); }

/* The model as this catalog has it. */
static void set_label(nx_catalog *catalog, const nx_model *model, const nx_field *label) {
    nx_model *m = catalog ? nx_catalog_by_oid(catalog, model->oid) : NULL;
    if (m && m->described) {
        m->label = label ? nx_model_field(m, label->name) : NULL;
    }
}

/* Views and changes may stand on catalogs that were read before the present one. What is shown is read again. */
static void set_everywhere(ui_app *app, const nx_model *model, const nx_field *label) {
    set_label(app->catalog, model, label);
    for (int i = 0; i < nx_changeset_count(app->changes); i++) {
        set_label(nx_changeset_at(app->changes, i)->model->catalog, model, label);
    }
    for (int i = 0; i < app->ntrail; i++) {
        const nx_model *shown = app->trail[i]->ops->model ? app->trail[i]->ops->model(app->trail[i]) : NULL;
        if (shown) {
            set_label(shown->catalog, model, label);
        }
    }
    for (int i = 0; i < app->ntrail; i++) {
        if (app->trail[i]->ops->act) {
            app->trail[i]->ops->act(app->trail[i], UI_DO_REFRESH, 0);
        }
    }
}

const nx_model *ui_label_model(ui_app *app) {
    ui_view *view = ui_app_view(app);
    const nx_model *model = view && view->ops->model ? view->ops->model(view) : NULL;
    return model && model->described ? model : NULL;
}

void ui_label_choose(ui_app *app, const char *name) {
    const nx_model *model = ui_label_model(app);
    nx_error err = NX_ERROR;
    if (!model) {
        ui_refuse(app, "there is no model here whose label could be chosen");
        return;
    }
    const nx_field *field = *name ? nx_model_find_field(model, name, &err) : nx_model_label(model);
    const char *why = *name && field ? refusal(model, field) : NULL;
    if (*name && !field) {
        ui_say_error(app, &err);
    } else if (why) {
        ui_refuse(app, "%s cannot be the label: %s", nx_field_title(field), why);
    } else {
        bool kept = keep(app, model, *name ? field->name : "");
        set_everywhere(app, model, field);
        ui_say(app, UI_INFO, "records of %s are told by %s%s%s", model->title, field ? nx_field_title(field) : "their key",
               *name ? "" : ", by the rule", kept ? "" : "; it could not be kept for the next time");
    }
    nx_error_clear(&err);
}
