/* child.h - running another program to its end without losing sight of a wish to stop. */
#ifndef UI_CHILD_H
#define UI_CHILD_H

#include "nixie/buf.h"

enum {
    UI_CHILD_FAILED = -1, /* it could not be started; errno says why */
    UI_CHILD_STOPPED = -2 /* it was ended because `watch` or `stop` asked for it */
};

typedef struct ui_child {
    char *const *argv;        /* argv[0] is searched in PATH */
    const char *input;        /* what it reads on stdin; NULL for nothing */
    size_t input_len;
    nx_buf *output;           /* gets its stdout and stderr together; NULL drops them */
    const int *watch;         /* end it when this descriptor becomes readable or is hung up; NULL: none */
    const volatile int *stop; /* end it when this becomes non-zero (a signal handler's flag); NULL: none */
} ui_child;

/* Runs it in a process group of its own (the terminal's Ctrl-C does not reach it), with default signals
 * and without any PG* variable, which would change what PostgreSQL's programs do. Waits for its end.
 * Returns its exit status, 128 + signal, or one of the above. */
int ui_child_run(const ui_child *child);

/* In a child between fork and exec: default signals, no PG* variables. */
void ui_child_settle(void);
/* In a child that does not exec: closes every descriptor but stdin, stdout, stderr and these (-1: none). */
void ui_child_close_all(int keep, int keep_too);

#endif
