/* arena.h - memory for things that live and die together: a page, a catalog, a statement.
 *
 * An arena is a chain of blocks. Everything taken from it is freed by one nx_arena_free().
 * Nothing taken from an arena is ever freed or grown on its own.
 *
 * Two kinds of allocation, as in the whole engine:
 *   - small ones (nx_alloc, nx_arena_alloc, nx_arena_strdup) cannot fail: when memory is gone
 *     they call the handler set by nx_out_of_memory_handler() (the program restores the terminal
 *     there) and then abort();
 *   - large ones (nx_arena_try, nx_buf) return failure, and the caller turns it into an nx_error
 *     of class NX_ERR_MEMORY.
 */
#ifndef NIXIE_ARENA_H
#define NIXIE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NX_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NX_NORETURN __attribute__((noreturn))
#define NX_MALLOC __attribute__((malloc, warn_unused_result))
#else
#define NX_PRINTF(fmt, args)
#define NX_NORETURN
#define NX_MALLOC
#endif

#define NX_COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct nx_arena nx_arena;

/* A new, empty arena. `limit` is the most it may hold in bytes, 0 for no limit; only
 * nx_arena_try() observes it. The caller owns the arena. Never NULL. */
nx_arena *nx_arena_new(size_t limit);

/* Frees the arena and everything taken from it. NULL is allowed. */
void nx_arena_free(nx_arena *arena);

/* `size` zeroed bytes, aligned for any type. Never NULL. */
void *nx_arena_alloc(nx_arena *arena, size_t size);

/* `count` zeroed elements of `size` bytes. Never NULL; an overflow counts as out of memory. */
void *nx_arena_array(nx_arena *arena, size_t count, size_t size);

/* As nx_arena_alloc, but NULL when memory or the arena's limit is exhausted. */
void *nx_arena_try(nx_arena *arena, size_t size);

/* A copy of a NUL-terminated string, NULL for NULL. */
char *nx_arena_strdup(nx_arena *arena, const char *s);

/* A copy of `len` bytes with a NUL appended. */
char *nx_arena_strndup(nx_arena *arena, const char *s, size_t len);

/* A formatted string. */
char *nx_arena_printf(nx_arena *arena, const char *format, ...) NX_PRINTF(2, 3);

/* Bytes handed out so far. */
size_t nx_arena_used(const nx_arena *arena);

/* malloc/calloc/realloc/strdup that cannot fail (see above). Free with free(). */
void *nx_alloc(size_t size) NX_MALLOC;
void *nx_calloc(size_t count, size_t size) NX_MALLOC;
void *nx_realloc(void *p, size_t count, size_t size);
char *nx_strdup(const char *s); /* NULL for NULL */
char *nx_strndup(const char *s, size_t len);

/* Called once, before abort(), when a small allocation fails. */
void nx_out_of_memory_handler(void (*handler)(void));
void nx_out_of_memory(void) NX_NORETURN;

#endif
