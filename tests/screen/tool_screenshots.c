/* Draws the pictures of the README from the program itself, on the sample data.
 *
 *   tool_screenshots NIXIE FOLDER    writes FOLDER/NAME.svg and FOLDER/NAME.png
 */
#include <sys/wait.h>
#include <unistd.h>

#include "lab/test.h"
#include "nixie/arena.h"
#include "screen.h"
#include "svg.h"

enum { ROWS = 30, COLUMNS = 110 };

/* Each picture goes on where the one before left off. */
static const struct shot {
    const char *name, *keys, *wait; /* type the keys, wait for the text, draw (unless the name is NULL) */
} shots[] = {
    {NULL, "", "~100K"},
    {NULL, "<C-p>Post", "table ~100K"},
    {NULL, "<Enter>", "Hello, world"},
    {NULL, "lllllll", "authorId integer"},
    {"rows", "jjj", "Post › 4"},
    {NULL, "f", "User › 754"},
    {"referrers", "F", "what refers to User"},
    {NULL, "<Esc>", "e edit"},
    {NULL, "<Enter>", "Relations"},
    {NULL, "Gkkkk", "Post via authorId to-many"},
    {NULL, "<Enter>", "▾"},
    {"record", "j", "▸"},
    {NULL, "<BS>", "User › 754"},
    {NULL, "<BS>", "Post › 4"},
    {"map", "M", "relations of Post"},
    {NULL, "<BS>", "Post › 4"},
    {NULL, "/published = true and (title contains \"neon\" or view", "view"},
    {"filter", "<Tab>", "viewCount"},
    {NULL, "<C-c>", "f follow"},
    {NULL, "0le", "Enter stages"},
    {NULL, "<C-e>, again", ", again"},
    {NULL, "<Enter>", "1 staged"},
    {NULL, "jjlx", "2 staged"},
    {NULL, "jd", "3 staged"},
    {"new", "a", "required"},
    {"edit", "q", "e edit"},
    {"changes", "C", "not saved yet"},
    {NULL, "_", "Take all"},
    {NULL, "y", "all taken back"},
};

static const char *folder;
static const char *program;

static void to_png(const char *svg, const char *png) {
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rsvg-convert", "rsvg-convert", "-z", "1.5", "-o", png, svg, (char *)NULL);
        _exit(127);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

static void draw(screen *s, const char *name) {
    char svg[512], png[512];
    snprintf(svg, sizeof svg, "%s/%s.svg", folder, name);
    snprintf(png, sizeof png, "%s/%s.png", folder, name);
    assert_true(svg_write(s, svg));
    to_png(svg, png);
    printf("%s\n", png);
}

static void take(void **state) {
    (void)state;
    const char *argv[] = {program, "demo", NULL};
    screen *s = screen_start(ROWS, COLUMNS, argv, NULL);
    for (size_t i = 0; i < NX_COUNT(shots); i++) {
        screen_type(s, shots[i].keys);
        screen_wait(s, shots[i].wait);
        screen_settle(s);
        if (shots[i].name) {
            draw(s, shots[i].name);
        }
    }
    screen_type(s, "<C-c>:quit<Enter>");
    screen_wait_exit(s);
    screen_stop(s);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: %s NIXIE FOLDER\n", argv[0]);
        return 2;
    }
    program = argv[1];
    folder = argv[2];
    const struct CMUnitTest tests[] = {cmocka_unit_test(take)};
    return lab_main(__FILE__, tests, NX_COUNT(tests), NULL, NULL);
}
