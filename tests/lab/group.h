/* group.h - the database that the tests of one program share: most have one, and nothing else around them.
 *
 *     LAB_MAIN(tests, group_open, group_close)
 *
 * or, with something in it, a set-up that begins with group_open(state).
 */
#ifndef LAB_GROUP_H
#define LAB_GROUP_H

extern char *url; /* of that database */

int group_open(void **state);        /* an empty one, named after the program */
int group_open_sample(void **state); /* filled with the sample data of `nixie demo` */
int group_close(void **state);

#endif
