/* open.h - a session and a catalog for programs without a loop: the commands.
 *
 * Every function here blocks until the server has answered or the user pressed Ctrl-C (then the
 * query is cancelled on the server). False and NULL mean: link->err says why, and ui_link_close()
 * reports it and gives the exit status.
 *
 *     ui_link link;
 *     if (ui_link_open(&link, options, source) && (model = ui_link_model(&link)) != NULL) {
 *         ...
 *     }
 *     return ui_link_close(&link, ui_write(&out));
 */
#ifndef UI_OPEN_H
#define UI_OPEN_H

#include "nixie/catalog.h"
#include "nixie/clock.h"
#include "nixie/rows.h"
#include "nixie/session.h"
#include "nixie/tree.h"
#include "options.h"
#include "schema.h"

typedef struct ui_link {
    const ui_options *options;
    const nx_source *source;
    nx_session *session;
    nx_catalog *catalog; /* NULL until ui_link_open() */
    nx_prisma *prisma;   /* the project's schema, or NULL */
    nx_error schema_err; /* why there is none though there is a file; told already */
    nx_error err;
} ui_link;

/* The session's options that the command line asks for. */
nx_session_options ui_session_options(const ui_options *options, const nx_source *source);
/* The model a person means: in options->schema, else in the URL's ?schema=, else anywhere. */
nx_model *ui_find_model(const nx_catalog *catalog, const char *name, const ui_options *options, const nx_source *source,
                        nx_error *err);

/* After a failed connect: was it for want of a password, or the one just typed was wrong? At most three times;
 * `tries` is how often one was asked for already. */
bool ui_wants_password(const nx_session *session, const nx_error *err, int tries);

/* Makes the session, connecting nothing yet. Catches signals from here on. */
void ui_link_start(ui_link *link, const ui_options *options, const nx_source *source);
/* Starts, and asks for the time: the first trip, which learns who the server is. Asks for a password
 * where one is needed and there is a terminal. */
bool ui_link_time(ui_link *link, char time[64]);
/* Starts, and loads the list of models; passwords as above. */
bool ui_link_open(ui_link *link, const ui_options *options, const nx_source *source);
/* The model named on the command line, described. */
nx_model *ui_link_model(ui_link *link);
bool ui_link_describe(ui_link *link, nx_model *model);
bool ui_link_graph(ui_link *link);
bool ui_link_sizes(ui_link *link, nx_model *const *models, int count);
/* What a filter and an order (either may be NULL) need to know of other models. */
bool ui_link_prepare(ui_link *link, nx_model *model, const char *filter, const char *order);
nx_page *ui_link_rows(ui_link *link, const nx_query *query, const nx_from *from, int limit); /* nx_page_free() */
/* The record with what is included; query and page become the tree's, whatever happens. nx_tree_free() */
nx_tree *ui_link_tree(ui_link *link, nx_query *query, nx_page *page, nx_include *include, int limit, bool whole_lists);
nx_page *ui_link_record(ui_link *link, nx_model *model, const nx_key_test *key);

/* Waits for what was begun on link->session. False: cancelled, or link->err is set. */
bool ui_link_wait(ui_link *link, const bool *done);
/* The exit status of link->err. */
int ui_link_status(const ui_link *link);
/* Reports link->err if there is one, frees everything, and returns the exit status: `status` when
 * nothing had failed. */
int ui_link_close(ui_link *link, int status);

#endif
