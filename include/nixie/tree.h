/* tree.h - records with their relations, as deep as one asks for.
 *
 * What to include is a text, as Prisma Client's `include` in one line:
 *
 *   author, posts.comments.author, posts(where published = true; order createdAt desc; fields title; limit 5)
 *
 *   include = item {"," item}     item = part {"." part}     part = name ["(" option {";" option} ")"]
 *   option  = "where" filter | "order" order | "fields" field {"," field} | "limit" number
 *
 * A name is a relation's, in backquotes where it has other odd characters than blanks. Paths that begin alike are one. Fetching goes level by level, all lists of a level at once.
 */
#ifndef NIXIE_TREE_H
#define NIXIE_TREE_H

#include "nixie/rows.h"

typedef struct nx_include { /* one relation to include, with those beneath it */
    const char *name;
    int position;                       /* of the name in the text, 1-based */
    const char *where, *order, *fields; /* NULL: not given */
    int limit;                          /* 0: not given */
    struct nx_include *first, *next;    /* beneath it; beside it */
    const nx_relation *relation;        /* filled in by nx_tree_load */
} nx_include;

/* Parses the text; everything is in `arena`. NULL with err: NX_ERR_USAGE and the position. */
nx_include *nx_include_parse(const char *text, nx_arena *arena, nx_error *err);

typedef struct nx_tree { /* records, and for each of them its included relations */
    const nx_include *include; /* NULL for the root */
    nx_query *query;           /* NULL where a reference is NULL: there are no records */
    nx_page *page;
    int nincluded;
    struct nx_tree *included; /* page->nrows times nincluded, record by record */
} nx_tree;

/* Called once; the callee owns the tree: nx_tree_free(). NULL with err: NX_ERR_NOT_FOUND for an unknown relation or
 * field, NX_ERR_USAGE for a filter or order that does not parse, NX_ERR_REFUSED for more than 10,000 lists. */
typedef void nx_tree_done(void *owner, nx_tree *tree, const nx_error *err);
typedef struct nx_tree_job nx_tree_job;

/* Fetches what `include` (kept by the caller until done) asks for, for every record of `page`. Query and page become
 * the tree's. At most `limit` records of a to-many relation that has no limit of its own. `whole_lists`: whole
 * values also in lists; to-one records are always whole. Loads relations and descriptions as needed. Calls back at once, before
 * returning NULL, when nothing was to be fetched. */
nx_tree_job *nx_tree_load(nx_session *session, nx_query *query, nx_page *page, nx_include *include, int limit,
                          bool whole_lists, nx_tree_done *done, void *owner);
void nx_tree_drop(nx_tree_job *job); /* the owner is going away; NULL is allowed */
void nx_tree_free(nx_tree *tree);

#endif
