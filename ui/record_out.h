/* record_out.h - one record with its relations, as JSON or text. */
#ifndef UI_RECORD_OUT_H
#define UI_RECORD_OUT_H

#include "nixie/rows.h"

typedef struct ui_included { /* one relation of a record, fetched */
    const nx_relation *relation;
    nx_query *query; /* of the related records; NULL when the reference is NULL */
    nx_page *page;
} ui_included;

typedef struct ui_record {
    const nx_query *query;
    const nx_row *row;
    const ui_included *included;
    int nincluded;
} ui_record;

void ui_record_json(const ui_record *record, nx_buf *out);
void ui_record_text(const ui_record *record, nx_buf *out);

#endif
