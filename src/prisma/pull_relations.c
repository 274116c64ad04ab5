/* Foreign keys as relation fields: which tables are only relations, what the fields are called, where they stand. */
#include <ctype.h>
#include <string.h>

#include "pull.h"

/* --- what Prisma can address ------------------------------------------------------------------------------- */

static bool identifies(const nx_pull_index *index) {
    if (!index->primary && !index->unique) {
        return false;
    }
    for (int i = 0; i < index->ncolumns; i++) {
        if (index->columns[i]->family == NX_PULL_UNSUPPORTED || !index->columns[i]->required) {
            return false;
        }
    }
    return true;
}

bool nx_pull_identified(const nx_pull_table *table) {
    for (int i = 0; i < table->nindexes; i++) {
        if (identifies(&table->indexes[i])) {
            return true;
        }
    }
    return false;
}

bool nx_pull_ignored(const nx_pull_table *table) { return table->ncolumns > 0 && !nx_pull_identified(table); }

/* --- tables that are no models --------------------------------------------------------------------------------- */

/* "A" or "a", as an old Prisma wrote it. */
static bool is_letter(const nx_pull_column *column, char letter) {
    return tolower((unsigned char)column->name[0]) == letter && !column->name[1];
}

static bool has_pair_index(const nx_pull_table *table) {
    for (int i = 0; i < table->nindexes; i++) {
        const nx_pull_index *index = &table->indexes[i];
        if ((index->unique || index->primary) && index->ncolumns == 2 && is_letter(index->columns[0], 'a') &&
            is_letter(index->columns[1], 'b')) {
            return true;
        }
    }
    return false;
}

static bool has_b_index(const nx_pull_table *table) {
    for (int i = 0; i < table->nindexes; i++) {
        const nx_pull_index *index = &table->indexes[i];
        if (!index->unique && !index->primary && index->ncolumns == 1 && is_letter(index->columns[0], 'b')) {
            return true;
        }
    }
    return false;
}

static bool keys_fit(const nx_pull_key *a, const nx_pull_key *b) {
    return is_letter(a->columns[0], 'a') && is_letter(b->columns[0], 'b') && strcmp(a->target->name, b->target->name) <= 0;
}

static bool is_join_table(const nx_pull_table *table) {
    return table->name[0] == '_' && table->nkeys == 2 && has_pair_index(table) && has_b_index(table) &&
           (keys_fit(&table->keys[0], &table->keys[1]) || keys_fit(&table->keys[1], &table->keys[0]));
}

/* What Prisma keeps for itself, by its columns. */
static const char *const own_tables[][12] = {
    {"_prisma_migrations", "id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at",
     "applied_steps_count"},
    {"_Migration", "revision", "name", "datamodel", "status", "applied", "rolled_back", "datamodel_steps",
     "database_migration", "errors", "started_at", "finished_at"},
    {"_RelayId", "id", "stableModelIdentifier"},
};

static bool is_own(const nx_pull_table *table) {
    for (size_t i = 0; i < NX_COUNT(own_tables); i++) {
        bool all = strcmp(own_tables[i][0], table->name) == 0;
        for (size_t c = 1; all && c < NX_COUNT(own_tables[i]) && own_tables[i][c]; c++) {
            all = nx_pull_find_column(table, own_tables[i][c]) != NULL;
        }
        if (all) {
            return true;
        }
    }
    return false;
}

/* --- ambiguity --------------------------------------------------------------------------------------------- */

static bool same_pair(const nx_pull_table *a, const nx_pull_table *b, const nx_pull_table *c, const nx_pull_table *d) {
    return (a == c && b == d) || (a == d && b == c);
}

static bool same_columns(const nx_pull_key *a, const nx_pull_key *b) {
    if (a->ncolumns != b->ncolumns || a->table != b->table) {
        return false;
    }
    for (int i = 0; i < a->ncolumns; i++) {
        if (a->columns[i] != b->columns[i]) {
            return false;
        }
    }
    return true;
}

/* Does a key of `table` with other columns than `key` link the same two? */
static bool linked_otherwise(const nx_pull_key *key, const nx_pull_table *table) {
    for (int i = 0; i < table->nkeys; i++) {
        const nx_pull_key *other = &table->keys[i];
        if (other != key && !same_columns(key, other) && same_pair(key->table, key->target, other->table, other->target)) {
            return true;
        }
    }
    return false;
}

static bool hits_column(const nx_pull_key *key) {
    for (int i = 0; i < key->ncolumns; i++) {
        if (strcmp(key->target->plain, key->columns[i]->plain) == 0) {
            return true;
        }
    }
    return false;
}

static bool linked(const nx_pull_table *from, const nx_pull_table *a, const nx_pull_table *b) {
    for (int i = 0; i < from->nkeys; i++) {
        if (same_pair(a, b, from, from->keys[i].target)) {
            return true;
        }
    }
    return false;
}

static bool joined_otherwise(const nx_pull_schema *pull, const nx_pull_table *join) {
    const nx_pull_table *a = join->keys[0].target, *b = join->keys[1].target;
    for (int i = 0; i < pull->ntables; i++) {
        const nx_pull_table *other = &pull->tables[i];
        if (other != join && other->join_table && same_pair(a, b, other->keys[0].target, other->keys[1].target)) {
            return true;
        }
    }
    return linked(a, a, b) || linked(b, a, b);
}

/* What one relation of two models makes ambiguous is so for all of them. */
typedef struct pair {
    const nx_pull_table *a, *b;
} pair;

typedef struct pairs {
    pair *list;
    int n;
} pairs;

static bool is_ambiguous(const pairs *all, const nx_pull_table *a, const nx_pull_table *b) {
    for (int i = 0; i < all->n; i++) {
        if (same_pair(a, b, all->list[i].a, all->list[i].b)) {
            return true;
        }
    }
    return false;
}

static void add_pair(pairs *all, const nx_pull_table *a, const nx_pull_table *b) {
    if (!is_ambiguous(all, a, b)) {
        all->list[all->n++] = (pair){a, b};
    }
}

static pairs find_ambiguous(const nx_pull_schema *pull) {
    int keys = 0;
    for (int i = 0; i < pull->ntables; i++) {
        keys += pull->tables[i].nkeys;
    }
    pairs all = {.list = nx_arena_array(pull->arena, (size_t)keys + 1, sizeof *all.list)};
    for (int i = 0; i < pull->ntables; i++) {
        const nx_pull_table *table = &pull->tables[i];
        if (table->join_table && joined_otherwise(pull, table)) {
            add_pair(&all, table->keys[0].target, table->keys[1].target);
        }
        for (int k = 0; k < table->nkeys && !table->join_table; k++) {
            const nx_pull_key *key = &table->keys[k];
            if (linked_otherwise(key, table) || linked_otherwise(key, key->target) || hits_column(key)) {
                add_pair(&all, table, key->target);
            }
        }
    }
    return all;
}

/* --- names ----------------------------------------------------------------------------------------------------- */

static bool repeats(const nx_pull_key *key, const nx_pull_key *earlier) {
    if (!same_columns(key, earlier)) {
        return false;
    }
    for (int i = 0; i < key->ncolumns; i++) {
        if (key->references[i] != earlier->references[i]) {
            return false;
        }
    }
    return true;
}

static void name_plainly(nx_arena *arena, nx_pull_key *key) {
    bool self = key->table == key->target;
    key->relation = self ? nx_arena_printf(arena, "%sTo%s", key->table->plain, key->target->plain) : "";
    key->forward = key->target->plain;
    key->back = nx_arena_printf(arena, "%s%s", self ? "other_" : "", key->table->plain);
}

static void name_apart(nx_arena *arena, nx_pull_key *key) {
    nx_buf name = NX_BUF;
    nx_buf_addf(&name, "%s_", key->table->plain);
    for (int i = 0; i < key->ncolumns; i++) {
        nx_buf_addf(&name, "%s%s", i ? "_" : "", key->columns[i]->plain);
    }
    nx_buf_addf(&name, "To%s", key->target->plain);
    key->relation = nx_arena_strdup(arena, name.data);
    nx_buf_free(&name);
    key->forward = nx_arena_printf(arena, "%s_%s", key->target->plain, key->relation);
    key->back = nx_arena_printf(arena, "%s%s_%s", key->table == key->target ? "other_" : "", key->table->plain, key->relation);
}

static void name_keys(const nx_pull_schema *pull, const pairs *ambiguous, nx_pull_table *table) {
    for (int k = 0; k < table->nkeys; k++) {
        nx_pull_key *key = &table->keys[k];
        for (int e = 0; e < k; e++) {
            key->repeated = key->repeated || repeats(key, &table->keys[e]);
        }
        (is_ambiguous(ambiguous, table, key->target) ? name_apart : name_plainly)(pull->arena, key);
    }
}

static void name_join(const nx_pull_schema *pull, const pairs *ambiguous, nx_pull_table *join) {
    const nx_pull_table *a = join->keys[0].target, *b = join->keys[1].target;
    bool self = a == b, apart = is_ambiguous(ambiguous, a, b);
    if (a > b) { /* the earlier table first: they are elements of one array */
        const nx_pull_table *swap = a;
        a = b;
        b = swap;
    }
    const char *usual = nx_arena_printf(pull->arena, "%sTo%s", a->plain, b->plain), *suffix = apart ? join->name : "";
    join->relation = !apart && !self && strcmp(join->name + 1, usual) == 0 ? "" : join->name + 1;
    join->fields[0] = nx_arena_printf(pull->arena, "%s%s%s", b->plain, suffix, self ? "_A" : "");
    join->fields[1] = nx_arena_printf(pull->arena, "%s%s%s", a->plain, suffix, self ? "_B" : "");
}

/* --- places ---------------------------------------------------------------------------------------------------- */

static void count_sides(nx_pull_schema *pull) {
    for (int i = 0; i < pull->ntables; i++) {
        for (int k = 0; k < pull->tables[i].nkeys; k++) {
            nx_pull_key *key = &pull->tables[i].keys[k];
            if (pull->tables[i].join_table) {
                key->target->nmany++;
            } else if (!key->repeated) {
                key->table->nsides++;
                key->target->nsides++;
            }
        }
    }
    for (int i = 0; i < pull->ntables; i++) {
        nx_pull_table *table = &pull->tables[i];
        table->sides = nx_arena_array(pull->arena, (size_t)table->nsides + 1, sizeof *table->sides);
        table->many = nx_arena_array(pull->arena, (size_t)table->nmany + 1, sizeof *table->many);
        table->nsides = table->nmany = 0;
    }
}

static void place_join(nx_pull_table *join) {
    bool first_is_a = is_letter(join->keys[0].columns[0], 'a');
    const nx_pull_key *a = &join->keys[first_is_a ? 0 : 1], *b = &join->keys[first_is_a ? 1 : 0];
    a->target->many[a->target->nmany++] = (nx_pull_side){.key = b};
    b->target->many[b->target->nmany++] = (nx_pull_side){.key = a, .back = true};
}

static void place_sides(nx_pull_schema *pull) {
    count_sides(pull);
    for (int i = 0; i < pull->ntables; i++) {
        nx_pull_table *table = &pull->tables[i];
        for (int k = 0; k < table->nkeys && !table->join_table; k++) {
            const nx_pull_key *key = &table->keys[k];
            if (!key->repeated) {
                table->sides[table->nsides++] = (nx_pull_side){.key = key};
                key->target->sides[key->target->nsides++] = (nx_pull_side){.key = key, .back = true};
            }
        }
        if (table->join_table) {
            place_join(table);
        }
    }
}

void nx_pull_relate(nx_pull_schema *pull) {
    for (int i = 0; i < pull->ntables; i++) {
        pull->tables[i].join_table = is_join_table(&pull->tables[i]);
        pull->tables[i].hidden = is_own(&pull->tables[i]);
    }
    nx_pull_keep_relations(pull);
    pairs ambiguous = find_ambiguous(pull);
    for (int i = 0; i < pull->ntables; i++) {
        nx_pull_table *table = &pull->tables[i];
        if (table->join_table) {
            name_join(pull, &ambiguous, table);
        } else {
            name_keys(pull, &ambiguous, table);
        }
    }
    nx_pull_keep_names(pull);
    if (!pull->prisma || !pull->prisma->relation_mode_prisma) {
        place_sides(pull);
    }
}
