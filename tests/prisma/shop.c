#include "shop.h"

const char shop_sql[] =
    "CREATE TYPE user_role AS ENUM ('user', 'admin');"
    "CREATE TABLE users (id int PRIMARY KEY, full_name text, email text NOT NULL UNIQUE,"
    " role user_role NOT NULL DEFAULT 'user', updated_at timestamp(3) NOT NULL DEFAULT '2026-01-02', boss_id int);"
    "CREATE TABLE posts (id int PRIMARY KEY, headline text NOT NULL, author_id int NOT NULL, reviewer_id int, extra int);"
    "CREATE INDEX ON posts (author_id);"
    "CREATE TABLE zcategories (id int PRIMARY KEY, name text NOT NULL);"
    "CREATE TABLE \"_CategoryToPost\" (\"A\" int NOT NULL, \"B\" int NOT NULL, PRIMARY KEY (\"A\", \"B\"));"
    "CREATE INDEX ON \"_CategoryToPost\" (\"B\");"
    "INSERT INTO users VALUES (1, 'Ada Lovelace', 'ada@x.org', 'admin', DEFAULT, NULL),"
    " (2, 'Grace Hopper', 'grace@x.org', 'user', DEFAULT, 1);"
    "INSERT INTO posts SELECT n, 'Post ' || n, 1 + n % 2, CASE WHEN n % 3 = 0 THEN 1 END FROM generate_series(1, 30) n;"
    "INSERT INTO zcategories VALUES (1, 'sql'), (2, 'c');"
    "INSERT INTO \"_CategoryToPost\" SELECT 1 + n % 2, n FROM generate_series(1, 30) n; ANALYZE;";

const char shop_psl[] =
    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n  relationMode = \"prisma\"\n}\n"
    "/// People.\nmodel User {\n  id Int @id\n  /// where to write\n  email String @unique\n"
    "  name String? @map(\"full_name\")\n  role Role @default(USER)\n"
    "  updatedAt DateTime @updatedAt @map(\"updated_at\")\n  bossId Int? @map(\"boss_id\")\n"
    "  boss User? @relation(\"Chain\", fields: [bossId], references: [id])\n  team User[] @relation(\"Chain\")\n"
    "  written Post[] @relation(\"author\")\n  reviewed Post[] @relation(\"reviewer\")\n  @@map(\"users\")\n}\n"
    "model Post {\n  id Int @id\n  title String @map(\"headline\")\n  authorId Int @map(\"author_id\")\n"
    "  reviewerId Int? @map(\"reviewer_id\")\n"
    "  author User @relation(\"author\", fields: [authorId], references: [id])\n"
    "  checkedBy User? @relation(\"reviewer\", fields: [reviewerId], references: [id])\n"
    "  topics Category[]\n  @@map(\"posts\")\n}\n"
    "model Category {\n  id Int @id\n  name String\n  entries Post[]\n  @@map(\"zcategories\")\n}\n"
    "model Gone {\n  id Int @id\n}\n"
    "enum Role {\n  USER @map(\"user\")\n  ADMIN @map(\"admin\")\n  @@map(\"user_role\")\n}\n";
