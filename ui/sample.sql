-- The sample data of `nixie demo` and of the tests: a blog, its editors, their projects and an audit trail.
--
-- Everything is computed from row numbers and fixed dates, so that two loads are the same to the last byte
-- and pictures can be made again. Plain SQL for PostgreSQL 14 to 18, read by psql.

SET client_encoding = 'UTF8';
SET client_min_messages = warning;
SET standard_conforming_strings = on;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';

BEGIN;

-- A number from 0 to n - 1 that looks random but depends on i and salt alone.
CREATE FUNCTION pg_temp.pick(i bigint, salt bigint, n bigint) RETURNS integer LANGUAGE sql IMMUTABLE
    AS $$ SELECT ((hashint8extended(i, salt) % n + n) % n)::integer $$;

CREATE TEMPORARY TABLE words (first text[], last text[], opening text[], subject text[], ending text[], sentence text[],
    tag text[], bio text[], remark text[], project text[]);
-- Compressed, each look at a word would unpack them all.
ALTER TABLE words ALTER first SET STORAGE PLAIN, ALTER last SET STORAGE PLAIN, ALTER opening SET STORAGE PLAIN,
    ALTER subject SET STORAGE PLAIN, ALTER ending SET STORAGE PLAIN, ALTER sentence SET STORAGE PLAIN,
    ALTER tag SET STORAGE PLAIN, ALTER bio SET STORAGE PLAIN, ALTER remark SET STORAGE PLAIN,
    ALTER project SET STORAGE PLAIN;
INSERT INTO words SELECT
    ARRAY['Ada', 'Linus', 'Grace', 'Edsger', 'Barbara', 'Dennis', 'Margaret', 'Ken', 'Radia', 'Donald', 'Hedy', 'Alan',
          'Katherine', 'Niklaus', 'Frances', 'Tony', 'Jean', 'Claude', 'Karen', 'Kristen', 'Ole-Johan', 'Shafi',
          'Michael', 'Sofia', 'Hugo', 'Ingrid', 'Mateo', 'Yuki', 'Amara', 'Noor', 'Chidi', 'Priya', 'Wei', 'Zsófia',
          'Søren', 'Élodie', 'Jürgen', 'Łukasz', 'İpek', 'Αθηνά', 'Ольга', '美咲'] AS first,
    ARRAY['Lovelace', 'Hopper', 'Dijkstra', 'Liskov', 'Ritchie', 'Hamilton', 'Perlman', 'Knuth', 'Lamarr', 'Turing',
          'Johnson', 'Wirth', 'Allen', 'Hoare', 'Bartik', 'Shannon', 'Sparck Jones', 'Nygaard', 'Goldwasser',
          'Stonebraker', 'Kovalevskaya', 'Andersen', 'Okafor', 'García', 'Tanaka', 'Nguyễn', 'O''Brien', 'Müller',
          'Novák', 'Szabó', 'Lindqvist', 'Haddad', 'de la Cruz', 'van Dijk', 'Papadopoulou', 'Иванова', '佐藤'] AS last,
    ARRAY['Notes on', 'Understanding', 'A field guide to', 'The trouble with', 'Why we moved to', 'Ten years of',
          'Debugging', 'Rethinking', 'In praise of', 'A short history of', 'Measuring', 'Living with', 'Beyond',
          'Small steps towards', 'Lessons from', 'Taming', 'How to read', 'The quiet power of', 'Before you reach for',
          'Growing up with', 'What nobody says about', 'A second look at', 'Farewell to', 'Teaching'] AS opening,
    ARRAY['keyset paging', 'connection poolers', 'partial indexes', 'foreign keys', 'write-ahead logs', 'vacuum',
          'JSON columns', 'time zones', 'text search', 'window functions', 'row-level security', 'branches',
          'serverless databases', 'cold starts', 'schema migrations', 'prepared statements', 'query planners',
          'materialized views', 'generated columns', 'terminal programs', 'curses', 'Unicode', 'small languages',
          'code review', 'pull requests', 'feature flags', 'type systems', 'error messages', 'undo', 'caches',
          'queues', 'backups', 'the command line', 'plain text', 'old keyboards', 'bread baking', 'night trains',
          'mountain huts', 'city birds', 'paper maps'] AS subject,
    ARRAY['', '', '', '', ', revisited', ' in production', ' without tears', ' at scale', ', part two',
          ' for the impatient', ' on a Sunday', ' (draft)'] AS ending,
    ARRAY['It began with a page that took four seconds to load.', 'Nobody had looked at the plan in years.',
          'The fix was one line; finding it took a week.', 'We measured twice and changed one thing at a time.',
          'An index is a promise about the questions you will ask.', 'The numbers surprised everyone in the room.',
          'Most of the work was deleting code.', 'What is not written down is lost by spring.',
          'A good default is worth a hundred options.', 'There is no such thing as a small migration.',
          'The tests were green, and the users were not.', 'Read the manual, then read it again.',
          'Nothing is as permanent as a temporary table.', 'We drew it on paper first.',
          'The second attempt was simpler than the first.', 'Some rows are more equal than others.'] AS sentence,
    ARRAY['postgres', 'sql', 'indexes', 'paging', 'performance', 'neon', 'serverless', 'prisma', 'typescript', 'c',
          'terminal', 'ncurses', 'unicode', 'testing', 'design', 'backups', 'security', 'json', 'history', 'people',
          'opinion', 'tutorial', 'release notes', 'life', 'travel'] AS tag,
    ARRAY['Writes about databases and birds.', 'Types with two fingers, ships twice a day.',
          'Former sailor. Present maintainer.', 'Prefers paper maps.', 'Index enthusiast.',
          'Asks why until it hurts.', 'Bakes bread while the tests run.', 'Reads query plans for fun.'] AS bio,
    ARRAY['Nice, thank you!', 'This saved my afternoon.', 'Does it also work with partitions?', 'I disagree, politely.',
          'Could you share the plan?', 'We saw the same in production.', 'Typo in the second paragraph.',
          'Following.', '+1', 'How did you measure that?', 'Bookmarked.', 'And then the pager went off.'] AS remark,
    ARRAY['Aurora', 'Basalt', 'Cinder', 'Drift', 'Ember', 'Fjord', 'Glacier', 'Harbour', 'Iris', 'Juniper', 'Kestrel',
          'Lantern', 'Meridian', 'Nimbus', 'Orchard', 'Pebble', 'Quarry', 'Raven', 'Saffron', 'Tundra'] AS project;

-- --- types ---------------------------------------------------------------------------------------------------

CREATE TYPE "Role" AS ENUM ('USER', 'AUTHOR', 'EDITOR', 'ADMIN');
COMMENT ON TYPE "Role" IS 'What a user may do';
CREATE TYPE "ProjectStatus" AS ENUM ('planned', 'active', 'on hold', 'done');
CREATE DOMAIN "Percent" AS numeric(5,2) CONSTRAINT "Percent_range" CHECK (VALUE BETWEEN 0 AND 100);
CREATE TYPE "Address" AS (street text, city text, zip varchar(10));

-- --- people ----------------------------------------------------------------------------------------------------

CREATE TABLE "User" (
    id serial,
    email text NOT NULL,
    name text,
    role "Role" NOT NULL DEFAULT 'USER',
    "createdAt" timestamp(3) without time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "managerId" integer,
    settings jsonb
);
COMMENT ON TABLE "User" IS 'Everybody who can sign in';
COMMENT ON COLUMN "User".email IS 'Where sign-in links go; unique';
COMMENT ON COLUMN "User"."managerId" IS 'Who approves this person''s posts';

INSERT INTO "User" (id, email, name, role, "createdAt", "managerId", settings)
SELECT i,
    CASE i WHEN 1 THEN 'ada' WHEN 2 THEN 'linus' WHEN 3 THEN 'grace' ELSE 'user' || i END
        || '@' || (ARRAY['example.com', 'example.org', 'blog.example'])[1 + pg_temp.pick(i, 1, 3)],
    CASE WHEN i % 41 = 0 THEN NULL
         WHEN i <= 40 THEN first[i] || ' ' || last[1 + (i - 1) % 37]
         ELSE first[1 + pg_temp.pick(i, 2, 42)] || ' ' || last[1 + pg_temp.pick(i, 3, 37)] END,
    (CASE WHEN i <= 3 THEN 'ADMIN' WHEN i <= 40 THEN 'EDITOR' WHEN i <= 1200 THEN 'AUTHOR' ELSE 'USER' END)::"Role",
    timestamp '2022-11-07 09:00' + i * interval '5 hours 7 minutes' + pg_temp.pick(i, 4, 3600000) * interval '1 ms',
    CASE WHEN i = 1 THEN NULL WHEN i <= 40 THEN 1 WHEN i % 9 = 0 THEN NULL ELSE 2 + pg_temp.pick(i, 5, 39) END,
    CASE WHEN i % 7 = 0 THEN NULL ELSE jsonb_build_object(
        'theme', (ARRAY['dark', 'light', 'system'])[1 + pg_temp.pick(i, 6, 3)],
        'locale', (ARRAY['en-GB', 'nb-NO', 'de-DE', 'ja-JP', 'pt-BR'])[1 + pg_temp.pick(i, 7, 5)],
        'notify', jsonb_build_object('mail', i % 2 = 0, 'digest', (ARRAY['never', 'daily', 'weekly'])[1 + i % 3])) END
FROM generate_series(1, 5000) i, words;

CREATE TABLE "Profile" (
    id serial,
    "userId" integer NOT NULL,
    bio text,
    website varchar(255),
    birthday date,
    avatar bytea
);
COMMENT ON TABLE "Profile" IS 'What a user tells about himself or herself; at most one for each';

INSERT INTO "Profile" (id, "userId", bio, website, birthday, avatar)
SELECT row_number() OVER (ORDER BY i), i,
    CASE WHEN i % 6 = 0 THEN NULL WHEN i % 50 = 1 THEN '' ELSE bio[1 + pg_temp.pick(i, 8, 8)] END,
    CASE WHEN i % 3 = 0 THEN 'https://blog.example/~user' || i END,
    CASE WHEN i % 4 <> 0 THEN date '1955-03-01' + pg_temp.pick(i, 9, 18000) END,
    CASE WHEN i % 10 = 0 THEN '\x89504e470d0a1a0a'::bytea || decode(repeat(md5(i::text), 4), 'hex') END
FROM generate_series(1, 5000) i, words WHERE i % 5 <> 4;

-- --- posts -----------------------------------------------------------------------------------------------------

CREATE TABLE "Post" (
    id serial,
    title text NOT NULL,
    content text,
    published boolean NOT NULL DEFAULT false,
    "viewCount" integer NOT NULL DEFAULT 0 CONSTRAINT "Post_viewCount_check" CHECK ("viewCount" >= 0),
    tags text[] DEFAULT '{}',
    meta jsonb,
    "authorId" integer NOT NULL,
    "reviewerId" integer,
    "createdAt" timestamp(3) without time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) without time zone NOT NULL
);
COMMENT ON TABLE "Post" IS 'What people write';
COMMENT ON COLUMN "Post"."viewCount" IS 'Counted once for each reader and day';
COMMENT ON COLUMN "Post"."reviewerId" IS 'The editor who read it last, if any';
COMMENT ON COLUMN "Post"."updatedAt" IS 'Set by the application';

INSERT INTO "Post" (id, title, content, published, "viewCount", tags, meta, "authorId", "reviewerId", "createdAt", "updatedAt")
SELECT i,
    CASE i WHEN 1 THEN 'Hello, world' WHEN 2 THEN 'Keyset beats offset' ELSE
        opening[1 + pg_temp.pick(i, 11, 24)] || ' ' || subject[1 + pg_temp.pick(i, 12, 40)]
        || ending[1 + pg_temp.pick(i, 13, 12)] END,
    CASE WHEN i % 29 = 0 THEN NULL WHEN i % 97 = 0 THEN '' ELSE
        sentence[1 + pg_temp.pick(i, 14, 16)] || ' ' || sentence[1 + pg_temp.pick(i, 15, 16)]
        || CASE WHEN i % 3 = 0 THEN E'\n\n' || sentence[1 + pg_temp.pick(i, 16, 16)] ELSE '' END END,
    pg_temp.pick(i, 17, 10) < 7,
    CASE WHEN pg_temp.pick(i, 18, 10) = 0 THEN pg_temp.pick(i, 19, 90000) ELSE pg_temp.pick(i, 20, 900) END,
    CASE WHEN i % 101 = 0 THEN NULL ELSE tag[at : at + pg_temp.pick(i, 22, 5) - 1] END,
    CASE WHEN i % 13 = 0 THEN NULL WHEN i % 211 = 0 THEN 'null'::jsonb ELSE jsonb_build_object(
        'lang', (ARRAY['en', 'en', 'en', 'de', 'nb', 'ja'])[1 + pg_temp.pick(i, 23, 6)],
        'minutes', 1 + pg_temp.pick(i, 24, 20), 'pinned', i % 500 = 0) END,
    1 + pg_temp.pick(i, 25, 1200) * pg_temp.pick(i, 26, 1200) / 1200,
    CASE WHEN pg_temp.pick(i, 27, 10) < 6 THEN 2 + pg_temp.pick(i, 28, 39) END,
    written,
    written + pg_temp.pick(i, 30, 30 * 24) * interval '1 hour' + pg_temp.pick(i, 31, 3600000) * interval '1 ms'
FROM words, generate_series(1, 100000) i
CROSS JOIN LATERAL (SELECT
    -- Every fiftieth was saved in the same millisecond as the one before it.
    timestamp '2023-01-02 08:00' + (i - (i % 50 = 0)::int) * interval '19 minutes'
        + pg_temp.pick(i - (i % 50 = 0)::int, 29, 1100000) * interval '1 ms' AS written,
    1 + pg_temp.pick(i, 21, 22) AS at) AS line;

CREATE TABLE "Category" (
    id serial,
    name text NOT NULL,
    description text,
    "parentId" integer
);
COMMENT ON TABLE "Category" IS 'Shelves that posts are put on';
INSERT INTO "Category" (id, name, description, "parentId") VALUES
    (1, 'Databases', 'Everything that keeps data', NULL), (2, 'PostgreSQL', 'The elephant', 1),
    (3, 'Neon', 'Serverless PostgreSQL', 2), (4, 'Tools', NULL, NULL), (5, 'Terminal', 'Text, keys and light', 4),
    (6, 'Editors', '', 4), (7, 'Languages', NULL, NULL), (8, 'C', 'Still here', 7), (9, 'TypeScript', NULL, 7),
    (10, 'Practice', 'How the work is done', NULL), (11, 'Testing', NULL, 10), (12, 'Life', 'Bread, birds and trains', NULL);

-- Prisma's implicit many-to-many table: A is the model whose name comes first.
CREATE TABLE "_CategoryToPost" ("A" integer NOT NULL, "B" integer NOT NULL);
INSERT INTO "_CategoryToPost" ("A", "B")
SELECT 1 + pg_temp.pick(i, 32, 12), i FROM generate_series(1, 100000) i WHERE i % 20 <> 0
UNION SELECT 1 + pg_temp.pick(i, 33, 12), i FROM generate_series(1, 100000, 4) i WHERE i % 20 <> 0;

CREATE TABLE "Comment" (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    body text NOT NULL,
    "postId" integer NOT NULL,
    "authorId" integer,
    "parentId" uuid,
    "createdAt" timestamp(3) without time zone NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE "Comment" IS 'What readers answer; answers to answers have a parent';
COMMENT ON COLUMN "Comment"."authorId" IS 'NULL when the account was deleted';
INSERT INTO "Comment" (id, body, "postId", "authorId", "parentId", "createdAt")
SELECT md5('comment ' || i)::uuid, remark[1 + pg_temp.pick(i, 34, 12)],
    1 + pg_temp.pick(i - i % 3, 35, 100000),
    CASE WHEN i % 17 <> 0 THEN 1 + pg_temp.pick(i, 36, 5000) END,
    CASE WHEN i % 3 <> 0 THEN md5('comment ' || i - i % 3)::uuid END,
    timestamp '2025-12-01' + i * interval '21 minutes' + pg_temp.pick(i, 37, 60000) * interval '1 ms'
FROM generate_series(3, 20000) i, words;

-- --- projects: a composite unique key, and a composite foreign key to it -------------------------------------------

CREATE TABLE "Project" (
    id serial,
    name text NOT NULL,
    status "ProjectStatus" NOT NULL DEFAULT 'planned',
    budget numeric(12,2),
    "startsAt" date NOT NULL,
    "endsAt" date,
    CONSTRAINT "Project_dates_check" CHECK ("endsAt" IS NULL OR "endsAt" >= "startsAt")
);
INSERT INTO "Project" (id, name, status, budget, "startsAt", "endsAt")
SELECT i, project[1 + (i - 1) % 20] || CASE WHEN i > 20 THEN ' ' || 1 + (i - 1) / 20 ELSE '' END,
    (ARRAY['planned', 'active', 'on hold', 'done'])[1 + i % 4]::"ProjectStatus",
    CASE WHEN i % 5 <> 0 THEN 2500 + pg_temp.pick(i, 38, 9000000) / 100.0 END,
    date '2024-01-08' + i * 9, CASE WHEN i % 4 = 3 THEN date '2024-01-08' + i * 9 + 180 END
FROM generate_series(1, 60) i, words;

CREATE TABLE "TeamMember" (
    id serial,
    "projectId" integer NOT NULL,
    "userId" integer NOT NULL,
    title text NOT NULL DEFAULT 'Member',
    "joinedAt" timestamp(3) without time zone NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "TeamMember" (id, "projectId", "userId", title, "joinedAt")
SELECT i, 1 + (i - 1) % 60, 1 + (i - 1) / 60 * 7 + (i - 1) % 60 % 11,
    (ARRAY['Lead', 'Member', 'Member', 'Guest'])[1 + pg_temp.pick(i, 39, 4)], timestamp '2024-02-01' + i * interval '11 hours'
FROM generate_series(1, 480) i;

CREATE TABLE "Assignment" (
    "projectId" integer NOT NULL,
    "userId" integer NOT NULL,
    task text NOT NULL,
    share "Percent" NOT NULL DEFAULT 100,
    hours interval,
    done boolean
);
COMMENT ON TABLE "Assignment" IS 'Who does what; refers to a team member by project and user';
COMMENT ON COLUMN "Assignment".share IS 'Percent of the person''s week';
INSERT INTO "Assignment" ("projectId", "userId", task, share, hours, done)
SELECT "projectId", "userId", (ARRAY['design', 'build', 'test', 'write', 'listen'])[n],
    25 * (1 + pg_temp.pick(id * 5 + n, 40, 4)), CASE WHEN n % 2 = 1 THEN id * interval '1 hour 20 minutes' END,
    CASE pg_temp.pick(id * 5 + n, 41, 3) WHEN 0 THEN true WHEN 1 THEN false END
FROM "TeamMember", generate_series(1, 5) n WHERE pg_temp.pick(id * 5 + n, 42, 2) = 0;

-- --- audit: partitions ---------------------------------------------------------------------------------------------

CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'Who did what, and when';
CREATE TABLE audit."Event" (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    actor integer,
    action text NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    address inet
) PARTITION BY RANGE (at);
COMMENT ON TABLE audit."Event" IS 'One row for each thing that happened; a partition for each half-year';
CREATE TABLE audit."Event_2025H1" PARTITION OF audit."Event" FOR VALUES FROM ('2025-01-01 00:00Z') TO ('2025-07-01 00:00Z');
CREATE TABLE audit."Event_2025H2" PARTITION OF audit."Event" FOR VALUES FROM ('2025-07-01 00:00Z') TO ('2026-01-01 00:00Z');
CREATE TABLE audit."Event_2026H1" PARTITION OF audit."Event" FOR VALUES FROM ('2026-01-01 00:00Z') TO ('2026-07-01 00:00Z');
CREATE TABLE audit."Event_2026H2" PARTITION OF audit."Event" FOR VALUES FROM ('2026-07-01 00:00Z') TO ('2027-01-01 00:00Z');
CREATE TABLE audit."Event_default" PARTITION OF audit."Event" DEFAULT;
INSERT INTO audit."Event" (id, at, actor, action, payload, address) OVERRIDING SYSTEM VALUE
SELECT i, timestamptz '2024-12-20 00:00Z' + i * interval '48 minutes' + pg_temp.pick(i, 43, 60000000) * interval '1 us',
    CASE WHEN i % 23 <> 0 THEN 1 + pg_temp.pick(i, 44, 5000) END,
    (ARRAY['login', 'logout', 'post.create', 'post.update', 'post.publish', 'user.update'])[1 + pg_temp.pick(i, 45, 6)],
    CASE WHEN i % 8 = 0 THEN '{}' ELSE jsonb_build_object('post', 1 + pg_temp.pick(i, 46, 100000), 'ok', i % 31 <> 0) END,
    ('192.0.2.' || pg_temp.pick(i, 47, 256))::inet
FROM generate_series(1, 20000) i;

-- --- without a key; with big cells -----------------------------------------------------------------------------------

CREATE TABLE "ImportLog" (
    at timestamp(0) with time zone,
    level text,
    line integer,
    message text
);
COMMENT ON TABLE "ImportLog" IS 'Written by a script; no key, and some lines came twice';
INSERT INTO "ImportLog" (at, level, line, message)
SELECT timestamptz '2026-03-01 04:00Z' + (i / 3) * interval '1 second', (ARRAY['info', 'info', 'warn', NULL])[1 + i % 4],
    i / 2, CASE WHEN i % 10 = 0 THEN 'duplicate e-mail address, skipped' ELSE 'read line ' || i / 2 END
FROM generate_series(1, 600) i;
INSERT INTO "ImportLog" SELECT * FROM "ImportLog" WHERE line % 40 = 0;

CREATE TABLE "Document" (
    id integer GENERATED ALWAYS AS IDENTITY,
    title varchar(80) NOT NULL,
    body text,
    data jsonb,
    scan bytea,
    bytes bigint GENERATED ALWAYS AS (octet_length(body)) STORED
);
COMMENT ON TABLE "Document" IS 'A few cells of several megabytes';
COMMENT ON COLUMN "Document".bytes IS 'Computed by the server from body';
INSERT INTO "Document" (title, body, data, scan)
SELECT 'A note', 'Short.', '{"pages": 1}'::jsonb, NULL::bytea
UNION ALL SELECT 'The long report', (SELECT string_agg(n || '. ' || sentence[1 + pg_temp.pick(n, 48, 16)], E'\n' ORDER BY n)
    FROM generate_series(1, 60000) n, words), NULL, NULL
UNION ALL SELECT 'A large object in JSON', NULL, (SELECT jsonb_agg(jsonb_build_object('n', n, 'hash', md5(n::text),
    'tags', to_jsonb(tag[1 + n % 20 : 3 + n % 20])) ORDER BY n) FROM generate_series(1, 12000) n, words), NULL
UNION ALL SELECT 'One line, no spaces', repeat('x', 3000000), '[]', NULL
UNION ALL SELECT 'A scanned page', '', 'null', (SELECT decode(string_agg(md5(n::text), '' ORDER BY n), 'hex')
    FROM generate_series(1, 65536) n);

-- --- one column of every built-in type -----------------------------------------------------------------------------

CREATE TABLE "Specimen" (
    id integer PRIMARY KEY,
    note text NOT NULL,
    "smallint" smallint, "integer" integer, "bigint" bigint, "numeric" numeric, "numeric(12,4)" numeric(12,4),
    "real" real, "double" double precision, "money" money, "oid" oid,
    "boolean" boolean,
    "text" text, "varchar(40)" varchar(40), "char(5)" char(5), "name" name, "single char" "char",
    "bytea" bytea,
    "date" date, "time" time, "time(3)" time(3), "timetz" timetz, "timestamp" timestamp, "timestamp(3)" timestamp(3),
    "timestamptz" timestamptz, "interval" interval,
    "uuid" uuid, "json" json, "jsonb" jsonb, "jsonpath" jsonpath, "xml" xml,
    "enum" "Role", "domain" "Percent", "composite" "Address",
    "inet" inet, "cidr" cidr, "macaddr" macaddr, "macaddr8" macaddr8,
    "bit(8)" bit(8), "varbit" varbit,
    "point" point, "line" line, "lseg" lseg, "box" box, "path" path, "polygon" polygon, "circle" circle,
    "tsvector" tsvector, "tsquery" tsquery,
    "int4range" int4range, "int8range" int8range, "numrange" numrange, "tsrange" tsrange, "tstzrange" tstzrange,
    "daterange" daterange,
    "int4multirange" int4multirange, "int8multirange" int8multirange, "nummultirange" nummultirange,
    "tsmultirange" tsmultirange, "tstzmultirange" tstzmultirange, "datemultirange" datemultirange,
    "integer[]" integer[], "text[]" text[], "boolean[]" boolean[], "numeric[]" numeric[], "timestamptz[]" timestamptz[],
    "jsonb[]" jsonb[], "bytea[]" bytea[], "enum[]" "Role"[], "composite[]" "Address"[],
    "regclass" regclass, "regtype" regtype, "regproc" regproc, "regprocedure" regprocedure, "regoper" regoper,
    "regoperator" regoperator, "regnamespace" regnamespace, "regrole" regrole, "regconfig" regconfig,
    "regdictionary" regdictionary, "regcollation" regcollation,
    "pg_lsn" pg_lsn, "pg_snapshot" pg_snapshot, "txid_snapshot" txid_snapshot, "xid" xid, "xid8" xid8, "cid" cid, "tid" tid,
    "int2vector" int2vector, "oidvector" oidvector, "refcursor" refcursor
);
COMMENT ON TABLE "Specimen" IS 'One column of every built-in type, with the values that break programs';

INSERT INTO "Specimen" (id, note) VALUES (1, 'every field NULL');

INSERT INTO "Specimen" VALUES (2, 'ordinary values',
    42, 123456, 9007199254740993, 3.14159, 1234.5000, 1.5, 0.1, 12.34, 1259,
    true,
    'Hello', 'varying', 'abc', 'a_name', 'x',
    '\x00ff10deadbeef',
    '2026-03-14', '15:09:26', '15:09:26.535', '15:09:26+01', '2026-03-14 15:09:26.535897', '2026-03-14 15:09:26.535',
    '2026-03-14 15:09:26.535897+00', '1 year 2 mons 3 days 04:05:06.789',
    '6f1ed002-ab53-4b1c-8a3f-5d1b0f9a2c11', '{"b": 1,  "a": [true, null], "b": 2}', '{"a": [true, null], "b": 2}', '$.a[*] ? (@ > 1)', NULL,
    'EDITOR', 33.33, '("12 Harbour Street",Oslo,0150)',
    '192.0.2.17', '198.51.100.0/24', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05',
    B'10100101', B'101',
    '(1,2)', '{1,-1,0}', '[(0,0),(1,1)]', '(2,2),(0,0)', '[(0,0),(1,0),(1,1)]', '((0,0),(1,0),(1,1))', '<(0,0),5>',
    'brown:2 fox:3 quick:1', '''fox'' & !''dog''',
    '[1,10)', '[1,10)', '(0.5,1.5]', '[2026-01-01,2026-02-01)', '["2026-01-01 00:00Z","2026-02-01 00:00Z")', '[2026-01-01,2026-02-01)',
    '{[1,3),[5,9)}', '{[1,3),[5,9)}', '{(0.1,0.2)}', '{[2026-01-01,2026-02-01)}', '{["2026-01-01 00:00Z","2026-02-01 00:00Z")}',
    '{[2026-01-01,2026-02-01)}',
    '{1,2,3}', '{red,"light blue",green}', '{t,f}', '{1.50,2}', '{"2026-03-14 15:09:26+00"}',
    ARRAY['{"a": 1}', '[]']::jsonb[], ARRAY['\x01', '\xff']::bytea[], '{USER,ADMIN}', ARRAY[('1 Road', 'Bergen', '5003')::"Address"],
    'pg_catalog.pg_class', 'integer', 'pg_catalog.now', 'pg_catalog.abs(integer)', 'pg_catalog.||/', 'pg_catalog.+(integer,integer)', 'pg_catalog', 'pg_monitor',
    'english', 'simple', '"C"',
    '16/B374D848', '10:20:10,14,15', '10:20:10,14,15', '1234', '123456789012', '7', '(0,1)',
    '1 2 3', '23 25', 'a_cursor');

INSERT INTO "Specimen" VALUES (3, 'largest: infinity, NaN, ends of ranges',
    32767, 2147483647, 9223372036854775807, 'NaN', 99999999.9999, 'Infinity', 'NaN', '92233720368547758.07', 4294967295,
    true,
    repeat('long ', 2000), repeat('W', 40), 'WWWWW', repeat('n', 63), 'z',
    decode(repeat('ff', 300), 'hex'),
    'infinity', '24:00:00', '24:00:00', '24:00:00-15:59:59', 'infinity', 'infinity', 'infinity', '178000000 years',
    'ffffffff-ffff-ffff-ffff-ffffffffffff', '12345678901234567890.123456789012345678901234567890', '12345678901234567890.123456789012345678901234567890', '$', NULL,
    'ADMIN', 100, '("quote "" and \\ backslash",,"")',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '255.255.255.255/32', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff',
    B'11111111', repeat('1', 70)::varbit,
    '(Infinity,NaN)', '{0,1,1e300}', '[(1e300,1),(2,2)]', '(1e300,1e300),(0,0)', '((0,0),(1e10,1))', '((0,0),(1,1e10),(1,1))', '<(0,0),Infinity>',
    'cat:16383A', '''a'' <-> ''b'' | ''c'':*',
    '[1,)', '(,)', '(,1e100]', '[-infinity,infinity]', '[-infinity,infinity]', '(,infinity)',
    '{(,)}', '{[1,2),[9000000000,)}', '{(,0),(0,)}', '{(,)}', '{(,)}', '{(,2026-01-01),[2027-01-01,)}',
    '{{{1,2},{3,NULL}},{{NULL,6},{7,8}}}', '{NULL,"NULL","null","",''quote'',"a\"b","c\\d","e,f","{g}"," h "}', '{t,NULL,f}',
    '{NaN,Infinity,-0.000,1e-20}', '{infinity,-infinity,"0044-03-15 12:00:00+00 BC"}',
    ARRAY['null', '"null"', NULL]::jsonb[], ARRAY['\x', NULL]::bytea[], '{NULL,EDITOR}', ARRAY[NULL, (NULL, '', 'x')::"Address"],
    '"Post"', 'timestamp without time zone', 'pg_catalog.int4pl', 'pg_catalog.int4pl(integer,integer)', 'pg_catalog.|/', 'pg_catalog.!!(none,tsquery)', 'audit', 'pg_signal_backend',
    'simple', 'english_stem', '"POSIX"',
    'FFFFFFFF/FFFFFFFF', '9223372036854775800:9223372036854775806:9223372036854775801', '9223372036854775800:9223372036854775806:9223372036854775801', '4294967295', '18446744073709551615', '4294967295',
    '(4294967295,65535)',
    '32767 -32768', '4294967295', '');

INSERT INTO "Specimen" VALUES (4, 'smallest: -infinity, before Christ, empty',
    -32768, -2147483648, -9223372036854775808, '-Infinity', -99999999.9999, '-Infinity', '-Infinity', '-92233720368547758.08', 0,
    false,
    '', '', '', '', '',
    '\x',
    '4713-01-01 BC', '00:00:00', '00:00:00', '00:00:00+15:59:59', '4713-01-01 00:00:00 BC', '0001-12-31 23:59:59.999 BC', '-infinity',
    '-178000000 years -11 mons -30 days -23:59:59.999999',
    '00000000-0000-0000-0000-000000000000', 'null', 'null', '"constant"', NULL,
    'USER', 0, '(,,)',
    '::', '0.0.0.0/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00',
    B'00000000', B'',
    '(-0,0)', '{1,0,-0}', '[(0,0),(0,0)]', '(0,0),(0,0)', '((0,0))', '((0,0))', '<(0,0),0>',
    '', '',
    'empty', 'empty', 'empty', 'empty', 'empty', 'empty',
    '{}', '{}', '{}', '{}', '{}', '{}',
    '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    '0/0', '1:1:', '1:1:', '0', '0', '0', '(0,0)',
    '', '', 'c');

INSERT INTO "Specimen" (id, note, "smallint", "numeric", "real", "double", "timestamp", "timestamptz", "interval", "text", "integer[]", "text[]") VALUES
    (5, 'digits that must survive', -1, 123456789012345678901234567890.000000000012345678900, 1.17549435e-38, 5e-324,
        '0044-03-15 12:34:56.789012 BC', '294276-12-31 23:59:59.999999+00', '-00:00:00.000001', '0.1 + 0.2', '[-1:1]={1,NULL,3}',
        '[2:3][1:2]={{a,b},{c,d}}'),
    (6, 'more digits', 0, 0.00, '-0', '-0', '0001-01-01 00:00:00', '1970-01-01 00:00:00.000001+00', '1 mon -1 days', '1e5', NULL, NULL),
    (7, 'and more', 1, 1e300, 3.4028235e38, 1.7976931348623157e308, '1999-12-31 23:59:60', '2026-03-29 01:30:00+00', '00:00:00', '00', '{0}', '{""}');

-- Text that must not act on a terminal, hide, reorder or shift its neighbours. Written with escapes, so that
-- this file is harmless itself.
INSERT INTO "Specimen" (id, note, "text", "varchar(40)", "char(5)") VALUES
    (20, 'escape sequences: clear screen, title, clipboard, link', E'\u001B[2J\u001B[H\u001B[31mred\u001B[0m \u001B]0;title\u0007 \u001B]52;c;aGk=\u0007 \u001B]8;;http://x.example\u001B\\link\u001B]8;;\u001B\\', E'\u001B[?1049h\u001B[6n', E'\u001Bc'),
    (21, 'C0 controls and DEL', E'bell\u0007 back\u0008\u0008 so\u000E si\u000F ff\u000C vt\u000B del\u007F sub\u001A', E'a\rb', E'\u0001\u0002'),
    (22, 'C1 controls', E'csi\u009B2J osc\u009D0;x\u009C dcs\u0090 nel\u0085 apc\u009F', E'\u0080\u009F', E'\u009B'),
    (23, 'line ends, tabs, trailing blanks', E'first\nsecond\r\nthird\ttab\t\n\nlast   ', E'  both sides  ', 'a  '),
    (24, 'the word NULL, not NULL', 'NULL', 'null', 'NULL'),
    (25, 'the empty string, not NULL', '', '', ''),
    (26, 'a single blank', ' ', ' ', ' '),
    (27, 'looks like an escape, is not', '^[[2J <202E> <9B> \x1b \n', '^[', '^['),
    (28, 'bidirectional controls', E'user\u202Etxt.exe\u202C \u2066isolated\u2069 \u200Fmark', E'\u202E', E'\u061C'),
    (29, 'right to left letters', E'\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 123', E'\u0645\u0631\u062D\u0628\u0627', E'\u05D0'),
    (30, 'invisible characters', E'zero\u200Bwidth joiner\u200D nonjoiner\u200C bom\uFEFF soft\u00ADhyphen word\u2060joiner filler\u3164 tag\U000E0041', E'a\u200Bb', E'\u200B'),
    (31, 'separators, noncharacters, private use', E'line\u2028para\u2029 non\uFFFF \uFDD0 private\uE000 \U000F0000 unassigned\u0378', E'\u2028', E'\uE000'),
    (32, 'wide characters', E'\u6F22\u5B57\u304B\u306A\uFF21\uFF22 \uD55C\uAE00 mixed', E'\u65E5\u672C\u8A9E', E'\u6F22\u5B57'),
    (33, 'emoji: plain, joined, flags, skin, keycap', E'\U0001F600 \U0001F468\u200D\U0001F469\u200D\U0001F467 \U0001F1F3\U0001F1F4 \U0001F44D\U0001F3FD 1\uFE0F\u20E3 \u2764\uFE0F', E'\U0001F418', E'\U0001F44D'),
    (34, 'combining marks, leading and many', E'\u0301lead e\u0301 A\u030A Z\u0351\u0346\u0310\u0352\u0357\u0350\u0360\u0361\u035Ca\u0322\u0327\u0328lgo', E'e\u0301', E'a\u0301'),
    (35, 'quotes, backslashes, statements', E'Robert''); DROP TABLE "User"; -- \\ " $1 %s %n', E'O''Brien', ''''),
    (36, 'what a spreadsheet would run', '=1+1', '@SUM(A1)', '-2+3'),
    (37, 'a long word', repeat('abcdefghij', 1000), repeat('x', 40), 'xxxxx');

-- A server built without libxml has the type but accepts no value.
DO $$
BEGIN
    UPDATE "Specimen" SET "xml" = '<note to="you"><![CDATA[<b>]]> &amp; more</note>' WHERE id = 2;
    UPDATE "Specimen" SET "xml" = '' WHERE id = 4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;

-- --- keys, indexes, references: after the rows, as loading is faster so ---------------------------------------------

ALTER TABLE "User" ADD CONSTRAINT "User_pkey" PRIMARY KEY (id);
CREATE UNIQUE INDEX "User_email_key" ON "User" (email);
CREATE INDEX "User_managerId_idx" ON "User" ("managerId");
CREATE INDEX "User_createdAt_id_idx" ON "User" ("createdAt", id);
CREATE INDEX "User_lower_name_idx" ON "User" (lower(name));
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_pkey" PRIMARY KEY (id);
CREATE UNIQUE INDEX "Profile_userId_key" ON "Profile" ("userId");
ALTER TABLE "Post" ADD CONSTRAINT "Post_pkey" PRIMARY KEY (id);
CREATE INDEX "Post_authorId_idx" ON "Post" ("authorId");
CREATE INDEX "Post_reviewerId_idx" ON "Post" ("reviewerId");
CREATE INDEX "Post_createdAt_id_idx" ON "Post" ("createdAt", id);
CREATE INDEX "Post_viewCount_idx" ON "Post" ("viewCount" DESC, id) WHERE published;
ALTER TABLE "Category" ADD CONSTRAINT "Category_pkey" PRIMARY KEY (id);
CREATE UNIQUE INDEX "Category_name_key" ON "Category" (name);
ALTER TABLE "_CategoryToPost" ADD CONSTRAINT "_CategoryToPost_AB_pkey" PRIMARY KEY ("A", "B");
CREATE INDEX "_CategoryToPost_B_index" ON "_CategoryToPost" ("B");
ALTER TABLE "Comment" ADD CONSTRAINT "Comment_pkey" PRIMARY KEY (id);
CREATE INDEX "Comment_postId_createdAt_idx" ON "Comment" ("postId", "createdAt");
CREATE INDEX "Comment_authorId_idx" ON "Comment" ("authorId");
CREATE INDEX "Comment_parentId_idx" ON "Comment" ("parentId");
ALTER TABLE "Project" ADD CONSTRAINT "Project_pkey" PRIMARY KEY (id);
CREATE UNIQUE INDEX "Project_name_key" ON "Project" (name);
ALTER TABLE "TeamMember" ADD CONSTRAINT "TeamMember_pkey" PRIMARY KEY (id);
CREATE UNIQUE INDEX "TeamMember_projectId_userId_key" ON "TeamMember" ("projectId", "userId");
CREATE INDEX "TeamMember_userId_idx" ON "TeamMember" ("userId");
ALTER TABLE "Assignment" ADD CONSTRAINT "Assignment_pkey" PRIMARY KEY ("projectId", "userId", task);
ALTER TABLE audit."Event" ADD CONSTRAINT "Event_pkey" PRIMARY KEY (id, at);
CREATE INDEX "Event_at_idx" ON audit."Event" (at);
CREATE INDEX "Event_actor_idx" ON audit."Event" (actor);
ALTER TABLE "Document" ADD CONSTRAINT "Document_pkey" PRIMARY KEY (id);

ALTER TABLE "User" ADD CONSTRAINT "User_managerId_fkey" FOREIGN KEY ("managerId") REFERENCES "User" (id) ON UPDATE CASCADE ON DELETE SET NULL;
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" (id) ON UPDATE CASCADE ON DELETE RESTRICT;
ALTER TABLE "Post" ADD CONSTRAINT "Post_reviewerId_fkey" FOREIGN KEY ("reviewerId") REFERENCES "User" (id) ON UPDATE CASCADE ON DELETE SET NULL;
ALTER TABLE "Category" ADD CONSTRAINT "Category_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Category" (id) ON UPDATE CASCADE ON DELETE SET NULL;
ALTER TABLE "_CategoryToPost" ADD CONSTRAINT "_CategoryToPost_A_fkey" FOREIGN KEY ("A") REFERENCES "Category" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "_CategoryToPost" ADD CONSTRAINT "_CategoryToPost_B_fkey" FOREIGN KEY ("B") REFERENCES "Post" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "Comment" ADD CONSTRAINT "Comment_postId_fkey" FOREIGN KEY ("postId") REFERENCES "Post" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "Comment" ADD CONSTRAINT "Comment_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" (id) ON UPDATE CASCADE ON DELETE SET NULL;
ALTER TABLE "Comment" ADD CONSTRAINT "Comment_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Comment" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "TeamMember" ADD CONSTRAINT "TeamMember_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "TeamMember" ADD CONSTRAINT "TeamMember_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "Assignment" ADD CONSTRAINT "Assignment_member_fkey" FOREIGN KEY ("projectId", "userId") REFERENCES "TeamMember" ("projectId", "userId") ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE audit."Event" ADD CONSTRAINT "Event_actor_fkey" FOREIGN KEY (actor) REFERENCES "User" (id) ON DELETE SET NULL;

SELECT setval(pg_get_serial_sequence('"User"', 'id'), 5000), setval(pg_get_serial_sequence('"Profile"', 'id'), 4000),
    setval(pg_get_serial_sequence('"Post"', 'id'), 100000), setval(pg_get_serial_sequence('"Category"', 'id'), 12),
    setval(pg_get_serial_sequence('"Project"', 'id'), 60), setval(pg_get_serial_sequence('"TeamMember"', 'id'), 480),
    setval(pg_get_serial_sequence('audit."Event"', 'id'), 20000);

-- --- views ------------------------------------------------------------------------------------------------------------

CREATE VIEW "PublishedPost" AS
    SELECT id, title, "authorId", "viewCount", tags, "createdAt" FROM "Post" WHERE published;
COMMENT ON VIEW "PublishedPost" IS 'What readers see; can be edited like the table below it';

CREATE VIEW "AuthorStats" AS
    SELECT u.id AS "authorId", u.name, count(*) AS posts, sum(p."viewCount") AS views, max(p."createdAt") AS "lastPostAt"
    FROM "User" u JOIN "Post" p ON p."authorId" = u.id GROUP BY u.id, u.name;
COMMENT ON VIEW "AuthorStats" IS 'Posts and views of each author, computed when asked';

CREATE MATERIALIZED VIEW "PostsPerDay" AS
    SELECT "createdAt"::date AS day, count(*) AS posts, sum("viewCount") AS views, round(avg("viewCount"), 1) AS "averageViews"
    FROM "Post" GROUP BY 1;
CREATE UNIQUE INDEX "PostsPerDay_day_key" ON "PostsPerDay" (day);
COMMENT ON MATERIALIZED VIEW "PostsPerDay" IS 'Computed at the last refresh';

DROP TABLE words;
DROP FUNCTION pg_temp.pick(bigint, bigint, bigint);

COMMIT;

-- Estimates, and the visibility map that index-only scans want.
VACUUM (ANALYZE) "User", "Profile", "Post", "Category", "_CategoryToPost", "Comment", "Project", "TeamMember", "Assignment",
    audit."Event", "ImportLog", "Document", "Specimen", "PostsPerDay";
