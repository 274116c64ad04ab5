#include "schema.h"

#include <string.h>

nx_prisma *ui_schema_read(const ui_options *options, nx_error *err) {
    if (options->foreign && !options->prisma) {
        return NULL;
    }
    nx_arena *arena = nx_arena_new(0);
    nx_prisma_where where;
    nx_prisma *prisma =
        nx_prisma_find(NULL, options->prisma, arena, &where, err) ? nx_prisma_read(&where, err) : NULL;
    nx_arena_free(arena);
    return prisma;
}

void ui_schema_lay(nx_prisma *prisma, nx_catalog *catalog, const ui_options *options, const nx_source *source) {
    if (prisma) {
        nx_prisma_lay(prisma, catalog,
                      &(nx_overlay_wish){.schema = source->schema, .database_names = options->db_names});
    }
}

static const char *or_empty(const char *s) { return s ? s : ""; }

bool ui_first_wish(const ui_options *options, const nx_source *source, const nx_prisma *prisma, nx_arena *arena,
                   nx_catalog_wish *wish) {
    if (!options->model) {
        return false;
    }
    const nx_psl_model *psl = prisma && !options->db_names ? nx_psl_find_model(prisma, options->model) : NULL;
    const char *dot = psl || options->schema ? NULL : strchr(options->model, '.');
    *wish = (nx_catalog_wish){.schema = options->schema ? options->schema : psl ? psl->schema : source->schema,
                              .name = psl ? psl->table : options->model};
    if (dot) {
        wish->schema = nx_arena_strndup(arena, options->model, (size_t)(dot - options->model));
        wish->name = dot + 1;
    }
    if (source->host && source->database) { /* else only the server will say where we are */
        wish->place = nx_arena_printf(arena, "%s\n%s\n%s\n%s", source->host, or_empty(source->port), source->database,
                                      or_empty(source->user));
    }
    return *wish->name != '\0';
}

const char *ui_schema_column(const nx_model *model, const char *column) {
    const nx_field *field = nx_model_field(model, column);
    return field ? nx_field_title(field) : nx_prisma_column(model, column);
}
