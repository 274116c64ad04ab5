/* list.h - overlays to choose from: a menu, a question, the finder. */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "app.h"

typedef struct ui_list_item {
    const char *text;  /* raw text; copied */
    const char *note;  /* dim, at the right; may be NULL; copied */
    char key;          /* chooses it at once, 0: none */
    bool disabled;     /* shown, with its note saying why */
    void *data;        /* the owner's */
} ui_list_item;

typedef struct ui_list_options {
    const char *title; /* raw text; copied */
    const char *words; /* raw text above the items, in lines; copied; may be NULL */
    const ui_list_item *items;
    int nitems;
    int at; /* where the cursor begins */
    /* Of very many items: texts that outlive the list are not copied, and notes are made when they are drawn. */
    bool borrowed;
    void (*note)(const ui_list_item *item, char out[64]);
    bool filter;       /* narrow by fuzzy match as one types (the finder); else keys choose */
    /* Chosen: the list is already closed. */
    void (*chosen)(void *owner, const ui_list_item *item);
    void (*again)(void *owner);   /* r, of a list without a filter: closed too; may be NULL */
    void (*dropped)(void *owner); /* may be NULL */
    void *owner;
} ui_list_options;

ui_view *ui_list_open(ui_app *app, const ui_list_options *options);
/* Sets an item's note later (counts that arrive). */
void ui_list_note(ui_view *list, int item, const char *note);

/* A question with yes and no on keys y and n; Enter is no. */
void ui_ask(ui_app *app, const char *question, void (*yes)(void *owner), void *owner);

/* The finder over all models (Ctrl-P). */
void ui_finder_open(ui_app *app);

/* Scrollable text over everything: help, errors. Lines are split at \n. `lines` is raw text. */
void ui_text_open(ui_app *app, const char *title, const char *lines, size_t len);
void ui_help_open(ui_app *app, ui_scope scope);
void ui_error_open(ui_app *app, const nx_error *err);

/* The command prompt (:), with completion. */
void ui_command_open(ui_app *app);

#endif
