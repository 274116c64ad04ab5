/* Files that a source is looked for in: of every kind, too long, out of reach; and what stands in them oddly. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/test.h"
#include "nixie/buf.h"
#include "source/draft.h"
#include "source_table.h"

enum { MOST = 256 * 1024 };

static char folder[] = "/tmp/nixie-file-XXXXXX";

static int open_folder(void **state) {
    (void)state;
    static const char *const own[] = {"PGHOST",     "PGHOSTADDR", "PGPORT",   "PGUSER",
                                      "PGDATABASE", "PGSERVICE",  "PGSSLMODE"};
    for (size_t i = 0; i < NX_COUNT(own); i++) {
        unsetenv(own[i]);
    }
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    nx_buf command = NX_BUF;
    nx_buf_addf(&command, "rm -rf '%s'", folder);
    int status = system(command.data);
    nx_buf_free(&command);
    return status;
}

/* A path below the folder; freed with the arena of the test. */
static const char *path_of(nx_arena *arena, const char *name) { return nx_arena_printf(arena, "%s/%s", folder, name); }

static void write_bytes(const char *path, const char *bytes, size_t len) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void files_are_read_whole_or_not_at_all(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    const char *path = path_of(arena, "long");
    char *bytes = nx_alloc(MOST + 1);
    memset(bytes, 'x', MOST + 1);
    size_t len = 0;
    write_bytes(path, bytes, MOST);
    char *text = nx_file_read(path, false, &len);
    assert_non_null(text);
    assert_int_equal(len, MOST);
    assert_int_equal(strlen(text), MOST);
    free(text);
    write_bytes(path, bytes, MOST + 1);
    assert_null(nx_file_read(path, false, &len));
    assert_int_equal(errno, EFBIG);
    write_bytes(path, "", 0);
    text = nx_file_read(path, true, &len);
    assert_non_null(text);
    assert_int_equal(len, 0);
    free(text);
    free(bytes);
    unlink(path);
    nx_arena_free(arena);
}

static void only_files_are_read(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    const char *pipe = path_of(arena, "pipe");
    size_t len = 0;
    assert_null(nx_file_read(path_of(arena, "none"), false, &len));
    assert_int_equal(errno, ENOENT);
    assert_null(nx_file_read(folder, false, &len));
    assert_int_equal(errno, EISDIR);
    assert_null(nx_file_read(folder, true, &len));
    assert_int_equal(errno, EISDIR);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_null(nx_file_read(pipe, false, &len)); /* nobody writes to it: this must not wait */
    assert_int_equal(errno, EINVAL);
    unlink(pipe);
    nx_arena_free(arena);
}

/* What a shell hands over with --env <(command). */
static void a_pipe_is_read_where_it_was_named(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    int ends[2];
    static const char said[] = "DATABASE_URL=postgresql://h/piped\n";
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], said, sizeof said - 1), sizeof said - 1);
    close(ends[1]);
    const char *path = nx_arena_printf(arena, "/dev/fd/%d", ends[0]);
    char *nothing[] = {NULL};
    nx_error err = NX_ERROR;
    nx_source *source =
        nx_source_find(&(nx_source_request){.env_file = path, .folder = folder, .environment = nothing}, &err);
    assert_non_null(source);
    assert_string_equal(source->database, "piped");
    nx_source_free(source);
    close(ends[0]);
    nx_arena_free(arena);
}

/* --- the project's folder --------------------------------------------------------------------------------- */

static void folders_named_like_files_are_no_project(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    const char *deep = path_of(arena, "deep");
    assert_int_equal(mkdir(deep, 0700), 0);
    assert_int_equal(mkdir(path_of(arena, "deep/.env"), 0700), 0);
    assert_int_equal(mkdir(path_of(arena, "deep/package.json"), 0700), 0);
    write_bytes(path_of(arena, "package.json"), "{}", 2);
    char *found = nx_project_folder(deep), *real = realpath(folder, NULL);
    assert_string_equal(found, real);
    free(found);
    free(real);
    assert_null(nx_project_folder(path_of(arena, "none")));
    nx_arena_free(arena);
}

/* Nothing at all at or above: the search ends at the root. */
static void a_search_ends_at_the_root(void **state) {
    (void)state;
    assert_null(nx_project_folder("/proc/self/fdinfo"));
}

/* --- what stands in the environment -------------------------------------------------------------------------- */

static nx_source *in_environment(const char *first, const char *second) {
    char *environment[] = {nx_strdup(first), second ? nx_strdup(second) : NULL, NULL};
    nx_error err = NX_ERROR;
    nx_source *source = nx_source_find(&(nx_source_request){.folder = folder, .environment = environment}, &err);
    if (!source) {
        fail_msg("%s: %s", first, err.message);
    }
    free(environment[0]);
    free(environment[1]);
    return source;
}

static void quotes_that_a_shell_left_are_taken_away(void **state) {
    (void)state;
    static const struct {
        const char *variable, *database;
    } cases[] = {
        {"DATABASE_URL='postgresql://h/one'", "one"},
        {"DATABASE_URL=\"postgresql://h/two\"", "two"},
        {"DATABASE_URL=postgresql://h/it's'", "it's'"},
        {"DATABASE_URL= postgresql://h/three \r\n", "three"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_source *source = in_environment(cases[i].variable, NULL);
        assert_string_equal(source->database, cases[i].database);
        nx_source_free(source);
    }
}

static void half_a_pair_of_quotes_is_no_url(void **state) {
    (void)state;
    static const char *const halves[] = {"DATABASE_URL=\"postgresql://h/one", "DATABASE_URL='postgresql://h/one\"",
                                         "DATABASE_URL='"};
    for (size_t i = 0; i < NX_COUNT(halves); i++) {
        char *environment[] = {nx_strdup(halves[i]), NULL};
        nx_error err = NX_ERROR;
        assert_null(nx_source_find(&(nx_source_request){.folder = folder, .environment = environment}, &err));
        assert_int_equal(err.kind, NX_ERR_USAGE);
        assert_string_equal(err.detail, "found as DATABASE_URL in the environment");
        nx_error_clear(&err);
        free(environment[0]);
    }
}

static void an_address_without_a_name_is_taken_from_libpqs_variables(void **state) {
    (void)state;
    nx_source *source = in_environment("PGHOSTADDR=10.0.0.1", "PGCONNECT_TIMEOUT=x");
    assert_string_equal(source->host, "10.0.0.1");
    assert_false(source->local);
    assert_int_equal(source->connect_timeout_s, 15);
    nx_source_free(source);
    source = in_environment("DATABASE_URL=postgresql://h/db?connect_timeout=20", "PGCONNECT_TIMEOUT=30");
    assert_int_equal(source->connect_timeout_s, 20);
    nx_source_free(source);
}

/* The caller's own variable is as it was, whatever the URL's service is. */
static void a_service_leaves_the_environment_alone(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    static const char services[] = "[theirs]\nhost=theirs.example\n[mine]\nhost=mine.example\nport=5432\n";
    const char *path = path_of(arena, "services");
    write_bytes(path, services, sizeof services - 1);
    setenv("PGSERVICEFILE", path, 1);
    setenv("PGSERVICE", "theirs", 1);
    nx_error err = NX_ERROR;
    nx_source *source = source_of("service=mine", &err);
    assert_non_null(source);
    assert_string_equal(source->host, "mine.example");
    assert_string_equal(source->port, "5432");
    assert_string_equal(getenv("PGSERVICE"), "theirs");
    nx_source_free(source);
    source = source_of("service=mine host=other.example", &err);
    assert_non_null(source);
    assert_string_equal(source->host, "other.example");
    nx_source_free(source);
    unsetenv("PGSERVICE");
    unsetenv("PGSERVICEFILE");
    nx_arena_free(arena);
}

/* --- certificates ------------------------------------------------------------------------------------------------ */

/* Roots that libpq itself would find are used for what a person asked for, and not for what nixie decides. */
static void roots_of_the_users_own_count_where_they_asked(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    mkdir(path_of(arena, ".postgresql"), 0700);
    write_bytes(path_of(arena, ".postgresql/root.crt"), "", 0);
    const char *home = nx_arena_printf(arena, "HOME=%s", folder);
    nx_source *source = in_environment("DATABASE_URL=postgresql://h/db?sslmode=verify-full", home);
    assert_null(source_param(source, "sslrootcert"));
    nx_source_free(source);
    source = in_environment("DATABASE_URL=postgresql://h/db", home);
    const char *roots = source_param(source, "sslrootcert");
    assert_true(roots || source_notice(source, "no file with the system's certificates"));
    nx_source_free(source);
    source = in_environment("DATABASE_URL=postgresql://h/db", "PGSSLROOTCERT=/theirs.pem");
    assert_string_equal(source_param(source, "sslrootcert"), "/theirs.pem");
    nx_source_free(source);
    nx_arena_free(arena);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(files_are_read_whole_or_not_at_all),
    cmocka_unit_test(only_files_are_read),
    cmocka_unit_test(a_pipe_is_read_where_it_was_named),
    cmocka_unit_test(folders_named_like_files_are_no_project),
    cmocka_unit_test(a_search_ends_at_the_root),
    cmocka_unit_test(quotes_that_a_shell_left_are_taken_away),
    cmocka_unit_test(half_a_pair_of_quotes_is_no_url),
    cmocka_unit_test(an_address_without_a_name_is_taken_from_libpqs_variables),
    cmocka_unit_test(a_service_leaves_the_environment_alone),
    cmocka_unit_test(roots_of_the_users_own_count_where_they_asked),
};

LAB_MAIN(tests, open_folder, remove_folder)
