/* Journals that were cut, damaged, or written by others: what can be read of them counts, and nothing else. No server. */
#include "kept.h"
#include "lab/test.h"
#include "nixie/crc.h"

enum { STEPS = 6 };

typedef struct story { /* a journal, and what it held after each step */
    char *bytes, name[160], *words[STEPS + 1];
    size_t len, ends[STEPS + 1];
} story;

static story tell(kept *k) {
    story s = {0};
    kept_make_other(k);
    s.words[0] = strdup("");
    for (int i = 1; i <= STEPS; i++) {
        char key[8];
        snprintf(key, sizeof key, "%d", i % 3);
        nx_changeset_group_begin(k->set);
        kept_edit(k, key, 1, i % 2 ? "new\n" : "newer", NULL);
        kept_edit(k, "group", 1 + i % 2, i % 2 ? NULL : "x", NULL);
        assert_true(nx_changeset_group_end(k->set, NULL));
        char *path = kept_file(k->folder);
        free(s.bytes);
        s.bytes = kept_read(path, &s.len);
        s.ends[i] = s.len;
        s.words[i] = kept_words(k->set);
        snprintf(s.name, sizeof s.name, "%s/%s", k->other, strrchr(path, '/') + 1);
        free(path);
    }
    s.ends[0] = (size_t)(strchr(s.bytes, '\n') + 1 - s.bytes);
    return s;
}

static void forget(story *s) {
    for (int i = 0; i <= STEPS; i++) {
        free(s->words[i]);
    }
    free(s->bytes);
}

static int steps_within(const story *s, size_t len) {
    int n = -1;
    while (n < STEPS && s->ends[n + 1] <= len) {
        n++;
    }
    return n;
}

/* What is found must be the state after `steps` steps; nothing at all before the first. */
static void expect_steps(const kept *k, const story *s, int steps, bool damaged) {
    nx_orphan *orphan = kept_orphan(k, k->other);
    if (steps < 0 || (steps == 0 && !damaged)) {
        assert_null(orphan);
        return;
    }
    assert_non_null(orphan);
    char *words = kept_orphan_words(orphan);
    assert_string_equal(words, s->words[steps]);
    assert_int_equal(orphan->damaged > 0, damaged);
    free(words);
    nx_orphan_free(orphan);
}

static void a_tail_torn_at_any_byte_is_the_step_before(void **state) {
    kept *k = *state;
    story s = tell(k);
    for (size_t len = 0; len <= s.len; len++) {
        kept_write(s.name, s.bytes, len);
        expect_steps(k, &s, steps_within(&s, len), false);
        char *zeros = calloc(1, len + 700); /* the file had grown, its blocks had not been written */
        memcpy(zeros, s.bytes, len);
        kept_write(s.name, zeros, len + 700);
        expect_steps(k, &s, steps_within(&s, len), false);
        free(zeros);
    }
    forget(&s);
}

static void a_flipped_bit_is_found_and_what_stands_before_it_recovered(void **state) {
    kept *k = *state;
    story s = tell(k);
    for (size_t at = s.ends[0]; at < s.len; at++) {
        s.bytes[at] = (char)(s.bytes[at] ^ (1 << at % 8));
        kept_write(s.name, s.bytes, s.len);
        int steps = steps_within(&s, at);
        /* Without its newline the last line is one that was never finished. */
        expect_steps(k, &s, steps, at != s.len - 1);
        s.bytes[at] = (char)(s.bytes[at] ^ (1 << at % 8));
    }
    /* Of a damaged header nothing can be believed: it is left alone. */
    s.bytes[20] ^= 1;
    kept_write(s.name, s.bytes, s.len);
    assert_null(kept_orphan(k, k->other));
    assert_int_equal(kept_files(k->other), 1);
    forget(&s);
}

static void a_line_that_is_right_but_means_nothing_is_damage(void **state) {
#define PUT "\"put\":{\"id\":1,\"kind\":\"update\",\"oid\":7,\"schema\":\"s\",\"model\":\"m\",\"title\":\"m\",\"identity\":\"x\""
    static const char *const lines[] = {
        "{}", "[]", "{\"at\":0}", "{\"drop\":99,\"at\":0}", "{\"put\":{}}", "{\"put\":{\"id\":1}}", "{\"commit\":{}}",
        "{\"commit\":{\"xid\":\"7\"}}", "{\"adopt\":7}", "{\"put\":7}",
        "{" PUT ",\"key\":[],\"fields\":[{\"kind\":\"value\",\"field\":\"a\",\"type\":\"t\"}],\"shown\":[]}}",
        "{" PUT "}}", "{" PUT ",\"key\":{}}}", "{" PUT ",\"key\":[]}}", "{" PUT ",\"key\":[],\"fields\":[]}}",
        "{" PUT ",\"key\":[7],\"fields\":[],\"shown\":[]}}",
        "{" PUT ",\"key\":[{\"kind\":\"odd\"}],\"fields\":[],\"shown\":[]}}",
        "{" PUT ",\"key\":[],\"fields\":[{\"kind\":\"null\"}],\"shown\":[]}}",
        "{" PUT ",\"key\":[],\"fields\":[{\"kind\":\"null\",\"field\":\"a\"}],\"shown\":[]}}",
        "{" PUT ",\"key\":[],\"fields\":[{\"kind\":\"null\",\"field\":\"a\",\"type\":\"t\",\"old\":7}],\"shown\":[]}}",
        "{" PUT ",\"key\":[],\"fields\":[{\"kind\":\"reference\",\"field\":\"a\",\"type\":\"t\"}],\"shown\":[]}}",
        "{" PUT ",\"key\":[],\"fields\":[{\"kind\":\"reference\",\"field\":\"a\",\"type\":\"t\",\"record\":3}],\"shown\":[]}}",
        ("{\"put\":{\"id\":1,\"kind\":\"bulk delete\",\"oid\":7,\"schema\":\"s\",\"model\":\"m\",\"title\":\"m\",\"identity\":\"x\","
         "\"key\":[],\"fields\":[],\"shown\":[]}}"),
        "{\"put\":{\"id\":1,\"kind\":\"odd\"}}", "{\"put\":{\"kind\":\"insert\",\"schema\":\"s\"}}",
        "{\"put\":{\"id\":1,\"kind\":\"insert\"}}", "{\"put\":{\"id\":1,\"kind\":\"insert\",\"schema\":\"s\"}}",
        "{\"put\":{\"id\":1,\"kind\":\"insert\",\"schema\":\"s\",\"model\":\"m\"}}",
        "{\"put\":{\"id\":1,\"kind\":\"insert\",\"schema\":\"s\",\"model\":\"m\",\"title\":\"m\"}}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    };
#undef PUT
    kept *k = *state;
    story s = tell(k);
    for (size_t i = 0; i < NX_COUNT(lines); i++) {
        nx_buf whole = NX_BUF;
        nx_buf_add(&whole, s.bytes, s.len);
        nx_buf_addf(&whole, "%08x %zu %s\n", (unsigned)nx_crc32c(lines[i], strlen(lines[i])), strlen(lines[i]), lines[i]);
        kept_write(s.name, whole.data, whole.len);
        expect_steps(k, &s, STEPS, true);
        nx_buf_free(&whole);
    }
    forget(&s);
}

static void a_line_that_is_none_is_damage(void **state) {
    static const char *const lines[] = {"", "x", "00000000", "00000000 0", "00000000 0 ", "00000000 2 {}"};
    kept *k = *state;
    story s = tell(k);
    for (size_t i = 0; i < NX_COUNT(lines); i++) {
        nx_buf whole = NX_BUF;
        nx_buf_add(&whole, s.bytes, s.len);
        nx_buf_addf(&whole, "%s\n", lines[i]);
        kept_write(s.name, whole.data, whole.len);
        expect_steps(k, &s, STEPS, true);
        nx_buf_free(&whole);
    }
    forget(&s);
}

/* Records that this version writes seldom or never, but understands. */
static void lines_that_take_back_are_understood(void **state) {
    static const struct {
        const char *line;
        int steps; /* of the story that count afterwards */
    } cases[] = {
        {"{\"clear\":true}", 0}, {"{\"notSaved\":true}", STEPS}, {"{\"adopt\":\"0123\"}", STEPS},
        {"{\"commit\":{\"xid\":\"7\",\"backend\":\"8\"}}", STEPS},
    };
    kept *k = *state;
    story s = tell(k);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf whole = NX_BUF;
        const char *line = cases[i].line;
        nx_buf_add(&whole, s.bytes, s.len);
        nx_buf_addf(&whole, "%08x %zu %s\n", (unsigned)nx_crc32c(line, strlen(line)), strlen(line), line);
        kept_write(s.name, whole.data, whole.len);
        expect_steps(k, &s, cases[i].steps, false);
        nx_buf_free(&whole);
    }
    forget(&s);
}

/* Where a change stands is only a hint: it is the one with the id, and a new one stands last where there is no such place. */
static void a_wrong_place_is_put_right(void **state) {
#define NEW "\"put\":{\"id\":9,\"kind\":\"insert\",\"oid\":7,\"schema\":\"s\",\"model\":\"Post\",\"title\":\"Post\"," \
            "\"identity\":\"primary\",\"key\":[],\"fields\":[],\"shown\":[]}}"
    static const struct {
        const char *line;
        uint64_t ids[3];
    } cases[] = {
        {"{\"drop\":1,\"at\":1}", {2}}, {"{\"drop\":2}", {1}}, {"{\"at\":99," NEW, {1, 2, 9}}, {"{" NEW, {1, 2, 9}},
        {"{\"at\":0," NEW, {9, 1, 2}},
    };
#undef NEW
    kept *k = *state;
    kept_make_other(k);
    assert_true(kept_edit(k, "1", 1, "x", NULL) && kept_edit(k, "2", 1, "y", NULL));
    char *path = kept_file(k->folder), copy[160];
    size_t len;
    char *bytes = kept_read(path, &len);
    snprintf(copy, sizeof copy, "%s/%s", k->other, strrchr(path, '/') + 1);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf whole = NX_BUF;
        const char *line = cases[i].line;
        nx_buf_add(&whole, bytes, len);
        nx_buf_addf(&whole, "%08x %zu %s\n", (unsigned)nx_crc32c(line, strlen(line)), strlen(line), line);
        kept_write(copy, whole.data, whole.len);
        nx_orphan *orphan = kept_orphan(k, k->other);
        assert_non_null(orphan);
        assert_int_equal(orphan->damaged, 0);
        for (int n = 0; n < 3; n++) {
            assert_int_equal(n < orphan->nchanges ? orphan->changes[n]->id : 0, cases[i].ids[n]);
        }
        nx_orphan_free(orphan);
        nx_buf_free(&whole);
    }
    free(bytes);
    free(path);
}

/* A header without what says where its changes belong is none: the file is left alone. */
static void a_header_must_say_all(void **state) {
    static const char *const members[] = {"id", "host", "port", "endpoint", "branch", "system", "timeline", "database", "role", "timezone"};
    kept *k = *state;
    kept_make_other(k);
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    char *path = kept_file(k->folder), copy[160];
    size_t len;
    char *bytes = kept_read(path, &len), *header = strchr(strchr(bytes, ' ') + 1, ' ') + 1, *end = strchr(header, '\n');
    snprintf(copy, sizeof copy, "%s/%s", k->other, strrchr(path, '/') + 1);
    for (size_t i = 0; i <= NX_COUNT(members); i++) {
        char line[1000], name[20];
        snprintf(line, sizeof line, "%.*s", (int)(end - header), header);
        snprintf(name, sizeof name, "\"%s\":", i < NX_COUNT(members) ? members[i] : "pid");
        char *member = strstr(line, name);
        assert_non_null(member);
        member[1] = '_';
        nx_buf whole = NX_BUF;
        nx_buf_addf(&whole, "%08x %zu %s%s", (unsigned)nx_crc32c(line, strlen(line)), strlen(line), line, end);
        kept_write(copy, whole.data, whole.len);
        nx_orphan *orphan = kept_orphan(k, k->other);
        assert_int_equal(orphan != NULL, i == NX_COUNT(members)); /* whose process it was is only told */
        nx_orphan_free(orphan);
        nx_buf_free(&whole);
    }
    free(bytes);
    free(path);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, kept_setup, kept_teardown)

static const struct CMUnitTest tests[] = {
    CASE(a_tail_torn_at_any_byte_is_the_step_before),
    CASE(a_flipped_bit_is_found_and_what_stands_before_it_recovered),
    CASE(a_line_that_is_right_but_means_nothing_is_damage),
    CASE(a_line_that_is_none_is_damage),
    CASE(lines_that_take_back_are_understood),
    CASE(a_wrong_place_is_put_right),
    CASE(a_header_must_say_all),
};

LAB_MAIN(tests, NULL, NULL)
