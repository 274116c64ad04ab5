/* wire.h - one direction of a connection through the fault proxy: bytes in, the protocol's messages
 * recognised on the way, bytes out when they are due. */
#ifndef LAB_WIRE_H
#define LAB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lab_chunk lab_chunk;
struct lab_chunk {
    lab_chunk *next;
    int64_t due; /* lab_now_ms() scale */
    size_t len, sent;
    char bytes[];
};

typedef struct lab_wire {
    bool client;      /* these bytes come from the client */
    bool started;     /* the startup packet has passed: from here on messages have tags */
    int raw;          /* untagged bytes to come: the server's one-byte answers to TLS and GSS requests */
    char *held;       /* the beginning of a message that is not yet known well enough to be let through */
    size_t held_len;
    int turns;        /* of the client: its startup and every Sync; of the server: every ReadyForQuery */
    size_t skip;      /* bytes of the present message that pass without a look */
    lab_chunk *first, *last;
    size_t queued;
} lab_wire;

/* What a message is to the proxy. */
typedef enum lab_seen {
    LAB_SEEN_ALL,    /* everything was let through or is held back */
    LAB_SEEN_COMMIT, /* a COMMIT (from the client) or its CommandComplete (from the server) is next: it is held
                        back; lab_wire_pass() lets it through */
    LAB_SEEN_REQUEST /* the client has asked for TLS or GSS: the server's next byte is raw */
} lab_seen;

/* Takes bytes in and queues whatever may pass, each chunk due at `due`. */
lab_seen lab_wire_feed(lab_wire *wire, const char *bytes, size_t len, int64_t due);
/* Lets the held message through and goes on with what came behind it. */
lab_seen lab_wire_pass(lab_wire *wire, int64_t due);
/* Makes the held COMMIT of a client the ABORT that it is as long as: the server answers with the tag ROLLBACK. */
void lab_wire_abort(lab_wire *wire);
void lab_wire_queue(lab_wire *wire, const char *bytes, size_t len, int64_t due);
void lab_wire_sent(lab_wire *wire, size_t len); /* of the first chunk */
void lab_wire_free(lab_wire *wire);

#endif
