#include "process.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "nixie/text.h"

volatile int ui_stop;

bool ui_process_utf8(void) {
    const char *codeset = nl_langinfo(CODESET);
    return strcasecmp(codeset, "UTF-8") == 0 || strcasecmp(codeset, "utf8") == 0;
}

/* Pages of rows are large blocks that come and go: the system gets back what is let go of, and the heap no holes. */
static void keep_memory_small(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024);
#endif
}

void ui_process_start(void) {
    keep_memory_small();
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    setlocale(LC_ALL, "");
    /* Digits and decimal points are PostgreSQL's business, never the locale's. */
    setlocale(LC_NUMERIC, "C");
    nx_text_ascii(!ui_process_utf8());
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a full journal is told, not died of */
}

static void stop_handler(int number) { ui_stop = number; }

void ui_process_catch(void) {
    /* Without SA_RESTART, so that poll() and read() return; reset, so that a second Ctrl-C always ends it. */
    const struct sigaction action = {.sa_handler = stop_handler, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

int ui_process_stopped(void) { return 128 + ui_stop; }

void ui_wipe(void *p, size_t len) {
    volatile char *bytes = p;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = 0;
    }
}

static void stars(char *from, const char *end) { memset(from, '*', (size_t)(end - from)); }

/* More is overwritten rather than less: to the last @, and everything after the word "pass". A
 * percent-encoded query may spell that word in many ways, so it goes as a whole. */
bool ui_wipe_url(char *url) {
    bool found = false;
    char *end = url + strlen(url);
    char *authority = strstr(url, "://");
    if (authority) {
        authority += 3;
        char *at = strrchr(authority, '@');
        char *colon = strchr(authority, ':');
        if (at && colon && colon < at) {
            found = at > colon + 1;
            stars(colon + 1, at);
        }
        char *query = strchr(at ? at : authority, '?');
        if (query && strchr(query, '%')) {
            found = true;
            stars(query + 1, end);
        }
    }
    char *word = strcasestr(url, "pass");
    char *value = word ? strchr(word, '=') : NULL;
    if (value && value[1]) {
        found = true;
        stars(value + 1, end);
    }
    return found;
}
