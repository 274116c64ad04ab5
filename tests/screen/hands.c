#include "hands.h"

#include <sys/wait.h>

#include "lab/lab.h"
#include "lab/test.h"

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
    screen_wait(s, "Enter stages");
}

void hands_save(screen *s) {
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait_gone(s, "not saved yet");
    screen_wait_line(s, -1, "saved ");
}

void hands_walk(screen *s, const hands_step *steps, size_t n) {
    for (size_t i = 0; i < n; i++) {
        screen_type(s, steps[i].keys);
        screen_settle(s);
        print_message("%s: %s\n", steps[i].keys, steps[i].shown);
        screen_wait(s, steps[i].shown);
    }
}

static void find(screen *s, const char *text, int *row, int *column) {
    screen_settle(s);
    if (!screen_find(s, text, row, column)) {
        fail_msg("nowhere to point at: \"%s\"\n%s", text, screen_text(s));
    }
}

/* A person's second press comes when the first one is read. */
void hands_click(screen *s, const char *text, bool twice) {
    int row, column;
    find(s, text, &row, &column);
    for (int i = 0; i < (twice ? 2 : 1); i++) {
        screen_click(s, row, column, false);
        screen_rest(s);
    }
    screen_settle(s);
}

void hands_wheel(screen *s, const char *text, bool up) {
    int row, column;
    char bytes[32];
    find(s, text, &row, &column);
    int n = snprintf(bytes, sizeof bytes, "\033[<%d;%d;%dM", up ? 64 : 65, column + 1, row + 1);
    screen_send(s, bytes, (size_t)n);
    screen_settle(s);
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

void hands_stand_on(screen *s, const char *words) {
    screen_type(s, "g");
    for (int i = 0; i < 60; i++) {
        screen_settle(s);
        if (strstr(screen_line(s, screen_rows(s) - 1), words)) {
            return;
        }
        screen_type(s, "j");
    }
    screen_wait_line(s, -1, words); /* fails, with a picture */
}

void hands_click(screen *s, const char *text, bool twice) {
    int row, column;
    screen_wait(s, text);
    assert_true(screen_find(s, text, &row, &column));
    screen_click(s, row, column, twice);
}

void hands_wheel(screen *s, int row, int column, bool down) {
    char bytes[32];
    int n = snprintf(bytes, sizeof bytes, "\033[<%d;%d;%dM", down ? 65 : 64, column + 1, row + 1);
    screen_send(s, bytes, (size_t)n);
}

void hands_answers(screen *s, const hands_answer *answers, int n) {
    for (int i = 0; i < n; i++) {
        screen_type(s, answers[i].keys);
        screen_wait_line(s, -1, answers[i].words);
    }
}

void hands_wait_copied(screen *s, const char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(text), at = 0;
    char *bytes = calloc(1, len * 2 + 16);
    at = (size_t)sprintf(bytes, "\033]52;c;");
    for (size_t i = 0; i < len; i += 3) {
        unsigned three = (unsigned)(unsigned char)text[i] << 16;
        three |= i + 1 < len ? (unsigned)(unsigned char)text[i + 1] << 8 : 0u;
        three |= i + 2 < len ? (unsigned)(unsigned char)text[i + 2] : 0u;
        for (int k = 0; k < 4; k++) {
            bytes[at++] = i + (size_t)k > len ? '=' : digits[three >> (18 - 6 * k) & 63];
        }
    }
    bytes[at++] = '\a';
    hands_wait_sent(s, bytes);
    free(bytes);
}

void hands_make_e(const char *url) {
    lab_sql(url, "DROP TABLE IF EXISTS e CASCADE; DROP TYPE IF EXISTS mood;"
                 "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');"
                 "CREATE TABLE e (id int PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, t text, n int NOT NULL DEFAULT 7,"
                 " b boolean, m mood, ts timestamp, j jsonb, a text[]);"
                 "INSERT INTO e (t, n, b, m, ts, j, a) VALUES"
                 " ('one', 1, true, 'ok', '2026-01-02 03:04:05.678901', '{\"k\": 1}', '{x,NULL}'),"
                 " ('two', 2, NULL, 'sad', 'infinity', 'null', '{}'), ('three', 3, false, NULL, NULL, NULL, NULL)");
}

screen *hands_rows(const char *url, const char *model, const char *first) {
    screen *s = screen_nixie(24, 130, url, (const char *[]){model, NULL});
    screen_wait(s, first);
    screen_wait(s, " of "); /* the rows are here, not only their fields */
    return s;
}
