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

enum { SCRIPTS_MOST = 20000, SCRIPT_BYTES_MOST = 64 << 20 };

/* --- checksums ----------------------------------------------------------------------------------------------- */

static void sum(const char *bytes, size_t len, unsigned char out[32]) {
    unsigned int n = 32;
    if (!EVP_Digest(bytes, len, out, &n, EVP_sha256(), NULL)) {
        memset(out, 0, 32);
    }
}

static void replaced(const nx_buf *in, bool to_crlf, nx_buf *out) {
    for (size_t i = 0; i < in->len; i++) {
        bool pair = in->data[i] == '\r' && i + 1 < in->len && in->data[i + 1] == '\n';
        if (!to_crlf && pair) {
            continue; /* of CRLF only the LF */
        }
        nx_buf_adds(out, to_crlf && in->data[i] == '\n' ? "\r" : "");
        nx_buf_addc(out, in->data[i]);
    }
}

static void sum_all(const nx_buf *script, nx_script *out) {
    sum(script->len ? script->data : "", script->len, out->sums[0]);
    for (int i = 0; i < 2; i++) {
        nx_buf other = NX_BUF;
        replaced(script, i == 1, &other);
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

static bool read_script(const char *path, nx_buf *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    bool good = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= SCRIPT_BYTES_MOST;
    errno = good || fd < 0 ? errno : EINVAL;
    char chunk[16384];
    for (ssize_t n = 1; good && n != 0;) {
        n = read(fd, chunk, sizeof chunk);
        good = n >= 0 || errno == EINTR;
        nx_buf_add(out, chunk, n > 0 ? (size_t)n : 0);
    }
    if (fd >= 0) {
        close(fd);
    }
    return good && !nx_buf_failed(out);
}

static int by_name(const void *a, const void *b) { return strcmp(((const nx_script *)a)->name, ((const nx_script *)b)->name); }

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int list_folders(const char *folder, nx_arena *arena, nx_script **scripts) {
    DIR *dir = opendir(folder);
    int n = 0, cap = 0;
    nx_script *list = NULL;
    for (struct dirent *e; dir && n < SCRIPTS_MOST && (e = readdir(dir));) {
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
    for (int i = 0; i < *count; i++) {
        nx_buf text = NX_BUF;
        bool good = read_script((*scripts)[i].path, &text);
        if (good) {
            sum_all(&text, &(*scripts)[i]);
        } else {
            nx_error_set(err, NX_ERR_SYSTEM, "failed to read migration script at %s: %s", (*scripts)[i].path, strerror(errno));
            nx_error_hint(err, "each folder in the migrations folder holds a migration.sql (Prisma's P3015)");
        }
        nx_buf_free(&text);
        if (!good) {
            return false;
        }
    }
    return true;
}
