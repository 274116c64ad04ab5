/* lab.h - what tests need: throw-away PostgreSQL servers, a pooler, TLS, a fault proxy.
 *
 * One server serves a whole run of `make test` (started by tests/run and named by NIXIE_LAB); a test
 * program run by hand starts one of its own and stops it at exit. Every test gets a database of its
 * own. Helpers here use libpq directly and blockingly; any failure fails the cmocka test (fail_msg).
 */
#ifndef NIXIE_LAB_H
#define NIXIE_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/clock.h"
#include "nixie/session.h"

/* --- PostgreSQL ----------------------------------------------------------------------------------- */

/* URL of a new, empty database (UTF8, locale C.UTF-8) on the run's server:
 * "postgresql://postgres@/db_x?host=/tmp/...". malloc'ed. `hint` becomes part of its name. */
char *lab_database(const char *hint);
/* The same, filled with the sample data of `nixie demo` (a copy of a template: fast). */
char *lab_sample_database(const char *hint);
/* With another encoding: "SQL_ASCII", "LATIN1". */
char *lab_database_encoded(const char *hint, const char *encoding);

/* Runs a script; fails the test when the server objects. */
void lab_sql(const char *url, const char *script);
/* The first value of the result as malloc'ed text; NULL for SQL NULL or no row. */
char *lab_query(const char *url, const char *sql);
int64_t lab_query_int(const char *url, const char *sql);

/* The major version of the server of `url`; and for what an older one does not know: skips the test there. */
int lab_version(const char *url);
#define LAB_SINCE(url, version)                                      \
    do {                                                             \
        if (lab_version(url) < (version)) {                          \
            print_message("since PostgreSQL %d\n", (version));       \
            skip();                                                  \
        }                                                            \
    } while (0)

/* A server of the test's own (its data folder and socket are removed by lab_server_stop). `version`:
 * 0 for that of the run (NIXIE_VERSION, else the newest found), or a major version. `settings`: lines for postgresql.conf, or NULL. */
typedef struct lab_server lab_server;
lab_server *lab_server_start(int version, const char *settings);
void lab_server_stop(lab_server *server);
void lab_server_restart(lab_server *server);         /* fast shutdown, start again */
void lab_server_signal(lab_server *server, int sig); /* to the postmaster */
char *lab_server_url(const lab_server *server, const char *database); /* malloc'ed; over its socket */
char *lab_server_tcp_url(const lab_server *server, const char *database); /* over 127.0.0.1 */
/* Major versions found on this machine, newest first, 0-terminated. */
const int *lab_versions(void);

/* TLS: makes a test authority and a certificate for `host`, switches ssl on. Returns the path of the
 * authority's certificate (for sslrootcert); owned by the server. */
const char *lab_server_tls(lab_server *server, const char *host);
/* After that: the certificate of an authority that has signed nothing, for who must not trust the server. A machine
 * need not have certificates of its own (Debian's ca-certificates) for this. Owned by the server. */
const char *lab_server_stranger(const lab_server *server);

/* --- pooler ----------------------------------------------------------------------------------------- */

/* PgBouncer in transaction mode with Neon's settings, in front of the database of `url`. NULL when
 * pgbouncer is not installed. */
typedef struct lab_pooler lab_pooler;
lab_pooler *lab_pooler_start(const char *url);
const char *lab_pooler_url(const lab_pooler *pooler);
void lab_pooler_stop(lab_pooler *pooler);
/* How what is tested goes to this database: as the URL says, or, with NIXIE_POOLED in the environment, through a pooler
 * in front of the run's server, and with NIXIE_SLOW over a slow link (one of each for the test program, gone with it). A
 * URL that names another role, options of the session or another server is left as it is: a pooler has no place for those.
 * Sessions, screens and commands of the tests go this way by themselves; what a test does to the database itself (lab_sql)
 * goes directly. Static or `url`. */
const char *lab_way(const char *url);
/* For tests of what only a direct connection has: skips the test when it would go through the pooler, saying why. */
#define LAB_DIRECT(why)                                  \
    do {                                                 \
        if (lab_is_pooled()) {                           \
            print_message("direct only: %s\n", why);     \
            skip();                                      \
        }                                                \
    } while (0)
bool lab_is_pooled(void);

/* --- fault proxy ------------------------------------------------------------------------------------ */

/* A TCP proxy on 127.0.0.1 in front of the server of `url` (which may be a socket), in a process of
 * its own. It reads the protocol's message tags (use sslmode=disable) and counts round trips: a
 * change of direction from server to client after client data counts as one. */
typedef struct lab_proxy lab_proxy;
lab_proxy *lab_proxy_start(const char *url);
/* The same behind a Unix socket, made in this folder. */
lab_proxy *lab_proxy_start_local(const char *url, const char *folder);
const char *lab_proxy_url(const lab_proxy *proxy); /* the same database through the proxy */
void lab_proxy_stop(lab_proxy *proxy);
/* Faults, taking effect at once for present and future connections:
 *   "pass"                 no fault (default)
 *   "delay MS"             each direction
 *   "drip BYTES MS"        that many bytes each MS
 *   "blackhole"            accepts and forwards nothing, keeps connections open
 *   "deaf"                 the same for connections that come from now on; the present ones pass
 *   "refuse"               closes the listening socket ("listen" opens it again)
 *   "rst" / "fin"          cuts present connections so
 *   "dropafter BYTES"      cuts after that many more bytes from the server
 *   "on-commit rst|blackhole"      when the reply to COMMIT comes: the client never hears it. Once
 *   "on-commit-req rst|blackhole"  when the client's COMMIT comes: the server never hears it. Once
 *   "on-commit-req abort"  the client's COMMIT reaches the server as an ABORT, which answers "ROLLBACK". Once
 *   "inject SQLSTATE TEXT" sends a FATAL ErrorResponse to present connections and cuts them */
void lab_proxy_fault(lab_proxy *proxy, const char *command);
/* The client, a program with this clock, and the server take turns from now on: an answer is held back until everything
 * that was sent is answered and the program rests, so that what the trips are does not depend on how fast anybody is. */
void lab_proxy_turns(lab_proxy *proxy, const lab_clock *clock);
int lab_proxy_trips(lab_proxy *proxy);       /* round trips since the last reset */
void lab_proxy_reset_trips(lab_proxy *proxy);
bool lab_proxy_struck(lab_proxy *proxy);     /* a COMMIT has met the fault that was waiting for it */
int lab_proxy_connections(lab_proxy *proxy); /* accepted since start */

/* --- sessions for tests of the engine --------------------------------------------------------------- */

/* A connected session (first trip not yet made) on url; freed with lab_session_free, which also frees
 * the source. Options may be NULL. */
nx_session *lab_session(const char *url, const nx_session_options *options);
void lab_session_free(nx_session *session);
/* One step, after waiting for it 20 ms at most. */
void lab_step(nx_session *session);
/* Steps until *flag, or fails the test when its patience ends. */
void lab_wait(nx_session *session, const bool *flag);
/* Steps until the condition holds; the test fails when it never does. `session` may be NULL: then it only waits. */
void lab_until(nx_session *session, bool (*condition)(void *data), void *data, const char *what);
/* Until this query's value is true, as somebody else sees it at `url`. */
void lab_until_true(nx_session *session, const char *url, const char *sql);

/* Until the session is doing this: nx_session_activity(). */
void lab_until_doing(nx_session *session, const char *activity);

#endif
