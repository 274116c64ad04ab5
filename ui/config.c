#include "config.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"

enum { FILE_MAX = 256 << 10 };

typedef struct reader {
    const char *name, *text; /* the file, and what of the line is still to be read */
    const char *start;       /* of the line */
    int line;
    bool applies;            /* the present section is about this host */
    const nx_source *source;
    ui_settings *out;
    nx_error *err;
} reader;

static bool fail(reader *r, const char *at, const char *what, const char *hint) {
    nx_error_set(r->err, NX_ERR_USAGE, "%s: line %d, column %d: %s", r->name, r->line, (int)(at - r->start) + 1, what);
    nx_error_hint(r->err, "%s", hint);
    return false;
}

static void skip(reader *r) { r->text += strspn(r->text, " \t\r"); }

static bool ended(reader *r) {
    skip(r);
    return !*r->text || *r->text == '#' || fail(r, r->text, "nothing more is expected here", "one setting to a line");
}

/* "…" into `out`; false when it does not end or is too long. */
static bool quoted(reader *r, char *out, size_t size) {
    const char *end = strchr(r->text + 1, '"');
    if (!end) {
        return fail(r, r->text, "a \" is missing at the end", "as in [host \"ep-cool-*\"]");
    }
    size_t len = (size_t)(end - r->text) - 1;
    if (len >= size) {
        return fail(r, r->text, "too long", "a pattern may hold 255 characters, a label 39");
    }
    memcpy(out, r->text + 1, len);
    out[len] = '\0';
    r->text = end + 1;
    return true;
}

/* --- sections ------------------------------------------------------------------------------------------------- */

static bool matches(const char *pattern, const nx_source *source) {
    const char *names[] = {source->host, source->endpoint, source->local ? "localhost" : NULL};
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        if (names[i] && fnmatch(pattern, names[i], 0) == 0) {
            return true;
        }
    }
    return false;
}

static bool section(reader *r) {
    static const char like[] = "a section is [host \"PATTERN\"]";
    char pattern[256];
    const char *at = ++r->text;
    skip(r);
    if (strncmp(r->text, "host", 4) != 0 || !strchr(" \t\"", r->text[4])) {
        return fail(r, at, "unknown section", like);
    }
    r->text += 4;
    skip(r);
    if (*r->text != '"') {
        return fail(r, r->text, "a pattern in quotes is expected", like);
    }
    if (!quoted(r, pattern, sizeof pattern)) {
        return false;
    }
    skip(r);
    if (*r->text != ']') {
        return fail(r, r->text, "a ] is missing", like);
    }
    r->text++;
    r->applies = matches(pattern, r->source);
    return ended(r);
}

/* --- settings --------------------------------------------------------------------------------------------------- */

static bool take_flag(reader *r, bool *out) {
    size_t len = strcspn(r->text, " \t\r#");
    bool yes = len == 4 && strncmp(r->text, "true", 4) == 0;
    if (!yes && !(len == 5 && strncmp(r->text, "false", 5) == 0)) {
        return fail(r, r->text, "true or false is expected", "as in protected = true");
    }
    r->text += len;
    *out = r->applies ? yes : *out;
    return ended(r);
}

static bool take_label(reader *r, char *out, size_t size) {
    char label[sizeof r->out->label];
    size_t len = strcspn(r->text, " \t\r#\"");
    if (*r->text == '"') {
        if (!quoted(r, label, sizeof label)) {
            return false;
        }
    } else if (len == 0 || len >= sizeof label) {
        return fail(r, r->text, "a word of at most 39 characters is expected", "as in label = production");
    } else {
        memcpy(label, r->text, len);
        label[len] = '\0';
        r->text += len;
    }
    if (r->applies) {
        snprintf(out, size, "%s", label);
    }
    return ended(r);
}

static bool setting(reader *r) {
    const char *at = r->text;
    size_t len = strcspn(r->text, " \t\r=#");
    char key[24];
    snprintf(key, sizeof key, "%.*s", (int)(len < sizeof key ? len : sizeof key - 1), at);
    bool flag = strcmp(key, "protected") == 0 || strcmp(key, "read_only") == 0;
    if (!flag && strcmp(key, "label") != 0) {
        return fail(r, at, "unknown setting", "settings are protected, read_only and label");
    }
    r->text += len;
    skip(r);
    if (*r->text != '=') {
        return fail(r, r->text, "a = is expected", "as in protected = true");
    }
    r->text++;
    skip(r);
    if (!flag) {
        return take_label(r, r->out->label, sizeof r->out->label);
    }
    return take_flag(r, key[0] == 'p' ? &r->out->protected : &r->out->read_only);
}

bool ui_config_parse(const char *text, const char *name, const nx_source *source, ui_settings *out, nx_error *err) {
    reader r = {.name = name, .applies = true, .source = source, .out = out, .err = err};
    bool good = true;
    *out = (ui_settings){.protected = false};
    for (const char *at = text; good && *at;) {
        size_t len = strcspn(at, "\n");
        char *line = nx_strndup(at, len);
        r.start = r.text = line;
        r.line++;
        skip(&r);
        good = !*r.text || *r.text == '#' || (*r.text == '[' ? section(&r) : setting(&r));
        free(line);
        at += len + (at[len] == '\n');
    }
    return good;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static bool path_of(nx_buf *path) {
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && *config == '/') {
        nx_buf_addf(path, "%s/nixie/config", config);
    } else if (home && *home == '/') {
        nx_buf_addf(path, "%s/.config/nixie/config", home);
    }
    return path->len > 0;
}

static bool read_all(FILE *file, const char *name, nx_buf *text, nx_error *err) {
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0 && text->len <= FILE_MAX;) {
        nx_buf_add(text, chunk, n);
    }
    if (ferror(file) || text->len > FILE_MAX) {
        nx_error_set(err, NX_ERR_USAGE, "%s: %s", name, ferror(file) ? strerror(errno) : "too long for a config");
        return false;
    }
    return true;
}

bool ui_config_read(const nx_source *source, ui_settings *out, nx_error *err) {
    nx_buf path = NX_BUF, text = NX_BUF;
    *out = (ui_settings){.protected = false};
    FILE *file = path_of(&path) ? fopen(path.data, "re") : NULL;
    bool good = true;
    if (!file && path.len && errno != ENOENT && errno != ENOTDIR) {
        nx_error_set(err, NX_ERR_USAGE, "%s: %s", path.data, strerror(errno));
        good = false;
    }
    if (file) {
        good = read_all(file, path.data, &text, err) && ui_config_parse(text.data, path.data, source, out, err);
        fclose(file);
    }
    nx_buf_free(&path);
    nx_buf_free(&text);
    return good;
}
