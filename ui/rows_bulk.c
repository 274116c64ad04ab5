/* Changing every record that the filter matches: counted first, shown as the statement that will run, asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "format.h"
#include "input.h"
#include "list.h"
#include "nixie/text.h"
#include "rows.h"

enum { SQL_COLUMNS = 70, SQL_LINES = 8 };

typedef struct rows_bulk {
    rows_view *v;
    nx_arena *arena;
    char *filter;      /* with what the view is limited to besides */
    int64_t count;     /* -1: on its way */
    nx_rows_job *counting;
    ui_view *list;     /* of what can be done, while it is open */
    ui_view *input;    /* where the model's name is typed */
    bool chosen;       /* what to do is known: the question waits for the count */
    bool asked;
    nx_change_kind kind;
    nx_assignment set;
} rows_bulk;

void ui_rows_bulk_drop(rows_view *v) {
    rows_bulk *b = v->bulk;
    v->bulk = NULL;
    if (b) {
        nx_rows_drop(b->counting);
        nx_arena_free(b->arena);
        free(b->filter);
        free(b);
    }
}

/* The records of a relation are a filter, too; those behind a join table are not. */
bool ui_rows_filter_text(const rows_view *v, nx_buf *out) {
    const nx_filter *filter = nx_query_filter(v->query);
    nx_buf_adds(out, filter ? nx_filter_text(filter) : "");
    if (v->scope && v->scope->relation->kind == NX_MANY_TO_MANY) {
        return false;
    }
    for (int i = 0; v->scope && i < v->scope->nvalues; i++) {
        const nx_field *field = nx_model_field(v->model, v->scope->relation->references[i]);
        if (!field) {
            return false;
        }
        nx_filter_add_test(out, field, v->scope->values[i], false);
    }
    return true;
}

static nx_change draft_of(rows_bulk *b) {
    return (nx_change){.kind = b->kind, .model = b->v->model, .nassignments = b->kind == NX_BULK_UPDATE,
                       .assignments = &b->set, .filter = b->filter, .expected = b->count};
}

/* --- staging ------------------------------------------------------------------------------------------------------ */

static void stage(void *owner) {
    rows_view *v = owner;
    rows_bulk *b = v->bulk;
    ui_app *app = v->view.app;
    nx_error err = NX_ERROR;
    const nx_field *field = b->kind == NX_BULK_UPDATE ? b->set.field : NULL;
    if (nx_changeset_bulk(app->changes, v->model, b->kind, b->filter, b->count, field, b->set.kind, b->set.value, &err)) {
        char n[24];
        ui_say(app, UI_INFO, "staged: %s every match, %s record%s  (W reviews and saves, u undoes)",
               b->kind == NX_BULK_DELETE ? "delete" : "change", ui_format_exact(b->count, n), b->count == 1 ? "" : "s");
    } else {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_rows_bulk_drop(v);
    ui_app_changed(app);
}

/* --- the question --------------------------------------------------------------------------------------------------- */

static ui_input_reply name_typed(void *owner, const char *text) {
    rows_view *v = owner;
    rows_bulk *b = v->bulk;
    if (strcmp(text, v->model->title) != 0 && strcmp(text, v->model->name) != 0) {
        ui_input_error(b->input, "this is not the model's name", 0);
        return UI_INPUT_KEEP;
    }
    ui_input_close(b->input);
    stage(v);
    return UI_INPUT_KEEP; /* closed already */
}

static void name_dropped(void *owner) { ui_rows_bulk_drop(owner); }

static void ask_name(rows_view *v) {
    char prompt[200];
    snprintf(prompt, sizeof prompt, "type %s: this is EVERY record of it", v->model->title);
    v->bulk->input = ui_input_open(v->view.app, &(ui_input_options){.prompt = prompt, .verb = "stages", .accept = name_typed,
                                                                    .drop = name_dropped, .owner = v});
}

static void answered(void *owner, const ui_list_item *item) {
    rows_view *v = owner;
    if (item->key != 'y') {
        ui_rows_bulk_drop(v);
    } else if (*v->bulk->filter) {
        stage(v);
    } else {
        ask_name(v);
    }
}

/* The statement in lines of a readable length. */
static void add_sql(nx_buf *out, const char *sql) {
    int lines = 0;
    while (*sql && lines++ < SQL_LINES) {
        size_t len = strlen(sql), most = len < SQL_COLUMNS ? len : SQL_COLUMNS;
        while (most < len && most > SQL_COLUMNS / 2 && sql[most] != ' ') {
            most--;
        }
        while (most < len && ((unsigned char)sql[most] & 0xC0) == 0x80) {
            most++;
        }
        nx_buf_addc(out, '\n');
        nx_text_sanitise(out, sql, most, SQL_COLUMNS);
        sql += most + (sql[most] == ' ');
    }
    nx_buf_adds(out, *sql ? "\n..." : "");
}

static void add_value(nx_buf *out, const nx_assignment *a) {
    if (a->kind == NX_NEW_VALUE) {
        nx_buf_addc(out, '\'');
        nx_text_sanitise(out, a->value.text, a->value.len, 30);
        nx_buf_addc(out, '\'');
    } else {
        nx_buf_adds(out, a->kind == NX_NEW_NULL ? "NULL" : "its default");
    }
}

static void ask(rows_view *v) {
    rows_bulk *b = v->bulk;
    nx_change draft = draft_of(b);
    char *sql = nx_change_readable(&draft), n[24];
    nx_buf title = NX_BUF, words = NX_BUF;
    bool all = !*b->filter, one = b->count == 1;
    nx_buf_addf(&title, "%s %s", b->kind == NX_BULK_DELETE ? "Delete" : "Change", all ? "EVERY record" : "every match");
    nx_buf_addf(&words, "%s%s record%s of %s", all ? "all " : "", ui_format_exact(b->count, n), one ? "" : "s", v->model->title);
    if (b->kind == NX_BULK_UPDATE) {
        nx_buf_addf(&words, ": %s becomes ", nx_field_title(b->set.field));
        add_value(&words, &b->set);
    }
    nx_buf_addc(&words, '\n');
    add_sql(&words, sql);
    nx_buf_adds(&words, "\n\nIt runs in the save, and is refused if more match by then.");
    ui_list_item items[] = {{.text = "no", .key = 'n'}, {.text = all ? "yes: the name is asked for" : "yes, stage it", .key = 'y'}};
    ui_list_open(v->view.app, &(ui_list_options){.title = title.data, .words = words.data, .items = items, .nitems = 2,
                                                 .chosen = answered, .dropped = name_dropped, .owner = v});
    nx_buf_free(&title);
    nx_buf_free(&words);
    free(sql);
}

/* What to do and how many it hits are both known: the question. */
static void go_on(rows_view *v) {
    rows_bulk *b = v->bulk;
    if (!b->chosen || b->asked) {
        return;
    }
    if (b->count < 0) {
        ui_app_hold(v->view.app); /* the next key answers the question */
        ui_say(v->view.app, UI_INFO, "counting what matches  (Ctrl-C cancels)");
    } else if (b->count == 0) {
        ui_refuse(v->view.app, "no record matches");
        ui_rows_bulk_drop(v);
    } else {
        b->asked = true;
        ask(v);
    }
}

static const char *why_not(const rows_view *v, nx_change_kind kind) {
    const char *why = nx_edit_refusal(v->model, kind);
    const nx_field *field = ui_rows_field(v);
    return why || kind == NX_BULK_DELETE || !field ? why : nx_field_refusal(field, kind);
}

/* --- counting ------------------------------------------------------------------------------------------------------- */

static void counted(void *owner, int64_t count, const nx_error *err) {
    rows_view *v = owner;
    rows_bulk *b = v->bulk;
    b->counting = NULL;
    ui_app_release(v->view.app);
    ui_app_dirty(v->view.app);
    if (err) {
        ui_say_error(v->view.app, err);
        if (b->list) {
            ui_app_remove(v->view.app, b->list); /* drops it */
        } else {
            ui_rows_bulk_drop(v);
        }
        return;
    }
    b->count = count;
    if (b->list) {
        char n[24], note[40];
        snprintf(note, sizeof note, "%s record%s", ui_format_exact(count, n), count == 1 ? "" : "s");
        static const nx_change_kind kinds[] = {NX_BULK_DELETE, NX_BULK_UPDATE};
        for (int i = 0; i < (int)NX_COUNT(kinds); i++) {
            if (!why_not(v, kinds[i])) { /* else the note tells that */
                ui_list_note(b->list, i, note);
            }
        }
    }
    go_on(v);
}

/* --- what to do ------------------------------------------------------------------------------------------------------- */

static bool take(void *owner, const nx_field *field, nx_new_kind kind, nx_value value) {
    rows_view *v = owner;
    rows_bulk *b = v->bulk;
    if (b) {
        b->set = (nx_assignment){.field = field, .kind = kind, .value = nx_value_copy(b->arena, value)};
        b->chosen = true;
        ui_app_timer(v->view.app, 0, ui_rows_bulk_go_on, v);
    }
    return b != NULL;
}

void ui_rows_bulk_go_on(void *owner) {
    rows_view *v = owner;
    if (v->bulk) {
        go_on(v);
    }
}

static void edit_value(rows_view *v) {
    nx_field *field = ui_rows_field(v);
    const nx_foreign_key *fk = nx_field_foreign_key(field);
    if (fk && fk->nfields > 1) {
        ui_refuse(v->view.app, "%s is one of several fields of a reference: mark the records and e sets all of them", nx_field_title(field));
        ui_rows_bulk_drop(v);
        return;
    }
    const nx_row *row = ui_rows_current(v);
    row = row || nx_window_count(v->window) == 0 ? row : nx_window_row(v->window, 0);
    ui_rect r = v->view.app->main_rect;
    ui_target t = {.model = v->model, .field = field, .key = row ? row->key : NULL, .nkey = row ? nx_window_nkey(v->window) : 0,
                   .anchor = {r.y + 1, r.x, 1, r.width}, .stage = take, .owner = v, .bulk = true, .many = "every match"};
    ui_edit_value(v->view.app, &t);
}

static void chosen(void *owner, const ui_list_item *item) {
    rows_view *v = owner;
    rows_bulk *b = v->bulk;
    b->list = NULL;
    b->kind = item->key == 'd' ? NX_BULK_DELETE : NX_BULK_UPDATE;
    if (item->key == 'd') {
        b->chosen = true;
        go_on(v);
    } else {
        edit_value(v);
    }
}

static void open_list(rows_view *v) {
    rows_bulk *b = v->bulk;
    const char *no_delete = why_not(v, NX_BULK_DELETE), *no_set = why_not(v, NX_BULK_UPDATE);
    nx_buf title = NX_BUF, set = NX_BUF;
    nx_buf_addf(&title, "%s record of %s", *b->filter ? "every matching" : "EVERY", v->model->title);
    nx_buf_addf(&set, "set %s", nx_field_title(ui_rows_field(v)));
    ui_list_item items[] = {
        {.text = "delete", .note = no_delete ? no_delete : "counting", .key = 'd', .disabled = no_delete != NULL},
        {.text = set.data, .note = no_set ? no_set : "counting", .key = 's', .disabled = no_set != NULL}};
    b->list = ui_list_open(v->view.app, &(ui_list_options){.title = title.data, .words = *b->filter ? b->filter : NULL, .items = items,
                                                           .nitems = 2, .chosen = chosen, .dropped = name_dropped, .owner = v});
    nx_buf_free(&title);
    nx_buf_free(&set);
}

int ui_rows_change_all(rows_view *v) {
    ui_app *app = v->view.app;
    if (!v->window || !ui_rows_field(v)) {
        return ui_refuse(app, "the rows are not here yet");
    }
    const char *no_delete = nx_edit_refusal(v->model, NX_BULK_DELETE);
    if ((no_delete && nx_edit_refusal(v->model, NX_BULK_UPDATE)) || app->saving || nx_session_read_only(app->session)) {
        ui_edit_refused(app, v->model, NULL, NX_BULK_UPDATE);
        return UI_DONE;
    }
    nx_buf filter = NX_BUF;
    if (!ui_rows_filter_text(v, &filter)) {
        nx_buf_free(&filter);
        return ui_refuse(app, "these records are found through %s, which no filter says: mark them instead",
                         v->scope->relation->through ? v->scope->relation->through->title : "a relation");
    }
    ui_rows_bulk_drop(v);
    rows_bulk *b = nx_calloc(1, sizeof *b);
    b->v = v;
    b->arena = nx_arena_new(0);
    b->count = -1;
    b->filter = nx_strdup(filter.data ? filter.data : "");
    v->bulk = b;
    nx_buf_free(&filter);
    open_list(v);
    b->counting = nx_rows_count(app->session, v->query, counted, v);
    return UI_DONE;
}

/* --- in the grid ------------------------------------------------------------------------------------------------------- */

const nx_change *ui_rows_bulk_change(const rows_view *v) {
    const nx_changeset *set = v->view.app->changes;
    const nx_change *found = NULL;
    nx_buf filter = NX_BUF;
    bool composed = false, known = false;
    for (int i = nx_changeset_count(set) - 1; i >= 0 && !found; i--) {
        const nx_change *c = nx_changeset_at(set, i);
        if (!c->filter || c->model->oid != v->model->oid) {
            continue;
        }
        known = composed ? known : ui_rows_filter_text(v, &filter);
        composed = true;
        bool same = known && strcmp(filter.data ? filter.data : "", c->filter) == 0;
        found = !*c->filter || same ? c : NULL;
    }
    nx_buf_free(&filter);
    return found;
}

int ui_rows_bulk_lines(const rows_view *v) {
    const nx_changeset *set = v->view.app->changes;
    int n = 0;
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_change *c = nx_changeset_at(set, i);
        n += c->filter && c->model->oid == v->model->oid;
    }
    return n < UI_BULK_LINES ? n : UI_BULK_LINES;
}

static void draw_line(const nx_change *c, ui_rect r, int y) {
    nx_buf words = NX_BUF;
    char n[24];
    bool deletes = c->kind == NX_BULK_DELETE;
    nx_buf_addf(&words, "%s staged: %s", deletes ? "-" : "~", deletes ? "delete" : "set ");
    if (!deletes && c->nassignments > 0) {
        nx_buf_addf(&words, "%s = ", nx_field_title(c->assignments[0].field));
        add_value(&words, &c->assignments[0]);
        nx_buf_adds(&words, " in");
    }
    nx_buf_addf(&words, " %s, %s record%s", *c->filter ? "every match" : "EVERY record", ui_format_exact(c->expected, n), c->expected == 1 ? "" : "s");
    if (*c->filter) {
        nx_buf_addf(&words, " %s %s", ui_glyph(UI_GLYPH_DOT), c->filter);
    }
    ui_draw_text(y, r.x, r.width, deletes ? UI_DELETED : UI_UPDATED, UI_LEFT, words.data, words.len);
    nx_buf_free(&words);
}

void ui_rows_bulk_draw(const rows_view *v, ui_rect r) {
    const nx_changeset *set = v->view.app->changes;
    int lines = ui_rows_bulk_lines(v), y = r.y + r.height;
    for (int i = nx_changeset_count(set) - 1; i >= 0 && lines > 0; i--) { /* the latest, in their order */
        const nx_change *c = nx_changeset_at(set, i);
        if (c->filter && c->model->oid == v->model->oid) {
            draw_line(c, r, --y);
            lines--;
        }
    }
}
