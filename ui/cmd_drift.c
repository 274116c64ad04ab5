/* nixie describe --drift: where the Prisma schema and the database differ. */
#include "cmd_drift.h"

#include <string.h>

#include "command.h"
#include "json_out.h"
#include "nixie/text.h"
#include "output.h"

static bool concerns(const nx_drift *drift, const nx_model *model) { return !model || drift->model == model; }

static void add_json(const ui_link *link, const nx_model *model, nx_buf *out) {
    const nx_prisma *prisma = nx_prisma_of(link->catalog);
    int n;
    const nx_drift *drift = nx_prisma_drift(link->catalog, &n);
    nx_buf_addc(out, '{');
    ui_json_text(out, "schema", prisma->where.path);
    ui_json_number(out, "models", nx_prisma_models(prisma));
    ui_json_number(out, "matched", nx_prisma_matched(link->catalog));
    ui_json_key(out, "drift");
    nx_buf_addc(out, '[');
    for (int i = 0; i < n; i++) {
        if (concerns(&drift[i], model)) {
            ui_json_line(out);
            nx_buf_addc(out, '{');
            ui_json_text(out, "what", nx_drift_name(drift[i].kind));
            ui_json_text(out, "schema", drift[i].schema);
            ui_json_text(out, "database", drift[i].database);
            ui_json_text(out, "words", drift[i].words);
            nx_buf_addc(out, '}');
        }
    }
    nx_buf_adds(out, "]}\n");
}

static void add_summary(const ui_link *link, int shown, nx_buf *out) {
    const nx_prisma *prisma = nx_prisma_of(link->catalog);
    nx_text_plain(out, prisma->where.path, strlen(prisma->where.path), false);
    nx_buf_addf(out, ": %d of %d models in the database, %d difference%s\n", nx_prisma_matched(link->catalog),
                nx_prisma_models(prisma), shown, shown == 1 ? "" : "s");
}

static void add_text(const ui_link *link, const nx_model *model, nx_buf *out) {
    int n, shown = 0;
    const nx_drift *drift = nx_prisma_drift(link->catalog, &n);
    ui_table *table = ui_table_new(3);
    for (int i = 0; i < n; i++) {
        if (concerns(&drift[i], model)) {
            ui_table_cell(table, nx_drift_name(drift[i].kind));
            ui_table_cell(table, drift[i].schema ? drift[i].schema : drift[i].database);
            ui_table_cell(table, drift[i].words);
            shown++;
        }
    }
    add_summary(link, shown, out);
    if (shown) {
        ui_table_print(table, "  ", out);
    }
    ui_table_free(table);
}

static bool has_schema(ui_link *link) {
    if (nx_prisma_of(link->catalog)) {
        return true;
    }
    if (nx_failed(&link->schema_err)) {
        nx_error_move(&link->err, &link->schema_err);
    } else {
        nx_error_set(&link->err, NX_ERR_NOT_FOUND, "no Prisma schema found");
        nx_error_hint(&link->err, "--prisma PATH names a schema.prisma, or a folder with *.prisma files");
    }
    return false;
}

int ui_drift(ui_link *link) {
    const ui_options *options = link->options;
    nx_model *model = NULL;
    if (!has_schema(link) || (options->model && !(model = ui_find_model(link->catalog, options->model, options,
                                                                       link->source, &link->err))) ||
        !ui_link_graph(link)) {
        return UI_EXIT_REFUSED;
    }
    nx_buf out = NX_BUF;
    options->json ? add_json(link, model, &out) : add_text(link, model, &out);
    return ui_write(&out);
}
