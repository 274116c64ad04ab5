/* Connections of libpq to the run's server. A session costs the server more than what most tests ask of it, so that those
 * that a test program is done with are kept, and used again as if they were new. */
#include <poll.h>
#include <unistd.h>

#include "lab/shared.h"
#include "lab/test.h"

static struct {
    char *url;
    PGconn *conn;
    pid_t owner; /* what was forked has the socket as well, but not the say */
} kept[3];       /* the last one used comes first */

static void silence(void *owner, const char *message) {
    (void)owner;
    (void)message;
}

PGconn *lab_connect(const char *url) {
    PGconn *conn = PQconnectdb(url);
    if (PQstatus(conn) != CONNECTION_OK) {
        char text[1000];
        snprintf(text, sizeof text, "%s", PQerrorMessage(conn));
        PQfinish(conn);
        fail_msg("could not connect to %s: %s", url, text);
    }
    PQsetNoticeProcessor(conn, silence, NULL);
    return conn;
}

static void let_go(size_t i) {
    if (kept[i].conn && kept[i].owner != getpid()) {
        close(PQsocket(kept[i].conn)); /* nothing is said to the server */
    }
    PQfinish(kept[i].conn);
    free(kept[i].url);
    memset(&kept[i], 0, sizeof kept[i]);
}

void lab_let_go(void) {
    for (size_t i = 0; i < NX_COUNT(kept); i++) {
        let_go(i);
    }
}

/* The server has not ended it, and nothing is left of what ran before. */
static bool is_as_new(PGconn *conn) {
    struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
    if (poll(&fd, 1, 0) != 0) {
        return false;
    }
    PGresult *result = PQexec(conn, "DISCARD ALL");
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return good;
}

PGconn *lab_borrow(const char *url) {
    for (size_t i = 0; i < NX_COUNT(kept); i++) {
        if (kept[i].url && strcmp(kept[i].url, url) == 0) {
            PGconn *conn = kept[i].conn;
            bool good = kept[i].owner == getpid() && is_as_new(conn);
            kept[i].conn = good ? NULL : conn;
            let_go(i);
            return good ? conn : lab_connect(url);
        }
    }
    return lab_connect(url);
}

void lab_give_back(const char *url, PGconn *conn) {
    const char *folder = getenv("NIXIE_LAB");
    if (!folder || !strstr(url, folder) || PQtransactionStatus(conn) != PQTRANS_IDLE) {
        PQfinish(conn); /* other servers come and go as their tests like */
        return;
    }
    let_go(NX_COUNT(kept) - 1);
    memmove(kept + 1, kept, sizeof kept - sizeof *kept);
    kept[0].url = nx_strdup(url);
    kept[0].conn = conn;
    kept[0].owner = getpid();
}
