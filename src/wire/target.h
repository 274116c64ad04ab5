/* target.h - where one attempt to connect goes: a host, one of its addresses, a port. */
#ifndef WIRE_TARGET_H
#define WIRE_TARGET_H

#include <stddef.h>

#include "nixie/source.h"

typedef struct wire_target {
    char *host;    /* as the user gave it, for TLS and .pgpass; NULL: libpq's own default */
    char *address; /* numeric, or NULL: host is a socket folder or numeric itself */
    char *port;    /* NULL: libpq's own default */
} wire_target;

typedef struct wire_targets {
    wire_target *list;
    size_t n;
} wire_targets;

/* What the source names, not yet looked up. Several hosts (libpq 34.1.1.3) give several targets. */
wire_targets wire_targets_of(const nx_source *source);
bool wire_targets_need_lookup(const wire_targets *targets);
void wire_targets_add(wire_targets *targets, const char *host, const char *address, const char *port);
void wire_targets_free(wire_targets *targets);

/* A name look-up of all targets, to run as an errand. */
typedef struct wire_lookup {
    wire_targets asked, found;
    char *failure; /* why a name has no address: the first such reason; may be NULL */
    char *failed_host;
} wire_lookup;

wire_lookup *wire_lookup_new(const wire_targets *asked); /* copies */
void wire_lookup_work(void *lookup);
void wire_lookup_discard(void *lookup);

#endif
