/* The server's own rows are kept, not what was made of them: the next start reads them with the same readers, and
 * whether they are still true is asked with the same statements and decided by comparing all of it. So a catalog
 * that was kept can be old, but never be taken for true when it is. Nothing of the tables' rows is in it. */
#include "kept.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nixie/crc.h"
#include "nixie/home.h"

enum { KEPT_MOST = 4 << 20, FILES_MOST = 64 };

static const char magic[] = "nixie catalog 3\n";

/* --- bytes ------------------------------------------------------------------------------------------------- */

static void add_number(nx_buf *out, uint32_t n) { nx_buf_add(out, (const char *)&n, sizeof n); }

static void add_result(nx_buf *out, const nx_result *r, int passing) {
    int rows = r ? nx_result_rows(r) : 0, columns = r ? nx_result_columns(r) : 0;
    add_number(out, (uint32_t)rows);
    add_number(out, (uint32_t)columns);
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            const char *text = column == passing ? NULL : nx_result_text(r, row, column);
            size_t len = text ? nx_result_length(r, row, column) : 0;
            add_number(out, text ? (uint32_t)len : UINT32_MAX);
            nx_buf_add(out, text ? text : "", len);
        }
    }
}

typedef struct reader {
    const char *at, *end;
    bool bad;
} reader;

static uint32_t read_number(reader *in) {
    uint32_t n = 0;
    in->bad = in->bad || in->end - in->at < (ptrdiff_t)sizeof n;
    if (!in->bad) {
        memcpy(&n, in->at, sizeof n);
        in->at += sizeof n;
    }
    return n;
}

static nx_value read_value(reader *in) {
    uint32_t len = read_number(in);
    nx_value value = {.text = in->at, .len = len};
    if (in->bad || len == UINT32_MAX) {
        return NX_NULL_VALUE;
    }
    in->bad = (size_t)(in->end - in->at) < len;
    in->at += in->bad ? 0 : len;
    return in->bad ? NX_NULL_VALUE : value;
}

static nx_result *read_result(reader *in) {
    uint32_t rows = read_number(in), columns = read_number(in);
    uint64_t cells = (uint64_t)rows * columns;
    in->bad = in->bad || columns == 0 || columns > 64 || cells > (size_t)(in->end - in->at) / sizeof rows; /* each has a length */
    if (in->bad) {
        return NULL;
    }
    nx_value *values = nx_calloc((size_t)cells + 1, sizeof *values);
    for (uint64_t i = 0; i < cells && !in->bad; i++) {
        values[i] = read_value(in);
    }
    nx_result *r = in->bad ? NULL : nx_result_of((int)rows, (int)columns, values);
    in->bad = in->bad || !r;
    free(values);
    return r;
}

static nx_catalog *read_catalog(const nx_buf *bytes, size_t from) {
    reader in = {.at = bytes->data + from, .end = bytes->data + bytes->len};
    nx_result *results[NX_KEPT_PARTS + 1] = {nx_result_of(0, 1, NULL)}; /* what is set for the trip has no answer */
    for (int i = 0; i < NX_KEPT_PARTS; i++) {
        results[i + 1] = read_result(&in);
    }
    nx_trip *trip = nx_trip_answered(NULL, results, NX_KEPT_PARTS + 1);
    nx_catalog *catalog = in.bad || in.at != in.end ? NULL : nx_catalog_read_all(trip, NX_KEPT_PARTS);
    nx_trip_discard(trip);
    return catalog;
}

/* --- the file ------------------------------------------------------------------------------------------------ */

static void add_place(nx_buf *out, const nx_catalog_wish *wish) {
    nx_buf_addf(out, "%s\n%s\n%s\n", wish->place, wish->schema ? wish->schema : "", wish->name);
}

static void file_name(const nx_catalog_wish *wish, char name[40]) {
    nx_buf place = NX_BUF;
    add_place(&place, wish);
    uint64_t hash = 14695981039346656037u; /* FNV-1a; the place itself stands in the file */
    for (size_t i = 0; i < place.len; i++) {
        hash = (hash ^ (unsigned char)place.data[i]) * 1099511628211u;
    }
    nx_buf_free(&place);
    snprintf(name, 40, "catalog-%016" PRIx64, hash);
}

/* Everything in front of the answers. */
static void add_head(nx_buf *out, const nx_catalog_wish *wish, const nx_buf *body) {
    nx_buf_adds(out, magic);
    add_number(out, nx_crc32c(body->data, body->len));
    nx_buf place = NX_BUF;
    add_place(&place, wish);
    add_number(out, (uint32_t)place.len);
    nx_buf_add(out, place.data, place.len);
    nx_buf_free(&place);
}

/* The oldest of too many goes. */
static void make_room(int folder) {
    DIR *dir = fdopendir(dup(folder));
    char oldest[NAME_MAX + 1] = "";
    time_t age = 0;
    int n = 0;
    struct stat st;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (strncmp(e->d_name, "catalog-", 8) == 0 &&
            fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
            n++;
            if (!*oldest || st.st_mtime < age) {
                snprintf(oldest, sizeof oldest, "%s", e->d_name);
                age = st.st_mtime;
            }
        }
    }
    if (dir) {
        closedir(dir);
    }
    if (n >= FILES_MOST) {
        unlinkat(folder, oldest, 0);
    }
}

static void keep(const nx_catalog_wish *wish, const nx_buf *body) {
    int folder = body->len <= KEPT_MOST ? nx_home_folder("XDG_CACHE_HOME", ".cache") : -1;
    if (folder < 0) {
        return; /* the next start is as this one was */
    }
    make_room(folder);
    nx_buf all = NX_BUF;
    char name[40];
    file_name(wish, name);
    add_head(&all, wish, body);
    nx_buf_add(&all, body->data, body->len);
    if (!nx_buf_failed(&all)) {
        nx_home_replace(folder, name, all.data, all.len);
    }
    nx_buf_free(&all);
    close(folder);
}

static bool read_file(const nx_catalog_wish *wish, nx_buf *out) {
    int folder = nx_home_folder("XDG_CACHE_HOME", ".cache");
    char name[40];
    file_name(wish, name);
    int fd = folder >= 0 ? nx_home_open(folder, name, O_RDONLY) : -1;
    bool good = fd >= 0 && nx_home_read(fd, out, KEPT_MOST + 4096);
    if (folder >= 0) {
        close(folder);
    }
    return good;
}

/* The answers in a file that is whole and about this place. */
static bool open_body(const nx_catalog_wish *wish, const nx_buf *file, nx_buf *body) {
    nx_buf place = NX_BUF;
    add_place(&place, wish);
    size_t head = strlen(magic) + 2 * sizeof(uint32_t) + place.len;
    bool good = file->len > head;
    if (good) {
        nx_buf_add(body, file->data + head, file->len - head);
        nx_buf expected = NX_BUF;
        add_head(&expected, wish, body);
        good = expected.len == head && memcmp(expected.data, file->data, head) == 0;
        nx_buf_free(&expected);
    }
    nx_buf_free(&place);
    return good;
}

/* --- the door -------------------------------------------------------------------------------------------------- */

nx_catalog_kept *nx_catalog_recall(const nx_catalog_wish *wish) {
    nx_catalog_kept *kept = nx_calloc(1, sizeof *kept);
    kept->wish = (nx_catalog_wish){.schema = wish->schema ? nx_strdup(wish->schema) : NULL,
                                   .name = nx_strdup(wish->name), .place = wish->place ? nx_strdup(wish->place) : NULL};
    nx_buf file = NX_BUF;
    if (wish->place && read_file(&kept->wish, &file) && open_body(&kept->wish, &file, &kept->bytes)) {
        kept->catalog = read_catalog(&kept->bytes, 0);
    }
    nx_buf_free(&file);
    return kept;
}

nx_catalog *nx_catalog_recalled(const nx_catalog_kept *kept) { return kept->catalog; }

bool nx_kept_answer(nx_catalog_kept *kept, const nx_trip *trip, int passing) {
    nx_buf bytes = NX_BUF;
    for (int i = 0; i < NX_KEPT_PARTS; i++) {
        add_result(&bytes, nx_catalog_result(trip, i), i == NX_KEPT_LIST ? passing : -1);
    }
    bool same = kept->catalog && bytes.len == kept->bytes.len && memcmp(bytes.data, kept->bytes.data, bytes.len) == 0;
    if (!same && kept->wish.place && !nx_buf_failed(&bytes)) {
        keep(&kept->wish, &bytes);
    }
    nx_buf_free(&bytes);
    return same;
}

void nx_catalog_kept_free(nx_catalog_kept *kept) {
    if (kept) {
        nx_catalog_unref(kept->catalog);
        nx_buf_free(&kept->bytes);
        free((char *)(uintptr_t)kept->wish.schema);
        free((char *)(uintptr_t)kept->wish.name);
        free((char *)(uintptr_t)kept->wish.place);
        free(kept);
    }
}
