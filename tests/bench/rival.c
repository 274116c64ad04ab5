#include "rival.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "lab/test.h"
#include "nixie/arena.h"

struct rival_psql {
    pid_t pid;
    int in;
    FILE *out;
};

static const char sentinel[] = "-- the answer is whole --\n";

double rival_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

long rival_memory(int pid) {
    char path[40], line[200];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        sscanf(line, "VmHWM: %ld", &kb);
    }
    if (f) {
        fclose(f);
    }
    return kb;
}

/* --- psql ------------------------------------------------------------------------------------------------------ */

static pid_t start(const char *url, const char *command, int in, int out) {
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        setenv("PSQLRC", "/dev/null", 1);
        if (command) {
            execlp("psql", "psql", "-X", "-q", "-d", url, "-c", command, (char *)NULL);
        } else {
            execlp("psql", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, (char *)NULL);
        }
        _exit(127);
    }
    return pid;
}

rival_psql *rival_psql_open(const char *url) {
    rival_psql *psql = nx_calloc(1, sizeof *psql);
    int to[2], from[2];
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    psql->pid = start(url, NULL, to[0], from[1]);
    close(to[0]);
    close(from[1]);
    psql->in = to[1];
    psql->out = fdopen(from[0], "r");
    return psql;
}

double rival_psql_run(rival_psql *psql, const char *sql) {
    double begin = rival_now_ms();
    dprintf(psql->in, "%s;\n\\echo %s", sql, sentinel);
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, psql->out) > 0) {
        if (strcmp(line, sentinel) == 0) {
            free(line);
            return rival_now_ms() - begin;
        }
    }
    free(line);
    fail_msg("psql ended at: %s", sql);
    return 0;
}

long rival_psql_memory(const rival_psql *psql) { return rival_memory(psql->pid); }

void rival_psql_close(rival_psql *psql) {
    close(psql->in);
    fclose(psql->out);
    waitpid(psql->pid, NULL, 0);
    free(psql);
}

double rival_psql_once(const char *url, const char *sql) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), status = 0;
    double begin = rival_now_ms();
    pid_t pid = start(url, sql, null, null);
    waitpid(pid, &status, 0);
    double ms = rival_now_ms() - begin;
    close(null);
    assert_int_equal(status, 0);
    return ms;
}

/* --- libpq ------------------------------------------------------------------------------------------------------- */

struct rival_floor {
    PGconn *conn;
};

rival_floor *rival_floor_open(const char *url) {
    rival_floor *floor = nx_calloc(1, sizeof *floor);
    floor->conn = PQconnectdb(url);
    assert_int_equal(PQstatus(floor->conn), CONNECTION_OK);
    return floor;
}

double rival_floor_run(rival_floor *floor, const char *sql) {
    double begin = rival_now_ms();
    PGresult *res = PQexec(floor->conn, sql);
    double ms = rival_now_ms() - begin;
    if (PQresultStatus(res) == PGRES_FATAL_ERROR) {
        fail_msg("%s: %s", sql, PQresultErrorMessage(res));
    }
    PQclear(res);
    return ms;
}

void rival_floor_close(rival_floor *floor) {
    PQfinish(floor->conn);
    free(floor);
}

double rival_floor_once(const char *url, const char *sql) {
    double begin = rival_now_ms();
    rival_floor *floor = rival_floor_open(url);
    rival_floor_run(floor, sql);
    rival_floor_close(floor);
    return rival_now_ms() - begin;
}
