/* How everything that is tested goes to the run's server: straight, through a pooler, over a slow link. */
#include "lab/lab.h"

#include <unistd.h>

#include "lab/shared.h"
#include "lab/test.h"
#include "nixie/buf.h"

enum { WAYS = 8 };

static struct {
    pid_t owner;
    char *base; /* the run's server: what its URLs begin and go on with */
    lab_pooler *pooler;
    lab_proxy *slow;
    char folder[32];       /* of the slow link's socket */
    const char *end;       /* what a URL ends with that goes the way: "?host=..." */
    char ways[WAYS][600];  /* the last few */
    int next;
} way;

static void stop(void) {
    if (getpid() == way.owner) {
        lab_proxy_stop(way.slow);
        lab_pooler_stop(way.pooler);
        free(way.base);
        if (*way.folder) {
            char path[64];
            snprintf(path, sizeof path, "%s/.s.PGSQL.5432", way.folder);
            unlink(path);
            rmdir(way.folder);
        }
    }
}

static bool start(void) {
    if (way.end) {
        return true;
    }
    if (!way.owner) {
        way.owner = getpid();
        way.base = lab_shared_url("postgres");
        atexit(stop);
    }
    const char *at = way.base;
    if (lab_is_pooled()) {
        way.pooler = lab_pooler_start(way.base);
        if (!way.pooler) {
            return false;
        }
        at = lab_pooler_url(way.pooler);
    }
    if (lab_slow_ms() > 0) {
        snprintf(way.folder, sizeof way.folder, "/tmp/nixie-link-XXXXXX");
        assert_non_null(mkdtemp(way.folder));
        way.slow = lab_proxy_start_local(at, way.folder);
        at = lab_proxy_url(way.slow);
    }
    way.end = strstr(at, "?host=");
    return true;
}

bool lab_is_pooled(void) {
    const char *wish = getenv("NIXIE_POOLED");
    return wish && *wish;
}

const char *lab_way(const char *url) {
    if ((!lab_is_pooled() && lab_slow_ms() == 0) || !url || strncmp(url, "postgresql://postgres@/", 23) != 0) {
        return url;
    }
    char *own = lab_shared_url("postgres");
    const char *there = strstr(url, "?host="), *here = strstr(own, "?host=");
    bool same = there && here && strcmp(there, here) == 0; /* the same server, and nothing further */
    free(own);
    if (!same || !start()) {
        return url;
    }
    char *to = way.ways[way.next++ % WAYS];
    snprintf(to, sizeof way.ways[0], "%.*s%s", (int)(there - url), url, way.end);
    return to;
}
