#include "kept.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/test.h"
#include "nixie/json.h"

static void make_model(kept *k) {
    static const char *const names[] = {"id", "title", "body"};
    k->model = (nx_model){.oid = 7, .schema = "s", .name = "Post", .title = "Post", .described = true,
                          .nfields = KEPT_FIELDS, .fields = k->pointers, .can_insert = true, .can_update = true,
                          .can_delete = true, .identity_kind = NX_IDENTITY_PRIMARY, .identity = &k->key};
    for (int i = 0; i < KEPT_FIELDS; i++) {
        k->fields[i] = (nx_field){.model = &k->model, .number = i + 1, .index = i, .name = names[i], .type = "text",
                                  .class = NX_TYPE_TEXT, .cast = "\"pg_catalog\".\"text\"", .nullable = true,
                                  .can_select = true, .can_update = true, .can_insert = true};
        k->pointers[i] = &k->fields[i];
    }
    k->key_fields[0] = &k->fields[0];
    k->key = (nx_key){.name = "pk", .primary = true, .identifies = true, .nfields = 1, .fields = k->key_fields};
}

static void open_journal(kept *k) {
    k->journal = nx_journal_new(k->folder, &k->server);
    k->set = nx_changeset_new();
    nx_changeset_journal(k->set, k->journal);
}

int kept_setup(void **state) {
    kept *k = *state = calloc(1, sizeof *k);
    char root[] = "/tmp/nixie-journal-XXXXXX";
    assert_non_null(mkdtemp(root));
    snprintf(k->folder, sizeof k->folder, "%s/state/journal", root);
    snprintf(k->other, sizeof k->other, "%s/other/journal", root);
    k->server = (nx_server){.host = "h", .port = "1", .endpoint = "", .branch = "", .system = "77", .timeline = "1",
                            .database = "d", .user = "u", .timezone = "UTC"};
    make_model(k);
    open_journal(k);
    return 0;
}

int kept_teardown(void **state) {
    kept *k = *state;
    nx_changeset_free(k->set);
    nx_journal_free(k->journal);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %.*s", (int)(strlen(k->folder) - strlen("/state/journal")), k->folder);
    assert_int_equal(system(command), 0);
    free(k);
    return 0;
}

void kept_make_other(const kept *k) {
    nx_journal *j = nx_journal_new(k->other, &k->server);
    assert_true(nx_journal_check(j, NULL));
    nx_journal_free(j);
}

void kept_crash(kept *k) {
    nx_changeset_free(k->set);
    nx_journal_free(k->journal);
    open_journal(k);
}

bool kept_edit(kept *k, const char *key, int field, const char *value, nx_error *err) {
    nx_value id = nx_value_of(key);
    return nx_changeset_update(k->set, &k->model, &id, 1, &k->fields[field], nx_value_of("old"),
                               value ? NX_NEW_VALUE : NX_NEW_NULL, nx_value_of(value), err);
}

/* --- files ------------------------------------------------------------------------------------------------ */

static int each(const char *folder, char **last, bool remove) {
    DIR *dir = opendir(folder);
    int n = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_name[0] != '.') {
            char path[512];
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            if (last) {
                free(*last);
                *last = strdup(path);
            }
            if (remove) {
                unlink(path);
            }
            n++;
        }
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

int kept_files(const char *folder) { return each(folder, NULL, false); }
void kept_empty(const char *folder) { each(folder, NULL, true); }

char *kept_file(const char *folder) {
    char *path = NULL;
    assert_int_equal(each(folder, &path, false), 1);
    return path;
}

char *kept_read(const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*len + 1);
    assert_int_equal(fread(bytes, 1, *len, f), *len);
    bytes[*len] = '\0';
    fclose(f);
    return bytes;
}

void kept_write(const char *path, const char *bytes, size_t len) {
    unlink(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fchmod(fileno(f), 0600), 0);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* --- words ---------------------------------------------------------------------------------------------------- */

static void word(nx_buf *out, const char *field, nx_new_kind kind, nx_value value, nx_value old) {
    nx_buf_addf(out, " %s %d ", field, (int)kind);
    nx_json_value(out, kind == NX_NEW_VALUE ? value : NX_NULL_VALUE);
    nx_json_value(out, old);
}

static void words(nx_buf *out, const char *title, const nx_assignment *list, int n) {
    nx_buf_addf(out, " %s", title);
    for (int i = 0; i < n; i++) {
        word(out, list[i].field->name, list[i].kind, list[i].value, list[i].old);
    }
}

char *kept_words(const nx_changeset *set) {
    nx_buf out = NX_BUF;
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_change *c = nx_changeset_at(set, i);
        nx_buf_addf(&out, "%llu %d %s.%s", (unsigned long long)c->id, (int)c->kind, c->model->schema, c->model->name);
        for (int k = 0; k < c->nkey; k++) {
            nx_json_value(&out, c->key[k]);
        }
        words(&out, "fields", c->assignments, c->nassignments);
        words(&out, "shown", c->shown, c->nshown);
        nx_buf_addc(&out, '\n');
    }
    return nx_buf_take(&out);
}

static void orphan_words(nx_buf *out, const char *title, const nx_kept_field *list, int n) {
    nx_buf_addf(out, " %s", title);
    for (int i = 0; i < n; i++) {
        word(out, list[i].field, list[i].kind, list[i].value, list[i].old);
    }
}

char *kept_orphan_words(const nx_orphan *orphan) {
    nx_buf out = NX_BUF;
    for (int i = 0; orphan && i < orphan->nchanges; i++) {
        const nx_kept_change *c = orphan->changes[i];
        nx_buf_addf(&out, "%llu %d %s.%s", (unsigned long long)c->id, (int)c->kind, c->schema, c->model);
        for (int k = 0; k < c->nkey; k++) {
            nx_json_value(&out, c->key[k].value);
        }
        orphan_words(&out, "fields", c->assignments, c->nassignments);
        orphan_words(&out, "shown", c->shown, c->nshown);
        nx_buf_addc(&out, '\n');
    }
    return nx_buf_take(&out);
}

nx_orphan *kept_orphan(const kept *k, const char *folder) {
    nx_journal *scan = nx_journal_new(folder, &k->server);
    nx_orphan **list, *only = NULL;
    int n = nx_journal_orphans(scan, &list);
    assert_true(n <= 1);
    if (n == 1) {
        only = list[0];
    }
    free(list);
    nx_journal_free(scan);
    return only;
}
