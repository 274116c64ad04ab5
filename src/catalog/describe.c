#include "describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a view's columns come from stands in its rule as the target entries of a query tree:
 * ":resno 1 :resname id :ressortgroupref 0 :resorigtbl 16385 :resorigcol 1 :resjunk false". It is
 * sent as a parameter because of its backslashes. */
static const char target_entry[] =
    ":resno ([0-9]+) :resname (?:\\\\.|[^\\\\ ])+ :ressortgroupref [0-9]+ :resorigtbl ([0-9]+) :resorigcol ([0-9]+)";

/* Which models to describe is found out once and left in a setting of the transaction's for the parts. In order, for two
 * answers of the same are compared. */
static const char pick_sql[] =
    ") SELECT pg_catalog.set_config('nixie.models', ARRAY(SELECT s.oid FROM args, pg_catalog.unnest(args.selves) s(oid)"
    " UNION SELECT k.confrelid FROM args CROSS JOIN pg_catalog.unnest(args.selves) s(oid)"
    " JOIN pg_catalog.pg_constraint k ON k.conrelid" EQ "s.oid AND k.contype" EQ "'f'"
    " WHERE NOT k.confrelid" EQ "ANY (args.known) AND " NO_COPY("k")
    " UNION SELECT t.oid FROM args, pg_catalog.unnest(args.also) t(oid) WHERE NOT t.oid" EQ "ANY (args.known)"
    " ORDER BY 1)::pg_catalog.text, true) FROM args";

enum { RELATION_OID, RELATION_SCHEMA, RELATION_NAME, RELATION_KIND };

static const struct part {
    const char *sql;
    nx_draft_reader *read;     /* NULL: read apart */
    const char *parameter; /* or NULL */
} parts[] = {
    {nx_relation_sql, nx_read_relation, NULL},
    {nx_types_sql, NULL, NULL},
    {nx_fields_sql, nx_read_fields, NULL},
    {nx_indexes_sql, nx_read_indexes, NULL},
    {nx_view_keys_sql, nx_read_view_keys, target_entry},
    {nx_foreign_keys_sql, nx_read_foreign_keys, NULL},
    {nx_checks_sql, nx_read_checks, NULL},
    {nx_policies_sql, nx_read_policies, NULL},
};
enum { PICK, RELATION, TYPES, FIELDS }; /* the answers: what was picked comes before the parts */
_Static_assert(RELATION + NX_COUNT(parts) == NX_DESCRIBE_PARTS, "the parts of a description are counted in model.h, too");

/* --- small readers -------------------------------------------------------------------------------- */

int nx_numbers(const char *text, int64_t *numbers, int max) {
    int n = 0;
    for (const char *p = text ? text : ""; *p && n < max;) {
        if (*p != '-' && (*p < '0' || *p > '9')) {
            p++;
            continue;
        }
        char *end;
        numbers[n] = strtoll(p, &end, 10);
        n += end > p;
        p = end > p ? end : p + 1;
    }
    return n;
}

const char *nx_draft_text(const nx_draft *draft, const nx_result *r, int row, int column) {
    return nx_arena_strdup(draft->catalog->arena, nx_result_text(r, row, column));
}

const char *nx_draft_name(const nx_draft *draft, const nx_result *r, int row, int column) {
    const char *text = nx_result_text(r, row, column);
    return nx_catalog_intern(draft->catalog, text ? text : "");
}

uint32_t nx_result_oid(const nx_result *r, int row, int column) { return (uint32_t)nx_result_int(r, row, column); }

char nx_result_char(const nx_result *r, int row, int column) {
    const char *text = nx_result_text(r, row, column);
    return text ? text[0] : '\0';
}

nx_field *nx_draft_field(const nx_draft *draft, int64_t number) {
    int low = 0, high = draft->model->nfields;
    while (low < high) {
        int middle = low + (high - low) / 2;
        nx_field *field = draft->model->fields[middle];
        if (field->number == number) {
            return field;
        }
        if (field->number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* --- the trip ------------------------------------------------------------------------------------- */

static char *described_oids(const nx_catalog *catalog) {
    nx_buf oids = NX_BUF;
    nx_buf_addc(&oids, '{');
    for (int i = 0; i < catalog->count; i++) {
        if (catalog->storage[i].described) {
            nx_buf_addf(&oids, oids.len > 1 ? ",%u" : "%u", catalog->storage[i].oid);
        }
    }
    nx_buf_addc(&oids, '}');
    char *text = nx_buf_take(&oids);
    return text ? text : nx_strdup("{}");
}

static void add_pick(nx_catalog_job *job, const char *selves, const char *known, const char *also) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "WITH args(selves, known, also) AS (SELECT ");
    if (selves) {
        nx_sql_param(&sql, nx_value_of(selves), "pg_catalog.oid[]");
    } else {
        nx_sql_add(&sql, "ARRAY[pg_catalog.current_setting('nixie.model')::pg_catalog.oid]");
    }
    nx_sql_add(&sql, ", ");
    nx_sql_param(&sql, nx_value_of(known), "pg_catalog.oid[]");
    nx_sql_add(&sql, ", ");
    nx_sql_param(&sql, nx_value_of(also), "pg_catalog.oid[]");
    nx_sql_add(&sql, pick_sql);
    nx_catalog_job_add(job, &sql);
}

static void add_part(nx_catalog_job *job, const struct part *part) {
    nx_sql sql = NX_SQL;
    if (part->parameter) {
        nx_sql_add(&sql, "WITH args(pattern) AS (SELECT ");
        nx_sql_param(&sql, nx_value_of(part->parameter), "pg_catalog.text");
        nx_sql_add(&sql, "), ");
    }
    nx_sql_add(&sql, part->sql);
    nx_catalog_job_add(job, &sql);
}

void nx_describe_add(nx_catalog_job *job, const char *selves, const char *known, const char *also) {
    add_pick(job, selves, known, also);
    for (size_t i = 0; i < NX_COUNT(parts); i++) {
        add_part(job, &parts[i]);
    }
}

#define NAMED(test)                                                                                        \
    "(SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid" EQ "c.relnamespace" \
    " WHERE " test " AND (args.schema IS NULL OR n.nspname" EQ "args.schema)"                              \
    " AND c.relkind" IS_ONE_OF("{r,p,v,m,f}") " AND c.relpersistence" OP("<>") "'t'"                       \
    " ORDER BY n.nspname" EQ "'public' DESC, c.oid LIMIT 1)"

/* Into a setting of the transaction's, for the statements behind it; 0 is no relation's. The exact name has an index. */
void nx_describe_named(nx_catalog_job *job, const nx_catalog_wish *wish) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "WITH args(schema, name) AS (SELECT ");
    nx_sql_param(&sql, nx_value_of(wish->schema), "pg_catalog.name");
    nx_sql_add(&sql, ", ");
    nx_sql_param(&sql, nx_value_of(wish->name), "pg_catalog.name");
    nx_sql_add(&sql, ") SELECT pg_catalog.set_config('nixie.model', COALESCE(" NAMED("c.relname" EQ "args.name") ", "
                     NAMED("pg_catalog.lower(c.relname::pg_catalog.text)" EQ "pg_catalog.lower(args.name::pg_catalog.text)")
                     ", 0)::pg_catalog.text, true) FROM args");
    nx_catalog_job_add(job, &sql);
}

/* The rows of `oid` in a result that is ordered by its first column as a number. */
static void rows_of(const nx_result *r, uint32_t oid, int *from, int *to) {
    int i = 0, n = nx_result_rows(r);
    while (i < n && nx_result_oid(r, i, 0) != oid) {
        i++;
    }
    *from = i;
    while (i < n && nx_result_oid(r, i, 0) == oid) {
        i++;
    }
    *to = i;
}

static bool same(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

/* The row of pg_class as the list knows it: same name, same kind. Else the list is out of date, and
 * nothing that is built on its names would find the relation. */
static bool still_is(const nx_model *model, const nx_result *r, int row) {
    static const char kinds[] = {[NX_KIND_TABLE] = 'r',
                                 [NX_KIND_PARTITIONED] = 'p',
                                 [NX_KIND_VIEW] = 'v',
                                 [NX_KIND_MATVIEW] = 'm',
                                 [NX_KIND_FOREIGN] = 'f'};
    return same(nx_result_text(r, row, RELATION_SCHEMA), model->schema) &&
           same(nx_result_text(r, row, RELATION_NAME), model->name) &&
           nx_result_char(r, row, RELATION_KIND) == kinds[model->kind];
}

/* As the list left it: a model may be described a second time, when more is known of what it leads to. */
static void forget_description(nx_model *model) {
    model->nfields = model->nindexes = model->nkeys = model->nforeign_keys = model->nchecks = model->npolicies = 0;
    model->identity = NULL;
    model->identity_kind = NX_IDENTITY_NONE;
}

static void describe(nx_model *model, const nx_trip *trip, int first) {
    nx_draft draft = {.catalog = model->catalog, .model = model};
    forget_description(model);
    for (size_t i = 0; i < NX_COUNT(parts); i++) {
        if (parts[i].read) {
            const nx_result *r = nx_catalog_result(trip, first + RELATION + (int)i);
            int from, to;
            rows_of(r, model->oid, &from, &to);
            parts[i].read(&draft, r, from, to);
        }
    }
    nx_draft_conclude(&draft);
    free(draft.types);
    free(draft.collations);
    model->label = nx_model_label(model);
    model->described = true;
    const nx_catalog_overlay *overlay = nx_catalog_laid(model->catalog);
    if (overlay && overlay->described) {
        overlay->described(overlay->owner, model);
    }
    if (model->catalog->on_described) {
        model->catalog->on_described(model->catalog->on_described_owner, model);
    }
}

void nx_read_descriptions(nx_catalog *catalog, const nx_trip *trip, int first) {
    const nx_result *r = nx_catalog_result(trip, first + RELATION);
    nx_read_types(catalog, nx_catalog_result(trip, first + TYPES));
    for (int i = 0; i < nx_result_rows(r); i++) {
        nx_model *model = nx_catalog_by_oid(catalog, nx_result_oid(r, i, RELATION_OID));
        if (model && !model->described && still_is(model, r, i)) {
            describe(model, trip, first);
        }
    }
    nx_loose_attach(catalog);
}

static void read_description(nx_catalog_job *job, const nx_trip *trip, nx_error *err) {
    nx_read_descriptions(job->catalog, trip, 0);
    if (!job->model->described) {
        nx_error_set(err, NX_ERR_NOT_FOUND, "%s \"%s\" no longer exists under this name",
                     nx_model_kind_name(job->model->kind), job->model->title);
        nx_error_hint(err, "it was dropped or renamed since the models were listed: refresh the list");
    }
}

static nx_catalog_job *start(nx_session *session, nx_model *model, const char *selves, const char *also,
                             nx_catalog_read *read) {
    nx_buf what = NX_BUF;
    nx_buf_addf(&what, read == read_description ? "describe %s" : "describe what %s leads to", model->title);
    nx_catalog_job *job = nx_catalog_job_new(session, model->catalog, what.data, read);
    nx_buf_free(&what);
    job->model = model;
    char *known = described_oids(model->catalog);
    nx_describe_add(job, selves, known, also);
    free(known);
    return job;
}

nx_catalog_job *nx_catalog_describe(nx_session *session, nx_model *model, nx_catalog_done *done, void *owner) {
    if (model->described) {
        done(owner, model->catalog, NULL);
        return NULL;
    }
    nx_catalog_job *same = nx_catalog_job_follow(session, model->catalog, read_description, model, done, owner);
    if (same) {
        return same;
    }
    char self[16];
    snprintf(self, sizeof self, "{%u}", model->oid);
    char *also = nx_loose_targets(model);
    nx_catalog_job *job = start(session, model, self, also, read_description);
    free(also);
    nx_catalog_job_send(job, done, owner);
    return job;
}

/* --- is it still so? ---------------------------------------------------------------------------------- */

enum { CHECK_RELATION = 1, CHECK_FIELDS };

static void read_check(nx_catalog_job *job, const nx_trip *trip, nx_error *err) {
    const nx_result *r = nx_catalog_result(trip, CHECK_RELATION), *fields = nx_catalog_result(trip, CHECK_FIELDS);
    int at, next, from, to;
    rows_of(r, job->model->oid, &at, &next);
    rows_of(fields, job->model->oid, &from, &to);
    if (next == at || !still_is(job->model, r, at)) {
        nx_error_set(err, NX_ERR_NOT_FOUND, "%s no longer exists: it was dropped or renamed", job->model->title);
    } else if (!nx_fields_are(job->model, fields, from, to)) {
        nx_error_set(err, NX_ERR_CONFLICT, "%s was altered since it was described", job->model->title);
    }
}

nx_catalog_job *nx_catalog_check(nx_session *session, nx_model *model, nx_catalog_done *done, void *owner) {
    nx_buf what = NX_BUF;
    nx_buf_addf(&what, "look at %s", model->title);
    nx_catalog_job *job = nx_catalog_job_new(session, model->catalog, what.data, read_check);
    nx_buf_free(&what);
    char self[16];
    snprintf(self, sizeof self, "{%u}", model->oid);
    job->model = model;
    char *known = described_oids(model->catalog); /* what it leads to is not asked about */
    add_pick(job, self, known, "{}");
    add_part(job, &parts[RELATION - 1]);
    add_part(job, &parts[FIELDS - 1]);
    free(known);
    nx_catalog_job_send(job, done, owner);
    return job;
}

/* --- ahead of time ---------------------------------------------------------------------------------- */

static void read_related(nx_catalog_job *job, const nx_trip *trip, nx_error *err) {
    (void)err; /* whoever opens one that is gone will be told */
    nx_read_descriptions(job->catalog, trip, 0);
}

/* "{1,2}" onto the end of a list that is still open. */
static void join(nx_buf *list, const char *oids) {
    size_t n = strlen(oids);
    if (n > 2) {
        nx_buf_adds(list, list->len > 1 ? "," : "");
        nx_buf_add(list, oids + 1, n - 2);
    }
}

nx_catalog_job *nx_catalog_describe_related(nx_session *session, nx_model *model, nx_catalog_done *done, void *owner) {
    enum { MOST = 32 };
    nx_buf selves = NX_BUF, also = NX_BUF;
    nx_buf_addc(&selves, '{');
    nx_buf_addc(&also, '{');
    for (int i = 0, n = 0; i < model->nrelations && n < MOST; i++) {
        const nx_model *target = model->relations[i]->target;
        if (!target->described && target->readable) {
            nx_buf_addf(&selves, n++ ? ",%u" : "%u", target->oid);
            char *loose = nx_loose_targets(target);
            join(&also, loose);
            free(loose);
        }
    }
    nx_catalog_job *job = NULL;
    if (selves.len > 1) {
        nx_buf_addc(&selves, '}');
        nx_buf_addc(&also, '}');
        job = start(session, model, selves.data, also.data, read_related);
        nx_catalog_job_send(job, done, owner);
    }
    nx_buf_free(&selves);
    nx_buf_free(&also);
    return job;
}
