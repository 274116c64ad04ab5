#include "sent.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    const char *s;
    size_t len, at;
    sent *out;
} reader;

static void wrong(reader *r, size_t from, const char *what) {
    if (r->out->wrong[0]) {
        return;
    }
    size_t n = (size_t)snprintf(r->out->wrong, sizeof r->out->wrong, "%s at %zu:", what, from);
    for (size_t i = from; i < r->len && i < from + 16 && n < sizeof r->out->wrong - 4; i++) {
        n += (size_t)snprintf(r->out->wrong + n, sizeof r->out->wrong - n, " %02x", (unsigned char)r->s[i]);
    }
}

/* --- sequences ------------------------------------------------------------------------------------------ */

static bool colour_parameter(int p) {
    return (p >= 30 && p <= 38) || (p >= 40 && p <= 48) || (p >= 90 && p <= 97) || (p >= 100 && p <= 107);
}

static void attributes(reader *r, const char *parameters) {
    for (const char *p = parameters; *p; p += strspn(p, ";")) {
        r->out->colours |= colour_parameter(atoi(p));
        p += strcspn(p, ";");
    }
}

static bool mode(reader *r, const char *parameters, bool on) {
    static const int known[] = {1, 7, 12, 25, 1000, 1002, 1006, 1034, 1049, 2004};
    for (const char *p = parameters + 1; *p; p += strspn(p, ";")) {
        int number = atoi(p);
        bool good = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            good |= known[i] == number;
        }
        if (!good) {
            return false;
        }
        r->out->modes[number] = on;
        p += strcspn(p, ";");
    }
    return true;
}

static bool control(reader *r, const char *parameters, char final) {
    if (final == 'm') {
        attributes(r, parameters);
        return parameters[0] != '?' && parameters[0] != '>';
    }
    if ((final == 'h' || final == 'l') && parameters[0] == '?') {
        return mode(r, parameters, final == 'h');
    }
    if (final == 'h' || final == 'l') {
        return strcmp(parameters, "4") == 0 || strcmp(parameters, "34") == 0; /* insert mode, the cursor's shape */
    }
    if (final == 't') { /* the title is put away and taken out again with the alternate screen */
        return strcmp(parameters, "22;0;0") == 0 || strcmp(parameters, "23;0;0") == 0;
    }
    return strchr("ABCDGHJKLMPSTX@dfrb", final) && strspn(parameters, "0123456789;") == strlen(parameters);
}

static void control_sequence(reader *r, size_t from) {
    char parameters[64];
    size_t n = 0;
    while (r->at < r->len && (unsigned char)r->s[r->at] < 0x40 && n < sizeof parameters - 1) {
        parameters[n++] = r->s[r->at++];
    }
    parameters[n] = '\0';
    char final = r->at < r->len ? r->s[r->at++] : '\0';
    if (!control(r, parameters, final)) {
        wrong(r, from, "a control sequence");
    }
}

static void clipboard(reader *r, size_t from) {
    static const char begin[] = "52;c;";
    const char *end = memchr(r->s + r->at, '\a', r->len - r->at);
    size_t len = end ? (size_t)(end - (r->s + r->at)) : 0;
    bool good = end && len >= strlen(begin) && memcmp(r->s + r->at, begin, strlen(begin)) == 0;
    for (size_t i = strlen(begin); good && i < len; i++) {
        good = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", r->s[r->at + i]) != NULL;
    }
    if (!good) {
        wrong(r, from, "an operating system command");
        return;
    }
    r->out->clipboards++;
    r->at += len + 1;
}

static void escape(reader *r) {
    size_t from = r->at++;
    char c = r->at < r->len ? r->s[r->at++] : '\0';
    switch (c) {
    case '[': control_sequence(r, from); return;
    case ']': clipboard(r, from); return;
    case '=': r->out->keypad = true; return;
    case '>': r->out->keypad = false; return;
    case '7': case '8': case 'M': return;
    case '(':
    case ')':
        c = r->at < r->len ? r->s[r->at++] : '\0';
        if (c != 'B' && c != '0') {
            wrong(r, from, "a character set");
        }
        r->out->beyond_ascii |= c == '0' && r->s[from + 1] == '('; /* G1 needs a shift, which is refused */
        return;
    default: wrong(r, from, "an escape sequence");
    }
}

/* --- text ------------------------------------------------------------------------------------------------ */

static const struct {
    uint32_t first, last;
} unwelcome[] = {
    {0x80, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},   {0x115f, 0x1160}, {0x180b, 0x180f},
    {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164}, {0xd800, 0xf8ff}, {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0x10ffff},
};

static void character(reader *r) {
    size_t from = r->at;
    unsigned char first = (unsigned char)r->s[r->at++];
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t c = first & (0x3fu >> more);
    r->out->beyond_ascii = true;
    bool good = first >= 0xc2 && first < 0xf5;
    for (int i = 0; good && i < more; i++) {
        good = r->at < r->len && ((unsigned char)r->s[r->at] & 0xc0) == 0x80;
        c = c << 6 | (good ? (unsigned char)r->s[r->at++] & 0x3f : 0);
    }
    good = good && c >= least[more];
    for (size_t i = 0; i < sizeof unwelcome / sizeof *unwelcome; i++) {
        good = good && !(c >= unwelcome[i].first && c <= unwelcome[i].last);
    }
    if (!good) {
        wrong(r, from, "a character");
    }
}

sent sent_judge(const char *bytes, size_t len) {
    sent out = {.wrong = ""};
    reader r = {bytes, len, 0, &out};
    while (r.at < len) {
        unsigned char c = (unsigned char)bytes[r.at];
        if (c == 0x1b) {
            escape(&r);
        } else if (c >= 0x80) {
            character(&r);
        } else {
            if (c == 0x7f || (c < 0x20 && !memchr("\r\n\b\017", (char)c, 4))) { /* 017: back to the first character set */
                wrong(&r, r.at, "a control character");
            }
            r.at++;
        }
    }
    return out;
}
