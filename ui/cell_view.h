/* cell_view.h - what the files of the cell view share. */
#ifndef UI_CELL_VIEW_H
#define UI_CELL_VIEW_H

#include "doc.h"
#include "long.h"
#include "nixie/json.h"
#include "nixie/rows.h"
#include "view.h"

typedef enum cell_state {
    CELL_WHOLE,   /* or nothing of it is here */
    CELL_READING, /* the rest is on its way */
    CELL_STOPPED, /* one cancelled it, or went elsewhere */
    CELL_CUT_OFF, /* the rest did not come */
    CELL_LIMIT    /* more is not shown */
} cell_state;

typedef struct cell_view {
    ui_view view;
    nx_field *field;
    nx_catalog *catalog;
    nx_arena *arena; /* key */
    nx_value *key;
    int nkey;
    uint64_t change; /* of the record, 0: none is staged */
    bool loaded, staged;
    nx_rows_job *job;
    nx_stream *stream; /* of a large value */
    cell_state state;
    int64_t total;     /* bytes of all of it */
    nx_arena *hold;    /* a small value, and what is made of it */
    nx_value value;    /* its text, NULL while `bytes` are all there is */
    nx_buf bytes;      /* of a large value, as far as it is here; of a small bytea */
    ui_doc doc;        /* JSON, NULL */
    ui_long text;      /* everything else */
    bool is_long;      /* `text` is what is shown */
    int width;         /* for which it was made */
    nx_json_line *json;
    long njson;        /* -1: not JSON */
    bool *folded;
} cell_view;

/* Reads it: whole where it is small, else part by part. */
void ui_cell_load(cell_view *v);
/* Reads no more; what is here stays. False: nothing was being read. */
bool ui_cell_stop(cell_view *v);
/* Shows this value. */
void ui_cell_take(cell_view *v, nx_value value);
/* What is shown as a long text or as bytes. */
void ui_cell_shown(const cell_view *v, const char **bytes, size_t *len);
bool ui_cell_is_bytes(const cell_view *v);
void ui_cell_free_value(cell_view *v);

#endif
