#include "hands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "lab/lab.h"

void hands_ended(screen *s, int status) {
    int got = screen_wait_exit(s);
    assert_true(WIFEXITED(got));
    assert_int_equal(WEXITSTATUS(got), status);
    assert_false(screen_alternate(s));
    assert_true(screen_cursor_visible(s));
    assert_true(screen_terminal_restored(s));
    screen_stop(s);
}

void hands_quit(screen *s) {
    screen_type(s, ":quit<Enter>");
    hands_ended(s, 0);
}

void hands_abandon(screen *s) {
    screen_type(s, ":q!<Enter>");
    hands_ended(s, 0);
}

void hands_edit(screen *s, const char *text) {
    screen_type(s, "e");
    screen_wait(s, "Enter stages");
    screen_type(s, "<C-e><C-u>");
    screen_send(s, text, strlen(text));
    screen_type(s, "<Enter>");
    screen_wait_gone(s, "Enter stages");
}

void hands_edit_refused(screen *s, const char *text, const char *words) {
    screen_type(s, "e");
    screen_wait(s, "Enter stages");
    screen_type(s, "<C-e><C-u>");
    screen_send(s, text, strlen(text));
    screen_type(s, "<Enter>");
    screen_wait(s, words);
    assert_true(screen_has(s, "Enter stages"));
}

void hands_save(screen *s) {
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait(s, "nothing is staged");
    screen_wait_gone(s, "not saved yet");
}

void hands_assert_value(const char *url, const char *sql, const char *expected) {
    char *value = lab_query(url, sql);
    if (!expected || !value) {
        assert_true(!expected && !value);
    } else {
        assert_string_equal(value, expected);
    }
    free(value);
}

bool hands_sent(screen *s, const char *bytes) {
    size_t len;
    const char *sent = screen_bytes(s, &len);
    return memmem(sent, len, bytes, strlen(bytes)) != NULL;
}

static bool sent(screen *s, void *data) { return hands_sent(s, data); }

void hands_wait_sent(screen *s, const char *bytes) { screen_until(s, sent, (void *)(uintptr_t)bytes, bytes); }
