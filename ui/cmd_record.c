/* nixie record: one record by its key, whole, with the relations asked for, one level deep. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "open.h"
#include "output.h"
#include "record_out.h"
#include "words.h"

enum { INCLUDE_MAX = 64 };

static bool parse_key(const nx_model *model, const ui_options *options, nx_arena *arena, nx_key_test *key,
                      nx_error *err) {
    return options->key_json ? nx_key_parse_json(model, options->key_json, arena, key, err)
                             : nx_key_parse(model, options->key, arena, key, err);
}

/* "author, posts", for a hint. */
static char *relation_names(const nx_model *model) {
    nx_buf names = NX_BUF;
    for (int i = 0; i < model->nrelations; i++) {
        nx_buf_addf(&names, "%s%s", i ? ", " : "", model->relations[i]->name);
    }
    return nx_buf_take(&names);
}

static bool no_such_relation(const nx_model *model, const char *name, nx_error *err) {
    bool nested = strchr(name, '.') != NULL;
    char *names = relation_names(model);
    if (nested) {
        nx_error_set(err, NX_ERR_USAGE, "--include goes one level deep, so \"%s\" cannot be included", name);
    }
    if (names && *names) {
        nx_error_hint(err, "%s has the relations %s", model->title, names);
    } else {
        nx_error_hint(err, "%s has no relations", model->title);
    }
    free(names);
    return false;
}

static bool add_included(const nx_model *model, const char *name, ui_included *included, int *n, nx_error *err) {
    const nx_relation *relation = nx_model_find_relation(model, name, err);
    if (!relation) {
        return no_such_relation(model, name, err);
    }
    nx_error_clear(err);
    for (int i = 0; i < *n; i++) {
        if (included[i].relation == relation) {
            return true;
        }
    }
    if (*n == INCLUDE_MAX) {
        nx_error_set(err, NX_ERR_USAGE, "--include takes at most %d relations", INCLUDE_MAX);
        return false;
    }
    included[(*n)++].relation = relation;
    return true;
}

static bool parse_include(const nx_model *model, const char *text, ui_included *included, int *n, nx_error *err) {
    bool ok = true;
    while (ok && *text) {
        size_t len = strcspn(text, ",");
        size_t lead = strspn(text, " ");
        size_t end = len;
        while (end > lead && text[end - 1] == ' ') {
            end--;
        }
        char *name = nx_strndup(text + (lead < end ? lead : end), lead < end ? end - lead : 0);
        ok = add_included(model, name, included, n, err);
        free(name);
        text += len + (text[len] == ',');
    }
    return ok;
}

/* Fetches one relation of the record. A reference that is NULL leads nowhere: nothing is asked. */
static bool fetch_included(ui_link *link, const nx_query *query, const nx_row *row, ui_included *in, bool whole) {
    nx_arena *arena = nx_arena_new(0);
    nx_scope scope;
    bool ok = true;
    if (nx_relation_scope(in->relation, query, row, arena, &scope)) {
        ok = ui_link_describe(link, in->relation->target);
        if (ok) {
            const nx_from from = {.kind = NX_FROM_FIRST};
            in->query = nx_query_new(in->relation->target);
            nx_query_set_scope(in->query, &scope);
            nx_query_set_whole(in->query, whole);
            nx_query_set_labels(in->query, false);
            in->page =
                ui_link_rows(link, in->query, &from, link->options->limit ? link->options->limit : UI_LIMIT_DEFAULT);
            ok = in->page != NULL;
        }
    }
    nx_arena_free(arena);
    return ok;
}

static ui_format wanted_format(const ui_options *options) {
    if (options->format != UI_FORMAT_DEFAULT) {
        return options->format;
    }
    return isatty(STDOUT_FILENO) ? UI_FORMAT_TEXT : UI_FORMAT_JSON;
}

static int write_record(const ui_record *record, ui_format format) {
    nx_buf out = NX_BUF;
    format == UI_FORMAT_JSON ? ui_record_json(record, &out) : ui_record_text(record, &out);
    return ui_write(&out);
}

static int show_record(ui_link *link, nx_model *model, const nx_key_test *key, ui_included *included, int n) {
    nx_page *page = ui_link_record(link, model, key);
    if (!page) {
        return UI_EXIT_REFUSED;
    }
    nx_query *query = nx_query_new(model);
    ui_format format = wanted_format(link->options);
    const ui_record record = {.query = query, .row = &page->rows[0], .included = included, .nincluded = n};
    int status = UI_EXIT_REFUSED;
    bool ok = true;
    for (int i = 0; i < n && ok; i++) {
        /* A to-one is shown whole also as text; of many only what fits a table is fetched. */
        ok = fetch_included(link, query, record.row, &included[i],
                            format == UI_FORMAT_JSON || ui_relation_is_one(included[i].relation));
    }
    if (ok) {
        status = write_record(&record, format);
    }
    nx_query_free(query);
    nx_page_free(page);
    return status;
}

int ui_cmd_record(const ui_options *options, const nx_source *source) {
    int status = UI_EXIT_DONE, n = 0;
    ui_included included[INCLUDE_MAX] = {0};
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    nx_model *model;
    ui_link link;
    if (ui_link_open(&link, options, source) && (model = ui_link_model(&link)) &&
        parse_key(model, options, arena, &key, &link.err) && (!options->include || ui_link_graph(&link)) &&
        (!options->include || parse_include(model, options->include, included, &n, &link.err))) {
        status = show_record(&link, model, &key, included, n);
    }
    for (int i = 0; i < n; i++) {
        if (included[i].page) {
            nx_page_free(included[i].page);
        }
        if (included[i].query) {
            nx_query_free(included[i].query);
        }
    }
    nx_arena_free(arena);
    return ui_link_close(&link, status);
}
