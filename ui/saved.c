#include "saved.h"

#include <stdio.h>
#include <string.h>

#include "format.h"
#include "list.h"

enum { PROGRESS_FROM = 500, LINES_MAX = 2000 };

/* A default that was filled in is what was expected; a value that became another is not. */
static bool altered(const nx_saved_change *c, const nx_saved_field *f) {
    return c->kind != NX_INSERT || f->sent.text != NULL;
}

static void add_value(nx_buf *out, nx_value value) {
    if (value.text) {
        nx_buf_addf(out, "'%.*s'", (int)(value.len > 300 ? 300 : value.len), value.text);
    } else {
        nx_buf_adds(out, "NULL");
    }
}

static void add_change(nx_buf *out, const nx_saved_change *c) {
    static const char *const words[] = {[NX_UPDATE] = "updated", [NX_INSERT] = "added", [NX_DELETE] = "deleted",
                                        [NX_BULK_UPDATE] = "updated", [NX_BULK_DELETE] = "deleted"};
    nx_buf_addf(out, "%s", c->model->title);
    bool keyed = c->model->identity != NULL; /* a tuple id says nothing to a person */
    for (int i = 0; keyed && i < c->nkey; i++) {
        nx_buf_addf(out, "%s%s", i ? "," : " ", c->key[i].text ? c->key[i].text : "NULL");
    }
    nx_buf_addf(out, " %s", words[c->kind]);
    if (c->affected != 1) {
        nx_buf_addf(out, ": %lld records", (long long)c->affected);
    }
    nx_buf_addc(out, '\n');
    for (int i = 0; i < c->nfields; i++) {
        const nx_saved_field *f = &c->fields[i];
        nx_buf_addf(out, "    %s is ", nx_field_title(f->field));
        add_value(out, f->stored);
        if (f->sent.text) {
            nx_buf_adds(out, ", sent was ");
            add_value(out, f->sent);
        } else {
            nx_buf_adds(out, altered(c, f) ? ", set by the server" : ", filled in by the server");
        }
        nx_buf_addc(out, '\n');
    }
}

/* What is worth reading: changes that became something else than what was sent. */
static int describe(nx_buf *out, const nx_save_report *report) {
    int fields = 0, lines = 0;
    for (int i = 0; i < report->nsaved; i++) {
        const nx_saved_change *c = &report->saved[i];
        for (int k = 0; k < c->nfields; k++) {
            fields += altered(c, &c->fields[k]);
        }
        if ((c->nfields > 0 || c->affected != 1) && lines++ < LINES_MAX) {
            add_change(out, c);
        }
    }
    if (report->summary) {
        nx_buf_addf(out, "\nThe database did more:\n    %s\n", report->summary);
    }
    return fields;
}

void ui_saved_tell(ui_app *app, const nx_save_report *report) {
    char number[24];
    nx_buf line = NX_BUF;
    nx_buf_clear(&app->saved);
    int fields = describe(&app->saved, report);
    nx_buf_addf(&line, "saved %s change%s", ui_format_exact(report->count, number), report->count == 1 ? "" : "s");
    if (report->summary) {
        nx_buf_addf(&line, " %s %s", ui_glyph(UI_GLYPH_DOT), report->summary);
    }
    if (fields > 0) {
        nx_buf_addf(&line, " %s the server changed %s field%s", ui_glyph(UI_GLYPH_DOT), ui_format_exact(fields, number),
                    fields == 1 ? "" : "s");
    }
    nx_buf_adds(&line, fields > 0 || report->summary ? "  (E: more)" : "");
    nx_error_clear(&app->last_error); /* E tells of the save now */
    ui_say(app, UI_GOOD, "%s", line.data);
    nx_buf_free(&line);
}

bool ui_saved_open(ui_app *app) {
    if (app->saved.len > 0) {
        ui_text_open(app, "What the server made of it", app->saved.data, app->saved.len);
    }
    return app->saved.len > 0;
}

void ui_saving_progress(const ui_app *app, char *out, size_t size) {
    int answered = 0, count = 0;
    char done[24], all[24];
    if (!app->saving) {
        return;
    }
    bool writing = nx_save_progress(app->saving, &answered, &count);
    if (count < PROGRESS_FROM) {
        return;
    }
    ui_format_exact(answered, done);
    ui_format_exact(count, all);
    if (writing) {
        snprintf(out, size, "saving %s of %s", done, all);
    } else {
        snprintf(out, size, "committing %s", all);
    }
}
