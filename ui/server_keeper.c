/* The process between the program and its throw-away server; see server.h. It says to the program
 * "=PID FOLDER\n" each time the server is ready, or "!what went wrong" before it ends. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "nixie/now.h"

enum { TICK_MS = 10, READY_MS = 60000, FAST_MS = 10000, QUIT_MS = 5000, TOLD_MAX = 800 };

typedef struct keeper {
    const ui_server_options *options;
    const ui_server_program *program;
    int port, control;
    char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
    pid_t postmaster; /* 0 when it does not run */
} keeper;

bool ui_server_drop_root(void) {
    if (geteuid() != 0) {
        return true;
    }
    static const char *const names[] = {"postgres", "_postgres", "pgsql", "nobody"};
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        const struct passwd *who = getpwnam(names[i]);
        if (who && who->pw_uid != 0) {
            return initgroups(names[i], who->pw_gid) == 0 && setgid(who->pw_gid) == 0 && setuid(who->pw_uid) == 0;
        }
    }
    return false;
}

bool ui_server_make_folder(char *path, size_t size) {
    const char *places[] = {getenv("TMPDIR"), "/tmp", "/var/tmp"};
    static const char longest[] = "/.s.PGSQL.65535.lock";
    for (size_t i = 0; i < NX_COUNT(places); i++) {
        if (!places[i] || places[i][0] != '/') {
            continue;
        }
        int len = snprintf(path, size, "%s/nixie-XXXXXX", places[i]);
        bool fits = len > 0 && (size_t)len < size && (size_t)len + sizeof longest <= sizeof((struct sockaddr_un *)0)->sun_path;
        if (fits && mkdtemp(path)) {
            return true;
        }
    }
    return false;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk) {
    (void)info;
    (void)type;
    (void)walk;
    remove(path); /* what cannot be removed must not keep the rest */
    return 0;
}

void ui_server_remove_folder(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void say(const keeper *k, const char *text, size_t len) {
    while (len > 0) {
        ssize_t n = write(k->control, text, len);
        if (n < 0 && errno != EINTR) {
            return; /* the program is gone; the loop will notice */
        }
        text += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

static void complain(const keeper *k, const char *what, const char *output) {
    size_t len = strlen(output);
    const char *tail = len > TOLD_MAX ? output + (len - TOLD_MAX) : output;
    nx_buf text = NX_BUF;
    nx_buf_addf(&text, "!%s\n%s", what, tail);
    say(k, text.data, text.len);
    nx_buf_free(&text);
}

static void leave_terminal(int control) {
    setsid();
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < NX_COUNT(ignored); i++) {
        signal(ignored[i], SIG_IGN); /* it ends when the program does, and never before */
    }
    signal(SIGCHLD, SIG_DFL);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; fd++) {
        dup2(null, fd);
    }
    ui_child_close_all(control, -1);
}

/* --- making it ----------------------------------------------------------------------------------------- */

static int run_initdb(const keeper *k, const char *locale, nx_buf *output) {
    char initdb[4200], user[200], where[200];
    snprintf(initdb, sizeof initdb, "%s/initdb", k->program->folder);
    snprintf(user, sizeof user, "--username=%s", k->options->user);
    snprintf(where, sizeof where, "--locale=%s", locale);
    char *argv[] = {initdb,
                    user,
                    where,
                    (char[]){"--pgdata=data"},
                    (char[]){"--encoding=UTF8"},
                    (char[]){"--auth=trust"},
                    (char[]){"--no-sync"},
                    (char[]){"--no-instructions"},
                    NULL};
    return ui_child_run(&(ui_child){.argv = argv, .output = output, .watch = &k->control});
}

static bool make_data(keeper *k) {
    static const char *const locales[] = {"C.UTF-8", "C"};
    nx_buf output = NX_BUF;
    int status = 1;
    for (size_t i = 0; i < NX_COUNT(locales) && status > 0; i++) {
        nx_buf_clear(&output);
        status = run_initdb(k, locales[i], &output);
    }
    if (status != 0 && status != UI_CHILD_STOPPED) {
        complain(k, "initdb could not make a database", output.data);
    }
    nx_buf_free(&output);
    return status == 0;
}

static bool configure(const keeper *k) {
    FILE *conf = fopen("data/postgresql.conf", "a");
    if (!conf) {
        complain(k, "could not write postgresql.conf", strerror(errno));
        return false;
    }
    fprintf(conf,
            "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\n"
            "max_wal_senders = 0\nmax_wal_size = 1GB\nlogging_collector = off\nunix_socket_permissions = 0700\n"
            "timezone = 'UTC'\nlog_timezone = 'UTC'\ncluster_name = 'nixie'\nport = %d\nlisten_addresses = '%s'\n"
            "unix_socket_directories = '",
            k->port, k->options->tcp ? "127.0.0.1" : "");
    for (const char *c = k->folder; *c; c++) {
        fputs(*c == '\'' ? "''" : (char[]){*c, '\0'}, conf);
    }
    fprintf(conf, "'\n%s\n", k->options->settings ? k->options->settings : "");
    return fclose(conf) == 0;
}

/* --- running it ---------------------------------------------------------------------------------------- */

static NX_NORETURN void become_postgres(const keeper *k) {
    char postgres[4200];
    snprintf(postgres, sizeof postgres, "%s/postgres", k->program->folder);
    int log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    close(log);
    close(k->control);
    ui_child_settle();
    execl(postgres, postgres, "-D", "data", (char *)NULL);
    _exit(127);
}

static char *read_file(const char *path) {
    nx_buf text = NX_BUF;
    text.max = 1 << 20;
    char bytes[4096];
    FILE *file = fopen(path, "r");
    for (size_t n; file && (n = fread(bytes, 1, sizeof bytes, file)) > 0;) {
        nx_buf_add(&text, bytes, n);
    }
    if (file) {
        fclose(file);
    }
    return nx_buf_take(&text);
}

/* The postmaster writes its state into the 8th line of its lock file; the first line is its pid, which
 * tells a new file from one that a killed postmaster left behind. */
static bool is_ready(const keeper *k) {
    char *text = read_file("data/postmaster.pid");
    const char *line = text;
    for (int i = 1; i < 8 && line; i++) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    bool ready = line && strtol(text, NULL, 10) == (long)k->postmaster && strncmp(line, "ready", 5) == 0;
    free(text);
    return ready;
}

static bool program_gone(const keeper *k) {
    struct pollfd control = {.fd = k->control, .events = POLLIN};
    return poll(&control, 1, TICK_MS) > 0 && (control.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static bool has_ended(keeper *k) {
    if (k->postmaster != 0 && waitpid(k->postmaster, NULL, WNOHANG) != 0) {
        k->postmaster = 0;
    }
    return k->postmaster == 0;
}

static void tell_ready(const keeper *k) {
    nx_buf text = NX_BUF;
    nx_buf_addf(&text, "=%ld %s\n", (long)k->postmaster, k->folder);
    say(k, text.data, text.len);
    nx_buf_free(&text);
}

static bool start(keeper *k) {
    k->postmaster = fork();
    if (k->postmaster == 0) {
        become_postgres(k);
    }
    int64_t deadline = nx_now_ms() + READY_MS;
    while (k->postmaster > 0 && nx_now_ms() < deadline && !has_ended(k)) {
        if (is_ready(k)) {
            tell_ready(k);
            return true;
        }
        if (program_gone(k)) {
            return false;
        }
    }
    char *log = read_file("log");
    complain(k, "the server did not come up", log ? log : "");
    free(log);
    return false;
}

static void stop(keeper *k) {
    static const struct {
        int signal, patience_ms;
    } steps[] = {{SIGINT, FAST_MS}, {SIGQUIT, QUIT_MS}, {SIGKILL, QUIT_MS}};
    for (size_t i = 0; i < NX_COUNT(steps) && !has_ended(k); i++) {
        int64_t deadline = nx_now_ms() + steps[i].patience_ms;
        kill(k->postmaster, steps[i].signal);
        kill(k->postmaster, SIGCONT); /* it may have been stopped */
        while (!has_ended(k) && nx_now_ms() < deadline) {
            poll(NULL, 0, TICK_MS);
        }
    }
}

/* Obeys until the program closes its end. */
static void serve(keeper *k) {
    char command;
    for (;;) {
        ssize_t n = read(k->control, &command, 1);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return;
        }
        if (n == 1 && command == 'r') {
            stop(k);
            if (!start(k)) {
                return;
            }
        }
    }
}

void ui_server_keep(const ui_server_options *options, const ui_server_program *program, int port, int control) {
    keeper k = {.options = options, .program = program, .port = port, .control = control};
    leave_terminal(control);
    if (!ui_server_drop_root()) {
        complain(&k, "PostgreSQL refuses to run as root, and this process may not become another user", "");
        _exit(1);
    }
    if (!ui_server_make_folder(k.folder, sizeof k.folder)) {
        complain(&k, "no temporary folder could be made in $TMPDIR, /tmp or /var/tmp", strerror(errno));
        _exit(1);
    }
    if (chdir(k.folder) == 0 && make_data(&k) && configure(&k) && start(&k)) {
        serve(&k);
    }
    stop(&k);
    if (chdir("/") == 0) {
        ui_server_remove_folder(k.folder);
    }
    _exit(0);
}
