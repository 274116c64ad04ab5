/* Servers of a test's own, and what is asked of files and programs on the way. */
#include "lab/lab.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "lab/server_private.h"
#include "lab/shared.h"
#include "lab/test.h"
#include "nixie/buf.h"

enum { VERSIONS_MAX = 32 };

int lab_usual_version(void) {
    const char *version = getenv("NIXIE_VERSION");
    return version ? atoi(version) : 0;
}

lab_server *lab_server_start(int version, const char *settings) {
    nx_error err = NX_ERROR;
    lab_server *server = nx_calloc(1, sizeof *server);
    server->server = ui_server_start(
        &(ui_server_options){.version = version ? version : lab_usual_version(), .settings = settings, .tcp = true}, &err);
    if (!server->server) {
        free(server);
        lab_fail(&err, "a server of the test's own");
    }
    return server;
}

void lab_server_stop(lab_server *server) {
    if (server) {
        ui_server_stop(server->server);
        free(server->authority);
        free(server->stranger);
        free(server);
    }
}

void lab_server_restart(lab_server *server) {
    nx_error err = NX_ERROR;
    if (!ui_server_restart(server->server, &err)) {
        lab_fail(&err, "restart");
    }
}

void lab_server_signal(lab_server *server, int sig) {
    assert_int_equal(kill(ui_server_pid(server->server), sig), 0);
}

char *lab_server_url(const lab_server *server, const char *database) {
    return ui_server_url(server->server, database);
}

char *lab_server_tcp_url(const lab_server *server, const char *database) {
    nx_buf url = NX_BUF;
    nx_buf_addf(&url, "postgresql://%s@127.0.0.1:%d/%s", ui_server_user(server->server), ui_server_port(server->server),
                database);
    return nx_buf_take(&url);
}

const int *lab_versions(void) {
    static int versions[VERSIONS_MAX + 1];
    ui_server_programs programs;
    size_t count = 0;
    ui_server_find(&programs);
    for (size_t i = 0; i < programs.count && count < VERSIONS_MAX; i++) {
        if (count == 0 || versions[count - 1] != programs.list[i].version) {
            versions[count++] = programs.list[i].version;
        }
    }
    versions[count] = 0;
    ui_server_programs_free(&programs);
    return versions;
}

/* --- files and programs ---------------------------------------------------------------------------------- */

void lab_run(char *const *argv) {
    nx_buf output = NX_BUF;
    int status = ui_child_run(&(ui_child){.argv = argv, .output = &output});
    if (status != 0) {
        char text[2000];
        snprintf(text, sizeof text, "%s", output.data);
        nx_buf_free(&output);
        fail_msg("%s %s ended with %d: %s", argv[0], argv[1], status, text);
    }
    nx_buf_free(&output);
}

bool lab_write_file(const char *path, const char *text, unsigned mode) {
    FILE *file = fopen(path, "w");
    return file && fputs(text, file) >= 0 && fclose(file) == 0 && chmod(path, (mode_t)mode) == 0;
}

void lab_give(const char *path, const char *folder) {
    struct stat info;
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(chown(path, info.st_uid, info.st_gid), 0);
}

char *lab_url_part(const char *url, const char *keyword) {
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &message);
    if (!options) {
        fail_msg("%s: %s", url, message);
    }
    char *value = NULL;
    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        if (strcmp(option->keyword, keyword) == 0) {
            value = nx_strdup(option->val);
        }
    }
    PQconninfoFree(options);
    return value;
}
