/* labels.h - names of records that were chosen for references and are only staged yet.
 *
 * A page brings the labels of what its rows refer to; a reference that was chosen meanwhile has none until
 * it is saved. The picker knew it: it is remembered here, for a bounded number of records.
 */
#ifndef UI_LABELS_H
#define UI_LABELS_H

#include <stdint.h>

#include "nixie/catalog.h"

/* `value` of `field`, a reference, belongs to a record with this label. */
void ui_labels_keep(const nx_field *field, nx_value value, const char *label);
/* A staged new record, by its id. */
void ui_labels_keep_new(uint64_t id, const char *label);
/* NULL when it is not known. */
const char *ui_labels_find(const nx_field *field, nx_value value);
const char *ui_labels_find_new(uint64_t id);

#endif
