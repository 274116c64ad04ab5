/* What the schema says and the database does not, and the other way round. */
#include "drift.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/json.h"

#define OP(name) " OPERATOR(pg_catalog." name ") "
#define EQ OP("=")

const char *nx_drift_name(nx_drift_kind kind) {
    static const char *const names[] = {
        [NX_DRIFT_MODEL_MISSING] = "model missing",   [NX_DRIFT_FIELD_MISSING] = "field missing",
        [NX_DRIFT_FIELD_TYPE] = "type differs",       [NX_DRIFT_FIELD_NULL] = "nullability differs",
        [NX_DRIFT_ENUM] = "enum differs",             [NX_DRIFT_NO_CONSTRAINT] = "no foreign key",
        [NX_DRIFT_UNKNOWN_TABLE] = "unknown table",   [NX_DRIFT_UNKNOWN_COLUMN] = "unknown column",
        [NX_DRIFT_UNKNOWN_RELATION] = "unknown relation",
    };
    return names[kind];
}

/* --- asking ----------------------------------------------------------------------------------------- */

static const char columns_sql[] =
    "SELECT a.attrelid, a.attname, COALESCE(e.typname, u.typname), e.oid IS NOT NULL, a.attnotnull,"
    " (SELECT pg_catalog.json_agg(n.enumlabel ORDER BY n.enumsortorder) FROM pg_catalog.pg_enum n"
    "   WHERE n.enumtypid" EQ "COALESCE(e.oid, u.oid))"
    " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid" EQ "a.atttypid"
    " JOIN pg_catalog.pg_type u ON u.oid" EQ "CASE WHEN t.typtype" EQ "'d' THEN t.typbasetype ELSE t.oid END"
    " LEFT JOIN pg_catalog.pg_type e ON e.oid" EQ "u.typelem AND u.typcategory" EQ "'A'"
    " WHERE a.attnum" OP(">") "0 AND NOT a.attisdropped AND a.attrelid" EQ "ANY (";
enum { COLUMN_MODEL, COLUMN_NAME, COLUMN_TYPE, COLUMN_LIST, COLUMN_REQUIRED, COLUMN_LABELS };

bool nx_overlay_ask(void *owner, nx_catalog *catalog, nx_sql *sql) {
    const nx_overlay *overlay = owner;
    (void)catalog;
    nx_buf oids = NX_BUF;
    nx_buf_addc(&oids, '{');
    for (int i = 0; i < overlay->nmatches; i++) {
        nx_buf_addf(&oids, i ? ",%u" : "%u", overlay->by_oid[i].model->oid);
    }
    nx_buf_addc(&oids, '}');
    nx_sql_add(sql, columns_sql);
    nx_sql_param(sql, (nx_value){oids.data, oids.len}, "pg_catalog.oid[]");
    nx_sql_add(sql, ") ORDER BY a.attrelid, a.attnum");
    nx_buf_free(&oids);
    return true;
}

/* --- saying ----------------------------------------------------------------------------------------- */

static void say(nx_overlay *overlay, nx_drift_kind kind, nx_model *model, const char *schema, const char *database,
                const char *words) {
    if (overlay->ndrift == overlay->drift_cap) {
        overlay->drift_cap = overlay->drift_cap ? overlay->drift_cap * 2 : 16;
        overlay->drift = nx_realloc(overlay->drift, (size_t)overlay->drift_cap, sizeof *overlay->drift);
    }
    overlay->drift[overlay->ndrift++] = (nx_drift){kind, schema, database, words, model};
    const nx_match *match = model ? nx_overlay_match(overlay, model) : NULL;
    if (match) {
        overlay->drifting[match - overlay->by_oid] = true;
    }
}

static const char *table_name(const nx_overlay *overlay, const nx_model *model) {
    return nx_arena_printf(overlay->arena, "%s.%s", model->schema, model->name);
}

typedef struct actual { /* what the database says of one */
    const char *name, *type, *labels;
    bool list, required;
} actual;

typedef struct comparison {
    nx_overlay *overlay;
    const nx_result *r;
    const nx_match *match;
    int from, to; /* its rows */
} comparison;

static actual column_at(const comparison *c, int row) {
    const char *type = nx_result_text(c->r, row, COLUMN_TYPE), *name = nx_result_text(c->r, row, COLUMN_NAME);
    return (actual){.name = name ? name : "",
                    .type = type ? type : "",
                    .labels = nx_result_text(c->r, row, COLUMN_LABELS),
                    .list = nx_result_bool(c->r, row, COLUMN_LIST),
                    .required = nx_result_bool(c->r, row, COLUMN_REQUIRED)};
}

static void say_field(const comparison *c, nx_drift_kind kind, const nx_psl_field *field, const char *name,
                      const char *words) {
    nx_overlay *overlay = c->overlay;
    const char *schema = field ? nx_arena_printf(overlay->arena, "%s.%s", c->match->psl->name, field->name) : NULL;
    const char *database = name ? nx_arena_printf(overlay->arena, "%s.%s.%s", c->match->model->schema,
                                                  c->match->model->name, name)
                                : NULL;
    say(overlay, kind, c->match->model, schema, database, words);
}

/* --- fields ----------------------------------------------------------------------------------------- */

static void compare_labels(const comparison *c, const nx_psl_field *field, const actual *column) {
    nx_arena *arena = c->overlay->arena;
    nx_error err = NX_ERROR;
    nx_value *labels = NULL;
    int n = nx_json_read_array(column->labels, arena, &labels, &err);
    nx_error_clear(&err);
    const nx_psl_enum *e = field->enumeration;
    for (int i = 0; n >= 0 && i < e->nvalues; i++) {
        int k = 0;
        while (k < n && (!labels[k].text || strcmp(labels[k].text, e->values[i].label) != 0)) {
            k++;
        }
        if (k == n) {
            say_field(c, NX_DRIFT_ENUM, field, column->name,
                      nx_arena_printf(arena, "the database's %s has no value \"%s\"", column->type, e->values[i].label));
        }
    }
    for (int k = 0; k < n; k++) {
        int i = 0;
        while (i < e->nvalues && (!labels[k].text || strcmp(labels[k].text, e->values[i].label) != 0)) {
            i++;
        }
        if (i == e->nvalues) {
            say_field(c, NX_DRIFT_ENUM, field, column->name,
                      nx_arena_printf(arena, "the schema's %s has no value \"%s\"", e->name,
                                      labels[k].text ? labels[k].text : ""));
        }
    }
}

static const char *written_type(const nx_psl_field *field, nx_arena *arena) {
    return nx_arena_printf(arena, "%s%s", field->type, field->list ? "[]" : field->optional ? "?" : "");
}

static void compare_field(const comparison *c, const nx_psl_field *field, const actual *column) {
    nx_arena *arena = c->overlay->arena;
    bool enumerates = field->enumeration && column->labels;
    if (field->list != column->list || !nx_drift_same_kind(field, column->type, column->labels != NULL)) {
        say_field(c, NX_DRIFT_FIELD_TYPE, field, column->name,
                  nx_arena_printf(arena, "%s in the schema, %s%s in the database", written_type(field, arena),
                                  column->type, column->list ? "[]" : ""));
        return;
    }
    if (enumerates) {
        compare_labels(c, field, column);
    }
    bool view = c->match->psl->view || c->match->model->kind == NX_KIND_VIEW || c->match->model->kind == NX_KIND_MATVIEW;
    if (!view && !field->list && field->optional == column->required) {
        say_field(c, NX_DRIFT_FIELD_NULL, field, column->name,
                  field->optional ? "optional in the schema, not null in the database"
                                  : "required in the schema, nullable in the database");
    }
}

static int row_of(const comparison *c, const char *name) {
    for (int row = c->from; row < c->to; row++) {
        if (strcmp(column_at(c, row).name, name) == 0) {
            return row;
        }
    }
    return -1;
}

static void compare_fields(const comparison *c) {
    const nx_psl_model *psl = c->match->psl;
    for (int i = 0; i < psl->nfields; i++) {
        const nx_psl_field *field = &psl->fields[i];
        int row = field->column ? row_of(c, field->column) : -1;
        if (row >= 0) {
            const actual column = column_at(c, row);
            compare_field(c, field, &column);
        } else if (field->column) {
            say_field(c, NX_DRIFT_FIELD_MISSING, field, NULL,
                      nx_arena_printf(c->overlay->arena, "%s has no column \"%s\"",
                                      table_name(c->overlay, c->match->model), field->column));
        }
    }
    for (int row = c->from; row < c->to; row++) {
        const actual column = column_at(c, row);
        if (!nx_psl_column(psl, column.name)) {
            say_field(c, NX_DRIFT_UNKNOWN_COLUMN, NULL, nx_arena_strdup(c->overlay->arena, column.name),
                      nx_arena_printf(c->overlay->arena, "the schema's %s has no such field", psl->name));
        }
    }
}

/* --- relations -------------------------------------------------------------------------------------- */

static void compare_relation(const comparison *c, const nx_relation *relation) {
    nx_arena *arena = c->overlay->arena;
    const nx_psl_field *field = nx_overlay_relation(c->overlay, relation);
    if (relation->virtual && field && !c->overlay->prisma->relation_mode_prisma) {
        say_field(c, NX_DRIFT_NO_CONSTRAINT, field, NULL, "the database has no foreign key for this relation");
    } else if (!field && !relation->virtual && relation->kind == NX_TO_ONE &&
               nx_overlay_match(c->overlay, relation->target)) {
        say_field(c, NX_DRIFT_UNKNOWN_RELATION, NULL, relation->fields[0],
                  nx_arena_printf(arena, "the schema's %s has no relation for the foreign key %s", c->match->psl->name,
                                  relation->constraint));
    }
}

static bool has_relation(const comparison *c, const nx_psl_field *field) {
    const nx_model *model = c->match->model;
    for (int i = 0; i < model->nrelations; i++) {
        if (nx_overlay_relation(c->overlay, model->relations[i]) == field) {
            return true;
        }
    }
    return false;
}

/* The columns are there, and still no relation could be made of them. */
static void compare_reference(const comparison *c, const nx_psl_field *field) {
    nx_model *target = nx_overlay_model(c->overlay, field->target);
    bool there = target != NULL;
    for (int i = 0; there && i < field->nfields; i++) {
        there = row_of(c, field->fields[i]->column) >= 0;
    }
    if (there && !has_relation(c, field)) {
        say_field(c, NX_DRIFT_FIELD_TYPE, field, NULL,
                  nx_arena_printf(c->overlay->arena, "its fields cannot be compared with those of %s", target->title));
    }
}

static void compare_relations(const comparison *c) {
    const nx_model *model = c->match->model;
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *relation = model->relations[i];
        if (relation->kind != NX_TO_MANY) {
            compare_relation(c, relation);
        }
    }
    for (int i = 0; i < c->match->psl->nfields; i++) {
        const nx_psl_field *field = &c->match->psl->fields[i];
        if (field->nfields) {
            compare_reference(c, field);
        } else if (nx_psl_is_implicit(field) && nx_overlay_model(c->overlay, field->target) &&
            !nx_overlay_join_table(c->overlay, field)) {
            say_field(c, NX_DRIFT_MODEL_MISSING, field, NULL,
                      nx_arena_printf(c->overlay->arena, "the database has no table \"%s\"",
                                      nx_psl_join_table(field, c->overlay->arena)));
        }
    }
}

/* --- the whole -------------------------------------------------------------------------------------- */

static void say_missing(nx_overlay *overlay, const nx_psl_model *psl) {
    const char *words = nx_arena_printf(overlay->arena, "the database has no %s \"%s.%s\"", psl->view ? "view" : "table",
                                        nx_overlay_schema(overlay, psl), psl->table);
    say(overlay, NX_DRIFT_MODEL_MISSING, NULL, psl->name, NULL, words);
}

static bool manages(const nx_overlay *overlay, const char *schema) {
    for (int i = 0; i < overlay->nmatches; i++) {
        if (strcmp(overlay->by_oid[i].model->schema, schema) == 0) {
            return true;
        }
    }
    return false;
}

static void compare_tables(nx_overlay *overlay) {
    for (int i = 0; i < nx_catalog_count(overlay->catalog); i++) {
        nx_model *model = nx_catalog_model(overlay->catalog, i);
        bool table = model->kind == NX_KIND_TABLE || model->kind == NX_KIND_PARTITIONED;
        if (table && nx_model_listed(model) && !model->join_table && !nx_overlay_match(overlay, model) &&
            manages(overlay, model->schema)) {
            say(overlay, NX_DRIFT_UNKNOWN_TABLE, model, NULL, table_name(overlay, model),
                "the schema has no model for this table");
        }
    }
}

/* Both are ordered by oid. */
static void find_rows(const nx_overlay *overlay, const nx_result *r, int *starts) {
    int row = 0, n = nx_result_rows(r);
    for (int i = 0; i < overlay->nmatches; i++) {
        int64_t oid = overlay->by_oid[i].model->oid;
        while (row < n && nx_result_int(r, row, COLUMN_MODEL) < oid) {
            row++;
        }
        starts[2 * i] = row;
        while (row < n && nx_result_int(r, row, COLUMN_MODEL) == oid) {
            row++;
        }
        starts[2 * i + 1] = row;
    }
}

void nx_overlay_compare(nx_overlay *overlay, const nx_result *answer) {
    if (!answer) {
        return;
    }
    int *rows = nx_calloc((size_t)overlay->nmatches * 2 + 1, sizeof *rows);
    find_rows(overlay, answer, rows);
    for (int i = 0; i < overlay->prisma->nmodels; i++) {
        const nx_model *model = overlay->by_rank[i].model;
        if (!model) {
            if (!overlay->by_rank[i].psl->composite) {
                say_missing(overlay, overlay->by_rank[i].psl);
            }
            continue;
        }
        const nx_match *match = nx_overlay_match(overlay, model);
        const int *range = rows + 2 * (match - overlay->by_oid);
        const comparison c = {overlay, answer, match, range[0], range[1]};
        compare_fields(&c);
        compare_relations(&c);
    }
    overlay->first_unknown = overlay->ndrift;
    compare_tables(overlay);
    free(rows);
}

const nx_drift *nx_prisma_drift(const nx_catalog *catalog, int *count) {
    const nx_overlay *overlay = nx_overlay_of(catalog);
    *count = overlay ? overlay->ndrift : 0;
    return overlay ? overlay->drift : NULL;
}

bool nx_prisma_drifts(const nx_model *model) {
    const nx_overlay *overlay = nx_overlay_of(model->catalog);
    const nx_match *match = overlay ? nx_overlay_match(overlay, model) : NULL;
    if (match) {
        return overlay->drifting[match - overlay->by_oid];
    }
    for (int i = overlay ? overlay->first_unknown : 0; overlay && i < overlay->ndrift; i++) {
        if (overlay->drift[i].model == model) {
            return true;
        }
    }
    return false;
}
