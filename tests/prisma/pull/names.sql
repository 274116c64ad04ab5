-- drift: 3 (what has no name in a schema is commented out)
CREATE TABLE "1weird name" (id int PRIMARY KEY, "2fa" text, "with space" text, _private text, "a-b" int UNIQUE, "ends_" int, "ÄÖ_x" int);
CREATE TABLE _bad (id int PRIMARY KEY, weird int REFERENCES "1weird name");
CREATE TABLE "CamelCase" (id int PRIMARY KEY, "camelId" int, CONSTRAINT odd_name FOREIGN KEY ("camelId") REFERENCES "CamelCase");
CREATE TABLE unnamed ("12" int NOT NULL, id int PRIMARY KEY, "漢字" text DEFAULT 'x');
CREATE TABLE last_unnamed (id int PRIMARY KEY, a int, "34" int);
CREATE INDEX ON last_unnamed (a);
CREATE TABLE "naïve-table" ("quote""d" int PRIMARY KEY);
