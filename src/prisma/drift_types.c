/* Which types of PostgreSQL a scalar of the schema's stands for. */
#include <string.h>

#include "drift.h"

static const struct {
    const char *scalar, *types; /* each with a blank around it */
} kinds[] = {
    {"String", " text varchar bpchar char name citext uuid xml bit varbit inet "},
    {"Boolean", " bool "},
    {"Int", " int2 int4 oid "},
    {"BigInt", " int8 "},
    {"Float", " float4 float8 "},
    {"Decimal", " numeric money "},
    {"DateTime", " timestamp timestamptz date time timetz "},
    {"Json", " json jsonb "},
    {"Bytes", " bytea "},
};

static bool lists(const char *types, const char *type) {
    size_t len = strlen(type);
    for (const char *at = types; (at = strstr(at, type)) != NULL; at += len) {
        if (at[-1] == ' ' && at[len] == ' ') {
            return true;
        }
    }
    return false;
}

bool nx_drift_same_kind(const nx_psl_field *field, const char *type, bool labels) {
    if (field->unsupported) {
        return true;
    }
    if (field->enumeration) {
        return labels && strcmp(field->enumeration->type, type) == 0;
    }
    for (size_t i = 0; i < NX_COUNT(kinds); i++) {
        if (strcmp(kinds[i].scalar, field->type) == 0) {
            return *type && strlen(type) < 16 && lists(kinds[i].types, type);
        }
    }
    return true; /* a type of the schema's that we do not know */
}
