/* picker.h - chooses a record of a model: an overlay with its keys and labels.
 *
 * What is typed searches on the server, by label or by key, when typing rests; without it all records are
 * there, in the order of the key, around the one that is chosen now. New records that are only staged
 * stand on top. Enter takes a record, Esc drops.
 */
#ifndef UI_PICKER_H
#define UI_PICKER_H

#include "input.h"
#include "nixie/change.h"
#include "nixie/rows.h"

enum { UI_PICKED_FIELDS_MAX = 16 };

typedef struct ui_picked { /* valid during the call */
    enum { UI_PICKED_RECORD, UI_PICKED_NEW, UI_PICKED_STATE } kind;
    int state;              /* UI_PICKED_STATE: which of the states */
    uint64_t insert;        /* UI_PICKED_NEW: the staged record's id */
    int nvalues;            /* UI_PICKED_RECORD: the fields asked for, whole */
    const nx_value *values;
    int nkey;               /* and the record's identity */
    const nx_value *key;
    const char *label;      /* what tells a person which it is; may be NULL */
} ui_picked;

typedef struct ui_picker_options {
    nx_model *model;           /* described */
    const char *title;         /* raw text; copied */
    const char *verb;          /* what Enter does: "stages"; not copied */
    nx_field *const *fields;   /* of the model: what is wanted of the record; NULL: its identity */
    int nfields;
    const nx_value *now;       /* their values now, or NULL: the cursor begins there. Copied */
    const ui_input_state *states; /* besides records: NULL, DEFAULT; Ctrl-X and their keys choose them too */
    int nstates;
    int state;                 /* which it is in now, -1: none of them */
    bool inserts;              /* offers staged new records */
    uint64_t not_insert;       /* but not this one */
    void (*leave)(void *owner); /* Tab, Ctrl-E: the value is to be typed; NULL: not offered */
    /* The picker is already closed. */
    void (*chosen)(void *owner, const ui_picked *picked);
    void (*dropped)(void *owner); /* may be NULL */
    void *owner;
} ui_picker_options;

/* NULL (said why) when the model has nothing to choose by. */
ui_view *ui_picker_open(ui_app *app, const ui_picker_options *options);

#endif
