#include "map_text.h"

#include <string.h>

#include "map_plan.h"
#include "nixie/text.h"

/* Each relation is told once: by the side that holds the foreign key; of many-to-many by the one that comes first. */
static bool told_here(nx_model *const *models, int n, const nx_relation *r) {
    bool target = false;
    int here = -1, there = -1;
    for (int i = 0; i < n; i++) {
        here = models[i] == r->model ? i : here;
        there = models[i] == r->target ? i : there;
        target = target || models[i] == r->target;
    }
    bool first = r->kind == NX_MANY_TO_MANY && (here < there || (here == there && (!r->inverse || strcmp(r->name, r->inverse->name) <= 0)));
    return target && (r->kind == NX_TO_ONE || first);
}

/* In double quotes, for both languages; control characters and the like are made harmless first. */
static void add_quoted(nx_buf *out, const char *text, const char *quote) {
    nx_buf safe = NX_BUF;
    nx_text_plain(&safe, text, strlen(text), false);
    nx_buf_addc(out, '"');
    for (size_t i = 0; i < safe.len; i++) {
        nx_buf_adds(out, safe.data[i] == '"' ? quote : safe.data[i] == '\\' ? "\\\\" : "");
        if (safe.data[i] != '"' && safe.data[i] != '\\') {
            nx_buf_addc(out, safe.data[i]);
        }
    }
    nx_buf_addc(out, '"');
    nx_buf_free(&safe);
}

/* --- Mermaid ---------------------------------------------------------------------------------------------------- */

/* Crow's feet: the near end looks to the right, the far end to the left. */
static const char *left_foot(const char *cardinality) {
    return strcmp(cardinality, "n") == 0 ? "}o" : strcmp(cardinality, "1") == 0 ? "||" : "|o";
}
static const char *right_foot(const char *cardinality) {
    return strcmp(cardinality, "n") == 0 ? "o{" : strcmp(cardinality, "1") == 0 ? "||" : "o|";
}

/* Attribute names and types are single words there. */
static void add_word(nx_buf *out, const char *text) {
    for (const char *p = text; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '_' ||
                     (unsigned char)*p >= 0x80;
        nx_buf_addc(out, plain ? *p : '_');
    }
}

static void mermaid_fields(const nx_model *model, nx_buf *out) {
    nx_buf_adds(out, " {\n");
    for (int i = 0; i < model->nfields; i++) {
        const nx_field *field = model->fields[i];
        nx_buf_adds(out, "    ");
        add_word(out, field->type);
        nx_buf_addc(out, ' ');
        add_word(out, nx_field_title(field));
        bool key = nx_field_in_identity(field), reference = nx_field_foreign_key(field) != NULL;
        nx_buf_adds(out, key && reference ? " PK, FK" : key ? " PK" : reference ? " FK" : "");
        nx_buf_addc(out, '\n');
    }
    nx_buf_adds(out, "  }");
}

void ui_map_mermaid(nx_model *const *models, int n, nx_buf *out) {
    nx_buf_adds(out, "erDiagram\n");
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, "  ");
        add_quoted(out, models[i]->title, "#quot;");
        if (models[i]->described && models[i]->nfields) {
            mermaid_fields(models[i], out);
        }
        nx_buf_addc(out, '\n');
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < models[i]->nrelations; k++) {
            const nx_relation *r = models[i]->relations[k];
            if (told_here(models, n, r)) {
                nx_buf_adds(out, "  ");
                add_quoted(out, r->model->title, "#quot;");
                nx_buf_addf(out, " %s--%s ", left_foot(ui_map_near(r)), right_foot(ui_map_far(r)));
                add_quoted(out, r->target->title, "#quot;");
                nx_buf_adds(out, " : ");
                add_quoted(out, r->name, "#quot;");
                nx_buf_addc(out, '\n');
            }
        }
    }
}

/* --- Graphviz ----------------------------------------------------------------------------------------------------- */

void ui_map_dot(nx_model *const *models, int n, nx_buf *out) {
    nx_buf_adds(out, "digraph models {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, "  ");
        add_quoted(out, models[i]->title, "\\\"");
        nx_buf_adds(out, ";\n");
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < models[i]->nrelations; k++) {
            const nx_relation *r = models[i]->relations[k];
            if (told_here(models, n, r)) {
                nx_buf_adds(out, "  ");
                add_quoted(out, r->model->title, "\\\"");
                nx_buf_adds(out, " -> ");
                add_quoted(out, r->target->title, "\\\"");
                nx_buf_adds(out, " [label=");
                add_quoted(out, r->name, "\\\"");
                nx_buf_addf(out, ", taillabel=\"%s\", headlabel=\"%s\"%s];\n", ui_map_near(r), ui_map_far(r),
                            r->kind == NX_MANY_TO_MANY ? ", dir=none" : "");
            }
        }
    }
    nx_buf_adds(out, "}\n");
}
