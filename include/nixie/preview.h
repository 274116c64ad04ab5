/* preview.h - what the database itself will do when the staged changes are saved.
 *
 * A record that is deleted, or whose referenced key changes, is followed along every foreign key that points
 * at it: which records go with it (and what refers to those), which lose their reference or get its default,
 * and which will refuse. Counted in one trip; what is not known of the models is read before. The counts are of
 * now: nothing is locked, and triggers are not foreseen.
 *
 * Bounded: NX_PREVIEW_ROWS records along one relation, NX_PREVIEW_DEPTH steps, NX_PREVIEW_NODES relations, and
 * a few seconds. A relation without an index on the referring side is only counted where the table is small.
 */
#ifndef NIXIE_PREVIEW_H
#define NIXIE_PREVIEW_H

#include "nixie/change.h"
#include "nixie/session.h"

enum { NX_PREVIEW_ROWS = 1000, NX_PREVIEW_DEPTH = 8, NX_PREVIEW_NODES = 64, NX_PREVIEW_CHANGES = 1000 };

typedef enum nx_effect_action {
    NX_EFFECT_CASCADE, /* they go as well, or their reference follows the key */
    NX_EFFECT_SET_NULL,
    NX_EFFECT_SET_DEFAULT,
    NX_EFFECT_RESTRICT,
    NX_EFFECT_NO_ACTION
} nx_effect_action;
const char *nx_effect_action_name(nx_effect_action action); /* "cascade", "set null", ... */

typedef enum nx_effect_refusal {
    NX_EFFECT_ALLOWED,
    NX_EFFECT_MAY_REFUSE, /* not known, or it depends on which constraint comes first */
    NX_EFFECT_REFUSES     /* nothing will be saved */
} nx_effect_refusal;

typedef struct nx_effect { /* along one foreign key */
    const nx_model *model; /* the records that refer */
    const nx_foreign_key *key;
    nx_effect_action action;
    bool update;           /* because the key that they refer to changes; else because the record goes */
    int depth;             /* 0: they refer to the change's own record, 1: to those, ... */
    int64_t count;         /* -1: not counted */
    bool more;             /* there are more than that */
    const char *uncounted; /* why not: "no index on Comment (postId)"; else NULL */
    nx_effect_refusal refusal;
    const char *why;       /* words for a refusal that the action does not tell: "author is NOT NULL"; or NULL */
    bool deeper;           /* what it leads to was not looked at */
} nx_effect;

typedef struct nx_preview_tree { /* of one staged change */
    uint64_t change;
    nx_change_kind kind;
    const nx_model *model;
    int64_t count;         /* records it is about, -1 not known; 0: it is gone already */
    bool more;
    nx_effect_refusal refusal; /* the worst of all */
    int n;
    const nx_effect *effects;  /* those above before those below; what refers to nothing is left out */
} nx_preview_tree;

typedef struct nx_preview { /* immutable; owns everything but the models */
    nx_arena *arena;
    nx_catalog *catalog; /* a reference */
    bool limited;        /* there are more staged changes than were looked at */
    int n;
    const nx_preview_tree *trees; /* of deletions, and of updates of keys that something refers to */
} nx_preview;
void nx_preview_free(nx_preview *preview);
const nx_preview_tree *nx_preview_of(const nx_preview *preview, uint64_t change); /* NULL: there is none */

/* "deletes 1 Post, cascades to 12 Comment and 3 Like; refused by Invoice (2)". Raw text, appended. */
void nx_preview_words(const nx_preview_tree *tree, nx_buf *out);
/* "12 Comment", "1000+ Comment", "Comment (not counted: no index on Comment (postId))". Appended. */
void nx_effect_words(const nx_effect *effect, nx_buf *out);

/* `preview` is owned by the callee when err is NULL; it has no trees where nothing refers to what is staged. */
typedef void nx_preview_done(void *owner, nx_preview *preview, const nx_error *err);
typedef struct nx_preview_job nx_preview_job;
/* Looks at all staged changes together: a record that is staged for deletion itself refuses nothing, nor does one
 * whose reference is staged to point elsewhere. The changeset is read before this returns. NULL, with the
 * callback made, when there is nothing to ask. */
nx_preview_job *nx_preview_ask(nx_session *session, const nx_changeset *set, nx_preview_done *done, void *owner);
void nx_preview_drop(nx_preview_job *job); /* the owner is going away; NULL is allowed */

#endif
