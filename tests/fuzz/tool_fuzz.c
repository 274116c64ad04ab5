/* Random inputs for everything that reads what others have written: `make fuzz`.
 *
 *   tool_fuzz [TARGET...]    each for NIXIE_FUZZ_SECONDS (60), from the seed NIXIE_FUZZ_SEED (1)
 *
 * Inputs are good ones that were damaged: bytes flipped, dropped and doubled, words of the language put in, two of them
 * spliced. The sanitizers judge; what is written to a screen or a document is judged here as well. The input that was at
 * work when something was found is printed as a C string.
 */
#include "config.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/clock.h"
#include "nixie/filter.h"
#include "nixie/json.h"
#include "nixie/prisma.h"
#include "nixie/source.h"
#include "nixie/text.h"
#include "nixie/tree.h"
#include "rows/rows_lab.h"

enum { INPUT_MAX = 2000, BATCH = 200 };

static char input[INPUT_MAX + 64];
static size_t length;
static const char *target;
static uint64_t state;
static rows_lab *lab;
static nx_model *post;

static unsigned dice(size_t sides) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return sides ? (unsigned)(state >> 11) % (unsigned)sides : 0;
}

static void print_input(void) {
    fprintf(stderr, "\n%s was reading: \"", target);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)input[i];
        fprintf(stderr, c >= 32 && c < 127 && c != '"' && c != '\\' ? "%c" : "\\%03o", c);
    }
    fprintf(stderr, "\"\n");
}

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
static void catch_death(void) { __asan_set_death_callback(print_input); }
#else
static void catch_death(void) {}
#endif

static void wrong(const char *what) {
    print_input();
    fail_msg("%s: %s", target, what);
}

/* --- what reads ------------------------------------------------------------------------------------------------- */

static void read_filter(void) {
    nx_error err = NX_ERROR;
    nx_filter *filter = nx_filter_parse(post, input, &err);
    if (filter) {
        nx_sql sql = NX_SQL;
        nx_filter_sql(filter, "t", &sql);
        nx_filter *again = nx_filter_parse(post, nx_filter_text(filter), &err);
        if (!again) {
            wrong("the filter's own text does not parse");
        }
        nx_filter_free(again);
        nx_sql_free(&sql);
    } else if (!nx_failed(&err) || !err.message) {
        wrong("refused without a word");
    }
    nx_filter_free(filter);
    nx_error_clear(&err);
}

static void read_order(void) {
    nx_order order = {.nterms = 0};
    nx_error err = NX_ERROR;
    nx_order_parse(post, input, &order, &err);
    nx_error_clear(&err);
}

static void read_key(void) {
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    nx_error err = NX_ERROR;
    nx_key_parse(post, input, arena, &key, &err);
    nx_error_clear(&err);
    nx_key_parse_json(post, input, arena, &key, &err);
    nx_error_clear(&err);
    nx_arena_free(arena);
}

static void read_include(void) {
    nx_arena *arena = nx_arena_new(0);
    nx_error err = NX_ERROR;
    nx_include_parse(input, arena, &err);
    nx_error_clear(&err);
    nx_arena_free(arena);
}

static void read_prisma(void) {
    nx_error err = NX_ERROR;
    nx_prisma *prisma = nx_prisma_parse(&(nx_prisma_text){.file = "a.prisma", .text = input, .len = length}, 1, &err);
    if (!prisma && !nx_failed(&err)) {
        wrong("refused without a word");
    }
    nx_prisma_free(prisma);
    nx_error_clear(&err);
}

static void read_dotenv(void) {
    static char *nothing[] = {NULL};
    nx_dotenv *env = nx_dotenv_parse(input, length);
    free(nx_dotenv_expand(env, "DATABASE_URL", nothing));
    nx_dotenv_free(env);
}

static void read_url(void) {
    static char *nothing[] = {NULL};
    nx_error err = NX_ERROR;
    nx_source *source = nx_source_find(&(nx_source_request){.url = input, .environment = nothing}, &err);
    if (!source && !nx_failed(&err)) {
        wrong("refused without a word");
    }
    nx_source_free(source);
    nx_error_clear(&err);
}

static void read_config(void) {
    static nx_source source = {.host = "ep-cool-1.neon.tech", .endpoint = "ep-cool-1"};
    nx_error err = NX_ERROR;
    ui_settings settings = {.label = ""};
    if (!ui_config_parse(input, "config", &source, &settings, &err) && !nx_failed(&err)) {
        wrong("refused without a word");
    }
    nx_error_clear(&err);
}

static void read_json(void) {
    nx_arena *arena = nx_arena_new(0);
    nx_value *values;
    nx_error err = NX_ERROR;
    nx_json_parse(input, length, arena);
    nx_json_read_array(input, arena, &values, &err);
    nx_error_clear(&err);
    nx_json_line *lines;
    nx_json_lines(input, length, arena, &lines);
    nx_arena_free(arena);
    nx_buf out = NX_BUF;
    nx_json_string(&out, input, length);
    for (size_t i = 0; i < out.len; i++) {
        if ((unsigned char)out.data[i] < 32) {
            wrong("a control character in a document");
        }
    }
    nx_buf_free(&out);
}

/* What reaches a terminal has no control characters, whole or cut. */
static void read_text(void) {
    nx_buf out = NX_BUF;
    nx_text_sanitise(&out, input, length, (int)dice(80) - 1);
    for (size_t i = 0; i < out.len; i++) {
        unsigned char c = (unsigned char)out.data[i];
        bool c1 = c == 0xC2 && i + 1 < out.len && (unsigned char)out.data[i + 1] < 0xA0;
        if (c < 32 || c == 127 || c1) {
            wrong("a control character on the screen");
        }
    }
    if (out.len && !nx_text_valid(out.data, out.len)) {
        wrong("no UTF-8 on the screen");
    }
    nx_buf_free(&out);
}

static const struct reader {
    const char *name;
    void (*read)(void);
    const char *seeds[8], *words[16];
} readers[] = {
    {"filter", read_filter,
     {"published = true and (title contains 'neon' or viewCount > 10)", "role in (USER, 'on hold') and meta.a.b = \"x\"",
      "not tags has 'a' or tags isEmpty", "at > now - 30 days and id between 3 and 5", "author.name endsWith 'x' and post.count > 5",
      "post some (title =~ 'a') or author is null", "title icontains '%_\\\\' and `odd ``name` is not null"},
     {" and ", " or ", "not ", "(", ")", "'", "\"", "`", ".", " in ", " some ", "null", "now", "\xc3\xa9", "\\", ","}},
    {"order", read_order, {"title desc, id", "at asc nulls last", "author.name desc, post.count"}, {",", " desc", "nulls first", ".", "`"}},
    {"key", read_key, {"7", "id=7", "[\"7\"]", "east,1", "[null, {\"bytes\":\"ff\"}]"}, {",", "=", "[", "]", "\"", "\\u", "null"}},
    {"include", read_include,
     {"posts.comments.author,profile", "posts(where published = true; order createdAt desc; fields title; limit 5)", "`a b`(limit 1).c"},
     {"(", ")", ";", ",", ".", "`", "where ", "order ", "fields ", "limit ", "'"}},
    {"prisma", read_prisma,
     {"model User {\n  id Int @id @default(autoincrement())\n  posts Post[]\n  @@map(\"users\")\n}\n",
      "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\nenum R {\n  A @map(\"a\")\n  B\n}\n",
      "model Post {\n  id String @id @default(uuid(7)) @db.Uuid\n  a User? @relation(fields: [aId], references: [id], onDelete: Cascade)\n  aId Int?\n"
      "  x Unsupported(\"point\")?\n  @@unique([id, aId(sort: Desc)])\n}\n/// doc\nview V {\n  id Int @unique\n}\n"},
     {"{", "}", "@", "@@", "(", ")", "[", "]", "\"", "///", "//", "\n", "?", ": ", "model ", "type "}},
    {"dotenv", read_dotenv,
     {"DATABASE_URL=\"postgres://u:p@h/d\"\n", "export A='b'\nDATABASE_URL=${A}/${B}\n# c\n", "DATABASE_URL=`x\ny`\nA=$\\{B}"},
     {"${", "}", "\\", "'", "\"", "`", "\n", "=", "#", "export ", "DATABASE_URL"}},
    {"url", read_url,
     {"postgresql://user:pa%20ss@host:5432/db?sslmode=require&schema=app", "postgres://[::1]:1/x?host=/tmp", "prisma+postgres://localhost:1/?api_key=ab",
      "postgresql://u@a:1,b:2/db?connect_timeout=3&pgbouncer=true"},
     {"%", "@", ":", "/", "?", "&", "=", ",", "[", "]", "%00", "host=", "options="}},
    {"config", read_config, {"label = x\n[host \"ep-*\"]\nprotected = true\n", "# c\nread_only = yes\n[host \"[a-\"]\n"},
     {"[host \"", "\"]", "=", "\n", "#", "true", "label", "*", "[", "\\"}},
    {"json", read_json, {"{\"a\": [1, 2.5e10, null, \"x\\u00e9\"], \"b\": {\"c\": true}}", "[\"a\", null, \"\\ud83d\\ude00\"]"},
     {"{", "}", "[", "]", "\"", "\\u", ",", ":", "1e", "null", "\\"}},
    {"text", read_text, {"plain", "a\033[31mred\033]0;t\007", "\xc3\xa9\xe2\x80\xae\xf0\x9f\x98\x80", "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"},
     {"\033", "\xc2\x9b", "\x80", "\xff", "\xe2\x80\x8b", "\xf0\x9f", "\t", "\n", "\xcc\x81", "\xef\xbb\xbf"}},
};

/* --- damage ------------------------------------------------------------------------------------------------------- */

static int count(const char *const *list, int max) {
    int n = 0;
    while (n < max && list[n]) {
        n++;
    }
    return n;
}

static void put(size_t at, const char *bytes, size_t n) {
    n = length + n > INPUT_MAX ? INPUT_MAX - length : n;
    memmove(input + at + n, input + at, length - at);
    memcpy(input + at, bytes, n);
    length += n;
}

static void damage_once(const struct reader *r) {
    size_t at = dice(length + 1);
    char byte = (char)(1 + dice(255)), some[64];
    size_t n = dice(40);
    n = at + n > length ? length - at : n;
    switch (dice(6)) {
    case 0: put(at, &byte, 1); break;
    case 1:
        if (at < length) {
            input[at] = byte;
        }
        break;
    case 2:
        memmove(input + at, input + at + n, length - at - n);
        length -= n;
        break;
    case 3:
        memcpy(some, input + at, n);
        put(dice(length + 1), some, n);
        break;
    default: {
        const char *word = r->words[dice((size_t)count(r->words, 16))];
        put(at, word, strlen(word));
    }
    }
}

static void make_input(const struct reader *r) {
    size_t seeds = (size_t)count(r->seeds, 8);
    const char *seed = r->seeds[dice(seeds)];
    length = 0;
    put(0, seed, strlen(seed));
    if (dice(4) == 0) {
        const char *other = r->seeds[dice(seeds)];
        length = dice(length + 1);
        put(length, other, strlen(other));
    }
    for (unsigned i = dice(9); i > 0; i--) {
        damage_once(r);
    }
    input[length] = '\0';
    for (size_t i = 0; i < length; i++) {
        input[i] = input[i] ? input[i] : ' ';
    }
}

static int seconds = 60;
static char **wanted;

static bool is_wanted(const char *name) {
    for (char **w = wanted; *w; w++) {
        if (strcmp(*w, name) == 0) {
            return true;
        }
    }
    return !*wanted;
}

static void fuzz(void **unused) {
    (void)unused;
    lab = rows_lab_open("fuzz", "CREATE TYPE \"Role\" AS ENUM ('USER', 'on hold'); CREATE TABLE author (id int PRIMARY KEY, name text);"
                                "CREATE TABLE post (id int PRIMARY KEY, title text, \"viewCount\" int, published boolean, role \"Role\","
                                " tags text[], meta jsonb, at timestamptz, \"odd `name\" text, author_id int REFERENCES author,"
                                " parent int REFERENCES post)", NULL);
    post = rows_lab_model(lab, "post");
    for (size_t i = 0; i < NX_COUNT(readers); i++) {
        long n = 0;
        target = readers[i].name;
        for (int64_t end = nx_now_ms() + seconds * 1000; is_wanted(target) && nx_now_ms() < end;) {
            for (int k = 0; k < BATCH; k++, n++) {
                make_input(&readers[i]);
                readers[i].read();
            }
        }
        if (n) {
            print_message("%-8s %10ld inputs\n", target, n);
        }
    }
    rows_lab_close(lab);
}

int main(int argc, char **argv) {
    (void)argc;
    wanted = argv + 1;
    seconds = getenv("NIXIE_FUZZ_SECONDS") ? atoi(getenv("NIXIE_FUZZ_SECONDS")) : seconds;
    state = (getenv("NIXIE_FUZZ_SEED") ? strtoull(getenv("NIXIE_FUZZ_SEED"), NULL, 10) : 1) * 0x9E3779B97F4A7C15u + 1;
    catch_death();
    const struct CMUnitTest tests[] = {cmocka_unit_test(fuzz)};
    return lab_main(__FILE__, tests, NX_COUNT(tests), NULL, NULL);
}
