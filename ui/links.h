/* links.h - what staged changes do to a relation: the records that it will lead to, or no longer, once
 * they are saved.
 */
#ifndef UI_LINKS_H
#define UI_LINKS_H

#include "nixie/change.h"
#include "nixie/rows.h"

typedef struct ui_link_owner { /* whose relation it is: a staged record (insert), or one that is saved */
    uint64_t insert;
    const nx_change *change; /* what is staged of the saved one, or NULL */
    const nx_value *values;  /* of relation->fields of the saved one; NULL: one of them is NULL */
} ui_link_owner;

typedef struct ui_link {
    uint64_t change; /* what makes it: an update of either side, or an insert */
    uint64_t insert; /* it leads to a new record that is staged; else 0 */
} ui_link;

/* The records that will be there. malloc'ed. */
int ui_links(const nx_changeset *set, const nx_relation *relation, const ui_link_owner *owner, ui_link **links);

/* The change by which a record that is there now (its values of relation->references, its own change or NULL) will
 * not be; 0: it stays. */
uint64_t ui_link_cut(const nx_changeset *set, const nx_relation *relation, const ui_link_owner *owner,
                     const nx_value *references, const nx_change *change);

/* "12 Linus": the saved record that the change links to. */
void ui_link_words(const nx_change *change, const nx_relation *relation, nx_buf *out);
/* Its key, in `arena`; false when it is not known. */
bool ui_link_key(const nx_change *change, const nx_relation *relation, nx_arena *arena, nx_key_test *key);

#endif
