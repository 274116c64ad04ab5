-- project: kept.project.prisma
-- drift: 1 (a view has no foreign keys)
CREATE TYPE user_role AS ENUM ('user', 'admin', 'guest-star');
COMMENT ON TYPE user_role IS 'not said again';
CREATE TYPE "Colour" AS ENUM ('red');
CREATE TABLE users (
    id text PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, updated_at timestamp(3) NOT NULL, role user_role NOT NULL DEFAULT 'admin', secret text,
    "added-later" int CHECK ("added-later" > 0)
);
COMMENT ON TABLE users IS 'not said either';
CREATE TABLE posts (id serial PRIMARY KEY, title text NOT NULL, author_id text NOT NULL REFERENCES users ON UPDATE CASCADE ON DELETE RESTRICT, editor_id text REFERENCES users);
CREATE INDEX z_title ON posts (title);
CREATE INDEX ON posts (author_id);
CREATE INDEX a_new_one ON posts (editor_id);
CREATE UNIQUE INDEX posts_title_editor_id_key ON posts (title, editor_id);
CREATE TABLE topics (id int CONSTRAINT topics_key PRIMARY KEY, part int NOT NULL);
CREATE TABLE "_PostToTopic" ("A" int NOT NULL REFERENCES posts, "B" int NOT NULL REFERENCES topics, PRIMARY KEY ("A", "B"));
CREATE INDEX ON "_PostToTopic" ("B");
CREATE TABLE "_Friends" ("A" int NOT NULL REFERENCES posts, "B" int NOT NULL REFERENCES posts, PRIMARY KEY ("A", "B"));
CREATE INDEX ON "_Friends" ("B");
CREATE TABLE log (at timestamp(3));
CREATE TABLE audit (id int PRIMARY KEY, user_id text NOT NULL REFERENCES users);
CREATE VIEW stats AS SELECT author_id AS id, count(*)::int AS n FROM posts GROUP BY author_id;
