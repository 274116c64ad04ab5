#include <stdlib.h>
#include <string.h>

#include "nixie/preview.h"
#include "preview.h"
#include "views.h"

enum { ACTION_COLUMN = 16 };

typedef struct ui_preview {
    nx_preview_job *job;
    nx_preview *preview; /* what was seen last */
    uint64_t change;     /* to be told of on the bottom line, 0: none */
    bool answered;
} ui_preview;

static bool deletes(nx_change_kind kind) { return kind == NX_DELETE || kind == NX_BULK_DELETE; }

/* --- the bottom line ---------------------------------------------------------------------------------------- */

static void tell(ui_app *app, const ui_preview *p) {
    const nx_preview_tree *tree = nx_preview_of(p->preview, p->change);
    ui_view *view = ui_app_view(app);
    bool shown = view && view->ops == &ui_changes_ops;
    if (tree && !shown && app->message.len == 0) { /* something else that was said since is newer */
        nx_buf words = NX_BUF;
        nx_preview_words(tree, &words);
        ui_say(app, tree->refusal == NX_EFFECT_REFUSES ? UI_ERROR : UI_INFO, "%s", words.data);
        nx_buf_free(&words);
    }
}

/* --- asking ---------------------------------------------------------------------------------------------------- */

static void answered(void *owner, nx_preview *preview, const nx_error *err) {
    ui_app *app = owner;
    ui_preview *p = app->preview;
    p->job = NULL;
    p->answered = true;
    if (err) {
        return; /* it is only a look: what is wrong will be told by what the user does next */
    }
    nx_preview_free(p->preview);
    p->preview = preview;
    if (p->change) {
        tell(app, p);
        p->change = 0;
    }
    ui_changes_foreseen(app);
    ui_app_dirty(app);
}

static void ask(ui_app *app) {
    ui_preview *p = app->preview;
    nx_preview_drop(p->job);
    p->job = NULL;
    p->answered = false;
    nx_preview_job *job = nx_preview_ask(app->session, app->changes, answered, app);
    p->job = p->answered ? NULL : job;
}

static ui_preview *state_of(ui_app *app) {
    app->preview = app->preview ? app->preview : nx_calloc(1, sizeof *app->preview);
    return app->preview;
}

void ui_preview_staged(ui_app *app, uint64_t change) {
    ui_preview *p = state_of(app);
    p->change = change;
    ask(app);
}

/* Nothing is looked at where nothing goes, and no key that others may refer to is edited. */
static bool worth(const nx_changeset *set) {
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_change *c = nx_changeset_at(set, i);
        if (deletes(c->kind)) {
            return true;
        }
        for (int a = 0; c->kind != NX_INSERT && a < c->nassignments; a++) {
            for (int k = 0; k < c->model->nkeys; k++) {
                for (int f = 0; f < c->model->keys[k]->nfields; f++) {
                    if (c->model->keys[k]->fields[f]->number == c->assignments[a].field->number) {
                        return true;
                    }
                }
            }
        }
    }
    return false;
}

void ui_preview_refresh(ui_app *app) {
    if (!app->saving && worth(app->changes)) {
        state_of(app);
        ask(app);
    }
}

void ui_preview_free(ui_app *app) {
    if (app->preview) {
        nx_preview_drop(app->preview->job);
        nx_preview_free(app->preview->preview);
        free(app->preview);
        app->preview = NULL;
    }
}

/* --- under each change ------------------------------------------------------------------------------------------ */

static const char *action_words(const nx_effect *e) {
    if (e->refusal != NX_EFFECT_ALLOWED) {
        return e->refusal == NX_EFFECT_REFUSES ? "refused by" : "may be refused";
    }
    if (e->action == NX_EFFECT_CASCADE) {
        return e->update ? "changes" : "cascades to";
    }
    return e->action == NX_EFFECT_SET_NULL      ? "sets NULL in"
           : e->action == NX_EFFECT_SET_DEFAULT ? "sets default in"
                                                : "referred by";
}

static ui_style style_of(const nx_effect *e) {
    return e->refusal == NX_EFFECT_REFUSES                             ? UI_ERROR
           : e->refusal == NX_EFFECT_MAY_REFUSE                        ? UI_UPDATED
           : e->action == NX_EFFECT_CASCADE && !e->update ? UI_DELETED
                                                                       : UI_UPDATED;
}

/* "  cascades to     12 Comment  postId", what refers to those further in. */
static void add_effect(ui_doc *doc, const nx_effect *e, int item) {
    nx_buf words = NX_BUF;
    bool refuses = e->refusal != NX_EFFECT_ALLOWED;
    ui_doc_line_add(doc, item, 4 + 2 * e->depth);
    ui_doc_adds(doc, style_of(e), action_words(e));
    ui_doc_pad(doc, ACTION_COLUMN);
    nx_effect_words(e, &words);
    ui_doc_adds(doc, refuses ? style_of(e) : UI_PLAIN, words.data);
    nx_buf_free(&words);
    ui_doc_adds(doc, UI_DIM, "  ");
    for (int i = 0; i < e->key->nfields; i++) {
        ui_doc_addf(doc, UI_DIM, "%s%s", i ? ", " : "", nx_field_title(e->key->fields[i]));
    }
    if (refuses) {
        ui_doc_addf(doc, UI_DIM, " %s %s", ui_glyph(UI_GLYPH_DOT), nx_effect_action_name(e->action));
    }
    if (e->why) {
        ui_doc_addf(doc, refuses ? style_of(e) : UI_DIM, " %s %s", ui_glyph(UI_GLYPH_DOT), e->why);
    }
    ui_doc_adds(doc, UI_DIM, e->deeper ? "  and what refers to them" : "");
}

void ui_preview_add(const ui_app *app, ui_doc *doc, const nx_change *change, int item) {
    const ui_preview *p = app->preview;
    const nx_preview_tree *tree = p ? nx_preview_of(p->preview, change->id) : NULL;
    if (!tree || tree->kind != change->kind) {
        if (p && p->job && deletes(change->kind)) {
            ui_doc_line_add(doc, item, 4);
            ui_doc_adds(doc, UI_DIM, "looking what it does to those that refer to it");
        }
        return;
    }
    for (int i = 0; i < tree->n; i++) {
        add_effect(doc, &tree->effects[i], item);
    }
    if (tree->n == 0 || tree->count == 0) {
        ui_doc_line_add(doc, item, 4);
        ui_doc_adds(doc, UI_DIM, tree->count == 0 ? "nothing is there any more" : "nothing refers to it");
    }
}
