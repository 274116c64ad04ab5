/* rival.h - what nixie is measured against: psql as people use it, and the bare statement over libpq. */
#ifndef TESTS_BENCH_RIVAL_H
#define TESTS_BENCH_RIVAL_H

#include <stdbool.h>
#include <stddef.h>

/* A psql that is connected already and takes one statement after the other, as in a session of a person's. */
typedef struct rival_psql rival_psql;
rival_psql *rival_psql_open(const char *url);
/* Milliseconds until all of the answer has been read. */
double rival_psql_run(rival_psql *psql, const char *sql);
/* Its memory at its highest (VmHWM), in kB. */
long rival_psql_memory(const rival_psql *psql);
void rival_psql_close(rival_psql *psql);

/* psql started for one statement, until it has ended. */
double rival_psql_once(const char *url, const char *sql);

/* The floor: the statement sent by libpq on a connection that is there, and its rows received. */
typedef struct rival_floor rival_floor;
rival_floor *rival_floor_open(const char *url);
double rival_floor_run(rival_floor *floor, const char *sql);
void rival_floor_close(rival_floor *floor);
/* With the connecting. */
double rival_floor_once(const char *url, const char *sql);

double rival_now_ms(void);
long rival_memory(int pid);

#endif
