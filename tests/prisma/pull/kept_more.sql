-- project: kept_more.project.prisma
CREATE TYPE kind AS ENUM ('b','a','c d');
CREATE TABLE alpha (id serial PRIMARY KEY, k kind DEFAULT 'a', x text, uid uuid NOT NULL, c2 text NOT NULL, ul text, ls text[], up int REFERENCES alpha, extra int);
CREATE INDEX a_mapped ON alpha (k, x); CREATE INDEX zz ON alpha (x);
CREATE TABLE beta (a int REFERENCES alpha ON DELETE CASCADE ON UPDATE CASCADE, b int REFERENCES alpha, t timestamp(3) NOT NULL DEFAULT now(), c int REFERENCES alpha, PRIMARY KEY (a,b)); CREATE UNIQUE INDEX beta_b_a_key ON beta (b, a);
CREATE TABLE gamma (id int PRIMARY KEY);
CREATE TABLE "_AlphaToGamma" ("A" int NOT NULL REFERENCES alpha, "B" int NOT NULL REFERENCES gamma, PRIMARY KEY ("A","B")); CREATE INDEX ON "_AlphaToGamma" ("B");
CREATE TABLE "_more" ("A" int NOT NULL REFERENCES alpha, "B" int NOT NULL REFERENCES gamma, PRIMARY KEY ("A","B")); CREATE INDEX ON "_more" ("B");
CREATE TABLE newone (id int PRIMARY KEY, k kind[], alpha int REFERENCES alpha, al2 int REFERENCES alpha);
