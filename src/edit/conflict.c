#include "conflict.h"

#include <inttypes.h>
#include <stdlib.h>

#include "statement.h"

enum { TEXT_MAX = 60 }; /* bytes of a value in a message */

static void add_value(nx_buf *buf, nx_value value) {
    if (!value.text || value.len <= TEXT_MAX) {
        nx_sql_literal(buf, value);
        return;
    }
    size_t cut = TEXT_MAX;
    while (cut > 0 && ((unsigned char)value.text[cut] & 0xC0) == 0x80) {
        cut--; /* not inside a character */
    }
    nx_sql_literal(buf, (nx_value){value.text, cut});
    nx_buf_adds(buf, "...");
}

static void add_mine(nx_buf *buf, const nx_change *change, const nx_assignment *a) {
    if (change->kind != NX_UPDATE || !nx_change_assignment(change, a->field)) {
        return;
    }
    nx_buf_adds(buf, ", yours ");
    if (a->kind == NX_NEW_DEFAULT) {
        nx_buf_adds(buf, "DEFAULT");
    } else {
        add_value(buf, a->kind == NX_NEW_NULL ? NX_NULL_VALUE : a->value);
    }
}

/* Lines for the fields that are no longer what was shown. Returns how many. */
static int add_differences(nx_buf *buf, const nx_change *change, const nx_result *look) {
    int found = 0;
    const nx_assignment *a;
    for (int i = 0; (a = nx_change_compared(change, i)); i++) {
        if (nx_result_bool(look, 0, 1 + 2 * i)) {
            continue;
        }
        nx_buf_addf(buf, "%s%s: was ", found++ > 0 ? "\n" : "", nx_field_title(a->field));
        add_value(buf, a->old);
        add_mine(buf, change, a);
        nx_buf_adds(buf, ", theirs ");
        add_value(buf, nx_result_value(look, 0, 2 + 2 * i));
    }
    return found;
}

static void gone(const nx_change *change, const char *name, nx_error *err) {
    nx_error_set(err, NX_ERR_CONFLICT, "%s is gone", name);
    nx_error_detail(err, change->model->identity
                             ? "The record was deleted, its key was changed, or this role no longer sees it."
                             : "The record was changed or deleted by another session since it was shown.");
    nx_error_hint(err, "refresh, and take this change back");
}

static void swallowed(const char *name, nx_error *err) {
    nx_error_set(err, NX_ERR_REFUSED, "the server left %s as it was", name);
    nx_error_detail(err, "The statement succeeded without touching the record.");
    nx_error_hint(err, "a trigger, a rule or a row security policy swallowed the change");
}

static void none(const nx_change *change, const char *name, const nx_result *look, nx_error *err) {
    if (change->kind == NX_INSERT || !look) {
        swallowed(name, err);
        return;
    }
    if (nx_result_rows(look) == 0) {
        gone(change, name, err);
        return;
    }
    nx_buf lines = NX_BUF;
    int differences = add_differences(&lines, change, look);
    if (differences > 0 || !nx_result_bool(look, 0, 0)) {
        nx_error_set(err, NX_ERR_CONFLICT, "%s was changed by another session", name);
        nx_error_detail(err, "%s", differences > 0 ? lines.data : "The record has a newer version.");
        nx_error_hint(err, "refresh to see it, then edit again or take this change back");
    } else {
        swallowed(name, err);
    }
    nx_buf_free(&lines);
}

bool nx_change_judge(const nx_change *change, int64_t affected, const nx_result *look, nx_error *err) {
    if (affected == 1) {
        return true;
    }
    nx_buf name = NX_BUF;
    nx_change_name(&name, change);
    if (affected < 1) {
        none(change, name.data, look, err);
    } else {
        nx_error_set(err, NX_ERR_REFUSED, "%s is not one record: the statement touches %" PRId64, name.data, affected);
        nx_error_hint(err, "the key does not identify one record here, or a rule or trigger does more");
    }
    nx_buf_free(&name);
    return false;
}
