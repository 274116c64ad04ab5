/* URLs (RFC 3986, several hosts as in libpq 34.1.1.2), read here instead of by libpq: libpq rejects the
 * parameters that Prisma adds, and a raw '%' in a password, which Prisma and node-postgres accept.
 *
 * Nothing of a URL is ever quoted in an error: a password with an unescaped '/' or '@' can stand anywhere. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nixie/buf.h"
#include "draft.h"

typedef struct reader {
    nx_draft *draft;
    const char *text; /* the whole, for positions */
    nx_error *err;
} reader;

static const char encode_hint[] = "percent-encode special characters of user and password: "
                                  "/ is %2F, ? is %3F, # is %23, @ is %40, : is %3A, % is %25";

static bool bad(const reader *r, const char *at, const char *what, const char *hint) {
    nx_error_set(r->err, NX_ERR_USAGE, "malformed URL: %s", what);
    nx_error_hint(r->err, "%s", hint);
    r->err->position = 1;
    for (const char *s = r->text; s < at; s++) {
        r->err->position += ((unsigned char)*s & 0xC0) != 0x80;
    }
    return false;
}

static const char *until(const char *s, const char *end, const char *stops) {
    while (s < end && !strchr(stops, *s)) {
        s++;
    }
    return s;
}

static int hex(char c) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) % 16 : -1;
}

/* Appends the decoded text. A '%' that begins no escape stands for itself when `lenient`. */
static bool decode_to(const reader *r, nx_buf *out, const char *s, const char *end, bool lenient) {
    for (; s < end; s++) {
        int high = *s == '%' && end - s > 2 ? hex(s[1]) : -1;
        int low = high >= 0 ? hex(s[2]) : -1;
        if (*s == '%' && low < 0 && !lenient) {
            return bad(r, s, "% is not followed by two hexadecimal digits", "write % itself as %25");
        }
        if (low < 0) {
            nx_buf_addc(out, *s);
            continue;
        }
        if (high == 0 && low == 0) {
            return bad(r, s, "%00 is not possible in a name or password", "remove it");
        }
        nx_buf_addc(out, (char)(high * 16 + low));
        s += 2;
    }
    return true;
}

/* Decodes s..end into one of libpq's keywords. */
static bool decode(const reader *r, const char *keyword, const char *s, const char *end, bool lenient) {
    nx_buf out = NX_BUF;
    bool ok = decode_to(r, &out, s, end, lenient);
    if (ok) {
        nx_draft_set(r->draft, keyword, out.data);
    }
    nx_wipe(out.data, out.cap ? out.len : 0);
    nx_buf_free(&out);
    return ok;
}

static bool read_user(const reader *r, const char *s, const char *end) {
    const char *colon = until(s, end, ":");
    return decode(r, "user", s, colon, true) && (colon == end || decode(r, "password", colon + 1, end, true));
}

/* --- hosts ------------------------------------------------------------------------------------------ */

static bool read_port(const reader *r, nx_buf *ports, const char *s, const char *end) {
    long port = 0;
    for (const char *p = s; p < end; p++) {
        if (*p < '0' || *p > '9' || port > 65535) {
            bool address = memchr(p, ':', (size_t)(end - p));
            return bad(r, s, "the port is not a number from 1 to 65535",
                       address ? "put an IPv6 address in brackets: [::1]:5432" : encode_hint);
        }
        port = port * 10 + (*p - '0');
    }
    if (end > s && (port < 1 || port > 65535)) {
        return bad(r, s, "the port is not a number from 1 to 65535", "PostgreSQL's usual port is 5432");
    }
    nx_buf_add(ports, s, (size_t)(end - s));
    return true;
}

static bool is_address6(const char *address) {
    struct in6_addr parsed;
    char plain[INET6_ADDRSTRLEN];
    size_t len = strcspn(address, "%"); /* a zone follows */
    if (len >= sizeof plain) {
        return false;
    }
    memcpy(plain, address, len);
    plain[len] = '\0';
    return inet_pton(AF_INET6, plain, &parsed) == 1;
}

/* [address]; returns what follows it, NULL after an error. */
static const char *read_bracketed(const reader *r, nx_buf *hosts, const char *s, const char *end) {
    const char *close = until(s, end, "]");
    if (close == end) {
        return bad(r, s, "[ is not closed", "an IPv6 address looks like [::1]"), NULL;
    }
    size_t before = hosts->len;
    if (!decode_to(r, hosts, s + 1, close, true)) {
        return NULL;
    }
    if (!is_address6(hosts->data + before)) {
        return bad(r, s + 1, "no IPv6 address between the brackets", "an IPv6 address looks like [::1]"), NULL;
    }
    if (close + 1 < end && close[1] != ':') {
        return bad(r, close + 1, "only :port can follow the brackets", "an example: [::1]:5432"), NULL;
    }
    return close + 1;
}

static bool read_host(const reader *r, nx_buf *hosts, nx_buf *ports, const char *s, const char *end) {
    const char *after;
    if (s < end && *s == '[') {
        after = read_bracketed(r, hosts, s, end);
        if (!after) {
            return false;
        }
    } else {
        after = until(s, end, ":");
        const char *odd = until(s, after, " \"<>\\^`{|}");
        if (odd < after) {
            return bad(r, odd, "a host name cannot hold this character", encode_hint);
        }
        if (!decode_to(r, hosts, s, after, false)) {
            return false;
        }
    }
    return after == end || read_port(r, ports, after + 1, end);
}

static bool read_hosts(const reader *r, const char *s, const char *end) {
    nx_buf hosts = NX_BUF, ports = NX_BUF;
    bool ok;
    for (;;) {
        const char *comma = until(s, end, ",");
        ok = read_host(r, &hosts, &ports, s, comma);
        if (!ok || comma == end) {
            break;
        }
        nx_buf_addc(&hosts, ',');
        nx_buf_addc(&ports, ',');
        s = comma + 1;
    }
    if (ok && hosts.data[strspn(hosts.data, ",")]) {
        nx_draft_set(r->draft, "host", hosts.data);
    }
    if (ok && ports.data[strspn(ports.data, ",")]) {
        nx_draft_set(r->draft, "port", ports.data);
    }
    nx_buf_free(&hosts);
    nx_buf_free(&ports);
    return ok;
}

/* --- the whole -------------------------------------------------------------------------------------- */

static bool read_param(const reader *r, const char *s, const char *end) {
    const char *equals = until(s, end, "=");
    nx_buf name = NX_BUF, value = NX_BUF;
    bool ok = decode_to(r, &name, s, equals, false) &&
              (equals == end || decode_to(r, &value, equals + 1, end, false)) &&
              (!value.len || nx_draft_url_param(r->draft, name.data, value.data, r->err));
    nx_wipe(value.data, value.cap ? value.len : 0);
    nx_buf_free(&name);
    nx_buf_free(&value);
    return ok;
}

static bool read_query(const reader *r, const char *s, const char *end) {
    while (s < end) {
        const char *amp = until(s, end, "&");
        if (!read_param(r, s, amp)) {
            return false;
        }
        s = amp < end ? amp + 1 : end;
    }
    return true;
}

/* user:password@ up to the last @: a raw @ in a password is accepted. */
static bool read_authority(const reader *r, const char *s, const char *end) {
    const char *at = end;
    while (at > s && at[-1] != '@') {
        at--;
    }
    return (at == s || read_user(r, s, at - 1)) && read_hosts(r, at, end);
}

/* Neither a host nor a port can hold / ? or #: when there is no user and an @ follows one of them, where no
 * URL has one, then the password did. */
static bool split_password(const char *s, const char *authority, const char *end) {
    bool user = memchr(s, '@', (size_t)(authority - s));
    bool colon = memchr(s, ':', (size_t)(authority - s));
    return !user && colon && until(authority, until(authority, end, "="), "@") < until(authority, end, "=");
}

static bool read_rest(const reader *r, const char *s) {
    const char *end = s + strlen(s);
    const char *fragment = until(s, end, "#");
    const char *authority = until(s, fragment, "/?");
    const char *path = until(authority, fragment, "?");
    if (split_password(s, authority, end) || until(fragment, end, "@") < end) {
        return bad(r, authority, "user or password holds one of the characters / ? #", encode_hint);
    }
    return read_authority(r, s, authority) && (authority == path || decode(r, "dbname", authority + 1, path, false)) &&
           (path == fragment || read_query(r, path + 1, fragment));
}

/* Bytes of the scheme before ://, 0 when there is none. */
static size_t scheme_len(const char *s) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return n && strchr(letters, *s) && strncmp(s + n, "://", 3) == 0 ? n : 0;
}

static bool is_scheme(const char *s, size_t len, const char *scheme) {
    return strlen(scheme) == len && strncasecmp(s, scheme, len) == 0;
}

static bool read_postgres(const reader *r, const char *s, size_t scheme) { return read_rest(r, s + scheme + 3); }

/* A local `prisma dev` hides an ordinary URL in its api_key. */
static bool read_prisma(const reader *r, const char *s, size_t scheme) {
    static const char key[] = "api_key=";
    const char *host = s + scheme + 3;
    const char *found = strstr(host, key);
    size_t len = found ? strcspn(found + sizeof key - 1, "&#") : 0;
    bool near = strncasecmp(host, "localhost", 9) == 0 || strncmp(host, "127.0.0.1", 9) == 0;
    char *url = near && found ? nx_prisma_local_url(found + sizeof key - 1, len) : NULL;
    if (!url) {
        nx_error_set(r->err, NX_ERR_USAGE, "%.*s:// is not a PostgreSQL connection", (int)scheme, s);
        nx_error_hint(r->err, "this address speaks Prisma's own protocol; give the database's direct URL "
                              "(postgresql://...) with --url, or in DIRECT_URL with --direct");
        return false;
    }
    reader inner = {.draft = r->draft, .text = url, .err = r->err};
    size_t n = scheme_len(url);
    bool ok = is_scheme(url, n, "postgres") || is_scheme(url, n, "postgresql")
                  ? read_postgres(&inner, url, n)
                  : bad(&inner, url, "the api_key holds no PostgreSQL URL", "give the database's URL with --url");
    nx_wipe_string(url);
    free(url);
    return ok;
}

static const struct {
    const char *scheme;
    bool (*read)(const reader *r, const char *s, size_t scheme);
} schemes[] = {
    {"postgresql", read_postgres},
    {"postgres", read_postgres},
    {"prisma+postgres", read_prisma},
    {"prisma", read_prisma},
};

static bool read_url(const reader *r, const char *s, size_t scheme) {
    for (const char *p = s; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F) {
            return bad(r, p, "it holds a control character or a line break", "write it in one line");
        }
    }
    for (size_t i = 0; i < NX_COUNT(schemes); i++) {
        if (is_scheme(s, scheme, schemes[i].scheme)) {
            return schemes[i].read(r, s, scheme);
        }
    }
    return bad(r, s, "not a PostgreSQL address", "it begins with postgresql:// or postgres://");
}

static bool read_keywords(const reader *r, const char *s) {
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(s, &message);
    if (!options) {
        /* libpq's message quotes what it stumbled over, which can be a piece of the password. */
        bool name = message && strstr(message, "invalid connection option");
        PQfreemem(message);
        nx_error_set(r->err, NX_ERR_USAGE, "malformed connection string: %s",
                     name ? "it holds a keyword that libpq does not know" : "not a list of keyword=value");
        nx_error_hint(r->err, "an example: host=localhost port=5432 dbname=app user=me; quote values with blanks "
                              "like password='a b'");
        return false;
    }
    for (PQconninfoOption *o = options; o->keyword; o++) {
        if (o->val && *o->val) {
            nx_draft_libpq_param(r->draft, o->keyword, o->val);
            nx_wipe_string(o->val);
        }
    }
    PQconninfoFree(options);
    return true;
}

bool nx_draft_read(nx_draft *draft, const char *text, nx_error *err) {
    reader r = {.draft = draft, .text = text, .err = err};
    const char *s = text + strspn(text, " \t\r\n");
    size_t scheme = scheme_len(s);
    if (scheme) {
        return read_url(&r, s, scheme);
    }
    if (strchr(s, '=')) {
        return read_keywords(&r, s);
    }
    return bad(&r, s, *s ? "it has no scheme" : "it is empty",
               "an example: postgresql://user:password@host:5432/database");
}
