CREATE TYPE mood AS ENUM ('sad', 'so-so', 'happy');
CREATE TABLE lists (
    id int PRIMARY KEY, words text[] NOT NULL, codes varchar(8)[], any_codes varchar[], chars char(2)[], sums numeric(8, 3)[], plain numeric[],
    times timestamp(3)[], any_times timestamp[], days date[], moods mood[] NOT NULL, ids uuid[], grid int[][], nets cidr[]
);
CREATE TABLE list_defaults (
    id int PRIMARY KEY, none text[] DEFAULT '{}', words text[] DEFAULT '{a,"b c","d\"e"}', built text[] DEFAULT ARRAY['x', 'y'],
    digits text[] DEFAULT '{1,2}', ints int[] DEFAULT '{1,-2,3}', built_ints int[] DEFAULT ARRAY[4, 5], flags bool[] DEFAULT '{t,false}',
    sums numeric[] DEFAULT '{1.50,-2}', moods mood[] DEFAULT '{happy}', odd_moods mood[] DEFAULT ARRAY['so-so', 'sad']::mood[],
    ids uuid[] DEFAULT '{}', empty_ints int[] NOT NULL DEFAULT ARRAY[]::int[], made int[] DEFAULT ARRAY[(1 + 1)]
);
