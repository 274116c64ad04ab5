/* sent.h - judging every byte that a program has sent to its terminal. */
#ifndef NIXIE_SENT_H
#define NIXIE_SENT_H

#include <stdbool.h>
#include <stddef.h>

enum { SENT_MODES = 2100 };

typedef struct sent {
    char wrong[160];         /* the first thing that a program like this has no business to send, or "" */
    bool modes[SENT_MODES];  /* private modes that are on at the end (DECSET) */
    bool keypad;             /* the keypad is in application mode at the end */
    bool colours;            /* a colour was set */
    bool beyond_ascii;       /* a byte above 0x7f, or another character set */
    int clipboards;          /* OSC 52 */
} sent;

/* Allowed are: text in UTF-8 without control, bidirectional and invisible characters; CR, LF, BS; cursor,
 * erase, scroll and attribute sequences; the modes of a screen program; OSC 52 with base64. */
sent sent_judge(const char *bytes, size_t len);

#endif
