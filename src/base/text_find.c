/* Finding: in a value, and a name from a few of its letters. */
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "nixie/text.h"
#include "utf8.h"

enum { NOT_A_CHARACTER = 0x110000 /* plus the byte: invalid bytes match only themselves */ };

static size_t decode(const char *s, size_t len, uint32_t *code) {
    size_t n = nx_utf8_decode(s, len, code);
    if (n) {
        return n;
    }
    *code = NOT_A_CHARACTER + (unsigned char)*s;
    return 1;
}

/* Upper case first, so that all forms of one letter meet (σ and ς). */
static uint32_t fold(uint32_t code) {
    if (code < 0x80) {
        return code >= 'A' && code <= 'Z' ? code + 32 : code;
    }
    if (code >= NOT_A_CHARACTER) {
        return code;
    }
    return (uint32_t)utf8proc_tolower(utf8proc_toupper((utf8proc_int32_t)code));
}

typedef struct letters {
    uint32_t *folded;
    uint32_t *raw;
    size_t count;
} letters;

static letters read_letters(const char *s, size_t limit) {
    size_t len = strlen(s);
    letters out = {.folded = nx_calloc(len + 1, sizeof(uint32_t)), .raw = nx_calloc(len + 1, sizeof(uint32_t))};
    for (size_t i = 0; i < len && out.count < limit; out.count++) {
        i += decode(s + i, len - i, &out.raw[out.count]);
        out.folded[out.count] = fold(out.raw[out.count]);
    }
    return out;
}

static void free_letters(letters *l) {
    free(l->folded);
    free(l->raw);
}

/* Does the needle match at s? */
static bool matches(const char *s, size_t len, const letters *needle) {
    size_t i = 0;
    for (size_t k = 0; k < needle->count; k++) {
        uint32_t code;
        if (i >= len) {
            return false;
        }
        i += decode(s + i, len - i, &code);
        if (fold(code) != needle->folded[k]) {
            return false;
        }
    }
    return true;
}

long nx_text_find(const char *hay, size_t len, size_t from, const char *needle) {
    if (!*needle) {
        return -1;
    }
    letters l = read_letters(needle, SIZE_MAX);
    long found = -1;
    for (size_t i = from; i < len && found < 0;) {
        uint32_t code;
        size_t n = decode(hay + i, len - i, &code);
        if (fold(code) == l.folded[0] && matches(hay + i, len - i, &l)) {
            found = (long)i;
        }
        i += n;
    }
    free_letters(&l);
    return found;
}

/* --- fuzzy ------------------------------------------------------------------------------------------- */

enum {
    MAX_HAY = 256, /* characters looked at: names are shorter */
    MAX_NEEDLE = 64,
    SCORE_LETTER = 10,
    SCORE_START = 12, /* the letter begins a word */
    SCORE_RUN = 15,   /* the letter follows the one matched before: more than a start, so that runs win */
    SCORE_CASE = 1,
    NEVER = -1
};

static bool is_upper(uint32_t c) {
    return c < NOT_A_CHARACTER && utf8proc_tolower((utf8proc_int32_t)c) != (utf8proc_int32_t)c;
}

static bool is_letter(uint32_t c) {
    if (c < 0x80) {
        return (c | 32) - 'a' < 26 || c - '0' < 10;
    }
    return c < NOT_A_CHARACTER && utf8proc_category((utf8proc_int32_t)c) <= UTF8PROC_CATEGORY_LO;
}

/* First letter, letter after _ . or a space, upper case after lower case (userId, PostTag). */
static bool starts_word(const letters *hay, size_t i) {
    if (i == 0 || !is_letter(hay->raw[i - 1])) {
        return true;
    }
    return is_upper(hay->raw[i]) && !is_upper(hay->raw[i - 1]);
}

static int letter_score(const letters *needle, size_t k, const letters *hay, size_t i) {
    return SCORE_LETTER + (starts_word(hay, i) ? SCORE_START : 0) + (needle->raw[k] == hay->raw[i] ? SCORE_CASE : 0);
}

/* The best way to find the needle: one row of scores per letter of it. ends[i] is the best score when the
 * letter matched so far stands at i. */
static int best_score(const letters *needle, const letters *hay) {
    int ends[MAX_HAY] = {0}, next[MAX_HAY] = {0};
    int best = NEVER;
    for (size_t k = 0; k < needle->count; k++) {
        int before = k == 0 ? 0 : NEVER; /* best end left of i - 1 or earlier */
        best = NEVER;
        for (size_t i = 0; i < hay->count; i++) {
            int run = k > 0 && i > 0 && ends[i - 1] != NEVER ? ends[i - 1] + SCORE_RUN : NEVER;
            int from = run > before ? run : before;
            bool same = needle->folded[k] == hay->folded[i];
            next[i] = same && from != NEVER ? from + letter_score(needle, k, hay, i) : NEVER;
            best = next[i] > best ? next[i] : best;
            before = k > 0 && i > 0 && ends[i - 1] > before ? ends[i - 1] : before;
        }
        memcpy(ends, next, sizeof ends);
    }
    return best;
}

int nx_text_fuzzy(const char *needle, const char *haystack) {
    letters n = read_letters(needle, MAX_NEEDLE), h = read_letters(haystack, MAX_HAY);
    int score = n.count == 0 ? 0 : n.count > h.count ? NEVER : best_score(&n, &h);
    /* Among equals the shorter name: more of it was asked for. Letters weigh more than length. */
    if (score >= 0) {
        score = score * 64 + (h.count < 63 ? 63 - (int)h.count : 0);
    }
    free_letters(&n);
    free_letters(&h);
    return score;
}
