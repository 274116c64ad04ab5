#include "target.h"

#include <errno.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { ADDRESSES_MAX = 16 };

void wire_targets_add(wire_targets *targets, const char *host, const char *address, const char *port) {
    targets->list = nx_realloc(targets->list, targets->n + 1, sizeof *targets->list);
    targets->list[targets->n++] = (wire_target){nx_strdup(host), nx_strdup(address), nx_strdup(port)};
}

void wire_targets_free(wire_targets *targets) {
    for (size_t i = 0; i < targets->n; i++) {
        free(targets->list[i].host);
        free(targets->list[i].address);
        free(targets->list[i].port);
    }
    free(targets->list);
    *targets = (wire_targets){NULL, 0};
}

/* The value of a keyword: the source's, else what libpq would take from PGHOST and its like. */
static char *setting(const nx_source *source, PQconninfoOption *defaults, const char *keyword) {
    for (size_t i = 0; i < source->nparams; i++) {
        if (strcmp(source->params[i].keyword, keyword) == 0) {
            return nx_strdup(source->params[i].value);
        }
    }
    for (PQconninfoOption *option = defaults; option && option->keyword; option++) {
        if (strcmp(option->keyword, keyword) == 0 && option->val) {
            return nx_strdup(option->val);
        }
    }
    return NULL;
}

/* Item i of a comma list; NULL when it is empty or not there. A list of one serves every i when
 * `shared`, as libpq reads "port". */
static char *item(const char *list, size_t i, bool shared) {
    if (!list) {
        return NULL;
    }
    if (shared && !strchr(list, ',')) {
        i = 0;
    }
    for (; i > 0; i--) {
        list = strchr(list, ',');
        if (!list) {
            return NULL;
        }
        list++;
    }
    size_t len = strcspn(list, ",");
    return len ? nx_strndup(list, len) : NULL;
}

static size_t count(const char *list) {
    size_t n = list ? 1 : 0;
    for (; list && *list; list++) {
        n += *list == ',';
    }
    return n;
}

wire_targets wire_targets_of(const nx_source *source) {
    wire_targets targets = {NULL, 0};
    PQconninfoOption *defaults = PQconndefaults();
    char *hosts = setting(source, defaults, "host");
    char *addresses = setting(source, defaults, "hostaddr");
    char *ports = setting(source, defaults, "port");
    size_t n = count(hosts) > count(addresses) ? count(hosts) : count(addresses);
    for (size_t i = 0; i < (n ? n : 1); i++) {
        char *host = item(hosts, i, false), *address = item(addresses, i, false), *port = item(ports, i, true);
        wire_targets_add(&targets, host, address, port);
        free(host);
        free(address);
        free(port);
    }
    free(hosts);
    free(addresses);
    free(ports);
    PQconninfoFree(defaults);
    return targets;
}

static bool numeric(const char *host) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, NULL, &hints, &found) != 0) {
        return false;
    }
    freeaddrinfo(found);
    return true;
}

static bool needs_lookup(const wire_target *target) {
    return target->host && !target->address && target->host[0] != '/' && target->host[0] != '@' &&
           !numeric(target->host);
}

bool wire_targets_need_lookup(const wire_targets *targets) {
    for (size_t i = 0; i < targets->n; i++) {
        if (needs_lookup(&targets->list[i])) {
            return true;
        }
    }
    return false;
}

wire_lookup *wire_lookup_new(const wire_targets *asked) {
    wire_lookup *lookup = nx_calloc(1, sizeof *lookup);
    for (size_t i = 0; i < asked->n; i++) {
        wire_targets_add(&lookup->asked, asked->list[i].host, asked->list[i].address, asked->list[i].port);
    }
    return lookup;
}

/* The first failure is the one that is told, should nothing be found at all. */
static void note_failure(wire_lookup *lookup, const wire_target *target, int failed) {
    if (!lookup->failure) {
        lookup->failure = nx_strdup(failed == EAI_SYSTEM ? strerror(errno) : gai_strerror(failed));
        lookup->failed_host = nx_strdup(target->host);
    }
}

static void add_address(wire_lookup *lookup, const wire_target *target, const struct addrinfo *info) {
    char address[NI_MAXHOST];
    int failed = getnameinfo(info->ai_addr, info->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST);
    if (failed) {
        note_failure(lookup, target, failed);
    } else {
        wire_targets_add(&lookup->found, target->host, address, target->port);
    }
}

static void look_up(wire_lookup *lookup, const wire_target *target) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    int failed = getaddrinfo(target->host, NULL, &hints, &found);
    if (failed) {
        note_failure(lookup, target, failed);
        return;
    }
    int n = 0;
    for (const struct addrinfo *info = found; info && n < ADDRESSES_MAX; info = info->ai_next, n++) {
        add_address(lookup, target, info);
    }
    freeaddrinfo(found);
}

void wire_lookup_work(void *data) {
    wire_lookup *lookup = data;
    for (size_t i = 0; i < lookup->asked.n; i++) {
        const wire_target *target = &lookup->asked.list[i];
        if (needs_lookup(target)) {
            look_up(lookup, target);
        } else {
            wire_targets_add(&lookup->found, target->host, target->address, target->port);
        }
    }
}

void wire_lookup_discard(void *data) {
    wire_lookup *lookup = data;
    wire_targets_free(&lookup->asked);
    wire_targets_free(&lookup->found);
    free(lookup->failure);
    free(lookup->failed_host);
    free(lookup);
}
