/* changes.h - the Changes view's own struct, shared by the files changes*.c. */
#ifndef UI_CHANGES_H
#define UI_CHANGES_H

#include "app.h"
#include "doc.h"

typedef struct changes_view {
    ui_view view;
    ui_doc doc;   /* only the changes around the cursor: there can be many */
    int *order;   /* as they are shown: places in the changeset, together by model when there are many */
    int norder;
    bool grouped;
    int at;       /* the cursor: a place in `order` */
    int field;    /* of its conflict, -1: the change itself */
    uint64_t id;  /* the change at `at`, to find it again */
    int width;
} changes_view;

/* --- changes.c --- */
/* The change under the cursor, or NULL. */
const nx_change *ui_changes_current(const changes_view *v);
/* The field of its conflict under the cursor, or NULL. */
const nx_conflict_field *ui_changes_field(const changes_view *v);

/* --- changes_order.c --- */
void ui_changes_arrange(changes_view *v);
const nx_change *ui_changes_at(const changes_view *v, int place);
/* How many changes of this model there are from this place on. */
int ui_changes_run(const changes_view *v, int place);
/* Does a group of changes of another model begin here? */
bool ui_changes_group_begins(const changes_view *v, int place);

/* --- changes_move.c --- */
void ui_changes_step(changes_view *v, int by);
void ui_changes_page(changes_view *v, int by);
void ui_changes_go(changes_view *v, int place, int field);
/* On the change or the field that a line of the document belongs to. */
void ui_changes_go_line(changes_view *v, int line);

/* --- changes_draw.c --- */
/* Makes the document of what can be seen from the cursor; the cursor stays on its line of the screen. */
void ui_changes_build(changes_view *v);
int ui_changes_item(int place, int field);
void ui_changes_item_of(int item, int *place, int *field);
void ui_changes_add_value(ui_doc *doc, nx_value value, unsigned style);
/* What the change makes of the field, in words: a value, NULL, DEFAULT, "id of the new User". */
void ui_changes_add_new(ui_doc *doc, const nx_change *change, const nx_assignment *a);
/* Did the server refuse the change because of this field? As far as it told. */
bool ui_changes_guilty(const nx_change *change, const nx_field *field);

/* --- changes_conflict.c --- */
/* field | base | mine | theirs */
void ui_changes_add_conflict(changes_view *v, const nx_change *change, int place);
/* What can be done about it, ended by UI_DO_NOTHING; `field`: about one field of it. NULL without a conflict
 * that can be settled. */
const ui_action *ui_changes_choices(const nx_change *change, bool field);
int ui_changes_settle(changes_view *v, ui_action action);
/* Whole values: of the field under the cursor, else of the change. */
int ui_changes_whole(changes_view *v);
int ui_changes_edit(changes_view *v);

#endif
