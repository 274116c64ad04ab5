/* What the line editor offers: completions of a word, values to choose from. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "input_view.h"
#include "nixie/text.h"
#include "readline_glue.h"

/* --- completion ---------------------------------------------------------------------------------------- */

void ui_input_forget_words(input_view *v) {
    for (int i = 0; v->words && v->words[i]; i++) {
        free(v->words[i]);
    }
    free(v->words);
    v->words = NULL;
    v->word = -1;
}

int ui_input_count_words(const input_view *v) {
    int n = 0;
    while (v->words && v->words[n]) {
        n++;
    }
    return n;
}

/* The first Tab inserts what is certain, further ones walk through the words. */
void ui_input_complete(input_view *v, int step) {
    if (!v->words) {
        if (!v->o.complete) {
            return;
        }
        v->words = v->o.complete(v->o.owner, ui_readline_text(), ui_readline_cursor(), &v->word_start);
        v->word = -1;
        if (ui_input_count_words(v) == 1) {
            ui_readline_replace(v->word_start, v->words[0]);
            ui_input_forget_words(v);
        }
        return;
    }
    int n = ui_input_count_words(v);
    v->word = (v->word + step + n) % n;
    ui_readline_replace(v->word_start, v->words[v->word]);
}

/* --- choices ------------------------------------------------------------------------------------------- */

static void add_choice(input_view *v, const char *text, int state) {
    v->choices = nx_realloc(v->choices, (size_t)v->nchoices + 1, sizeof *v->choices);
    v->choices[v->nchoices++] = (ui_input_choice){nx_strdup(text), state};
}

/* The cursor stands on what the value is now. */
static int choice_now(const input_view *v) {
    for (int i = 0; i < v->nchoices; i++) {
        const ui_input_choice *c = &v->choices[i];
        if (v->state >= 0 ? c->state == v->state
                          : c->state < 0 && v->o.initial && strcmp(c->text, v->o.initial) == 0) {
            return i;
        }
    }
    return -1;
}

void ui_input_make_choices(input_view *v) {
    for (int i = 0; v->o.choices && v->o.choices[i]; i++) {
        add_choice(v, v->o.choices[i], -1);
    }
    for (int i = 0; v->nchoices && i < v->o.nstates; i++) {
        add_choice(v, v->states[i].words, i);
    }
    v->shown = nx_calloc((size_t)v->nchoices + 1, sizeof *v->shown);
    ui_input_narrow(v, "");
    v->choice = choice_now(v);
}

/* How much a choice is like what was typed: itself, itself in other letters, its beginning, some of its
 * letters; -1 not at all. */
static int likeness(const char *typed, const char *text) {
    if (strcmp(typed, text) == 0) {
        return 1 << 30;
    }
    if (strcasecmp(typed, text) == 0) {
        return 1 << 29;
    }
    if (strncasecmp(typed, text, strlen(typed)) == 0) {
        return 1 << 28;
    }
    return nx_text_fuzzy(typed, text);
}

/* Choices stay in their own order, which is an enum's order; the cursor goes to the best. */
void ui_input_narrow(input_view *v, const char *typed) {
    int best = -1;
    v->nshown = 0;
    v->choice = -1;
    for (int i = 0; i < v->nchoices; i++) {
        int like = *typed ? likeness(typed, v->choices[i].text) : 0;
        if (like < 0) {
            continue;
        }
        if (*typed && like > best) {
            best = like;
            v->choice = v->nshown;
        }
        v->shown[v->nshown++] = i;
    }
}

void ui_input_choose(input_view *v, int step) {
    if (v->nshown == 0) {
        return;
    }
    int to = v->choice < 0 ? (step > 0 ? 0 : v->nshown - 1) : v->choice + step;
    v->choice = (to % v->nshown + v->nshown) % v->nshown;
}

void ui_input_free_choices(input_view *v) {
    for (int i = 0; i < v->nchoices; i++) {
        free(v->choices[i].text);
    }
    free(v->choices);
    free(v->shown);
}
