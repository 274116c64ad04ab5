/* words.h - what the letters of the catalog mean. */
#ifndef UI_WORDS_H
#define UI_WORDS_H

#include "nixie/catalog.h"

const char *ui_referential_action(char letter); /* "cascade", ...; NULL when unknown */
const char *ui_field_identity(char letter);     /* "always", "by default", NULL */
const char *ui_field_generated(char letter);    /* "stored", "virtual", NULL */
/* What Prisma's client fills in: "cuid()", "@updatedAt"; NULL: nothing. */
const char *ui_client_default(const nx_field *field);
/* At most one record is at the other end, whichever side holds the foreign key. */
bool ui_relation_is_one(const nx_relation *relation);
/* "to-one", "to-many", "many-to-many": as a person sees it from this model. */
const char *ui_relation_kind(const nx_relation *relation);

#endif
