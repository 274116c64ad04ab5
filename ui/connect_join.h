/* connect_join.h - what has to be found out before a relation is edited. */
#ifndef UI_CONNECT_JOIN_H
#define UI_CONNECT_JOIN_H

#include "connect.h"

/* A model that the relation needs described, NULL when all are. */
nx_model *ui_connect_unknown(const struct connecting *c);
/* Does the relation go through rows that pair records? */
void ui_connect_find_join(struct connecting *c);
/* Is the same pair staged already? */
bool ui_connect_pair_staged(const struct connecting *c);
/* Has this row of the target the values that the relation goes by? */
bool ui_connect_leads(const nx_row *row, const nx_query *query, const nx_relation *relation, const nx_value *values);
/* Takes the columns of a staged new record back to their defaults. */
bool ui_connect_release(ui_app *app, uint64_t insert, const char *const *columns, int n);

#endif
