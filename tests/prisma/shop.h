/* shop.h - a database without foreign keys, and the schema that knows its relations. */
#ifndef TESTS_PRISMA_SHOP_H
#define TESTS_PRISMA_SHOP_H

extern const char shop_sql[];
extern const char shop_psl[]; /* knows a model "Gone" that is not there, and not the column posts.extra */

#endif
