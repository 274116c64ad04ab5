/* migrations.h - Prisma's migrations as the command and the view tell of them. */
#ifndef UI_MIGRATIONS_H
#define UI_MIGRATIONS_H

#include "app.h"
#include "nixie/migrations.h"

/* Where the project keeps them. `folder` is NULL where there is no project, or the server is none of its; `shown` is
 * how it is called, from the current folder on. Strings in `arena`. False: what was named cannot be read. */
typedef struct ui_migrations_place {
    const char *folder, *shown, *schema;
} ui_migrations_place;
bool ui_migrations_find(const ui_options *options, const nx_source *source, nx_arena *arena, ui_migrations_place *place,
                        nx_error *err);

/* What `prisma migrate status` says, then what it does not: edited ones, failed ones with their logs. Raw text. */
void ui_migrations_report(const nx_migrations *migrations, const char *shown, nx_buf *out);
/* One of them: when, how often, its log. Raw text. */
void ui_migrations_describe(const nx_migration *one, nx_buf *out);

/* The view: a list of them, each with its script and its log. */
void ui_migrations_open(ui_app *app);
void ui_migrations_forget(ui_app *app); /* those that are being read */

#endif
