#include "model.h"

#include <string.h>

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

bool nx_same_letters(const char *a, const char *b) {
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static bool ends_in(const char *name, const char *word) {
    size_t n = strlen(name), m = strlen(word);
    return n >= m && nx_same_letters(name + n - m, word);
}

static bool is_readable_text(const nx_field *field) { return field->class == NX_TYPE_TEXT && field->can_select; }

static nx_field *text_named(const nx_model *model, const char *name) {
    for (int i = 0; i < model->nfields; i++) {
        if (is_readable_text(model->fields[i]) && nx_same_letters(nx_field_title(model->fields[i]), name)) {
            return model->fields[i];
        }
    }
    return NULL;
}

/* Of the primary key a label would say nothing that the key does not say. */
static nx_field *unique_text(const nx_model *model) {
    nx_field *first = NULL;
    for (int i = 0; i < model->nkeys; i++) {
        const nx_key *key = model->keys[i];
        if (!key->primary && key->nfields == 1 && is_readable_text(key->fields[0]) &&
            (!first || key->fields[0]->index < first->index)) {
            first = key->fields[0];
        }
    }
    return first;
}

nx_field *nx_model_label(const nx_model *model) {
    static const char *const names[] = {"name",     "title",    "label", "display_name", "displayname", "full_name",
                                        "fullname", "username", "email", "slug",         "subject",     "code"};
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        nx_field *field = text_named(model, names[i]);
        if (field) {
            return field;
        }
    }
    nx_field *unique = unique_text(model);
    for (int i = 0; !unique && i < model->nfields; i++) {
        nx_field *field = model->fields[i];
        unique = is_readable_text(field) && (ends_in(nx_field_title(field), "name") || ends_in(nx_field_title(field), "title")) ? field : NULL;
    }
    return unique;
}
