/* record_out.h - one record with its relations, as JSON or text. */
#ifndef UI_RECORD_OUT_H
#define UI_RECORD_OUT_H

#include "nixie/tree.h"

/* The tree of one record (its page has one row), as nixie/tree.h fetches it. */
void ui_tree_json(const nx_tree *tree, nx_buf *out);
void ui_tree_text(const nx_tree *tree, nx_buf *out);

#endif
