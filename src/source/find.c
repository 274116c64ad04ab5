/* Where a source is looked for, and in which order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nixie/buf.h"
#include "draft.h"

extern char **environ;

/* With --direct the first that a place has; else only the last. All from one place: a DIRECT_URL in one
 * place and a DATABASE_URL in another may be two databases. */
static const char *const names[] = {"DIRECT_URL", "DATABASE_URL_UNPOOLED", "DATABASE_URL"};
enum { DATABASE_URL = 2 };

/* Names that other tools write; nixie does not guess, but says that they are there. */
static const char *const others[] = {"POSTGRES_PRISMA_URL", "POSTGRES_URL", "POSTGRES_URL_NON_POOLING"};

/* Environment files may keep quotes that a shell would have taken away. */
static char *unquoted(const char *value) {
    size_t len = strlen(value);
    bool quoted = len >= 2 && (*value == '"' || *value == '\'') && value[len - 1] == *value;
    return nx_strndup(value + quoted, len - (quoted ? 2 : 0));
}

static void set_origin(nx_draft *draft, size_t name, const char *place) {
    draft->known_direct = name != DATABASE_URL;
    draft->source->origin = nx_arena_printf(draft->arena, "%s in %s", names[name], place);
}

static char *from_environment(nx_draft *draft) {
    for (size_t i = draft->direct ? 0 : DATABASE_URL; i < NX_COUNT(names); i++) {
        const char *value = nx_draft_env(draft, names[i]);
        if (value) {
            set_origin(draft, i, "the environment");
            return unquoted(value);
        }
    }
    return NULL;
}

static char *from_dotenv(nx_draft *draft, const nx_dotenv *env, const char *place) {
    for (size_t i = draft->direct ? 0 : DATABASE_URL; i < NX_COUNT(names); i++) {
        char *value = nx_dotenv_expand(env, names[i], draft->environment);
        if (value && *value) {
            set_origin(draft, i, place);
            return value;
        }
        free(value);
    }
    return NULL;
}

static nx_dotenv *read_dotenv(const char *path, bool any) {
    size_t len;
    char *text = nx_file_read(path, any, &len);
    if (!text) {
        return NULL;
    }
    nx_dotenv *env = nx_dotenv_parse(text, len);
    nx_wipe(text, len);
    free(text);
    return env;
}

static char *from_file(nx_draft *draft, const char *path, nx_error *err) {
    nx_dotenv *env = read_dotenv(path, true);
    if (!env) {
        nx_error_set(err, NX_ERR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
        nx_error_hint(err, "--env takes the path of a .env file");
        return NULL;
    }
    char *text = from_dotenv(draft, env, path);
    if (!text) {
        nx_error_set(err, NX_ERR_SYSTEM, "%s has no %s", path, names[DATABASE_URL]);
        nx_error_hint(err, "add a line DATABASE_URL=\"postgresql://user:password@host:5432/database\"");
    }
    nx_dotenv_free(env);
    return text;
}

/* --- the project -------------------------------------------------------------------------------------- */

static void mention_others(nx_draft *draft, const nx_dotenv *env, const char *place) {
    for (size_t i = 0; i < NX_COUNT(others); i++) {
        if (env ? nx_dotenv_get(env, others[i]) != NULL : nx_draft_env(draft, others[i]) != NULL) {
            nx_draft_notice(draft, "%s in %s not used: nixie reads DATABASE_URL; --url takes any", others[i], place);
        }
    }
}

static nx_dotenv *project_dotenv(const nx_draft *draft, const char *file) {
    return read_dotenv(nx_arena_printf(draft->arena, "%s/%s", draft->folder, file), false);
}

/* Next.js and `neon env pull` write .env.local, which Prisma does not read: nixie neither, but says so. */
static void mention_local(nx_draft *draft) {
    nx_dotenv *env = project_dotenv(draft, ".env.local");
    if (env && nx_dotenv_get(env, names[DATABASE_URL])) {
        nx_draft_notice(draft, "DATABASE_URL in .env.local not used: --env .env.local takes it");
    }
    nx_dotenv_free(env);
}

static char *from_project(nx_draft *draft) {
    static const char *const files[] = {".env", "prisma/.env"};
    char *text = NULL;
    for (size_t i = 0; draft->folder && !text && i < NX_COUNT(files); i++) {
        nx_dotenv *env = project_dotenv(draft, files[i]);
        if (env) {
            text = from_dotenv(draft, env, files[i]);
            if (!text) {
                mention_others(draft, env, files[i]);
            }
            nx_dotenv_free(env);
        }
    }
    if (draft->folder && !text) {
        mention_local(draft);
    }
    return text;
}

static void find_project(nx_draft *draft, const char *from) {
    char *folder = nx_project_folder(from);
    draft->folder = nx_arena_strdup(draft->arena, folder);
    free(folder);
}

char *nx_source_locate(nx_draft *draft, const nx_source_request *request, nx_error *err) {
    find_project(draft, request->folder);
    if (request->url) {
        draft->source->origin = "--url";
        return nx_strdup(request->url);
    }
    if (request->env_file) {
        return from_file(draft, request->env_file, err);
    }
    char *text = from_environment(draft);
    text = text ? text : from_project(draft);
    if (!text) {
        draft->source->origin = "libpq defaults";
        mention_others(draft, NULL, "the environment");
    }
    return text;
}

/* --- the whole ------------------------------------------------------------------------------------------ */

/* Says where the malformed text was found: it need not be on the command line. */
static void add_origin(const nx_draft *draft, nx_error *err) {
    if (nx_failed(err) && draft->source->origin && !err->detail) {
        nx_error_detail(err, "found as %s", draft->source->origin);
    }
}

/* A variable may carry the end of its line along. */
static void trim_end(char *text) {
    size_t len = text ? strlen(text) : 0;
    while (len > 0 && strchr(" \t\r\n", text[len - 1])) {
        text[--len] = '\0';
    }
}

static bool fill(nx_draft *draft, const nx_source_request *request, nx_error *err) {
    char *text = nx_source_locate(draft, request, err);
    if (nx_failed(err)) {
        return false;
    }
    trim_end(text);
    bool ok = (!text || nx_draft_read(draft, text, err)) && nx_draft_finish(draft, err);
    nx_wipe_string(text);
    free(text);
    add_origin(draft, err);
    return ok;
}

static void wipe_params(const nx_source_param *params, size_t n) {
    static const char *const secrets[] = {"password", "sslpassword"};
    for (size_t i = 0; i < n * NX_COUNT(secrets); i++) {
        const nx_source_param *param = &params[i / NX_COUNT(secrets)];
        if (strcmp(param->keyword, secrets[i % NX_COUNT(secrets)]) == 0) {
            nx_wipe_string(param->value);
        }
    }
}

nx_source *nx_source_find(const nx_source_request *request, nx_error *err) {
    nx_arena *arena = nx_arena_new(0);
    nx_draft draft = {
        .arena = arena,
        .source = nx_arena_alloc(arena, sizeof(nx_source)),
        .environment = request->environment ? request->environment : environ,
        .known = PQconndefaults(),
        .direct = request->direct,
    };
    draft.source->arena = arena;
    bool ok = fill(&draft, request, err);
    PQconninfoFree(draft.known);
    if (!ok) {
        wipe_params(draft.params, draft.nparams);
        nx_arena_free(arena);
        return NULL;
    }
    return draft.source;
}

void nx_source_free(nx_source *source) {
    if (source) {
        wipe_params(source->params, source->nparams);
        nx_arena_free(source->arena);
    }
}
