#include "failed.h"

#include <errno.h>
#include <sys/stat.h>

#include "lab/test.h"

enum { MOST_SCREENS = 32 };

static const char folder[] = ".build/failed";

static screen *open_screens[MOST_SCREENS]; /* in the order in which they were started */
static int count;

/* ".build/failed/screen-test_edit.the_test.txt"; the second screen of a test is "the_test.2". */
static void write_file(int number, const char *ending, const char *data, size_t len) {
    char path[512], which[16] = "";
    if (number > 1) {
        snprintf(which, sizeof which, ".%d", number);
    }
    int start = snprintf(path, sizeof path, "%s/", folder);
    snprintf(path + start, sizeof path - (size_t)start, "%s.%s%s.%s", lab_program(), lab_test(), which, ending);
    for (char *at = path + start; (at = strchr(at, '/'));) {
        *at = '-';
    }
    FILE *file = fopen(path, "w");
    if (!file || fwrite(data, 1, len, file) != len) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    }
    if (file) {
        fclose(file);
    }
}

static void keep(screen *s, int number) {
    screen_pump(s, 0); /* what has come since the test looked */
    size_t len;
    const char *bytes = screen_bytes(s, &len), *text = screen_text(s);
    fprintf(stderr, "--- the screen ---\n%s------------------\n", text);
    nx_buf doing = NX_BUF;
    screen_doing(s, &doing);
    fprintf(stderr, "the program: %s\n", doing.data);
    nx_buf_free(&doing);
    write_file(number, "txt", text, strlen(text));
    write_file(number, "bytes", bytes, len);
}

static void keep_all(void *data) {
    (void)data;
    mkdir(".build", 0777);
    mkdir(folder, 0777);
    for (int i = 0; i < count; i++) {
        keep(open_screens[i], i + 1);
    }
    while (count > 0) {
        screen_stop(open_screens[--count]);
    }
}

void screen_failed_keep(screen *s) {
    static bool hooked;
    if (!hooked) {
        lab_on_failure(keep_all, NULL);
        hooked = true;
    }
    screen_failed_forget(s);
    if (count == MOST_SCREENS) {
        fail_msg("more than %d screens at once", MOST_SCREENS);
    }
    open_screens[count++] = s;
}

void screen_failed_forget(screen *s) {
    int left = 0;
    for (int i = 0; i < count; i++) {
        if (open_screens[i] != s) {
            open_screens[left++] = open_screens[i];
        }
    }
    count = left;
}
