/* nixie: the command line, and who does what it asks for. */
#include "command.h"
#include "man.h"
#include "output.h"
#include "process.h"

static int say(void (*what)(const ui_options *, nx_buf *), const ui_options *options) {
    nx_buf out = NX_BUF;
    what(options, &out);
    return ui_write(&out);
}

static void help(const ui_options *options, nx_buf *out) { ui_options_help(options->command, out); }

static void manual(const ui_options *options, nx_buf *out) {
    (void)options;
    ui_man(out);
}

static void version(const ui_options *options, nx_buf *out) {
    (void)options;
    nx_buf_adds(out, "nixie " NIXIE_VERSION "\n");
}

/* A command is not run under a config that says something else than was meant; the browser tells, and asks before
 * it saves, as it does on a protected host. */
static bool configure(ui_options *options, const nx_source *source) {
    if (ui_config_read(source, &options->settings, &options->config_err)) {
        return true;
    }
    options->settings = (ui_settings){.protected = true};
    return options->command == UI_COMMAND_BROWSE;
}

static int run(ui_options *options) {
    const ui_command *command = &ui_commands[options->command];
    if (command->own_source) {
        return command->run(options, NULL);
    }
    const nx_source_request request = {.url = options->url, .env_file = options->env_file, .direct = options->direct};
    nx_error err = NX_ERROR;
    nx_source *source = nx_source_find(&request, &err);
    if (!source) {
        /* Nothing was tried yet: only wrong syntax is the user's, the rest means "no connection". */
        int status = err.kind == NX_ERR_USAGE ? UI_EXIT_USAGE : UI_EXIT_CONNECT;
        ui_fail(&err);
        return status;
    }
    int status = configure(options, source) ? command->run(options, source) : ui_fail(&options->config_err);
    nx_source_free(source);
    return status;
}

int main(int argc, char **argv) {
    ui_process_start();
    ui_options options;
    nx_error err = NX_ERROR;
    int status;
    if (!ui_options_parse(argc, argv, &options, &err)) {
        status = ui_fail(&err);
    } else if (options.help) {
        status = say(help, &options);
    } else if (options.man) {
        status = say(manual, &options);
    } else if (options.version) {
        status = say(version, &options);
    } else {
        status = run(&options);
    }
    ui_options_free(&options);
    return status;
}
