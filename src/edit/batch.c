#include "batch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "conflict.h"
#include "effects.h"
#include "turns.h"
#include "statement.h"
#include "verify.h"

enum {
    PART_CHANGES = 1000,
    PART_BYTES = 4 * 1024 * 1024 /* of statements and values */
};

void nx_batch_make(nx_batch *batch, nx_changeset *set) {
    int count = nx_changeset_count(set);
    *batch = (nx_batch){.set = set, .count = count};
    batch->order = nx_calloc((size_t)count + 1, sizeof *batch->order);
    batch->circle = !nx_order_changes(set, batch->order);
    nx_wanted_find(set, &batch->wanted);
    batch->places = nx_calloc(PART_CHANGES, sizeof *batch->places);
    batch->verified = nx_calloc(PART_CHANGES, sizeof *batch->verified);
    batch->arena = nx_arena_new(0);
    batch->saved = nx_arena_array(batch->arena, (size_t)count + 1, sizeof *batch->saved);
}

void nx_batch_free(nx_batch *batch) {
    free(batch->order);
    free(batch->wanted.list);
    free(batch->places);
    free(batch->verified);
    nx_result_free(batch->before);
    nx_arena_free(batch->arena);
}

static const nx_change *change_at(const nx_batch *batch, int i) { return nx_changeset_at(batch->set, batch->order[i]); }

/* --- the statements --------------------------------------------------------------------------------------------- */

static int add(nx_trip *trip, nx_sql *sql, size_t *bytes) {
    *bytes += sql->text.len;
    for (size_t i = 0; i < sql->nparams; i++) {
        *bytes += sql->params[i] ? nx_value_of(sql->params[i]).len : 0;
    }
    int at = nx_trip_add(trip, sql);
    nx_sql_free(sql);
    return at;
}

static int add_text(nx_trip *trip, const char *text) {
    nx_sql sql = NX_SQL;
    size_t bytes = 0;
    nx_sql_add(&sql, text);
    return add(trip, &sql, &bytes);
}

/* One question for each model of the part, behind the first statement that holds its table, and before any look
 * that would object to what it is to find. */
static int verification(nx_batch *batch, nx_trip *trip, const nx_model *model) {
    for (int i = batch->nverified - 1; i >= 0; i--) {
        if (batch->verified[i].model->oid == model->oid) {
            return batch->verified[i].statement;
        }
    }
    batch->verified[batch->nverified] = (nx_verified){model, nx_verify_ask(trip, model)};
    return batch->verified[batch->nverified++].statement;
}

static void add_change(nx_batch *batch, nx_trip *trip, const nx_change *change, nx_place *place, size_t *bytes) {
    nx_sql write = NX_SQL;
    nx_carry_write(&write, change, &batch->wanted);
    *place = (nx_place){.statement = add(trip, &write, bytes), .look = -1, .stored = -1};
    place->verify = verification(batch, trip, change->model);
    nx_whereabouts where = batch->bare ? NX_NOWHERE : nx_stored_where(change);
    bool existing = change->kind == NX_UPDATE || change->kind == NX_DELETE;
    bool stays = existing && where == NX_AT_ITS_KEY;
    if (existing) {
        nx_sql look = NX_SQL;
        int column = nx_statement_look(&look, change, stays);
        place->stored_column = stays ? column : 0;
        place->look = add(trip, &look, bytes);
    }
    if (where != NX_NOWHERE && !stays) {
        nx_sql stored = NX_SQL;
        nx_stored_look(&stored, change, where);
        place->stored = add(trip, &stored, bytes);
    }
}

void nx_batch_part(nx_batch *batch, nx_trip *trip) {
    size_t bytes = 0;
    bool counted = nx_effects_counted(batch->set);
    batch->transaction_at = batch->before_at = batch->after_at = -1;
    if (batch->to == 0) {
        batch->transaction_at =
            add_text(trip, "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text, pg_catalog.pg_backend_pid()");
        batch->before_at = counted ? nx_effects_ask(trip) : -1;
        if (batch->circle) {
            add_text(trip, "SET CONSTRAINTS ALL DEFERRED"); /* those that allow it */
        }
    }
    batch->from = batch->to;
    batch->nverified = 0;
    while (batch->to < batch->count && batch->to - batch->from < PART_CHANGES && bytes < PART_BYTES) {
        add_change(batch, trip, change_at(batch, batch->to), &batch->places[batch->to - batch->from], &bytes);
        batch->to++;
    }
    if (nx_batch_is_last(batch)) {
        /* Deferred constraints object now, where it can be told from a failed COMMIT. */
        add_text(trip, "SET CONSTRAINTS ALL IMMEDIATE");
        batch->after_at = counted ? nx_effects_ask(trip) : -1;
    }
}

void nx_batch_again(nx_batch *batch) {
    batch->bare = true;
    batch->from = batch->to = 0;
    nx_result_free(batch->before);
    batch->before = NULL;
    for (int i = 0; i < batch->count; i++) {
        batch->saved[i] = (nx_saved_change){0};
    }
}

bool nx_batch_looked(const nx_batch *batch, int statement) {
    for (int i = 0; statement >= 0 && i < batch->to - batch->from; i++) {
        if (statement == batch->places[i].look || statement == batch->places[i].stored) {
            return true;
        }
    }
    return false;
}

int nx_batch_whose(const nx_batch *batch, int statement) {
    for (int i = batch->from; statement >= 0 && i < batch->to; i++) {
        const nx_place *place = &batch->places[i - batch->from];
        if (statement == place->statement || statement == place->look || statement == place->stored) {
            return batch->order[i];
        }
    }
    return -1;
}

/* --- what came back --------------------------------------------------------------------------------------------- */

static int64_t affected_by(const nx_batch *batch, const nx_change *change, const nx_result *result) {
    return nx_carry_wraps(change, &batch->wanted) ? nx_result_int(result, 0, 0) : nx_result_affected(result);
}

/* Fewer than counted is what the user wanted all the same; more would be records never spoken of. */
static bool judge_bulk(const nx_change *change, int64_t affected, nx_error *err) {
    if (affected >= 0 && affected <= change->expected) {
        return true;
    }
    nx_error_set(err, NX_ERR_REFUSED, "%" PRId64 " records of %s match now, %" PRId64 " were counted", affected,
                 change->model->title, change->expected);
    nx_error_hint(err, "nothing was saved: take the change back, look at the records, and stage it anew");
    return false;
}

static bool judge_one(const nx_batch *batch, const nx_trip *trip, const nx_change *change, const nx_place *place,
                      nx_saved_change *out, nx_error *err) {
    const nx_result *result = nx_trip_result(trip, place->statement);
    const nx_result *look = nx_trip_result(trip, place->look);
    const nx_result *stored = nx_trip_result(trip, place->stored);
    const nx_result *verify = nx_trip_result(trip, place->verify);
    if (verify && !nx_verify_change(change, verify, err)) {
        return false;
    }
    if (!result) {
        return true; /* another's failure kept it from being answered */
    }
    *out = (nx_saved_change){.id = change->id, .kind = change->kind, .model = change->model,
                             .affected = affected_by(batch, change, result)};
    if (change->kind == NX_BULK_UPDATE || change->kind == NX_BULK_DELETE) {
        return judge_bulk(change, out->affected, err);
    }
    if (!nx_change_judge(change, out->affected, look, err)) {
        return false;
    }
    if (stored) {
        nx_stored_read(batch->arena, change, stored, out);
    } else if (look && place->stored_column > 0) {
        nx_stored_read_at(batch->arena, change, look, place->stored_column, out);
    }
    return true;
}

/* What stands there instead, for the user to settle. */
static void tell_conflict(nx_batch *batch, const nx_trip *trip, int i) {
    const nx_place *place = &batch->places[i - batch->from];
    const nx_result *verify = nx_trip_result(trip, place->verify);
    nx_version *version = batch->set->list[batch->order[i]];
    bool stands = !verify || nx_verify_change(&version->change, verify, NULL);
    if (version->change.outcome.kind == NX_ERR_CONFLICT && stands) {
        nx_conflict_tell(version, nx_trip_result(trip, place->look));
    }
}

int nx_batch_judge(nx_batch *batch, const nx_trip *trip) {
    int guilty = -1;
    for (int i = batch->from; i < batch->to; i++) {
        nx_change *change = nx_changeset_writable(batch->set, batch->order[i]);
        nx_error err = NX_ERROR;
        if (!judge_one(batch, trip, change, &batch->places[i - batch->from], &batch->saved[i], &err)) {
            nx_error_copy(&change->outcome, &err);
            tell_conflict(batch, trip, i);
            guilty = guilty < 0 ? batch->order[i] : guilty;
        }
        nx_error_clear(&err);
    }
    return guilty;
}
