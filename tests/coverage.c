/* What `make coverage` links into each of its programs, so that none of what they ran is lost.
 *
 * gcc's counters are written when a program returns from main() or calls exit(). The programs of the tests also end
 * in other ways, and each of them is led past here (-Wl,--wrap in the Makefile): _exit(), raise(), and signals that
 * one of the programs sends to another one. A signal that would end its receiver at once, SIGKILL above all, is not
 * sent: the receiver is asked (by a signal that nobody else uses) to stand still, write its counters and then end
 * itself by the very same signal. It is sent after all when the receiver has not done so within two seconds. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/fault.h"

void __gcov_dump(void);
void __gcov_reset(void);
int __real_kill(pid_t pid, int sig);
int __real_raise(int sig);
_Noreturn void __real__exit(int status);
int __wrap_kill(pid_t pid, int sig);
int __wrap_raise(int sig);
_Noreturn void __wrap__exit(int status);
pid_t __wrap___gcov_fork(void);
int __real_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const argv[], char *const env[]);
int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const argv[], char *const env[]);
int __real_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[], char *const env[]);
int __wrap_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[], char *const env[]);

enum { PATIENCE = 200 }; /* times 10 ms */

static sem_t asked;
static volatile sig_atomic_t wanted; /* the signal to end by */
static pid_t owner;                  /* a child that was forked has no thread that writes */

static int asking(void) { return SIGRTMAX - 3; }

/* A test may have made files small, to fill a disk, or let calls fail; and programs under several users write to the
 * same files. */
static void write_counters(void) {
    struct rlimit before, large;
    mode_t mask = umask(0);
    bool rested = lab_faults_rest;
    lab_faults_rest = true;
    getrlimit(RLIMIT_FSIZE, &before);
    large = (struct rlimit){.rlim_cur = before.rlim_max, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &large);
    __gcov_dump();
    setrlimit(RLIMIT_FSIZE, &before);
    umask(mask);
    lab_faults_rest = rested;
}

static void end_by(int sig) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    write_counters();
    sigaction(sig, &action, NULL);
    __real_kill(getpid(), sig);
}

static void *wait_for_end(void *unused) {
    (void)unused;
    free(malloc(1)); /* a heap of its own: the program may stand still in malloc() */
    while (sem_wait(&asked) != 0) {
    }
    end_by(wanted);
    return NULL;
}

static void on_asked(int sig, siginfo_t *info, void *context) {
    (void)sig;
    (void)context;
    wanted = info->si_value.sival_int;
    if (getpid() == owner) {
        sem_post(&asked);
    } else {
        end_by(wanted);
    }
    sigset_t all;
    sigfillset(&all);
    for (;;) {
        sigsuspend(&all);
    }
}

/* Whether a set of signals in /proc/PID/status has this one. */
static bool has(pid_t pid, const char *set, int sig) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0) {
        close(fd);
    }
    text[n > 0 ? n : 0] = '\0';
    const char *line = strstr(text, set);
    return line && (strtoull(line + strlen(set), NULL, 16) >> (sig - 1) & 1) != 0;
}

static bool has_ended(pid_t pid) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return true;
    }
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *state = strrchr(text, ')');
    return !state || state[2] == 'Z' || state[2] == 'X';
}

static bool ends_its_receiver(pid_t pid, int sig) {
    static const int ending[] = {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGPIPE};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        if (sig == ending[i]) {
            return sig == SIGKILL || (!has(pid, "SigCgt:\t", sig) && !has(pid, "SigIgn:\t", sig));
        }
    }
    return false;
}

/* Asks another program to end by this signal; false when it must be sent. */
static bool ask_to_end(pid_t pid, int sig) {
    if (pid <= 0 || sig == 0 || !has(pid, "SigCgt:\t", asking()) || !ends_its_receiver(pid, sig) ||
        sigqueue(pid, asking(), (union sigval){.sival_int = sig}) != 0) {
        return false;
    }
    for (int i = 0; i < PATIENCE && !has_ended(pid); i++) {
        poll(NULL, 0, 10);
    }
    bool ended = has_ended(pid);
    if (!ended) {
        fprintf(stderr, "coverage: %d did not write what it ran\n", (int)pid);
    }
    return ended;
}

int __wrap_kill(pid_t pid, int sig) {
    bool rested = lab_faults_rest;
    lab_faults_rest = true;
    bool ended = false;
    if (pid == getpid() && sig != 0 && ends_its_receiver(pid, sig)) {
        write_counters();
    } else {
        ended = ask_to_end(pid, sig);
    }
    lab_faults_rest = rested;
    return ended ? 0 : __real_kill(pid, sig);
}

int __wrap_raise(int sig) {
    if (ends_its_receiver(getpid(), sig)) {
        write_counters();
    }
    return __real_raise(sig);
}

void __wrap__exit(int status) {
    write_counters();
    __real__exit(status);
}

/* The counters of a child begin at nothing, or what its parent ran would be counted twice. */
pid_t __wrap___gcov_fork(void) {
    write_counters();
    __gcov_reset();
    return fork();
}

/* An environment that a test made from nothing, and where the counters are written to. */
static char **with_folder(char *const env[], char *words, size_t size) {
    size_t n = 0, used = 0;
    while (env[n]) {
        n++;
    }
    char **more = calloc(n + 3, sizeof *more);
    memcpy(more, env, n * sizeof *more);
    static const char *const names[] = {"GCOV_PREFIX", "GCOV_PREFIX_STRIP"};
    for (size_t i = 0; i < 2; i++) {
        const char *value = getenv(names[i]);
        if (value && used < size) {
            more[n++] = words + used;
            used += (size_t)snprintf(words + used, size - used, "%s=%s", names[i], value) + 1;
        }
    }
    return more;
}

int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const argv[], char *const env[]) {
    bool rested = lab_faults_rest;
    lab_faults_rest = true;
    char words[8192], **more = with_folder(env, words, sizeof words);
    lab_faults_rest = rested;
    int failed = __real_posix_spawn(pid, path, actions, attributes, argv, more);
    free(more);
    return failed;
}

int __wrap_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[], char *const env[]) {
    bool rested = lab_faults_rest;
    lab_faults_rest = true;
    char words[8192], **more = with_folder(env, words, sizeof words);
    lab_faults_rest = rested;
    int failed = __real_posix_spawnp(pid, file, actions, attributes, argv, more);
    free(more);
    return failed;
}

/* NIXIE_COVERAGE_EACH names a folder in which every test program, and what it starts, gets a folder of its own. */
static void choose_folder(void) {
    const char *each = getenv("NIXIE_COVERAGE_EACH");
    char program[4096], folder[8192];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (!each || n <= 0) {
        return;
    }
    program[n] = '\0';
    static const char built[] = "/.build/cov/tests/";
    char *name = strstr(program, built);
    name = name ? name + strlen(built) : NULL;
    for (char *at = name; at && *at; at++) {
        *at = *at == '/' ? '-' : *at;
    }
    if (name) {
        snprintf(folder, sizeof folder, "%s/%s", each, name);
        setenv("GCOV_PREFIX", folder, 1);
    }
}

__attribute__((constructor)) static void begin(void) {
    sigset_t all, before;
    pthread_t thread;
    struct sigaction action = {.sa_sigaction = on_asked, .sa_flags = SA_SIGINFO | SA_RESTART};
    owner = getpid();
    choose_folder();
    atexit(write_counters);
    sem_init(&asked, 0, 0);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, NULL, wait_for_end, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) {
        sigemptyset(&action.sa_mask);
        sigaction(asking(), &action, NULL);
    }
}
