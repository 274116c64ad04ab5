/* nixie rows: one page, with the cursors of its neighbours. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "json_out.h"
#include "nixie/text.h"
#include "open.h"
#include "output.h"
#include "page_out.h"
#include "query_options.h"

static bool set_query(nx_query *query, const ui_options *options, nx_error *err) {
    if (!ui_query_options(query, options, err)) {
        return false;
    }
    bool table = options->format != UI_FORMAT_JSON && options->format != UI_FORMAT_CSV;
    nx_query_set_whole(query, !table);
    nx_query_set_labels(query, table);
    return true;
}

static bool set_from(const nx_query *query, const ui_options *options, nx_arena *arena, nx_from *from, nx_error *err) {
    *from = (nx_from){.kind = options->last ? NX_FROM_LAST : NX_FROM_FIRST};
    const char *text = options->after ? options->after : options->before;
    if (!text) {
        return true;
    }
    from->kind = options->after ? NX_FROM_AFTER : NX_FROM_BEFORE;
    return nx_cursor_decode(query, text, arena, &from->cursor, err);
}

typedef struct neighbours { /* cursors as text, NULL when there is nothing beyond */
    char *next, *previous;
} neighbours;

/* A page that came out empty has no rows to point from: then the cursor that led here points back. */
static neighbours find_neighbours(const nx_query *query, const nx_page *page, const nx_from *from) {
    const nx_cursor *first = page->nrows ? &page->rows[0].cursor : NULL;
    const nx_cursor *last = page->nrows ? &page->rows[page->nrows - 1].cursor : NULL;
    if (!page->nrows && (from->kind == NX_FROM_AFTER || from->kind == NX_FROM_BEFORE)) {
        first = last = &from->cursor;
    }
    return (neighbours){
        .next = last && page->more_after ? nx_cursor_encode(query, last) : NULL,
        .previous = first && page->more_before ? nx_cursor_encode(query, first) : NULL,
    };
}

static void add_json(const nx_query *query, const nx_page *page, const neighbours *to, nx_buf *out) {
    nx_buf_addc(out, '{');
    ui_json_text(out, "model", nx_query_model(query)->title);
    ui_json_key(out, "rows");
    nx_buf_addc(out, '[');
    for (int i = 0; i < page->nrows; i++) {
        ui_json_line(out);
        ui_row_json(query, &page->rows[i], out);
    }
    nx_buf_addc(out, ']');
    ui_json_text(out, "next", to->next);
    ui_json_text(out, "previous", to->previous);
    nx_buf_adds(out, "}\n");
}

static void add_table(const nx_query *query, const nx_page *page, const neighbours *to, nx_buf *out) {
    ui_page_table(query, page, "", out);
    if (!page->nrows) {
        nx_buf_adds(out, "(no rows)\n");
    }
    if (to->next) {
        nx_buf_addf(out, "next: --after %s\n", to->next);
    }
    if (to->previous) {
        nx_buf_addf(out, "previous: --before %s\n", to->previous);
    }
}

/* CSV is exact in a file or a pipe; a terminal must not obey what is in it. */
static void add_csv(const nx_query *query, const nx_page *page, bool safe, nx_buf *out) {
    if (!isatty(STDOUT_FILENO)) {
        ui_page_csv(query, page, safe, out);
        return;
    }
    nx_buf exact = NX_BUF;
    ui_page_csv(query, page, safe, &exact);
    nx_text_plain(out, exact.data, exact.len, true);
    nx_buf_free(&exact);
}

static int write_page(const nx_query *query, const nx_page *page, const nx_from *from, const ui_options *options) {
    neighbours to = find_neighbours(query, page, from);
    nx_buf out = NX_BUF;
    if (options->format == UI_FORMAT_JSON) {
        add_json(query, page, &to, &out);
    } else if (options->format == UI_FORMAT_CSV) {
        add_csv(query, page, options->csv_safe, &out);
    } else {
        add_table(query, page, &to, &out);
    }
    int status = ui_write(&out);
    if (options->format == UI_FORMAT_CSV && to.next) {
        ui_hint("next page: --after %s", to.next);
    }
    if (options->format == UI_FORMAT_CSV && to.previous) {
        ui_hint("previous page: --before %s", to.previous);
    }
    free(to.next);
    free(to.previous);
    return status;
}

static int show_rows(ui_link *link, nx_model *model) {
    const ui_options *options = link->options;
    int status = UI_EXIT_DONE;
    nx_arena *arena = nx_arena_new(0);
    nx_query *query = nx_query_new(model);
    nx_from from;
    if (ui_link_prepare(link, model, options->where, options->order) && set_query(query, options, &link->err) && set_from(query, options, arena, &from, &link->err)) {
        nx_page *page = ui_link_rows(link, query, &from, options->limit ? options->limit : UI_LIMIT_DEFAULT);
        if (page) {
            status = write_page(query, page, &from, options);
            nx_page_free(page);
        }
    }
    nx_query_free(query);
    nx_arena_free(arena);
    return status;
}

int ui_cmd_rows(const ui_options *options, const nx_source *source) {
    int status = UI_EXIT_DONE;
    nx_model *model;
    ui_link link;
    if (ui_link_open(&link, options, source) && (model = ui_link_model(&link))) {
        status = show_rows(&link, model);
    }
    return ui_link_close(&link, status);
}
