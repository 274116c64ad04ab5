/* conflict.h - what became of one change: exactly one record, or why not. */
#ifndef EDIT_CONFLICT_H
#define EDIT_CONFLICT_H

#include "changeset.h"
#include "nixie/trip.h"

/* `affected`: records the statement touched; `look`: the result of nx_statement_look (NULL for inserts).
 * True when it was exactly one; else false with err: NX_ERR_CONFLICT when the record is gone or has
 * changed (detail: base, mine and theirs), NX_ERR_REFUSED when the server swallowed the change. */
bool nx_change_judge(const nx_change *change, int64_t affected, const nx_result *look, nx_error *err);

/* Tells the change what stands there instead, for the user to settle: the outcome is NX_ERR_CONFLICT. */
void nx_conflict_tell(nx_version *version, const nx_result *look);
/* A save begins: what the last one said no longer holds. */
void nx_conflict_forget(nx_version *version);
/* `to` was made of `from` (may be NULL) by settling this field (NULL: all of them, or by a step that makes
 * the conflict moot): what is unsettled yet stays told, with the outcome. */
void nx_conflict_carry(nx_version *to, const nx_version *from, const nx_field *settled);
/* What the conflict says of the field, or NULL. */
const nx_conflict_field *nx_conflict_of(const nx_change *change, const nx_field *field);

#endif
