#include "effects.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MODELS_MAX = 20000, MARKS_MAX = 1000 };

enum { INSERTED, UPDATED, DELETED, COUNTERS };

/* How the foreign keys lead to a model from what was deleted, or had its key edited. */
enum { BY_CASCADE = 1, SET_NULL = 2, SET_DEFAULT = 4, KEY_CASCADE = 8 };

typedef struct tally { /* of one table, its partitions together */
    const nx_model *model;
    int64_t counts[COUNTERS];
    int marks;
} tally;

typedef struct survey {
    tally *list;
    int n, cap;
} survey;

bool nx_effects_counted(const nx_changeset *set) {
    int count = nx_changeset_count(set);
    for (int i = 0; i < count; i++) {
        nx_model_kind kind = nx_changeset_at(set, i)->model->kind;
        if (kind != NX_KIND_TABLE && kind != NX_KIND_PARTITIONED) {
            return false;
        }
    }
    const nx_catalog *catalog = count ? nx_changeset_at(set, 0)->model->catalog : NULL;
    return catalog && nx_catalog_count(catalog) <= MODELS_MAX;
}

#define TUPLES(what) "pg_catalog.pg_stat_get_xact_tuples_" what "(c.oid)"
#define PLUS " OPERATOR(pg_catalog.+) "

int nx_effects_ask(nx_trip *trip) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT c.oid::pg_catalog.int8, " TUPLES("inserted") ", " TUPLES("updated") ", " TUPLES("deleted")
                     " FROM pg_catalog.pg_class c WHERE c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog.\"char\" AND "
                     TUPLES("inserted") PLUS TUPLES("updated") PLUS TUPLES("deleted")
                     " OPERATOR(pg_catalog.>) 0::pg_catalog.int8");
    int at = nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    return at;
}

/* --- counting --------------------------------------------------------------------------------------------------- */

static const nx_model *root_of(const nx_model *model) {
    while (model->parent) {
        model = model->parent;
    }
    return model;
}

static tally *tally_of(survey *s, const nx_model *model) {
    for (int i = 0; i < s->n; i++) {
        if (s->list[i].model->oid == model->oid) {
            return &s->list[i];
        }
    }
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 16;
        s->list = nx_realloc(s->list, (size_t)s->cap, sizeof *s->list);
    }
    s->list[s->n] = (tally){.model = model};
    return &s->list[s->n++];
}

static void add_counters(survey *s, const nx_catalog *catalog, const nx_result *result, int64_t sign) {
    for (int row = 0; row < nx_result_rows(result); row++) {
        const nx_model *model = nx_catalog_by_oid(catalog, (uint32_t)nx_result_int(result, row, 0));
        if (!model || model->system) {
            continue;
        }
        tally *t = tally_of(s, root_of(model));
        for (int k = 0; k < COUNTERS; k++) {
            t->counts[k] += sign * nx_result_int(result, row, 1 + k);
        }
    }
}

static void subtract_own(survey *s, const nx_saved_change *saved, int n) {
    static const int counter[] = {[NX_INSERT] = INSERTED, [NX_UPDATE] = UPDATED, [NX_DELETE] = DELETED,
                                  [NX_BULK_UPDATE] = UPDATED, [NX_BULK_DELETE] = DELETED};
    tally *t = NULL;
    for (int i = 0; i < n; i++) {
        const nx_model *root = root_of(saved[i].model);
        t = t && t->model->oid == root->oid ? t : tally_of(s, root);
        t->counts[counter[saved[i].kind]] -= saved[i].affected;
    }
}

/* An update that moves a record to another partition counts as one deleted and one inserted. */
static void settle_moves(tally *t) {
    if (t->counts[UPDATED] < 0) {
        t->counts[DELETED] += t->counts[UPDATED];
        t->counts[INSERTED] += t->counts[UPDATED];
        t->counts[UPDATED] = 0;
    }
}

/* --- why -------------------------------------------------------------------------------------------------------- */

static int mark_of(char action) {
    return action == 'c' ? BY_CASCADE : action == 'n' ? SET_NULL : action == 'd' ? SET_DEFAULT : 0;
}

static void mark_deleted(survey *s, const nx_model *model, int *left);

static void mark_relation(survey *s, const nx_relation *relation, int *left) {
    const nx_model *child = relation->kind == NX_MANY_TO_MANY ? relation->through : relation->target;
    int mark = relation->kind == NX_TO_ONE || relation->virtual || !child ? 0 : mark_of(relation->on_delete);
    if (!mark) {
        return;
    }
    tally *t = tally_of(s, root_of(child));
    bool news = !(t->marks & mark);
    t->marks |= mark;
    if (news && mark == BY_CASCADE && (*left)-- > 0) {
        mark_deleted(s, child, left);
    }
}

static void mark_deleted(survey *s, const nx_model *model, int *left) {
    for (int i = 0; i < model->nrelations; i++) {
        mark_relation(s, model->relations[i], left);
    }
}

static void mark_updated(survey *s, const nx_model *model) {
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *r = model->relations[i];
        const nx_model *child = r->kind == NX_MANY_TO_MANY ? r->through : r->target;
        if (r->kind != NX_TO_ONE && !r->virtual && child && r->on_update == 'c') {
            tally_of(s, root_of(child))->marks |= KEY_CASCADE;
        }
    }
}

static void mark_all(survey *s, const nx_saved_change *saved, int n) {
    const nx_model *deleted = NULL, *updated = NULL; /* changes of one model mostly stand together */
    int left = MARKS_MAX;
    for (int i = 0; i < n; i++) {
        bool deletes = saved[i].kind == NX_DELETE || saved[i].kind == NX_BULK_DELETE;
        bool updates = saved[i].kind == NX_UPDATE || saved[i].kind == NX_BULK_UPDATE;
        if (deletes && saved[i].model != deleted) {
            deleted = saved[i].model;
            mark_deleted(s, deleted, &left);
        } else if (updates && saved[i].model != updated) {
            updated = saved[i].model;
            mark_updated(s, updated);
        }
    }
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static const char *deleted_words(const tally *t, bool known) {
    return t->marks & BY_CASCADE ? "deleted by cascade" : known ? "deleted by a trigger" : "deleted too";
}

static const char *updated_words(const tally *t, bool known) {
    if (t->marks & SET_NULL) {
        return "set NULL";
    }
    if (t->marks & SET_DEFAULT) {
        return "set DEFAULT";
    }
    return t->marks & KEY_CASCADE ? "updated by cascade" : known ? "updated by a trigger" : "updated too";
}

static void add_words(nx_buf *out, int64_t count, const nx_model *model, const char *what) {
    if (count > 0) {
        nx_buf_addf(out, "%s%" PRId64 " %s %s", out->len ? ", " : "", count, model->title, what);
    }
}

static void add_fewer(nx_buf *out, const nx_saved_change *saved, int n, const nx_changeset *set) {
    for (int i = 0; i < n; i++) {
        bool bulk = saved[i].kind == NX_BULK_UPDATE || saved[i].kind == NX_BULK_DELETE;
        const nx_change *change = bulk ? nx_changeset_by_id(set, saved[i].id) : NULL;
        if (change && saved[i].affected < change->expected) {
            nx_buf_addf(out, "%s%" PRId64 " %s %s where %" PRId64 " were counted", out->len ? ", " : "",
                        saved[i].affected, saved[i].model->title,
                        saved[i].kind == NX_BULK_DELETE ? "deleted" : "updated", change->expected);
        }
    }
}

const char *nx_effects_tell(nx_arena *arena, const nx_saved_change *saved, int n, const nx_changeset *set,
                            const nx_result *before, const nx_result *after) {
    nx_buf out = NX_BUF;
    survey s = {.list = NULL};
    add_fewer(&out, saved, n, set);
    const nx_catalog *catalog = n > 0 && before && after ? saved[0].model->catalog : NULL;
    if (catalog) {
        bool known = nx_catalog_has_graph(catalog);
        add_counters(&s, catalog, after, 1);
        add_counters(&s, catalog, before, -1);
        subtract_own(&s, saved, n);
        mark_all(&s, saved, n);
        for (int i = 0; i < s.n; i++) {
            tally *t = &s.list[i];
            settle_moves(t);
            add_words(&out, t->counts[DELETED], t->model, deleted_words(t, known));
            add_words(&out, t->counts[UPDATED], t->model, updated_words(t, known));
            add_words(&out, t->counts[INSERTED], t->model, known ? "added by a trigger" : "added too");
        }
    }
    const char *words = out.len > 0 ? nx_arena_strdup(arena, out.data) : NULL;
    nx_buf_free(&out);
    free(s.list);
    return words;
}
