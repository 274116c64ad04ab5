-- again: notes.again.prisma
-- drift: 2 (tables without columns are comments)
CREATE EXTENSION btree_gist;
CREATE TABLE blocks (id int NOT NULL, account text NOT NULL, source int, CONSTRAINT blocks_pkey PRIMARY KEY (account, id)) PARTITION BY RANGE (id);
CREATE TABLE blocks_1 PARTITION OF blocks FOR VALUES FROM (0) TO (1000);
ALTER TABLE blocks ADD CONSTRAINT block_source_fk FOREIGN KEY (source, account) REFERENCES blocks (id, account) ON DELETE CASCADE;
CREATE TABLE animals (id int PRIMARY KEY);
CREATE TABLE cats (lives int, PRIMARY KEY (id)) INHERITS (animals);
CREATE TABLE checked (id int PRIMARY KEY, price numeric(8, 2) CHECK (price > 0), room int, EXCLUDE USING gist (room WITH =));
CREATE TABLE secured (id int PRIMARY KEY);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE TABLE deferred (id int PRIMARY KEY, a int UNIQUE DEFERRABLE, animal int REFERENCES animals DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE sorted (id int PRIMARY KEY, a int, b int);
CREATE INDEX ON sorted (a NULLS FIRST);
CREATE INDEX sorted_lower ON sorted ((a + b));
CREATE TABLE commented (id int PRIMARY KEY);
COMMENT ON TABLE commented IS 'all about it';
CREATE TABLE field_commented (id int PRIMARY KEY, a int);
COMMENT ON COLUMN field_commented.a IS 'only this';
CREATE TABLE nothing ();
CREATE TABLE "1nothing" ();
CREATE TABLE everything (id int, a int CHECK (a > 0));
COMMENT ON COLUMN everything.a IS 'x';
ALTER TABLE everything ENABLE ROW LEVEL SECURITY;
