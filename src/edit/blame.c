#include "blame.h"

#include <string.h>

static bool has_constraint(const nx_model *model, const char *name) {
    for (int i = 0; i < model->nforeign_keys; i++) {
        if (strcmp(model->foreign_keys[i]->name, name) == 0) {
            return true;
        }
    }
    for (int i = 0; i < model->nindexes; i++) {
        if (strcmp(model->indexes[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

int nx_blame_constraint(const nx_changeset *set, const char *name) {
    int count = nx_changeset_count(set);
    int found = count == 1 ? 0 : -1;
    for (int i = 0; name && count > 1 && i < count; i++) {
        if (has_constraint(nx_changeset_at(set, i)->model, name)) {
            if (found >= 0) {
                return -1;
            }
            found = i;
        }
    }
    return found;
}

/* Of these a save knows more than the server's own hint says ("See server log for query details."). */
static void add_hint(nx_error *err) {
    static const struct {
        const char *sqlstate, *hint;
    } hints[] = {
        {"40P01", "nothing was saved, and saving again will probably work"},
        {"40001", "nothing was saved; refresh, then save again"},
        {"55P03", "nothing was saved: another session holds the record or the table"},
        {"57014", "nothing was saved: the statement took longer than its timeout; --timeout gives it longer"},
        {"25006", "nothing was saved: this server or this role is read-only"},
        {"42P01", "the models have changed: reload them"},
        {"42703", "the models have changed: reload them"},
    };
    for (size_t i = 0; i < NX_COUNT(hints); i++) {
        if (strcmp(err->sqlstate, hints[i].sqlstate) == 0) {
            nx_error_hint(err, "%s", hints[i].hint);
        }
    }
}

/* 42501 says that a policy was violated, seldom which. */
static void add_policies(nx_error *err, const nx_model *model) {
    if (strcmp(err->sqlstate, "42501") != 0 || !model->row_security || err->detail) {
        return;
    }
    nx_buf lines = NX_BUF;
    nx_buf_addf(&lines, "Row security of %s:", model->title);
    for (int i = 0; i < model->npolicies; i++) {
        nx_buf_addf(&lines, "\n%s", model->policies[i]);
    }
    nx_buf_adds(&lines, model->npolicies ? "" : " no policy lets this role do it");
    nx_error_detail(err, "%s", lines.data);
    nx_error_hint(err, "the record as it would become is not one that this role may have");
    nx_buf_free(&lines);
}

void nx_blame_explain(nx_error *err, const nx_change *change) {
    if (change) {
        add_policies(err, change->model);
    }
    add_hint(err);
}
