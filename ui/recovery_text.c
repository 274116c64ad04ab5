/* What a journal holds, in words. */
#include <string.h>

#include "draw.h"
#include "recovery.h"

enum { MODELS_NAMED = 4, VALUE_MAX = 200 };

static const struct {
    const char *one, *many;
} kinds[] = {
    [NX_UPDATE] = {"update", "updates"},
    [NX_INSERT] = {"insert", "inserts"},
    [NX_DELETE] = {"delete", "deletes"},
    [NX_BULK_UPDATE] = {"update of all that match", "updates of all that match"},
    [NX_BULK_DELETE] = {"delete of all that match", "deletes of all that match"},
};

static bool named_before(const nx_orphan *o, int i) {
    for (int k = 0; k < i; k++) {
        if (o->changes[k]->oid == o->changes[i]->oid) {
            return true;
        }
    }
    return false;
}

void ui_recovery_summary(const nx_orphan *o, nx_buf *out) {
    const char *comma = "";
    for (size_t kind = 0; kind < NX_COUNT(kinds); kind++) {
        int n = 0;
        for (int i = 0; i < o->nchanges; i++) {
            n += o->changes[i]->kind == (nx_change_kind)kind;
        }
        if (n > 0) {
            nx_buf_addf(out, "%s%d %s", comma, n, n == 1 ? kinds[kind].one : kinds[kind].many);
            comma = ", ";
        }
    }
    int models = 0;
    for (int i = 0; i < o->nchanges && models <= MODELS_NAMED; i++) {
        if (!named_before(o, i)) {
            bool more = models++ == MODELS_NAMED;
            nx_buf_addf(out, "%s%s", models == 1 ? " of " : ", ", more ? ui_glyph(UI_GLYPH_ELLIPSIS) : o->changes[i]->title);
        }
    }
}

/* On one line, and not longer than one reads. */
static void add_value(nx_buf *out, nx_value value) {
    if (nx_is_null(value)) {
        nx_buf_adds(out, "NULL");
        return;
    }
    size_t most = value.len > VALUE_MAX ? VALUE_MAX : value.len;
    nx_buf_addc(out, '\'');
    for (size_t i = 0; i < most; i++) {
        if (value.text[i] == '\n') {
            nx_buf_adds(out, "\\n");
        } else {
            nx_buf_addc(out, value.text[i]);
        }
    }
    nx_buf_adds(out, most < value.len ? ui_glyph(UI_GLYPH_ELLIPSIS) : "'");
}

static void add_field(const nx_kept_change *c, const nx_kept_field *f, nx_buf *out) {
    nx_buf_addf(out, "  %s: ", f->field);
    if (c->kind == NX_UPDATE || c->kind == NX_DELETE) {
        add_value(out, f->old);
    }
    if (c->kind == NX_UPDATE) {
        nx_buf_addf(out, " %s ", ui_glyph(UI_GLYPH_ARROW));
    }
    switch (f->kind) {
    case NX_NEW_VALUE:
    case NX_NEW_NULL:
        if (c->kind != NX_DELETE) {
            add_value(out, f->value);
        }
        break;
    case NX_NEW_DEFAULT: nx_buf_adds(out, "DEFAULT"); break;
    case NX_NEW_REFERENCE: nx_buf_addf(out, "%s of a new record", f->record_field); break;
    }
    nx_buf_addc(out, '\n');
}

static void add_change(const nx_kept_change *c, nx_buf *out) {
    nx_buf_addf(out, "%s%s %s", out->len ? "\n" : "", kinds[c->kind].one, c->title);
    for (int i = 0; i < c->nkey && c->key[i].field; i++) {
        nx_buf_adds(out, i ? "," : " ");
        nx_buf_add(out, c->key[i].value.text ? c->key[i].value.text : "NULL", c->key[i].value.text ? c->key[i].value.len : 4);
    }
    if (c->filter) {
        nx_buf_addf(out, " %s (%lld counted)", *c->filter ? c->filter : "every record", (long long)c->expected);
    }
    nx_buf_addc(out, '\n');
    for (int i = 0; i < c->nassignments; i++) {
        add_field(c, &c->assignments[i], out);
    }
}

void ui_recovery_lines(const nx_orphan *o, nx_buf *out) {
    for (int i = 0; i < o->nchanges; i++) {
        add_change(o->changes[i], out);
    }
}
