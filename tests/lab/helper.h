/* helper.h - a process beside the test that ends when the test does, whatever way that is. */
#ifndef LAB_HELPER_H
#define LAB_HELPER_H

#include <stddef.h>
#include <sys/types.h>

typedef struct lab_helper {
    pid_t pid;
    int control; /* the test's end of the socket between them; its closing ends the helper */
} lab_helper;

/* Forks; `run` is called in the child with its end of the socket, in a session of its own and with no other
 * descriptor open but `keep` (-1: none). When run returns, the helper ends. */
lab_helper lab_helper_start(void (*run)(void *owner, int control), void *owner, int keep);
void lab_helper_stop(lab_helper *helper);
/* Waits until the helper has said a line; copied without its end. Fails the test when it ends before. */
void lab_helper_read(const lab_helper *helper, char *line, size_t size);
/* Sends a line and waits for the line that answers it. */
void lab_helper_ask(const lab_helper *helper, const char *question, char *answer, size_t size);

#endif
