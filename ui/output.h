/* output.h - what the commands write: documents to stdout, errors to stderr.
 *
 * A command builds its whole output in a buffer and writes it once, so that a failure half-way leaves
 * no half a document behind.
 */
#ifndef UI_OUTPUT_H
#define UI_OUTPUT_H

#include <stdbool.h>

#include "nixie/buf.h"
#include "nixie/error.h"
#include "nixie/sql.h"

/* Writes the buffer to stdout and frees it. Returns the exit status: a broken pipe is quiet, other
 * failures are reported. */
int ui_write(nx_buf *buf);

/* Reports an error on stderr ("nixie: message", then detail and hint), sanitised. Returns the exit
 * status that belongs to its class; the error is cleared. */
int ui_fail(nx_error *err);
/* The exit status of an error's class. */
int ui_exit_status(const nx_error *err);
/* An error with a position in a text that the user gave as --option: its detail shows the text with a mark under the
 * place. Returns false. */
bool ui_point_at(nx_error *err, const char *option, const char *text);
/* One line on stderr: "nixie: ..." or "hint: ...". Sanitised. */
void ui_note(const char *format, ...) NX_PRINTF(1, 2);
void ui_hint(const char *format, ...) NX_PRINTF(1, 2);

/* Appends a value as people read it on one line, at most `columns` wide (-1: all): NULL bare, and in
 * quotes what could be mistaken for something else: '' 'NULL' and values with blanks at their ends. */
void ui_text_value(nx_buf *out, nx_value value, int columns);

/* A table of text, aligned by the widest cell of each column. Everything added is sanitised. */
typedef struct ui_table ui_table;
ui_table *ui_table_new(int ncolumns);
void ui_table_free(ui_table *table);
void ui_table_head(ui_table *table, int column, const char *name, bool right); /* right: numbers */
void ui_table_cell(ui_table *table, const char *text);  /* the next cell, row by row; raw text; NULL: empty */
void ui_table_value(ui_table *table, nx_value value, int columns); /* as ui_text_value */
void ui_table_shown(ui_table *table, const nx_buf *text); /* text that is sanitised already */
/* Appends the table, each line after `indent`; the head with a rule below it where it has names. */
void ui_table_print(const ui_table *table, const char *indent, nx_buf *out);

/* One CSV record field (RFC 4180): NULL is empty, '' is "". `safe` puts a ' before what a spreadsheet
 * would take for a formula. */
void ui_csv_value(nx_buf *out, nx_value value, bool safe);

#endif
