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
    nx_query *query;    /* the rows, or */
    nx_export *export;
    nx_catalog *catalog; /* a value */
    nx_stream *stream;
    int64_t total;      /* its bytes, -1 until they are known */
    ui_export_file file;
    ui_export_out out;
    nx_buf buf;
    int64_t estimate;
    char *path; /* as it was typed */
};

static void free_export(struct ui_export *x) {
    nx_query_free(x->query);
    nx_catalog_unref(x->catalog);
    nx_buf_free(&x->buf);
    free(x->path);
    free(x);
}

void ui_export_free(ui_app *app) {
    struct ui_export *x = app->exporting;
    app->exporting = NULL;
    if (x) {
        nx_export_drop(x->export);
        nx_stream_drop(x->stream);
        ui_export_file_drop(&x->file);
        free_export(x);
    }
}

void ui_export_cancel(ui_app *app) {
    if (app->exporting) {
        char *path = nx_strdup(app->exporting->path);
        const char *what = app->exporting->query ? "export " : "";
        ui_export_free(app);
        nx_session_cancel(app->session);
        ui_say(app, UI_INFO, "%scancelled: %s is not written", what, path);
        free(path);
    }
}

bool ui_export_progress(const ui_app *app, char *out, size_t size) {
    const struct ui_export *x = app->exporting;
    char rows[24], of[24];
    if (x && !x->query) {
        snprintf(out, size, "saving %s of %s", ui_format_size(x->file.bytes, rows), x->total < 0 ? "?" : ui_format_size(x->total, of));
    } else if (x && x->estimate > x->out.rows) {
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
    if (!nx_failed(err) && x->query) {
        ui_export_end(&x->out, &x->buf);
        bytes += (int64_t)x->buf.len;
    }
    if (nx_failed(err) || !ui_export_file_write(&x->file, &x->buf, err)) {
        ui_export_file_drop(&x->file);
    } else if (ui_export_file_finish(&x->file, err) && !x->query) {
        ui_say(app, UI_GOOD, "the whole value, %s, is in %s", ui_format_size(bytes, size), x->path);
    } else if (!nx_failed(err)) {
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

static bool part_here(void *owner, const nx_stream_piece *piece, const nx_error *why) {
    struct ui_export *x = owner;
    nx_error err = NX_ERROR;
    bool last = why || piece->last;
    x->stream = last ? NULL : x->stream;
    if (why) {
        nx_error_copy(&err, why);
    } else if (nx_is_null(piece->bytes)) {
        nx_error_set(&err, NX_ERR_REFUSED, "the value is NULL now: there is nothing to write into a file");
    } else {
        x->total = piece->total;
        nx_buf_add(&x->buf, piece->bytes.text, piece->bytes.len);
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

/* --- asking ---------------------------------------------------------------------------------------------------- */

typedef struct asking {
    ui_app *app;
    nx_query *query; /* what is exported, or */
    nx_arena *arena;
    nx_catalog *catalog;
    nx_field *field; /* a value of the record with this key, or */
    nx_value *key;
    nx_value bytes;  /* one that is at hand */
    ui_view *input;
    ui_format format;
    char *path;
} asking;

static void drop_asking(void *owner) {
    asking *a = owner;
    nx_query_free(a->query);
    nx_catalog_unref(a->catalog);
    nx_arena_free(a->arena);
    free(a->path);
    free(a);
}

static void start_value(struct ui_export *x, const asking *a) {
    x->catalog = nx_catalog_ref(a->catalog);
    x->total = -1;
    if (!nx_is_null(a->bytes)) {
        part_here(x, &(nx_stream_piece){.bytes = a->bytes, .total = (int64_t)a->bytes.len, .last = true}, NULL);
        return;
    }
    nx_stream *stream = nx_stream_start(a->app->session, a->field, a->key, part_here, x);
    if (a->app->exporting == x) {
        x->stream = stream;
    }
}

static bool start(const asking *a, nx_error *err) {
    struct ui_export *x = nx_calloc(1, sizeof *x);
    char *whole = expand(a->path);
    bool open = ui_export_file_open(&x->file, whole, err);
    free(whole);
    if (!open) {
        free(x);
        return false;
    }
    x->app = a->app;
    x->out.format = a->format;
    x->buf = (nx_buf)NX_BUF;
    x->estimate = -1;
    x->path = nx_strdup(a->path);
    a->app->exporting = x;
    if (!a->query) {
        start_value(x, a);
        return true;
    }
    x->query = nx_query_copy(a->query);
    ui_export_begin(&x->out, x->query, &x->buf);
    x->export = nx_export_start(a->app->session, x->query, page_here, x);
    return true;
}

static void replace(void *owner) {
    asking *a = owner;
    nx_error err = NX_ERROR;
    if (!start(a, &err)) {
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
    if (!start(a, &err)) {
        ui_input_error(a->input, err.message, 0);
        nx_error_clear(&err);
        return UI_INPUT_KEEP;
    }
    drop_asking(a);
    return UI_INPUT_CLOSE;
}

/* Proposes a file's name and asks for it; names come from outside. */
static void ask_name(asking *a, nx_buf *name, const char *prompt, const char *verb) {
    for (size_t i = 0; i < name->len; i++) {
        bool odd = name->data[i] == '/' || (unsigned char)name->data[i] < ' ' || (i == 0 && name->data[i] == '.');
        name->data[i] = odd ? '_' : name->data[i];
    }
    a->input = ui_input_open(a->app, &(ui_input_options){.prompt = prompt, .verb = verb, .initial = name->data,
                                                         .history = "export", .accept = accept, .drop = drop_asking, .owner = a});
    nx_buf_free(name);
}

static void format_chosen(void *owner, const ui_list_item *item) {
    asking *a = owner;
    const char *extension = item->key == 'c' ? "csv" : item->key == 'j' ? "json" : "sql";
    a->format = item->key == 'c' ? UI_FORMAT_CSV : item->key == 'j' ? UI_FORMAT_JSON : UI_FORMAT_SQL;
    nx_buf name = NX_BUF;
    nx_buf_addf(&name, "%s.%s", nx_query_model(a->query)->title, extension);
    ask_name(a, &name, "export to", "exports");
}

static bool is_free(ui_app *app) {
    if (app->exporting) {
        ui_refuse(app, "an export is under way  (Ctrl-C cancels it)");
    }
    return !app->exporting;
}

void ui_export_ask(ui_app *app, const nx_query *query) {
    static const ui_list_item items[] = {{.text = "CSV", .key = 'c', .note = "with the fields' names above"},
                                         {.text = "JSON", .key = 'j', .note = "one array, values as text"},
                                         {.text = "SQL", .key = 's', .note = "INSERT statements"}};
    if (!is_free(app)) {
        return;
    }
    asking *a = nx_calloc(1, sizeof *a);
    a->app = app;
    a->query = nx_query_copy(query);
    ui_list_open(app, &(ui_list_options){.title = "export these rows as", .items = items, .nitems = (int)NX_COUNT(items),
                                         .chosen = format_chosen, .dropped = drop_asking, .owner = a});
}

void ui_export_value_ask(ui_app *app, nx_field *field, const nx_value *key, int nkey, nx_value bytes) {
    if (!is_free(app)) {
        return;
    }
    asking *a = nx_calloc(1, sizeof *a);
    a->app = app;
    a->arena = nx_arena_new(0);
    a->catalog = nx_catalog_ref(field->model->catalog);
    a->field = field;
    a->bytes = nx_value_copy(a->arena, bytes);
    a->key = nx_arena_array(a->arena, (size_t)nkey, sizeof *a->key);
    nx_buf name = NX_BUF;
    nx_buf_adds(&name, field->model->title);
    for (int i = 0; i < nkey; i++) {
        a->key[i] = nx_value_copy(a->arena, key[i]);
        if (field->model->identity_kind != NX_IDENTITY_TUPLE) {
            nx_buf_addf(&name, "-%.20s", key[i].text ? key[i].text : "");
        }
    }
    const char *extension = field->class == NX_TYPE_BYTES ? "bin" : field->class == NX_TYPE_JSON ? "json" : "txt";
    nx_buf_addf(&name, ".%s.%s", nx_field_title(field), extension);
    ask_name(a, &name, "save the value to", "saves");
}
