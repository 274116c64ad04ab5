/* model.h - what the files of the catalog share. */
#ifndef NIXIE_CATALOG_MODEL_H
#define NIXIE_CATALOG_MODEL_H

#include "nixie/catalog.h"
#include "nixie/trip.h"

#include "hash.h"

/* A column's type with everything that a field takes from it. Kept once per catalog. */
typedef struct nx_type {
    bool domain, composite, sortable;
    const char *base_type, *cast, *element_cast;
    nx_type_class class;
    nx_cut cut;
    const char *op_lt, *op_le, *op_eq, *op_ge, *op_gt;
    uint32_t family;    /* of the operator class that sorts it, 0 when there is none */
    uint32_t collation; /* the base type's own */
    const char **labels;
    int nlabels;
} nx_type;

typedef struct nx_loose_key { /* a reference without a constraint, as far as is known */
    nx_virtual_key key;
    bool checked, good;   /* by the graph's trip: all columns exist and can be compared */
    bool unique, indexed;
    bool attached;        /* stands among the child's foreign keys, or a constraint does */
} nx_loose_key;

struct nx_catalog {
    int references;
    nx_arena *arena;    /* owns models and all that hangs on them */
    nx_strings strings; /* names that stand in many places */
    nx_model *storage;  /* the models, where they stay */
    nx_model **models;  /* in the order of the list */
    int count;
    nx_oids by_oid; /* -> nx_model */
    nx_oids types;  /* -> nx_type */
    bool has_graph;
    nx_catalog_job *jobs; /* under way */
    nx_catalog_overlay overlay; /* all NULL without one */
    bool laid;
    void (*on_described)(void *owner, nx_model *model); /* or NULL */
    void *on_described_owner;
    nx_loose_key *loose; /* malloc'ed */
    int nloose;
    bool *joins; /* by place: declared to be an implicit many-to-many table; NULL: none */
};

nx_catalog *nx_catalog_new(int count);
const char *nx_catalog_intern(nx_catalog *catalog, const char *s); /* NULL for NULL */
/* The model's place in storage: an index for arrays that go along with the models. */
int nx_catalog_place(const nx_model *model);

/* Sorts catalog->models into the order of the list and drops parents that form a ring. */
void nx_catalog_sort(nx_catalog *catalog);
void nx_catalog_entitle(nx_catalog *catalog);
/* Gives partitioned models the sum of their leaves; once, after nx_catalog_sort(). */
void nx_catalog_sum_leaves(nx_catalog *catalog);
/* Does the name look like Prisma's implicit table ("_PostToTag")? */
bool nx_model_looks_joining(const char *name);
bool nx_same_letters(const char *a, const char *b); /* equal but for the case of ASCII letters */

/* --- references without a constraint --------------------------------------------------------------- */

/* The statement that checks them all; false: there are none. */
bool nx_loose_ask(const nx_catalog *catalog, nx_sql *sql);
/* Reads its answer. The last three columns of a row are names that relations might want. */
void nx_loose_read(nx_catalog *catalog, const nx_result *r);
enum { NX_LOOSE_KEY, NX_LOOSE_TAKEN = 3, NX_LOOSE_TAKEN_END = 6 };
/* Gives described models the foreign keys that only a schema laid over knows. */
void nx_loose_attach(nx_catalog *catalog);
/* "{1,2}": the models that they lead to from this one. malloc'ed. */
char *nx_loose_targets(const nx_model *model);

/* --- jobs: one trip each -------------------------------------------------------------------------- */

/* Reads what came back. A load sets job->catalog. */
typedef void nx_catalog_read(nx_catalog_job *job, const nx_trip *trip, nx_error *err);

struct nx_catalog_job {
    nx_trip *trip;
    nx_catalog *catalog; /* a reference of the job's own; NULL while a list is being loaded */
    nx_model *model;     /* what is described */
    bool loads;
    nx_catalog_kept *kept; /* for a list with a model described; borrowed */
    nx_catalog_read *read;
    bool ended;            /* the answer is being told */
    nx_catalog_done *done; /* NULL: its owner has gone, but others wait for the same */
    void *owner;
    nx_catalog_job *leader;    /* whose answer it waits for too; then it has no trip of its own */
    nx_catalog_job *followers; /* those that wait for this one's */
    nx_catalog_job *next;      /* among the followers, or among the jobs of the catalog that are under way */
};

nx_catalog_job *nx_catalog_job_new(nx_session *session, nx_catalog *catalog, const char *what, nx_catalog_read *read);
void nx_catalog_job_add(nx_catalog_job *job, nx_sql *sql); /* frees the statement */
/* Waits for a job that reads the same (of the same model) and is under way already, if there is one; else NULL. */
nx_catalog_job *nx_catalog_job_follow(nx_session *session, nx_catalog *catalog, nx_catalog_read *read,
                                      const nx_model *model, nx_catalog_done *done, void *owner);
/* Puts the statements that describe models, "{1,2}", into the trip, with those that they reference. NULL: the one that
 * an earlier statement of the trip, nx_describe_named(), found by its name. */
enum { NX_DESCRIBE_PARTS = 9 };
void nx_describe_named(nx_catalog_job *job, const nx_catalog_wish *wish);
void nx_describe_add(nx_catalog_job *job, const char *selves, const char *known, const char *also);
/* Describes the models whose parts begin at this statement of the trip. */
void nx_read_descriptions(nx_catalog *catalog, const nx_trip *trip, int first);
/* A catalog of a list and, where `nparts` is more than one, what else an open asked. */
nx_catalog *nx_catalog_read_all(const nx_trip *trip, int nparts);
const nx_result *nx_catalog_result(const nx_trip *trip, int i); /* of the i-th statement added */
void nx_catalog_job_send(nx_catalog_job *job, nx_catalog_done *done, void *owner);

#endif
