/* The record is copied whole. */
#include <stdlib.h>

#include "list.h"
#include "nixie/copy.h"
#include "record.h"

static void copy_chosen(void *owner, const ui_list_item *item) {
    record_view *v = owner;
    nx_buf out = NX_BUF;
    int n = nx_query_nfields(v->query);
    nx_field **fields = nx_calloc((size_t)n + 1, sizeof *fields);
    for (int f = 0; f < n; f++) {
        fields[f] = nx_query_field(v->query, f);
    }
    void (*const write)(nx_buf *, nx_field *const *, const nx_cell *, int) = item->key == 'j'   ? nx_copy_json
                                                                             : item->key == 'c' ? nx_copy_csv
                                                                                                : nx_copy_insert;
    write(&out, fields, v->page->rows[0].cells, n);
    ui_copy(v->view.app, out.data, out.len, item->text);
    free(fields);
    nx_buf_free(&out);
}

int ui_record_copy_as(record_view *v) {
    static const ui_list_item items[] = {
        {.text = "JSON", .key = 'j'}, {.text = "CSV", .key = 'c'}, {.text = "INSERT", .key = 'i'}};
    if (!v->page || v->page->ncells == 0) {
        return ui_refuse(v->view.app, "the record is not here yet");
    }
    ui_list_open(v->view.app,
                 &(ui_list_options){
                     .title = "copy the record as", .items = items, .nitems = 3, .chosen = copy_chosen, .owner = v});
    return UI_DONE;
}
