#include "model.h"

#include <string.h>

#include "nixie/text.h"

enum { SHOWN = 6, NEAREST = 3, LONGEST = 128 };

/* --- nearest names -------------------------------------------------------------------------------- */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

/* Insertions, deletions and substitutions that make b of a; any case. */
static int distance(const char *a, const char *b) {
    int row[LONGEST + 1];
    int n = (int)strlen(b);
    if (n > LONGEST || strlen(a) > LONGEST) {
        return LONGEST;
    }
    for (int j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (int i = 0; a[i]; i++) {
        int diagonal = row[0];
        row[0] = i + 1;
        for (int j = 0; j < n; j++) {
            int change = diagonal + (lower(a[i]) != lower(b[j]));
            int step = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            diagonal = row[j + 1];
            row[j + 1] = change < step ? change : step;
        }
    }
    return row[n];
}

typedef struct nearest { /* the best so far, best first */
    const char *typed;
    const char *names[NEAREST];
    int distances[NEAREST];
    int count;
} nearest;

static void consider(nearest *near, const char *name, const char *shown) {
    int limit = (int)strlen(near->typed) / 3 + 1, d = distance(near->typed, name), i = near->count;
    if (d > limit) {
        return;
    }
    while (i > 0 && near->distances[i - 1] > d) {
        i--;
    }
    if (i == NEAREST) {
        return;
    }
    near->count += near->count < NEAREST;
    for (int j = near->count - 1; j > i; j--) {
        near->names[j] = near->names[j - 1];
        near->distances[j] = near->distances[j - 1];
    }
    near->names[i] = shown;
    near->distances[i] = d;
}

static void hint_nearest(const nearest *near, const char *otherwise, nx_error *err) {
    nx_buf names = NX_BUF;
    for (int i = 0; i < near->count; i++) {
        nx_buf_addf(&names, i == 0 ? "\"%s\"" : i == near->count - 1 ? " or \"%s\"" : ", \"%s\"", near->names[i]);
    }
    if (near->count) {
        nx_error_hint(err, "did you mean %s?", names.data);
    } else {
        nx_error_hint(err, "%s", otherwise);
    }
    nx_buf_free(&names);
}

/* --- models --------------------------------------------------------------------------------------- */

/* Equal in any case: each is found at the beginning of the other. */
static bool same_in_any_case(const char *a, const char *b) {
    return nx_same_letters(a, b) ||
           (nx_text_find(a, strlen(a), 0, b) == 0 && nx_text_find(b, strlen(b), 0, a) == 0);
}

static bool same_exactly(const char *a, const char *b) { return strcmp(a, b) == 0; }

typedef bool equality(const char *a, const char *b);

/* "schema.name" typed as one word; either part may hold dots. */
static bool is_qualified_name(const nx_model *model, const char *name, const char *typed, equality *same) {
    size_t length = strlen(model->schema) + strlen(name) + 1;
    char together[2 * LONGEST + 2];
    if (length >= sizeof together) {
        return false;
    }
    strcpy(together, model->schema);
    strcat(together, ".");
    strcat(together, name);
    return same(together, typed);
}

static bool is_qualified(const nx_model *model, const char *typed, equality *same) {
    return is_qualified_name(model, model->name, typed, same) ||
           (model->alias && is_qualified_name(model, model->alias, typed, same));
}

typedef struct search {
    const nx_catalog *catalog;
    const char *typed, *schema;
    nx_model *found[SHOWN];
    int count; /* found altogether */
} search;

typedef bool match(const search *s, const nx_model *model, equality *same);

static bool in_schema(const search *s, const nx_model *model, equality *same) {
    return strcmp(model->schema, s->schema) == 0 && same(model->name, s->typed);
}
static bool by_title(const search *s, const nx_model *model, equality *same) {
    return same(model->title, s->typed) || is_qualified(model, s->typed, same);
}
static bool by_name(const search *s, const nx_model *model, equality *same) { return same(model->name, s->typed); }

/* What nixie hides does not stand in the way of what it shows. */
static void look(search *s, match *matches, equality *same) {
    s->count = 0;
    for (int system = 0; system <= 1 && s->count == 0; system++) {
        for (int i = 0; i < s->catalog->count; i++) {
            nx_model *model = s->catalog->models[i];
            if (model->system == system && matches(s, model, same)) {
                if (s->count < SHOWN) {
                    s->found[s->count] = model;
                }
                s->count++;
            }
        }
    }
}

static void say_ambiguous(const search *s, nx_error *err) {
    nx_buf names = NX_BUF;
    for (int i = 0; i < s->count && i < SHOWN; i++) {
        nx_buf_addf(&names, "%s%s.%s", i ? ", " : "", s->found[i]->schema, s->found[i]->name);
    }
    nx_error_set(err, NX_ERR_NOT_FOUND, "\"%s\" can mean %d models: %s%s", s->typed, s->count, names.data,
                 s->count > SHOWN ? ", ..." : "");
    nx_error_hint(err, "say which one, with its schema");
    nx_buf_free(&names);
}

static void say_unknown(const search *s, nx_error *err) {
    nearest near = {.typed = s->typed};
    for (int i = 0; i < s->catalog->count; i++) {
        const nx_model *model = s->catalog->models[i];
        if (!nx_model_listed(model) || (s->schema && strcmp(model->schema, s->schema) != 0)) {
            continue;
        }
        consider(&near, model->alias ? model->alias : model->name, model->title);
    }
    if (s->schema) {
        nx_error_set(err, NX_ERR_NOT_FOUND, "no model \"%s\" in the schema \"%s\"", s->typed, s->schema);
    } else {
        nx_error_set(err, NX_ERR_NOT_FOUND, "no model \"%s\"", s->typed);
    }
    hint_nearest(&near, "the list of models shows what there is", err);
}

nx_model *nx_catalog_find(const nx_catalog *catalog, const char *name, const char *schema, nx_error *err) {
    static const struct step {
        match *matches;
        equality *same;
    } steps[] = {{by_title, same_exactly}, {by_name, same_exactly}, {by_title, same_in_any_case}, {by_name, same_in_any_case}},
      with_schema[] = {{in_schema, same_exactly}, {in_schema, same_in_any_case}};
    const struct step *step = schema ? with_schema : steps;
    size_t n = schema ? NX_COUNT(with_schema) : NX_COUNT(steps);
    search s = {.catalog = catalog, .typed = name, .schema = schema};
    for (size_t i = 0; i < n && s.count == 0; i++) {
        look(&s, step[i].matches, step[i].same);
    }
    if (s.count == 1) {
        return s.found[0];
    }
    if (s.count > 1) {
        say_ambiguous(&s, err);
    } else {
        say_unknown(&s, err);
    }
    return NULL;
}

/* --- fields and relations ------------------------------------------------------------------------- */

typedef const char *namer(const nx_model *model, int i);

static const char *field_title(const nx_model *model, int i) { return nx_field_title(model->fields[i]); }
static const char *field_name(const nx_model *model, int i) { return model->fields[i]->name; }
static const char *relation_name(const nx_model *model, int i) { return model->relations[i]->name; }
static const char *relation_plain_name(const nx_model *model, int i) { return model->relations[i]->plain_name; }

/* The index of the only one that is called so; -1 none, -2 several. */
static int look_among(const nx_model *model, const char *typed, namer *name_of, int count, equality *same) {
    int found = -1;
    for (int i = 0; i < count; i++) {
        if (same(name_of(model, i), typed)) {
            found = found == -1 ? i : -2;
        }
    }
    return found;
}

/* The index of the one whose name was typed, or -1 with err. What is shown goes before what the database
 * calls it, and exact before any case. */
static int find_among(const nx_model *model, const char *typed, namer *shown, namer *plain, int count, const char *what,
                      nx_error *err) {
    const struct { namer *name_of; equality *same; } steps[] = {
        {shown, same_exactly}, {plain, same_exactly}, {shown, same_in_any_case}, {plain, same_in_any_case}};
    int found = -1;
    for (size_t i = 0; i < NX_COUNT(steps) && found == -1; i++) {
        found = look_among(model, typed, steps[i].name_of, count, steps[i].same);
    }
    if (found >= 0) {
        return found;
    }
    nearest near = {.typed = typed};
    for (int i = 0; i < count; i++) {
        consider(&near, shown(model, i), shown(model, i));
    }
    nx_error_set(err, NX_ERR_NOT_FOUND,
                 found == -2 ? "%s has several %ss \"%s\" that differ only in case" : "%s has no %s \"%s\"", model->title,
                 what, typed);
    hint_nearest(&near, "its description shows what there is", err);
    return -1;
}

nx_field *nx_model_find_field(const nx_model *model, const char *name, nx_error *err) {
    int i = find_among(model, name, field_title, field_name, model->nfields, "field", err);
    return i < 0 ? NULL : model->fields[i];
}

nx_relation *nx_model_find_relation(const nx_model *model, const char *name, nx_error *err) {
    int i = find_among(model, name, relation_name, relation_plain_name, model->nrelations, "relation", err);
    return i < 0 ? NULL : model->relations[i];
}
