/* Sessions of the engine, stepped by the test itself. */
#include "lab/lab.h"

#include <poll.h>

#include "lab/shared.h"
#include "lab/test.h"

enum { STEP_MS = 20 };

void lab_step(nx_session *session) {
    nx_wait wait;
    nx_session_wait(session, &wait);
    int64_t deadline = nx_now_ms() + STEP_MS;
    nx_poll(wait.fds, wait.nfds, nx_sooner(wait.deadline_ms, deadline), wait.pending);
    nx_session_step(session, &wait);
}

static void connect_session(nx_session *session) {
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    nx_session_connect(session);
    while (nx_session_get_state(session) != NX_SESSION_READY && lab_now_ms() < deadline &&
           !nx_failed(nx_session_error(session))) {
        lab_step(session);
    }
}

nx_session *lab_session(const char *url, const nx_session_options *options) {
    static char *nothing[] = {NULL}; /* what the developer's shell exports must not matter */
    nx_error err = NX_ERROR;
    nx_source *source = nx_source_find(&(nx_source_request){.url = lab_way(url), .environment = nothing}, &err);
    if (!source) {
        lab_fail(&err, url);
    }
    nx_session *session = nx_session_new(source, options);
    connect_session(session);
    if (nx_session_get_state(session) != NX_SESSION_READY) {
        nx_error_copy(&err, nx_session_error(session));
        lab_session_free(session);
        lab_fail(&err, url);
    }
    return session;
}

void lab_session_free(nx_session *session) {
    if (session) {
        /* The session borrows its source, and a test has no other hold of it. */
        nx_source *source = (nx_source *)(uintptr_t)nx_session_source(session);
        nx_session_free(session);
        nx_source_free(source);
    }
}


void lab_wait(nx_session *session, const bool *flag) {
    if (!nx_session_run(session, flag, (int)lab_patience_ms(), NULL)) {
        const char *activity = nx_session_activity(session);
        fail_msg("nothing came back within %d s (%s)", (int)(lab_patience_ms() / 1000), activity ? activity : "nothing under way");
    }
}

void lab_until(nx_session *session, bool (*condition)(void *data), void *data, const char *what) {
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    while (!condition(data)) {
        if (lab_now_ms() > deadline) {
            fail_msg("never came: %s", what);
        }
        if (session) {
            lab_step(session);
        } else {
            poll(NULL, 0, STEP_MS);
        }
    }
}

typedef struct doing {
    const nx_session *session;
    const char *activity;
} doing;

static bool is_doing(void *data) {
    const doing *d = data;
    const char *now = nx_session_activity(d->session);
    return now && strcmp(now, d->activity) == 0;
}

void lab_until_doing(nx_session *session, const char *activity) {
    lab_until(session, is_doing, &(doing){session, activity}, activity);
}

typedef struct question {
    const char *url, *sql;
} question;

static bool is_true(void *data) {
    const question *q = data;
    char *value = lab_query(q->url, q->sql);
    bool yes = value && strcmp(value, "t") == 0;
    free(value);
    return yes;
}

void lab_until_true(nx_session *session, const char *url, const char *sql) {
    lab_until(session, is_true, &(question){url, sql}, sql);
}
