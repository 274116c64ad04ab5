-- schemas: first,second
CREATE SCHEMA first;
CREATE SCHEMA second;
CREATE TYPE first.mood AS ENUM ('happy');
CREATE TYPE second.mood AS ENUM ('very-happy');
CREATE TYPE second.tone AS ENUM ('low');
CREATE TABLE first.users (id int PRIMARY KEY, mood first.mood);
CREATE TABLE second.users (id int PRIMARY KEY, mood second.mood, other first.mood DEFAULT 'happy', user_id int REFERENCES first.users);
CREATE TABLE second.tone_of (id int PRIMARY KEY, tone second.tone, up int REFERENCES second.users);
CREATE TABLE first."2fa" (id int PRIMARY KEY);
CREATE TABLE second."fa" (id int PRIMARY KEY);
CREATE TABLE public.users (id int PRIMARY KEY, mood first.mood);
