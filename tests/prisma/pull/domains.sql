-- drift: 1 (a column is nullable there, where its domain is not)
CREATE TYPE hue AS ENUM ('red', 'blue');
CREATE TYPE pair AS (a int, b int);
CREATE DOMAIN email AS varchar(100) CHECK (VALUE LIKE '%@%');
CREATE DOMAIN needed AS int NOT NULL;
CREATE DOMAIN tint AS hue;
CREATE DOMAIN prices AS numeric(9, 2)[];
CREATE DOMAIN nested AS needed;
CREATE DOMAIN stamp AS timestamptz(3) DEFAULT now();
CREATE EXTENSION citext;
CREATE TABLE kinds (
    id int PRIMARY KEY, mail email, must needed, color tint, several prices, deep nested, at stamp, duo pair, name citext, names citext[], mails email[], hues hue[]
);
