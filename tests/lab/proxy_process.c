/* The fault proxy: a process with one poll loop. */
#include "lab/proxy_process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/clock.h"
#include "lab/wire.h"
#include "nixie/buf.h"

enum { HOPS_MAX = 64, QUEUE_MAX = 1 << 20, TURN_MS = 5, CLIENT = 0, SERVER = 1 };

typedef enum cut { CUT_NONE, CUT_FIN, CUT_RST, CUT_BLACKHOLE, CUT_ABORT } cut;

/* One client with its connection to the server. ends[CLIENT] and ends[SERVER] are the sockets; wires[CLIENT]
 * carries what the client says. */
typedef struct hop {
    int ends[2];
    lab_wire wires[2];
    bool ended[2];  /* that end will say no more */
    bool hole;      /* nothing is read or written any more */
    bool asking;    /* the client has spoken since the server last did */
    int64_t next[2]; /* when the next drip may fall */
    bool asked, over; /* with turns: the client was asked whether it rests; it does, and hears the answers now */
} hop;

typedef struct faults {
    int delay_ms;
    long drip_bytes;
    int drip_ms;
    bool hole;
    bool deaf;                 /* to who comes from now on */
    long drop_after;          /* bytes from the server until the cut; -1: never */
    cut on_commit, on_request; /* once */
} faults;

typedef struct proxy {
    int control;
    lab_proxy_start_point at;
    hop hops[HOPS_MAX];
    size_t nhops;
    faults faults;
    lab_clock *turns; /* of the client: see lab_proxy_turns() */
    int trips, accepted;
    bool struck; /* the last fault that waited for a COMMIT has met one */
} proxy;

/* --- hops ------------------------------------------------------------------------------------------------- */

static void close_hop(proxy *p, hop *h, cut how) {
    if (how == CUT_BLACKHOLE) {
        h->hole = true;
        return;
    }
    if (how == CUT_RST) {
        struct linger now = {.l_onoff = 1, .l_linger = 0};
        setsockopt(h->ends[CLIENT], SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    for (int i = 0; i < 2; i++) {
        close(h->ends[i]);
        lab_wire_free(&h->wires[i]);
    }
    *h = p->hops[--p->nhops];
}

static void cut_all(proxy *p, cut how) {
    while (p->nhops > 0) {
        close_hop(p, &p->hops[0], how);
    }
}

int lab_listen(int port, int *got) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, HOPS_MAX) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        return -1;
    }
    *got = ntohs(address.sin_port);
    return fd;
}

static void accept_hop(proxy *p) {
    int client = accept(p->at.listener, NULL, NULL);
    if (client < 0) {
        return;
    }
    p->accepted++;
    int server = socket(p->at.server.ss_family, SOCK_STREAM, 0);
    if (server < 0 || p->nhops == HOPS_MAX || connect(server, (struct sockaddr *)&p->at.server, p->at.server_len) != 0) {
        close(client);
        close(server);
        return;
    }
    int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* fails on a Unix socket, which waits for nothing anyway */
    fcntl(client, F_SETFL, O_NONBLOCK);
    fcntl(server, F_SETFL, O_NONBLOCK);
    hop *h = &p->hops[p->nhops++];
    *h = (hop){.ends = {client, server}, .wires = {{.client = true}, {.client = false}}, .hole = p->faults.deaf};
}

/* --- bytes ------------------------------------------------------------------------------------------------ */

/* A question counts when its answer reaches the client: until then more of it may come, of a client that stumbles. */
static void count_trip(proxy *p, hop *h, int from) {
    if (from == CLIENT) {
        h->asking = true;
    } else if (h->asking) {
        h->asking = false;
        p->trips++;
    }
}

/* False when the hop is gone. */
static bool take_in(proxy *p, hop *h, int from) {
    char bytes[65536];
    ssize_t n = read(h->ends[from], bytes, sizeof bytes);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return true;
    }
    if (n <= 0) {
        h->ended[from] = true;
        return true;
    }
    if (from == CLIENT) {
        count_trip(p, h, from);
        h->asked = h->over = false;
    }
    /* A slow server on a slow link: there, at work, and back. */
    int64_t due = lab_now_ms() + p->faults.delay_ms + lab_slow_ms() * (from == SERVER ? 2 : 1);
    cut *armed = from == CLIENT ? &p->faults.on_request : &p->faults.on_commit;
    lab_seen seen = lab_wire_feed(&h->wires[from], bytes, (size_t)n, due);
    while (seen == LAB_SEEN_COMMIT) {
        if (*armed != CUT_NONE) {
            cut how = *armed;
            *armed = CUT_NONE;
            p->struck = true;
            if (how == CUT_ABORT) {
                lab_wire_abort(&h->wires[from]);
            } else {
                close_hop(p, h, how);
                return how == CUT_BLACKHOLE;
            }
        }
        seen = lab_wire_pass(&h->wires[from], due);
    }
    h->wires[SERVER].raw += seen == LAB_SEEN_REQUEST;
    return true;
}

/* Has the server answered everything, and does the client rest, so that it has nothing further to say before it hears it? */
static bool is_turn_over(const proxy *p, hop *h) {
    lab_rest rest;
    if (h->ended[SERVER] || h->ended[CLIENT]) {
        return true;
    }
    if (!h->over && h->wires[SERVER].turns >= h->wires[CLIENT].turns) {
        if (!h->asked) {
            lab_clock_ask(p->turns);
            h->asked = true;
        } else {
            h->over = lab_clock_rests(p->turns, &rest);
        }
    }
    return h->over;
}

static size_t allowed(const proxy *p, hop *h, int from, int64_t now) {
    const lab_chunk *chunk = h->wires[from].first;
    if (!chunk || chunk->due > now || h->next[from] > now || (p->turns && from == SERVER && !is_turn_over(p, h))) {
        return 0;
    }
    size_t len = chunk->len - chunk->sent;
    if (p->faults.drip_bytes > 0 && len > (size_t)p->faults.drip_bytes) {
        len = (size_t)p->faults.drip_bytes;
    }
    if (from == SERVER && p->faults.drop_after >= 0 && len > (size_t)p->faults.drop_after) {
        len = (size_t)p->faults.drop_after;
    }
    return len;
}

/* False when the hop is gone. */
static bool give_out(proxy *p, hop *h, int from) {
    lab_wire *wire = &h->wires[from];
    int64_t now = lab_now_ms();
    for (size_t len; (len = allowed(p, h, from, now)) > 0;) {
        ssize_t n = write(h->ends[1 - from], wire->first->bytes + wire->first->sent, len);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            close_hop(p, h, CUT_FIN);
            return false;
        }
        if (n <= 0) {
            break;
        }
        lab_wire_sent(wire, (size_t)n);
        if (from == SERVER) {
            count_trip(p, h, from);
        }
        h->next[from] = p->faults.drip_bytes > 0 ? now + p->faults.drip_ms : 0;
        p->faults.drop_after -= from == SERVER && p->faults.drop_after >= 0 ? n : 0;
    }
    if (from == SERVER && p->faults.drop_after == 0) {
        p->faults.drop_after = -1;
        close_hop(p, h, CUT_FIN);
        return false;
    }
    if (h->ended[from] && !wire->first) {
        close_hop(p, h, CUT_FIN);
        return false;
    }
    return true;
}

/* --- what the test says ----------------------------------------------------------------------------------- */

static cut cut_named(const char *name) {
    return strcmp(name, "rst") == 0 ? CUT_RST : strcmp(name, "fin") == 0 ? CUT_FIN
         : strcmp(name, "blackhole") == 0 ? CUT_BLACKHOLE : strcmp(name, "abort") == 0 ? CUT_ABORT : CUT_NONE;
}

static void inject(proxy *p, const char *sqlstate, const char *text) {
    nx_buf body = NX_BUF;
    const char *fields[][2] = {{"S", "FATAL"}, {"V", "FATAL"}, {"C", sqlstate}, {"M", text}};
    for (size_t i = 0; i < NX_COUNT(fields); i++) {
        nx_buf_add(&body, fields[i][0], 1);
        nx_buf_add(&body, fields[i][1], strlen(fields[i][1]) + 1);
    }
    nx_buf_addc(&body, '\0');
    uint32_t len = htonl((uint32_t)body.len + 4);
    for (size_t i = 0; i < p->nhops; i++) {
        int fd = p->hops[i].ends[CLIENT];
        bool ok = write(fd, "E", 1) == 1 && write(fd, &len, 4) == 4 && write(fd, body.data, body.len) > 0;
        (void)ok; /* a client that is gone gets no error */
    }
    nx_buf_free(&body);
    cut_all(p, CUT_FIN);
}

static bool set_fault(proxy *p, const char *line) {
    faults f = {.drop_after = -1};
    char word[20] = "", sqlstate[6] = "";
    int rest = 0;
    if (strcmp(line, "pass") == 0 || sscanf(line, "delay %d", &f.delay_ms) == 1 ||
        sscanf(line, "drip %ld %d", &f.drip_bytes, &f.drip_ms) == 2 || sscanf(line, "dropafter %ld", &f.drop_after) == 1) {
    } else if (strcmp(line, "blackhole") == 0) {
        f.hole = true;
    } else if (strcmp(line, "deaf") == 0) {
        f.deaf = true;
    } else if (sscanf(line, "on-commit-req %19s", word) == 1) {
        f.on_request = cut_named(word);
    } else if (sscanf(line, "on-commit %19s", word) == 1) {
        f.on_commit = cut_named(word);
    } else if (sscanf(line, "inject %5s %n", sqlstate, &rest) == 1) {
        inject(p, sqlstate, line + rest);
    } else if (strcmp(line, "rst") == 0 || strcmp(line, "fin") == 0) {
        cut_all(p, cut_named(line));
    } else if (strcmp(line, "refuse") == 0 && p->at.listener >= 0) {
        close(p->at.listener);
        p->at.listener = -1;
    } else if (strcmp(line, "listen") == 0 && p->at.listener < 0) {
        p->at.listener = lab_listen(p->at.port, &p->at.port);
    } else {
        return false;
    }
    p->faults = f;
    p->struck = false;
    return *word == '\0' || f.on_commit != CUT_NONE || f.on_request != CUT_NONE;
}

static int answer(proxy *p, const char *line) {
    if (strcmp(line, "trips?") == 0) {
        return p->trips;
    }
    if (strcmp(line, "connections?") == 0) {
        return p->accepted;
    }
    if (strcmp(line, "struck?") == 0) {
        return p->struck;
    }
    if (strcmp(line, "reset") == 0) {
        p->trips = 0;
        return 0;
    }
    if (strncmp(line, "turns ", 6) == 0) {
        p->turns = strcmp(line + 6, "own") == 0 ? lab_clock_own() : lab_clock_open(line + 6);
        return p->turns ? 0 : -1;
    }
    return set_fault(p, line) ? 0 : -1;
}

/* Lines are answered one by one, so a read never brings more than one. False when the test is gone. */
static bool obey(proxy *p) {
    char line[300];
    ssize_t n = read(p->control, line, sizeof line - 1);
    if (n <= 0) {
        return n < 0 && errno == EINTR;
    }
    line[n] = '\0';
    line[strcspn(line, "\n")] = '\0';
    n = snprintf(line, sizeof line, "%d\n", answer(p, line));
    return write(p->control, line, (size_t)n) == n;
}

/* --- the loop --------------------------------------------------------------------------------------------- */

static void soonest(int *timeout, int64_t when, int64_t now) {
    int64_t wait = when > now ? when - now : 0;
    if (*timeout < 0 || wait < *timeout) {
        *timeout = (int)wait;
    }
}

static void watch(const proxy *p, hop *h, struct pollfd *fds, int *timeout) {
    int64_t now = lab_now_ms();
    for (int end = 0; end < 2; end++) {
        fds[end] = (struct pollfd){.fd = h->ends[end]};
        bool silent = h->hole || p->faults.hole;
        if (!silent && !h->ended[end] && h->wires[end].queued < QUEUE_MAX) {
            fds[end].events |= POLLIN;
        }
        if (!silent && allowed(p, h, 1 - end, now) > 0) {
            fds[end].events |= POLLOUT;
        } else if (!silent && h->wires[1 - end].first) {
            int64_t due = h->wires[1 - end].first->due;
            soonest(timeout, due > h->next[1 - end] ? due : h->next[1 - end], now);
            if (p->turns) {
                soonest(timeout, now + TURN_MS, now);
            }
        }
        if (fds[end].events == 0) {
            fds[end].fd = -1; /* a hang-up would wake us for nothing */
        }
    }
}

static void serve_hop(proxy *p, size_t i, const struct pollfd *fds) {
    hop *h = &p->hops[i];
    for (int end = 0; end < 2; end++) {
        if ((fds[end].events & POLLIN) && (fds[end].revents & (POLLIN | POLLHUP | POLLERR)) && !take_in(p, h, end)) {
            return;
        }
    }
    for (int from = 0; from < 2 && !h->hole && !p->faults.hole; from++) {
        if (!give_out(p, h, from)) {
            return;
        }
    }
}

void lab_proxy_run(void *owner, int control) {
    static proxy state; /* the process has one */
    proxy *p = &state;
    p->at = *(const lab_proxy_start_point *)owner;
    p->faults.drop_after = -1;
    struct pollfd fds[2 + 2 * HOPS_MAX];
    p->control = control;
    for (;;) {
        int timeout = -1;
        size_t count = p->nhops;
        fds[0] = (struct pollfd){.fd = control, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = p->at.listener, .events = POLLIN};
        for (size_t i = 0; i < count; i++) {
            watch(p, &p->hops[i], &fds[2 + 2 * i], &timeout);
        }
        if (poll(fds, (nfds_t)(2 + 2 * count), timeout) < 0 && errno != EINTR) {
            return;
        }
        /* From the last: a hop that closes is replaced by the last one, which has had its turn. */
        for (size_t i = count; i-- > 0;) {
            serve_hop(p, i, &fds[2 + 2 * i]);
        }
        if (fds[1].revents & POLLIN) {
            accept_hop(p);
        }
        if (fds[0].revents != 0 && !obey(p)) {
            return;
        }
    }
}
