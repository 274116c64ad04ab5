#include "demo.h"

#include <stdio.h>
#include <stdlib.h>

#include "server.h"

/* ui/sample.sql, as the Makefile turned it into a string. */
extern const char nx_sample_sql[];
extern const unsigned long nx_sample_sql_len;

enum { EXIT_UNUSABLE = 3, EXIT_INTERRUPTED = 130 };

struct ui_demo {
    ui_server *server;
    char *url;
};

static bool load(const ui_demo *demo, const volatile int *stop, nx_error *err) {
    static const char *const create[] = {"blog", NULL};
    static const char *const feed[] = {"--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=blog", NULL};
    return ui_server_run(demo->server, "createdb", create, NULL, 0, stop, err) &&
           ui_server_run(demo->server, "psql", feed, nx_sample_sql, nx_sample_sql_len, stop, err);
}

static bool prepare(ui_demo *demo, const volatile int *stop, nx_error *err) {
    demo->server = ui_server_start(&(ui_server_options){.user = "demo", .stop = stop}, err);
    if (!demo->server) {
        return false;
    }
    demo->url = ui_server_url(demo->server, "blog");
    fprintf(stderr, "nixie: PostgreSQL %s runs in %s; loading the sample data ...\n",
            ui_server_get_program(demo->server)->text, ui_server_folder(demo->server));
    return load(demo, stop, err);
}

int ui_demo_start(ui_demo **demo, const volatile int *stop, nx_error *err) {
    ui_demo *made = nx_calloc(1, sizeof *made);
    *demo = NULL;
    fprintf(stderr, "nixie: starting a throw-away PostgreSQL ...\n");
    if (prepare(made, stop, err)) {
        *demo = made;
        return 0;
    }
    ui_demo_stop(made);
    return err->kind == NX_ERR_CANCELLED ? EXIT_INTERRUPTED : EXIT_UNUSABLE;
}

const char *ui_demo_url(const ui_demo *demo) { return demo->url; }

void ui_demo_stop(ui_demo *demo) {
    if (!demo) {
        return;
    }
    ui_server_stop(demo->server);
    free(demo->url);
    free(demo);
}
