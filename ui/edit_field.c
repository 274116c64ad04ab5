/* What can be said about the field that is edited. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit_value.h"
#include "history.h"
#include "nixie/secret.h"

const nx_change *ui_edit_change(const struct ui_edit *e) {
    const ui_target *t = &e->target;
    return t->insert_id ? nx_changeset_by_id(e->app->changes, t->insert_id)
                        : nx_changeset_find(e->app->changes, t->model, t->key, t->nkey);
}

const nx_assignment *ui_edit_assignment(const struct ui_edit *e, const nx_field *field) {
    const nx_change *change = ui_edit_change(e);
    return change ? nx_change_assignment(change, field) : NULL;
}

static const char *default_words(const struct ui_edit *e) {
    const nx_field *f = e->target.field;
    if (f->default_expression) {
        return nx_arena_printf(e->arena, "DEFAULT %s", f->default_expression);
    }
    return f->identity ? "DEFAULT the next number"
         : f->domain   ? "DEFAULT of its type"
         : f->nullable ? "DEFAULT NULL"
                       : "nothing yet: a value is required";
}

int ui_edit_states(const struct ui_edit *e, ui_input_state states[UI_STATES_MAX], int *now) {
    const nx_field *f = e->target.field;
    const nx_assignment *a = ui_edit_assignment(e, f);
    bool insert = e->target.insert_id != 0, unset = a ? a->kind == NX_NEW_DEFAULT : insert;
    bool required = insert && !f->nullable && !f->default_expression && !f->identity && !f->domain;
    int n = 0;
    *now = -1;
    if (f->nullable) {
        *now = !unset && nx_is_null(e->target.shown) && !(a && a->kind == NX_NEW_REFERENCE) ? n : *now;
        states[n++] = (ui_input_state){'n', "NULL", "NULL"};
    }
    if (insert || unset || f->default_expression || f->identity) {
        *now = unset ? n : *now;
        states[n++] = (ui_input_state){'d', required ? "required" : "DEFAULT", default_words(e)};
    }
    return n;
}

nx_new_kind ui_edit_kind_of(const ui_input_state *state) { return state->key == 'n' ? NX_NEW_NULL : NX_NEW_DEFAULT; }

const char *ui_edit_prompt(const struct ui_edit *e) {
    const nx_field *f = e->target.field;
    const char *many = e->target.many ? nx_arena_printf(e->arena, " of %s", e->target.many) : "";
    return nx_arena_printf(e->arena, "%s %s%s%s", nx_field_title(f), f->type, f->nullable ? "" : " not null", many);
}

const char *const *ui_edit_choices(const struct ui_edit *e) {
    static const char *const booleans[] = {"true", "false", NULL};
    const nx_field *f = e->target.field;
    if (f->class == NX_TYPE_BOOL) {
        return booleans;
    }
    if (f->nlabels == 0 || f->class != NX_TYPE_ENUM) {
        return NULL;
    }
    const char **labels = nx_arena_array(e->arena, (size_t)f->nlabels + 1, sizeof *labels);
    memcpy(labels, f->labels, sizeof *labels * (size_t)f->nlabels);
    return labels;
}

const char *ui_edit_text(const nx_field *field, nx_value value) {
    if (value.text && field->class == NX_TYPE_BOOL) {
        return *value.text == 't' ? "true" : "false";
    }
    return value.text ? value.text : "";
}

const char *ui_edit_extension(const nx_field *field) { return field->class == NX_TYPE_JSON ? "json" : "txt"; }

const char *ui_edit_history(const struct ui_edit *e) {
    const nx_field *f = e->target.field;
    if (nx_secret_name(nx_field_title(f))) {
        return NULL;
    }
    const nx_source *source = e->app->source;
    return nx_arena_printf(e->arena, "%s/%s %s.%s.%s", source->host ? source->host : "",
                           source->database ? source->database : "", f->model->schema, f->model->name, f->name);
}

/* --- where the server stumbled ------------------------------------------------------------------------------ */

static int characters(const char *s, size_t bytes) {
    int n = 0;
    for (size_t i = 0; i < bytes; i++) {
        n += ((unsigned char)s[i] & 0xC0) != 0x80;
    }
    return n;
}

/* The word that DETAIL names: Token "x" is invalid. Expected ":", but found "x". */
static size_t token_length(const char *detail) {
    static const char *const before[] = {"Token \"", "found \""};
    for (size_t i = 0; detail && i < NX_COUNT(before); i++) {
        const char *from = strstr(detail, before[i]), *to = from ? strrchr(from, '"') : NULL;
        if (to) {
            return (size_t)(to - from) - strlen(before[i]);
        }
    }
    return 0;
}

/* JSON is judged with a context, "JSON data, line 2: ...the line as far as the stumbling", which gives the place. */
int ui_edit_error_position(const nx_error *err, const char *text) {
    static const char mark[] = "JSON data, line ";
    const char *at = err->context ? strstr(err->context, mark) : NULL;
    char *part = NULL;
    long line = at ? strtol(at + sizeof mark - 1, &part, 10) : 0;
    if (line < 1 || strncmp(part, ": ", 2) != 0) {
        return 0;
    }
    part += 2;
    part += strncmp(part, "...", 3) == 0 ? 3 : 0;
    size_t len = strcspn(part, "\n");
    len -= len >= 3 && strncmp(part + len - 3, "...", 3) == 0 ? 3 : 0;
    const char *row = text;
    for (long i = 1; row && i < line; i++) {
        row = strchr(row, '\n');
        row = row ? row + 1 : NULL;
    }
    const char *found = len ? row : NULL;
    while (found && *found && strncmp(found, part, len) != 0) {
        found++;
    }
    if (!found || !*found) {
        return 0;
    }
    size_t end = (size_t)(found - text) + len, token = token_length(err->detail);
    return characters(text, end - (token < len ? token : len)) + 1;
}
