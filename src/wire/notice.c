/* Notices are kept while libpq parses and handed out afterwards: whoever hears them may even free
 * the session. */
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "session.h"

enum { NOTICE_BYTES_MAX = 16384 };

/* "WARNING: there is no transaction in progress" is what the rescue of a healthy segment says. */
static bool expected(const nx_session *s) {
    const nx_trip *trip = s->sent.head;
    return trip && trip->at < trip->nitems && trip->items[trip->at].kind == ITEM_RESCUE;
}

static void keep(nx_session *s, const PGresult *res) {
    const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY);
    const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    if (s->notices.n == NOTICES_MAX) {
        s->notices.lost++;
        return;
    }
    nx_buf text = {.data = nx_buf_empty, .max = NOTICE_BYTES_MAX};
    nx_buf_addf(&text, "%s: %s", severity ? severity : "NOTICE", message ? message : PQresultErrorMessage(res));
    char *kept = nx_buf_take(&text);
    s->notices.texts[s->notices.n++] = kept ? kept : nx_strdup("NOTICE: (too long to be shown)");
}

static void receive(void *arg, const PGresult *res) {
    nx_session *s = arg;
    if (wire_is_fatal(res)) {
        wire_classify_lost(&s->farewell, NULL, res); /* what an idle connection is told before it ends */
    } else if (s->notice && !expected(s)) {
        keep(s, res);
    }
}

void wire_notice_install(nx_session *s) { PQsetNoticeReceiver(s->conn, receive, s); }

void wire_notice_deliver(nx_session *s) {
    if (s->notices.n == 0) {
        return;
    }
    wire_notices batch = s->notices;
    s->notices = (wire_notices){.n = 0};
    if (batch.lost) {
        char more[64];
        snprintf(more, sizeof more, "NOTICE: %d more were dropped", batch.lost);
        free(batch.texts[NOTICES_MAX - 1]);
        batch.texts[NOTICES_MAX - 1] = nx_strdup(more);
    }
    for (int i = 0; i < batch.n; i++) {
        if (s->notice && !s->doomed) {
            s->notice(s->notice_owner, batch.texts[i]);
        }
        free(batch.texts[i]);
    }
}
