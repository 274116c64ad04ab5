/* The records of a journal as text: lines of "crc length json". */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "journal.h"
#include "nixie/crc.h"
#include "nixie/json.h"

/* Without its JSON there is no line: an empty one would be damage, and whatever comes behind it would be lost. */
void journal_line(nx_buf *out, nx_buf *json) {
    if (nx_buf_failed(json)) {
        nx_buf_fail(out);
    }
    nx_buf_addf(out, "%08x %zu ", (unsigned)nx_crc32c(json->data, json->len), json->len);
    nx_buf_add(out, json->data, json->len);
    nx_buf_addc(out, '\n');
    nx_buf_clear(json);
}

static void put_text(nx_buf *json, const char *key, const char *text) {
    nx_buf_addf(json, ",\"%s\":", key);
    nx_json_cstring(json, text);
}

static void put_binding(nx_buf *json, const nx_binding *b) {
    put_text(json, "host", b->host);
    put_text(json, "port", b->port);
    put_text(json, "endpoint", b->endpoint);
    put_text(json, "branch", b->branch);
    put_text(json, "system", b->system);
    put_text(json, "timeline", b->timeline);
    put_text(json, "database", b->database);
    put_text(json, "role", b->user);
    put_text(json, "timezone", b->timezone);
}

void journal_put_header(nx_buf *out, const nx_journal *journal) {
    nx_buf json = NX_BUF;
    char when[32] = "";
    time_t now = time(NULL);
    struct tm tm;
    if (gmtime_r(&now, &tm)) {
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    }
    nx_buf_addf(&json, "{\"nixie\":\"%s\",\"format\":%d,\"pid\":%ld", NIXIE_VERSION, JOURNAL_FORMAT, (long)getpid());
    put_text(&json, "id", journal->id);
    put_text(&json, "time", when);
    put_binding(&json, &journal->binding);
    nx_buf_addc(&json, '}');
    journal_line(out, &json);
    nx_buf_free(&json);
}

/* --- changes --------------------------------------------------------------------------------------------- */

static void put_field(nx_buf *json, const nx_field *field, const nx_assignment *a) {
    static const char *const kinds[] = {
        [NX_NEW_VALUE] = "value", [NX_NEW_NULL] = "null", [NX_NEW_DEFAULT] = "default", [NX_NEW_REFERENCE] = "reference",
    };
    nx_buf_adds(json, "{\"kind\":\"");
    nx_buf_adds(json, kinds[a->kind]);
    nx_buf_addc(json, '"');
    if (field) {
        put_text(json, "field", field->name);
        put_text(json, "type", field->type);
    }
    if (a->kind == NX_NEW_VALUE) {
        nx_buf_adds(json, ",\"value\":");
        nx_json_value(json, a->value);
    }
    if (a->kind == NX_NEW_REFERENCE) {
        nx_buf_addf(json, ",\"record\":%llu", (unsigned long long)a->record);
        put_text(json, "recordField", a->record_field->name);
    }
    if (a->made) {
        nx_buf_adds(json, ",\"made\":true");
    }
    if (!nx_is_null(a->old)) {
        nx_buf_adds(json, ",\"old\":");
        nx_json_value(json, a->old);
    }
    nx_buf_addc(json, '}');
}

static void put_fields(nx_buf *json, const char *key, const nx_assignment *list, int n) {
    nx_buf_addf(json, ",\"%s\":[", key);
    for (int i = 0; i < n; i++) {
        nx_buf_adds(json, i ? "," : "");
        put_field(json, list[i].field, &list[i]);
    }
    nx_buf_addc(json, ']');
}

static void put_key(nx_buf *json, const nx_change *c) {
    const nx_key *identity = c->model->identity;
    nx_buf_adds(json, ",\"key\":[");
    for (int i = 0; i < c->nkey; i++) {
        nx_assignment part = {.kind = NX_NEW_VALUE, .value = c->key[i]};
        nx_buf_adds(json, i ? "," : "");
        put_field(json, identity && i < identity->nfields ? identity->fields[i] : NULL, &part);
    }
    nx_buf_addc(json, ']');
}

static void put_change(nx_buf *json, const nx_change *c) {
    static const char *const kinds[] = {
        [NX_UPDATE] = "update",           [NX_INSERT] = "insert",           [NX_DELETE] = "delete",
        [NX_BULK_UPDATE] = "bulk update", [NX_BULK_DELETE] = "bulk delete",
    };
    nx_buf_addf(json, "{\"id\":%llu,\"kind\":\"%s\",\"oid\":%u", (unsigned long long)c->id, kinds[c->kind],
                (unsigned)c->model->oid);
    put_text(json, "schema", c->model->schema);
    put_text(json, "model", c->model->name);
    put_text(json, "title", c->model->title);
    put_text(json, "identity", nx_identity_name(c->model->identity_kind));
    put_key(json, c);
    put_fields(json, "fields", c->assignments, c->nassignments);
    put_fields(json, "shown", c->shown, c->nshown);
    if (c->filter) {
        put_text(json, "filter", c->filter);
        nx_buf_addf(json, ",\"expected\":%lld", (long long)c->expected);
    }
    nx_buf_addc(json, '}');
}

/* --- steps -------------------------------------------------------------------------------------------------- */

/* `more`: another record belongs to the same step of the user; without the last of them none counts. */
static void put_exchange(nx_buf *out, nx_buf *json, int at, const nx_version *gone, const nx_version *come, bool more) {
    nx_buf_addf(json, "{%s\"at\":%d,", more ? "\"more\":true," : "", at);
    if (come) {
        nx_buf_adds(json, "\"put\":");
        put_change(json, &come->change);
    } else {
        nx_buf_addf(json, "\"drop\":%llu", (unsigned long long)gone->change.id);
    }
    nx_buf_addc(json, '}');
    journal_line(out, json);
}

static void put_step(nx_buf *out, nx_buf *json, const nx_step *step, bool back, bool more) {
    if (!step->all) {
        put_exchange(out, json, step->at, back ? step->after : step->before, back ? step->before : step->after, more);
        return;
    }
    for (int i = 0; back && i < step->nall; i++) {
        put_exchange(out, json, i, NULL, step->all[i], more || i + 1 < step->nall);
    }
    if (!back) {
        nx_buf_adds(json, more ? "{\"more\":true,\"clear\":true}" : "{\"clear\":true}");
        journal_line(out, json);
    }
}

void journal_put_steps(nx_buf *out, const nx_step *steps, int n, bool back) {
    nx_buf json = NX_BUF;
    for (int i = 0; i < n; i++) {
        const nx_step *step = &steps[back ? n - 1 - i : i], *next = i + 1 < n ? &steps[back ? n - 2 - i : i + 1] : NULL;
        /* A record that is made field by field is written once. */
        const nx_version *come = back ? step->before : step->after;
        bool passing = next && come && next->at == step->at && come == (back ? next->after : next->before);
        if (!passing || !(back ? next->before : next->after)) {
            put_step(out, &json, step, back, next != NULL);
        }
    }
    nx_buf_free(&json);
}

void journal_put_all(nx_buf *out, const nx_changeset *set) {
    nx_buf json = NX_BUF;
    for (int i = 0; i < set->count; i++) {
        put_exchange(out, &json, i, NULL, set->list[i], i + 1 < set->count);
    }
    nx_buf_free(&json);
}

/* The crc tells later whether a change is still as it was sent. */
char *journal_commit_record(const nx_changeset *set, const nx_binding *binding, const char *xid, const char *backend) {
    nx_buf json = NX_BUF, change = NX_BUF;
    nx_buf_adds(&json, "{\"commit\":{\"format\":1");
    put_text(&json, "xid", xid);
    put_text(&json, "backend", backend);
    put_text(&json, "system", binding->system);
    put_text(&json, "timeline", binding->timeline);
    nx_buf_adds(&json, ",\"sent\":[");
    for (int i = 0; i < set->count; i++) {
        const nx_change *c = &set->list[i]->change;
        put_change(&change, c);
        if (nx_buf_failed(&change)) {
            nx_buf_fail(&json);
        }
        nx_buf_addf(&json, "%s{\"id\":%llu,\"crc\":%u}", i ? "," : "", (unsigned long long)c->id,
                    (unsigned)nx_crc32c(change.data, change.len));
        nx_buf_clear(&change);
    }
    nx_buf_adds(&json, "]}}");
    nx_buf_free(&change);
    return nx_buf_take(&json);
}
