/* journal.h - the inside of the journal: what the room's files share. */
#ifndef EDIT_JOURNAL_H
#define EDIT_JOURNAL_H

#include <sys/types.h>

#include "changeset.h"
#include "nixie/journal.h"

enum { JOURNAL_FORMAT = 1, JOURNAL_ID = 32 /* hexadecimal digits */ };
#define JOURNAL_ENDING ".journal"
#define JOURNAL_NEW    ".new" /* being written; nobody's as long as it has that name */

struct nx_journal {
    nx_arena *arena;
    nx_binding binding;
    const char *path; /* of the folder, or NULL */
    char *file_path;  /* for nx_journal_path */
    int folder;       /* descriptor, -1 until it was found good */
    char id[JOURNAL_ID + 1]; /* of the present file */
    int fd;           /* -1 while nothing is staged */
    off_t size;       /* what counts; bytes behind it belong to a write that failed */
    off_t compact_at; /* look whether it has grown far beyond what is in force */
    bool unsure;      /* the last write may not have reached the disk: write the whole file anew */
    bool torn;        /* there are bytes behind `size` */
    char *commit;     /* the record of a COMMIT whose outcome is not known, or NULL */
    char *adopting;   /* the id of the orphan that the next step takes over, or NULL */
    nx_changeset *set;
};

/* --- called by the changeset and the save; `journal` may be NULL: then they succeed --------------------------- */

/* The steps are done in the changeset already: writes them (or their being taken back, from last to first). */
bool nx_journal_keep(nx_journal *journal, const nx_step *steps, int n, bool back, nx_error *err);
/* Everything staged was saved. */
void nx_journal_saved(nx_journal *journal);
/* Before COMMIT is sent: on disk when this returns true. `backend` is the pid of the server's process. */
bool nx_journal_commit(nx_journal *journal, const char *xid, const char *backend, nx_error *err);
/* Nothing was saved by it. */
void nx_journal_not_saved(nx_journal *journal);

/* --- files ------------------------------------------------------------------------------------------------------ */

/* The folder's descriptor after all checks, or -1 with err. */
int journal_folder_open(const char *path, nx_error *err);
/* True when the descriptor's file is what stands under the name now. */
bool journal_same_file(int folder, const char *name, int fd);
/* All of it; false with errno. */
bool journal_write_all(int fd, const char *bytes, size_t len, off_t at);

/* --- records ---------------------------------------------------------------------------------------------------- */

/* Appends the line for the JSON that stands in `json`, and clears `json`. */
void journal_line(nx_buf *out, nx_buf *json);
void journal_put_header(nx_buf *out, const nx_journal *journal);
void journal_put_steps(nx_buf *out, const nx_step *steps, int n, bool back);
void journal_put_all(nx_buf *out, const nx_changeset *set);
/* The JSON of the record that says which changes a transaction holds; malloc'ed. */
char *journal_commit_record(const nx_changeset *set, const nx_binding *binding, const char *xid, const char *backend);

/* Reads a file's bytes into the orphan; false when it is none of ours or of another format. Ids of journals that it
 * took over are added to `adopted`, separated by blanks. */
bool journal_read(nx_orphan *orphan, const char *bytes, size_t len, nx_buf *adopted);

/* Is it of the same database? Then *mismatch tells what differs, or is NULL. */
bool journal_same_database(const nx_binding *there, const nx_binding *here, nx_arena *arena, const char **mismatch);
nx_binding journal_binding_copy(nx_arena *arena, const nx_binding *binding);

#endif
