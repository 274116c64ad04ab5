#include "describe_text.h"

#include <string.h>

#include "nixie/text.h"
#include "output.h"
#include "schema.h"
#include "words.h"

static void add_plain(nx_buf *out, const char *text) { nx_text_plain(out, text, strlen(text), false); }

static void section(nx_buf *out, const char *name) { nx_buf_addf(out, "\n%s\n", name); }

static void add_head(const nx_model *model, nx_buf *out) {
    if (model->alias) {
        add_plain(out, model->alias);
        nx_buf_adds(out, " = ");
    }
    add_plain(out, model->schema);
    nx_buf_addc(out, '.');
    add_plain(out, model->name);
    nx_buf_addf(out, ": %s", nx_model_kind_name(model->kind));
    if (model->rows_estimate >= 0) {
        nx_buf_addf(out, ", ~%lld rows", (long long)model->rows_estimate);
    }
    nx_buf_addf(out, ", addressed by %s\n", nx_identity_name(model->identity_kind));
    if (model->comment) {
        add_plain(out, model->comment);
        nx_buf_addc(out, '\n');
    }
    if (model->read_only_reason) {
        nx_buf_adds(out, "read-only: ");
        add_plain(out, model->read_only_reason);
        nx_buf_addc(out, '\n');
    }
}

static void join_columns(nx_buf *out, const nx_model *model, const char *const *columns, int n) {
    for (int i = 0; i < n; i++) {
        nx_buf_addf(out, "%s%s", i ? ", " : "", ui_schema_column(model, columns[i]));
    }
}

static void join_fields(nx_buf *out, nx_field *const *fields, int n) {
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, i ? ", " : "");
        nx_buf_adds(out, fields[i] ? nx_field_title(fields[i]) : "(expression)");
    }
}

/* Labels, with the names that a schema has for them. */
static void join_labels(nx_buf *out, const nx_field *field) {
    for (int i = 0; i < field->nlabels; i++) {
        const char *alias = field->label_aliases ? field->label_aliases[i] : field->labels[i];
        nx_buf_addf(out, strcmp(alias, field->labels[i]) == 0 ? "%s%s" : "%s%s (%s)", i ? ", " : "", field->labels[i],
                    alias);
    }
}

/* What fills the field when nobody does. */
static void origin(const nx_field *field, nx_buf *out) {
    if (field->identity) {
        nx_buf_addf(out, "identity %s", ui_field_identity(field->identity));
    } else if (field->generated) {
        nx_buf_addf(out, "generated %s %s", ui_field_generated(field->generated),
                    field->default_expression ? field->default_expression : "");
    } else if (field->default_expression) {
        nx_buf_addf(out, "default %s", field->default_expression);
    }
    if (ui_client_default(field)) {
        nx_buf_addf(out, "%sPrisma: %s", out->len ? "; " : "", ui_client_default(field));
    }
}

static void remark(const nx_field *field, nx_buf *out) {
    if (field->labels) {
        nx_buf_adds(out, "one of ");
        join_labels(out, field);
    }
    if (field->alias) {
        nx_buf_addf(out, "%scolumn %s", out->len ? "; " : "", field->name);
    }
    if (field->ignored) {
        nx_buf_addf(out, "%signored by Prisma", out->len ? "; " : "");
    }
    if (field->comment) {
        nx_buf_addf(out, "%s%s", out->len ? "; " : "", field->comment);
    }
}

static void add_fields(const nx_model *model, nx_buf *out) {
    ui_table *table = ui_table_new(5);
    for (int i = 0; i < model->nfields; i++) {
        const nx_field *field = model->fields[i];
        nx_buf from = NX_BUF, note = NX_BUF;
        origin(field, &from);
        remark(field, &note);
        ui_table_cell(table, nx_field_title(field));
        ui_table_cell(table, field->type);
        ui_table_cell(table, field->nullable ? "null" : "not null");
        ui_table_cell(table, from.data);
        ui_table_cell(table, note.data);
        nx_buf_free(&from);
        nx_buf_free(&note);
    }
    section(out, "Fields");
    ui_table_print(table, "  ", out);
    ui_table_free(table);
}

static void add_keys(const nx_model *model, nx_buf *out) {
    ui_table *table = ui_table_new(3);
    for (int i = 0; i < model->nkeys; i++) {
        nx_buf fields = NX_BUF;
        join_fields(&fields, model->keys[i]->fields, model->keys[i]->nfields);
        ui_table_cell(table, fields.data);
        ui_table_cell(table, model->keys[i]->primary ? "primary key" : "unique");
        ui_table_cell(table, model->keys[i]->name);
        nx_buf_free(&fields);
    }
    section(out, "Keys");
    ui_table_print(table, "  ", out);
    ui_table_free(table);
}

static void add_indexes(const nx_model *model, nx_buf *out) {
    ui_table *table = ui_table_new(2);
    for (int i = 0; i < model->nindexes; i++) {
        ui_table_cell(table, model->indexes[i]->name);
        ui_table_cell(table, model->indexes[i]->definition);
    }
    section(out, "Indexes");
    ui_table_print(table, "  ", out);
    ui_table_free(table);
}

/* "authorId = id, on delete cascade" or "through _CategoryToPost". */
static void joined_by(const nx_relation *relation, nx_buf *out) {
    if (relation->kind == NX_MANY_TO_MANY) {
        nx_buf_addf(out, "through %s", relation->through ? relation->through->title : "?");
        return;
    }
    join_columns(out, relation->model, relation->fields, relation->nfields);
    nx_buf_adds(out, " = ");
    join_columns(out, relation->target, relation->references, relation->nfields);
    const char *action = ui_referential_action(relation->on_delete);
    if (action && relation->on_delete != 'a') {
        nx_buf_addf(out, "; on delete %s", action);
    }
    nx_buf_adds(out, relation->virtual ? "; no foreign key" : "");
}

static void add_relations(const nx_model *model, nx_buf *out) {
    ui_table *table = ui_table_new(4);
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *relation = model->relations[i];
        nx_buf by = NX_BUF;
        joined_by(relation, &by);
        ui_table_cell(table, relation->name);
        ui_table_cell(table, ui_relation_kind(relation));
        ui_table_cell(table, relation->target->title);
        ui_table_cell(table, by.data);
        nx_buf_free(&by);
    }
    section(out, "Relations");
    ui_table_print(table, "  ", out);
    ui_table_free(table);
}

static void add_lines(const char *name, const char *const *lines, int n, nx_buf *out) {
    section(out, name);
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, "  ");
        add_plain(out, lines[i]);
        nx_buf_addc(out, '\n');
    }
}

void ui_describe_text(const nx_model *model, nx_buf *out) {
    add_head(model, out);
    add_fields(model, out);
    if (model->nkeys) {
        add_keys(model, out);
    }
    if (model->nindexes) {
        add_indexes(model, out);
    }
    if (model->nrelations) {
        add_relations(model, out);
    }
    if (model->nchecks) {
        add_lines("Checks", model->checks, model->nchecks, out);
    }
    if (model->npolicies) {
        add_lines(model->row_security ? "Row security policies (active)" : "Row security policies", model->policies,
                  model->npolicies, out);
    }
}
