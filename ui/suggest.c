#include "suggest.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/arena.h"

static int least(int a, int b, int c) {
    int ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Typing mistakes between two words: letters added, left out, changed, or two swapped. */
static int distance(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b), w = m + 1;
    int *d = nx_calloc((n + 1) * w, sizeof *d);
    for (size_t i = 0; i <= n; i++) {
        d[i * w] = (int)i;
    }
    for (size_t j = 0; j <= m; j++) {
        d[j] = (int)j;
    }
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            int change = a[i - 1] != b[j - 1];
            int best = least(d[(i - 1) * w + j] + 1, d[i * w + j - 1] + 1, d[(i - 1) * w + j - 1] + change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                best = least(best, d[(i - 2) * w + j - 2] + 1, best);
            }
            d[i * w + j] = best;
        }
    }
    int result = d[n * w + m];
    free(d);
    return result;
}

const char *ui_nearest(const char *word, const char *const *names, size_t n) {
    size_t len = strlen(word);
    if (len > 64) {
        return NULL; /* no slip of the fingers */
    }
    const char *best = NULL;
    int best_distance = len < 4 ? 2 : 3;
    for (size_t i = 0; i < n; i++) {
        int d = len >= 3 && strncmp(names[i], word, len) == 0 ? 1 : distance(word, names[i]);
        if (d < best_distance) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
