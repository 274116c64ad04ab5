/* Every kind of relation: unfolded, counted, gone along, come back by, filtered by and printed. */
#include "cli/run.h"
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/session.h"
#include "prisma/project.h"

static const char schema[] =
    "CREATE TABLE author (id int PRIMARY KEY, name text, boss_id int REFERENCES author, mentor_id "
    "int UNIQUE REFERENCES author);"
    "CREATE INDEX ON author (boss_id);"
    "CREATE TABLE profile (id int PRIMARY KEY, title text, author_id int UNIQUE REFERENCES author);"
    "CREATE TABLE post (id int PRIMARY KEY, title text, author_id int REFERENCES author, editor_id "
    "int REFERENCES author);"
    "CREATE INDEX ON post (author_id); CREATE INDEX ON post (editor_id);"
    "CREATE TABLE tag (id int PRIMARY KEY, name text);"
    "CREATE TABLE \"_postTotag\" (\"A\" int NOT NULL REFERENCES post ON DELETE CASCADE, \"B\" int "
    "NOT NULL REFERENCES tag ON DELETE CASCADE);"
    "CREATE UNIQUE INDEX ON \"_postTotag\" (\"A\", \"B\"); CREATE INDEX ON \"_postTotag\" (\"B\");"
    "CREATE TABLE topic (id int PRIMARY KEY, name text);"
    "CREATE TABLE \"_postTotopic\" (\"A\" int NOT NULL REFERENCES post ON DELETE CASCADE, \"B\" int "
    "NOT NULL REFERENCES topic ON DELETE CASCADE, PRIMARY KEY (\"A\", \"B\"));"
    "CREATE INDEX ON \"_postTotopic\" (\"B\");"
    "CREATE TABLE \"_friends\" (\"A\" int NOT NULL REFERENCES author ON DELETE CASCADE, \"B\" int "
    "NOT NULL REFERENCES author ON DELETE CASCADE, PRIMARY KEY (\"A\", \"B\"));"
    "CREATE INDEX ON \"_friends\" (\"B\");"
    "CREATE TABLE genre (id int PRIMARY KEY, name text);"
    "CREATE TABLE post_genre (post_id int REFERENCES post, genre_id int REFERENCES genre, PRIMARY "
    "KEY (post_id, genre_id));"
    "CREATE INDEX ON post_genre (genre_id);"
    "CREATE TABLE room (house text, number int, name text, PRIMARY KEY (house, number));"
    "CREATE TABLE desk (id int PRIMARY KEY, name text, house text, number int, FOREIGN KEY (house, "
    "number) REFERENCES room);"
    "CREATE INDEX ON desk (house, number);"
    "CREATE TABLE badge (id int PRIMARY KEY, name text, author_id int);"
    "CREATE INDEX ON badge (author_id);"
    "INSERT INTO author VALUES (1, 'Ada', NULL, NULL), (2, 'Linus', 1, NULL), (3, 'Grace', 1, 2);"
    "INSERT INTO profile VALUES (1, 'of Ada', 1), (2, 'of Grace', 3);"
    "INSERT INTO post VALUES (1, 'Keyset', 1, 2), (2, 'Vacuum', 1, 3), (3, 'Joins', 2, 1);"
    "INSERT INTO tag VALUES (1, 'sql'), (2, 'paging'); INSERT INTO \"_postTotag\" VALUES (1, 1), (1, "
    "2), (2, 1);"
    "INSERT INTO topic VALUES (1, 'speed'), (2, 'space'); INSERT INTO \"_postTotopic\" VALUES (1, "
    "1), (2, 2);"
    "INSERT INTO \"_friends\" VALUES (1, 2), (1, 3);"
    "INSERT INTO genre VALUES (1, 'essay'), (2, 'guide'); INSERT INTO post_genre VALUES (1, 1), (2, "
    "1), (3, 2);"
    "INSERT INTO room VALUES ('east', 1, 'Attic'), ('west', 2, 'Cellar'); INSERT INTO desk VALUES "
    "(1, 'oak', 'east', 1), (2, 'pine', 'east', 1);"
    "INSERT INTO badge VALUES (1, 'gold', 1), (2, 'tin', 2); ANALYZE";

typedef struct leg {
    const char *model, *key, *relation;
    const char *told;  /* behind the relation's name: the target, and how many */
    const char *leads; /* the record there: key and label; or its key, "|" and what its row shows */
} leg;

typedef struct way {
    leg there, back;
    const char *filter, *found; /* on the model one starts from */
} way;

static const way ways[] = {
    /* one to many */
    {{"post", "1", "author", "→ author", "1  Ada"}, {"author", "1", "post via author_id", "post[]  2", "1  Keyset"},
     "author.name = 'Ada'", "1-2 of 2"},
    /* ... a second relation between the same models */
    {{"post", "1", "editor", "→ author", "2  Linus"}, {"author", "2", "post via editor_id", "post[]  1", "1  Keyset"},
     "editor.name = 'Linus'", "1-1 of 1"},
    /* one to one */
    {{"profile", "2", "author", "→ author", "3  Grace"}, {"author", "3", "profile", "→ profile", "2  of Grace"},
     "author.name != 'Grace'", "1-1 of 1"},
    /* one to many, of a model to itself */
    {{"author", "2", "boss", "→ author", "1  Ada"}, {"author", "1", "author via boss_id", "author[]  2", "2  Linus"},
     "`author via boss_id` some (name = 'Grace')", "1-1 of 1"},
    /* one to one, of a model to itself */
    {{"author", "3", "mentor", "→ author", "2  Linus"}, {"author", "2", "author via mentor_id", "→ author", "3  Grace"},
     "mentor is not null", "1-1 of 1"},
    /* many to many: the old form, a unique index */
    {{"post", "2", "tag", "tag[]  1", "1  sql"}, {"tag", "1", "post", "post[]  2", "2  Vacuum"},
     "tag none (name = 'sql')", "1-1 of 1"},
    /* ... the new one, a primary key */
    {{"post", "1", "topic", "topic[]  1", "1  speed"}, {"topic", "1", "post", "post[]  1", "1  Keyset"},
     "topic.count = 0", "1-1 of 1"},
    /* ... of a model to itself */
    {{"author", "1", "author via _friends.A", "author[]  2", "3  Grace"},
     {"author", "3", "author via _friends.B", "author[]  1", "1  Ada"}, "`author via _friends.B` some ()", "1-2 of 2"},
    /* many to many through a table of its own */
    {{"post", "3", "post_genre", "post_genre[]  1", "3,2|2 → guide"}, {"genre", "2", "post_genre", "post_genre[]  1", "3,2|3 → Joins"},
     "post_genre some (genre.name = 'essay')", "1-2 of 2"},
    /* keys of several fields */
    {{"desk", "1", "room", "→ room", "east,1  Attic"}, {"room", "east,1", "desk", "desk[]  2", "1  oak"},
     "room.name = 'Attic'", "1-2 of 2"},
};

static const way unconstrained = {{"Badge", "1", "author", "→ Author", "1  Ada"},
                                  {"Author", "1", "badges", "Badge[]  1", "1  gold"},
                                  "author.name = 'Ada'", "1-1 of 1"};

static int setup(void **state) {
    group_open(state);
    lab_sql(url, schema);
    return 0;
}

/* --- hands ---------------------------------------------------------------------------------------------------------- */

static const char *label_of(const leg *l) {
    const char *label = strstr(l->leads, "  "), *row = strchr(l->leads, '|');
    return label ? label + 2 : row + 1;
}

/* The line of the tree that tells of this relation; -1 while it is not there. */
static int relation_line(screen *s, const leg *l) {
    char mark[100];
    snprintf(mark, sizeof mark, "▸ %s ", l->relation);
    for (int row = 1; row < screen_rows(s); row++) {
        const char *line = screen_line(s, row), *at = strstr(line, "││");
        if (at && (at = strstr(at, mark)) && strstr(at, l->told)) {
            return row;
        }
    }
    return -1;
}

static bool is_told(screen *s, void *data) { return relation_line(s, data) >= 0; }

/* Down to it from the first field; neither the empty line nor the title of the relations is stepped on. */
static void go_to_relation(screen *s, const leg *l) {
    int row = relation_line(s, l);
    screen_type(s, "g");
    for (int i = 2; i < row; i++) {
        const char *inside = strstr(screen_line(s, i), "││") + strlen("││");
        bool empty = inside[strspn(inside, " ")] == '\0' || strncmp(inside + strspn(inside, " "), "│", 3) == 0;
        screen_type(s, empty || strstr(inside, " Relations ") ? "" : "j");
    }
}

/* On the record's tree: unfolds the relation, sees what it leads to, and goes there. */
static void along(screen *s, const leg *l) {
    char what[200];
    snprintf(what, sizeof what, "%s of %s: %s", l->relation, l->model, l->told);
    screen_until(s, is_told, (void *)(uintptr_t)l, what); /* how many comes after the names */
    go_to_relation(s, l);
    screen_type(s, "<Enter>");
    char record[100];
    snprintf(record, sizeof record, "%.*s", (int)strcspn(l->leads, "|"), l->leads);
    screen_wait(s, record);
    screen_type(s, "f");
    screen_wait_line(s, -1, "Enter record");
    screen_wait(s, label_of(l));
}

static void open_record(screen *s, const leg *l) {
    char keys[100];
    snprintf(keys, sizeof keys, "<C-p>%s<Enter>", l->model);
    screen_type(s, keys);
    snprintf(keys, sizeof keys, "%s › ", l->model);
    screen_wait_line(s, -1, keys);
    snprintf(keys, sizeof keys, "@%s<Enter><Enter>", l->key);
    screen_type(s, keys);
    screen_wait(s, "Relations");
}

static void walk(screen *s, const way *w) {
    open_record(s, &w->there);
    along(s, &w->there);
    open_record(s, &w->back);
    along(s, &w->back);
    char keys[200];
    snprintf(keys, sizeof keys, "<C-p>%s<Enter>", w->there.model);
    screen_type(s, keys);
    snprintf(keys, sizeof keys, "%s › ", w->there.model);
    screen_wait_line(s, -1, keys);
    screen_type(s, "/");
    screen_type(s, w->filter);
    screen_type(s, "<Enter>");
    screen_wait(s, w->found);
}

/* The same relation in what `nixie record --include` prints. */
static void is_printed(const leg *l, const char *const *more) {
    char include[100];
    snprintf(include, sizeof include, "`%s`", l->relation);
    run r = nixie(url, "record", l->model, l->key, "--include", include, more ? more[0] : NULL, more ? more[1] : NULL, NULL);
    expect_status(&r, 0);
    if (!strstr(r.out, strchr(l->leads, '|') ? "post_id" : label_of(l))) {
        fail_msg("%s of %s %s: %s", l->relation, l->model, l->key, r.out);
    }
    run_free(&r);
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void each_kind_is_walked_there_and_back(void **state) {
    (void)state;
    screen *s = screen_nixie(40, 110, url, NULL);
    screen_wait(s, "Enter opens a model");
    for (size_t i = 0; i < NX_COUNT(ways); i++) {
        walk(s, &ways[i]);
    }
    hands_quit(s);
}

static void each_kind_is_printed(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(ways); i++) {
        is_printed(&ways[i].there, NULL);
        is_printed(&ways[i].back, NULL);
    }
}

/* Of it the database knows nothing: only the schema file does. */
static void a_relation_without_a_constraint_is_like_any_other(void **state) {
    (void)state;
    project *folder = project_new();
    const char *file = project_write(folder, "schema.prisma",
                  "datasource db {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\n"
                  "model Author {\n  id Int @id\n  name String?\n  badges Badge[]\n  @@map(\"author\")\n}\n"
                  "model Badge {\n  id Int @id\n  name String?\n  authorId Int? @map(\"author_id\")\n"
                  "  author Author? @relation(fields: [authorId], references: [id])\n  @@index([authorId])\n"
                  "  @@map(\"badge\")\n}\n");
    const char *more[] = {"--prisma", file};
    screen *s = screen_nixie(40, 110, url, (const char *[]){more[0], more[1], NULL});
    screen_wait(s, "Enter opens a model");
    walk(s, &unconstrained);
    hands_quit(s);
    is_printed(&unconstrained.there, more);
    is_printed(&unconstrained.back, more);
    project_free(folder);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_kind_is_walked_there_and_back),
    cmocka_unit_test(each_kind_is_printed),
    cmocka_unit_test(a_relation_without_a_constraint_is_like_any_other),
};

LAB_MAIN(tests, setup, group_close)
