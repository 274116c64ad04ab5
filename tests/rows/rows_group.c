#include "rows/rows_group.h"

rows_lab *lab;

int rows_group_open(void **state, const char *script) {
    (void)state;
    lab = rows_lab_open(lab_topic(), script, NULL);
    return 0;
}

int rows_group_close(void **state) {
    (void)state;
    if (lab) {
        rows_lab_close(lab);
        lab = NULL;
    }
    return 0;
}
