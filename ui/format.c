#include "format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SIZE = 24 };

/* One decimal below ten, none above: 1.2M, 48M. */
static const char *shortened(int64_t n, int64_t unit, const char *suffix, char *buf) {
    double value = (double)n / (double)unit;
    snprintf(buf, SIZE, value < 9.95 ? "%.1f%s" : "%.0f%s", value, suffix);
    char *zero = strstr(buf, ".0");
    if (zero) {
        memmove(zero, zero + 2, strlen(zero + 2) + 1);
    }
    return buf;
}

const char *ui_format_count(int64_t n, char *buf) {
    static const struct {
        int64_t unit;
        const char *suffix;
    } units[] = {{1000000000000, "T"}, {1000000000, "G"}, {1000000, "M"}, {1000, "K"}};
    for (int i = 0; n >= 10000 && i < 4; i++) {
        if (n >= units[i].unit) {
            return shortened(n, units[i].unit, units[i].suffix, buf);
        }
    }
    snprintf(buf, SIZE, "%" PRId64, n);
    return buf;
}

const char *ui_format_estimate(int64_t rows, char *buf) {
    buf[0] = '\0';
    if (rows >= 0) {
        buf[0] = '~';
        char number[SIZE];
        snprintf(buf + 1, SIZE - 1, "%s", ui_format_count(rows, number));
    }
    return buf;
}

const char *ui_format_exact(int64_t n, char *buf) {
    char digits[SIZE];
    snprintf(digits, sizeof digits, "%" PRId64, n);
    int len = (int)strlen(digits), out = 0;
    for (int i = 0; i < len && out < SIZE - 2; i++) {
        if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-') {
            buf[out++] = ',';
        }
        buf[out++] = digits[i];
    }
    buf[out] = '\0';
    return buf;
}

const char *ui_format_size(int64_t bytes, char *buf) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    int unit = 0;
    while (value >= 1024 && unit < 4) {
        value /= 1024;
        unit++;
    }
    snprintf(buf, SIZE, unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return buf;
}
