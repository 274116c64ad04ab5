/* failed.h - what is on the screens of a test that failed is kept. */
#ifndef NIXIE_FAILED_H
#define NIXIE_FAILED_H

#include "screen.h"

/* From now on, should a test fail: what this screen shows goes to standard error and, with every byte that the program
 * has sent, to .build/failed/PROGRAM.TEST.txt and .bytes; then the screen is stopped. For screen_start and screen_stop. */
void screen_failed_keep(screen *s);
void screen_failed_forget(screen *s);

#endif
