CREATE TABLE kinds (
    id int4 PRIMARY KEY, small int2 NOT NULL, big int8 NOT NULL, object oid, r float4, d float8, yes bool, word text,
    code varchar(20), codes varchar, fixed char(3), letter "char", one char, name name,
    day date, clock time, clock0 time(0), zoned timetz(2), at timestamp, at3 timestamp(3), at0 timestamp(0), tz timestamptz, tz3 timestamptz(3),
    raw bytea, j json, jb jsonb, u uuid, x xml, bits bit(4), bit1 bit, a_few varbit(8), more varbit,
    price numeric(10, 2), whole numeric(5), any_number numeric, prisma numeric(65, 30), cash money, host inet
);
