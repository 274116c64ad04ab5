/* connect_task.h - the parts of editing a relation: its beginning and end (connect_task.c), what is found out of
 * the models (connect_join.c), picking (connect.c), letting go (disconnect.c). */
#ifndef UI_CONNECT_TASK_H
#define UI_CONNECT_TASK_H

#include "connect.h"

/* connect_task.c: one at a time; what is under way is dropped. */
struct connecting *ui_connect_begin(record_view *v, record_node *relation, enum connect_what what);
/* What was staged is shown, and it is over. */
void ui_connect_finish(struct connecting *c);
/* It is over, said why. Returns UI_DONE. */
int ui_connect_refused(struct connecting *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Stages in one step for undo, or nothing. */
bool ui_connect_staged(struct connecting *c, bool (*stage)(struct connecting *c));
bool ui_connect_in_tree(const record_node *node, const record_node *sought);
/* The relation that a node is, or in whose list it stands; NULL for a field. */
record_node *ui_connect_relation(record_node *node);
nx_value *ui_connect_copy(nx_arena *arena, const nx_value *values, int n); /* NULL for NULL */

/* connect.c: reads the record that was picked; the first row of `model` with these values. */
void ui_connect_read_record(struct connecting *c, nx_model *model);
bool ui_connect_read_row(struct connecting *c, nx_model *model, const char *const *columns, const nx_value *values,
                         int n, const char *const *more, const nx_value *more_values, int nmore);
/* May it be edited? Says why not. */
bool ui_connect_may(struct connecting *c);
/* Goes on when all models it needs are described. */
void ui_connect_prepare(struct connecting *c);

/* connect_join.c: a model that the relation needs described, NULL when all are. */
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
