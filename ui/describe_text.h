/* describe_text.h - a model described for people. */
#ifndef UI_DESCRIBE_TEXT_H
#define UI_DESCRIBE_TEXT_H

#include "nixie/catalog.h"

/* Appends the description, sanitised, in sections. The model must be described, with its graph. */
void ui_describe_text(const nx_model *model, nx_buf *out);

#endif
