/* format.h - numbers as people read them. */
#ifndef UI_FORMAT_H
#define UI_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

/* A row estimate: "~1.2M", "~100K", "~12", "" when unknown. buf holds 24 bytes. Returns buf. */
const char *ui_format_estimate(int64_t rows, char *buf);
/* A number, shortened when it is large: "1.2M"; exact below 10,000. */
const char *ui_format_count(int64_t n, char *buf);
/* With separators: "1,234,567". */
const char *ui_format_exact(int64_t n, char *buf);
/* Bytes: "12 B", "3.4 KiB", "1.2 GiB". */
const char *ui_format_size(int64_t bytes, char *buf);

#endif
