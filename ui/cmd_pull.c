/* nixie pull: the schema.prisma that the database asks for, as `prisma db pull` would print it. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "export_file.h"
#include "nixie/pull.h"
#include "open.h"
#include "output.h"

typedef struct chosen { /* schemas */
    nx_arena *arena;
    const char **names;
    int n;
    bool multi;
} chosen;

static const nx_psl_value *listed_schemas(const nx_prisma *prisma) {
    for (int i = 0; prisma && i < prisma->nconfigs; i++) {
        const nx_psl_config *config = &prisma->configs[i];
        for (int k = 0; k < config->nproperties && config->datasource; k++) {
            const nx_psl_value *value = config->properties[k].value;
            if (strcmp(config->properties[k].name, "schemas") == 0 && value && value->kind == NX_PSL_LIST && value->nargs) {
                return value;
            }
        }
    }
    return NULL;
}

static void add_name(chosen *c, const char *name, size_t len) {
    for (int i = 0; i < c->n; i++) {
        if (strlen(c->names[i]) == len && strncmp(c->names[i], name, len) == 0) {
            return;
        }
    }
    c->names[c->n++] = nx_arena_strndup(c->arena, name, len);
}

/* "public,audit" */
static void split(chosen *c, const char *list) {
    c->names = nx_arena_array(c->arena, strlen(list) + 1, sizeof *c->names);
    for (const char *at = list; *at;) {
        size_t len = strcspn(at, ",");
        if (len) {
            add_name(c, at, len);
        }
        at += len + (at[len] == ',');
    }
    c->multi = c->n > 1;
}

static void take_listed(chosen *c, const nx_psl_value *list) {
    c->names = nx_arena_array(c->arena, (size_t)list->nargs, sizeof *c->names);
    for (int i = 0; i < list->nargs; i++) {
        const nx_psl_value *name = list->args[i].value;
        if (name && name->kind == NX_PSL_STRING) {
            add_name(c, name->text, strlen(name->text));
        }
    }
    c->multi = true;
}

/* --schema, else what the project's datasource lists, else the URL's ?schema=, else public. */
static chosen choose(const ui_link *link) {
    chosen c = {.arena = nx_arena_new(0)};
    const nx_psl_value *listed = listed_schemas(link->prisma);
    if (link->options->schema) {
        split(&c, link->options->schema);
    } else if (listed) {
        take_listed(&c, listed);
    }
    if (!c.n) {
        c.multi = false;
        split(&c, link->source->schema ? link->source->schema : "public");
    }
    return c;
}

typedef struct answer {
    bool done;
    char *text;
    nx_error *err;
} answer;

static void pulled(void *owner, char *text, const nx_error *err) {
    answer *a = owner;
    a->done = true;
    a->text = text;
    if (err) {
        nx_error_copy(a->err, err);
    }
}

static char *pull(ui_link *link) {
    answer a = {.err = &link->err};
    chosen c = choose(link);
    nx_pull_job *job = nx_pull(link->session, &(nx_pull_wish){c.names, c.n, c.multi, link->prisma, link->options->db_names}, pulled, &a);
    nx_arena_free(c.arena);
    bool ok = ui_link_wait(link, &a.done);
    if (!a.done) {
        nx_pull_drop(job);
    }
    if (!ok) {
        free(a.text);
    }
    return ok ? a.text : NULL;
}

static int write_file(ui_link *link, nx_buf *out) {
    ui_export_file file;
    if (ui_export_file_open(&file, link->options->output, &link->err) && ui_export_file_write(&file, out, &link->err) &&
        ui_export_file_finish(&file, &link->err)) {
        return UI_EXIT_DONE;
    }
    ui_export_file_drop(&file);
    return UI_EXIT_REFUSED;
}

int ui_cmd_pull(const ui_options *options, const nx_source *source) {
    int status = UI_EXIT_DONE;
    char *text;
    ui_link link;
    if (ui_link_open(&link, options, source) && (text = pull(&link)) != NULL) {
        nx_buf out = NX_BUF;
        nx_buf_adds(&out, text);
        free(text);
        status = options->output ? write_file(&link, &out) : ui_write(&out);
        nx_buf_free(&out);
    }
    return ui_link_close(&link, status);
}
