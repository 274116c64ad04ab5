#include "draft.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"

void nx_wipe(const char *secret, size_t len) {
    volatile char *p = (volatile char *)(uintptr_t)secret;
    for (size_t i = 0; secret && i < len; i++) {
        p[i] = '\0';
    }
}

void nx_wipe_string(const char *secret) { nx_wipe(secret, secret ? strlen(secret) : 0); }

static nx_source_param *find(const nx_draft *draft, const char *keyword) {
    for (size_t i = 0; i < draft->nparams; i++) {
        if (strcmp(draft->params[i].keyword, keyword) == 0) {
            return (nx_source_param *)(uintptr_t)&draft->params[i];
        }
    }
    return NULL;
}

const char *nx_draft_get(const nx_draft *draft, const char *keyword) {
    const nx_source_param *param = find(draft, keyword);
    return param ? param->value : NULL;
}

void nx_draft_unset(nx_draft *draft, const char *keyword) {
    nx_source_param *param = find(draft, keyword);
    if (!param) {
        return;
    }
    nx_wipe_string(param->value);
    size_t after = draft->nparams - (size_t)(param - draft->params) - 1;
    memmove(param, param + 1, after * sizeof *param);
    draft->nparams--;
}

void nx_draft_set(nx_draft *draft, const char *keyword, const char *value) {
    /* Copied first: the value may be the one that is replaced. */
    const char *copy = nx_arena_strdup(draft->arena, value);
    nx_draft_unset(draft, keyword);
    if (copy && *copy && draft->nparams < NX_DRAFT_PARAMS) {
        draft->params[draft->nparams++] = (nx_source_param){nx_arena_strdup(draft->arena, keyword), copy};
    }
}

void nx_draft_notice(nx_draft *draft, const char *format, ...) {
    if (draft->nnotices == NX_DRAFT_NOTICES) {
        return;
    }
    nx_buf text = NX_BUF;
    va_list args;
    va_start(args, format);
    nx_buf_vaddf(&text, format, args);
    va_end(args);
    draft->notices[draft->nnotices++] = nx_arena_strdup(draft->arena, text.data);
    nx_buf_free(&text);
}

bool nx_draft_knows(const nx_draft *draft, const char *keyword) {
    for (const PQconninfoOption *o = draft->known; o && o->keyword; o++) {
        if (strcmp(o->keyword, keyword) == 0) {
            return true;
        }
    }
    return false;
}

const char *nx_environment_get(char *const *environment, const char *name) {
    size_t len = strlen(name);
    for (; environment && *environment; environment++) {
        if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=') {
            return *environment + len + 1;
        }
    }
    return NULL;
}

const char *nx_draft_env(const nx_draft *draft, const char *name) {
    const char *value = nx_environment_get(draft->environment, name);
    return value && *value ? value : NULL;
}
