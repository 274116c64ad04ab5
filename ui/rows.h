/* rows.h - the rows view's own struct, shared by the files rows*.c. */
#ifndef UI_ROWS_H
#define UI_ROWS_H

#include "app.h"
#include "cell_draw.h"
#include "marks.h"
#include "nixie/rows.h"

enum { UI_COLUMN_MIN = 3, UI_COLUMN_MAX = 40, UI_INSERTS_SHOWN = 5, UI_BULK_LINES = 2 };

typedef struct rows_column { /* a field's width: as its values want it until the user says otherwise */
    int width;
    bool chosen;
} rows_column;

/* A range that is being marked, from the row where V was pressed to the cursor. */
typedef struct rows_range {
    bool on;
    bool known;  /* where its beginning is: `row` of the window, or far beyond one of its ends */
    int row;
    nx_arena *arena;
    nx_row *from, *to; /* keys and cursors; `to` once it is read */
    int nkey;
    nx_query *query;   /* keys only */
    nx_rows_job *job;  /* reading what lies between */
    ui_marks *found;
    bool backward;     /* `to` comes first */
    bool both_ways;    /* not known which comes first */
} rows_range;

typedef struct rows_view {
    ui_view view;
    nx_model *model;
    nx_catalog *catalog; /* a reference: models stay while the view is there */
    nx_catalog_job *describing;
    nx_catalog_job *checking; /* is the model still what it was? */
    nx_catalog_kept *kept;    /* for that */
    bool broken;              /* a statement failed over it */
    nx_query *query;     /* NULL until the model is described */
    nx_window *window;
    nx_query *wanted;    /* with the fields that were chosen, while their rows are on their way */
    nx_order order;
    nx_arena *arena;     /* the start: scope, key */
    nx_scope *scope;
    const char *scope_title;
    char *filter;        /* the first filter, until the query has it */
    nx_key_test *start_key;
    int start_field;       /* the number of a field, 0: none */
    uint64_t start_insert; /* a staged new record to put the cursor on, 0: none */
    nx_error error;      /* why there are no rows */

    int row;    /* the cursor: a row of the window, or -1, -2, ... for staged new records */
    int field;  /* of the query; relations that it counts come after its fields */
    int top;    /* the first row of the window in sight */
    int left;   /* the first field that scrolls */
    int height; /* rows in sight at the last draw */
    int width;
    bool going; /* to other rows, which are on their way: the cursor is not on what one means */
    int owed;   /* rows to move yet, once they are here */
    int offset; /* a refresh: the cursor's place on the screen, -1: none is under way */
    rows_column *columns;
    uint64_t *inserts; /* ids of staged new records of this model, in order */
    int ninserts;

    struct ui_peek *peek; /* the pane beside the grid, or NULL */
    struct ui_watch *watch; /* the rows are read again and again, or NULL */
    ui_marks *marks;
    rows_range range;
    struct rows_marked *acting; /* on all that are marked */
    struct rows_bulk *bulk;     /* a change of all that match, until it is staged */
    nx_from_kind went;          /* where the last going went */

    nx_catalog_job *relating; /* the relations are on their way */
    bool counting;            /* which relations are counted is settled */

    nx_prepare_job *preparing; /* what a typed order needs of the catalog */
    char *wished;              /* that order */
    nx_rows_job *job;  /* a value, a record or counts that were asked for */
    ui_view *list;     /* the list of referrers while it is open */
    const nx_relation **relations; /* of that list */
    int nrelations;
    ui_action footer[16];
    uint64_t here;     /* the change of the record under the cursor at the last draw, 0: none */
    bool followed;     /* the cursor goes where the record's new key is */
    char copy_as;      /* what the record that is under way is wanted for */
} rows_view;

/* --- rows_mouse.c --- */
int ui_rows_mouse(ui_view *view, const ui_input *input, ui_rect r);

/* --- rows_altered.c --- */
/* Asks in the next trip whether the model is as it was; where it is not, a view of its new shape takes this one's place.
 * `broken`: a statement has failed, so that a table that is gone is told of. */
void ui_rows_check_shape(rows_view *v, bool broken);
bool ui_rows_is_shape_error(const nx_error *err); /* as a table that was altered or dropped makes them */
void ui_rows_check_drop(rows_view *v);

/* --- rows_counts.c: columns of relations --- */
int ui_rows_ncolumns(const rows_view *v); /* fields and relations */
const nx_relation *ui_rows_relation(const rows_view *v); /* under the cursor; NULL: a field */
const nx_relation *ui_rows_relation_at(const rows_view *v, int column);
/* Before the first page is asked for; false: the relations are not known yet. */
bool ui_rows_counts_start(rows_view *v);
void ui_rows_counts_known(rows_view *v);
void ui_rows_relate(rows_view *v); /* loads them, if need be */
const char *ui_rows_count_words(const rows_view *v, const nx_row *row, int column, char words[24]);
void ui_rows_count_status(const rows_view *v, nx_buf *out);
/* What a key means on a relation; UI_UNHANDLED: the same as elsewhere. */
int ui_rows_relation_action(rows_view *v, ui_action action);

/* --- rows_columns.c --- */
/* What stands above a column. */
typedef struct rows_head {
    const char *title;
    bool right;          /* its values stand at the right */
    int place;           /* in the order, from 1; 0: not in it */
    const char *marks[2]; /* glyphs behind it, NULL: no more */
    int width;
} rows_head;
rows_head ui_rows_head(const rows_view *v, int column);
typedef struct rows_place { /* a field on the screen */
    int field, x, width;
    bool frozen;
} rows_place;
/* Widths from what is loaded; columns only grow, so that nothing jumps while one scrolls. */
void ui_rows_measure(rows_view *v);
void ui_rows_fit(rows_view *v, int field);
/* Fields in sight for `width` columns; returns their number (at most max). */
int ui_rows_layout(rows_view *v, int width, rows_place *places, int max);
/* Scrolls so that the cursor's field is in sight. */
void ui_rows_show_field(rows_view *v, int width);

/* --- rows_draw.c --- */
void ui_rows_draw(ui_view *view, ui_rect r, bool focused);
/* Staged new records in sight, above the rows. */
int ui_rows_inserts_shown(const rows_view *v, int height);
void ui_rows_foot(ui_view *view, nx_buf *out);

/* --- rows_move.c --- */
int ui_rows_move(rows_view *v, ui_action action, int count);
void ui_rows_clamp(rows_view *v);
void ui_rows_pay(rows_view *v); /* moves what is owed */
void ui_rows_look(rows_view *v, int direction);

/* Goes to other rows of the window; keys wait for them. */
void ui_rows_go(rows_view *v, const nx_from *from);

/* --- rows_query.c: sort, filter, go to --- */
int ui_rows_sort(rows_view *v, bool more);
/* The same for any term, which stands at `place` in the order (0: it does not). */
void ui_rows_sort_by(rows_view *v, const nx_order_term *by, int place, bool more);
void ui_rows_filter_add_count(rows_view *v, const nx_relation *relation, const char *op, int64_t count);
int ui_rows_filter(rows_view *v);
int ui_rows_filter_by_value(rows_view *v, bool without);
void ui_rows_filter_add(rows_view *v, const nx_field *field, nx_value value, bool without);
int ui_rows_filter_clear(rows_view *v);
int ui_rows_go_key(rows_view *v);
void ui_rows_apply_query(rows_view *v);

/* --- rows_fields.c --- */
int ui_rows_fields(rows_view *v);
void ui_rows_fields_start(rows_view *v);
void ui_rows_fields_arrived(rows_view *v);
void ui_rows_fields_failed(rows_view *v);
const nx_query *ui_rows_fields_query(rows_view *v);
bool ui_rows_all_fields(const rows_view *v);
void ui_rows_fields_foot(const rows_view *v, nx_buf *out);

/* --- rows_count.c: what the database says about all rows --- */
int ui_rows_count(rows_view *v);
void ui_rows_count_foot(const rows_view *v, nx_buf *out);
int ui_rows_values(rows_view *v);

/* --- rows_relation.c --- */
int ui_rows_follow(rows_view *v);
/* The record that the current one refers to by this foreign key, as it is staged; false: none. */
bool ui_rows_reference(const rows_view *v, const nx_foreign_key *fk, nx_arena *arena, nx_key_test *key);
int ui_rows_referrers(rows_view *v);
/* The records that a relation of the current one leads to. */
void ui_rows_open_relation(rows_view *v, const nx_relation *relation);
/* A click on the current cell, `x` columns into it: on the reference mark it follows. */
int ui_rows_click(rows_view *v, int x, bool twice);

/* --- rows_edit.c --- */
int ui_rows_edit_action(rows_view *v, ui_action action);
int ui_rows_copy(rows_view *v);
int ui_rows_copy_as(rows_view *v);

/* --- rows_marks.c: rows_view.marks holds the keys of marked records --- */
bool ui_rows_marked(const rows_view *v, int i);
bool ui_rows_in_range(const rows_view *v, int i);
int ui_rows_mark(rows_view *v, int count);
int ui_rows_mark_range(rows_view *v);
int ui_rows_unmark(rows_view *v); /* Esc */
void ui_rows_range_moved(rows_view *v, nx_window_event event, int shift);
void ui_rows_range_drop(rows_view *v);

/* --- rows_marked.c: what is done to all marked records --- */
/* False: not with these marks, or with none; the record under the cursor is meant. */
bool ui_rows_marked_action(rows_view *v, ui_action action);
void ui_rows_marked_drop(rows_view *v);

/* --- rows_bulk.c: changes of every record that matches --- */
int ui_rows_change_all(rows_view *v);
void ui_rows_bulk_drop(rows_view *v);
void ui_rows_bulk_go_on(void *view);
/* The view's filter, with the relation it shows the records of; false where no filter can say that. */
bool ui_rows_filter_text(const rows_view *v, nx_buf *out);
/* The staged change that hits every row of the view, or NULL. */
const nx_change *ui_rows_bulk_change(const rows_view *v);
/* Lines below the rows that tell of such changes of the model. */
int ui_rows_bulk_lines(const rows_view *v);
void ui_rows_bulk_draw(const rows_view *v, ui_rect r);

/* --- rows.c --- */
/* Reads the rows again, keeping the cursor where it is on the screen. */
void ui_rows_read_again(rows_view *v);
/* The row under the cursor; NULL on a staged new record or when there is none. */
const nx_row *ui_rows_current(const rows_view *v);
/* The staged new record under the cursor, 0 when it is not on one. */
uint64_t ui_rows_current_insert(const rows_view *v);
/* The change of the record under the cursor, or NULL. */
const nx_change *ui_rows_current_change(const rows_view *v);
nx_field *ui_rows_field(const rows_view *v); /* NULL when there is none */

#endif
