/* kept.h - answers of the server about its catalog, kept on disk for the next start. */
#ifndef NIXIE_CATALOG_KEPT_H
#define NIXIE_CATALOG_KEPT_H

#include "model.h"

/* The list, which model was found under the name, and the parts of its description. */
enum { NX_KEPT_LIST, NX_KEPT_FOUND, NX_KEPT_DESCRIPTION, NX_KEPT_PARTS = NX_KEPT_DESCRIPTION + NX_DESCRIBE_PARTS };

struct nx_catalog_kept {
    nx_catalog_wish wish; /* copies */
    nx_buf bytes;         /* of the answers that the catalog was read from */
    nx_catalog *catalog;  /* NULL: nothing was kept */
};

/* Is this the same answer as the one that was kept, but for the column `passing` of the list? Keeps it when it
 * is another. */
bool nx_kept_answer(nx_catalog_kept *kept, const nx_trip *trip, int passing);

#endif
