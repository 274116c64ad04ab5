CREATE TABLE "User" (id macaddr PRIMARY KEY);
CREATE TABLE "Post" (id macaddr PRIMARY KEY, user_id macaddr NOT NULL REFERENCES "User");
CREATE TABLE account (id serial PRIMARY KEY, ip int NOT NULL UNIQUE);
CREATE TABLE visit (ip int NOT NULL REFERENCES account (ip), at timestamp(3), UNIQUE (ip, at));
CREATE TABLE nets (id int NOT NULL UNIQUE, dummy int, broken cidr, PRIMARY KEY (broken, dummy), UNIQUE (dummy, broken));
CREATE TABLE odd (dummy int NOT NULL, mac macaddr PRIMARY KEY DEFAULT '08:00:2b:01:02:03', span interval, words tsvector, r int4range, v xid, ips cidr[]);
