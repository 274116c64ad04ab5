/* client_default.h - what the client makes, with the time given. */
#ifndef PRISMA_CLIENT_DEFAULT_H
#define PRISMA_CLIENT_DEFAULT_H

#include "nixie/prisma.h"

/* `out` holds NX_CLIENT_VALUE_MAX bytes. False where there is no such value, or no randomness. */
bool nx_client_make(nx_client_default kind, int length, int64_t ms, char *out);
/* Microseconds since 1970 as a value of the type ("timestamp(3) without time zone"), in UTC as Prisma stores it. */
bool nx_client_time(const char *type, int64_t us, char *out);

#endif
