/* conflict.h - what became of one change: exactly one record, or why not. */
#ifndef EDIT_CONFLICT_H
#define EDIT_CONFLICT_H

#include "nixie/change.h"
#include "nixie/trip.h"

/* `affected`: records the statement touched; `look`: the result of nx_statement_look (NULL for inserts).
 * True when it was exactly one; else false with err: NX_ERR_CONFLICT when the record is gone or has
 * changed (detail: base, mine and theirs), NX_ERR_REFUSED when the server swallowed the change. */
bool nx_change_judge(const nx_change *change, int64_t affected, const nx_result *look, nx_error *err);

#endif
