/* How a record is addressed, and whether it can be edited. */
#include "describe.h"

#include <string.h>

static nx_key *best_key(const nx_model *model) {
    nx_key *best = NULL;
    for (int i = 0; i < model->nkeys; i++) {
        nx_key *key = model->keys[i];
        if (key->identifies && key->primary) {
            return key;
        }
        if (key->identifies && (!best || key->nfields < best->nfields)) {
            best = key;
        }
    }
    return best;
}

/* Leaves that are foreign tables have tuple ids of another server, and no tuple version. */
static bool has_foreign_leaf(const nx_model *root) {
    const nx_catalog *catalog = root->catalog;
    for (int i = 0; i < catalog->count; i++) {
        const nx_model *leaf = &catalog->storage[i];
        if (leaf->kind != NX_KIND_FOREIGN || !leaf->parent) {
            continue;
        }
        for (const nx_model *up = leaf->parent; up; up = up->parent) {
            if (up == root) {
                return true;
            }
        }
    }
    return false;
}

static bool has_tuple_ids(const nx_draft *draft) {
    const nx_model *model = draft->model;
    return draft->tuples && draft->whole_readable && !draft->foreign_child &&
           (model->kind != NX_KIND_PARTITIONED || !has_foreign_leaf(model));
}

static void choose_identity(nx_draft *draft) {
    nx_model *model = draft->model;
    model->identity = best_key(model);
    if (model->identity) {
        model->identity_kind = model->identity->primary ? NX_IDENTITY_PRIMARY : NX_IDENTITY_UNIQUE;
    } else {
        model->identity_kind = has_tuple_ids(draft) ? NX_IDENTITY_TUPLE : NX_IDENTITY_NONE;
    }
}

static bool is_server_catalog(const nx_model *model) {
    return strcmp(model->schema, "pg_catalog") == 0 || strcmp(model->schema, "information_schema") == 0;
}

static const char *unaddressable(const nx_draft *draft) {
    if (draft->model->kind == NX_KIND_FOREIGN) {
        return "a foreign table: its keys are not known to this server";
    }
    if (draft->model->kind == NX_KIND_VIEW) {
        return "a view that does not show the whole primary key of one table: its rows cannot be told apart";
    }
    return draft->whole_readable ? "no key, and rows without a usable tuple id"
                                 : "no readable key, and no right to read the whole table";
}

static const char *no_updates(const nx_draft *draft) {
    return draft->model->kind == NX_KIND_MATVIEW
               ? "a materialized view is a copy: edit its tables and refresh it"
               : "a view that PostgreSQL cannot update: it joins, groups or computes its rows";
}

/* INSERT 8, UPDATE 4, DELETE 16: the bits of pg_relation_is_updatable, by CmdType. */
enum { CAN_UPDATE = 1 << 2, CAN_INSERT = 1 << 3, CAN_DELETE = 1 << 4 };

static const char *why_read_only(const nx_draft *draft) {
    const nx_model *model = draft->model;
    if (is_server_catalog(model)) {
        return "the server's own catalog";
    }
    if (model->rules) {
        return "rewrite rules replace what is written to it: the outcome of an edit cannot be known";
    }
    if (!(draft->updatable & (CAN_UPDATE | CAN_INSERT | CAN_DELETE))) {
        return no_updates(draft);
    }
    if (model->identity_kind == NX_IDENTITY_NONE) {
        return unaddressable(draft);
    }
    if (!draft->may_insert && !draft->may_update && !draft->may_delete) {
        return "this role may not change it: no right to INSERT, UPDATE or DELETE";
    }
    return NULL;
}

void nx_draft_conclude(nx_draft *draft) {
    nx_model *model = draft->model;
    choose_identity(draft);
    model->read_only_reason = why_read_only(draft);
    if (!model->read_only_reason) {
        model->can_insert = draft->may_insert && draft->updatable & CAN_INSERT;
        model->can_update = draft->may_update && draft->updatable & CAN_UPDATE;
        model->can_delete = draft->may_delete && draft->updatable & CAN_DELETE;
    }
}
