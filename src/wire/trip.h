/* trip.h - what a trip is made of, and the queues it stands in. */
#ifndef WIRE_TRIP_H
#define WIRE_TRIP_H

#include "nixie/trip.h"

typedef struct wire_statement {
    char *text;
    char **params; /* owned; NULL entries are SQL NULL */
    int nparams;
    int segment;
    bool binary, packed; /* how the result is to come, and comes */
    nx_result *result;
    int64_t answered_at; /* 0: it was not */
} wire_statement;

typedef struct wire_segment {
    int first, count; /* statements */
    nx_error error;
    int failed_at; /* statement, or -1 */
} wire_segment;

/* What the next results on the wire are the answers to, in order. */
typedef enum wire_item_kind {
    ITEM_HELLO,     /* who the server is */
    ITEM_CLUSTER,   /* which cluster it serves; a role may be refused that */
    ITEM_BEGIN,     /* BEGIN, with or without READ ONLY */
    ITEM_PINS,      /* the settings of the segment */
    ITEM_STATEMENT, /* the user's */
    ITEM_COMMIT,    /* end of a read-only segment */
    ITEM_RESCUE,    /* ROLLBACK in case the read-only segment failed */
    ITEM_SYNC
} wire_item_kind;

typedef struct wire_item {
    wire_item_kind kind;
    int segment;   /* -1: none of the user's */
    int statement; /* for ITEM_STATEMENT */
} wire_item;

typedef enum wire_trip_state { TRIP_BUILDING, TRIP_QUEUED, TRIP_SENT, TRIP_FINISHED } wire_trip_state;

struct nx_trip {
    nx_session *session;
    nx_trip_kind kind;
    char *what;
    wire_trip_state state;
    nx_trip_done *done; /* NULL: nobody is interested any more */
    void *owner;
    bool own;          /* the session's own ROLLBACK */
    bool replayed;     /* sent a second time after a loss */
    bool cancel_asked; /* 57014 is the answer to our own request */
    bool oversized;    /* a statement could not be copied */
    int64_t sent_at;
    int64_t number;    /* which round trip of the session it is; 0: not sent */
    wire_statement *statements;
    int nstatements;
    wire_segment *segments;
    int nsegments;
    wire_item *items;
    int nitems, items_cap, at; /* at: the item whose results are being read */
    bool answered;             /* the item at `at` has had its result */
    nx_error error;            /* of the trip as a whole: lost, cancelled, refused */
    nx_trip *next;
};

typedef struct wire_list {
    nx_trip *head, *tail;
} wire_list;

/* It opens a transaction that others go on with. */
static inline bool wire_trip_begins(const nx_trip *trip) {
    return trip->kind == NX_TRIP_BEGIN || trip->kind == NX_TRIP_BEGIN_READ;
}

void wire_list_append(wire_list *list, nx_trip *trip);
void wire_list_prepend(wire_list *list, nx_trip *trip);
void wire_list_remove(wire_list *list, nx_trip *trip);
nx_trip *wire_list_pop(wire_list *list);

void wire_trip_item(nx_trip *trip, wire_item_kind kind, int segment, int statement);
/* Forgets results and errors, as if it had never been sent. */
void wire_trip_reset(nx_trip *trip);
void wire_trip_free(nx_trip *trip);

#endif
