#include "picker.h"

#include <stdlib.h>
#include <string.h>

#include "picker_view.h"
#include "typed.h"
#include "typed_ahead.h"

enum { INSERTS_MAX = 8 };

static const ui_view_ops picker_ops;

/* --- the list: states, the record of this key, new records, rows ------------------------------------------- */

static int states_shown(const picker_view *v) { return v->typed.len ? 0 : v->o.nstates; }

int ui_picker_tops(const picker_view *v) {
    uint64_t ids[INSERTS_MAX];
    return states_shown(v) + (v->exact ? 1 : 0) + ui_picker_inserts(v, ids, INSERTS_MAX);
}

int ui_picker_count(const picker_view *v) {
    return ui_picker_tops(v) + (v->window ? nx_window_count(v->window) : 0);
}

picker_entry ui_picker_entry(const picker_view *v, int i) {
    uint64_t ids[INSERTS_MAX];
    int n = states_shown(v);
    if (i < 0 || i < n) {
        return (picker_entry){.kind = i < 0 ? ENTRY_NONE : ENTRY_STATE, .index = i};
    }
    i -= n;
    if (v->exact && i-- == 0) {
        return (picker_entry){.kind = ENTRY_EXACT, .row = &v->exact->rows[0]};
    }
    n = ui_picker_inserts(v, ids, INSERTS_MAX);
    if (i < n) {
        return (picker_entry){.kind = ENTRY_NEW, .insert = ids[i]};
    }
    const nx_row *row = v->window ? nx_window_row(v->window, i - n) : NULL;
    return (picker_entry){.kind = row ? ENTRY_ROW : ENTRY_NONE, .row = row};
}

/* --- choosing ------------------------------------------------------------------------------------------------ */

/* Out of the way first: what is chosen may open something in this place. */
static int finish(picker_view *v, const ui_picked *picked) {
    ui_app *app = v->view.app;
    ui_picker_options o = v->o;
    nx_arena *arena = v->arena; /* what was picked lives there */
    v->arena = NULL;
    v->done = true;
    if (v->taking) {
        ui_ahead_release();
        v->taking = false;
    }
    ui_app_remove(app, &v->view);
    o.chosen(o.owner, picked);
    nx_arena_free(arena);
    return UI_DONE;
}

static int take_row(picker_view *v, const nx_row *row, int nkey) {
    int n = v->o.nfields;
    nx_value *values = nx_arena_array(v->arena, (size_t)(n + nkey) + 1, sizeof *values);
    for (int i = 0; i < n; i++) {
        if (row->cells[i].cut || row->cells[i].withheld) {
            return ui_refuse(v->view.app, "this record's %s is too long to refer to", nx_field_title(v->fields[i]));
        }
        if (!row->cells[i].value.text) {
            return ui_refuse(v->view.app, "this record's %s is NULL: nothing can refer to it", nx_field_title(v->fields[i]));
        }
        values[i] = nx_value_copy(v->arena, row->cells[i].value);
    }
    for (int i = 0; i < nkey; i++) {
        values[n + i] = nx_value_copy(v->arena, row->key[i]);
    }
    nx_value label = nx_query_nfields(v->query) > n ? row->cells[n].value : NX_NULL_VALUE;
    return finish(v, &(ui_picked){.kind = UI_PICKED_RECORD, .nvalues = n, .values = values, .nkey = nkey,
                                  .key = values + n, .label = nx_value_copy(v->arena, label).text});
}

static int take_new(picker_view *v, uint64_t insert) {
    nx_buf words = NX_BUF;
    ui_picker_new_words(v, insert, &words);
    const char *label = nx_arena_printf(v->arena, "%s %s", v->o.model->title, words.data);
    nx_buf_free(&words);
    return finish(v, &(ui_picked){.kind = UI_PICKED_NEW, .insert = insert, .label = label});
}

static int take(picker_view *v, picker_entry entry) {
    switch (entry.kind) {
    case ENTRY_STATE: return finish(v, &(ui_picked){.kind = UI_PICKED_STATE, .state = entry.index});
    case ENTRY_NEW: return take_new(v, entry.insert);
    case ENTRY_EXACT: return take_row(v, entry.row, v->exact->nkey);
    case ENTRY_ROW: return take_row(v, entry.row, nx_window_nkey(v->window));
    case ENTRY_NONE: break;
    }
    return ui_refuse(v->view.app, "no record has a key or a label like this");
}

/* Enter before the answer takes what the answer puts under the cursor; keys wait meanwhile. */
static int enter(picker_view *v) {
    if (!ui_picker_waiting(v) || (!v->wanted && ui_picker_count(v) > 0)) {
        return take(v, ui_picker_entry(v, v->cursor));
    }
    if (v->wanted) {
        ui_picker_search(v);
    }
    v->taking = true;
    ui_picker_settled(v);
    return UI_DONE;
}

static void take_now(void *owner) {
    picker_view *v = owner;
    if (v->taking && ui_picker_count(v) > 0 && !v->error.len) {
        take(v, ui_picker_entry(v, v->cursor));
    } else if (v->taking) {
        v->taking = false;
        ui_ahead_drop();
        if (!v->error.len) {
            ui_refuse(v->view.app, "no record has a key or a label like this");
        }
    }
}

/* What is taken closes the picker, which must not happen under the feet of the window that calls. */
void ui_picker_settled(picker_view *v) {
    bool here = ui_picker_count(v) > 0 || v->error.len;
    if (v->taking && !v->wanted && !v->exact_job && (here || !ui_picker_waiting(v))) {
        ui_app_timer(v->view.app, 0, take_now, v);
    }
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

/* Beyond what is held there may be more rows, which are on their way: the steps into them are owed. */
void ui_picker_move(picker_view *v, int to) {
    int n = ui_picker_count(v), tops = ui_picker_tops(v), before = v->cursor;
    bool loaded = v->window && nx_window_loaded(v->window);
    int least = loaded && !nx_window_at_start(v->window) && before >= tops ? tops : 0;
    int most = n - 1;
    v->cursor = to > most ? most : to;
    v->cursor = v->cursor < least ? least : v->cursor;
    v->owed = (to < least && least > 0) || (to > most && loaded && !nx_window_at_end(v->window)) ? to - v->cursor : 0;
    ui_picker_look(v, to > before ? 1 : -1);
}

static void go_end(picker_view *v, bool last) {
    if (!v->window) {
        return;
    }
    v->goal = last ? GOAL_ROW : GOAL_TOP;
    nx_window_go(v->window, &(nx_from){.kind = last ? NX_FROM_LAST : NX_FROM_FIRST});
}

static int leave(picker_view *v) {
    ui_app *app = v->view.app;
    ui_picker_options o = v->o;
    v->done = true;
    ui_app_remove(app, &v->view);
    o.leave(o.owner);
    return UI_DONE;
}

static bool move_key(picker_view *v, ui_key key) {
    int page = v->height > 1 ? v->height - 1 : 1;
    if (key.code == UI_KEY_HOME || key.code == UI_KEY_END) {
        go_end(v, key.code == UI_KEY_END);
        return true;
    }
    int step = key.code == UI_KEY_DOWN || ui_key_is_ctrl(key, 'n') ? 1
             : key.code == UI_KEY_UP || ui_key_is_ctrl(key, 'p')   ? -1
             : key.code == UI_KEY_PGDN || ui_key_is_ctrl(key, 'f') ? page
             : key.code == UI_KEY_PGUP || ui_key_is_ctrl(key, 'b') ? -page
                                                            : 0;
    if (step) {
        ui_picker_move(v, v->cursor + v->owed + step);
    }
    return step != 0;
}

/* Ctrl-X n, Ctrl-X d as in the line editor. */
static bool state_key(picker_view *v, ui_key key, int *flags) {
    bool prefixed = v->prefixed;
    v->prefixed = ui_key_is_ctrl(key, 'x');
    for (int i = 0; prefixed && !key.mods && i < v->o.nstates; i++) {
        if ((uint32_t)(unsigned char)v->o.states[i].key == key.code) {
            *flags = finish(v, &(ui_picked){.kind = UI_PICKED_STATE, .state = i});
            return true;
        }
    }
    return v->prefixed;
}

static int type(picker_view *v, const ui_input *input) {
    size_t before = v->typed.len;
    if (ui_typed_take(&v->typed, input) && v->typed.len != before) {
        ui_picker_search_soon(v);
    }
    return UI_DONE;
}

static int give_up(picker_view *v) {
    if (v->taking) {
        v->taking = false;
        ui_ahead_drop();
        return UI_DONE;
    }
    return UI_CLOSE_ME;
}

static int handle(ui_view *view, const ui_input *input) {
    picker_view *v = (picker_view *)view;
    ui_key key = input->key;
    bool pasted = input->kind == UI_INPUT_PASTE;
    if (!pasted && ((key.code == UI_KEY_ESC && !key.mods) || ui_key_is_stop(key))) {
        return give_up(v);
    }
    if (v->taking) {
        ui_ahead_keep(input);
        return UI_DONE;
    }
    if (pasted) {
        return type(v, input);
    }
    int flags = UI_DONE;
    if (state_key(v, key, &flags)) {
        return flags;
    }
    if (key.code == UI_KEY_ENTER || ui_key_is_ctrl(key, 'j')) {
        return enter(v);
    }
    if ((key.code == UI_KEY_TAB || ui_key_is_ctrl(key, 'e')) && v->o.leave) {
        return leave(v);
    }
    if (ui_key_is_ctrl(key, 'l') || ui_key_is_ctrl(key, 'z') || key.code == UI_KEY_F1) {
        return UI_UNHANDLED;
    }
    return move_key(v, key) ? UI_DONE : type(v, input);
}

static int mouse(ui_view *view, const ui_input *input, ui_rect screen) {
    picker_view *v = (picker_view *)view;
    (void)screen;
    if (v->taking) {
        return UI_DONE;
    }
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        ui_picker_move(v, v->cursor + (input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3));
        return UI_DONE;
    }
    ui_rect r = ui_rect_inside(v->box);
    int at = v->top + input->y - r.y - 1;
    if (input->x < r.x || input->x >= r.x + r.width || input->y < r.y || input->y >= r.y + r.height) {
        return UI_DONE; /* a slip of the hand does not drop what is being chosen */
    }
    if (input->y == r.y || at >= ui_picker_count(v)) {
        return UI_DONE;
    }
    v->cursor = at;
    return input->mouse == UI_MOUSE_DOUBLE ? enter(v) : UI_DONE;
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static void close_picker(ui_view *view) {
    picker_view *v = (picker_view *)view;
    if (v->taking) {
        ui_ahead_drop();
    }
    ui_picker_stop(v);
    if (!v->done && v->o.dropped) {
        v->o.dropped(v->o.owner);
    }
    for (int i = 0; i < v->o.nstates; i++) {
        free((char *)(uintptr_t)v->o.states[i].name);
        free((char *)(uintptr_t)v->o.states[i].words);
    }
    free((ui_input_state *)(uintptr_t)v->o.states);
    nx_query_free(v->query);
    nx_arena_free(v->arena);
    nx_buf_free(&v->typed);
    nx_buf_free(&v->error);
    free(v->fields);
    free(v->title);
    free(v);
}

static const ui_view_ops picker_ops = {
    .name = "picker",
    .scope = UI_SCOPE_INPUT,
    .draw = ui_picker_draw,
    .input = handle,
    .mouse = mouse,
    .close = close_picker,
};

static void copy_states(picker_view *v, const ui_picker_options *o) {
    ui_input_state *states = nx_calloc((size_t)o->nstates + 1, sizeof *states);
    for (int i = 0; i < o->nstates; i++) {
        states[i] = (ui_input_state){o->states[i].key, nx_strdup(o->states[i].name), nx_strdup(o->states[i].words)};
    }
    v->o.states = states;
}

ui_view *ui_picker_open(ui_app *app, const ui_picker_options *o) {
    const nx_key *key = o->model->identity;
    if (!o->fields && !key) {
        ui_refuse(app, "%s has no key to choose its records by", o->model->title);
        return NULL;
    }
    picker_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&picker_ops, app};
    v->o = *o;
    v->o.nfields = o->fields ? o->nfields : key->nfields;
    v->fields = nx_calloc((size_t)v->o.nfields + 1, sizeof *v->fields);
    memcpy(v->fields, o->fields ? o->fields : key->fields, sizeof *v->fields * (size_t)v->o.nfields);
    v->title = nx_strdup(o->title);
    v->arena = nx_arena_new(0);
    v->typed = v->error = (nx_buf)NX_BUF;
    v->height = 8;
    copy_states(v, o);
    nx_value *now = nx_arena_array(v->arena, (size_t)v->o.nfields, sizeof *now);
    for (int i = 0; o->now && i < v->o.nfields; i++) {
        now[i] = nx_value_copy(v->arena, o->now[i]);
    }
    v->o.now = o->now ? now : NULL;
    v->cursor = o->state > 0 ? o->state : 0;
    ui_app_overlay(app, &v->view);
    ui_picker_first(v);
    return &v->view;
}
