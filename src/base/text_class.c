#include <wchar.h>

#include <utf8proc.h>

#include "nixie/arena.h"
#include "text.h"

typedef struct range {
    uint32_t first, last;
} range;

/* Sorted. Most have the category "format" and are hidden by that already; they stand here because the list
 * is a promise that must not depend on the version of a table. */
static const range hidden[] = {
    {0x0080, 0x009F},   /* C1: a terminal may take 9B for ESC [ */
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x034F, 0x034F},   /* combining grapheme joiner */
    {0x061C, 0x061C},   /* bidi: Arabic letter mark */
    {0x115F, 0x1160},   /* Hangul fillers */
    {0x17B4, 0x17B5},   /* Khmer inherent vowels */
    {0x180B, 0x180F},   /* Mongolian selectors */
    {0x200B, 0x200F},   /* zero width, joiners, bidi marks */
    {0x2028, 0x202E},   /* line separators, bidi embeddings and overrides */
    {0x2060, 0x206F},   /* invisible operators, bidi isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xFDD0, 0xFDEF},   /* noncharacters */
    {0xFE00, 0xFE0F},   /* variation selectors */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFA0, 0xFFA0},   /* halfwidth Hangul filler */
    {0xFFF9, 0xFFFB},   /* interlinear annotation */
    {0xE0000, 0xE0FFF}, /* tags, variation selectors */
};

/* Vowels and finals of Hangul syllables: written into the cell of the initial. */
static const range jamo[] = {{0x1161, 0x11FF}, {0xD7B0, 0xD7FF}};

/* Two columns in newer tables and one in older ones: room for two does no harm. */
static const range maybe_wide[] = {{0x3248, 0x324F}, {0x4DC0, 0x4DFF}};

static bool ask_libc;

void nx_char_ask_libc(bool on) { ask_libc = on && wcwidth(L'\u00E9') == 1; }

static bool within(const range *ranges, size_t n, uint32_t code) {
    for (size_t i = 0; i < n && ranges[i].first <= code; i++) {
        if (code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static const utf8proc_property_t *property(uint32_t code) { return utf8proc_get_property((utf8proc_int32_t)code); }

nx_char_class nx_char_classify(uint32_t code) {
    if (code < 0x20 || code == 0x7F) {
        return NX_CHAR_CONTROL;
    }
    if (code < 0x7F) {
        return NX_CHAR_BASE;
    }
    if (within(hidden, NX_COUNT(hidden), code) || (code & 0xFFFE) == 0xFFFE ||
        (ask_libc && wcwidth((wchar_t)code) < 0)) {
        return NX_CHAR_HIDDEN;
    }
    switch (property(code)->category) {
    case UTF8PROC_CATEGORY_CN: /* unassigned */
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO: /* private use */
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return NX_CHAR_HIDDEN;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME: return NX_CHAR_MARK;
    default: return within(jamo, NX_COUNT(jamo), code) ? NX_CHAR_MARK : NX_CHAR_BASE;
    }
}

int nx_char_width(uint32_t code) {
    if (code < 0x7F) {
        return 1;
    }
    /* Never 0: the table says so of spacing marks (Mc), to which terminals give a column. */
    return property(code)->charwidth == 2 || within(maybe_wide, NX_COUNT(maybe_wide), code) ? 2 : 1;
}

bool nx_char_is_emoji(uint32_t code) {
    return code >= 0xA9 && property(code)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}
