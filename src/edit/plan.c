#include "plan.h"

#include <inttypes.h>
#include <stdlib.h>

#include "conflict.h"
#include "effects.h"
#include "order.h"
#include "statement.h"
#include "verify.h"

enum {
    PART_CHANGES = 1000,
    PART_BYTES = 4 * 1024 * 1024 /* of statements and values */
};

void nx_save_plan_make(nx_save_plan *plan, nx_changeset *set) {
    int count = nx_changeset_count(set);
    *plan = (nx_save_plan){.set = set, .count = count};
    plan->order = nx_calloc((size_t)count + 1, sizeof *plan->order);
    plan->circle = !nx_order_changes(set, plan->order);
    nx_wanted_find(set, &plan->wanted);
    plan->places = nx_calloc(PART_CHANGES, sizeof *plan->places);
    plan->verified = nx_calloc(PART_CHANGES, sizeof *plan->verified);
    plan->arena = nx_arena_new(0);
    plan->saved = nx_arena_array(plan->arena, (size_t)count + 1, sizeof *plan->saved);
}

void nx_save_plan_free(nx_save_plan *plan) {
    free(plan->order);
    free(plan->wanted.list);
    free(plan->places);
    free(plan->verified);
    nx_result_free(plan->before);
    nx_arena_free(plan->arena);
}

static const nx_change *change_at(const nx_save_plan *plan, int i) {
    return nx_changeset_at(plan->set, plan->order[i]);
}

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
static int verification(nx_save_plan *plan, nx_trip *trip, const nx_model *model) {
    for (int i = plan->nverified - 1; i >= 0; i--) {
        if (plan->verified[i].model->oid == model->oid) {
            return plan->verified[i].statement;
        }
    }
    plan->verified[plan->nverified] = (nx_verified){model, nx_verify_ask(trip, model)};
    return plan->verified[plan->nverified++].statement;
}

static void add_change(nx_save_plan *plan, nx_trip *trip, const nx_change *change, nx_place *place, size_t *bytes) {
    nx_sql write = NX_SQL;
    nx_carry_write(&write, change, &plan->wanted);
    *place = (nx_place){.statement = add(trip, &write, bytes), .look = -1, .stored = -1};
    place->verify = verification(plan, trip, change->model);
    nx_whereabouts where = plan->bare ? NX_NOWHERE : nx_stored_where(change);
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

void nx_save_plan_part(nx_save_plan *plan, nx_trip *trip) {
    size_t bytes = 0;
    bool counted = nx_effects_counted(plan->set);
    plan->transaction_at = plan->before_at = plan->after_at = -1;
    if (plan->to == 0) {
        plan->transaction_at =
            add_text(trip, "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text, pg_catalog.pg_backend_pid()");
        plan->before_at = counted ? nx_effects_ask(trip) : -1;
        if (plan->circle) {
            add_text(trip, "SET CONSTRAINTS ALL DEFERRED"); /* those that allow it */
        }
    }
    plan->from = plan->to;
    plan->nverified = 0;
    while (plan->to < plan->count && plan->to - plan->from < PART_CHANGES && bytes < PART_BYTES) {
        add_change(plan, trip, change_at(plan, plan->to), &plan->places[plan->to - plan->from], &bytes);
        plan->to++;
    }
    if (nx_save_plan_is_last(plan)) {
        /* Deferred constraints object now, where it can be told from a failed COMMIT. */
        add_text(trip, "SET CONSTRAINTS ALL IMMEDIATE");
        plan->after_at = counted ? nx_effects_ask(trip) : -1;
    }
}

void nx_save_plan_again(nx_save_plan *plan) {
    plan->bare = true;
    plan->from = plan->to = 0;
    nx_result_free(plan->before);
    plan->before = NULL;
    for (int i = 0; i < plan->count; i++) {
        plan->saved[i] = (nx_saved_change){0};
    }
}

bool nx_save_plan_looked(const nx_save_plan *plan, int statement) {
    for (int i = 0; statement >= 0 && i < plan->to - plan->from; i++) {
        if (statement == plan->places[i].look || statement == plan->places[i].stored) {
            return true;
        }
    }
    return false;
}

int nx_save_plan_whose(const nx_save_plan *plan, int statement) {
    for (int i = plan->from; statement >= 0 && i < plan->to; i++) {
        const nx_place *place = &plan->places[i - plan->from];
        if (statement == place->statement || statement == place->look || statement == place->stored) {
            return plan->order[i];
        }
    }
    return -1;
}

/* --- what came back --------------------------------------------------------------------------------------------- */

static int64_t affected_by(const nx_save_plan *plan, const nx_change *change, const nx_result *result) {
    return nx_carry_wraps(change, &plan->wanted) ? nx_result_int(result, 0, 0) : nx_result_affected(result);
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

static bool judge_one(const nx_save_plan *plan, const nx_trip *trip, const nx_change *change, const nx_place *place,
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
                             .affected = affected_by(plan, change, result)};
    if (change->kind == NX_BULK_UPDATE || change->kind == NX_BULK_DELETE) {
        return judge_bulk(change, out->affected, err);
    }
    if (!nx_change_judge(change, out->affected, look, err)) {
        return false;
    }
    if (stored) {
        nx_stored_read(plan->arena, change, stored, out);
    } else if (look && place->stored_column > 0) {
        nx_stored_read_at(plan->arena, change, look, place->stored_column, out);
    }
    return true;
}

/* What stands there instead, for the user to settle. */
static void tell_conflict(nx_save_plan *plan, const nx_trip *trip, int i) {
    const nx_place *place = &plan->places[i - plan->from];
    const nx_result *verify = nx_trip_result(trip, place->verify);
    nx_version *version = plan->set->list[plan->order[i]];
    bool stands = !verify || nx_verify_change(&version->change, verify, NULL);
    if (version->change.outcome.kind == NX_ERR_CONFLICT && stands) {
        nx_conflict_tell(version, nx_trip_result(trip, place->look));
    }
}

int nx_save_plan_judge(nx_save_plan *plan, const nx_trip *trip) {
    int guilty = -1;
    for (int i = plan->from; i < plan->to; i++) {
        nx_change *change = nx_changeset_writable(plan->set, plan->order[i]);
        nx_error err = NX_ERROR;
        if (!judge_one(plan, trip, change, &plan->places[i - plan->from], &plan->saved[i], &err)) {
            nx_error_copy(&change->outcome, &err);
            tell_conflict(plan, trip, i);
            guilty = guilty < 0 ? plan->order[i] : guilty;
        }
        nx_error_clear(&err);
    }
    return guilty;
}
