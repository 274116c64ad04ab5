/* Values as they stand in a program that calls Prisma Client. */
#include "prisma_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/json.h"

/* Names that are no identifier of JavaScript stand in quotes. */
void nx_prisma_name(nx_buf *out, const char *name) {
    bool plain = *name && !(*name >= '0' && *name <= '9');
    for (const char *p = name; *p; p++) {
        plain &= (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '_' || *p == '$';
    }
    if (plain) {
        nx_buf_adds(out, name);
    } else {
        nx_json_cstring(out, name);
    }
}

static bool is_type(const nx_field *field, const char *const *names) {
    for (; *names; names++) {
        if (strcmp(field->base_type, *names) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_number(const char *text) {
    const char *p = text + (*text == '-' ? 1 : 0);
    size_t digits = strspn(p, "0123456789");
    const char *rest = p + digits;
    rest += *rest == '.' ? 1 + strspn(rest + 1, "0123456789") : 0;
    return digits > 0 && !*rest;
}

static bool is_whole(const char *text) {
    const char *p = text + (*text == '-' ? 1 : 0);
    return *p && !p[strspn(p, "0123456789")];
}

/* 2026-03-14 15:09:26.5+00 becomes what the Date constructor reads, where it is one. */
static void add_date(nx_buf *out, const nx_field *field, const char *text) {
    bool day = strlen(text) >= 10 && text[4] == '-' && text[7] == '-' && strspn(text, "0123456789-") >= 10;
    if (!day) {
        nx_json_cstring(out, text);
        return;
    }
    char *iso = nx_strdup(text);
    size_t len = strlen(iso);
    if (len > 10 && iso[10] == ' ') {
        iso[10] = 'T';
    }
    bool zone = len > 10 && (strchr(iso + 10, '+') || strchr(iso + 10, '-') || iso[len - 1] == 'Z');
    bool hours = zone && len > 3 && (iso[len - 3] == '+' || iso[len - 3] == '-');
    bool bare = len > 10 && !zone && strcmp(field->base_type, "timestamp") == 0;
    nx_buf_addf(out, "new Date('%s%s')", iso, hours ? ":00" : bare ? "Z" : "");
    free(iso);
}

static void add_text(nx_buf *out, const nx_field *field, const char *text) {
    static const char *const ints[] = {"int2", "int4", "float4", "float8", "oid", NULL}, *const longs[] = {"int8", NULL};
    if (field->class == NX_TYPE_BOOL) {
        nx_buf_adds(out, *text == 't' || *text == 'T' || *text == '1' || *text == 'y' ? "true" : "false");
    } else if (is_type(field, ints) && is_number(text)) {
        nx_buf_adds(out, text);
    } else if (is_type(field, longs) && is_whole(text)) {
        nx_buf_addf(out, "%sn", text);
    } else if (field->class == NX_TYPE_TIME && strncmp(field->base_type, "time", 4) == 0 && field->base_type[4] != 's') {
        nx_buf_addf(out, "new Date('1970-01-01T%sZ')", text);
    } else if (field->class == NX_TYPE_TIME && strcmp(field->base_type, "interval") != 0) {
        add_date(out, field, text);
    } else if (field->class == NX_TYPE_BYTES && strncmp(text, "\\x", 2) == 0) {
        nx_buf_addf(out, "Buffer.from('%s', 'hex')", text + 2);
    } else {
        nx_json_cstring(out, text);
    }
}

static const char *label_title(const nx_field *field, const char *text) {
    for (int i = 0; field->label_aliases && i < field->nlabels; i++) {
        if (strcmp(field->labels[i], text) == 0) {
            return field->label_aliases[i];
        }
    }
    return text;
}

void nx_prisma_text(nx_buf *out, const nx_field *field, const char *text) {
    add_text(out, field, field->class == NX_TYPE_ENUM ? label_title(field, text) : text);
}

/* "30 days" in milliseconds, 0 where it is not a plain number of a fixed length. */
static double interval_ms(const char *interval) {
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"second", 1000}, {"minute", 60000}, {"hour", 3600000}, {"day", 86400000}, {"week", 604800000}};
    char *rest;
    double n = strtod(interval, &rest);
    rest += strspn(rest, " ");
    for (size_t i = 0; rest != interval && i < NX_COUNT(units); i++) {
        size_t len = strlen(units[i].unit);
        if (strncmp(rest, units[i].unit, len) == 0 && (!rest[len] || strcmp(rest + len, "s") == 0)) {
            return n * units[i].ms;
        }
    }
    return 0;
}

void nx_prisma_value(nx_buf *out, const nx_field *field, const filter_value *value) {
    const char *day = "new Date(new Date().setUTCHours(0, 0, 0, 0))";
    double ms = value->sign ? interval_ms(value->interval) : 0;
    if (value->kind == VALUE_TEXT) {
        nx_prisma_text(out, field, value->text);
    } else if (!value->sign) {
        nx_buf_adds(out, value->kind == VALUE_NOW ? "new Date()" : day);
    } else if (ms > 0) {
        nx_buf_addf(out, "new Date(%s %c %.0f)", value->kind == VALUE_NOW ? "Date.now()" : "new Date().setUTCHours(0, 0, 0, 0)",
                    value->sign, ms);
    } else {
        nx_buf_adds(out, value->kind == VALUE_NOW ? "new Date()" : day);
        nx_buf_addf(out, " /* %c %s */", value->sign, value->interval);
    }
}
