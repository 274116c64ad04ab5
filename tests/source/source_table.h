/* What the tests of sources share: finding one without the developer's shell, and looking into it. */
#ifndef NIXIE_TESTS_SOURCE_TABLE_H
#define NIXIE_TESTS_SOURCE_TABLE_H

#include "nixie/source.h"

/* The source for this URL in an empty environment. */
nx_source *source_of(const char *url, nx_error *err);
/* The value of one of its parameters, or NULL. */
const char *source_param(const nx_source *source, const char *keyword);
/* Is there a notice with this text in it? */
bool source_notice(const nx_source *source, const char *text);

#endif
