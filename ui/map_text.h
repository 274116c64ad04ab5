/* map_text.h - the relation map for other programs. */
#ifndef UI_MAP_TEXT_H
#define UI_MAP_TEXT_H

#include "nixie/buf.h"
#include "nixie/catalog.h"

/* A Mermaid erDiagram (mermaid.js.org, "Entity Relationship Diagrams") and a Graphviz digraph of these models and the
 * relations between them; of those that are described with their fields. */
void ui_map_mermaid(nx_model *const *models, int n, nx_buf *out);
void ui_map_dot(nx_model *const *models, int n, nx_buf *out);

#endif
