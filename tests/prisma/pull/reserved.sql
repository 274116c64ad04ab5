-- drift: 1 (a label without a name)
CREATE TYPE "enum" AS ENUM ('if', 'else');
CREATE TYPE "new" AS ENUM ('', 'a b', '漢', '9lives');
COMMENT ON TYPE "new" IS 'noted';
CREATE TABLE "class" (id int PRIMARY KEY, "default" text, kind "enum" DEFAULT 'if', age "new" DEFAULT '');
CREATE TABLE pupil (id int PRIMARY KEY, class_id int NOT NULL REFERENCES "class");
CREATE TABLE "PrismaClient" (id int PRIMARY KEY);
CREATE TABLE "async" (id int PRIMARY KEY);
