#include "cell_draw.h"

#include <stdio.h>
#include <string.h>

#include "format.h"
#include "labels.h"
#include "nixie/text.h"

static const ui_style class_styles[] = {
    [NX_TYPE_TEXT] = UI_PLAIN, [NX_TYPE_BOOL] = UI_BOOL, [NX_TYPE_NUMBER] = UI_NUMBER, [NX_TYPE_TIME] = UI_TIME,
    [NX_TYPE_UUID] = UI_OTHER, [NX_TYPE_JSON] = UI_JSON, [NX_TYPE_BYTES] = UI_OTHER,   [NX_TYPE_ENUM] = UI_ENUM,
    [NX_TYPE_ARRAY] = UI_OTHER, [NX_TYPE_OTHER] = UI_OTHER,
};

ui_style ui_cell_style(const nx_field *field) { return class_styles[field->class]; }

/* A reference that was chosen: its record's label, where it is known. One to a record that is itself staged
 * has no value yet. */
static void label_staged(ui_cell *c, const nx_assignment *a) {
    const nx_foreign_key *fk = nx_field_foreign_key(a->field);
    if (a->kind == NX_NEW_REFERENCE) {
        const char *label = ui_labels_find_new(a->record);
        c->value = nx_value_of("new");
        c->label = label ? label : a->record_field->model->title;
    } else if (fk && fk->fields[0] == a->field) {
        c->label = ui_labels_find(a->field, a->value);
    }
}

ui_cell ui_cell_of(const nx_field *field, const nx_cell *cell, const nx_change *change) {
    ui_cell c = {.field = field, .staged = UI_PLAIN, .size = -1};
    if (cell) {
        c.value = cell->value;
        c.cut = cell->cut;
        c.withheld = cell->withheld;
        c.dangling = cell->dangling;
        c.size = cell->size;
        c.label = cell->label;
    }
    if (!change) {
        return c;
    }
    const nx_assignment *a = nx_change_assignment(change, field);
    if (change->kind == NX_DELETE || change->kind == NX_BULK_DELETE) {
        c.staged = UI_DELETED;
    } else if (a) {
        c = (ui_cell){.field = field, .size = -1, .staged = change->kind == NX_INSERT ? UI_INSERTED : UI_UPDATED};
        c.is_default = a->kind == NX_NEW_DEFAULT;
        c.value = a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE;
        label_staged(&c, a);
    } else if (change->kind == NX_INSERT) {
        c.is_default = true;
    }
    return c;
}

/* What stands for a value that has no text of its own: NULL, '', default, a large value kept back. */
static const char *stand_in(const ui_cell *cell, ui_style *style, char *buf, size_t size) {
    char bytes[24];
    const nx_field *f = cell->field;
    if (cell->is_default) {
        bool filled = f->default_expression || f->identity || f->domain || f->model->kind == NX_KIND_VIEW;
        *style = f->generated || filled || f->nullable ? UI_DEFAULT : UI_ERROR;
        return f->generated ? "generated" : filled ? "default" : f->nullable ? "NULL" : "required";
    }
    if (cell->withheld) {
        *style = UI_DIM;
        snprintf(buf, size, "%s %s", f->base_type ? f->base_type : "value", ui_format_size(cell->size, bytes));
        return buf;
    }
    if (nx_is_null(cell->value)) {
        *style = UI_NULL;
        return "NULL";
    }
    if (cell->value.len == 0) {
        *style = UI_EMPTY;
        return "''";
    }
    return NULL;
}

static size_t trailing_blanks(nx_value v) {
    size_t n = 0;
    while (n < v.len && v.text[v.len - 1 - n] == ' ') {
        n++;
    }
    return n;
}

static int value_width(nx_value v, int max) {
    /* Measured only as far as it can matter: a value may be long. */
    size_t len = v.len > (size_t)max * 4 ? (size_t)max * 4 : v.len;
    return nx_text_width(v.text, len);
}

int ui_cell_width(const ui_cell *cell, int max) {
    char buf[64];
    ui_style style;
    const char *words = stand_in(cell, &style, buf, sizeof buf);
    int width = words ? nx_text_width(words, strlen(words)) : value_width(cell->value, max) + (cell->cut ? 1 : 0);
    if (cell->label) {
        width += 3 + nx_text_width(cell->label, strlen(cell->label));
    }
    return width > max ? max : width;
}

static void draw_blanks(int y, int x, int n, unsigned mods) {
    for (int i = 0; i < n; i++) {
        ui_draw_words(y, x + i, 1, UI_EMPTY | mods, ui_glyph(UI_GLYPH_BLANK));
    }
}

/* 7 -> Ada Lovelace */
static void draw_reference(int y, int x, int width, unsigned style, unsigned mods, const ui_cell *cell) {
    int used = ui_draw_text(y, x, width, style, UI_LEFT, cell->value.text, cell->value.len);
    int room = width - used - 3;
    if (room > 0) {
        ui_draw_words(y, x + used + 1, 2, UI_RELATION | mods, ui_glyph(UI_GLYPH_REFERENCE));
        ui_draw_text(y, x + used + 3, room, UI_LABEL | mods, UI_LEFT, cell->label, strlen(cell->label));
    }
}

static bool special_value(const ui_cell *cell) {
    if (cell->field->class == NX_TYPE_JSON) {
        return strcmp(cell->value.text, "null") == 0;
    }
    bool can = cell->field->class == NX_TYPE_TIME || cell->field->class == NX_TYPE_NUMBER;
    const char *s = cell->value.text;
    return can && (strstr(s, "nfinity") || strcmp(s, "NaN") == 0);
}

void ui_cell_draw(int y, int x, int width, unsigned mods, const ui_cell *cell) {
    char buf[64];
    ui_style plain = ui_cell_style(cell->field), style = plain;
    const char *words = stand_in(cell, &style, buf, sizeof buf);
    /* References stand at the left, where their labels begin; NULL and staged ones with them. */
    bool number = cell->field->class == NX_TYPE_NUMBER && !nx_field_foreign_key(cell->field);
    if (!words && cell->staged != UI_PLAIN) {
        style = cell->staged;
    }
    if (words) {
        unsigned s = (cell->staged == UI_DELETED ? UI_DELETED : style) | mods;
        ui_draw_text(y, x, width, s, number ? UI_RIGHT_ALIGN : UI_LEFT, words, strlen(words));
        return;
    }
    if (cell->label) {
        draw_reference(y, x, width, style | mods, mods, cell);
        return;
    }
    if (special_value(cell) && cell->staged == UI_PLAIN) {
        style = UI_RELATION;
    }
    int blanks = (int)(trailing_blanks(cell->value) > 8 ? 8 : trailing_blanks(cell->value));
    bool right = number && !cell->cut;
    int used = ui_draw_text(y, x, width, style | mods, right ? UI_RIGHT_ALIGN : UI_LEFT, cell->value.text, cell->value.len);
    if (blanks && used < width && !right) {
        draw_blanks(y, x + used - blanks, blanks, mods);
    }
    if (cell->cut && used < width) {
        ui_draw_words(y, x + (used < width ? used : width - 1), 1, UI_DIM | mods, ui_glyph(UI_GLYPH_ELLIPSIS));
    }
}
