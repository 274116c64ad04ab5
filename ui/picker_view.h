/* picker_view.h - the parts of the picker: keys and choosing (picker.c), what is searched (picker_search.c),
 * the screen (picker_draw.c). */
#ifndef UI_PICKER_VIEW_H
#define UI_PICKER_VIEW_H

#include "picker.h"

typedef enum entry_kind { ENTRY_NONE, ENTRY_STATE, ENTRY_EXACT, ENTRY_NEW, ENTRY_ROW } entry_kind;

typedef struct picker_entry { /* one line of the list */
    entry_kind kind;
    int index;         /* of the state */
    uint64_t insert;
    const nx_row *row; /* of the query */
} picker_entry;

typedef struct picker_view {
    ui_view view;
    char *title;
    ui_picker_options o; /* what it points at is our own, but model and fields' targets */
    nx_field **fields;   /* what is wanted, o.nfields */
    nx_arena *arena;
    nx_query *query;
    nx_window *window;
    nx_rows_job *exact_job;
    nx_page *exact;      /* the record whose key is what was typed */
    nx_buf typed;
    bool wanted;         /* what was typed is still to be searched for */
    bool taking;         /* Enter was pressed before the answer was here */
    enum { GOAL_NOW, GOAL_TOP, GOAL_ROW } goal; /* where the cursor goes once the rows are here: to what is
                            chosen now, to the list's first line, to the row that was gone to */
    bool placed;         /* it went there */
    bool prefixed;
    bool done;
    nx_buf error;
    int cursor, top, height;
    int owed;            /* steps of the cursor into rows that are on their way */
    ui_rect box;
} picker_view;

/* picker_search.c */
void ui_picker_search(picker_view *v);      /* now */
void ui_picker_search_soon(picker_view *v); /* when typing rests */
void ui_picker_first(picker_view *v);       /* all records, around what is chosen now */
void ui_picker_look(picker_view *v, int direction); /* rows are fetched ahead of the cursor */
bool ui_picker_waiting(const picker_view *v);
void ui_picker_stop(picker_view *v);        /* nothing is waited for any more */
/* Staged new records of the model that are like what was typed; fills at most `max` ids. */
int ui_picker_inserts(const picker_view *v, uint64_t *ids, int max);
/* "name=Ada  email=..." of a staged new record. */
void ui_picker_new_words(const picker_view *v, uint64_t insert, nx_buf *out);

/* picker.c */
int ui_picker_tops(const picker_view *v);   /* entries before the rows */
int ui_picker_count(const picker_view *v);
void ui_picker_move(picker_view *v, int to);
picker_entry ui_picker_entry(const picker_view *v, int i);
void ui_picker_settled(picker_view *v);     /* an answer is here: what Enter waited for is taken */

/* picker_draw.c */
void ui_picker_draw(ui_view *view, ui_rect screen, bool focused);

#endif
