CREATE TYPE role AS ENUM ('user', 'super-user');
CREATE SEQUENCE tickets;
CREATE TABLE defaults (
    id serial PRIMARY KEY, ticket int DEFAULT nextval('tickets'), always int8 GENERATED ALWAYS AS IDENTITY, small smallserial,
    n int DEFAULT 42, negative int DEFAULT -7, quoted int8 DEFAULT '99', sum int DEFAULT 1 + 1,
    f float8 DEFAULT 0.5, whole float8 DEFAULT 3, below float8 DEFAULT -1.25, vast float8 DEFAULT '1e30', price numeric(8, 2) DEFAULT 9.90, nan numeric DEFAULT 'NaN',
    yes bool DEFAULT true, no bool NOT NULL DEFAULT false,
    word text DEFAULT 'it''s "quoted"', lines text DEFAULT E'a\nb\\c', code varchar(9) DEFAULT 'x', fixed char(2) DEFAULT 'ab', empty text NOT NULL DEFAULT '',
    nothing text DEFAULT NULL, upper text DEFAULT upper('a'), whoami text DEFAULT CURRENT_USER,
    u uuid DEFAULT gen_random_uuid(), u0 uuid DEFAULT '00000000-0000-0000-0000-000000000000',
    made timestamp DEFAULT now(), stamped timestamptz(3) DEFAULT CURRENT_TIMESTAMP, rounded timestamptz(0) DEFAULT CURRENT_TIMESTAMP(0), utc timestamp(3) DEFAULT (now() AT TIME ZONE 'utc'),
    day date DEFAULT CURRENT_DATE, today date DEFAULT now(), fixed_day date DEFAULT '2020-02-29', clock time DEFAULT CURRENT_TIME,
    j jsonb DEFAULT '{"a": [1]}', raw bytea DEFAULT '\xdeadbeef', one_byte bytea DEFAULT '\x00',
    role role DEFAULT 'user', super role NOT NULL DEFAULT 'super-user',
    doubled int GENERATED ALWAYS AS (n * 2) STORED, host inet DEFAULT '127.0.0.1', place point DEFAULT point(0, 0)
);
