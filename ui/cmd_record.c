/* nixie record: one record by its key, whole, with the relations asked for. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "open.h"
#include "output.h"
#include "record_out.h"
#include "words.h"

static bool parse_key(const nx_model *model, const ui_options *options, nx_arena *arena, nx_key_test *key,
                      nx_error *err) {
    return options->key_json ? nx_key_parse_json(model, options->key_json, arena, key, err)
                             : nx_key_parse(model, options->key, arena, key, err);
}

static ui_format wanted_format(const ui_options *options) {
    if (options->format != UI_FORMAT_DEFAULT) {
        return options->format;
    }
    return isatty(STDOUT_FILENO) ? UI_FORMAT_TEXT : UI_FORMAT_JSON;
}

static int write_tree(const nx_tree *tree, ui_format format) {
    nx_buf out = NX_BUF;
    format == UI_FORMAT_JSON ? ui_tree_json(tree, &out) : ui_tree_text(tree, &out);
    return ui_write(&out);
}

static int show_record(ui_link *link, nx_model *model, const nx_key_test *key, nx_include *include) {
    ui_format format = wanted_format(link->options);
    nx_page *page = ui_link_record(link, model, key);
    if (!page) {
        return UI_EXIT_REFUSED;
    }
    int limit = link->options->limit ? link->options->limit : UI_LIMIT_DEFAULT;
    nx_tree *tree = ui_link_tree(link, nx_query_new(model), page, include, limit, format == UI_FORMAT_JSON);
    int status = tree ? write_tree(tree, format) : UI_EXIT_REFUSED;
    if (!tree) {
        ui_point_at(&link->err, "include", link->options->include);
    }
    nx_tree_free(tree);
    return status;
}

static bool parse_include(const ui_options *options, nx_arena *arena, nx_include **include, nx_error *err) {
    *include = options->include ? nx_include_parse(options->include, arena, err) : NULL;
    return !options->include || *include || ui_point_at(err, "include", options->include);
}

int ui_cmd_record(const ui_options *options, const nx_source *source) {
    int status = UI_EXIT_DONE;
    nx_arena *arena = nx_arena_new(0);
    nx_include *include;
    nx_key_test key;
    nx_model *model;
    ui_link link;
    if (ui_link_open(&link, options, source) && parse_include(options, arena, &include, &link.err) &&
        (model = ui_link_model(&link)) && parse_key(model, options, arena, &key, &link.err)) {
        status = show_record(&link, model, &key, include);
    }
    nx_arena_free(arena);
    return ui_link_close(&link, status);
}
