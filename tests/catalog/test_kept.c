/* What is kept of the catalog for the next start: the same when nothing has changed, never taken for true when it has,
 * and nothing at all when the file is damaged, foreign or somebody else's. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "nixie/catalog.h"
#include "nixie/crc.h"

static char *url, root[40], folder[60], path[400];
static nx_session *session;

static int setup(void **state) {
    (void)state;
    url = lab_database("kept");
    lab_sql(url, "CREATE TABLE author (id int PRIMARY KEY, name text); CREATE TABLE post (id int PRIMARY KEY, title text,"
                 " author_id int REFERENCES author); CREATE SCHEMA other; CREATE TABLE other.post (id int)");
    session = lab_session(url, NULL);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    lab_session_free(session);
    free(url);
    return 0;
}

static int fresh(void **state) {
    (void)state;
    snprintf(root, sizeof root, "/tmp/nixie-kept-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(folder, sizeof folder, "%s/nixie", root);
    setenv("XDG_CACHE_HOME", root, 1);
    *path = '\0';
    return 0;
}

static int done(void **state) {
    (void)state;
    char command[120];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static const nx_catalog_wish wish = {.name = "post", .place = "here\n5432\napp\nme"};

typedef struct opened {
    nx_catalog *catalog;
    bool done, same, recalled; /* same: the recalled catalog was found to be true */
} opened;

static void on_open(void *owner, nx_catalog *catalog, const nx_error *err) {
    opened *o = owner;
    assert_null(err);
    o->catalog = catalog;
    o->done = true;
}

static opened open_catalog(const nx_catalog_wish *w) {
    opened o = {.done = false};
    nx_catalog_kept *kept = nx_catalog_recall(w);
    nx_catalog *recalled = nx_catalog_recalled(kept);
    o.recalled = recalled != NULL;
    nx_catalog_open(session, kept, on_open, &o);
    lab_wait(session, &o.done);
    o.same = recalled && o.catalog == recalled;
    nx_catalog_kept_free(kept);
    return o;
}

static nx_model *model(const opened *o, const char *name) {
    nx_error err = NX_ERROR;
    nx_model *found = nx_catalog_find(o->catalog, name, NULL, &err);
    assert_non_null(found);
    return found;
}

/* The one file there. */
static const char *file(void) {
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    int n = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            n++;
        }
    }
    closedir(dir);
    assert_int_equal(n, 1);
    return path;
}

static void read_file(nx_buf *out) {
    FILE *f = fopen(file(), "r");
    assert_non_null(f);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        nx_buf_add(out, chunk, n);
    }
    fclose(f);
}

static void write_file(const char *bytes, size_t len) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
}

static void assert_forgotten(void) {
    nx_catalog_kept *kept = nx_catalog_recall(&wish);
    assert_null(nx_catalog_recalled(kept));
    nx_catalog_kept_free(kept);
}

static void the_same_is_recognised(void **state) {
    (void)state;
    opened o = open_catalog(&wish);
    assert_false(o.recalled);
    nx_model *post = model(&o, "public.post");
    assert_true(post->described && model(&o, "author")->described); /* in the one trip, and what it refers to */
    assert_false(model(&o, "other.post")->described);
    nx_catalog_unref(o.catalog);
    struct stat st;
    assert_int_equal(stat(file(), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    lab_sql(url, "INSERT INTO author SELECT i, 'n' FROM generate_series(1, 500) i; ANALYZE author");
    o = open_catalog(&wish);
    assert_true(o.same);
    post = model(&o, "public.post");
    assert_int_equal(post->nfields, 3);
    assert_string_equal(post->fields[1]->name, "title");
    assert_int_equal(post->nforeign_keys, 1);
    assert_string_equal(post->identity->fields[0]->op_lt, "OPERATOR(pg_catalog.<)");
    assert_int_equal(model(&o, "author")->rows_estimate, 500); /* counted since */
    nx_catalog_unref(o.catalog);
}

static void whatever_changes_is_noticed(void **state) {
    (void)state;
    static const char *const scripts[] = {
        "ALTER TABLE post ADD extra int", "ALTER TABLE post ALTER extra TYPE bigint",
        "ALTER TABLE post ALTER extra SET NOT NULL", "ALTER TABLE post ALTER extra SET DEFAULT 5",
        "ALTER TABLE post RENAME extra TO more", "CREATE INDEX i ON post (more)", "DROP INDEX i",
        "ALTER TABLE post ADD CHECK (more > 0)", "COMMENT ON COLUMN post.more IS 'more'",
        "ALTER TABLE author RENAME name TO full_name", "ALTER TABLE author RENAME full_name TO name",
        "CREATE TABLE further (id int)", "DROP TABLE further", "ALTER TABLE post DROP more",
        "ALTER TABLE post RENAME TO article; CREATE TABLE post (LIKE article INCLUDING ALL)",
        "DROP TABLE post; ALTER TABLE article RENAME TO post",
    };
    opened o = open_catalog(&wish);
    nx_catalog_unref(o.catalog);
    for (size_t i = 0; i < NX_COUNT(scripts); i++) {
        lab_sql(url, scripts[i]);
        o = open_catalog(&wish);
        if (!o.recalled || o.same) {
            fail_msg("%s: %s", scripts[i], o.recalled ? "not noticed" : "nothing was kept before");
        }
        nx_catalog_unref(o.catalog);
        o = open_catalog(&wish);
        assert_true(o.same);
        nx_catalog_unref(o.catalog);
    }
}

static void each_place_and_name_has_its_own(void **state) {
    (void)state;
    opened o = open_catalog(&wish);
    nx_catalog_unref(o.catalog);
    static const nx_catalog_wish others[] = {
        {.name = "post", .place = "there\n5432\napp\nme"},
        {.name = "author", .place = "here\n5432\napp\nme"},
        {.name = "post", .schema = "other", .place = "here\n5432\napp\nme"},
        {.name = "post"},
    };
    for (size_t i = 0; i < NX_COUNT(others); i++) {
        o = open_catalog(&others[i]);
        assert_false(o.recalled);
        nx_catalog_unref(o.catalog);
    }
    o = open_catalog(&others[2]);
    assert_true(o.same && model(&o, "other.post")->described && !model(&o, "public.post")->described);
    nx_catalog_unref(o.catalog);
    o = open_catalog(&(nx_catalog_wish){.name = "POST"}); /* any case; nothing is kept without a place */
    assert_true(model(&o, "public.post")->described);
    nx_catalog_unref(o.catalog);
    o = open_catalog(&(nx_catalog_wish){.name = "nowhere", .place = "here"});
    assert_false(model(&o, "public.post")->described);
    nx_catalog_unref(o.catalog);
}

static void damage_is_never_believed(void **state) {
    (void)state;
    opened o = open_catalog(&wish);
    nx_catalog_unref(o.catalog);
    nx_buf whole = NX_BUF;
    read_file(&whole);
    for (size_t len = 0; len < whole.len; len += len < 200 ? 1 : 211) {
        write_file(whole.data, len);
        assert_forgotten();
    }
    for (size_t at = 0; at < whole.len; at += at < 200 ? 1 : 97) {
        whole.data[at] = (char)(whole.data[at] ^ (1 << (at % 8)));
        write_file(whole.data, whole.len);
        assert_forgotten();
        whole.data[at] = (char)(whole.data[at] ^ (1 << (at % 8)));
    }
    nx_buf_addc(&whole, 'x');
    write_file(whole.data, whole.len);
    assert_forgotten();
    write_file(whole.data, whole.len - 1);
    o = open_catalog(&wish);
    assert_true(o.same); /* it was the damage, not the test */
    nx_catalog_unref(o.catalog);
    nx_buf_free(&whole);
}

/* --- whole, but not what a server says ------------------------------------------------------------------ */

static uint32_t number_at(const nx_buf *file, size_t at) {
    uint32_t n;
    memcpy(&n, file->data + at, sizeof n);
    return n;
}

/* Writes the file anew, with a checksum that is right. */
static void write_signed(nx_buf *file) {
    size_t magic = strlen("nixie catalog 1\n"), body = magic + 2 * sizeof(uint32_t) + number_at(file, magic + sizeof(uint32_t));
    uint32_t crc = nx_crc32c(file->data + body, file->len - body);
    memcpy(file->data + magic, &crc, sizeof crc);
    write_file(file->data, file->len);
}

static uint32_t dice(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Any bytes under a right checksum: read without harm, and found out by the server's own answer. */
static void nonsense_does_no_harm(void **state) {
    (void)state;
    opened o = open_catalog(&wish);
    nx_catalog_unref(o.catalog);
    nx_buf whole = NX_BUF, file = NX_BUF;
    read_file(&whole);
    size_t head = whole.len / 8; /* past the place: that is compared */
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        nx_buf_clear(&file);
        nx_buf_add(&file, whole.data, whole.len - (round % 3 == 0 ? dice(&seed) % (whole.len - head) : 0));
        for (uint32_t i = 0, n = dice(&seed) % 40; i < n && file.len > head; i++) {
            size_t at = head + dice(&seed) % (file.len - head);
            file.data[at] = (char)(dice(&seed) % 4 ? dice(&seed) : 0xff);
        }
        write_signed(&file);
        nx_catalog_kept *kept = nx_catalog_recall(&wish);
        nx_catalog_kept_free(kept);
        if (round % 30 == 0) {
            o = open_catalog(&wish);
            bool as_it_was = file.len == whole.len && memcmp(file.data, whole.data, whole.len) == 0;
            assert_int_equal(o.same, as_it_was);
            assert_true(model(&o, "public.post")->described && model(&o, "public.post")->nfields == 3);
            nx_catalog_unref(o.catalog);
        }
    }
    nx_buf_free(&whole);
    nx_buf_free(&file);
}

/* Operators are the one thing that stands in statements as the server wrote it. */
static void words_do_not_become_statements(void **state) {
    (void)state;
    static const char real[] = "OPERATOR(pg_catalog.<)", evil[] = "OPERATOR(a.<) OR true;";
    _Static_assert(sizeof real == sizeof evil, "one takes the other's place");
    opened o = open_catalog(&wish);
    nx_catalog_unref(o.catalog);
    nx_buf file = NX_BUF;
    read_file(&file);
    int n = 0;
    for (char *at; (at = memmem(file.data, file.len, real, strlen(real))); n++) {
        memcpy(at, evil, strlen(evil));
    }
    assert_true(n > 0);
    write_signed(&file);
    nx_buf_free(&file);
    nx_catalog_kept *kept = nx_catalog_recall(&wish);
    nx_catalog *recalled = nx_catalog_recalled(kept);
    assert_non_null(recalled);
    nx_error err = NX_ERROR;
    nx_model *post = nx_catalog_find(recalled, "public.post", NULL, &err);
    assert_true(post->described);
    for (int i = 0; i < post->nfields; i++) {
        assert_null(post->fields[i]->op_lt);
        assert_false(post->fields[i]->sortable);
    }
    nx_catalog_kept_free(kept);
}

static void a_file_that_others_could_have_written_is_left_alone(void **state) {
    (void)state;
    opened o = open_catalog(&wish);
    nx_catalog_unref(o.catalog);
    char elsewhere[420];
    snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", root);
    assert_int_equal(chmod(file(), 0666), 0);
    assert_forgotten();
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(link(path, elsewhere), 0); /* known by two names */
    assert_forgotten();
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(elsewhere, path), 0);
    assert_forgotten();
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rename(elsewhere, path), 0);
    assert_int_equal(chmod(folder, 0777), 0);
    assert_forgotten();
    o = open_catalog(&wish); /* and nothing is written there either */
    nx_catalog_unref(o.catalog);
    assert_int_equal(chmod(folder, 0700), 0);
    o = open_catalog(&wish);
    assert_true(o.same);
    nx_catalog_unref(o.catalog);
}

static void old_ones_go_when_there_are_many(void **state) {
    (void)state;
    for (int i = 0; i < 70; i++) {
        char place[20];
        snprintf(place, sizeof place, "place %d", i);
        opened o = open_catalog(&(nx_catalog_wish){.name = "author", .place = place});
        nx_catalog_unref(o.catalog);
    }
    DIR *dir = opendir(folder);
    int n = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        n += e->d_name[0] != '.';
    }
    closedir(dir);
    assert_int_equal(n, 64);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fresh, done)

static const struct CMUnitTest tests[] = {
    CASE(the_same_is_recognised),
    CASE(whatever_changes_is_noticed),
    CASE(each_place_and_name_has_its_own),
    CASE(damage_is_never_believed),
    CASE(nonsense_does_no_harm),
    CASE(words_do_not_become_statements),
    CASE(a_file_that_others_could_have_written_is_left_alone),
    CASE(old_ones_go_when_there_are_many),
};

LAB_MAIN(tests, setup, teardown)
