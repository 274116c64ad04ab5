#include "check_pair.h"

#include <string.h>

#include "open.h"

typedef struct pair {
    const char *name; /* DIRECT_URL, or what it was found as */
    void (*add)(void *owner, const char *what, const char *hint);
    void *owner;
} pair;

static void say(const pair *p, const char *hint, const char *format, ...) NX_PRINTF(3, 4);
static void say(const pair *p, const char *hint, const char *format, ...) {
    nx_buf what = NX_BUF;
    va_list args;
    va_start(args, format);
    nx_buf_vaddf(&what, format, args);
    va_end(args);
    p->add(p->owner, what.data, hint);
    nx_buf_free(&what);
}

/* Branches of one Neon project share the system identifier, but not the timeline. */
static bool same_database(const nx_server *a, const nx_server *b) {
    bool both = *a->system && *b->system;
    bool lines = *a->timeline && *b->timeline && strcmp(a->timeline, b->timeline) != 0;
    bool branches = *a->branch && *b->branch && strcmp(a->branch, b->branch) != 0;
    return strcmp(a->database, b->database) == 0 && !(both && strcmp(a->system, b->system) != 0) && !lines && !branches;
}

static void compare(const pair *p, const nx_source *direct, const nx_server *there, const nx_server *here) {
    if (direct->pooled || there->pooled) {
        say(p, "migrations need a direct connection: on Neon the host without -pooler", "%s goes through a pooler", p->name);
    }
    if (here && !same_database(here, there)) {
        say(p, "both have to name the same branch and database", "DATABASE_URL and %s lead to different databases", p->name);
    }
    if (!there->local && !there->tls) {
        say(p, "use sslmode=verify-full", "the connection of %s is not encrypted", p->name);
    } else if (!there->local && !there->tls_verified) {
        say(p, "use sslmode=verify-full", "the connection of %s is encrypted, but the server's certificate was not verified", p->name);
    }
}

static void ask(const pair *p, const ui_options *options, const nx_source *direct, const nx_server *here) {
    char time[64];
    ui_link link;
    ui_link_start(&link, options, direct);
    if (ui_link_time(&link, time) && nx_session_server(link.session)) {
        compare(p, direct, nx_session_server(link.session), here);
    } else {
        say(p, link.err.hint, "%s: %s", p->name, link.err.message ? link.err.message : "no answer");
    }
    nx_error_clear(&link.err);
    ui_link_close(&link, 0);
}

void ui_check_pair(const ui_options *options, const nx_source *source, const nx_server *server,
                   void (*add)(void *owner, const char *what, const char *hint), void *owner) {
    nx_error err = NX_ERROR;
    if (options->url || options->direct || !source->origin || strncmp(source->origin, "DATABASE_URL", 12) != 0) {
        return; /* one URL was named, or none is known */
    }
    const nx_source_request request = {.env_file = options->env_file, .direct = true};
    nx_source *direct = nx_source_find(&request, &err);
    bool own = direct && direct->origin &&
               (strncmp(direct->origin, "DIRECT_URL", 10) == 0 || strncmp(direct->origin, "DATABASE_URL_UNPOOLED", 21) == 0);
    if (own) {
        pair p = {.name = strncmp(direct->origin, "DIRECT_URL", 10) == 0 ? "DIRECT_URL" : "DATABASE_URL_UNPOOLED",
                  .add = add, .owner = owner};
        ask(&p, options, direct, server);
    }
    nx_source_free(direct);
    nx_error_clear(&err);
}
