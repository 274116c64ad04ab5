#include "nixie/change.h"

static const char *const no_right[] = {
    [NX_UPDATE] = "this role may not update it, or it cannot be updated",
    [NX_INSERT] = "this role may not insert into it, or it takes no new records",
    [NX_DELETE] = "this role may not delete from it, or nothing can be deleted from it",
    [NX_BULK_UPDATE] = "this role may not update it, or it cannot be updated",
    [NX_BULK_DELETE] = "this role may not delete from it, or nothing can be deleted from it",
};

static bool has_right(const nx_model *model, nx_change_kind kind) {
    switch (kind) {
    case NX_UPDATE:
    case NX_BULK_UPDATE: return model->can_update;
    case NX_INSERT: return model->can_insert;
    case NX_DELETE:
    case NX_BULK_DELETE: return model->can_delete;
    }
    return false;
}

const char *nx_edit_refusal(const nx_model *model, nx_change_kind kind) {
    if (!model->described) {
        return "not described yet";
    }
    if (model->read_only_reason) {
        return model->read_only_reason;
    }
    if (model->rules) {
        return "has rewrite rules for writes";
    }
    if (!has_right(model, kind)) {
        return no_right[kind];
    }
    bool one = kind == NX_UPDATE || kind == NX_DELETE; /* then it must be possible to say which */
    if (one && model->identity_kind == NX_IDENTITY_NONE) {
        return "no key and no tuple id";
    }
    return NULL;
}

const char *nx_field_refusal(const nx_field *field, nx_change_kind kind) {
    const char *model = nx_edit_refusal(field->model, kind);
    bool update = kind == NX_UPDATE || kind == NX_BULK_UPDATE;
    if (model || !(update || kind == NX_INSERT)) {
        return model;
    }
    if (field->generated) {
        return "generated from other fields";
    }
    if (field->identity == 'a') {
        return "generated always as identity";
    }
    if (kind == NX_INSERT && !field->can_insert) {
        return "this role may not insert into this field";
    }
    if (update && !field->can_update) {
        return "this role may not update this field";
    }
    if (kind == NX_UPDATE && !field->can_select) {
        return "this role may not read this field";
    }
    return NULL;
}
