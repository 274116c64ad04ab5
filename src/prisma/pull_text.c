/* The layout of a schema: columns of fields as wide as their widest, block attributes last, as Prisma's formatter has it. */
#include "pull.h"

#include <string.h>

enum { CELLS = 3 };

typedef struct line {
    const char *cells[CELLS]; /* trailing ones NULL */
    const char *comment;      /* instead of cells */
    struct line *next;
} line;

typedef struct lines {
    line *first, **end;
} lines;

struct nx_pull_block {
    nx_arena *arena;
    lines rows, attributes;
    line *loose; /* comments that nothing but attributes followed so far */
};

const char nx_pull_no_name[] = "This field was commented out because of an invalid name. Please provide a valid one that matches "
                               "[a-zA-Z][a-zA-Z0-9_]*";

/* JSON's escapes; C1 controls and DEL besides, which a terminal would obey. */
void nx_pull_string(nx_buf *out, const char *text) {
    static const char plain[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
    nx_buf_addc(out, '"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        const char *escape = strchr(plain, *c);
        if (escape) {
            nx_buf_addc(out, '\\');
            nx_buf_addc(out, letters[escape - plain]);
        } else if (*c < 0x20 || *c == 0x7f) {
            nx_buf_addf(out, "\\u%04x", *c);
        } else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) {
            nx_buf_addf(out, "\\u%04x", *++c);
        } else {
            nx_buf_addc(out, (char)*c);
        }
    }
    nx_buf_addc(out, '"');
}

void nx_pull_documentation(const char *comment, nx_buf *out) {
    for (const char *at = comment; at && *at;) {
        size_t len = strcspn(at, "\n");
        nx_buf_addf(out, len ? "/// %.*s\n" : "///\n", (int)len, at);
        at += len + (at[len] == '\n');
    }
}

nx_pull_block *nx_pull_block_new(nx_arena *arena) {
    nx_pull_block *block = nx_arena_alloc(arena, sizeof *block);
    block->arena = arena;
    block->rows.end = &block->rows.first;
    block->attributes.end = &block->attributes.first;
    return block;
}

static line *append(const nx_pull_block *block, lines *to) {
    line *added = nx_arena_alloc(block->arena, sizeof *added);
    *to->end = added;
    to->end = &added->next;
    return added;
}

void nx_pull_row(nx_pull_block *block, const char *first, const char *second, const char *third) {
    *append(block, &block->rows) = (line){.cells = {first, second, third}};
    block->loose = NULL;
}

/* One line, whatever the text holds: names of the database stand in comments. */
void nx_pull_comment(nx_pull_block *block, const char *text) {
    char *copy = nx_arena_strdup(block->arena, text);
    for (char *c = copy; *c; c++) {
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c;
    }
    line *added = append(block, &block->rows);
    added->comment = copy;
    block->loose = block->loose ? block->loose : added;
}

/* But for what was said of a field that had no name: it stands above the next one now, and Prisma would let it pile up. */
void nx_pull_old_comment(nx_pull_block *block, const char *comment) {
    for (const char *at = comment; at && *at;) {
        size_t len = strcspn(at, "\n");
        if (len != strlen(nx_pull_no_name) || strncmp(at, nx_pull_no_name, len) != 0) {
            nx_pull_comment(block, nx_arena_printf(block->arena, len ? "/// %.*s" : "///", (int)len, at));
        }
        at += len + (at[len] == '\n');
    }
}

/* Comments right before the first attribute go with it. */
static void move_loose(nx_pull_block *block) {
    line **at = &block->rows.first;
    while (*at != block->loose) {
        at = &(*at)->next;
    }
    *block->attributes.end = *at;
    block->attributes.end = block->rows.end;
    block->rows.end = at;
    *at = NULL;
    block->loose = NULL;
}

void nx_pull_attribute(nx_pull_block *block, const char *text) {
    if (block->loose) {
        move_loose(block);
    }
    append(block, &block->attributes)->cells[0] = text;
}

static void measure(const lines *of, size_t widths[CELLS]) {
    for (const line *l = of->first; l; l = l->next) {
        for (int i = 0; i < CELLS && l->cells[i]; i++) {
            size_t len = strlen(l->cells[i]);
            widths[i] = len > widths[i] ? len : widths[i];
        }
    }
}

static void print_cells(const line *l, const size_t widths[CELLS], nx_buf *out) {
    for (int i = 0; i < CELLS && l->cells[i]; i++) {
        bool last = i + 1 == CELLS || !l->cells[i + 1];
        nx_buf_addf(out, "%-*s%s", last ? 0 : (int)widths[i], l->cells[i], last ? "" : " ");
    }
}

static void print_lines(const lines *of, nx_buf *out) {
    size_t widths[CELLS] = {0};
    measure(of, widths);
    for (const line *l = of->first; l; l = l->next) {
        nx_buf_adds(out, "  ");
        if (l->comment) {
            nx_buf_adds(out, l->comment);
        } else {
            print_cells(l, widths, out);
        }
        nx_buf_addc(out, '\n');
    }
}

void nx_pull_close(nx_pull_block *block, nx_buf *out) {
    print_lines(&block->rows, out);
    if (block->attributes.first) {
        nx_buf_addc(out, '\n');
        print_lines(&block->attributes, out);
    }
    nx_buf_adds(out, "}\n");
}
