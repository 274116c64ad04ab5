/* rows_group.h - the rows_lab that the tests of one program share. */
#ifndef ROWS_GROUP_H
#define ROWS_GROUP_H

#include "lab/test.h"
#include "rows/rows_lab.h"

extern rows_lab *lab;

/* main() of a program whose tests share a database filled by `script`. */
#define ROWS_MAIN(tests, script)                                                                 \
    static int open_lab(void **state) { return rows_group_open(state, script); }                 \
    LAB_MAIN(tests, open_lab, rows_group_close)

/* For a set-up that has more to do: opens `lab`. */
int rows_group_open(void **state, const char *script);
int rows_group_close(void **state);

#endif
