/* fault.h - failures on purpose: memory that is not there, a disk that is full, a socket that cannot be had.
 *
 * The programs under test, test programs and nixie alike, are linked so that the calls listed below pass through
 * tests/lab/fault.c (Makefile: FAULTS). A test says which one fails, and how:
 *
 *     lab_fault(NULL, "pwrite:3:ENOSPC");            the third pwrite() from now on finds no room; the fourth does
 *     lab_fault(NULL, "fsync:1+:EIO");               so does every fsync()
 *     lab_fault(NULL, "pwrite:1:half,pwrite:2:EINTR") the first writes half of what it was given, the second is interrupted
 *     lab_fault(screen_clock(s), "renameat:1:EACCES") in the program on the screen
 *     "NIXIE_FAULT=alloc:500:ENOMEM"                  in the environment of a program: from its beginning
 *
 * Calls: malloc calloc realloc, or alloc for any of the three; open openat close read write pread pwrite fsync ftruncate
 * flock fstat fstatat faccessat mkdir mkdirat rename renameat unlink unlinkat fdopendir getentropy; pipe socket connect
 * getaddrinfo getnameinfo pthread_create pthread_attr_init; PQconndefaults PQconnectStartParams PQsetnonblocking
 * PQenterPipelineMode PQsendQueryParams PQpipelineSync PQflush PQgetResult PQstatus (says that the connection is bad)
 * PQresultStatus (says that it is a Sync's, out of turn) PQgetCancel PQcancelCreate PQmakeEmptyPGresult PQsetResultAttrs.
 * Only the program's own calls count, not those that libraries make among themselves.
 *
 * How: the name of an errno; "half", a read or write of half as many bytes; "none", one of no bytes. A call that tells
 * its failure otherwise (by NULL, a code, false) does so, and sets errno. close() closes what it was given all the same.
 */
#ifndef LAB_FAULT_H
#define LAB_FAULT_H

#include "lab/clock.h"

/* From now on these faults, and no others, in the programs with this clock (NULL: in this one and what it forks), counted
 * anew. NULL: none. Every test begins and ends without. */
void lab_fault(lab_clock *clock, const char *faults);
/* How many calls have failed since. */
int lab_faults_struck(lab_clock *clock);
/* Set while the program does what is not its own business (tests/coverage.c): nothing fails then, and nothing counts. */
extern volatile bool lab_faults_rest;

#endif
