/* server.h - a throw-away PostgreSQL: found, made in a temporary folder, started, removed.
 *
 * A keeper process stands between the program and the server. It runs in a session of its own, so that
 * Ctrl-C and Ctrl-Z of the terminal reach neither it nor the server; it has dropped root where the
 * program has it; and it holds one end of a socket whose other end only the program holds. When that
 * end closes, for whatever reason (ui_server_stop, exit, SIGKILL), it stops the server and removes the
 * folder. So there is one way to clean up, and it works also when the program cannot.
 */
#ifndef UI_SERVER_H
#define UI_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "nixie/error.h"

/* --- what is installed ------------------------------------------------------------------------------ */

typedef struct ui_server_program {
    int version;   /* major: 15 */
    char text[24]; /* "15.18", "18beta1" */
    char *folder;  /* where initdb, postgres and psql lie */
} ui_server_program;

typedef struct ui_server_programs {
    ui_server_program *list; /* newest first, one for each folder found */
    size_t count;
    int too_old; /* the newest major version found below UI_SERVER_OLDEST, 0 when none */
} ui_server_programs;

enum { UI_SERVER_OLDEST = 14 };

/* Looks in PATH, then where distributions hide it. */
void ui_server_find(ui_server_programs *programs);
void ui_server_programs_free(ui_server_programs *programs);
/* "PostgreSQL) 15.18 (Debian ..." -> 15 and "15.18"; 0 when there is no version in it. */
int ui_server_parse_version(const char *output, char *text, size_t size);

/* --- one server --------------------------------------------------------------------------------------- */

typedef struct ui_server ui_server;

typedef struct ui_server_options {
    int version;              /* major; 0 for the newest found */
    const char *user;         /* name of the superuser; NULL: "postgres" */
    const char *settings;     /* further lines of postgresql.conf; NULL: none */
    bool tcp;                 /* listen on 127.0.0.1 too, on a free port */
    const volatile int *stop; /* give up when this becomes non-zero; NULL: never */
} ui_server_options;

/* Makes and starts a server and waits until it accepts connections (trust, UTF8, C.UTF-8 where the
 * system has it, else C; UTC). NULL with err (NX_ERR_SYSTEM with a hint; NX_ERR_CANCELLED after *stop). */
ui_server *ui_server_start(const ui_server_options *options, nx_error *err);

/* Stops it, removes its folder, and frees it; returns when all is gone. NULL is allowed. */
void ui_server_stop(ui_server *server);

/* Fast shutdown and start again, in the same folder. False with err when it does not come up. */
bool ui_server_restart(ui_server *server, nx_error *err);

const ui_server_program *ui_server_get_program(const ui_server *server);
const char *ui_server_folder(const ui_server *server); /* of the socket and of "data" and "log" */
const char *ui_server_user(const ui_server *server);
int ui_server_port(const ui_server *server);
pid_t ui_server_pid(const ui_server *server);    /* the postmaster's */
pid_t ui_server_keeper(const ui_server *server); /* the keeper's */

/* "postgresql://USER@/DATABASE?host=FOLDER", over the socket. malloc'ed. */
char *ui_server_url(const ui_server *server, const char *database);

/* Runs one of PostgreSQL's own programs ("psql", "createdb") against the server: `args` is
 * NULL-terminated and follows the options that say where it is. True when it ended with 0; else err
 * carries what it printed. */
bool ui_server_run(const ui_server *server, const char *program, const char *const *args, const char *input,
                   size_t input_len, const volatile int *stop, nx_error *err);

/* --- what its keeper is made of (also used by the test lab) -------------------------------------------- */

/* When root: becomes the user postgres, else nobody. False when that cannot be done. */
bool ui_server_drop_root(void);
/* Makes a folder of mode 0700 with a path short enough for sockets. False when there is no place. */
bool ui_server_make_folder(char *path, size_t size);
void ui_server_remove_folder(const char *path);
/* Runs in the forked child until the control socket closes. Internal to server.c. */
void ui_server_keep(const ui_server_options *options, const ui_server_program *program, int port, int control)
    NX_NORETURN;

#endif
