/* shared.h - what the parts of the lab share among themselves. */
#ifndef LAB_SHARED_H
#define LAB_SHARED_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "nixie/error.h"
#include "server.h"

/* The settings of a server that many test programs share. */
#define LAB_SETTINGS "max_connections = 200\nautovacuum = off\nshared_buffers = 64MB\n"
#define LAB_SAMPLE "nixie_sample" /* the database that sample databases are copied from */

/* NIXIE_VERSION: the major version of servers that a test does not choose itself; 0, the newest found, where it is not set. */
int lab_usual_version(void);

/* Fails the cmocka test with err's message and detail, and clears err. */
void lab_fail(nx_error *err, const char *what);

/* Makes the database LAB_SAMPLE. */
bool lab_make_sample(const ui_server *server, nx_error *err);

/* A connection of libpq, or a failed test. */
PGconn *lab_connect(const char *url);

/* The same for one statement or script: it may have been used before, and is given back or finished. */
PGconn *lab_borrow(const char *url);
void lab_give_back(const char *url, PGconn *conn);

/* Ends those that were given back. */
void lab_let_go(void);

/* The URL of a database on the run's server. malloc'ed. */
char *lab_shared_url(const char *database);

/* What libpq's own parser makes of a keyword in url: malloc'ed, NULL when it is not there. */
char *lab_url_part(const char *url, const char *keyword);

/* Runs a program to its end; fails the test when it does not end with 0. */
void lab_run(char *const *argv);

/* Gives a file to whoever owns the folder it lies in: a server does not read another's key. */
void lab_give(const char *path, const char *folder);
bool lab_write_file(const char *path, const char *text, unsigned mode);

#endif
