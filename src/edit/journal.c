/* One instance's journal: its file, its lock, and every step written before it counts. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"

enum { FIRST_LOOK = 256 * 1024, SMALLER_BY = 4, TRIES = 8 };

/* --- life --------------------------------------------------------------------------------------------------- */

nx_binding journal_binding_copy(nx_arena *arena, const nx_binding *b) {
    const nx_binding copy = {
        .host = nx_arena_strdup(arena, b->host),         .port = nx_arena_strdup(arena, b->port),
        .endpoint = nx_arena_strdup(arena, b->endpoint), .branch = nx_arena_strdup(arena, b->branch),
        .system = nx_arena_strdup(arena, b->system),     .timeline = nx_arena_strdup(arena, b->timeline),
        .database = nx_arena_strdup(arena, b->database), .user = nx_arena_strdup(arena, b->user),
        .timezone = nx_arena_strdup(arena, b->timezone),
    };
    return copy;
}

nx_journal *nx_journal_new(const char *folder, const nx_server *server) {
    nx_arena *arena = nx_arena_new(0);
    nx_journal *j = nx_arena_alloc(arena, sizeof *j);
    const nx_binding binding = {
        .host = server->host,     .port = server->port,         .endpoint = server->endpoint,
        .branch = server->branch, .system = server->system,     .timeline = server->timeline,
        .user = server->user,     .database = server->database, .timezone = server->timezone,
    };
    *j = (nx_journal){.arena = arena, .path = nx_arena_strdup(arena, folder), .folder = -1, .fd = -1};
    j->binding = journal_binding_copy(arena, &binding);
    return j;
}

void nx_journal_free(nx_journal *j) {
    if (!j) {
        return;
    }
    if (j->fd >= 0) {
        close(j->fd);
    }
    if (j->folder >= 0) {
        close(j->folder);
    }
    free(j->file_path);
    free(j->commit);
    free(j->adopting);
    nx_arena_free(j->arena);
}

void nx_changeset_journal(nx_changeset *set, nx_journal *journal) {
    set->journal = journal;
    if (journal) {
        journal->set = set;
    }
}

const char *nx_journal_path(nx_journal *j) {
    nx_buf path = NX_BUF;
    nx_buf_adds(&path, j->path ? j->path : "");
    if (j->fd >= 0) {
        nx_buf_addf(&path, "/%s%s", j->id, JOURNAL_ENDING);
    }
    free(j->file_path);
    j->file_path = nx_buf_take(&path);
    return j->file_path;
}

bool nx_journal_check(nx_journal *j, nx_error *err) {
    if (!j->path) {
        nx_error_set(err, NX_ERR_SYSTEM, "there is no place for the journal: neither XDG_STATE_HOME nor HOME is set");
        return false;
    }
    if (j->folder < 0) {
        j->folder = journal_folder_open(j->path, err);
    }
    return j->folder >= 0;
}

/* --- the file -------------------------------------------------------------------------------------------------- */

static bool new_id(char id[JOURNAL_ID + 1]) {
    unsigned char bytes[JOURNAL_ID / 2];
    if (getentropy(bytes, sizeof bytes) != 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    }
    return true;
}

static void names(const nx_journal *j, char name[64], char fresh[64]) {
    snprintf(name, 64, "%s%s", j->id, JOURNAL_ENDING);
    snprintf(fresh, 64, "%s%s", j->id, JOURNAL_NEW);
}

/* A file under a name that no one looks for yet, locked before it gets the one that they do. */
static int create(const nx_journal *j, const char *fresh) {
    for (int i = 0; i < TRIES; i++) {
        int fd = openat(j->folder, fresh, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && journal_same_file(j->folder, fresh, fd)) {
            return fd;
        }
        int why = errno;
        if (fd >= 0) {
            close(fd);
        } else if (why != EEXIST) {
            return -1;
        }
        unlinkat(j->folder, fresh, 0); /* left by a write of our own that failed, or just being swept away */
        errno = why;
    }
    return -1;
}

static void all_records(const nx_journal *j, nx_buf *out) {
    nx_buf json = NX_BUF;
    journal_put_header(out, j);
    journal_put_all(out, j->set);
    if (j->commit) {
        nx_buf_adds(&json, j->commit);
        journal_line(out, &json);
    }
    if (j->adopting) {
        nx_buf_addf(&json, "{\"adopt\":\"%s\"}", j->adopting);
        journal_line(out, &json);
    }
    nx_buf_free(&json);
}

/* Puts a whole new file in the place of the present one, which keeps its name until the new one is on disk. */
static bool write_whole(nx_journal *j, const nx_buf *records) {
    char name[64], fresh[64];
    if (j->fd < 0 && !new_id(j->id)) {
        return false;
    }
    names(j, name, fresh);
    nx_buf whole = NX_BUF;
    if (!records) { /* the header names the file's id, which is known only now */
        all_records(j, &whole);
        records = &whole;
    }
    int fd = create(j, fresh);
    bool good = fd >= 0 && !nx_buf_failed(records) && journal_write_all(fd, records->data, records->len, 0) &&
                fsync(fd) == 0 && renameat(j->folder, fresh, j->folder, name) == 0;
    int why = nx_buf_failed(records) ? ENOMEM : errno;
    if (good) {
        if (j->fd >= 0) {
            close(j->fd);
        }
        j->fd = fd;
        j->size = (off_t)records->len;
        j->compact_at = j->size * SMALLER_BY > FIRST_LOOK ? j->size * SMALLER_BY : FIRST_LOOK;
        j->torn = false;
        good = fsync(j->folder) == 0 || errno == EINVAL; /* some file systems cannot, and need not */
        why = errno;
        j->unsure = !good;
    } else if (fd >= 0) {
        close(fd);
        unlinkat(j->folder, fresh, 0);
    }
    nx_buf_free(&whole);
    errno = why;
    return good;
}

static bool append(nx_journal *j, const nx_buf *records) {
    if (nx_buf_failed(records)) {
        errno = ENOMEM;
        return false;
    }
    if (j->torn && ftruncate(j->fd, j->size) != 0) {
        return false;
    }
    j->torn = true;
    if (!journal_write_all(j->fd, records->data, records->len, j->size)) {
        int why = errno;
        j->torn = ftruncate(j->fd, j->size) != 0;
        errno = why;
        return false;
    }
    j->torn = false;
    if (fsync(j->fd) != 0) {
        j->unsure = true; /* what the disk has now is not known, and a second fsync would not tell */
        return false;
    }
    j->size += (off_t)records->len;
    return true;
}

static void compact(nx_journal *j) {
    nx_buf whole = NX_BUF;
    all_records(j, &whole);
    if (!nx_buf_failed(&whole) && (off_t)whole.len * SMALLER_BY < j->size) {
        write_whole(j, &whole); /* if it cannot be, the long one is as good */
    }
    j->compact_at = j->size * 2 > FIRST_LOOK ? j->size * 2 : FIRST_LOOK;
    nx_buf_free(&whole);
}

/* --- nothing is staged any more ------------------------------------------------------------------------------------- */

static bool remove_file(nx_journal *j) {
    char name[64], fresh[64];
    names(j, name, fresh);
    if (j->fd >= 0 && journal_same_file(j->folder, name, j->fd)) {
        /* Emptied where it cannot be removed: then it is an orphan of nothing. */
        if (unlinkat(j->folder, name, 0) != 0 && ftruncate(j->fd, 0) != 0) {
            return false;
        }
        fsync(j->folder);
    }
    if (j->fd >= 0) {
        close(j->fd);
    }
    free(j->commit);
    j->commit = NULL;
    j->fd = -1;
    j->unsure = j->torn = false;
    return true;
}

/* --- what the changeset and the save call ------------------------------------------------------------------------------ */

static bool refuse(nx_journal *j, const char *what, int why, nx_error *err) {
    nx_error_set(err, NX_ERR_SYSTEM, "%s: the journal %s: %s", what, j->path, strerror(why));
    nx_error_hint(err, "%s", why == ENOSPC || why == EDQUOT || why == EFBIG
                                 ? "make room on the disk; what was staged before is safe in the journal"
                                 : "what was staged before is safe in the journal; --no-journal stages without one");
    return false;
}

static bool ready(nx_journal *j, const char *what, nx_error *err) {
    nx_error why = NX_ERROR;
    if (nx_journal_check(j, &why)) {
        return true;
    }
    nx_error_set(err, NX_ERR_SYSTEM, "%s: %s", what, why.message);
    nx_error_hint(err, "%s", why.hint ? why.hint : "--no-journal stages without one");
    nx_error_clear(&why);
    return false;
}

/* Is the file still where another instance would find it? Somebody may have cleaned up. */
static bool in_place(const nx_journal *j) {
    char name[64], fresh[64];
    names(j, name, fresh);
    return j->fd >= 0 && !j->unsure && journal_same_file(j->folder, name, j->fd);
}

/* The whole file anew; the folder too, should somebody have removed it. */
static bool write_anew(nx_journal *j) {
    if (write_whole(j, NULL)) {
        return true;
    }
    if (errno != ENOENT) {
        return false;
    }
    close(j->folder);
    j->folder = -1;
    return nx_journal_check(j, NULL) ? write_whole(j, NULL) : (errno = ENOENT, false);
}

bool nx_journal_keep(nx_journal *j, const nx_step *steps, int n, bool back, nx_error *err) {
    static const char nothing[] = "nothing was staged";
    if (!ready(j, nothing, err)) {
        return false;
    }
    if (nx_changeset_count(j->set) == 0) {
        return remove_file(j) || refuse(j, "nothing was taken back", errno, err);
    }
    if (!in_place(j) || j->adopting) {
        return write_anew(j) || refuse(j, nothing, errno, err);
    }
    nx_buf records = NX_BUF;
    journal_put_steps(&records, steps, n, back);
    bool good = append(j, &records);
    int why = errno;
    nx_buf_free(&records);
    if (good && j->size > j->compact_at) {
        compact(j);
    }
    return good || refuse(j, nothing, why, err);
}

void nx_journal_saved(nx_journal *j) {
    /* Where it cannot be removed its last record names a transaction that the next start finds committed. */
    if (j && j->folder >= 0) {
        remove_file(j);
    }
}

static bool append_record(nx_journal *j, const char *record) {
    nx_buf json = NX_BUF, line = NX_BUF;
    nx_buf_adds(&json, record);
    journal_line(&line, &json);
    bool good = append(j, &line);
    int why = errno;
    nx_buf_free(&json);
    nx_buf_free(&line);
    errno = why;
    return good;
}

bool nx_journal_commit(nx_journal *j, const char *xid, const char *backend, nx_error *err) {
    static const char nothing[] = "nothing was saved";
    if (!j) {
        return true;
    }
    char *record = journal_commit_record(j->set, &j->binding, xid, backend);
    if (!record) {
        return refuse(j, nothing, ENOMEM, err);
    }
    free(j->commit);
    j->commit = record;
    if (ready(j, nothing, err) && (in_place(j) ? append_record(j, record) : write_anew(j))) {
        return true;
    }
    int why = errno;
    nx_journal_not_saved(j);
    return nx_failed(err) ? false : refuse(j, nothing, why, err);
}

void nx_journal_not_saved(nx_journal *j) {
    if (!j || !j->commit) {
        return;
    }
    free(j->commit);
    j->commit = NULL;
    if (j->fd >= 0 && !j->unsure) {
        append_record(j, "{\"notSaved\":true}"); /* without it the next start asks the server, and learns the same */
    }
}
