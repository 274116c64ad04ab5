/* The rows of the table beside the scripts of the folder. */
#include <stdlib.h>
#include <string.h>

#include "migrations.h"

static int by_name(const void *name, const void *one) { return strcmp(name, ((const nx_migration *)one)->name); }

/* The folder's are sorted; of those that only the table has there are few. */
static nx_migration *find(const nx_migrations *m, const char *name) {
    nx_migration *local = m->nlocal ? bsearch(name, m->list, (size_t)m->nlocal, sizeof *m->list, by_name) : NULL;
    for (int i = m->nlocal; !local && i < m->n; i++) {
        local = strcmp(m->list[i].name, name) == 0 ? &m->list[i] : NULL;
    }
    return local;
}

static nx_migration_state state_of(const nx_migration_row *row, bool locked) {
    if (row->rolled_back_at) {
        return NX_MIGRATION_ROLLED_BACK;
    }
    if (row->finished_at) {
        return NX_MIGRATION_APPLIED;
    }
    return locked || row->young ? NX_MIGRATION_RUNNING : NX_MIGRATION_FAILED;
}

static bool is_failed(nx_migration_state state) { return state == NX_MIGRATION_FAILED || state == NX_MIGRATION_RUNNING; }

/* A try that failed and was never settled stays in sight, whatever came after it. */
static void take(nx_migration *one, const nx_migration_row *row, nx_migration_state state) {
    if (one->tries++ > 0 && is_failed(one->state)) {
        return;
    }
    one->state = state;
    one->started_at = row->started_at;
    one->finished_at = row->finished_at;
    one->rolled_back_at = row->rolled_back_at;
    one->steps = row->steps;
    one->logs = row->logs;
}

static bool compare_sum(nx_migration *one, const nx_script *script, const nx_migration_row *row, nx_error *err) {
    if (script->trouble) {
        nx_error_set(err, NX_ERR_SYSTEM, "failed to read migration script at %s: %s", script->path, script->trouble);
        nx_error_hint(err, "it was applied: restore the file, or remove its folder (Prisma's P3015)");
        return false;
    }
    one->edited = !nx_script_has_sum(script, row->checksum);
    return true;
}

static bool add_row(nx_migrations *m, const nx_script *scripts, const nx_migration_row *row, bool locked, nx_error *err) {
    nx_migration *one = find(m, row->name);
    if (!one) {
        one = &m->list[m->n++];
        *one = (nx_migration){.name = row->name};
    }
    if (one->local && one->tries == 0 && !compare_sum(one, &scripts[one - m->list], row, err)) {
        return false; /* Prisma compares with the oldest row */
    }
    nx_migration_state state = state_of(row, locked);
    take(one, row, state);
    if (is_failed(state)) {
        m->failed[m->nfailed++] = one->name;
    }
    if (!one->local) {
        m->unknown[m->nunknown++] = one->name;
    }
    return true;
}

static void conclude(nx_migrations *m) {
    int first = 0;
    while (first < m->nlocal && m->list[first].tries > 0) {
        first++;
    }
    bool pending = first < m->nlocal, other = m->provider && strcmp(m->provider, "postgresql") != 0;
    m->status = other                   ? NX_MIGRATIONS_SWITCHED
              : pending && m->nunknown  ? NX_MIGRATIONS_DIVERGED
              : pending                 ? NX_MIGRATIONS_BEHIND
              : !m->has_table           ? NX_MIGRATIONS_UNMANAGED
              : m->nfailed              ? NX_MIGRATIONS_FAILED
                                        : NX_MIGRATIONS_UP_TO_DATE;
    m->last_common = m->status == NX_MIGRATIONS_DIVERGED && first > 0 ? m->list[first - 1].name : NULL;
}

bool nx_migrations_compare(nx_migrations *m, const nx_script *scripts, const nx_migration_row *rows, int nrows, bool locked,
                           nx_error *err) {
    m->list = nx_arena_array(m->arena, (size_t)(m->nlocal + nrows) + 1, sizeof *m->list);
    m->failed = nx_arena_array(m->arena, (size_t)nrows + 1, sizeof *m->failed);
    m->unknown = nx_arena_array(m->arena, (size_t)nrows + 1, sizeof *m->unknown);
    m->n = m->nlocal;
    for (int i = 0; i < m->nlocal; i++) {
        m->list[i] = (nx_migration){.name = scripts[i].name, .path = scripts[i].path, .trouble = scripts[i].trouble,
                                    .local = true, .state = NX_MIGRATION_PENDING};
    }
    for (int i = 0; i < nrows; i++) {
        if (!add_row(m, scripts, &rows[i], locked, err)) {
            return false;
        }
    }
    conclude(m);
    return true;
}
