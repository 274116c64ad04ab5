#include "lab/group.h"

#include "lab/lab.h"
#include "lab/test.h"

char *url;

int group_open(void **state) {
    (void)state;
    url = lab_database(lab_topic());
    return 0;
}

int group_open_sample(void **state) {
    (void)state;
    url = lab_sample_database(lab_topic());
    return 0;
}

int group_close(void **state) {
    (void)state;
    free(url);
    url = NULL;
    return 0;
}
