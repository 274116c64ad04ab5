/* secret.h - which values are not for every eye.
 *
 * Names decide: a field called password, token, secret, hash and the like. Such values are not kept in histories and
 * are masked in the statement log.
 */
#ifndef NIXIE_SECRET_H
#define NIXIE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

bool nx_secret_name(const char *name);

/* Fills secret[0..n-1] for the parameters $1..$n of a statement made with nixie/sql.h: those that are compared with,
 * or assigned to, a column of such a name. */
void nx_secret_params(const char *text, bool *secret, size_t n);

#endif
