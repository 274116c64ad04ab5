/* A test authority, and a server that shows a certificate of its making. */
#include "lab/lab.h"

#include <arpa/inet.h>

#include "lab/server_private.h"
#include "lab/shared.h"
#include "lab/test.h"
#include "nixie/buf.h"

enum { ARGS = 24 };

/* openssl with words of which none contains a blank. */
static void openssl(const char *folder, const char *words) {
    char *argv[ARGS] = {(char[]){"openssl"}};
    nx_arena *arena = nx_arena_new(0);
    size_t argc = 1;
    const char *rest = words;
    char word[200];
    int used = 0;
    while (argc + 1 < ARGS && sscanf(rest, "%199s%n", word, &used) == 1) {
        argv[argc++] = word[0] == '@' ? nx_arena_printf(arena, "%s/%s", folder, word + 1) : nx_arena_strdup(arena, word);
        rest += used;
    }
    lab_run(argv);
    nx_arena_free(arena);
}

static bool is_address(const char *host) {
    unsigned char bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static void make_certificates(const char *folder, const char *host) {
    char path[300], text[300];
    snprintf(path, sizeof path, "%s/server.ext", folder);
    snprintf(text, sizeof text, "subjectAltName=%s:%s\n", is_address(host) ? "IP" : "DNS", host);
    assert_true(lab_write_file(path, text, 0600));
    openssl(folder, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
                    "-subj /CN=nixie-test-authority -keyout @authority.key -out @authority.crt");
    openssl(folder, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
                    "-subj /CN=nixie-test-stranger -keyout @stranger.key -out @stranger.crt");
    openssl(folder, "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=nixie-test-server "
                    "-keyout @server.key -out @server.csr");
    openssl(folder, "x509 -req -in @server.csr -CA @authority.crt -CAkey @authority.key -CAcreateserial -days 2 "
                    "-extfile @server.ext -out @server.crt");
}

static void switch_on(const char *folder) {
    static const char *const files[] = {"server.key", "server.crt"};
    char path[300];
    for (size_t i = 0; i < NX_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        lab_give(path, folder);
    }
    snprintf(path, sizeof path, "%s/data/postgresql.conf", folder);
    FILE *conf = fopen(path, "a");
    assert_non_null(conf);
    fprintf(conf, "\nssl = on\nssl_cert_file = '%s/server.crt'\nssl_key_file = '%s/server.key'\n", folder, folder);
    assert_int_equal(fclose(conf), 0);
}

static void keep_path(char **path, const char *folder, const char *name) {
    nx_buf text = NX_BUF;
    nx_buf_addf(&text, "%s/%s", folder, name);
    free(*path);
    *path = nx_buf_take(&text);
}

const char *lab_server_tls(lab_server *server, const char *host) {
    const char *folder = ui_server_folder(server->server);
    make_certificates(folder, host);
    switch_on(folder);
    lab_server_restart(server);
    keep_path(&server->authority, folder, "authority.crt");
    keep_path(&server->stranger, folder, "stranger.crt");
    return server->authority;
}

const char *lab_server_stranger(const lab_server *server) { return server->stranger; }
