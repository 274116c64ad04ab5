/* marks.h - records that were marked, by their identities; in the order of marking. */
#ifndef UI_MARKS_H
#define UI_MARKS_H

#include <stdbool.h>

#include "nixie/sql.h"

typedef struct ui_marks ui_marks;

ui_marks *ui_marks_new(void);
void ui_marks_free(ui_marks *marks);
void ui_marks_clear(ui_marks *marks);
int ui_marks_count(const ui_marks *marks);

void ui_marks_add(ui_marks *marks, const nx_value *key, int nkey); /* copied; once is enough */
void ui_marks_remove(ui_marks *marks, const nx_value *key, int nkey);
/* Its slot, -1 when it is not marked. Fast: asked for every row drawn. */
int ui_marks_find(const ui_marks *marks, const nx_value *key, int nkey);

/* Slots hold a key each, or NULL where a mark was taken away. They stay until something is added. */
int ui_marks_slots(const ui_marks *marks);
const nx_value *ui_marks_at(const ui_marks *marks, int slot);

#endif
