/* errand.h - one blocking call on a thread of its own, reporting through a descriptor.
 *
 * Name look-up and cancelling have no non-blocking form in libc and libpq. The caller never waits
 * for an errand: it may release it at any time, and the thread cleans up when it gets there.
 */
#ifndef WIRE_ERRAND_H
#define WIRE_ERRAND_H

#include <stdbool.h>

typedef struct wire_errand wire_errand;

/* Runs work(data) on a detached thread; discard(data) is called once, when both the thread and the
 * caller are through with it. NULL when no thread could be had (then data is discarded already). */
wire_errand *wire_errand_start(void (*work)(void *data), void (*discard)(void *data), void *data);
int wire_errand_fd(const wire_errand *errand); /* readable once it is done */
bool wire_errand_done(const wire_errand *errand);
void *wire_errand_data(const wire_errand *errand); /* only once it is done */
void wire_errand_release(wire_errand *errand);     /* NULL is allowed */

#endif
