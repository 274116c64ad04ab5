/* The journal on a disk that fails: what the user is told, and that nothing of what was staged is lost. No server. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edit/journal.h"
#include "kept.h"
#include "lab/fault.h"
#include "lab/test.h"
#include "nixie/arena.h"
#include "nixie/json.h"

/* What a start beside this living instance would find in its file, which must be whole; malloc'ed. */
static char *words_on_disk(const kept *k) {
    char *path = kept_file(k->folder), copy[160];
    size_t len;
    char *bytes = kept_read(path, &len);
    snprintf(copy, sizeof copy, "%s/%s", k->other, strrchr(path, '/') + 1);
    kept_write(copy, bytes, len);
    nx_orphan *orphan = kept_orphan(k, k->other);
    assert_non_null(orphan);
    assert_int_equal(orphan->damaged, 0);
    char *words = kept_orphan_words(orphan);
    nx_orphan_free(orphan);
    kept_empty(k->other);
    free(bytes);
    free(path);
    return words;
}

static void expect_on_disk(const kept *k) {
    char *there = words_on_disk(k), *here = kept_words(k->set);
    assert_string_equal(there, here);
    free(there);
    free(here);
}

static void expect_told(const kept *k, nx_error *err, const char *what, int why) {
    char expected[200];
    snprintf(expected, sizeof expected, "%s: the journal %s: %s", what, k->folder, strerror(why));
    assert_string_equal(err->message, expected);
    assert_int_equal(err->kind, NX_ERR_SYSTEM);
    bool room = why == ENOSPC || why == EDQUOT || why == EFBIG;
    assert_non_null(strstr(err->hint, "what was staged before is safe in the journal"));
    assert_int_equal(strncmp(err->hint, "make room on the disk", 21) == 0, room);
    nx_error_clear(err);
}

typedef struct failing {
    const char *fault;
    int why; /* what the user is told; 0: nothing, the step succeeds in spite of it */
} failing;

/* With the fault a step is refused and taken back; without it the next one succeeds, and the file holds both. */
static void fail_a_step(kept *k, const failing *c) {
    nx_error err = NX_ERROR;
    char *before = kept_words(k->set);
    lab_fault(NULL, c->fault);
    bool staged = kept_edit(k, "new", 1, "x", &err);
    int struck = lab_faults_struck(NULL);
    lab_fault(NULL, NULL);
    if (struck == 0 || staged != (c->why == 0)) {
        fail_msg("%s: struck %d times, %s %s", c->fault, struck, staged ? "staged" : "refused", err.message ? err.message : "");
    }
    if (!staged) {
        expect_told(k, &err, "nothing was staged", c->why);
        char *after = kept_words(k->set);
        assert_string_equal(after, before);
        free(after);
    }
    assert_true(kept_edit(k, "next", 2, "y", NULL));
    expect_on_disk(k);
    free(before);
}

static void the_first_step_fails_and_leaves_nothing(void **state) {
    static const failing cases[] = {
        {"getentropy:1:EIO", EIO},
        {"openat:1:EMFILE", EMFILE},
        {"openat:1:EROFS", EROFS},
        {"openat:1+:EEXIST", EEXIST},
        {"openat:1:EEXIST", 0},          /* left by a write that failed: made again */
        {"flock:1:EWOULDBLOCK", 0},      /* somebody sweeps: so it is, too */
        {"fstatat:1:ENOENT", 0},
        {"flock:1+:EWOULDBLOCK", EWOULDBLOCK},
        {"pwrite:1:ENOSPC", ENOSPC},
        {"pwrite:1:EDQUOT", EDQUOT},
        {"pwrite:1:none", ENOSPC},
        {"pwrite:1:half,pwrite:2:EFBIG", EFBIG},
        {"pwrite:1:half,pwrite:2:EINTR", 0},
        {"fsync:1:EIO", EIO},
        {"renameat:1:EACCES", EACCES},
        {"fsync:2:EIO", EIO},            /* of the folder: whether the file has its name on disk is not known */
        {"fsync:2:EINVAL", 0},           /* a file system that cannot, and need not */
    };
    kept *k = *state;
    kept_make_other(k);
    assert_true(nx_journal_check(k->journal, NULL));
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        fail_a_step(k, &cases[i]);
        assert_true(nx_changeset_clear(k->set, NULL));
        assert_int_equal(kept_files(k->folder), 0);
    }
}

static void a_later_step_fails_and_the_file_keeps_what_was_there(void **state) {
    static const failing cases[] = {
        {"pwrite:1:ENOSPC", ENOSPC},
        {"pwrite:1:half,pwrite:2:ENOSPC", ENOSPC},
        {"pwrite:1:half,pwrite:2:EIO,ftruncate:1:EIO", EIO}, /* the torn end goes before the next step */
        {"pwrite:1:half", 0},
        {"pwrite:1:EINTR", 0},
        {"fsync:1:EIO", EIO},                   /* a second fsync would not tell: the file is written anew */
        {"fstatat:1:EACCES", 0},                /* not found where it was: written anew as well */
        {"fstatat:1:EACCES,pwrite:1:ENOSPC", ENOSPC},
        {"fstatat:1:EACCES,renameat:1:EACCES", EACCES},
    };
    kept *k = *state;
    kept_make_other(k);
    assert_true(kept_edit(k, "1", 1, "first", NULL));
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        fail_a_step(k, &cases[i]);
        assert_true(nx_changeset_clear(k->set, NULL));
        assert_true(kept_edit(k, "1", 1, "first", NULL));
    }
}

static void what_failed_is_not_in_the_file_unless_the_disk_itself_does_not_know(void **state) {
    static const char *const cases[] = {"pwrite:1:ENOSPC", "pwrite:1:half,pwrite:2:ENOSPC",
                                        "pwrite:1:half,pwrite:2:EIO,ftruncate:1+:EIO"};
    kept *k = *state;
    kept_make_other(k);
    assert_true(kept_edit(k, "1", 1, "first", NULL));
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        lab_fault(NULL, cases[i]);
        assert_false(kept_edit(k, "2", 1, "x", NULL));
        expect_on_disk(k); /* a torn end is a write that never counted */
    }
    nx_error err = NX_ERROR;
    assert_false(kept_edit(k, "2", 1, "x", &err)); /* what is torn cannot be cut off: nothing may be written behind it */
    expect_told(k, &err, "nothing was staged", EIO);
    lab_fault(NULL, NULL);
    assert_true(kept_edit(k, "2", 1, "x", NULL));
    expect_on_disk(k);
}

static void a_file_that_cannot_be_removed_is_emptied(void **state) {
    kept *k = *state;
    nx_error err = NX_ERROR;
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    lab_fault(NULL, "unlinkat:1:EACCES,ftruncate:1:EIO");
    assert_false(nx_changeset_undo(k->set, &err));
    expect_told(k, &err, "nothing was taken back", EIO);
    assert_int_equal(nx_changeset_count(k->set), 1);
    lab_fault(NULL, "unlinkat:1:EACCES");
    assert_true(nx_changeset_undo(k->set, &err));
    lab_fault(NULL, NULL);
    char *path = kept_file(k->folder);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 0);
    kept_crash(k);
    assert_null(kept_orphan(k, k->folder)); /* an orphan of nothing is swept away */
    assert_int_equal(kept_files(k->folder), 0);
    free(path);
}

/* Somebody else's by now, whoever it was that put it there. */
static void another_file_of_its_name_is_not_removed(void **state) {
    kept *k = *state;
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    char *path = kept_file(k->folder);
    kept_write(path, "not ours", 8);
    assert_true(nx_changeset_undo(k->set, NULL));
    size_t len;
    char *bytes = kept_read(path, &len);
    assert_string_equal(bytes, "not ours");
    unlink(path);
    free(bytes);
    free(path);
}

static void a_folder_that_is_gone_and_cannot_be_made_again(void **state) {
    kept *k = *state;
    nx_error err = NX_ERROR;
    kept_make_other(k);
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    kept_empty(k->folder);
    assert_int_equal(rmdir(k->folder), 0);
    lab_fault(NULL, "mkdirat:1:EACCES");
    assert_false(kept_edit(k, "2", 1, "x", &err));
    expect_told(k, &err, "nothing was staged", ENOENT);
    lab_fault(NULL, NULL);
    assert_int_equal(nx_changeset_count(k->set), 1);
    assert_true(kept_edit(k, "2", 1, "x", NULL)); /* what was staged before is in the new file, too */
    expect_on_disk(k);
}

static void a_long_file_that_cannot_be_written_anew_goes_on(void **state) {
    kept *k = *state;
    char big[10000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    kept_make_other(k);
    assert_true(kept_edit(k, "1", 1, "first", NULL));
    lab_fault(NULL, "renameat:1+:EACCES");
    for (int i = 0; i < 60; i++) {
        big[0] = (char)('a' + i % 26);
        assert_true(kept_edit(k, "1", 1, big, NULL));
    }
    assert_true(lab_faults_struck(NULL) >= 1);
    assert_int_equal(kept_files(k->folder), 1); /* no half file is left beside it */
    expect_on_disk(k);
}

static ino_t inode(const kept *k) {
    char *path = kept_file(k->folder);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    free(path);
    return st.st_ino;
}

static void a_long_file_of_which_all_is_in_force_is_not_written_anew(void **state) {
    kept *k = *state;
    char big[10000], key[12];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    assert_true(kept_edit(k, "first", 1, big, NULL));
    ino_t before = inode(k);
    for (int i = 0; i < 30; i++) {
        snprintf(key, sizeof key, "%d", i);
        assert_true(kept_edit(k, key, 1, big, NULL));
    }
    assert_true(inode(k) == before);
}

static void a_folder_that_cannot_be_opened_says_why(void **state) {
    static const struct {
        const char *fault, *part;
    } cases[] = {
        {"open:1:EMFILE", "Too many open files"},      {"mkdir:1:EACCES", NULL}, /* it is there already */
        {"openat:1:EMFILE", "Too many open files"},    {"openat:1:ELOOP", "is a symbolic link"},
        {"openat:1:ENOTDIR", "Not a directory"},
        {"openat:2:EACCES", "Permission denied"},      {"fstat:1:EIO", "Input/output error"},
        {"mkdirat:1:EROFS", "Read-only file system"},  {"mkdirat:1:EEXIST", NULL},
        {"faccessat:1:EACCES", "Permission denied"},
    };
    kept *k = *state;
    assert_true(nx_journal_check(k->journal, NULL));
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_error err = NX_ERROR;
        nx_journal *j = nx_journal_new(k->folder, &k->server);
        lab_fault(NULL, cases[i].fault);
        bool good = nx_journal_check(j, &err);
        lab_fault(NULL, NULL);
        assert_int_equal(good, cases[i].part == NULL);
        if (cases[i].part) {
            assert_int_equal(err.kind, NX_ERR_SYSTEM);
            if (strncmp(err.message, "the journal /", 13) != 0 || !strstr(err.message, cases[i].part)) {
                fail_msg("%s: %s", cases[i].fault, err.message);
            }
            assert_true(nx_journal_check(j, NULL)); /* the next try does not suffer from it */
        }
        nx_error_clear(&err);
        nx_journal_free(j);
    }
}

static void a_missing_folder_that_cannot_be_made_is_named(void **state) {
    kept *k = *state;
    nx_error err = NX_ERROR;
    lab_fault(NULL, "mkdir:2:EACCES"); /* /tmp is the first */
    char deeper[128];
    snprintf(deeper, sizeof deeper, "%s/a/b/c", k->other);
    nx_journal *j = nx_journal_new(deeper, &k->server);
    assert_true(nx_journal_check(j, &err)); /* what is there need not be made */
    nx_journal_free(j);
    snprintf(deeper, sizeof deeper, "%s/d/e/f", k->other);
    lab_fault(NULL, "mkdir:5:EACCES");
    j = nx_journal_new(deeper, &k->server);
    assert_false(nx_journal_check(j, &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    assert_non_null(strstr(err.message, "/other/journal/d: "));
    nx_error_clear(&err);
    nx_journal_free(j);
}

static void a_path_that_is_no_folder_of_its_own_is_refused(void **state) {
    static const struct {
        const char *path, *part;
    } cases[] = {{"journal", "is no folder of its own"}, {"/journal", "is no folder of its own"},
                 {"/tmp/nixie-journal", "the journal /tmp: can be written by others"}};
    kept *k = *state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_error err = NX_ERROR;
        nx_journal *j = nx_journal_new(cases[i].path, &k->server);
        assert_false(nx_journal_check(j, &err));
        if (!strstr(err.message, cases[i].part) && !strstr(err.message, "can be written by others")) {
            fail_msg("%s: %s", cases[i].path, err.message);
        }
        nx_error_clear(&err);
        nx_journal_free(j);
    }
}

/* --- the scan of orphans -------------------------------------------------------------------------------------- */

static void what_cannot_be_read_is_left_alone_and_offered_later(void **state) {
    static const struct {
        const char *fault;
        int orphans;
    } cases[] = {
        {"openat:1:EMFILE", 0}, {"fdopendir:1:ENOMEM", 0},  {"openat:2:EACCES", 0}, {"openat:3:EACCES", 0},
        {"malloc:1:ENOMEM", 1}, {"malloc:2:ENOMEM", 0},     {"pread:1:EIO", 1},     {"pread:3:EIO", 0},
        {"fstat:1:EIO", 0},     {"flock:1:EWOULDBLOCK", 0}, {"fstatat:1:EIO", 0},   {"fstat:2:EIO", 0},
        {"pread:1:EINTR", 1},   {"pread:3:EINTR", 1}, /* read again, and its end is found */
    };
    kept *k = *state;
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    kept_crash(k);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_journal *scan = nx_journal_new(k->folder, &k->server);
        assert_true(nx_journal_check(scan, NULL));
        nx_orphan **list;
        lab_fault(NULL, cases[i].fault);
        int n = nx_journal_orphans(scan, &list), struck = lab_faults_struck(NULL);
        lab_fault(NULL, NULL);
        if (n != cases[i].orphans || struck == 0) {
            fail_msg("%s: %d orphans, struck %d times", cases[i].fault, n, struck);
        }
        for (int o = 0; o < n; o++) {
            assert_int_equal(list[o]->nchanges, 1); /* the look at its first line failed, not the reading */
            nx_orphan_free(list[o]);
        }
        free(list);
        nx_journal_free(scan);
        nx_orphan *orphan = kept_orphan(k, k->folder);
        assert_non_null(orphan);
        assert_int_equal(orphan->nchanges, 1);
        nx_orphan_free(orphan);
    }
}

static void without_a_folder_there_are_no_orphans(void **state) {
    kept *k = *state;
    nx_orphan **list;
    nx_journal *none = nx_journal_new(NULL, &k->server);
    assert_int_equal(nx_journal_orphans(none, &list), 0);
    assert_null(list);
    assert_string_equal(nx_journal_path(none), "");
    nx_journal_free(none);
    nx_journal_free(NULL);
    nx_orphan_free(NULL);
}

static void an_orphan_that_cannot_be_removed_says_so(void **state) {
    kept *k = *state;
    nx_error err = NX_ERROR;
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    kept_crash(k);
    nx_orphan *orphan = kept_orphan(k, k->folder);
    lab_fault(NULL, "unlinkat:1:EACCES");
    assert_false(nx_orphan_discard(orphan, &err));
    assert_non_null(strstr(err.message, "cannot be removed: Permission denied"));
    assert_int_equal(kept_files(k->folder), 1);
    lab_fault(NULL, NULL);
    assert_true(nx_orphan_discard(orphan, NULL));
    assert_true(nx_orphan_discard(orphan, NULL)); /* gone is gone */
    assert_int_equal(kept_files(k->folder), 0);
    nx_error_clear(&err);
    nx_orphan_free(orphan);
}

static void a_file_that_never_had_its_name_is_swept_away(void **state) {
    kept *k = *state;
    char path[200];
    assert_true(nx_journal_check(k->journal, NULL));
    snprintf(path, sizeof path, "%s/%032d.new", k->folder, 7);
    kept_write(path, "half", 4);
    lab_fault(NULL, "flock:1:EWOULDBLOCK");
    assert_null(kept_orphan(k, k->folder)); /* somebody is writing it */
    assert_int_equal(kept_files(k->folder), 1);
    lab_fault(NULL, NULL);
    assert_null(kept_orphan(k, k->folder));
    assert_int_equal(kept_files(k->folder), 0);
}

static void set_time(const char *path, time_t at) {
    const struct timespec times[] = {{.tv_sec = at}, {.tv_sec = at}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void several_orphans_come_oldest_first(void **state) {
    kept *k = *state;
    char *paths[3] = {0};
    for (int i = 0; i < 3; i++) {
        assert_true(kept_edit(k, "1", 1, i == 0 ? "a" : i == 1 ? "b" : "c", NULL));
        paths[i] = strdup(nx_journal_path(k->journal));
        kept_crash(k);
        set_time(paths[i], i == 0 ? 2000000 : 1000000);
    }
    nx_orphan **list;
    assert_int_equal(nx_journal_orphans(k->journal, &list), 3);
    assert_string_equal(list[2]->path, paths[0]);
    bool second_first = strcmp(paths[1], paths[2]) < 0; /* of one time by their names: always the same order */
    assert_string_equal(list[0]->path, paths[second_first ? 1 : 2]);
    assert_string_equal(list[1]->path, paths[second_first ? 2 : 1]);
    assert_int_equal(list[0]->time, 1000000);
    for (int i = 0; i < 3; i++) {
        nx_orphan_free(list[i]);
        free(paths[i]);
    }
    free(list);
}

/* --- no memory --------------------------------------------------------------------------------------------------- */

enum { ACTS = 4 };

static void act(kept *k, int i) {
    switch (i) {
    case 0: kept_edit(k, "1", 1, "first", NULL); break;
    case 1:
        nx_changeset_group_begin(k->set);
        kept_edit(k, "2", 1, "both", NULL);
        kept_edit(k, "2", 2, "or neither", NULL);
        nx_changeset_group_end(k->set, NULL);
        break;
    case 2: nx_changeset_undo(k->set, NULL); break;
    default: kept_edit(k, "1", 2, "last", NULL);
    }
}

static _Noreturn void no_memory(void) { _exit(9); }

/* In a process of its own, which ends where there is no memory for a small thing. `told` counts the acts that it has
 * answered for. Without a fault that many words of each state are left in `words`. */
static int perform(kept *k, int nth, _Atomic int *told) {
    char fault[32];
    snprintf(fault, sizeof fault, "alloc:%d:ENOMEM", nth);
    *told = 0;
    lab_fault(NULL, fault);
    pid_t pid = fork();
    if (pid == 0) {
        nx_out_of_memory_handler(no_memory);
        for (int i = 0; i < ACTS; i++) {
            act(k, i);
            *told = i + 1;
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9);
    return WEXITSTATUS(status);
}

/* The state after each act, where every one of them that fails may be left out (it was refused). */
static bool is_one_of(const char *found, char *const *words, int from, int to) {
    for (int i = from; i <= to && i <= ACTS; i++) {
        if (strcmp(found, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void wherever_memory_ends_what_was_staged_is_on_disk(void **state) {
    kept *k = *state;
    char *words[ACTS + 1] = {strdup("")};
    for (int i = 0; i < ACTS; i++) {
        act(k, i);
        words[i + 1] = kept_words(k->set);
    }
    assert_true(nx_changeset_clear(k->set, NULL));
    kept_crash(k);
    _Atomic int *told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(told != MAP_FAILED);
    int ended = 0, refused = 0;
    for (int nth = 1;; nth++) {
        int status = perform(k, nth, told);
        if (lab_faults_struck(NULL) == 0) {
            break;
        }
        lab_fault(NULL, NULL);
        nx_orphan *orphan = kept_orphan(k, k->folder);
        char *found = kept_orphan_words(orphan);
        if (orphan && orphan->damaged) {
            fail_msg("without its allocation %d line %d of the journal means nothing", nth, orphan->damaged);
        }
        if (status == 9 && !is_one_of(found, words, *told, *told + 1)) {
            fail_msg("without its allocation %d it ended after %d steps, and this was found: %s", nth, *told, found);
        }
        ended += status == 9;
        refused += status == 0;
        free(found);
        nx_orphan_free(orphan);
        kept_empty(k->folder);
    }
    assert_true(ended > 10 && refused > 0);
    munmap(told, sizeof *told);
    for (int i = 0; i <= ACTS; i++) {
        free(words[i]);
    }
}

/* What the record says of each change tells later whether it was saved: half of it would be worse than none. */
static void without_memory_for_the_record_of_a_commit_there_is_none(void **state) {
    kept *k = *state;
    nx_error err = NX_ERROR;
    char fault[32], big[5000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    assert_true(kept_edit(k, "1", 1, big, NULL)); /* its text is longer than the record */
    int refused = 0;
    for (bool there = false; !there;) {
        snprintf(fault, sizeof fault, "realloc:%d:ENOMEM", refused + 1);
        lab_fault(NULL, fault);
        there = nx_journal_commit(k->journal, "7", "8", &err);
        assert_int_equal(lab_faults_struck(NULL), !there);
        lab_fault(NULL, NULL);
        if (!there) {
            expect_told(k, &err, "nothing was saved", ENOMEM);
            refused++;
        }
    }
    assert_true(refused > 3);
    kept_crash(k);
    nx_orphan *orphan = kept_orphan(k, k->folder);
    assert_int_equal(orphan->damaged, 0);
    assert_string_equal(orphan->xid, "7");
    assert_int_equal(nx_json_int(nx_json_member(orphan->sent, "sent")->first, "crc", 0), orphan->changes[0]->crc);
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, kept_setup, kept_teardown)

static const struct CMUnitTest tests[] = {
    CASE(the_first_step_fails_and_leaves_nothing),
    CASE(a_later_step_fails_and_the_file_keeps_what_was_there),
    CASE(what_failed_is_not_in_the_file_unless_the_disk_itself_does_not_know),
    CASE(a_file_that_cannot_be_removed_is_emptied),
    CASE(another_file_of_its_name_is_not_removed),
    CASE(a_folder_that_is_gone_and_cannot_be_made_again),
    CASE(a_long_file_that_cannot_be_written_anew_goes_on),
    CASE(a_long_file_of_which_all_is_in_force_is_not_written_anew),
    CASE(a_folder_that_cannot_be_opened_says_why),
    CASE(a_missing_folder_that_cannot_be_made_is_named),
    CASE(a_path_that_is_no_folder_of_its_own_is_refused),
    CASE(what_cannot_be_read_is_left_alone_and_offered_later),
    CASE(without_a_folder_there_are_no_orphans),
    CASE(an_orphan_that_cannot_be_removed_says_so),
    CASE(a_file_that_never_had_its_name_is_swept_away),
    CASE(several_orphans_come_oldest_first),
    CASE(wherever_memory_ends_what_was_staged_is_on_disk),
    CASE(without_memory_for_the_record_of_a_commit_there_is_none),
};

LAB_MAIN(tests, NULL, NULL)
