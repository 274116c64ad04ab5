#include "migrations.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nixie/prisma.h"

/* As Prisma names it: from the current folder on. */
static const char *from_here(const char *path, nx_arena *arena) {
    char *here = getcwd(NULL, 0);
    size_t len = here ? strlen(here) : 0;
    bool below = len > 1 && strncmp(path, here, len) == 0 && path[len] == '/';
    free(here);
    return nx_arena_strdup(arena, below ? path + len + 1 : path);
}

bool ui_migrations_find(const ui_options *options, const nx_source *source, nx_arena *arena, ui_migrations_place *place,
                        nx_error *err) {
    nx_prisma_where where = {.path = NULL};
    bool project = !options->foreign || options->prisma;
    bool found = project && nx_prisma_find(NULL, options->prisma, arena, &where, err);
    *place = (ui_migrations_place){.folder = found ? where.migrations : NULL,
                                   .schema = options->schema ? options->schema : source->schema};
    place->shown = place->folder ? from_here(place->folder, arena) : "prisma/migrations";
    return !nx_failed(err);
}

static void add_times(const nx_migration *one, nx_buf *out) {
    if (one->started_at) {
        nx_buf_addf(out, "  started      %s\n", one->started_at);
    }
    if (one->finished_at) {
        nx_buf_addf(out, "  finished     %s\n", one->finished_at);
    }
    if (one->rolled_back_at) {
        nx_buf_addf(out, "  rolled back  %s\n", one->rolled_back_at);
    }
    if (one->tries > 0) {
        nx_buf_addf(out, "  steps        %s%s\n", one->steps ? one->steps : "0", one->tries > 1 ? ", after earlier tries" : "");
    }
}

void ui_migrations_describe(const nx_migration *one, nx_buf *out) {
    nx_buf_addf(out, "%s: %s\n", one->name, nx_migration_state_name(one->state));
    if (one->edited) {
        nx_buf_adds(out, "  its script was modified after it was applied\n");
    }
    if (one->trouble) {
        nx_buf_addf(out, "  its migration.sql cannot be read: %s\n", one->trouble);
    }
    if (!one->local) {
        nx_buf_adds(out, "  the migrations folder does not have it\n");
    }
    add_times(one, out);
    if (one->logs && *one->logs) {
        nx_buf_addf(out, "  log:\n%s\n", one->logs);
    }
}

void ui_migrations_report(const nx_migrations *migrations, const char *shown, nx_buf *out) {
    nx_migrations_tell(migrations, out);
    if (strcmp(shown, "prisma/migrations") != 0) {
        nx_buf_addf(out, "\nThe folder that was read is %s\n", shown);
    }
    if (migrations->has_marker) {
        nx_buf_adds(out, "\nThe database is marked by Prisma 8 (prisma_contract.marker), which keeps no such table.\n");
    }
    for (int i = 0; i < migrations->n; i++) {
        const nx_migration *one = &migrations->list[i];
        bool plain = one->state == NX_MIGRATION_APPLIED || one->state == NX_MIGRATION_PENDING;
        if (one->edited || one->trouble || !plain || (!one->local && migrations->folder)) {
            nx_buf_addc(out, '\n');
            ui_migrations_describe(one, out);
        }
    }
}
