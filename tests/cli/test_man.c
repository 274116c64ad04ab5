/* The manual page: what its tables say is in it, and it is roff. */
#include "command.h"
#include "keymap.h"
#include "lab/lab.h"
#include "lab/shared.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "option_table.h"
#include "run.h"

/* As a reader sees it, but for the requests at the beginning of lines. */
static char *read_roff(const char *page) {
    static const struct {
        const char *escape, *text;
    } escapes[] = {{"\\-", "-"},      {"\\e", "\\"},     {"\\&", ""},       {"\\(ti", "~"},    {"\\(ha", "^"},
                   {"\\(ga", "`"},    {"\\(dq", "\""},   {"\\fI", ""},      {"\\fR", ""}};
    nx_buf out = NX_BUF;
    while (*page) {
        size_t i = 0;
        while (i < NX_COUNT(escapes) && strncmp(page, escapes[i].escape, strlen(escapes[i].escape)) != 0) {
            i++;
        }
        if (i < NX_COUNT(escapes)) {
            nx_buf_adds(&out, escapes[i].text);
            page += strlen(escapes[i].escape);
        } else {
            assert_int_not_equal(*page, '\\'); /* an escape that stands for something else */
            nx_buf_addc(&out, *page++);
        }
    }
    return nx_buf_take(&out);
}

static void expect_item(const char *page, const char *term, const char *text) {
    nx_buf item = NX_BUF;
    nx_buf_addf(&item, ".TP\n.B \"%s\"\n%s", term, text);
    if (!strstr(page, item.data)) {
        fail_msg("not in the manual: %s", item.data);
    }
    nx_buf_free(&item);
}

static void it_has_every_command_option_and_key(void **state) {
    (void)state;
    run r = nixie(NULL, "--man", NULL);
    expect_status(&r, 0);
    assert_string_equal(r.err, "");
    char *page = read_roff(r.out);
    char term[200];
    for (int i = 0; i < UI_COMMAND_COUNT; i++) {
        snprintf(term, sizeof term, "nixie %s", ui_commands[i].usage);
        expect_item(page, term, ui_commands[i].help);
    }
    for (size_t i = 0; i < ui_noptions; i++) {
        const ui_option *o = &ui_option_table[i];
        snprintf(term, sizeof term, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        expect_item(page, term, o->help);
    }
    int n;
    ui_keymap_init();
    const ui_binding *b = ui_keymap_bindings(&n);
    for (int i = 0; i < n; i++) {
        expect_item(page, b[i].keys, ui_action_help(b[i].action));
    }
    free(page);
    run_free(&r);
}

static void a_formatter_has_nothing_to_complain_about(void **state) {
    (void)state;
    if (system("command -v groff >/dev/null 2>&1") != 0) {
        print_message("groff is not installed\n");
        skip();
    }
    run r = nixie(NULL, "--man", NULL);
    char path[600];
    snprintf(path, sizeof path, "%s/nixie.1", run_folder());
    assert_true(lab_write_file(path, r.out, 0600));
    nx_buf output = NX_BUF;
    char command[1400];
    snprintf(command, sizeof command, "groff -man -ww -Tutf8 '%s' 2>&1 >/dev/null", path);
    FILE *groff = popen(command, "r");
    char line[400];
    while (fgets(line, sizeof line, groff)) {
        nx_buf_adds(&output, line);
    }
    assert_int_equal(pclose(groff), 0);
    assert_string_equal(output.len ? output.data : "", "");
    nx_buf_free(&output);
    remove(path);
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_has_every_command_option_and_key),
    cmocka_unit_test(a_formatter_has_nothing_to_complain_about),
};

LAB_MAIN(tests, NULL, NULL)
