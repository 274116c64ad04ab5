-- again: joins.again.prisma
CREATE TABLE "Category" (id int PRIMARY KEY);
CREATE TABLE "Post" (id int PRIMARY KEY);
-- as Prisma 6 and later make them
CREATE TABLE "_CategoryToPost" ("A" int NOT NULL REFERENCES "Category" ON DELETE CASCADE ON UPDATE CASCADE,
    "B" int NOT NULL REFERENCES "Post" ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "_CategoryToPost_AB_pkey" PRIMARY KEY ("A", "B"));
CREATE INDEX "_CategoryToPost_B_index" ON "_CategoryToPost" ("B");
CREATE TABLE tags (id int PRIMARY KEY);
CREATE TABLE posts (id int PRIMARY KEY);
-- as older ones did
CREATE TABLE "_labels" ("A" int NOT NULL REFERENCES posts, "B" int NOT NULL REFERENCES tags);
CREATE UNIQUE INDEX "_labels_AB_unique" ON "_labels" ("A", "B");
CREATE INDEX "_labels_B_index" ON "_labels" ("B");
-- of a model with itself
CREATE TABLE "_friends" ("A" int NOT NULL REFERENCES tags, "B" int NOT NULL REFERENCES tags);
CREATE UNIQUE INDEX "_friends_AB_unique" ON "_friends" ("A", "B");
CREATE INDEX "_friends_B_index" ON "_friends" ("B");
-- two between the same models, and one beside a reference
CREATE TABLE ua (id int PRIMARY KEY);
CREATE TABLE ub (id int PRIMARY KEY);
CREATE TABLE _one ("A" int NOT NULL REFERENCES ua, "B" int NOT NULL REFERENCES ub, PRIMARY KEY ("A", "B"));
CREATE INDEX ON _one ("B");
CREATE TABLE "_uaToub" ("A" int NOT NULL REFERENCES ua, "B" int NOT NULL REFERENCES ub, PRIMARY KEY ("A", "B"));
CREATE INDEX ON "_uaToub" ("B");
CREATE TABLE va (id int PRIMARY KEY);
CREATE TABLE vb (id int PRIMARY KEY, va_id int REFERENCES va);
CREATE TABLE "_vaTovb" ("A" int NOT NULL REFERENCES va, "B" int NOT NULL REFERENCES vb, PRIMARY KEY ("A", "B"));
CREATE INDEX ON "_vaTovb" ("B");
-- none: no index on B; A refers to the later name; three columns in the key
CREATE TABLE "_noindex" ("A" int NOT NULL REFERENCES va, "B" int NOT NULL REFERENCES vb, PRIMARY KEY ("A", "B"));
CREATE TABLE "_turned" ("A" int NOT NULL REFERENCES tags, "B" int NOT NULL REFERENCES "Post", PRIMARY KEY ("A", "B"));
CREATE INDEX ON "_turned" ("B");
CREATE TABLE "joined" ("A" int NOT NULL REFERENCES posts, "B" int NOT NULL REFERENCES ub, PRIMARY KEY ("A", "B"));
CREATE INDEX ON "joined" ("B");
