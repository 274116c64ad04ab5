/* hands.h - what tests of the screen do again and again. */
#ifndef NIXIE_HANDS_H
#define NIXIE_HANDS_H

#include "screen.h"

/* Leaves by :quit; the program must end by itself with status 0 and leave the terminal as it was. */
void hands_quit(screen *s);
/* Leaves though changes are staged. */
void hands_abandon(screen *s);
/* Ends with this exit status, the terminal restored; frees the screen. */
void hands_ended(screen *s, int status);

/* A fresh table `e` of three records, with a field of each kind that is edited differently. */
void hands_make_e(const char *url);
/* A model's rows on the screen, among them the text `first`. */
screen *hands_rows(const char *url, const char *model, const char *first);

/* `e` on the cell under the cursor, its text replaced by this one and staged; waits until the editor is gone. */
void hands_edit(screen *s, const char *text);
/* The same, but the server refuses: waits for its words. The editor stays open. */
void hands_edit_refused(screen *s, const char *text, const char *words);
/* Opens Changes and saves; waits until that view has closed itself, back to where one was. */
void hands_save(screen *s);

/* Moves the cursor down from the top until the bottom line says so. */
void hands_stand_on(screen *s, const char *words);
/* Turns the wheel by one notch, somewhere on the screen. */
void hands_wheel_at(screen *s, int row, int column, bool down);
/* A key, and what the bottom line answers to it. */
typedef struct hands_answer {
    const char *keys, *words;
} hands_answer;
void hands_answers(screen *s, const hands_answer *answers, int n);
/* ANSWERS(s, {"keys", "words"}, ...): one after the other. */
#define ANSWERS(s, ...)                                                                \
    do {                                                                               \
        static const hands_answer hands_answers_[] = {__VA_ARGS__};                    \
        hands_answers((s), hands_answers_, (int)(sizeof hands_answers_ / sizeof *hands_answers_)); \
    } while (0)
/* Puts these bytes into the terminal's clipboard: waits until they have been sent as OSC 52. */
void hands_wait_copied(screen *s, const char *text);

/* A walk: keys, and what stands on the screen once the program has done with them. */
typedef struct hands_step {
    const char *keys, *shown;
} hands_step;
void hands_walk(screen *s, const hands_step *steps, size_t n);
/* HANDS_WALK(s, {"j", "2 of 12"}, {"G", "12 of 12"}) */
#define HANDS_WALK(s, ...)                                          \
    do {                                                            \
        static const hands_step steps[] = {__VA_ARGS__};            \
        hands_walk(s, steps, sizeof steps / sizeof *steps);         \
    } while (0)
/* The mouse, over this text (the first one on the screen): a click, or two; the wheel by one notch. */
void hands_click(screen *s, const char *text, bool twice);
void hands_wheel(screen *s, const char *text, bool up);

/* The value of a query is this text (NULL: SQL NULL or no row). */
void hands_assert_value(const char *url, const char *sql, const char *expected);

/* The screen has sent these bytes. */
bool hands_sent(screen *s, const char *bytes);
/* Waits until they have been sent. */
void hands_wait_sent(screen *s, const char *bytes);

#endif
