#include "insert.h"

#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "list.h"
#include "views.h"

/* --- what will happen ----------------------------------------------------------------------------------------- */

static bool behind_view(const nx_model *model) { return model->kind == NX_KIND_VIEW; }

ui_fill ui_insert_fill(const nx_field *field, const nx_change *change) {
    const nx_assignment *a = nx_change_assignment(change, field);
    if (a && a->kind != NX_NEW_DEFAULT) {
        return a->kind == NX_NEW_VALUE ? UI_FILL_VALUE : a->kind == NX_NEW_NULL ? UI_FILL_NULL : UI_FILL_REFERENCE;
    }
    if (field->generated) {
        return UI_FILL_GENERATED;
    }
    if (field->identity) {
        return UI_FILL_IDENTITY;
    }
    if (field->default_expression || field->domain || behind_view(field->model)) {
        return UI_FILL_DEFAULT;
    }
    return field->nullable ? UI_FILL_NOTHING : UI_FILL_REQUIRED;
}

static const char *application_fills(const nx_field *field) {
    if (field->client_default != NX_CLIENT_NONE) {
        return "the application makes one itself";
    }
    return field->updated_at ? "the application sets it to the time" : "";
}

const char *ui_insert_words(const nx_field *field, ui_fill fill, nx_buf *out) {
    switch (fill) {
    case UI_FILL_DEFAULT:
        nx_buf_adds(out, field->default_expression ? field->default_expression : field->domain ? "of its type" : "of the table behind the view");
        return "default";
    case UI_FILL_IDENTITY:
        nx_buf_adds(out, field->identity == 'a' ? "the next number, always" : "the next number, unless one is given");
        return "identity";
    case UI_FILL_GENERATED:
        nx_buf_adds(out, field->default_expression ? field->default_expression : "");
        return "generated";
    case UI_FILL_NOTHING:
        nx_buf_adds(out, "no default");
        return "NULL";
    case UI_FILL_REQUIRED:
        nx_buf_adds(out, application_fills(field));
        return "required";
    case UI_FILL_VALUE:
    case UI_FILL_NULL:
    case UI_FILL_REFERENCE: break;
    }
    return "";
}

/* --- what is missing ------------------------------------------------------------------------------------------- */

int ui_insert_missing(const nx_change *change, nx_buf *names) {
    int n = 0;
    for (int i = 0; i < change->model->nfields; i++) {
        const nx_field *field = change->model->fields[i];
        if (ui_insert_fill(field, change) == UI_FILL_REQUIRED) {
            if (names) {
                nx_buf_addf(names, "%s%s", n ? ", " : "", nx_field_title(field));
            }
            n++;
        }
    }
    return n;
}

void ui_insert_missing_words(const nx_change *change, nx_buf *out) {
    int n = ui_insert_missing(change, NULL);
    if (n > 0) {
        nx_buf_addf(out, "%d required field%s missing", n, n == 1 ? "" : "s");
    }
}

/* A trigger may fill in what is missing, so that it is a question and no refusal. */
bool ui_insert_ask_missing(ui_app *app, void (*yes)(void *app)) {
    nx_buf words = NX_BUF;
    int more = 0;
    for (int i = 0; i < nx_changeset_count(app->changes); i++) {
        const nx_change *change = nx_changeset_at(app->changes, i);
        nx_buf names = NX_BUF;
        if (change->kind == NX_INSERT && ui_insert_missing(change, &names) > 0) {
            if (words.len == 0) {
                nx_buf_addf(&words, "The new %s lacks %s", change->model->title, names.data);
                ui_changes_show(app, change->id);
            } else {
                more++;
            }
        }
        nx_buf_free(&names);
    }
    bool any = words.len > 0;
    if (any) {
        if (more) {
            nx_buf_addf(&words, " (and %d more lack%s something)", more, more == 1 ? "s" : "");
        }
        nx_buf_adds(&words, ": unless a trigger fills that in, the server refuses. Send it?");
        ui_ask(app, words.data, yes, app);
    }
    nx_buf_free(&words);
    return any;
}

/* --- children --------------------------------------------------------------------------------------------------- */

static bool fill_key(ui_app *app, const nx_relation *r, uint64_t id, uint64_t parent, const nx_value *values, nx_error *err) {
    for (int i = 0; i < r->nfields; i++) {
        const nx_field *field = nx_model_field(r->target, r->references[i]);
        const nx_field *from = nx_model_field(r->model, r->fields[i]);
        bool good = field && from &&
                    (parent ? nx_changeset_refer(app->changes, id, field, parent, from, err)
                            : nx_changeset_assign(app->changes, id, field, NX_NEW_VALUE, values[i], err));
        if (!good) {
            return false;
        }
    }
    return true;
}

uint64_t ui_insert_child(ui_app *app, const nx_relation *relation, uint64_t parent, const nx_value *values) {
    nx_error err = NX_ERROR;
    nx_changeset_group_begin(app->changes); /* one u takes it back */
    uint64_t id = ui_edit_add(app, relation->target);
    if (id && relation->kind == NX_TO_MANY && !fill_key(app, relation, id, parent, values, &err)) {
        ui_say_error(app, &err);
        nx_error_clear(&err);
        nx_changeset_remove(app->changes, id, &err);
        id = 0;
    }
    nx_error_clear(&err);
    if (!nx_changeset_group_end(app->changes, &err)) {
        ui_say_error(app, &err);
        id = 0;
    }
    nx_error_clear(&err);
    ui_app_changed(app);
    return id;
}

/* --- duplicates --------------------------------------------------------------------------------------------------- */

static bool left_out(const nx_model *model, const nx_field *field) {
    return nx_field_refusal(field, NX_INSERT) || field->identity || field->updated_at || field->client_default ||
           (field->default_expression && nx_field_in_identity(field) && model->identity->primary);
}

/* Of a key over several fields one that differs is enough: the last, where none is left out anyway. */
static bool gives_way(const nx_model *model, nx_field *const *fields, int n, const nx_field *field) {
    bool differs = false;
    for (int i = 0; i < n - 1; i++) {
        differs = differs || (fields[i] && left_out(model, fields[i]));
    }
    return n > 0 && !differs && fields[n - 1] == field;
}

/* Does the definition name the field before its WHERE? Of an index over expressions that is all that is known. */
static bool named_in(const nx_index *index, const nx_field *field) {
    const char *from = strstr(index->definition, " USING "), *end = strstr(index->definition, " WHERE ");
    size_t len = strlen(field->name);
    for (const char *at = from; at && (at = strstr(at, field->name)) && (!end || at < end); at += len) {
        bool starts = !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$", at[-1]);
        if (starts && !(at[len] && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$", at[len]))) {
            return true;
        }
    }
    return false;
}

bool ui_insert_copies(const nx_model *model, const nx_field *field) {
    if (left_out(model, field)) {
        return false;
    }
    for (int k = 0; k < model->nkeys; k++) {
        if (gives_way(model, model->keys[k]->fields, model->keys[k]->nfields, field)) {
            return false;
        }
    }
    for (int i = 0; i < model->nindexes; i++) {
        const nx_index *index = model->indexes[i];
        bool unique = index->unique && index->valid;
        if (unique && (gives_way(model, index->fields, index->nfields, field) || (index->has_expressions && named_in(index, field)))) {
            return false;
        }
    }
    return true;
}

/* --- words -------------------------------------------------------------------------------------------------------- */

void ui_insert_title(const nx_change *change, nx_buf *out) {
    nx_buf_addf(out, "new %s", change->model->title);
    const nx_field *label = change->model->label;
    const nx_assignment *a = label ? nx_change_assignment(change, label) : NULL;
    if (a && a->kind == NX_NEW_VALUE && a->value.len) {
        nx_buf_addc(out, ' ');
        nx_buf_add(out, a->value.text, a->value.len > 40 ? 40 : a->value.len);
    }
}
