#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "nixie/buf.h"
#include "nixie/now.h"

#ifndef MSG_NOSIGNAL /* macOS: only a write after the keeper's death would raise the signal */
#define MSG_NOSIGNAL 0
#endif

enum { STOP_CHECK_MS = 100, DEFAULT_PORT = 5432, FIRST_PORT = 12000, PORTS = 20000, ARGS_MAX = 24 };

struct ui_server {
    ui_server_programs programs;
    const ui_server_program *program; /* one of them */
    char *user, *folder;
    int port, control;
    pid_t keeper, postmaster;
};

/* --- which program ------------------------------------------------------------------------------------- */

static bool choose(ui_server *server, int version, nx_error *err) {
    for (size_t i = 0; i < server->programs.count; i++) {
        if (version == 0 || server->programs.list[i].version == version) {
            server->program = &server->programs.list[i];
            return true;
        }
    }
    if (version != 0) {
        nx_error_set(err, NX_ERR_SYSTEM, "PostgreSQL %d is not installed", version);
    } else if (server->programs.too_old != 0) {
        nx_error_set(err, NX_ERR_SYSTEM, "PostgreSQL %d is installed, but %d or newer is needed",
                     server->programs.too_old, UI_SERVER_OLDEST);
    } else {
        nx_error_set(err, NX_ERR_SYSTEM, "no PostgreSQL server found: there is no initdb in PATH or the usual places");
    }
    nx_error_hint(err, "install one: `apt-get install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` "
                       "(Fedora), `brew install postgresql` (macOS)");
    return false;
}

static bool is_free(int port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool is = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return is;
}

/* Below those that the system hands to clients: one of these would be given away while the server restarts. */
static int free_port(void) {
    int port = FIRST_PORT + (int)((nx_now_ms() * 7919 + getpid()) % PORTS);
    for (int tries = 0; tries < PORTS && !is_free(port); tries++) {
        port = port + 1 < FIRST_PORT + PORTS ? port + 1 : FIRST_PORT;
    }
    return port;
}

/* --- talking to the keeper ------------------------------------------------------------------------------ */

/* Reads until the keeper has said a whole thing: a line that begins with '=', or everything up to its
 * end. False when stopped. */
static bool listen_to_keeper(const ui_server *server, const volatile int *stop, nx_buf *said) {
    for (;;) {
        struct pollfd control = {.fd = server->control, .events = POLLIN};
        int n = poll(&control, 1, stop ? STOP_CHECK_MS : -1);
        if (stop && *stop) {
            return false;
        }
        if (n <= 0) {
            continue;
        }
        char bytes[1024];
        ssize_t got = read(server->control, bytes, sizeof bytes);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return true;
        }
        nx_buf_add(said, bytes, got > 0 ? (size_t)got : 0);
        if (said->data[0] == '=' && strchr(said->data, '\n')) {
            return true;
        }
    }
}

static bool understand(ui_server *server, nx_buf *said, nx_error *err) {
    char *line = said->data;
    if (line[0] == '=') {
        char *rest = NULL;
        server->postmaster = (pid_t)strtol(line + 1, &rest, 10);
        if (!server->folder) { /* it stays the same over restarts, and callers hold it */
            server->folder = nx_strndup(rest + 1, strcspn(rest + 1, "\n"));
        }
        return true;
    }
    const char *message = line[0] == '!' ? line + 1 : "the server's keeper ended";
    size_t len = strcspn(message, "\n");
    nx_error_set(err, NX_ERR_SYSTEM, "could not start PostgreSQL %s: %.*s", server->program->text, (int)len, message);
    if (message[len] == '\n' && message[len + 1] != '\0') {
        nx_error_detail(err, "%s", message + len + 1);
    }
    nx_error_hint(err, "set TMPDIR to a folder with space, or connect to a server of yours with --url");
    return false;
}

static bool wait_for_keeper(ui_server *server, const volatile int *stop, nx_error *err) {
    nx_buf said = NX_BUF;
    bool ok = false;
    if (listen_to_keeper(server, stop, &said)) {
        ok = understand(server, &said, err);
    } else {
        nx_error_set(err, NX_ERR_CANCELLED, "stopped");
    }
    nx_buf_free(&said);
    return ok;
}

static bool fork_keeper(ui_server *server, const ui_server_options *options, nx_error *err) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        nx_error_set(err, NX_ERR_SYSTEM, "could not start PostgreSQL: %s", strerror(errno));
        return false;
    }
    server->keeper = fork();
    if (server->keeper == 0) {
        ui_server_keep(options, server->program, server->port, ends[1]);
    }
    close(ends[1]);
    server->control = ends[0];
    fcntl(server->control, F_SETFD, FD_CLOEXEC); /* a child that outlived us would keep the server alive */
    if (server->keeper < 0) {
        nx_error_set(err, NX_ERR_SYSTEM, "could not start PostgreSQL: %s", strerror(errno));
        return false;
    }
    return true;
}

/* --- its life -------------------------------------------------------------------------------------------- */

ui_server *ui_server_start(const ui_server_options *options, nx_error *err) {
    ui_server_options mine = *options;
    mine.user = options->user ? options->user : "postgres";
    ui_server *server = nx_calloc(1, sizeof *server);
    server->control = -1;
    server->user = nx_strdup(mine.user);
    ui_server_find(&server->programs);
    server->port = mine.tcp ? free_port() : DEFAULT_PORT;
    if (choose(server, mine.version, err) && fork_keeper(server, &mine, err) &&
        wait_for_keeper(server, mine.stop, err)) {
        return server;
    }
    ui_server_stop(server);
    return NULL;
}

void ui_server_stop(ui_server *server) {
    if (!server) {
        return;
    }
    if (server->control >= 0) {
        close(server->control);
    }
    if (server->keeper > 0) {
        while (waitpid(server->keeper, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    ui_server_programs_free(&server->programs);
    free(server->user);
    free(server->folder);
    free(server);
}

bool ui_server_restart(ui_server *server, nx_error *err) {
    if (send(server->control, "r", 1, MSG_NOSIGNAL) != 1) {
        nx_error_set(err, NX_ERR_SYSTEM, "the server's keeper is gone");
        return false;
    }
    return wait_for_keeper(server, NULL, err);
}

const ui_server_program *ui_server_get_program(const ui_server *server) { return server->program; }
const char *ui_server_folder(const ui_server *server) { return server->folder; }
const char *ui_server_user(const ui_server *server) { return server->user; }
int ui_server_port(const ui_server *server) { return server->port; }
pid_t ui_server_pid(const ui_server *server) { return server->postmaster; }
pid_t ui_server_keeper(const ui_server *server) { return server->keeper; }

static void add_encoded(nx_buf *url, const char *text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._~-";
    for (const char *c = text; *c; c++) {
        if (strchr(plain, *c)) {
            nx_buf_addc(url, *c);
        } else {
            nx_buf_addf(url, "%%%02X", (unsigned)(unsigned char)*c);
        }
    }
}

char *ui_server_url(const ui_server *server, const char *database) {
    nx_buf url = NX_BUF;
    nx_buf_adds(&url, "postgresql://");
    add_encoded(&url, server->user);
    nx_buf_adds(&url, "@/");
    add_encoded(&url, database);
    nx_buf_adds(&url, "?host=");
    add_encoded(&url, server->folder);
    if (server->port != DEFAULT_PORT) {
        nx_buf_addf(&url, "&port=%d", server->port);
    }
    return nx_buf_take(&url);
}

/* --- its programs ------------------------------------------------------------------------------------------ */

/* Beside initdb, or in PATH where a distribution splits clients from servers. */
static char *program_path(const ui_server *server, const char *program) {
    nx_buf path = NX_BUF;
    nx_buf_addf(&path, "%s/%s", server->program->folder, program);
    if (access(path.data, X_OK) != 0) {
        nx_buf_clear(&path);
        nx_buf_adds(&path, program);
    }
    return nx_buf_take(&path);
}

bool ui_server_run(const ui_server *server, const char *program, const char *const *args, const char *input,
                   size_t input_len, const volatile int *stop, nx_error *err) {
    nx_arena *arena = nx_arena_new(0);
    char *path = program_path(server, program);
    char *argv[ARGS_MAX] = {path, nx_arena_printf(arena, "--host=%s", server->folder),
                            nx_arena_printf(arena, "--port=%d", server->port),
                            nx_arena_printf(arena, "--username=%s", server->user), nx_arena_strdup(arena, "--no-password")};
    for (size_t i = 0; args[i] && i + 6 < NX_COUNT(argv); i++) {
        argv[i + 5] = nx_arena_strdup(arena, args[i]);
    }
    nx_buf output = NX_BUF;
    output.max = 1 << 20;
    int status = ui_child_run(
        &(ui_child){.argv = argv, .input = input, .input_len = input_len, .output = &output, .stop = stop});
    if (status == UI_CHILD_STOPPED) {
        nx_error_set(err, NX_ERR_CANCELLED, "stopped");
    } else if (status == 127 || status == UI_CHILD_FAILED) {
        nx_error_set(err, NX_ERR_SYSTEM, "could not run %s", program);
        nx_error_hint(err, "install PostgreSQL's client programs (Debian, Ubuntu: `apt-get install postgresql-client`)");
    } else if (status != 0) {
        nx_error_set(err, NX_ERR_SYSTEM, "%s ended with status %d", program, status);
        nx_error_detail(err, "%s", output.data);
    }
    nx_buf_free(&output);
    nx_arena_free(arena);
    free(path);
    return status == 0;
}
