/* run.h - running the real program as people's scripts do: arguments in; stdout, stderr and status out.
 *
 * The program runs in an empty folder, without a terminal, with a small environment of its own:
 * DATABASE_URL (when given), a UTF-8 locale, no PG* variables. Everything is freed by run_free(); any
 * failure to run fails the test.
 */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct run {
    int status; /* exit status; 128 + signal when killed */
    char *out, *err;
    size_t outlen;
} run;

/* nixie with these arguments, ended by NULL. `url` becomes DATABASE_URL; NULL for none. */
run nixie(const char *url, ...);
/* The same with an argument vector (without the program's name) and further environment strings. */
run nixie_argv(const char *url, const char *const *args, const char *const *environment);
void run_free(run *r);

/* Fails unless the status is as expected; shows what the program wrote. */
void expect_status(const run *r, int status);

/* What `jq -r filter` says of a document, malloc'ed, without the last newline. Fails when it is no JSON. */
char *jq(const char *document, const char *filter);
/* Fails unless `jq -r filter` says `expected`. */
void expect_jq(const char *document, const char *filter, const char *expected);

/* For programs that are watched while they run. */
typedef struct running {
    pid_t pid;
    int out; /* a pipe from its stdout; -1 when closed */
    char err_path[64];
} running;
running nixie_start(const char *url, const char *const *args, const char *const *environment);
/* Waits for its end (failing the test after 20 s) and collects the rest. */
run nixie_finish(running *r);

/* The folder in which the programs run. */
const char *run_folder(void);
/* The program under test: NIXIE_PROGRAM in the environment, else .build/san/nixie. */
const char *run_program(void);

#endif
