/* nixie export: all rows, to standard output or a file, with what is done so far on a terminal's stderr. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "export_file.h"
#include "export_out.h"
#include "format.h"
#include "nixie/arena.h"
#include "open.h"
#include "output.h"
#include "process.h"
#include "query_options.h"

enum { PROGRESS_MS = 200 };

typedef struct exporting {
    ui_link *link;
    nx_query *query;
    ui_export_file file;
    ui_export_out out;
    nx_buf buf;
    int64_t estimate, told_ms;
    bool done, told, quiet;
} exporting;

static void tell(exporting *x, bool last) {
    char rows[24], of[24], size[24];
    if (x->quiet || (!last && nx_now_ms() - x->told_ms < PROGRESS_MS)) {
        return;
    }
    x->told_ms = nx_now_ms();
    x->told = true;
    fprintf(stderr, "\r%s rows%s%s, %s \033[K%s", ui_format_exact(x->out.rows, rows), x->estimate > x->out.rows ? " of " : "",
            x->estimate > x->out.rows ? ui_format_estimate(x->estimate, of) : "", ui_format_size(x->file.bytes, size),
            last ? "\n" : "");
}

static bool page_here(void *owner, const nx_page *page, bool last, const nx_error *err) {
    exporting *x = owner;
    x->done = last;
    if (err) {
        nx_error_copy(&x->link->err, err);
        return false;
    }
    x->estimate = x->out.rows == 0 ? page->rows_estimate : x->estimate;
    ui_export_page(&x->out, x->query, page, &x->buf);
    if (!ui_export_file_write(&x->file, &x->buf, &x->link->err)) {
        x->done = true;
        return false;
    }
    tell(x, false);
    return true;
}

static bool run(exporting *x) {
    nx_error *err = &x->link->err;
    ui_export_begin(&x->out, x->query, &x->buf);
    nx_export *export = nx_export_start(x->link->session, x->query, page_here, x);
    bool good = ui_link_wait(x->link, &x->done) && !nx_failed(err);
    if (!x->done) {
        nx_export_drop(export);
    }
    if (good) {
        ui_export_end(&x->out, &x->buf);
        good = ui_export_file_write(&x->file, &x->buf, err);
    }
    if (x->told || good) {
        tell(x, true);
    }
    return good;
}

static int export_rows(ui_link *link, nx_model *model) {
    int status = UI_EXIT_DONE;
    const ui_options *options = link->options;
    exporting x = {.link = link, .query = nx_query_new(model), .buf = NX_BUF, .quiet = !isatty(STDERR_FILENO)};
    x.out = (ui_export_out){.format = options->format, .safe = options->csv_safe,
                            .terminal = !options->output && isatty(STDOUT_FILENO)};
    x.quiet |= x.out.terminal; /* the rows themselves tell */
    if (ui_link_prepare(link, model, options->where, options->order) && ui_query_options(x.query, options, &link->err) &&
        ui_export_file_open(&x.file, options->output, &link->err)) {
        if (run(&x)) {
            ui_export_file_finish(&x.file, &link->err);
        } else {
            ui_export_file_drop(&x.file);
        }
    }
    if (x.file.broken && !ui_stop) { /* which needs no words */
        nx_error_clear(&link->err);
        status = UI_EXIT_REFUSED;
    }
    nx_buf_free(&x.buf);
    nx_query_free(x.query);
    return status;
}

int ui_cmd_export(const ui_options *options, const nx_source *source) {
    nx_model *model;
    ui_link link;
    int status = UI_EXIT_DONE;
    if (ui_link_open(&link, options, source) && (model = ui_link_model(&link))) {
        status = export_rows(&link, model);
    }
    return ui_link_close(&link, status);
}
