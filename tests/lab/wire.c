/* PostgreSQL "Message Flow" and "Message Formats": a tag, a length that counts itself, a body. */
#include "lab/wire.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nixie/arena.h"

enum { TLS_REQUEST = 80877103, GSS_REQUEST = 80877104 };

static uint32_t number_at(const char *bytes) {
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

void lab_wire_queue(lab_wire *wire, const char *bytes, size_t len, int64_t due) {
    lab_chunk *chunk = nx_calloc(1, sizeof *chunk + len);
    chunk->due = due;
    chunk->len = len;
    memcpy(chunk->bytes, bytes, len);
    if (wire->last) {
        wire->last->next = chunk;
    } else {
        wire->first = chunk;
    }
    wire->last = chunk;
    wire->queued += len;
}

void lab_wire_sent(lab_wire *wire, size_t len) {
    lab_chunk *chunk = wire->first;
    chunk->sent += len;
    wire->queued -= len;
    if (chunk->sent == chunk->len) {
        wire->first = chunk->next;
        wire->last = wire->first ? wire->last : NULL;
        free(chunk);
    }
}

void lab_wire_free(lab_wire *wire) {
    while (wire->first) {
        lab_wire_sent(wire, wire->first->len - wire->first->sent);
    }
    free(wire->held);
    *wire = (lab_wire){0};
}

static void let_through(lab_wire *wire, size_t len, int64_t due) {
    lab_wire_queue(wire, wire->held, len, due);
    wire->held_len -= len;
    memmove(wire->held, wire->held + len, wire->held_len);
}

static bool is_interesting(const lab_wire *wire, char tag) {
    return wire->client ? tag == 'Q' || tag == 'P' : tag == 'C';
}

/* The message that begins at held[0] is complete: where its text or tag begins. */
static size_t text_at(const lab_wire *wire) {
    size_t end = (size_t)number_at(wire->held + 1) + 1;
    return wire->held[0] == 'P' ? 5 + strnlen(wire->held + 5, end - 5) + 1 : 5; /* after the statement's name */
}

static bool is_commit(const lab_wire *wire) {
    size_t end = (size_t)number_at(wire->held + 1) + 1, text = text_at(wire);
    return end >= text + 7 && strncasecmp(wire->held + text, "COMMIT", 6) == 0;
}

void lab_wire_abort(lab_wire *wire) { memcpy(wire->held + text_at(wire), "ABORT ", 6); }

/* The first packets have no tag. */
static lab_seen walk_startup(lab_wire *wire, int64_t due) {
    if (wire->held_len < 8 || wire->held_len < number_at(wire->held)) {
        return LAB_SEEN_ALL;
    }
    uint32_t code = number_at(wire->held + 4);
    bool request = code == TLS_REQUEST || code == GSS_REQUEST;
    wire->started = !request;
    wire->turns += !request;
    let_through(wire, number_at(wire->held), due);
    return request ? LAB_SEEN_REQUEST : LAB_SEEN_ALL;
}

/* True when it came forward; false when it needs more bytes, or `seen` says what stands here. */
static bool step(lab_wire *wire, int64_t due, lab_seen *seen) {
    size_t pass = wire->skip < wire->held_len ? wire->skip : wire->held_len;
    if (pass > 0) {
        wire->skip -= pass;
        let_through(wire, pass, due);
        return true;
    }
    if (wire->held_len < 5) {
        return false;
    }
    size_t whole = (size_t)number_at(wire->held + 1) + 1;
    if (is_interesting(wire, wire->held[0])) {
        if (wire->held_len < whole) {
            return false;
        }
        if (is_commit(wire)) {
            *seen = LAB_SEEN_COMMIT;
            return false;
        }
    }
    wire->turns += wire->held[0] == (wire->client ? 'S' : 'Z');
    wire->skip = whole;
    return true;
}

static lab_seen walk(lab_wire *wire, int64_t due) {
    lab_seen seen = LAB_SEEN_ALL;
    if (wire->raw > 0 && wire->held_len > 0) {
        wire->raw--;
        let_through(wire, 1, due);
    }
    if (wire->client && !wire->started) {
        seen = walk_startup(wire, due);
    }
    if (!wire->client || wire->started) {
        while (step(wire, due, &seen)) {
        }
    }
    return seen;
}

lab_seen lab_wire_feed(lab_wire *wire, const char *bytes, size_t len, int64_t due) {
    wire->held = nx_realloc(wire->held, wire->held_len + len, 1);
    memcpy(wire->held + wire->held_len, bytes, len);
    wire->held_len += len;
    return walk(wire, due);
}

lab_seen lab_wire_pass(lab_wire *wire, int64_t due) {
    wire->skip = (size_t)number_at(wire->held + 1) + 1;
    return walk(wire, due);
}
