/* The migrations folder: one level of folders, each with a migration.sql. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "migrations.h"
#include "nixie/buf.h"

enum { SCRIPT_BYTES_MOST = 64 << 20, LOCK_BYTES_MOST = 1 << 16 };

/* --- checksums ----------------------------------------------------------------------------------------------- */

static void sum(const char *bytes, size_t len, unsigned char out[32]) {
    unsigned int n = 32;
    if (!EVP_Digest(bytes, len, out, &n, EVP_sha256(), NULL)) {
        memset(out, 0, 32);
    }
}

static void replaced(const char *in, size_t len, bool to_crlf, nx_buf *out) {
    for (size_t i = 0; i < len; i++) {
        bool pair = in[i] == '\r' && i + 1 < len && in[i + 1] == '\n';
        if (!to_crlf && pair) {
            continue; /* of CRLF only the LF */
        }
        nx_buf_adds(out, to_crlf && in[i] == '\n' ? "\r" : "");
        nx_buf_addc(out, in[i]);
    }
}

void nx_script_sum(const char *text, size_t len, nx_script *out) {
    sum(text, len, out->sums[0]);
    for (int i = 0; i < 2; i++) {
        nx_buf other = NX_BUF;
        replaced(text, len, i == 1, &other);
        sum(other.len ? other.data : "", other.len, out->sums[1 + i]);
        nx_buf_free(&other);
    }
}

bool nx_script_has_sum(const nx_script *script, const char *hex) {
    bool padded = strlen(hex) == NX_SHA256_HEX - 1;
    for (int i = 0; i < NX_SCRIPT_SUMS; i++) {
        char own[NX_SHA256_HEX] = "";
        for (int k = 0; k < 32; k++) {
            snprintf(own + strlen(own), 3, padded ? "%02x" : "%x", script->sums[i][k]);
        }
        if (strcmp(own, hex) == 0) {
            return true;
        }
    }
    return false;
}

/* --- files ----------------------------------------------------------------------------------------------------- */

/* Up to `most` bytes of a regular file: opening anything else does not wait. */
static bool read_file(const char *path, size_t most, nx_buf *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    bool good = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    errno = good || fd < 0 ? errno : EINVAL;
    char chunk[16384];
    for (ssize_t n = 1; good && n != 0 && most > 0;) {
        n = read(fd, chunk, most < sizeof chunk ? most : sizeof chunk);
        good = n >= 0 || errno == EINTR;
        nx_buf_add(out, chunk, n > 0 ? (size_t)n : 0);
        most -= n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0) {
        close(fd);
    }
    return good && !nx_buf_failed(out);
}

static void read_script(nx_script *script, nx_arena *arena) {
    nx_buf text = NX_BUF;
    if (!read_file(script->path, SCRIPT_BYTES_MOST, &text)) {
        script->trouble = nx_arena_strdup(arena, errno == EINVAL ? "not a file" : strerror(errno));
    } else if (text.len == SCRIPT_BYTES_MOST) {
        script->trouble = "longer than 64 MB";
    } else {
        nx_script_sum(text.len ? text.data : "", text.len, script);
    }
    nx_buf_free(&text);
}

bool nx_migration_script(const nx_migration *migration, size_t most, nx_buf *out) {
    return migration->path && read_file(migration->path, most, out);
}

/* --- the folder -------------------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b) { return strcmp(((const nx_script *)a)->name, ((const nx_script *)b)->name); }

static bool is_folder(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int list_folders(const char *folder, nx_arena *arena, nx_script **scripts) {
    DIR *dir = opendir(folder);
    int n = 0, cap = 0;
    nx_script *list = NULL;
    for (struct dirent *e; dir && n <= NX_MIGRATIONS_MOST && (e = readdir(dir));) {
        const char *path = nx_arena_printf(arena, "%s/%s", folder, e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || !is_folder(path)) {
            continue;
        }
        if (n == cap) {
            cap = cap ? cap * 2 : 32;
            list = nx_realloc(list, (size_t)cap, sizeof *list);
        }
        list[n++] = (nx_script){.name = nx_arena_strdup(arena, e->d_name), .path = nx_arena_printf(arena, "%s/migration.sql", path)};
    }
    if (dir) {
        closedir(dir);
    }
    if (n > 1) {
        qsort(list, (size_t)n, sizeof *list, by_name);
    }
    *scripts = list;
    return n;
}

bool nx_migrations_read_folder(const char *folder, nx_arena *arena, nx_script **scripts, int *count, nx_error *err) {
    *count = list_folders(folder, arena, scripts);
    if (*count > NX_MIGRATIONS_MOST) {
        nx_error_set(err, NX_ERR_SYSTEM, "%s has more than %d folders", folder, NX_MIGRATIONS_MOST);
        return false;
    }
    for (int i = 0; i < *count; i++) {
        read_script(&(*scripts)[i], arena);
    }
    return true;
}

/* The first line that begins with "provider", without what is written around its value. */
static const char *provider_in(char *text, nx_arena *arena) {
    static const char before[] = "provider = ";
    char *rest = NULL;
    for (char *line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        if (strncmp(line, "provider", 8) != 0) {
            continue;
        }
        line += strncmp(line, before, sizeof before - 1) == 0 ? sizeof before - 1 : 0;
        line += strspn(line, "\"");
        size_t len = strlen(line);
        while (len > 0 && line[len - 1] == '"') {
            len--;
        }
        return nx_arena_printf(arena, "%.*s", (int)len, line);
    }
    return "<PROVIDER NOT FOUND>";
}

const char *nx_migrations_read_lock(const char *folder, nx_arena *arena) {
    nx_buf text = NX_BUF;
    nx_buf_adds(&text, "");
    const char *path = nx_arena_printf(arena, "%s/migration_lock.toml", folder);
    const char *provider = read_file(path, LOCK_BYTES_MOST, &text) ? "<PROVIDER NOT FOUND>" : NULL;
    if (provider && text.len) {
        provider = provider_in(text.data, arena);
    }
    nx_buf_free(&text);
    return provider;
}
