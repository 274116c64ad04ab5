/* action.h - everything a key can mean: one list gives the keymap, the help screen and completion.
 *
 * ACTION(id, name, help): the id in the program, the name for the command prompt and for scripts,
 * and one line for the help screen.
 */
#ifndef UI_ACTION_H
#define UI_ACTION_H

#define UI_ACTIONS(ACTION)                                                                     \
    ACTION(HELP, "help", "what the keys do here")                                              \
    ACTION(COMMAND, "command", "command prompt")                                               \
    ACTION(NEXT_PANE, "next-pane", "go to the other pane")                                     \
    ACTION(ESCAPE, "escape", "close, cancel what runs, else one step back")                    \
    ACTION(CLOSE, "close", "close this view; quit from the first one")                         \
    ACTION(QUIT, "quit", "quit nixie")                                                         \
    ACTION(CANCEL, "cancel", "cancel what is running")                                         \
    ACTION(REDRAW, "redraw", "draw the screen again")                                          \
    ACTION(SUSPEND, "suspend", "stop and go to the shell")                                     \
    ACTION(REFRESH, "refresh", "read it again from the server")                                \
    ACTION(ERROR, "error", "the last error, whole")                                            \
    ACTION(CHANGES, "changes", "staged changes")                                               \
    ACTION(RECOVER, "recover", "offer changes that a gone nixie left unsaved")               \
    ACTION(SAVE, "save", "review the staged changes, then save them")                          \
    ACTION(UNDO, "undo", "undo the last staged step")                                          \
    ACTION(REDO, "redo", "redo it")                                                            \
    ACTION(BACK, "back", "back along the trail")                                               \
    ACTION(FORWARD, "forward", "forward along the trail")                                      \
    ACTION(GO_MODEL, "go-model", "go to any model by its name")                                \
    ACTION(MAP, "map", "map of the relations around this model; again: of all")                 \
    ACTION(LOG, "log", "the statements that were sent")                                        \
    ACTION(ANALYZE, "analyze", "run it, rolled back, and show what it really took")            \
    ACTION(UP, "up", "up")                                                                     \
    ACTION(DOWN, "down", "down")                                                               \
    ACTION(LEFT, "left", "left")                                                               \
    ACTION(RIGHT, "right", "right")                                                            \
    ACTION(PAGE_UP, "page-up", "one page up")                                                  \
    ACTION(PAGE_DOWN, "page-down", "one page down")                                            \
    ACTION(FIRST, "first", "the first one")                                                    \
    ACTION(LAST, "last", "the last one")                                                       \
    ACTION(FIRST_FIELD, "first-field", "first field")                                          \
    ACTION(LAST_FIELD, "last-field", "last field")                                             \
    ACTION(PERCENT, "percent", "<n>% goes to that part of the rows")                           \
    ACTION(GO_KEY, "go-key", "go to the record with a key, or field=value of a unique key")    \
    ACTION(OPEN, "open", "open")                                                               \
    ACTION(DESCRIBE, "describe", "describe the model: fields, keys, indexes, relations, size") \
    ACTION(NARROW, "narrow", "narrow the list by name")                                        \
    ACTION(SEARCH, "search", "search")                                                         \
    ACTION(SEARCH_NEXT, "search-next", "next match")                                           \
    ACTION(SEARCH_PREVIOUS, "search-previous", "previous match")                               \
    ACTION(FIELDS, "fields", "choose the fields, and their order")                             \
    ACTION(PEEK, "peek", "the record beside the grid, or what its reference points at")         \
    ACTION(WATCH, "watch", "read the rows every <n> seconds and mark what changed; again: stop") \
    ACTION(EXPORT, "export", "all these rows into a file: CSV, JSON or SQL")                   \
    ACTION(COUNT, "count", "count the rows exactly")                                           \
    ACTION(VALUES, "values", "the values of this field with counts, to filter by")             \
    ACTION(TOGGLE, "toggle", "show it, or hide it")                                            \
    ACTION(MOVE_DOWN, "move-down", "move it down")                                             \
    ACTION(MOVE_UP, "move-up", "move it up")                                                   \
    ACTION(ALL, "all", "all of them; again: none")                                             \
    ACTION(NARROWER, "narrower", "narrower field")                                             \
    ACTION(WIDER, "wider", "wider field")                                                      \
    ACTION(FIT, "fit", "fit the field to its values")                                          \
    ACTION(SORT, "sort", "sort by this field: ascending, descending, off")                     \
    ACTION(SORT_MORE, "sort-more", "add this field as a further sort key")                     \
    ACTION(FILTER, "filter", "filter the rows")                                                \
    ACTION(FILTER_KEEP, "filter-keep", "keep only rows with this value")                       \
    ACTION(FILTER_DROP, "filter-drop", "keep only rows without this value")                    \
    ACTION(FILTER_CLEAR, "filter-clear", "clear the filter")                                   \
    ACTION(FOLLOW, "follow", "follow the reference under the cursor")                          \
    ACTION(REFERRERS, "referrers", "what refers to this record, with counts")                  \
    ACTION(CELL, "cell", "the whole value")                                                    \
    ACTION(EDIT, "edit", "edit the value")                                                     \
    ACTION(ADD, "add", "new record")                                                           \
    ACTION(DUPLICATE, "duplicate", "duplicate the record")                                     \
    ACTION(DELETE, "delete", "delete the record; again takes it back")                         \
    ACTION(SET_NULL, "set-null", "set NULL")                                                   \
    ACTION(SET_DEFAULT, "set-default", "set to the default")                                   \
    ACTION(COPY, "copy", "copy the value")                                                     \
    ACTION(SAVE_VALUE, "save-value", "the whole value into a file")                            \
    ACTION(COPY_AS, "copy-as", "copy the record, or the view as Prisma or SQL")                     \
    ACTION(MARK, "mark", "mark the record; what changes or copies a record acts on all marked")\
    ACTION(MARK_RANGE, "mark-range", "begin a range of marks; again ends it")                  \
    ACTION(BULK, "bulk", "delete or set a field of every record that matches")                 \
    ACTION(UNFOLD, "unfold", "unfold")                                                         \
    ACTION(FOLD, "fold", "fold")                                                               \
    ACTION(CONNECT, "connect", "connect a record to the relation")                             \
    ACTION(DISCONNECT, "disconnect", "disconnect it; again takes that back")                   \
    ACTION(UNSTAGE, "unstage", "take this change back")                                        \
    ACTION(DISCARD_ALL, "discard-all", "take all changes back, after a question")              \
    ACTION(KEEP_MINE, "keep-mine", "of a conflict: keep mine, over theirs")                    \
    ACTION(TAKE_THEIRS, "take-theirs", "of a conflict: take theirs, mine goes")                \
    ACTION(INSERT_AGAIN, "insert-again", "insert a record again that was deleted meanwhile")   \
    ACTION(EDITOR, "editor", "edit the value in $EDITOR")

#define UI_ACTION_ID(id, name, help) UI_DO_##id,
typedef enum ui_action { UI_DO_NOTHING, UI_ACTIONS(UI_ACTION_ID) UI_ACTION_COUNT } ui_action;
#undef UI_ACTION_ID

/* Where a binding holds. A view's own scope is looked up first, then UI_SCOPE_ALL. */
typedef enum ui_scope {
    UI_SCOPE_ALL,
    UI_SCOPE_MODELS,
    UI_SCOPE_ROWS,
    UI_SCOPE_RECORD,
    UI_SCOPE_CELL,
    UI_SCOPE_DESCRIBE,
    UI_SCOPE_CHANGES,
    UI_SCOPE_MAP,
    UI_SCOPE_LOG,
    UI_SCOPE_PLAN,
    UI_SCOPE_TEXT, /* help, errors: something to scroll in */
    UI_SCOPE_LIST, /* a list to choose from */
    UI_SCOPE_FIELDS, /* the fields to choose */
    UI_SCOPE_VALUES, /* the values of a field */
    UI_SCOPE_INPUT, /* a line editor: takes nearly all keys itself */
    UI_SCOPE_COUNT
} ui_scope;

const char *ui_action_name(ui_action action);
const char *ui_action_help(ui_action action);
ui_action ui_action_find(const char *name); /* UI_DO_NOTHING when unknown */
const char *ui_scope_name(ui_scope scope);  /* "Rows" */

#endif
