/* The record's tree as lines of text. */
#include <stdlib.h>
#include <string.h>

#include "cell_draw.h"
#include "format.h"
#include "insert.h"
#include "nixie/text.h"
#include "record.h"

enum { NAME_COLUMN = 20, NAME_COLUMN_NARROW = 13, NARROW = 60 };

static int name_column(const record_view *v) { return v->width < NARROW ? NAME_COLUMN_NARROW : NAME_COLUMN; }

static int add_item(record_view *v, record_node *node) {
    if ((v->nitems & (v->nitems - 1)) == 0) {
        v->items = nx_realloc(v->items, v->nitems ? (size_t)v->nitems * 2 : 1, sizeof *v->items);
    }
    v->items[v->nitems] = node;
    return v->nitems++;
}

static const nx_cell *cell_of(const nx_query *query, const nx_row *row, const nx_field *field) {
    for (int f = 0; row && f < nx_query_nfields(query); f++) {
        if (nx_query_field(query, f) == field) {
            return &row->cells[f];
        }
    }
    return NULL;
}

/* A value on as many lines as it takes, up to a bound: z opens the whole. */
static void add_value(record_view *v, const ui_cell *cell, int width) {
    ui_doc *doc = &v->doc;
    char size[24];
    unsigned style = cell->staged != UI_PLAIN ? cell->staged : ui_cell_style(cell->field);
    if (cell->is_default) {
        ui_doc_adds(doc, UI_DEFAULT, "default");
    } else if (cell->withheld) {
        ui_doc_addf(doc, UI_DIM, "%s  (z opens it)", ui_format_size(cell->size, size));
    } else if (nx_is_null(cell->value)) {
        ui_doc_adds(doc, UI_NULL, "NULL");
    } else if (cell->value.len == 0) {
        ui_doc_adds(doc, UI_EMPTY, "''");
    } else {
        ui_doc_wrap(doc, style, cell->value.text, cell->value.len, width, UI_RECORD_VALUE_LINES);
        size_t blanks = 0;
        while (blanks < cell->value.len && cell->value.text[cell->value.len - 1 - blanks] == ' ') {
            blanks++;
        }
        if (blanks) {
            ui_doc_addf(doc, UI_EMPTY, "  (%zu trailing blank%s)", blanks, blanks == 1 ? "" : "s");
        }
        if (cell->cut) {
            ui_doc_adds(doc, UI_DIM, ui_glyph(UI_GLYPH_ELLIPSIS));
        }
    }
    if (cell->label) {
        ui_doc_addf(doc, UI_RELATION, " %s ", ui_glyph(UI_GLYPH_REFERENCE));
        ui_doc_adds(doc, UI_LABEL, cell->label);
    }
}

/* "id of the new User Ada" */
static void add_reference(ui_doc *doc, const nx_assignment *a, const char *label) {
    const char *model = a->record_field->model->title;
    ui_doc_addf(doc, UI_INSERTED, "%s of the new %s", nx_field_title(a->record_field), model);
    if (label && strcmp(label, model) != 0) {
        ui_doc_addf(doc, UI_RELATION, " %s ", ui_glyph(UI_GLYPH_REFERENCE));
        ui_doc_adds(doc, UI_LABEL, label);
    }
}

/* What will happen to a field of a new record that nothing, or a reference, was given for. */
static void add_fill(ui_doc *doc, const nx_field *field, ui_fill fill) {
    nx_buf more = NX_BUF;
    const char *words = ui_insert_words(field, fill, &more);
    ui_doc_adds(doc, fill == UI_FILL_REQUIRED ? UI_ERROR : fill == UI_FILL_NOTHING ? UI_NULL : UI_DEFAULT, words);
    if (more.len) {
        ui_doc_adds(doc, UI_DIM, "  ");
        ui_doc_add(doc, UI_DIM, more.data, more.len);
    }
    nx_buf_free(&more);
}

/* A field of a new record, whatever it will hold. */
static void add_filled(record_view *v, const nx_change *change, const ui_cell *cell, int width) {
    ui_fill fill = ui_insert_fill(cell->field, change);
    if (fill == UI_FILL_REFERENCE) {
        add_reference(&v->doc, nx_change_assignment(change, cell->field), cell->label);
    } else if (fill == UI_FILL_VALUE || fill == UI_FILL_NULL) {
        add_value(v, cell, width);
    } else {
        add_fill(&v->doc, cell->field, fill);
    }
}

static void add_origin(ui_doc *doc, const nx_assignment *a) {
    ui_doc_adds(doc, UI_DIM, a && a->made ? "  from the schema" : "");
}

static const char *field_mark(const ui_cell *cell, const nx_change *insert) {
    if (insert && ui_insert_fill(cell->field, insert) == UI_FILL_REQUIRED) {
        return "! ";
    }
    return cell->staged == UI_UPDATED ? "~ " : cell->staged == UI_DELETED ? "- " : cell->staged == UI_INSERTED ? "+ " : "  ";
}

static void add_field(record_view *v, record_node *node) {
    const nx_query *query;
    const nx_row *row = ui_record_row(v, node, &query);
    const nx_change *change = ui_record_change(v, node), *insert = change && change->kind == NX_INSERT ? change : NULL;
    ui_cell cell = ui_cell_of(node->field, cell_of(query, row, node->field), change);
    int indent = 2 + node->depth * 2;
    ui_doc_line_add(&v->doc, add_item(v, node), indent - 2);
    const char *mark = field_mark(&cell, insert);
    ui_doc_adds(&v->doc, *mark == '!' ? UI_ERROR : cell.staged, mark);
    ui_doc_adds(&v->doc, UI_BOLD, nx_field_title(node->field));
    ui_doc_adds(&v->doc, UI_HEADER_MARK, nx_field_in_identity(node->field) ? " " : "");
    ui_doc_adds(&v->doc, UI_HEADER_MARK, nx_field_in_identity(node->field) ? ui_glyph(UI_GLYPH_KEY) : "");
    ui_doc_pad(&v->doc, 2 + name_column(v));
    ui_doc_adds(&v->doc, UI_PLAIN, " ");
    int room = v->width - indent - name_column(v) - 3;
    const nx_assignment *a = change ? nx_change_assignment(change, node->field) : NULL;
    if (insert) {
        add_filled(v, insert, &cell, room);
    } else if (a && a->kind == NX_NEW_REFERENCE && change->kind == NX_UPDATE) {
        add_reference(&v->doc, a, cell.label);
    } else {
        add_value(v, &cell, room);
    }
    add_origin(&v->doc, a);
}

/* "+ new Post Hello  2 required fields missing" */
static void add_new(record_view *v, record_node *node) {
    const nx_change *change = nx_changeset_by_id(v->view.app->changes, node->insert);
    nx_buf words = NX_BUF;
    ui_doc_line_add(&v->doc, add_item(v, node), node->depth * 2 + 2);
    if (change) {
        ui_insert_title(change, &words);
        ui_doc_addf(&v->doc, UI_INSERTED, "+ %s", words.data);
        nx_buf_clear(&words);
        ui_insert_missing_words(change, &words);
        if (words.len) {
            ui_doc_addf(&v->doc, UI_ERROR, "  %s", words.data);
        }
    }
    nx_buf_free(&words);
}

/* "+ 12  Linus  connected" */
static void add_link(record_view *v, record_node *node) {
    const nx_change *change = nx_changeset_by_id(v->view.app->changes, node->link);
    nx_buf words = NX_BUF;
    ui_doc_line_add(&v->doc, add_item(v, node), node->depth * 2);
    if (change) {
        ui_link_words(change, node->parent->relation, &words);
        ui_doc_addf(&v->doc, UI_INSERTED, "+ %s %s", ui_glyph(UI_GLYPH_REFERENCE), words.data);
        ui_doc_adds(&v->doc, UI_DIM, "  connected");
    }
    nx_buf_free(&words);
}

static int news_of(const record_node *node) {
    int n = 0;
    for (int i = 0; i < node->nchildren; i++) {
        n += node->children[i]->kind == NODE_NEW || node->children[i]->kind == NODE_LINK;
    }
    return n;
}

/* "101  Keyset beats offset": the key, then the label, else the first fields. */
static void add_row(record_view *v, record_node *node) {
    const record_node *list = node->parent;
    const nx_row *row = &list->rows[node->row];
    const nx_model *model = list->relation->target;
    const nx_change *change = nx_changeset_find(v->view.app->changes, model, row->key, list->page->nkey);
    bool cut = ui_record_cut(v, node) != 0, deleted = cut || (change && change->kind == NX_DELETE);
    ui_doc_line_add(&v->doc, add_item(v, node), node->depth * 2);
    ui_doc_adds(&v->doc, deleted ? UI_DELETED : UI_UPDATED, deleted ? "- " : change ? "~ " : "  ");
    ui_doc_addf(&v->doc, UI_DIM, "%s ", ui_glyph(node->unfolded ? UI_GLYPH_UNFOLDED : UI_GLYPH_FOLDED));
    bool keyed = model->identity_kind == NX_IDENTITY_PRIMARY || model->identity_kind == NX_IDENTITY_UNIQUE;
    if (keyed) {
        nx_buf key = NX_BUF;
        nx_key_text(row, list->page->nkey, &key);
        ui_doc_add(&v->doc, UI_NUMBER, key.data, key.len);
        nx_buf_free(&key);
    }
    const record_wish *wish = ui_record_wish_of(v, list);
    for (int i = 0; wish && i < wish->nfields; i++) {
        const nx_cell *c = cell_of(list->query, row, wish->fields[i]);
        const char *text = c ? (c->label ? c->label : c->value.text) : NULL;
        ui_doc_addf(&v->doc, UI_DIM, "  %s ", nx_field_title(wish->fields[i]));
        ui_doc_adds(&v->doc, text ? UI_PLAIN : UI_NULL, text ? text : "NULL");
    }
    if (wish && wish->nfields) {
        ui_doc_adds(&v->doc, UI_DIM, cut ? "  disconnected" : "");
        return;
    }
    const nx_cell *label = model->label ? cell_of(list->query, row, model->label) : NULL;
    for (int f = 0; !label && f < nx_query_nfields(list->query) && f < 4; f++) {
        const nx_cell *c = &row->cells[f];
        if (c->value.text && !(keyed && nx_field_in_identity(nx_query_field(list->query, f)))) {
            ui_doc_adds(&v->doc, UI_PLAIN, "  ");
            ui_doc_add(&v->doc, UI_PLAIN, c->label ? c->label : c->value.text, c->label ? strlen(c->label) : c->value.len);
        }
    }
    if (label) {
        ui_cell shown = ui_cell_of(model->label, label, change); /* as it is staged */
        ui_style style = deleted ? UI_DELETED : shown.staged == UI_UPDATED ? UI_UPDATED : UI_LABEL;
        ui_doc_adds(&v->doc, UI_PLAIN, "  ");
        ui_doc_adds(&v->doc, shown.value.text ? style : UI_NULL, shown.value.text ? shown.value.text : "NULL");
    }
    if (cut) {
        ui_doc_adds(&v->doc, UI_DIM, "  disconnected");
    }
}

/* "12", "more than 1000", or why not; how the list is read. */
static void add_count(record_view *v, const record_node *node) {
    ui_doc *doc = &v->doc;
    const nx_relation *r = node->relation;
    if (node->count >= 0 && !r->one_to_one) {
        bool most = node->count > UI_RECORD_COUNT_MOST;
        ui_doc_addf(doc, UI_NUMBER, most ? "  %lld+" : "  %lld", (long long)(most ? UI_RECORD_COUNT_MOST : node->count));
    } else if (node->counted && node->count < 0 && !r->indexed && r->kind != NX_TO_ONE) {
        ui_doc_adds(doc, UI_DIM, "  not counted: no index");
    }
    const record_wish *wish = ui_record_wish_of(v, node);
    if (wish && *wish->filter) {
        ui_doc_addf(doc, UI_RELATION, "  where %s", wish->filter);
    }
    if (wish && *wish->order) {
        ui_doc_addf(doc, UI_RELATION, "  by %s", wish->order);
    }
}

static void add_relation(record_view *v, record_node *node) {
    const nx_relation *r = node->relation;
    ui_doc_line_add(&v->doc, add_item(v, node), 2 + node->depth * 2);
    ui_doc_addf(&v->doc, UI_RELATION, "%s ", ui_glyph(node->unfolded ? UI_GLYPH_UNFOLDED : UI_GLYPH_FOLDED));
    ui_doc_adds(&v->doc, UI_BOLD, r->name);
    ui_doc_pad(&v->doc, name_column(v));
    ui_doc_addf(&v->doc, UI_RELATION, " %s ", ui_glyph(UI_GLYPH_REFERENCE));
    ui_doc_addf(&v->doc, UI_PLAIN, "%s%s", r->target->title, r->kind == NX_TO_ONE || r->one_to_one ? "" : "[]");
    add_count(v, node);
    if (node->job || node->describing) {
        ui_doc_adds(&v->doc, UI_DIM, "  reading");
    }
    int news = news_of(node);
    if (news && !node->unfolded) {
        ui_doc_addf(&v->doc, UI_INSERTED, "  %d new", news);
    } else if (v->insert && !news) {
        ui_doc_addf(&v->doc, UI_DIM, "  a adds one, + connects one");
    }
    if (nx_failed(&node->error)) {
        ui_doc_addf(&v->doc, UI_ERROR, "  %s", node->error.message);
    }
}

static void add_note(record_view *v, record_node *node) {
    bool more = node->parent->more;
    ui_doc_line_add(&v->doc, add_item(v, node), 4 + node->depth * 2);
    ui_doc_adds(&v->doc, UI_DIM, more ? "more: Enter loads them, f opens all" : news_of(node->parent) ? "none saved" : "none");
}

static void add_children(record_view *v, record_node *node) {
    static void (*const add[])(record_view *, record_node *) = {
        [NODE_FIELD] = add_field, [NODE_RELATION] = add_relation, [NODE_ROW] = add_row, [NODE_NOTE] = add_note, [NODE_NEW] = add_new, [NODE_LINK] = add_link};
    bool relations = false;
    for (int i = 0; i < node->nchildren; i++) {
        record_node *child = node->children[i];
        if (child->kind == NODE_RELATION && !relations && node == &v->root) {
            relations = true;
            ui_doc_line_add(&v->doc, -1, 0);
            ui_doc_line_add(&v->doc, -1, 0);
            ui_doc_adds(&v->doc, UI_HEADER, "Relations");
        }
        add[child->kind](v, child);
        if (child->unfolded) {
            add_children(v, child);
        }
    }
}

void ui_record_rebuild(record_view *v) {
    ui_doc_clear(&v->doc);
    v->nitems = 0;
    if (nx_failed(&v->error)) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, UI_ERROR, v->error.message);
    } else if (v->insert && !ui_record_staged(v)) {
        ui_doc_line_add(&v->doc, -1, 1);
        ui_doc_adds(&v->doc, UI_DIM, v->settled ? "this record was saved  (q closes this)"
                                                : "this new record was taken back  (q closes this)");
    } else if (!v->page && !v->insert) {
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_adds(&v->doc, UI_DIM, "reading");
    } else {
        add_children(v, &v->root);
    }
}
