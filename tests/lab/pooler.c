/* PgBouncer as Neon runs it, in a folder of its own. */
#include "lab/lab.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "child.h"
#include "lab/helper.h"
#include "lab/shared.h"
#include "nixie/buf.h"

enum { PORT = 6432, TICK_MS = 10, TRIES = 1000 };

struct lab_pooler {
    lab_helper helper;
    char *url;
};

typedef struct upstream {
    const char *program;
    char *host, *port, *user;
} upstream;

static const char *find_program(void) {
    static const char *const places[] = {"/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer",
                                         "/usr/local/sbin/pgbouncer", "/opt/homebrew/bin/pgbouncer"};
    for (size_t i = 0; i < NX_COUNT(places); i++) {
        if (access(places[i], X_OK) == 0) {
            return places[i];
        }
    }
    return NULL;
}

/* --- in the helper process ------------------------------------------------------------------------------- */

static bool write_settings(const upstream *to, const char *folder) {
    nx_buf ini = NX_BUF;
    nx_buf_addf(&ini,
                "[databases]\n* = host=%s port=%s user=%s\n"
                "[pgbouncer]\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 100\n"
                "ignore_startup_parameters = extra_float_digits\nauth_type = any\nquery_wait_timeout = 120\n"
                "listen_port = %d\nunix_socket_dir = %s\nlogfile = %s/pooler.log\n",
                to->host, to->port, to->user, PORT, folder, folder);
    bool ok = lab_write_file("pooler.ini", ini.data, 0600);
    nx_buf_free(&ini);
    return ok;
}

static bool answers(const char *folder) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.%d", folder, PORT);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

static void serve(const upstream *to, const char *folder, int control) {
    pid_t pid = fork();
    if (pid == 0) {
        close(control);
        ui_child_settle();
        execl(to->program, to->program, "-q", "pooler.ini", (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < TRIES && !answers(folder) && waitpid(pid, NULL, WNOHANG) == 0; i++) {
        poll(NULL, 0, TICK_MS);
    }
    char line[200];
    int len = snprintf(line, sizeof line, "%s\n", answers(folder) ? folder : "!");
    ssize_t n = write(control, line, (size_t)len);
    (void)n;
    while ((n = read(control, line, sizeof line)) > 0 || (n < 0 && errno == EINTR)) {
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void run(void *owner, int control) {
    const upstream *to = owner;
    char folder[100];
    if (!ui_server_drop_root() || !ui_server_make_folder(folder, sizeof folder)) {
        return;
    }
    if (chdir(folder) == 0 && write_settings(to, folder)) {
        serve(to, folder, control);
    }
    if (chdir("/") == 0) {
        ui_server_remove_folder(folder);
    }
}

/* --- in the test ------------------------------------------------------------------------------------------ */

lab_pooler *lab_pooler_start(const char *url) {
    upstream to = {.program = find_program()};
    if (!to.program) {
        return NULL;
    }
    to.host = lab_url_part(url, "host");
    to.port = lab_url_part(url, "port");
    to.user = lab_url_part(url, "user");
    to.port = to.port ? to.port : nx_strdup("5432");
    char *database = lab_url_part(url, "dbname");

    lab_pooler *pooler = nx_calloc(1, sizeof *pooler);
    pooler->helper = lab_helper_start(run, &to, -1);
    char folder[200];
    lab_helper_read(&pooler->helper, folder, sizeof folder);
    if (folder[0] != '/') {
        fail_msg("pgbouncer did not come up");
    }
    nx_buf made = NX_BUF;
    nx_buf_addf(&made, "postgresql://%s@/%s?host=%s&port=%d", to.user, database, folder, PORT);
    pooler->url = nx_buf_take(&made);
    free(to.host);
    free(to.port);
    free(to.user);
    free(database);
    return pooler;
}

const char *lab_pooler_url(const lab_pooler *pooler) { return pooler->url; }

void lab_pooler_stop(lab_pooler *pooler) {
    if (pooler) {
        lab_helper_stop(&pooler->helper);
        free(pooler->url);
        free(pooler);
    }
}
