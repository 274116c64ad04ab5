#include "export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export_file.h"
#include "export_out.h"
#include "format.h"
#include "input.h"
#include "list.h"

struct ui_export {
    ui_app *app;
    nx_query *query;
    nx_export *export;
    ui_export_file file;
    ui_export_out out;
    nx_buf buf;
    int64_t estimate;
    char *path; /* as it was typed */
};

static void free_export(struct ui_export *x) {
    nx_query_free(x->query);
    nx_buf_free(&x->buf);
    free(x->path);
    free(x);
}

void ui_export_free(ui_app *app) {
    struct ui_export *x = app->exporting;
    app->exporting = NULL;
    if (x) {
        nx_export_drop(x->export);
        ui_export_file_drop(&x->file);
        free_export(x);
    }
}

void ui_export_cancel(ui_app *app) {
    if (app->exporting) {
        char *path = nx_strdup(app->exporting->path);
        ui_export_free(app);
        nx_session_cancel(app->session);
        ui_say(app, UI_INFO, "export cancelled: %s is not written", path);
        free(path);
    }
}

bool ui_export_progress(const ui_app *app, char *out, size_t size) {
    const struct ui_export *x = app->exporting;
    char rows[24], of[24];
    if (x && x->estimate > x->out.rows) {
        snprintf(out, size, "exporting %s of %s rows", ui_format_exact(x->out.rows, rows), ui_format_estimate(x->estimate, of));
    } else if (x) {
        snprintf(out, size, "exporting %s rows", ui_format_exact(x->out.rows, rows));
    }
    return x != NULL;
}

/* --- writing ------------------------------------------------------------------------------------------------- */

/* What is exported is over: in the file, or given up with `err`. */
static void end(struct ui_export *x, nx_error *err) {
    ui_app *app = x->app;
    char rows[24], size[24];
    int64_t bytes = x->file.bytes;
    app->exporting = NULL;
    if (!nx_failed(err)) {
        ui_export_end(&x->out, &x->buf);
        bytes += (int64_t)x->buf.len;
    }
    if (nx_failed(err) || !ui_export_file_write(&x->file, &x->buf, err)) {
        ui_export_file_drop(&x->file);
    } else if (ui_export_file_finish(&x->file, err)) {
        ui_say(app, UI_GOOD, "%s rows, %s, in %s", ui_format_exact(x->out.rows, rows), ui_format_size(bytes, size), x->path);
    }
    if (nx_failed(err)) {
        ui_say_error(app, err);
    }
    free_export(x);
    ui_app_dirty(app);
}

static bool page_here(void *owner, const nx_page *page, bool last, const nx_error *why) {
    struct ui_export *x = owner;
    nx_error err = NX_ERROR;
    x->export = last ? NULL : x->export;
    if (why) {
        nx_error_copy(&err, why);
    } else {
        x->estimate = x->out.rows == 0 ? page->rows_estimate : x->estimate;
        ui_export_page(&x->out, x->query, page, &x->buf);
    }
    ui_app_dirty(x->app);
    bool good = !nx_failed(&err) && ui_export_file_write(&x->file, &x->buf, &err);
    if (last || !good) {
        end(x, &err);
    }
    nx_error_clear(&err);
    return good;
}

static char *expand(const char *path) {
    const char *home = path[0] == '~' && path[1] == '/' ? getenv("HOME") : NULL;
    nx_buf whole = NX_BUF;
    nx_buf_addf(&whole, "%s%s", home ? home : "", home ? path + 1 : path);
    return nx_buf_take(&whole);
}

static bool start(ui_app *app, const nx_query *query, ui_format format, const char *path, nx_error *err) {
    struct ui_export *x = nx_calloc(1, sizeof *x);
    char *whole = expand(path);
    bool open = ui_export_file_open(&x->file, whole, err);
    free(whole);
    if (!open) {
        free(x);
        return false;
    }
    x->app = app;
    x->query = nx_query_copy(query);
    x->out.format = format;
    x->buf = (nx_buf)NX_BUF;
    x->estimate = -1;
    x->path = nx_strdup(path);
    app->exporting = x;
    ui_export_begin(&x->out, x->query, &x->buf);
    x->export = nx_export_start(app->session, x->query, page_here, x);
    return true;
}

/* --- asking ---------------------------------------------------------------------------------------------------- */

typedef struct asking {
    ui_app *app;
    nx_query *query;
    ui_view *input;
    ui_format format;
    char *path;
} asking;

static void drop_asking(void *owner) {
    asking *a = owner;
    nx_query_free(a->query);
    free(a->path);
    free(a);
}

static void replace(void *owner) {
    asking *a = owner;
    nx_error err = NX_ERROR;
    if (!start(a->app, a->query, a->format, a->path, &err)) {
        ui_say_error(a->app, &err);
    }
    nx_error_clear(&err);
    drop_asking(a);
}

static void answered(void *owner, const ui_list_item *item) {
    if (item->key == 'y') {
        replace(owner);
    } else {
        drop_asking(owner);
    }
}

static void ask_replace(asking *a) {
    static const ui_list_item items[] = {{.text = "no", .key = 'n'}, {.text = "yes", .key = 'y'}};
    nx_buf title = NX_BUF;
    nx_buf_addf(&title, "%s is there already: replace it?", a->path);
    ui_list_open(a->app, &(ui_list_options){.title = title.data, .items = items, .nitems = 2, .chosen = answered,
                                            .dropped = drop_asking, .owner = a});
    nx_buf_free(&title);
}

static ui_input_reply accept(void *owner, const char *text) {
    asking *a = owner;
    nx_error err = NX_ERROR;
    if (!*text) {
        ui_input_error(a->input, "a file's name", 0);
        return UI_INPUT_KEEP;
    }
    free(a->path);
    a->path = nx_strdup(text);
    char *whole = expand(text);
    bool there = access(whole, F_OK) == 0;
    free(whole);
    if (there) {
        ui_input_close(a->input);
        ask_replace(a);
        return UI_INPUT_KEEP;
    }
    if (!start(a->app, a->query, a->format, text, &err)) {
        ui_input_error(a->input, err.message, 0);
        nx_error_clear(&err);
        return UI_INPUT_KEEP;
    }
    drop_asking(a);
    return UI_INPUT_CLOSE;
}

static void format_chosen(void *owner, const ui_list_item *item) {
    asking *a = owner;
    const char *extension = item->key == 'c' ? "csv" : item->key == 'j' ? "json" : "sql";
    a->format = item->key == 'c' ? UI_FORMAT_CSV : item->key == 'j' ? UI_FORMAT_JSON : UI_FORMAT_SQL;
    nx_buf name = NX_BUF;
    nx_buf_adds(&name, nx_query_model(a->query)->title);
    for (size_t i = 0; i < name.len; i++) { /* names come from outside */
        bool odd = name.data[i] == '/' || (unsigned char)name.data[i] < ' ' || (i == 0 && name.data[i] == '.');
        name.data[i] = odd ? '_' : name.data[i];
    }
    nx_buf_addf(&name, ".%s", extension);
    a->input = ui_input_open(a->app, &(ui_input_options){.prompt = "export to", .verb = "exports", .initial = name.data,
                                                         .history = "export", .accept = accept, .drop = drop_asking, .owner = a});
    nx_buf_free(&name);
}

void ui_export_ask(ui_app *app, const nx_query *query) {
    static const ui_list_item items[] = {{.text = "CSV", .key = 'c', .note = "with the fields' names above"},
                                         {.text = "JSON", .key = 'j', .note = "one array, values as text"},
                                         {.text = "SQL", .key = 's', .note = "INSERT statements"}};
    if (app->exporting) {
        ui_refuse(app, "an export is under way  (Ctrl-C cancels it)");
        return;
    }
    asking *a = nx_calloc(1, sizeof *a);
    a->app = app;
    a->query = nx_query_copy(query);
    ui_list_open(app, &(ui_list_options){.title = "export these rows as", .items = items, .nitems = (int)NX_COUNT(items),
                                         .chosen = format_chosen, .dropped = drop_asking, .owner = a});
}
