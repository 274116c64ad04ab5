/* suggest.h - what somebody may have meant. */
#ifndef UI_SUGGEST_H
#define UI_SUGGEST_H

#include <stddef.h>

/* The name nearest to `word` (few typing mistakes apart, or begun by it), or NULL. */
const char *ui_nearest(const char *word, const char *const *names, size_t n);

#endif
