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
        if (nx_result_bool(look, 0, nx_look_column(i, NX_LOOK_SAME))) {
            continue;
        }
        nx_buf_addf(buf, "%s%s: was ", found++ > 0 ? "\n" : "", nx_field_title(a->field));
        add_value(buf, a->old);
        add_mine(buf, change, a);
        nx_buf_adds(buf, ", theirs ");
        add_value(buf, nx_result_value(look, 0, nx_look_column(i, NX_LOOK_TEXT)));
    }
    return found;
}

static void gone(const nx_change *change, const char *name, nx_error *err) {
    nx_error_set(err, NX_ERR_CONFLICT, "%s is gone", name);
    nx_error_detail(err, change->model->identity
                             ? "The record was deleted, its key was changed, or this role no longer sees it."
                             : "The record was changed or deleted by another session since it was shown.");
    nx_error_hint(err, change->kind == NX_DELETE ? "nothing is left to delete: take this change back"
                       : change->model->identity ? "insert it again, or take this change back  (C)"
                                                 : "refresh, take this change back, and edit it where it is now");
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
        nx_error_hint(err, change->model->identity ? "keep mine, take theirs, or edit on  (C)"
                                                   : "refresh, take this change back, and edit it as it is now");
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

/* --- told to the change ------------------------------------------------------------------------------------- */

const nx_conflict_field *nx_conflict_of(const nx_change *change, const nx_field *field) {
    for (int i = 0; change->conflict && i < change->conflict->n; i++) {
        if (change->conflict->fields[i].field->number == field->number) {
            return &change->conflict->fields[i];
        }
    }
    return NULL;
}

void nx_conflict_forget(nx_version *version) {
    nx_error_clear(&version->change.outcome);
    version->change.conflict = NULL;
    nx_arena_free(version->told);
    version->told = NULL;
}

/* An empty conflict with room for n fields. */
static nx_conflict *begin(nx_version *version, int n) {
    nx_arena_free(version->told);
    version->told = nx_arena_new(0);
    nx_conflict *conflict = nx_arena_alloc(version->told, sizeof *conflict);
    *conflict = (nx_conflict){.fields = nx_arena_array(version->told, (size_t)n, sizeof *conflict->fields)};
    version->change.conflict = conflict;
    return conflict;
}

static void add_field(nx_version *version, nx_conflict *conflict, nx_conflict_field field) {
    field.base = nx_value_copy(version->told, field.base);
    field.theirs = nx_value_copy(version->told, field.theirs);
    conflict->fields[conflict->n++] = field;
}

static int compared(const nx_change *change) {
    int n = 0;
    while (nx_change_compared(change, n)) {
        n++;
    }
    return n;
}

void nx_conflict_tell(nx_version *version, const nx_result *look) {
    const nx_change *change = &version->change;
    nx_conflict *conflict = begin(version, compared(change));
    conflict->gone = nx_result_rows(look) == 0;
    const nx_assignment *a;
    for (int i = 0; !conflict->gone && (a = nx_change_compared(change, i)); i++) {
        if (!nx_result_bool(look, 0, nx_look_column(i, NX_LOOK_SAME))) {
            add_field(version, conflict,
                      (nx_conflict_field){.field = a->field, .base = a->old,
                                          .theirs = nx_result_value(look, 0, nx_look_column(i, NX_LOOK_TEXT)),
                                          .cut = !nx_result_bool(look, 0, nx_look_column(i, NX_LOOK_ALL))});
        }
    }
}

void nx_conflict_carry(nx_version *to, const nx_version *from, const nx_field *settled) {
    const nx_conflict *before = from ? from->change.conflict : NULL;
    if (!before || !settled || before->gone) {
        return;
    }
    nx_conflict *conflict = begin(to, before->n);
    for (int i = 0; i < before->n; i++) {
        if (before->fields[i].field->number != settled->number) {
            add_field(to, conflict, before->fields[i]);
        }
    }
    if (conflict->n > 0) {
        nx_error_copy(&to->change.outcome, &from->change.outcome);
    } else {
        nx_conflict_forget(to);
    }
}
