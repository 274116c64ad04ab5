/* The cursor of the Changes view: it stands on changes, and on the fields of their conflicts. */
#include "changes.h"

static int nfields(const changes_view *v, int place) {
    const nx_change *change = ui_changes_at(v, place);
    return change && change->conflict ? change->conflict->n : 0;
}

static int clamp(int i, int n) { return i >= n ? (n > 0 ? n - 1 : 0) : i < 0 ? 0 : i; }

void ui_changes_go(changes_view *v, int place, int field) {
    v->at = clamp(place, v->norder);
    v->field = field < nfields(v, v->at) ? field : nfields(v, v->at) - 1;
    const nx_change *change = ui_changes_at(v, v->at);
    v->id = change ? change->id : 0;
    ui_doc_go_item(&v->doc, ui_changes_item(v->at, v->field)); /* in sight already: the screen stays */
    ui_changes_build(v);
}

static bool step(changes_view *v, int by) {
    if (by > 0 && v->field + 1 < nfields(v, v->at)) {
        v->field++;
    } else if (by > 0 && v->at + 1 < v->norder) {
        v->at++;
        v->field = -1;
    } else if (by < 0 && v->field >= 0) {
        v->field--;
    } else if (by < 0 && v->at > 0) {
        v->at--;
        v->field = nfields(v, v->at) - 1;
    } else {
        return false;
    }
    return true;
}

void ui_changes_step(changes_view *v, int by) {
    for (int n = by < 0 ? -by : by; n > 0 && step(v, by < 0 ? -1 : 1); n--) {
    }
    ui_changes_go(v, v->at, v->field);
}

void ui_changes_go_line(changes_view *v, int line) {
    int place, field;
    line = clamp(line, v->doc.nlines);
    if (v->doc.nlines > 0 && v->doc.lines[line].item >= 0) {
        ui_changes_item_of(v->doc.lines[line].item, &place, &field);
        ui_changes_go(v, place, field);
    }
}

/* The change nearest to a screen further; the document reaches that far. */
void ui_changes_page(changes_view *v, int by) {
    int way = by < 0 ? -1 : 1, height = v->doc.height > 2 ? v->doc.height - 2 : 1;
    for (int n = way * by; n > 0; n--) {
        int before = v->at, line = clamp(v->doc.cursor + way * height, v->doc.nlines);
        while (line > 0 && line + 1 < v->doc.nlines && v->doc.lines[line].item < 0) {
            line += way;
        }
        ui_changes_go_line(v, line);
        if (v->at == before) {
            ui_changes_step(v, way);
        }
    }
}
