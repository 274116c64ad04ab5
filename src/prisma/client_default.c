/* Values that Prisma's client makes where the database has no default: in its own formats, from the
 * system's random numbers. Those that begin with the time grow, also within one millisecond. */
#include "client_default.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

typedef unsigned char byte;

enum { BASE36_FAIR = 252 /* the largest multiple of 36 that a byte can be below */ };

static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static bool randomly(byte *out, size_t n) { return getentropy(out, n) == 0; }

/* `n` characters of 0-9a-z, each as likely as another. */
static bool put_base36(char *out, int n) {
    byte pool[64];
    size_t at = sizeof pool;
    for (int i = 0; i < n;) {
        if (at == sizeof pool) {
            if (!randomly(pool, sizeof pool)) {
                return false;
            }
            at = 0;
        }
        byte b = pool[at++];
        if (b < BASE36_FAIR) {
            out[i++] = base36[b % 36];
        }
    }
    out[n] = '\0';
    return true;
}

/* The last `n` digits in base 36, with zeros before. */
static void put_digits(char *out, int n, uint64_t value) {
    for (int i = n - 1; i >= 0; i--) {
        out[i] = base36[value % 36];
        value /= 36;
    }
}

/* --- uuid ----------------------------------------------------------------------------------------------- */

static void put_uuid(char *out, byte b[16], int version) {
    b[6] = (byte)((b[6] & 0x0F) | version << 4);
    b[8] = (byte)((b[8] & 0x3F) | 0x80);
    for (int i = 0; i < 16; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        out += snprintf(out, 4, dash ? "-%02x" : "%02x", b[i]);
    }
}

static bool make_uuid4(char *out) {
    byte b[16];
    if (!randomly(b, sizeof b)) {
        return false;
    }
    put_uuid(out, b, 4);
    return true;
}

/* The time in milliseconds, then what is random; within one of them, or when the clock went back, one more than
 * the last. */
typedef struct growing {
    int64_t ms;
    byte tail[10];
} growing;

static bool grow(growing *g, int64_t ms) {
    if (ms > g->ms) {
        g->ms = ms;
        return randomly(g->tail, sizeof g->tail);
    }
    for (int i = (int)sizeof g->tail - 1; i >= 0; i--) {
        if (++g->tail[i] != 0) {
            return true;
        }
    }
    g->ms++; /* all of them were used up */
    return true;
}

static void put_time(byte b[6], int64_t ms) {
    for (int i = 0; i < 6; i++) {
        b[i] = (byte)(ms >> (40 - 8 * i) & 0xFF);
    }
}

/* 74 of the 80 bits of the tail: 12 behind the version, 62 behind the variant. The low ones are kept, so that
 * counting shows. */
static bool make_uuid7(char *out, int64_t ms) {
    static growing last = {.ms = -1};
    byte b[16];
    if (!grow(&last, ms)) {
        return false;
    }
    put_time(b, last.ms);
    const byte *t = last.tail;
    b[6] = (byte)((t[0] << 2 | t[1] >> 6) & 0x0F);
    b[7] = (byte)(t[1] << 2 | t[2] >> 6);
    memcpy(b + 8, t + 2, 8);
    put_uuid(out, b, 7);
    return true;
}

/* --- ulid ------------------------------------------------------------------------------------------------- */

static bool make_ulid(char *out, int64_t ms) {
    static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    static growing last = {.ms = -1};
    if (!grow(&last, ms)) {
        return false;
    }
    for (int i = 0; i < 10; i++) {
        out[i] = crockford[last.ms >> (45 - 5 * i) & 31];
    }
    for (int i = 0; i < 16; i++) {
        int bit = i * 5, at = bit / 8, shift = 11 - bit % 8;
        int two = last.tail[at] << 8 | (at + 1 < 10 ? last.tail[at + 1] : 0);
        out[10 + i] = crockford[two >> shift & 31];
    }
    out[26] = '\0';
    return true;
}

/* --- cuid ------------------------------------------------------------------------------------------------- */

/* Two digits of the process, two of the machine's name. */
static void put_fingerprint(char *out) {
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    uint64_t sum = strlen(host) + 36;
    for (const char *p = host; *p; p++) {
        sum += (byte)*p;
    }
    put_digits(out, 2, (uint64_t)getpid());
    put_digits(out + 2, 2, sum);
}

/* c, the time, a counter, the fingerprint, random. */
static bool make_cuid(char *out, int64_t ms) {
    static uint64_t counter;
    out[0] = 'c';
    put_digits(out + 1, 8, (uint64_t)ms);
    put_digits(out + 9, 4, counter++);
    put_fingerprint(out + 13);
    return put_base36(out + 17, 8);
}

/* A letter, then what looks random: of the time and the process nothing shows. */
static bool make_cuid2(char *out) {
    if (!put_base36(out, 24)) {
        return false;
    }
    while (*out < 'a') {
        char one[2];
        if (!put_base36(one, 1)) {
            return false;
        }
        *out = *one;
    }
    return true;
}

/* --- nanoid ----------------------------------------------------------------------------------------------- */

static bool make_nanoid(char *out, int length) {
    static const char alphabet[] = "useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";
    byte b[NX_CLIENT_VALUE_MAX];
    int n = length < 1 ? 21 : length > 255 ? 255 : length;
    if (!randomly(b, (size_t)n)) {
        return false;
    }
    for (int i = 0; i < n; i++) {
        out[i] = alphabet[b[i] & 63];
    }
    out[n] = '\0';
    return true;
}

/* --- now -------------------------------------------------------------------------------------------------- */

bool nx_client_time(const char *type, int64_t us, char *out) {
    const char *bracket = strchr(type, '(');
    int digits = bracket ? bracket[1] - '0' : 6;
    int64_t unit = 1;
    for (int i = digits; i < 6; i++) {
        unit *= 10;
    }
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    if (digits < 0 || digits > 6 || !gmtime_r(&seconds, &tm)) {
        return false;
    }
    char fraction[16] = "", text[40];
    if (digits > 0) {
        snprintf(fraction, sizeof fraction, ".%0*d", digits, (int)(us % 1000000 / unit));
    }
    bool date = strcmp(type, "date") == 0, clock = strncmp(type, "time", 4) == 0 && strncmp(type, "timestamp", 9) != 0;
    strftime(text, sizeof text, date ? "%Y-%m-%d" : clock ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm);
    snprintf(out, NX_CLIENT_VALUE_MAX, "%s%s%s", text, date ? "" : fraction,
             strstr(type, "with time zone") ? "+00" : "");
    return true;
}

/* --- which ------------------------------------------------------------------------------------------------ */

bool nx_client_make(nx_client_default kind, int length, int64_t ms, char *out) {
    switch (kind) {
    case NX_CLIENT_CUID: return make_cuid(out, ms);
    case NX_CLIENT_CUID2: return make_cuid2(out);
    case NX_CLIENT_UUID4: return make_uuid4(out);
    case NX_CLIENT_UUID7: return make_uuid7(out, ms);
    case NX_CLIENT_ULID: return make_ulid(out, ms);
    case NX_CLIENT_NANOID: return make_nanoid(out, length);
    case NX_CLIENT_NOW:
    case NX_CLIENT_NONE: break;
    }
    return false;
}

static bool takes(const nx_field *field, nx_client_default kind) {
    bool uuid = kind == NX_CLIENT_UUID4 || kind == NX_CLIENT_UUID7;
    return field->class == NX_TYPE_TEXT || (uuid && field->class == NX_TYPE_UUID);
}

bool nx_client_value(const nx_field *field, bool insert, char out[NX_CLIENT_VALUE_MAX]) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    if (field->updated_at || (insert && field->client_default == NX_CLIENT_NOW)) {
        return field->class == NX_TYPE_TIME && strcmp(field->base_type, "interval") != 0 &&
               nx_client_time(field->type, us, out);
    }
    return insert && takes(field, field->client_default) &&
           nx_client_make(field->client_default, field->client_default_length, us / 1000, out);
}
