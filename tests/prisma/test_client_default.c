/* What Prisma's client fills in: its formats, that they grow with the time, and that staging takes them along. */
#include <unistd.h>

#include "catalog/study.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/change.h"
#include "prisma/client_default.h"

enum { MANY = 2000 };
static const int64_t when = 1700000000123;
static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static void made(nx_client_default kind, int length, int64_t ms, char *out) {
    assert_true(nx_client_make(kind, length, ms, out));
}

/* All of `text` is of the alphabet, and it is this long. */
static void assert_of(const char *text, const char *alphabet, size_t length) {
    if (strlen(text) != length || strspn(text, alphabet) != length) {
        fail_msg("\"%s\" is not %zu characters of \"%s\"", text, length, alphabet);
    }
}

static void uuids_carry_version_and_variant(void **state) {
    (void)state;
    char a[NX_CLIENT_VALUE_MAX], b[NX_CLIENT_VALUE_MAX];
    for (int i = 0; i < MANY; i++) {
        made(NX_CLIENT_UUID4, 0, when, a);
        assert_of(a, "0123456789abcdef-", 36);
        assert_true(a[8] == '-' && a[13] == '-' && a[18] == '-' && a[23] == '-');
        assert_int_equal(a[14], '4');
        assert_non_null(strchr("89ab", a[19]));
        made(NX_CLIENT_UUID4, 0, when, b);
        assert_string_not_equal(a, b);
    }
}

static void uuid7_begins_with_the_time_and_grows(void **state) {
    (void)state;
    char last[NX_CLIENT_VALUE_MAX] = "", next[NX_CLIENT_VALUE_MAX];
    for (int i = 0; i < MANY; i++) {
        made(NX_CLIENT_UUID7, 0, i == MANY / 2 ? when - 5 : when, next); /* also when the clock goes back */
        assert_of(next, "0123456789abcdef-", 36);
        assert_memory_equal(next, "018bcfe5-687b-7", 15); /* 1700000000123 = 0x18bcfe5687b */
        assert_non_null(strchr("89ab", next[19]));
        assert_true(strcmp(last, next) < 0);
        memcpy(last, next, sizeof last);
    }
    made(NX_CLIENT_UUID7, 0, when + 1, next);
    assert_memory_equal(next, "018bcfe5-687c-7", 15);
}

static void ulid_begins_with_the_time_and_grows(void **state) {
    (void)state;
    char last[NX_CLIENT_VALUE_MAX] = "", next[NX_CLIENT_VALUE_MAX];
    for (int i = 0; i < MANY; i++) {
        made(NX_CLIENT_ULID, 0, when, next);
        assert_of(next, "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 26);
        assert_memory_equal(next, "01HF7YAT3V", 10);
        assert_true(strcmp(last, next) < 0);
        memcpy(last, next, sizeof last);
    }
}

static void cuid_has_time_counter_and_fingerprint(void **state) {
    (void)state;
    char a[NX_CLIENT_VALUE_MAX], b[NX_CLIENT_VALUE_MAX], host[256] = "";
    made(NX_CLIENT_CUID, 0, when, a);
    made(NX_CLIENT_CUID, 0, when, b);
    assert_of(a, base36, 25);
    assert_memory_equal(a, "cloyw3v5n", 9); /* 1700000000123 in base 36 */
    long first = strtol((char[]){a[9], a[10], a[11], a[12], 0}, NULL, 36);
    long second = strtol((char[]){b[9], b[10], b[11], b[12], 0}, NULL, 36);
    assert_int_equal(second, first + 1);
    gethostname(host, sizeof host - 1);
    long sum = (long)strlen(host) + 36;
    for (const char *p = host; *p; p++) {
        sum += (unsigned char)*p;
    }
    assert_int_equal(strtol((char[]){a[13], a[14], 0}, NULL, 36), getpid() % (36 * 36));
    assert_int_equal(strtol((char[]){a[15], a[16], 0}, NULL, 36), sum % (36 * 36));
    assert_string_not_equal(a + 17, b + 17);
}

static void cuid2_is_a_letter_and_what_looks_random(void **state) {
    (void)state;
    char a[NX_CLIENT_VALUE_MAX], b[NX_CLIENT_VALUE_MAX];
    bool seen[256] = {false};
    for (int i = 0; i < MANY; i++) {
        made(NX_CLIENT_CUID2, 0, when, a);
        assert_of(a, base36, 24);
        assert_true(*a >= 'a' && *a <= 'z');
        made(NX_CLIENT_CUID2, 0, when, b);
        assert_string_not_equal(a, b);
        for (const char *p = a + 1; *p; p++) {
            seen[(unsigned char)*p] = true;
        }
    }
    for (const char *p = base36; *p; p++) {
        assert_true(seen[(unsigned char)*p]);
    }
}

static void nanoid_has_the_length_asked_for(void **state) {
    (void)state;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    char a[NX_CLIENT_VALUE_MAX];
    bool seen[256] = {false};
    const int lengths[][2] = {{0, 21}, {2, 2}, {12, 12}, {255, 255}, {4000, 255}};
    for (size_t i = 0; i < NX_COUNT(lengths); i++) {
        made(NX_CLIENT_NANOID, lengths[i][0], when, a);
        assert_of(a, alphabet, (size_t)lengths[i][1]);
    }
    for (int i = 0; i < MANY; i++) {
        made(NX_CLIENT_NANOID, 0, when, a);
        for (const char *p = a; *p; p++) {
            seen[(unsigned char)*p] = true;
        }
    }
    for (const char *p = alphabet; *p; p++) {
        assert_true(seen[(unsigned char)*p]);
    }
}

static void the_time_is_as_precise_as_the_column(void **state) {
    (void)state;
    char out[NX_CLIENT_VALUE_MAX];
    const char *const cases[][2] = {
        {"timestamp(3) without time zone", "2023-11-14 22:13:20.123"},
        {"timestamp without time zone", "2023-11-14 22:13:20.123456"},
        {"timestamp(0) without time zone", "2023-11-14 22:13:20"},
        {"timestamp(6) with time zone", "2023-11-14 22:13:20.123456+00"},
        {"date", "2023-11-14"},
        {"time(3) without time zone", "22:13:20.123"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        assert_true(nx_client_time(cases[i][0], 1700000000123456, out));
        assert_string_equal(out, cases[i][1]);
    }
}

/* --- staged along --------------------------------------------------------------------------------------- */

static const char script[] =
    "CREATE TABLE note (id text PRIMARY KEY, words text, token text NOT NULL, made timestamp(3) NOT NULL,"
    " at timestamp(3) NOT NULL, kept int NOT NULL DEFAULT 7);"
    "INSERT INTO note VALUES ('a', 'first', 't', '2020-01-01', '2020-01-01')";
static const char psl[] =
    "model note {\n  id String @id @default(cuid(2))\n  words String?\n  token String @default(nanoid(9))\n"
    "  made DateTime @default(now())\n  at DateTime @updatedAt\n  kept Int @default(7)\n}\n";

static nx_model *note_model(study *s) {
    nx_error err = NX_ERROR;
    *s = study_script("client_default", script);
    nx_prisma *prisma = nx_prisma_parse(&(nx_prisma_text){"s.prisma", psl, strlen(psl)}, 1, &err);
    assert_non_null(prisma);
    nx_prisma_lay(prisma, s->catalog, &(nx_overlay_wish){NULL, false});
    nx_prisma_free(prisma);
    return study_model(s, "public", "note");
}

static const nx_assignment *given(const nx_change *change, const char *field) {
    return nx_change_assignment(change, nx_model_field(change->model, field));
}

static void a_new_record_has_what_the_client_would_give_it(void **state) {
    (void)state;
    study s;
    nx_model *note = note_model(&s);
    nx_changeset *set = nx_changeset_new();
    nx_error err = NX_ERROR;
    uint64_t id = nx_changeset_insert(set, note, &err);
    const nx_change *change = nx_changeset_by_id(set, id);
    assert_int_equal(change->nassignments, 4); /* kept has a default, words none at all */
    assert_true(given(change, "id")->made);
    assert_of(given(change, "id")->value.text, base36, 24);
    assert_int_equal(given(change, "token")->value.len, 9);
    assert_int_equal(given(change, "made")->value.len, strlen("2023-11-14 22:13:20.123"));
    assert_true(given(change, "at")->made);
    assert_true(nx_changeset_assign(set, id, nx_model_field(note, "id"), NX_NEW_VALUE, nx_value_of("mine"), &err));
    change = nx_changeset_by_id(set, id);
    assert_string_equal(given(change, "id")->value.text, "mine");
    assert_false(given(change, "id")->made);
    /* Given back: a fresh one. */
    assert_true(nx_changeset_assign(set, id, nx_model_field(note, "id"), NX_NEW_DEFAULT, NX_NULL_VALUE, &err));
    change = nx_changeset_by_id(set, id);
    assert_of(given(change, "id")->value.text, base36, 24);
    assert_true(nx_changeset_undo(set, &err) && nx_changeset_undo(set, &err) && nx_changeset_undo(set, &err));
    assert_int_equal(nx_changeset_count(set), 0);
    nx_changeset_free(set);
    study_close(&s);
}

static bool set_words(nx_changeset *set, nx_model *note, const char *words) {
    nx_error err = NX_ERROR;
    nx_value key = nx_value_of("a");
    return nx_changeset_update(set, note, &key, 1, nx_model_field(note, "words"), nx_value_of("first"), NX_NEW_VALUE,
                               nx_value_of(words), &err);
}

static void an_update_sets_the_time_along(void **state) {
    (void)state;
    study s;
    nx_model *note = note_model(&s);
    nx_changeset *set = nx_changeset_new();
    nx_error err = NX_ERROR;
    assert_true(set_words(set, note, "second"));
    const nx_change *change = nx_changeset_at(set, 0);
    assert_int_equal(change->nassignments, 2); /* not made: that is for new records */
    assert_true(given(change, "at")->made);
    assert_true(set_words(set, note, "first")); /* the time alone is no change */
    assert_int_equal(nx_changeset_count(set), 0);
    /* Taken back it stays away. */
    assert_true(set_words(set, note, "second"));
    nx_value key = nx_value_of("a"), old = given(nx_changeset_at(set, 0), "at")->old;
    assert_true(nx_changeset_update(set, note, &key, 1, nx_model_field(note, "at"), old, NX_NEW_NULL, old, &err));
    assert_true(set_words(set, note, "third"));
    assert_int_equal(nx_changeset_at(set, 0)->nassignments, 1);
    nx_changeset_free(set);
    study_close(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(uuids_carry_version_and_variant),
    cmocka_unit_test(uuid7_begins_with_the_time_and_grows),
    cmocka_unit_test(ulid_begins_with_the_time_and_grows),
    cmocka_unit_test(cuid_has_time_counter_and_fingerprint),
    cmocka_unit_test(cuid2_is_a_letter_and_what_looks_random),
    cmocka_unit_test(nanoid_has_the_length_asked_for),
    cmocka_unit_test(the_time_is_as_precise_as_the_column),
    cmocka_unit_test(a_new_record_has_what_the_client_would_give_it),
    cmocka_unit_test(an_update_sets_the_time_along),
};

LAB_MAIN(tests, NULL, NULL)
