/* Which scalar a column's type becomes, its @db attribute, and the names of operator classes. */
#include <string.h>

#include "pull.h"

typedef enum modifier_kind {
    PLAIN,
    LENGTH,    /* of characters: 4 less than the modifier */
    BITS,      /* the modifier itself */
    PRECISION, /* of seconds: 6 when not said, but for lists */
    NUMERIC
} modifier_kind;

typedef struct known_type {
    const char *name, *native;
    nx_pull_family family;
    modifier_kind modifier;
    bool usual; /* what the scalar means anyway: no attribute */
} known_type;

static const known_type known_types[] = {
    {"int2", "SmallInt", NX_PULL_INT, PLAIN, false},
    {"int4", "Integer", NX_PULL_INT, PLAIN, true},
    {"int8", "BigInt", NX_PULL_BIGINT, PLAIN, true},
    {"oid", "Oid", NX_PULL_INT, PLAIN, false},
    {"float4", "Real", NX_PULL_FLOAT, PLAIN, false},
    {"float8", "DoublePrecision", NX_PULL_FLOAT, PLAIN, true},
    {"bool", "Boolean", NX_PULL_BOOLEAN, PLAIN, true},
    {"text", "Text", NX_PULL_STRING, PLAIN, true},
    {"citext", "Citext", NX_PULL_STRING, PLAIN, false},
    {"varchar", "VarChar", NX_PULL_STRING, LENGTH, false},
    {"bpchar", "Char", NX_PULL_STRING, LENGTH, false},
    {"char", "Char", NX_PULL_STRING, PLAIN, false},
    {"date", "Date", NX_PULL_DATETIME, PLAIN, false},
    {"bytea", "ByteA", NX_PULL_BYTES, PLAIN, true},
    {"json", "Json", NX_PULL_JSON, PLAIN, false},
    {"jsonb", "JsonB", NX_PULL_JSON, PLAIN, true},
    {"uuid", "Uuid", NX_PULL_UUID, PLAIN, false},
    {"xml", "Xml", NX_PULL_STRING, PLAIN, false},
    {"bit", "Bit", NX_PULL_STRING, BITS, false},
    {"varbit", "VarBit", NX_PULL_STRING, BITS, false},
    {"numeric", "Decimal", NX_PULL_DECIMAL, NUMERIC, false},
    {"money", "Money", NX_PULL_DECIMAL, PLAIN, false},
    {"time", "Time", NX_PULL_DATETIME, PRECISION, false},
    {"timetz", "Timetz", NX_PULL_DATETIME, PRECISION, false},
    {"timestamp", "Timestamp", NX_PULL_DATETIME, PRECISION, false},
    {"timestamptz", "Timestamptz", NX_PULL_DATETIME, PRECISION, false},
    {"inet", "Inet", NX_PULL_STRING, PLAIN, false},
};

static const known_type *find_type(const char *name) {
    for (size_t i = 0; i < NX_COUNT(known_types); i++) {
        if (strcmp(known_types[i].name, name) == 0) {
            return &known_types[i];
        }
    }
    return NULL;
}

/* Lists of a domain's type lose what the domain says of the length: information_schema does not tell it. */
static int kept_modifier(const nx_pull_column *column, int modifier, bool domain) {
    return column->list && domain ? -1 : modifier;
}

static const char *numeric(nx_arena *arena, int modifier) {
    int precision = ((modifier - 4) >> 16) & 0xffff, scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
    if (modifier < 0 || scale < 0) {
        return "Decimal";
    }
    bool usual = precision == 65 && scale == 30;
    return usual ? NULL : nx_arena_printf(arena, "Decimal(%d, %d)", precision, scale);
}

static const char *precise(nx_arena *arena, const known_type *type, bool list, int modifier) {
    int digits = modifier < 0 && !list ? 6 : modifier;
    if (digits == 3 && strcmp(type->name, "timestamp") == 0) {
        return NULL;
    }
    return digits < 0 ? type->native : nx_arena_printf(arena, "%s(%d)", type->native, digits);
}

static const char *native(nx_arena *arena, const known_type *type, const nx_pull_column *column, int modifier) {
    int length = type->modifier == LENGTH ? modifier - 4 : modifier;
    switch (type->modifier) {
    case PLAIN: break;
    case NUMERIC: return numeric(arena, modifier);
    case PRECISION: return precise(arena, type, column->list, modifier);
    case LENGTH:
    case BITS: return modifier < 0 ? type->native : nx_arena_printf(arena, "%s(%d)", type->native, length);
    }
    return type->usual ? NULL : type->native;
}

static const nx_pull_enum *find_enum(const nx_pull_schema *pull, const char *schema, const char *name) {
    for (int i = 0; i < pull->nenums; i++) {
        if (strcmp(pull->enums[i].name, name) == 0 && strcmp(pull->enums[i].schema, schema) == 0) {
            return &pull->enums[i];
        }
    }
    return NULL;
}

void nx_pull_type(const nx_pull_schema *pull, nx_pull_column *column, const char *type_schema, int modifier, bool domain) {
    const char *name = column->type + (column->type[0] == '_' && column->list);
    const known_type *type = find_type(name);
    column->family = NX_PULL_UNSUPPORTED;
    if (type) {
        column->family = type->family;
        column->native = native(pull->arena, type, column, kept_modifier(column, modifier, domain));
    } else if ((column->enumeration = find_enum(pull, type_schema, name))) {
        column->family = NX_PULL_ENUM;
    }
}

/* --- operator classes --------------------------------------------------------------------------------------- */

static const char *const ops_words[][2] = {
    {"minmax", "MinMax"}, {"bloom", "Bloom"}, {"multi", "Multi"},   {"varbit", "VarBit"}, {"timestamptz", "TimestampTz"},
    {"timetz", "TimeTz"}, {"inclusion", "Inclusion"},
};

static const char *const known_ops[] = {
    "array_ops", "jsonb_ops", "jsonb_path_ops", "inet_ops", "text_ops", "inet_inclusion_ops", "bit_minmax_ops", "varbit_minmax_ops",
};
/* Of BRIN: which of minmax (1), bloom (2) and minmax_multi (4) there are. */
static const struct {
    const char *type;
    int kinds;
} brin_ops[] = {
    {"bpchar", 3}, {"bytea", 3}, {"text", 3}, {"date", 7}, {"float4", 7}, {"float8", 7}, {"inet", 7}, {"int2", 7}, {"int4", 7},
    {"int8", 7}, {"numeric", 7}, {"oid", 7}, {"timestamp", 7}, {"timestamptz", 7}, {"time", 7}, {"timetz", 7}, {"uuid", 7},
};
static const char *const brin_kinds[] = {"_minmax_ops", "_bloom_ops", "_minmax_multi_ops"};

static bool is_known(const char *opclass) {
    for (size_t i = 0; i < NX_COUNT(known_ops); i++) {
        if (strcmp(known_ops[i], opclass) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < NX_COUNT(brin_ops); i++) {
        size_t len = strlen(brin_ops[i].type);
        for (size_t k = 0; k < NX_COUNT(brin_kinds); k++) {
            if ((brin_ops[i].kinds & (1 << k)) && strncmp(opclass, brin_ops[i].type, len) == 0 &&
                strcmp(opclass + len, brin_kinds[k]) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void add_word(nx_buf *out, const char *word, size_t len) {
    for (size_t i = 0; i < NX_COUNT(ops_words); i++) {
        if (strlen(ops_words[i][0]) == len && strncmp(ops_words[i][0], word, len) == 0) {
            nx_buf_adds(out, ops_words[i][1]);
            return;
        }
    }
    nx_buf_addc(out, (char)(word[0] - 'a' + 'A'));
    nx_buf_add(out, word + 1, len - 1);
}

/* "jsonb_path_ops" is JsonbPathOps; what Prisma does not know is raw. */
const char *nx_pull_ops(nx_arena *arena, const char *opclass) {
    nx_buf out = NX_BUF;
    if (is_known(opclass)) {
        for (const char *word = opclass; *word;) {
            size_t len = strcspn(word, "_");
            add_word(&out, word, len);
            word += len + (word[len] == '_');
        }
    } else {
        nx_buf_adds(&out, "raw(");
        nx_pull_string(&out, opclass);
        nx_buf_addc(&out, ')');
    }
    const char *ops = nx_arena_strdup(arena, out.data);
    nx_buf_free(&out);
    return ops;
}
