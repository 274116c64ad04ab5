/* clock.h - a clock that tests hold still.
 *
 * The programs under test are built with tests/lab/now.c in the place of src/base/now.c. There the clock is a page of
 * memory that program and test share. It runs as usual until a test holds it; a held clock moves only by lab_clock_pass(),
 * so that no deadline of the program is reached because a machine is busy. The page also tells when the program rests:
 * it waits in nx_poll(), and nothing is there for it to read. That is the event tests wait for where there is nothing
 * to be seen.
 */
#ifndef LAB_CLOCK_H
#define LAB_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* The real clock, for how long a test has patience. */
int64_t lab_now_ms(void);
/* How long a test waits for what must come, before it fails: three minutes; longer with NIXIE_SLOW. */
int64_t lab_patience_ms(void);
/* NIXIE_SLOW in milliseconds, 0 without: by so much every packet to and from the server, every answer of the server
 * and every turn of the program is delayed. */
int lab_slow_ms(void);

typedef struct lab_clock lab_clock;

/* The clock of the programs that this process starts from now on (they inherit NIXIE_CLOCK): a page in a file of its
 * own, held from the beginning. NULL on failure. */
lab_clock *lab_clock_new(void);
void lab_clock_free(lab_clock *clock);
const char *lab_clock_path(const lab_clock *clock);
/* The clock of the test program itself, for engines that it steps with its own hands. It runs until it is held. */
lab_clock *lab_clock_own(void);

void lab_clock_hold(lab_clock *clock);
void lab_clock_run(lab_clock *clock); /* on from where it stands */
bool lab_clock_held(const lab_clock *clock);
void lab_clock_pass(lab_clock *clock, int64_t ms);
int64_t lab_clock_now(const lab_clock *clock);

/* Whether the program rests: what it said when it last did. */
typedef struct lab_rest {
    bool pending;        /* it waits for an answer of the server */
    int64_t deadline_ms; /* and for this moment of its clock, or -1 */
} lab_rest;
/* A further hold of somebody else's clock, by its path; who has one asks for himself. NULL when there is none. */
lab_clock *lab_clock_open(const char *path);
/* Asks the program to say when it rests. */
void lab_clock_ask(lab_clock *clock);
/* True when it has said so since it was last asked. */
bool lab_clock_rests(const lab_clock *clock, lab_rest *rest);
/* Moves a held clock on to the moment that the resting program waits for. */
void lab_clock_pass_until(lab_clock *clock, int64_t deadline_ms);
/* How long it is until then, in milliseconds, -1 when it waits for no moment. */
int64_t lab_clock_until(const lab_clock *clock, int64_t deadline_ms);

#endif
