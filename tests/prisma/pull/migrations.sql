-- drift: 1 (_RelayId, which Prisma keeps quiet about)
CREATE TABLE _prisma_migrations (
    id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text,
    rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0
);
CREATE TABLE "_RelayId" (id int PRIMARY KEY, "stableModelIdentifier" text);
CREATE TABLE "_Migration" (revision int PRIMARY KEY, name text);
CREATE TABLE t (id int PRIMARY KEY);
CREATE VIEW v AS SELECT id FROM t;
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
