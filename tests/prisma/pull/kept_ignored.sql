-- project: kept_ignored.project.prisma
CREATE TABLE "A" (id int PRIMARY KEY); CREATE TABLE "B" (id int PRIMARY KEY, a int NOT NULL REFERENCES "A"); CREATE TABLE "M" (id int PRIMARY KEY);
CREATE TABLE "_AToM" ("A" int NOT NULL REFERENCES "A", "B" int NOT NULL REFERENCES "M", PRIMARY KEY ("A","B")); CREATE INDEX ON "_AToM" ("B");
