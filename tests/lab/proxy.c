/* The fault proxy as the test sees it. */
#include "lab/lab.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "lab/clock.h"
#include "lab/helper.h"
#include "lab/proxy_process.h"
#include "lab/shared.h"
#include "nixie/buf.h"

struct lab_proxy {
    lab_helper helper;
    char *url;
};

static void find_server(lab_proxy_start_point *p, const char *url) {
    char *host = lab_url_part(url, "host");
    char *port = lab_url_part(url, "port");
    int number = port ? atoi(port) : 5432;
    if (host && host[0] == '/') {
        struct sockaddr_un *address = (struct sockaddr_un *)&p->server;
        address->sun_family = AF_UNIX;
        snprintf(address->sun_path, sizeof address->sun_path, "%s/.s.PGSQL.%d", host, number);
        p->server_len = sizeof *address;
    } else {
        struct sockaddr_in *address = (struct sockaddr_in *)&p->server;
        address->sin_family = AF_INET;
        address->sin_port = htons((uint16_t)number);
        assert_int_equal(inet_pton(AF_INET, host ? host : "127.0.0.1", &address->sin_addr), 1);
        p->server_len = sizeof *address;
    }
    free(host);
    free(port);
}

static lab_proxy *start(lab_proxy_start_point *at, const char *url, const char *end) {
    assert_true(at->listener >= 0);
    lab_clock_own(); /* from here on the helper shares it */
    find_server(at, url);
    char *user = lab_url_part(url, "user");
    nx_buf made = NX_BUF;
    nx_buf_addf(&made, "postgresql://%s@%s", user, end);
    lab_proxy *self = nx_calloc(1, sizeof *self);
    self->url = nx_buf_take(&made);
    self->helper = lab_helper_start(lab_proxy_run, at, at->listener);
    close(at->listener);
    free(user);
    return self;
}

lab_proxy *lab_proxy_start(const char *url) {
    lab_proxy_start_point at = {.port = 0};
    at.listener = lab_listen(0, &at.port);
    char *database = lab_url_part(url, "dbname"), end[200];
    snprintf(end, sizeof end, "127.0.0.1:%d/%s?sslmode=disable", at.port, database);
    free(database);
    return start(&at, url, end);
}

lab_proxy *lab_proxy_start_local(const char *url, const char *folder) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    lab_proxy_start_point at = {.listener = socket(AF_UNIX, SOCK_STREAM, 0)};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    assert_int_equal(bind(at.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(at.listener, 64), 0);
    char end[200];
    snprintf(end, sizeof end, "/postgres?host=%s", folder);
    return start(&at, url, end);
}

const char *lab_proxy_url(const lab_proxy *self) { return self->url; }

static int ask(const lab_proxy *self, const char *question) {
    char text[40];
    lab_helper_ask(&self->helper, question, text, sizeof text);
    return atoi(text);
}

void lab_proxy_fault(lab_proxy *self, const char *command) {
    if (ask(self, command) != 0) {
        fail_msg("the fault proxy does not know: %s", command);
    }
}

void lab_proxy_turns(lab_proxy *self, const lab_clock *clock) {
    char command[100];
    snprintf(command, sizeof command, "turns %s", clock == lab_clock_own() ? "own" : lab_clock_path(clock));
    lab_proxy_fault(self, command);
}

int lab_proxy_trips(lab_proxy *self) { return ask(self, "trips?"); }
void lab_proxy_reset_trips(lab_proxy *self) { ask(self, "reset"); }
bool lab_proxy_struck(lab_proxy *self) { return ask(self, "struck?") != 0; }
int lab_proxy_connections(lab_proxy *self) { return ask(self, "connections?"); }

void lab_proxy_stop(lab_proxy *self) {
    if (self) {
        lab_helper_stop(&self->helper);
        free(self->url);
        free(self);
    }
}
