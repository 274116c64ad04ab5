/* Relations are edited: every kind of them, there and back, saved, and looked at in the tables. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "prisma/project.h"

static void fresh(void) {
    lab_sql(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                 "CREATE TABLE author (id int PRIMARY KEY, name text, boss_id int REFERENCES author);"
                 "CREATE TABLE profile (id int PRIMARY KEY, title text, author_id int UNIQUE REFERENCES author);"
                 "CREATE TABLE card (id serial PRIMARY KEY, title text, author_id int NOT NULL UNIQUE REFERENCES author);"
                 "CREATE TABLE post (id serial PRIMARY KEY, title text, author_id int REFERENCES author);"
                 "CREATE INDEX ON post (author_id); CREATE INDEX ON author (boss_id);"
                 "CREATE TABLE comment (id int PRIMARY KEY, title text, post_id int NOT NULL REFERENCES post);"
                 "CREATE TABLE tag (id serial PRIMARY KEY, name text);"
                 "CREATE TABLE \"_PostToTag\" (\"A\" int NOT NULL REFERENCES post, \"B\" int NOT NULL REFERENCES tag);"
                 "CREATE UNIQUE INDEX ON \"_PostToTag\" (\"A\", \"B\"); CREATE INDEX ON \"_PostToTag\" (\"B\");"
                 "CREATE TABLE genre (id int PRIMARY KEY, name text);"
                 "CREATE TABLE post_genre (post_id int REFERENCES post, genre_id int REFERENCES genre, PRIMARY KEY (post_id, genre_id));"
                 "CREATE TABLE room (house text, number int, name text, PRIMARY KEY (house, number));"
                 "CREATE TABLE desk (id int PRIMARY KEY, name text, house text, number int, FOREIGN KEY (house, number) REFERENCES room);"
                 "INSERT INTO author VALUES (1, 'Ada', NULL), (2, 'Linus', 1), (3, 'Grace', NULL);"
                 "INSERT INTO profile VALUES (1, 'first bio', 1), (2, 'second bio', NULL);"
                 "INSERT INTO card (title, author_id) VALUES ('first card', 1), ('second card', 2);"
                 "INSERT INTO post (title, author_id) VALUES ('Keyset', 1), ('Vacuum', NULL), ('Joins', 2);"
                 "INSERT INTO comment VALUES (1, 'nice', 1);"
                 "INSERT INTO tag (name) VALUES ('sql'), ('paging'), ('c');"
                 "INSERT INTO \"_PostToTag\" VALUES (1, 1);"
                 "INSERT INTO genre VALUES (1, 'essay'), (2, 'guide');"
                 "INSERT INTO post_genre VALUES (1, 1);"
                 "INSERT INTO room VALUES ('east', 1, 'Attic'), ('west', 2, 'Cellar');"
                 "INSERT INTO desk VALUES (1, 'oak', 'east', 1), (2, 'pine', NULL, NULL); ANALYZE");
}

/* The record of a model, by its key. */
static screen *open_record(const char *model, const char *key, const char *const *more) {
    fresh();
    const char *args[8] = {model};
    for (int i = 0; more && more[i]; i++) {
        args[i + 1] = more[i];
    }
    screen *s = screen_nixie(40, 110, url, args);
    screen_wait(s, " of ");
    screen_type(s, "@");
    screen_type(s, key);
    screen_type(s, "<Enter><Enter>");
    screen_wait(s, "Relations");
    return s;
}

/* Moves the cursor until the bottom line says so. */
static void stand_on(screen *s, const char *words) {
    screen_type(s, "g");
    for (int i = 0; i < 40; i++) {
        screen_settle(s);
        if (strstr(screen_line(s, screen_rows(s) - 1), words)) {
            return;
        }
        screen_type(s, "j");
    }
    fail_msg("the cursor never stood on \"%s\":\n%s", words, screen_text(s));
}

static void pick(screen *s, const char *text, const char *entry) {
    screen_type(s, "+");
    screen_wait(s, "Enter connects");
    screen_type(s, text);
    screen_wait(s, entry);
    screen_type(s, "<Enter>");
    screen_wait_gone(s, "Enter connects");
}

static void a_reference_is_set_and_cleared(void **state) {
    (void)state;
    screen *s = open_record("post", "2", NULL);
    stand_on(s, "author to-one");
    pick(s, "grace", "3  Grace");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "+ → 3  Grace  connected");
    screen_type(s, "-"); /* taken back */
    screen_wait_gone(s, "connected");
    screen_wait_gone(s, "1 staged");
    pick(s, "ada", "1  Ada");
    screen_wait(s, "+ → 1  Ada  connected");
    hands_save(s);
    hands_assert_value(url, "SELECT author_id FROM post WHERE id = 2", "1");
    screen_wait_gone(s, "connected");
    stand_on(s, "author to-one");
    screen_type(s, "-");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "Ada  disconnected");
    screen_type(s, "u");
    screen_wait_gone(s, "disconnected");
    screen_type(s, "-");
    screen_wait(s, "disconnected");
    hands_save(s);
    hands_assert_value(url, "SELECT author_id FROM post WHERE id = 2", NULL);
    hands_quit(s);
}

static void a_reference_that_must_be_is_not_cleared(void **state) {
    (void)state;
    screen *s = open_record("comment", "1", NULL);
    stand_on(s, "post to-one");
    screen_type(s, "-");
    screen_wait_line(s, -1, "post_id cannot be NULL: + connects another record");
    pick(s, "vacuum", "2  Vacuum");
    screen_wait(s, "+ → 2  Vacuum");
    hands_save(s);
    hands_assert_value(url, "SELECT post_id FROM comment", "2");
    hands_quit(s);
}

static void children_come_and_go(void **state) {
    (void)state;
    screen *s = open_record("author", "1", NULL);
    stand_on(s, "post to-many");
    pick(s, "joins", "3  Joins");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "1  Keyset");
    screen_wait(s, "+ → 3  Joins  connected");
    screen_type(s, "+");
    screen_wait(s, "Enter connects");
    screen_type(s, "keyset");
    screen_wait(s, "▸ 1  Keyset");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "post has this record already");
    stand_on(s, "record of post");
    screen_type(s, "-");
    screen_wait(s, "Keyset  disconnected");
    screen_wait_line(s, 0, "2 staged");
    screen_type(s, "-"); /* again takes that back */
    screen_wait_gone(s, "disconnected");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "-");
    screen_wait(s, "Keyset  disconnected");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(title, ',' ORDER BY id) FROM post WHERE author_id = 1", "Joins");
    hands_assert_value(url, "SELECT author_id FROM post WHERE id = 1", NULL);
    hands_quit(s);
}

static void children_that_need_a_parent_are_deleted_after_a_question(void **state) {
    (void)state;
    screen *s = open_record("post", "1", NULL);
    stand_on(s, "comment to-many");
    screen_type(s, "<Enter>");
    screen_wait(s, "nice");
    screen_type(s, "j-");
    screen_wait(s, "Delete the comment?");
    screen_type(s, "n");
    screen_wait_gone(s, "Delete the comment?");
    screen_type(s, "-y");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT count(*) FROM comment", "0");
    hands_quit(s);
}

static void one_to_one_makes_room(void **state) {
    (void)state;
    screen *s = open_record("author", "1", NULL);
    stand_on(s, "profile to-many");
    pick(s, "2", "second bio");
    screen_wait_line(s, 0, "2 staged");
    screen_wait(s, "first bio  disconnected");
    screen_wait(s, "connected");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(id || '=' || coalesce(author_id::text, '-'), ' ' ORDER BY id) FROM profile", "1=- 2=1");
    hands_quit(s);
}

static void self_relations_both_ways(void **state) {
    (void)state;
    screen *s = open_record("author", "2", NULL);
    stand_on(s, "boss to-one");
    pick(s, "grace", "3  Grace");
    screen_wait(s, "+ → 3  Grace");
    hands_save(s);
    hands_assert_value(url, "SELECT boss_id FROM author WHERE id = 2", "3");
    stand_on(s, "author to-many");
    pick(s, "ada", "1  Ada");
    screen_wait(s, "+ → 1  Ada");
    hands_save(s);
    hands_assert_value(url, "SELECT boss_id FROM author WHERE id = 1", "2");
    hands_quit(s);
}

static void many_to_many_rows_are_staged(void **state) {
    (void)state;
    screen *s = open_record("post", "1", NULL);
    stand_on(s, "tag many-to-many");
    pick(s, "paging", "2  paging");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "+ → 2  paging  connected");
    screen_type(s, "+");
    screen_wait(s, "Enter connects");
    screen_type(s, "paging");
    screen_wait(s, "▸ 2  paging");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "tag will have this record already");
    screen_type(s, "+");
    screen_wait(s, "Enter connects");
    screen_type(s, "sql");
    screen_wait(s, "▸ 1  sql");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "tag has this record already");
    stand_on(s, "record of tag");
    screen_type(s, "-");
    screen_wait(s, "sql  disconnected");
    screen_wait_line(s, 0, "2 staged");
    pick(s, "sql", "▸ 1  sql"); /* connected again before it was saved */
    screen_wait_gone(s, "disconnected");
    screen_wait_line(s, 0, "1 staged");
    stand_on(s, "record of tag");
    screen_type(s, "-");
    screen_wait(s, "sql  disconnected");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(\"A\" || '-' || \"B\", ',') FROM \"_PostToTag\"", "1-2");
    hands_quit(s);
}

static void a_new_record_and_its_pair_are_one_step(void **state) {
    (void)state;
    screen *s = open_record("post", "2", NULL);
    stand_on(s, "tag many-to-many");
    screen_type(s, "a");
    screen_wait(s, "new tag ─");
    screen_wait_line(s, 0, "2 staged");
    screen_type(s, "u");
    screen_wait_gone(s, "2 staged");
    screen_type(s, "<C-r>");
    screen_wait_line(s, 0, "2 staged");
    screen_type(s, "j");
    hands_edit(s, "fresh");
    screen_type(s, "q");
    screen_wait(s, "+ new tag fresh");
    hands_save(s);
    hands_assert_value(url, "SELECT t.name FROM \"_PostToTag\" j JOIN tag t ON t.id = j.\"B\" WHERE j.\"A\" = 2", "fresh");
    hands_quit(s);
}

/* Both sides are only staged. */
static void staged_records_are_paired(void **state) {
    (void)state;
    screen *s = open_record("post", "2", NULL);
    screen_type(s, "ga"); /* a new post */
    screen_wait(s, "new post ─");
    screen_type(s, "j");
    hands_edit(s, "Drafts");
    stand_on(s, "tag many-to-many");
    screen_type(s, "a");
    screen_wait(s, "new tag ─");
    screen_type(s, "gj");
    hands_edit(s, "draft");
    screen_type(s, "q");
    screen_wait(s, "+ new tag draft");
    stand_on(s, "tag many-to-many");
    pick(s, "paging", "2  paging");
    screen_wait(s, "+ → 2  paging");
    stand_on(s, "comment to-many");
    pick(s, "1", "nice");
    screen_wait(s, "connected");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(t.name, ',' ORDER BY t.name) FROM post p JOIN \"_PostToTag\" j ON j.\"A\" = p.id"
                            " JOIN tag t ON t.id = j.\"B\" WHERE p.title = 'Drafts'", "draft,paging");
    hands_assert_value(url, "SELECT p.title FROM comment c JOIN post p ON p.id = c.post_id", "Drafts");
    hands_quit(s);
}

static void rows_of_an_explicit_join_table_are_chosen_by_their_other_side(void **state) {
    (void)state;
    screen *s = open_record("post", "1", NULL);
    stand_on(s, "post_genre to-many");
    pick(s, "guide", "2  guide");
    screen_wait(s, "+ new post_genre");
    screen_wait_line(s, 0, "1 staged");
    stand_on(s, "record of post_genre");
    screen_type(s, "-");
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(post_id || '-' || genre_id, ',') FROM post_genre", "1-2");
    hands_quit(s);
}

static void keys_of_several_fields_are_set_together(void **state) {
    (void)state;
    screen *s = open_record("desk", "2", NULL);
    stand_on(s, "room to-one");
    pick(s, "cellar", "Cellar");
    screen_wait(s, "+ → west,2");
    hands_save(s);
    hands_assert_value(url, "SELECT house || number FROM desk WHERE id = 2", "west2");
    screen_type(s, "q");
    screen_type(s, "p");
    screen_settle(s);
    screen_type(s, "room<Enter>");
    screen_wait(s, "Cellar");
    screen_type(s, "g<Enter>");
    screen_wait(s, "Relations");
    stand_on(s, "desk to-many");
    pick(s, "pine", "2  pine");
    screen_wait(s, "+ → 2  pine");
    stand_on(s, "record of desk");
    screen_type(s, "-");
    screen_wait(s, "oak  disconnected");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(id || coalesce(house, '-') || coalesce(number::text, '-'), ' ' ORDER BY id) FROM desk",
                       "1-- 2east1");
    hands_quit(s);
}

/* Its picker, this entry chosen: refused, and nothing is staged. */
static void pick_refused(screen *s, const char *text, const char *entry, const char *words) {
    pick(s, text, entry);
    screen_wait_line(s, -1, words);
}

static void one_to_one_that_must_be_makes_no_room(void **state) {
    (void)state;
    screen *s = open_record("author", "1", NULL);
    stand_on(s, "card to-many");
    pick_refused(s, "second", "2  second card", "there is one already, and its author_id cannot be NULL: delete it first");
    pick_refused(s, "first", "1  first card", "card has this record already");
    screen_type(s, "+");
    screen_wait(s, "Enter connects");
    screen_type(s, "<Esc>"); /* nothing was chosen */
    screen_wait_gone(s, "Enter connects");
    screen_type(s, "<Enter>");
    screen_wait(s, "1  first card");
    stand_on(s, "record of card");
    screen_type(s, "d");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "-");
    screen_wait_line(s, -1, "this card is staged for deletion  (d takes that back)");
    stand_on(s, "card to-many");
    pick_refused(s, "first", "1  first card", "this card is staged for deletion");
    pick(s, "second", "2  second card"); /* there is room now */
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(title || author_id, ' ') FROM card", "second card1");
    hands_quit(s);
}

/* A child that is only staged is let go of, and comes back; one that needs a parent stays. */
static void new_children_are_let_go(void **state) {
    (void)state;
    screen *s = open_record("author", "3", NULL);
    stand_on(s, "post to-many");
    screen_type(s, "-");
    screen_wait_line(s, -1, "which of them?  (unfold post and stand on one)");
    screen_type(s, "a");
    screen_wait(s, "new post ─");
    screen_type(s, "gj");
    hands_edit(s, "Drafts");
    screen_type(s, "q");
    screen_wait(s, "1 new");
    screen_type(s, "<Enter>");
    screen_wait(s, "+ new post Drafts");
    stand_on(s, "new record of post");
    screen_type(s, "-");
    screen_wait_gone(s, "new post Drafts");
    screen_wait_line(s, 0, "1 staged");
    stand_on(s, "post to-many");
    pick(s, "drafts", "Drafts");
    screen_wait(s, "+ new post Drafts");
    stand_on(s, "card to-many");
    screen_type(s, "a");
    screen_wait(s, "new card ─");
    screen_type(s, "q");
    screen_wait_line(s, -1, "card to-many");
    screen_type(s, "<Enter>");
    screen_wait(s, "+ new card");
    stand_on(s, "new record of card");
    screen_type(s, "-");
    screen_wait_line(s, -1, "a new card needs one  (d takes the new record back)");
    hands_save(s);
    hands_assert_value(url, "SELECT author_id FROM post WHERE title = 'Drafts'", "3");
    hands_assert_value(url, "SELECT count(*) FROM card WHERE author_id = 3", "1");
    hands_quit(s);
}

/* The one that is referred to is made on the spot. */
static void a_reference_leads_to_a_record_that_is_made_for_it(void **state) {
    (void)state;
    screen *s = open_record("post", "2", NULL);
    stand_on(s, "author to-one");
    screen_type(s, "-");
    screen_wait_line(s, -1, "author leads to no record");
    screen_type(s, "a");
    screen_wait(s, "new author ─");
    screen_wait_line(s, 0, "2 staged");
    screen_type(s, "g");
    hands_edit(s, "9");
    screen_type(s, "j");
    hands_edit(s, "Newcomer");
    screen_type(s, "q");
    screen_wait(s, "new author Newcomer");
    stand_on(s, "author to-one");
    screen_type(s, "-"); /* the new author stays, and can be chosen again */
    screen_wait_line(s, 0, "1 staged");
    pick(s, "newcomer", "Newcomer");
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT a.name FROM post p JOIN author a ON a.id = p.author_id WHERE p.id = 2", "Newcomer");
    hands_quit(s);
}

static void what_is_deleted_or_gone_is_not_connected(void **state) {
    (void)state;
    screen *s = open_record("post", "1", NULL);
    stand_on(s, "tag many-to-many");
    pick(s, "paging", "2  paging");
    screen_wait(s, "+ → 2  paging  connected");
    stand_on(s, "connected but not saved yet");
    screen_type(s, "-"); /* it was only staged */
    screen_wait_gone(s, "connected");
    screen_wait_gone(s, "1 staged");
    stand_on(s, "record of tag");
    lab_sql(url, "DELETE FROM \"_PostToTag\"");
    screen_type(s, "-");
    screen_wait_line(s, -1, "tag does not lead there any more  (r reads it again)");
    lab_sql(url, "DELETE FROM tag WHERE id = 3");
    screen_type(s, "gd"); /* the post itself, and its comment with it */
    screen_wait_line(s, 0, "1 staged");
    stand_on(s, "author to-one");
    screen_type(s, "+");
    screen_wait_line(s, -1, "this post is staged for deletion  (d takes that back)");
    screen_type(s, "-");
    screen_wait_line(s, -1, "this post is staged for deletion  (d takes that back)");
    hands_abandon(s);
}

/* Who may not write there, or not even read, is told so before choosing. */
static void rights_are_asked_for_before_choosing(void **state) {
    (void)state;
    fresh();
    lab_sql(url, "DROP ROLE IF EXISTS connect_clerk; CREATE ROLE connect_clerk LOGIN; GRANT USAGE ON SCHEMA public TO connect_clerk;"
                 "GRANT SELECT ON author, post, profile, \"_PostToTag\", tag TO connect_clerk; GRANT UPDATE (title) ON post TO connect_clerk");
    char address[400];
    snprintf(address, sizeof address, "%s&user=connect_clerk", url);
    screen *s = screen_nixie(40, 110, address, (const char *[]){"post", NULL});
    screen_wait(s, "Keyset");
    screen_settle(s);
    screen_type(s, "g<Enter>");
    screen_wait(s, "Relations");
    static const struct {
        const char *relation, *keys, *words;
    } cases[] = {{"author to-one", "+", "author_id cannot be edited: this role may not"},
                 {"author to-one", "-", "author_id cannot be edited: this role may not"},
                 {"ON \"public\".\"comment\"", "+", "no right to read comment"},
                 {"tag many-to-many", "+", "this role may not"}};
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        stand_on(s, cases[i].relation);
        screen_type(s, cases[i].keys);
        screen_wait_line(s, -1, cases[i].words);
        assert_false(screen_has(s, "Enter connects"));
    }
    hands_quit(s);
    lab_sql(url, "DROP OWNED BY connect_clerk; DROP ROLE connect_clerk");
}

/* --- relations and values that only the schema knows ---------------------------------------------------------- */

static const char psl[] =
    "datasource db {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\n"
    "model team {\n  id String @id @default(cuid(2))\n  name String\n  members member[]\n}\n"
    "model member {\n  id String @id @default(uuid())\n  name String\n  teamId String? @map(\"team_id\")\n"
    "  updatedAt DateTime @updatedAt @map(\"updated_at\")\n"
    "  team team? @relation(fields: [teamId], references: [id])\n  @@index([teamId])\n}\n";

static screen *open_team(project *folder) {
    const char *schema = project_write(folder, "schema.prisma", psl);
    lab_sql(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE team (id text PRIMARY KEY, name text NOT NULL);"
                 "CREATE TABLE member (id text PRIMARY KEY, name text NOT NULL, team_id text, updated_at timestamp(3) NOT NULL);"
                 "CREATE INDEX ON member (team_id); INSERT INTO team VALUES ('t1', 'Core'), ('t2', 'Web');"
                 "INSERT INTO member VALUES ('m1', 'Ada', 't1', '2020-01-01'), ('m2', 'Linus', NULL, '2020-01-01'); ANALYZE");
    screen *s = screen_nixie(40, 110, url, (const char *[]){"--prisma", schema, "team", NULL});
    screen_wait(s, "Core");
    return s;
}

static void relations_without_a_constraint_are_edited(void **state) {
    (void)state;
    project *folder = project_new();
    screen *s = open_team(folder);
    screen_type(s, "g<Enter>");
    screen_wait(s, "Relations");
    stand_on(s, "members to-many");
    pick(s, "linus", "Linus");
    screen_wait(s, "+ → m2  Linus  connected");
    stand_on(s, "record of member");
    screen_type(s, "-");
    screen_wait(s, "Ada  disconnected");
    screen_type(s, "C");
    screen_wait(s, "from the schema"); /* the time of the update, in Changes */
    screen_type(s, "q");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(id, ',') FROM member WHERE team_id = 't1'", "m2");
    hands_assert_value(url, "SELECT count(*) FROM member WHERE abs(extract(epoch FROM now() AT TIME ZONE 'UTC' - updated_at)) < 600", "2");
    hands_quit(s);
    project_free(folder);
}

static void what_the_client_makes_is_shown_before_it_is_saved(void **state) {
    (void)state;
    project *folder = project_new();
    screen *s = open_team(folder);
    screen_type(s, "g<Enter>");
    screen_wait(s, "Relations");
    stand_on(s, "members to-many");
    screen_type(s, "a");
    screen_wait(s, "new member ─");
    screen_type(s, "g");
    screen_wait_line(s, -1, "id text not null  Prisma: uuid()");
    screen_wait(s, "from the schema");
    screen_wait(s, "1 required field missing"); /* the name */
    hands_edit(s, "mine");
    screen_type(s, "j");
    hands_edit(s, "Grace");
    screen_wait(s, "mine");
    hands_save(s);
    hands_assert_value(url, "SELECT id || ' ' || team_id FROM member WHERE name = 'Grace'", "mine t1");
    hands_quit(s);
    project_free(folder);
}

static void a_deletion_says_what_it_would_orphan(void **state) {
    (void)state;
    project *folder = project_new();
    screen *s = open_team(folder);
    screen_type(s, "gd");
    screen_wait_line(s, -1, "the database will not cascade: 1 members would point nowhere");
    hands_abandon(s);
    project_free(folder);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_reference_is_set_and_cleared),
    cmocka_unit_test(a_reference_that_must_be_is_not_cleared),
    cmocka_unit_test(children_come_and_go),
    cmocka_unit_test(children_that_need_a_parent_are_deleted_after_a_question),
    cmocka_unit_test(one_to_one_makes_room),
    cmocka_unit_test(self_relations_both_ways),
    cmocka_unit_test(many_to_many_rows_are_staged),
    cmocka_unit_test(a_new_record_and_its_pair_are_one_step),
    cmocka_unit_test(staged_records_are_paired),
    cmocka_unit_test(rows_of_an_explicit_join_table_are_chosen_by_their_other_side),
    cmocka_unit_test(keys_of_several_fields_are_set_together),
    cmocka_unit_test(one_to_one_that_must_be_makes_no_room),
    cmocka_unit_test(new_children_are_let_go),
    cmocka_unit_test(a_reference_leads_to_a_record_that_is_made_for_it),
    cmocka_unit_test(what_is_deleted_or_gone_is_not_connected),
    cmocka_unit_test(rights_are_asked_for_before_choosing),
    cmocka_unit_test(relations_without_a_constraint_are_edited),
    cmocka_unit_test(what_the_client_makes_is_shown_before_it_is_saved),
    cmocka_unit_test(a_deletion_says_what_it_would_orphan),
};

LAB_MAIN(tests, group_open, group_close)
