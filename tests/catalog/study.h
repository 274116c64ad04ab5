/* study.h - a catalog under study: loads, describes and waits, and fails the test when that fails. */
#ifndef STUDY_H
#define STUDY_H

#include "nixie/catalog.h"

typedef struct study {
    char *url; /* owned */
    nx_session *session;
    nx_catalog *catalog;
} study;

study study_open(char *url); /* takes url over; loads the list */
study study_script(const char *hint, const char *script); /* a new database, filled by the script */
void study_close(study *s);

void study_graph(study *s);
void study_sizes(study *s, nx_model *const *models, int n);
nx_model *study_model(study *s, const char *schema, const char *name); /* described */
nx_model *study_listed(study *s, const char *schema, const char *name); /* from the list only */
nx_field *study_field(study *s, const char *model, const char *field); /* of a model in public */

/* Loads or describes, expecting failure: the error's class; err keeps it when it is not NULL. */
nx_error_class study_describe_fails(study *s, nx_model *model, nx_error *err);
int64_t study_trips(const study *s);

/* The same url for another role. malloc'ed. */
char *study_url_as(const char *url, const char *role);

/* "name kind target[fields->references]" of each relation, in order, joined by "; ". malloc'ed. */
char *study_relations(const nx_model *model);
char *study_fields(nx_field *const *fields, int n); /* names joined by commas; malloc'ed */

#define assert_relations(model, expected)         \
    do {                                          \
        char *relations_ = study_relations(model); \
        assert_string_equal(relations_, expected); \
        free(relations_);                         \
    } while (0)
#define assert_fields(fields, n, expected)       \
    do {                                         \
        char *names_ = study_fields(fields, n);  \
        assert_string_equal(names_, expected);   \
        free(names_);                            \
    } while (0)

#endif
