/* option_table.h - the one table of options: the parser reads it, the help prints it. */
#ifndef UI_OPTION_TABLE_H
#define UI_OPTION_TABLE_H

#include <stddef.h>

#include "options.h"

typedef enum ui_option_kind { UI_OPTION_FLAG, UI_OPTION_TEXT, UI_OPTION_NUMBER, UI_OPTION_URL } ui_option_kind;

#define UI_FOR(command) (1u << (command))

typedef struct ui_option {
    const char *name;  /* without the dashes */
    const char *value; /* what it takes, for the help; NULL for flags */
    const char *help;
    ui_option_kind kind;
    unsigned commands; /* UI_FOR(...) of those it belongs to */
    size_t offset;     /* of the member of ui_options that it sets */
    int max;           /* UI_OPTION_NUMBER */
} ui_option;

extern const ui_option ui_option_table[];
extern const size_t ui_noptions;

#endif
