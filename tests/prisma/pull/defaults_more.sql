CREATE SCHEMA "my own";
CREATE TYPE mark AS ENUM ('up', 'down', '9 lives', 'say "it"');
CREATE DOMAIN "my own"."short" AS varchar(5);
CREATE SEQUENCE "Odd seq";
CREATE SEQUENCE "my own".counter;
CREATE FUNCTION seven() RETURNS int LANGUAGE sql AS 'SELECT 7';
CREATE FUNCTION yes() RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION t() RETURNS mark LANGUAGE sql AS $$SELECT 'up'::mark$$;
CREATE TABLE numbers (
    id int PRIMARY KEY DEFAULT nextval('"Odd seq"'), counted int8 DEFAULT nextval('"my own".counter'), late int DEFAULT nextval(('counted'::text)::regclass),
    more int DEFAULT nextval('"Odd seq"') + 1, lowest int DEFAULT -2147483648, largest int8 DEFAULT 9223372036854775807, smallest int8 DEFAULT -9223372036854775808, little int2 DEFAULT '7', cast_one int DEFAULT 5::int2,
    called int DEFAULT seven(), measured int DEFAULT length('abc'), product int DEFAULT (2 * 3), random_one float8 DEFAULT random(), bracketed float8 DEFAULT (((1.5))),
    minus float8 DEFAULT -0.5, real_one real DEFAULT '-1.25', vast float8 DEFAULT 1e300, tiny float8 DEFAULT '1e-7', infinite float8 DEFAULT 'Infinity', sum float8 DEFAULT 1.5 + 2,
    exact numeric DEFAULT 12345678901234567890.123, exponent numeric(20, 2) DEFAULT 1e5, negative numeric DEFAULT -1.50, rounded numeric DEFAULT round(1.5), cash money DEFAULT 1.5, reference oid DEFAULT 26
);
CREATE TABLE words (
    id int PRIMARY KEY, yes bool DEFAULT 't', no bool DEFAULT 'off', odd_yes bool DEFAULT yes(), reckoned bool DEFAULT (NOT true), compared bool DEFAULT (1 > 2),
    joined text DEFAULT 'a' || 'b', cast_one varchar(9) DEFAULT 'x'::text, in_domain "my own"."short" DEFAULT 'x', control text DEFAULT E'a\x01\x1f\x7f', next_line text DEFAULT E'a\u0085b\u00a0', tabs text DEFAULT E'\t\r\n\\"',
    dollars text DEFAULT $$a'b''c$$, named name DEFAULT 'me', padded char(5) DEFAULT 'ab', in_case text DEFAULT lower('A'),
    bits bit(3) DEFAULT B'101', many_bits varbit DEFAULT B'1', list json DEFAULT '[1]', built jsonb DEFAULT jsonb_build_object('a', 1), empty_doc jsonb DEFAULT '{}',
    bytes bytea DEFAULT 'abc', high bytea DEFAULT '\xABCDEF00', nothing bytea DEFAULT '', decoded bytea DEFAULT decode('00', 'hex'), five bytea DEFAULT '\x0102030405',
    way mark DEFAULT 'down', lives mark DEFAULT '9 lives', said mark DEFAULT 'say "it"', made_way mark DEFAULT t()
);
CREATE TABLE times (
    id int PRIMARY KEY, plain timestamp DEFAULT now(), cast_now timestamp DEFAULT now()::timestamp, precise timestamp(2) DEFAULT now(), transaction timestamptz DEFAULT transaction_timestamp(), clock timestamptz DEFAULT clock_timestamp(),
    local timestamp DEFAULT LOCALTIMESTAMP, local_one timestamp DEFAULT LOCALTIMESTAMP(1), stamped timestamptz DEFAULT CURRENT_TIMESTAMP, written timestamptz DEFAULT '2020-02-29 12:00:00+00', magic timestamp DEFAULT 'now'::text::timestamp,
    later timestamp DEFAULT now() + '1 day', day date DEFAULT CURRENT_TIMESTAMP, day_text date DEFAULT '2020-01-01', hour time DEFAULT '12:00', zoned timetz DEFAULT CURRENT_TIME, local_hour time DEFAULT LOCALTIME, span interval DEFAULT '1 day'
);
CREATE TABLE lists (
    id int PRIMARY KEY, flags bool[] DEFAULT '{t,f}', built_flags bool[] DEFAULT ARRAY[true, false, NULL], odd_flags bool[] DEFAULT '{NULL,t}', ints int[] DEFAULT '{NULL,1}', longs int8[] DEFAULT '{1,-9223372036854775808}', empty_longs int8[] DEFAULT '{}',
    built_ints int[] DEFAULT ARRAY[1, -2, '3'::int, NULL], called int[] DEFAULT ARRAY[seven()], floats float8[] DEFAULT '{1.5,-2.25,3}', vast float8[] DEFAULT '{1,1e+30}', not_one float8[] DEFAULT '{NaN}', infinite numeric[] DEFAULT '{1,Infinity}', built_floats float8[] DEFAULT ARRAY[1.5, -2], cast_floats numeric[] DEFAULT ARRAY[1.5::numeric(3, 1), 2],
    words text[] DEFAULT '{a,NULL,"NULL","",c-d,e_f}', spaced text[] DEFAULT '{"a b","c,d","e}","f\\g","h''i"}', umlaut text[] DEFAULT '{größe}', dots text[] DEFAULT '{a.b}', e_words text[] DEFAULT '{e,end}', shorts varchar(4)[] DEFAULT ARRAY['x']::varchar(4)[], upper text[] DEFAULT ARRAY[upper('a')], grid int[] DEFAULT '{{1,2},{3,4}}', words_grid text[] DEFAULT '{{a},{b}}', bounds int[] DEFAULT '[0:1]={1,2}',
    docs jsonb[] DEFAULT ARRAY['{}'::jsonb], raw bytea[] DEFAULT '{"\\\\x00"}', built_raw bytea[] DEFAULT ARRAY['\x00'::bytea], times timestamp[] DEFAULT '{2020-01-01}', built_times timestamptz[] DEFAULT ARRAY[now()], ids uuid[] DEFAULT ARRAY[gen_random_uuid()], no_ids uuid[] DEFAULT ARRAY[]::uuid[],
    ways mark[] DEFAULT '{up,down}', built_ways mark[] DEFAULT ARRAY['up'::mark, 'down'], no_ways mark[] DEFAULT '{}', moved mark[] DEFAULT ARRAY[t()], split text[] DEFAULT string_to_array('a,b', ','), appended int[] DEFAULT array_append('{1}', 2), joined text[] DEFAULT '{a}'::text[] || 'b'::text, nets inet[] DEFAULT '{127.0.0.1}', none int[] DEFAULT NULL
);
