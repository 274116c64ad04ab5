CREATE TABLE "Post" (id int);
INSERT INTO "Post" SELECT generate_series(1,100000);
