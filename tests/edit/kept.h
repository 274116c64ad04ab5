/* kept.h - journals for tests: a folder of their own, a model without a server, files read back. */
#ifndef TESTS_EDIT_KEPT_H
#define TESTS_EDIT_KEPT_H

#include "nixie/journal.h"

enum { KEPT_FIELDS = 3 };

typedef struct kept {
    char folder[64], other[64]; /* of journals; `other` is for copies of their files */
    nx_server server;
    nx_model model;
    nx_field fields[KEPT_FIELDS], *pointers[KEPT_FIELDS], *key_fields[1];
    nx_key key;
    nx_journal *journal;
    nx_changeset *set;
} kept;

int kept_setup(void **state);
int kept_teardown(void **state);
void kept_make_other(const kept *k); /* the folder of that name */

bool kept_edit(kept *k, const char *key, int field, const char *value, nx_error *err);
/* The process ends as kill -9 would: the file stays, the lock goes; then another one begins. */
void kept_crash(kept *k);

/* Files in the folder; the path of the only journal, for the caller to free. */
int kept_files(const char *folder);
char *kept_file(const char *folder);
char *kept_read(const char *path, size_t *len);
void kept_write(const char *path, const char *bytes, size_t len);
void kept_empty(const char *folder);

/* What is staged, and what an orphan holds, in the same words; malloc'ed. */
char *kept_words(const nx_changeset *set);
char *kept_orphan_words(const nx_orphan *orphan);
/* The only orphan of a folder, as another instance finds it; NULL when there is none. */
nx_orphan *kept_orphan(const kept *k, const char *folder);

#endif
