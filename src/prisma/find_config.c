/* prisma.config.ts is a program. What it says of paths is nearly always a literal, and read as such. */
#include "find_config.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"

#include "files.h"

typedef enum token_kind { END, WORD, STRING, SIGN } token_kind;

typedef struct scanner {
    const char *at, *end;
    nx_arena *arena;
    token_kind kind;
    const char *text; /* of a word or string */
    char sign;
} scanner;

static bool word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static bool skip_blank(scanner *s) {
    bool blank = s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n');
    s->at += blank;
    return blank;
}

static bool skip_comment(scanner *s) {
    if (s->end - s->at < 2 || s->at[0] != '/' || (s->at[1] != '/' && s->at[1] != '*')) {
        return false;
    }
    bool line = s->at[1] == '/';
    for (s->at += 2; s->at < s->end; s->at++) {
        if (line ? *s->at == '\n' : s->at[0] == '*' && s->at + 1 < s->end && s->at[1] == '/') {
            s->at += line ? 1 : 2;
            return true;
        }
    }
    return true;
}

static void read_string(scanner *s, char quote) {
    nx_buf text = NX_BUF;
    for (s->at++; s->at < s->end && *s->at != quote; s->at++) {
        s->at += *s->at == '\\' && s->at + 1 < s->end;
        nx_buf_addc(&text, *s->at);
    }
    s->at += s->at < s->end;
    s->kind = STRING;
    s->text = nx_arena_strdup(s->arena, text.data);
    nx_buf_free(&text);
}

static void next(scanner *s) {
    while (skip_blank(s) || skip_comment(s)) {
    }
    if (s->at >= s->end) {
        s->kind = END;
    } else if (*s->at == '"' || *s->at == '\'' || *s->at == '`') {
        read_string(s, *s->at);
    } else if (word_char(*s->at)) {
        const char *from = s->at;
        while (s->at < s->end && word_char(*s->at)) {
            s->at++;
        }
        s->kind = WORD;
        s->text = nx_arena_strndup(s->arena, from, (size_t)(s->at - from));
    } else {
        s->kind = SIGN;
        s->sign = *s->at++;
    }
}

static bool is_sign(const scanner *s, char sign) { return s->kind == SIGN && s->sign == sign; }

/* "x" or path.join(__dirname, "a", "b") after the colon; NULL when it is something else. Template strings with ${...}
 * are something else, too. */
static const char *read_path(scanner *s) {
    next(s);
    if (s->kind == STRING) {
        return strstr(s->text, "${") ? NULL : s->text;
    }
    nx_buf path = NX_BUF;
    while (s->kind == WORD || is_sign(s, '.')) {
        next(s);
    }
    bool call = is_sign(s, '(');
    for (next(s); call && s->kind != END && !is_sign(s, ')'); next(s)) {
        if (s->kind == STRING) {
            nx_buf_addf(&path, path.len ? "/%s" : "%s", s->text);
        }
    }
    const char *text = call && path.len ? nx_arena_strdup(s->arena, path.data) : NULL;
    nx_buf_free(&path);
    return text;
}

void nx_prisma_config_scan(const char *text, size_t len, nx_arena *arena, nx_prisma_config *config) {
    scanner s = {.at = text, .end = text + len, .arena = arena};
    int depth = 0, migrations = -1; /* the depth inside migrations: { */
    const char *name = NULL;
    for (next(&s); s.kind != END; next(&s)) {
        depth += is_sign(&s, '{') - is_sign(&s, '}');
        migrations = depth < migrations ? -1 : migrations;
        if (s.kind != SIGN) {
            name = s.text;
            continue;
        }
        if (name && is_sign(&s, ':')) {
            if (strcmp(name, "migrations") == 0) {
                migrations = depth + 1;
            } else if (!config->schema && strcmp(name, "schema") == 0) {
                config->schema = read_path(&s);
            } else if (!config->migrations && depth == migrations && strcmp(name, "path") == 0) {
                config->migrations = read_path(&s);
            }
        }
        name = NULL;
    }
}

bool nx_prisma_config_find(const char *folder, nx_arena *arena, nx_prisma_config *config) {
    static const char *const stems[] = {"prisma.config", ".config/prisma"};
    static const char *const endings[] = {"js", "ts", "mjs", "cjs", "mts", "cts"};
    *config = (nx_prisma_config){.file = NULL};
    for (size_t i = 0; i < NX_COUNT(stems) * NX_COUNT(endings); i++) {
        const char *name = nx_arena_printf(arena, "%s.%s", stems[i / NX_COUNT(endings)], endings[i % NX_COUNT(endings)]);
        size_t len = 0;
        char *text = nx_prisma_file(nx_arena_printf(arena, "%s/%s", folder, name), &len);
        if (text) {
            config->file = name;
            config->folder = i < NX_COUNT(endings) ? folder : nx_arena_printf(arena, "%s/.config", folder);
            nx_prisma_config_scan(text, len, arena, config);
            free(text);
            return true;
        }
    }
    return false;
}
