#include "schema.h"

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

const char *ui_schema_column(const nx_model *model, const char *column) {
    const nx_field *field = nx_model_field(model, column);
    return field ? nx_field_title(field) : nx_prisma_column(model, column);
}
