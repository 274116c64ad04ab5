-- project: previews.project.prisma
CREATE TABLE users (id int PRIMARY KEY, email varchar(50) NOT NULL, state text NOT NULL, team int);
CREATE UNIQUE INDEX email_active ON users (email) WHERE state = 'active';
CREATE UNIQUE INDEX ON users (state, team) WHERE team > 0;
CREATE INDEX users_team_idx ON users (team) WHERE (state <> 'it''s "gone"');
CREATE VIEW active AS SELECT id, email, state AS "2state" FROM users WHERE state = 'active';
CREATE VIEW "class" AS SELECT 1 AS n;
COMMENT ON VIEW "class" IS 'noted';
