/* What a host name says: Neon's endpoint and region, and whether a pooler stands in between.
 *
 *   <endpoint>[-pooler].[c-<cell>.]<region>.<cloud>.neon.tech */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "nixie/buf.h"
#include "draft.h"

static const char pooler[] = "-pooler";
static const char *const domains[] = {".neon.tech", ".neon.build"};

/* Bytes of the host before Neon's domain, 0 when it is not Neon's. */
static size_t neon_prefix(const char *host, size_t len) {
    len -= len && host[len - 1] == '.';
    for (size_t i = 0; i < NX_COUNT(domains); i++) {
        size_t n = strlen(domains[i]);
        if (len > n && strncasecmp(host + len - n, domains[i], n) == 0) {
            return len - n;
        }
    }
    return 0;
}

/* Does the first label (len bytes) end in -pooler? */
static bool has_pooler(const char *label, size_t len) {
    size_t n = sizeof pooler - 1;
    return len > n && strncasecmp(label + len - n, pooler, n) == 0;
}

static void recognise(nx_draft *draft, const char *host, size_t len) {
    size_t prefix = neon_prefix(host, len);
    if (!prefix) {
        return;
    }
    size_t label = strcspn(host, ".");
    size_t id = label - (has_pooler(host, label) ? sizeof pooler - 1 : 0);
    draft->source->endpoint = nx_arena_strndup(draft->arena, host, id);
    const char *region = host + label + 1, *end = host + prefix;
    if (region < end && strncasecmp(region, "c-", 2) == 0 && isdigit((unsigned char)region[2])) {
        region += strcspn(region, ".") + 1;
    }
    if (region < end && memchr(region, '.', (size_t)(end - region))) {
        draft->source->region = nx_arena_strndup(draft->arena, region, (size_t)(end - region));
    }
}

/* The host list without -pooler in the first labels; returns whether there was one. */
static bool strip_poolers(nx_draft *draft) {
    const char *s = nx_draft_get(draft, "host");
    nx_buf out = NX_BUF;
    bool any = false;
    while (s && *s) {
        size_t len = strcspn(s, ","), label = strcspn(s, ".,");
        bool pooled = has_pooler(s, label) && *s != '/';
        size_t kept = label - (pooled ? sizeof pooler - 1 : 0);
        nx_buf_add(&out, s, kept);
        nx_buf_add(&out, s + label, len - label + (s[len] == ','));
        any = any || pooled;
        s += len + (s[len] == ',');
    }
    if (any) {
        nx_draft_set(draft, "host", out.data);
    }
    nx_buf_free(&out);
    return any;
}

static bool make_direct(nx_draft *draft, nx_error *err) {
    if (strip_poolers(draft)) {
        draft->source->pooled = false;
        return true;
    }
    const char *host = nx_draft_get(draft, "host");
    if (draft->known_direct || (host && neon_prefix(host, strcspn(host, ",")))) {
        return true;
    }
    nx_error_set(err, NX_ERR_USAGE, "no direct connection is known for --direct");
    nx_error_hint(err, "set DIRECT_URL beside DATABASE_URL, or give the direct URL without --direct");
    return false;
}

bool nx_draft_neon(nx_draft *draft, nx_error *err) {
    if (draft->direct && !make_direct(draft, err)) {
        return false;
    }
    const char *s = nx_draft_get(draft, "host");
    while (s && *s) {
        size_t len = strcspn(s, ",");
        if (*s != '/' && has_pooler(s, strcspn(s, ".,"))) {
            draft->source->pooled = true;
        }
        if (!draft->source->endpoint) {
            recognise(draft, s, len);
        }
        s += len + (s[len] == ',');
    }
    return true;
}
