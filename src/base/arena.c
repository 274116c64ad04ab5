#include "nixie/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks begin small, so that an arena for one error text is cheap, and double up to a ceiling, so
 * that a page or a catalog is a handful of blocks. Larger requests get a block of their own. */
enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 256 * 1024 };

typedef struct block {
    struct block *next;
    size_t size, used;
    max_align_t data[];
} block;

struct nx_arena {
    block *blocks; /* the one being filled comes first */
    size_t limit, used, next_size;
};

static void (*memory_handler)(void);

void nx_out_of_memory_handler(void (*handler)(void)) { memory_handler = handler; }

void nx_out_of_memory(void) {
    if (memory_handler) {
        memory_handler();
    }
    abort();
}

nx_arena *nx_arena_new(size_t limit) {
    nx_arena *arena = nx_calloc(1, sizeof *arena);
    arena->limit = limit;
    arena->next_size = FIRST_BLOCK;
    return arena;
}

void nx_arena_free(nx_arena *arena) {
    if (!arena) {
        return;
    }
    for (block *b = arena->blocks; b;) {
        block *next = b->next;
        free(b);
        b = next;
    }
    free(arena);
}

static block *add_block(nx_arena *arena, size_t size) {
    size_t room = size > arena->next_size ? size : arena->next_size;
    block *b = room > SIZE_MAX - sizeof *b ? NULL : calloc(1, sizeof *b + room);
    if (!b) {
        return NULL;
    }
    b->size = room;
    if (arena->next_size < LARGEST_BLOCK) {
        arena->next_size *= 2;
    }
    /* A block made for one large request is full at once: keep filling the present one. */
    if (arena->blocks && size > arena->blocks->size) {
        b->next = arena->blocks->next;
        arena->blocks->next = b;
    } else {
        b->next = arena->blocks;
        arena->blocks = b;
    }
    return b;
}

static void *take(nx_arena *arena, size_t size) {
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX - align) {
        return NULL;
    }
    size = (size + align - 1) / align * align;
    block *b = arena->blocks;
    if (!b || b->size - b->used < size) {
        b = add_block(arena, size);
        if (!b) {
            return NULL;
        }
    }
    void *p = (char *)b->data + b->used;
    b->used += size;
    arena->used += size;
    return p;
}

void *nx_arena_alloc(nx_arena *arena, size_t size) {
    void *p = take(arena, size ? size : 1);
    if (!p) {
        nx_out_of_memory();
    }
    return p;
}

void *nx_arena_array(nx_arena *arena, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) {
        nx_out_of_memory();
    }
    return nx_arena_alloc(arena, count * size);
}

void *nx_arena_try(nx_arena *arena, size_t size) {
    bool too_much = arena->limit && (size > arena->limit || arena->used > arena->limit - size);
    return too_much ? NULL : take(arena, size ? size : 1);
}

char *nx_arena_strndup(nx_arena *arena, const char *s, size_t len) {
    char *copy = nx_arena_alloc(arena, len + 1);
    memcpy(copy, s, len);
    return copy;
}

char *nx_arena_strdup(nx_arena *arena, const char *s) { return s ? nx_arena_strndup(arena, s, strlen(s)) : NULL; }

char *nx_arena_printf(nx_arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = len < 0 ? 1 : (size_t)len + 1;
    char *s = nx_arena_alloc(arena, size);
    if (len >= 0) {
        vsnprintf(s, size, format, again);
    }
    va_end(again);
    return s;
}

size_t nx_arena_used(const nx_arena *arena) { return arena->used; }

void *nx_alloc(size_t size) {
    void *p = malloc(size ? size : 1);
    if (!p) {
        nx_out_of_memory();
    }
    return p;
}

void *nx_calloc(size_t count, size_t size) {
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p) {
        nx_out_of_memory();
    }
    return p;
}

void *nx_realloc(void *p, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) {
        nx_out_of_memory();
    }
    size_t bytes = count * size;
    void *q = realloc(p, bytes ? bytes : 1);
    if (!q) {
        nx_out_of_memory();
    }
    return q;
}

char *nx_strndup(const char *s, size_t len) {
    char *copy = nx_alloc(len + 1);
    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *nx_strdup(const char *s) { return s ? nx_strndup(s, strlen(s)) : NULL; }
