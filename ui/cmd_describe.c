/* nixie describe: one model, as JSON. The text is in describe_text.c. */
#include "cmd_drift.h"
#include "command.h"
#include "describe_text.h"
#include "json_out.h"
#include "open.h"
#include "output.h"
#include "words.h"

#include <string.h>

/* What the database calls it, where the Prisma schema has another name. */
static void add_database_name(nx_buf *out, const char *what, const char *alias, const char *name) {
    if (alias && strcmp(alias, name) != 0) {
        ui_json_text(out, what, name);
    }
}

static void add_columns(nx_buf *out, const char *name, const nx_model *model, const char *const *columns, int n) {
    const char *titles[32];
    int most = n < (int)NX_COUNT(titles) ? n : (int)NX_COUNT(titles); /* INDEX_MAX_KEYS */
    for (int i = 0; i < most; i++) {
        titles[i] = ui_schema_column(model, columns[i]);
    }
    ui_json_names(out, name, titles, most);
}

static void add_field(const nx_field *field, nx_buf *out) {
    ui_json_next(out);
    nx_buf_addc(out, '{');
    ui_json_text(out, "name", nx_field_title(field));
    add_database_name(out, "column", field->alias, field->name);
    ui_json_text(out, "type", field->type);
    ui_json_bool(out, "nullable", field->nullable);
    ui_json_text(out, "default", field->default_expression);
    ui_json_text(out, "generated", ui_field_generated(field->generated));
    ui_json_text(out, "identity", ui_field_identity(field->identity));
    if (field->labels) {
        ui_json_names(out, "enum", field->labels, field->nlabels);
    } else {
        ui_json_text(out, "enum", NULL);
    }
    if (ui_client_default(field)) {
        ui_json_text(out, "client_default", ui_client_default(field));
    }
    if (field->label_aliases) {
        ui_json_names(out, "enum_names", field->label_aliases, field->nlabels);
    }
    ui_json_text(out, "comment", field->comment);
    nx_buf_addc(out, '}');
}

static void add_key(const nx_key *key, nx_buf *out) {
    ui_json_next(out);
    nx_buf_addc(out, '{');
    ui_json_text(out, "name", key->name);
    ui_json_bool(out, "primary", key->primary);
    ui_json_fields(out, "fields", key->fields, key->nfields);
    nx_buf_addc(out, '}');
}

static void add_index(const nx_index *index, nx_buf *out) {
    ui_json_next(out);
    nx_buf_addc(out, '{');
    ui_json_text(out, "name", index->name);
    ui_json_text(out, "definition", index->definition);
    nx_buf_addc(out, '}');
}

static void add_relation(const nx_relation *relation, nx_buf *out) {
    ui_json_next(out);
    nx_buf_addc(out, '{');
    ui_json_text(out, "name", relation->name);
    ui_json_text(out, "kind", ui_relation_kind(relation));
    ui_json_text(out, "model", relation->target->title);
    add_columns(out, "fields", relation->model, relation->fields, relation->nfields);
    add_columns(out, "references", relation->target, relation->references, relation->nfields);
    ui_json_text(out, "on_delete", ui_referential_action(relation->on_delete));
    ui_json_text(out, "on_update", ui_referential_action(relation->on_update));
    ui_json_text(out, "constraint", relation->constraint);
    if (relation->kind == NX_MANY_TO_MANY) {
        ui_json_text(out, "through", relation->through ? relation->through->title : NULL);
    }
    nx_buf_addc(out, '}');
}

static void add_json(const nx_model *model, nx_buf *out) {
    nx_buf_addc(out, '{');
    ui_json_text(out, "schema", model->schema);
    ui_json_text(out, "name", nx_model_name(model));
    add_database_name(out, "table", model->alias, model->name);
    ui_json_text(out, "kind", nx_model_kind_name(model->kind));
    ui_json_text(out, "identity", nx_identity_name(model->identity_kind));
    ui_json_text(out, "comment", model->comment);
    ui_json_key(out, "fields");
    nx_buf_addc(out, '[');
    for (int i = 0; i < model->nfields; i++) {
        add_field(model->fields[i], out);
    }
    nx_buf_addc(out, ']');
    ui_json_key(out, "keys");
    nx_buf_addc(out, '[');
    for (int i = 0; i < model->nkeys; i++) {
        add_key(model->keys[i], out);
    }
    nx_buf_addc(out, ']');
    ui_json_key(out, "indexes");
    nx_buf_addc(out, '[');
    for (int i = 0; i < model->nindexes; i++) {
        add_index(model->indexes[i], out);
    }
    nx_buf_addc(out, ']');
    ui_json_key(out, "relations");
    nx_buf_addc(out, '[');
    for (int i = 0; i < model->nrelations; i++) {
        add_relation(model->relations[i], out);
    }
    nx_buf_adds(out, "]}\n");
}

int ui_cmd_describe(const ui_options *options, const nx_source *source) {
    int status = UI_EXIT_DONE;
    nx_model *model;
    ui_link link;
    if (options->drift) {
        status = ui_link_open(&link, options, source) ? ui_drift(&link) : UI_EXIT_REFUSED;
    } else if (ui_link_open(&link, options, source) && (model = ui_link_model(&link)) && ui_link_graph(&link)) {
        nx_buf out = NX_BUF;
        if (options->json) {
            add_json(model, &out);
        } else {
            ui_describe_text(model, &out);
        }
        status = ui_write(&out);
    }
    return ui_link_close(&link, status);
}
