/* pull.h - the schema.prisma that a database asks for: what `prisma db pull` would print of it.
 *
 * One trip reads the chosen schemas; names, relations and layout follow Prisma's introspection to the letter (7.10), with a
 * project's schema as well as without one, or past it (`db pull --force`). The text is the same for the same database, byte for byte.
 * It differs where Prisma's own would be wrong: a default of 1e+30 (which Prisma reads as 1), labels with odd characters in the
 * default of a list, @ignore on the way to an ignored model that the project knows, and the note of a nameless field, which piles up.
 */
#ifndef NIXIE_PULL_H
#define NIXIE_PULL_H

#include "nixie/prisma.h"

typedef struct nx_pull_wish {
    const char *const *schemas; /* at least one */
    int nschemas;
    bool multi;              /* say which schema each model is of: @@schema, and schemas = [...] */
    const nx_prisma *prisma; /* the project's, or NULL: its generator and datasource blocks are kept, and its preview features count;
                                its models, fields, values and relations keep their names, order and comments, */
    bool anew;               /* but for this: as if it had none of them */
} nx_pull_wish;

/* `text` is the callee's, to be freed with free(); NULL with an error. NX_ERR_NOT_FOUND: no such schema, nothing in it, or
 * a reference out of those chosen. */
typedef void nx_pulled(void *owner, char *text, const nx_error *err);

typedef struct nx_pull_job nx_pull_job;
/* The wish is copied, but for its prisma, which must outlive the job. */
nx_pull_job *nx_pull(nx_session *session, const nx_pull_wish *wish, nx_pulled *done, void *owner);
/* The owner is going away: the callback will not be called. NULL is allowed; the pointer is dead once it was. */
void nx_pull_drop(nx_pull_job *job);

#endif
