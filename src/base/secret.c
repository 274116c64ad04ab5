#include "nixie/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nixie/buf.h"

static bool holds(const char *text, const char *word) {
    size_t len = strlen(word);
    for (; *text; text++) {
        if (strncasecmp(text, word, len) == 0) {
            return true;
        }
    }
    return false;
}

bool nx_secret_name(const char *name) {
    static const char *const words[] = {"passw",   "passphrase", "pwd",  "secret", "token", "credential", "apikey",
                                        "api_key", "hash",       "salt", "otp",    "cvv",   "private",    "session",
                                        "access_key", "accesskey", "signature", "recovery", "cookie"};
    for (size_t i = 0; i < NX_COUNT(words); i++) {
        if (holds(name, words[i])) {
            return true;
        }
    }
    return strcasecmp(name, "pin") == 0 || strcasecmp(name, "key") == 0;
}

/* --- which parameters of a statement ---------------------------------------------------------------------------- */

/* Walks over the statement as this program writes it: columns stand in double quotes, perhaps behind a dot; a value
 * belongs to the column before it, in VALUES to the column at its place in the list. */
typedef struct walk {
    const char *at;
    nx_buf column;        /* the last one */
    bool *list;           /* is the n-th column of the last list in parentheses secret? */
    size_t nlist, cap;
    bool values;          /* inside VALUES (...) */
    size_t place;         /* in it */
    int depth;
} walk;

static void read_quoted(walk *w, nx_buf *into) {
    char quote = *w->at++;
    for (; *w->at; w->at++) {
        if (*w->at == quote && *++w->at != quote) {
            return;
        }
        if (into) {
            nx_buf_addc(into, *w->at);
        }
    }
}

static void push(walk *w, bool secret) {
    if (w->nlist == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 16;
        w->list = nx_realloc(w->list, w->cap, sizeof *w->list);
    }
    w->list[w->nlist++] = secret;
}

/* Types, collations and operators are pg_catalog's or stand behind "::"; what they are called says nothing. */
static void take_name(walk *w, const char *text) {
    const char *before = w->at;
    bool type = before - text >= 2 && strncmp(before - 2, "::", 2) == 0;
    bool inner = before - text >= 11 && strncmp(before - 11, "pg_catalog.", 11) == 0;
    nx_buf name = NX_BUF;
    read_quoted(w, &name);
    if (type && *w->at == '.' && w->at[1] == '"') { /* "schema"."type" */
        w->at++;
        read_quoted(w, NULL);
    } else if (!type && !inner && *w->at != '.') {
        nx_buf_clear(&w->column);
        nx_buf_adds(&w->column, name.data ? name.data : "");
        push(w, nx_secret_name(name.data ? name.data : ""));
    }
    nx_buf_free(&name);
}

static void take_sign(walk *w) {
    if (*w->at == '(') {
        w->depth++;
        w->nlist = w->values ? w->nlist : 0;
    } else if (*w->at == ')') {
        w->depth--;
        w->values = w->values && w->depth > 0;
    } else if (*w->at == ',' && w->values && w->depth == 1) {
        w->place++;
    } else if (strncmp(w->at, "VALUES (", 8) == 0) {
        w->values = true;
        w->place = 0;
        w->depth = 0;
        w->at += 6;
    }
    w->at++;
}

void nx_secret_params(const char *text, bool *secret, size_t n) {
    walk w = {.at = text, .column = NX_BUF};
    while (*w.at) {
        if (*w.at == '"') {
            take_name(&w, text);
        } else if (*w.at == '\'') {
            read_quoted(&w, NULL);
        } else if (*w.at == '$' && w.at[1] >= '0' && w.at[1] <= '9') {
            char *end;
            size_t number = strtoul(w.at + 1, &end, 10);
            bool listed = w.values && w.place < w.nlist;
            if (number >= 1 && number <= n) {
                secret[number - 1] = listed ? w.list[w.place] : nx_secret_name(w.column.data ? w.column.data : "");
            }
            w.at = end;
        } else {
            take_sign(&w);
        }
    }
    free(w.list);
    nx_buf_free(&w.column);
}
