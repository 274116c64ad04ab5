/* explain.h - how the server runs a statement, and the index that would help.
 *
 * EXPLAIN (VERBOSE) of a statement from the log, with its parameters; or EXPLAIN (ANALYZE, BUFFERS, VERBOSE), which
 * runs it: inside a transaction that is rolled back (PostgreSQL, "EXPLAIN": in read-only sessions the server refuses
 * what would write).
 */
#ifndef NIXIE_EXPLAIN_H
#define NIXIE_EXPLAIN_H

#include "nixie/arena.h"
#include "nixie/log.h"

typedef struct nx_explain_line {
    int depth;        /* of the node that it is, or belongs to */
    bool node;        /* "Seq Scan on public.\"Post\" t"; else something about the node above */
    const char *text; /* without indentation; of nodes without the numbers in parentheses */
    const char *numbers; /* of nodes: "cost 5203 · 2 rows · 32.5 ms"; NULL for others */
    double share;     /* of nodes: the part of all cost (or time) that is its own, 0 to 1 */
    bool expensive;   /* the node with the largest share */
} nx_explain_line;

typedef struct nx_explanation {
    nx_arena *arena;
    int nlines;
    nx_explain_line *lines;
    bool analyzed;
    const char *index;  /* CREATE INDEX CONCURRENTLY ...; NULL: none suggests itself */
    const char *reason; /* "every row of public.\"Post\" is read to sort by title, id DESC" */
} nx_explanation;
void nx_explanation_free(nx_explanation *plan);

/* Makes a plan of EXPLAIN's text. Never fails: what is not understood is a line of its own. */
nx_explanation *nx_explanation_parse(const char *text, bool analyzed);

typedef void nx_explain_done(void *owner, nx_explanation *plan, const nx_error *err); /* the callee owns the plan */
typedef struct nx_explain_job nx_explain_job;
/* `logged` is copied. Statements of no plan (BEGIN, SET) are refused by the server: err. */
nx_explain_job *nx_explain(nx_session *session, const nx_logged *logged, bool analyze, nx_explain_done *done, void *owner);
void nx_explain_drop(nx_explain_job *job); /* the owner is going away; NULL is allowed */

#endif
