/* filter.h - the filter language: from text to a tree to SQL.
 *
 *   published = true and (title contains "neon" or viewCount > 10)
 *
 * Grammar (keywords in any case):
 *   expr    = and { "or" and }            and = not { "and" not }        not = "not" not | "(" expr ")" | test
 *   test    = field op value | field [not] "in" "(" [value {"," value}] ")" | field [not] "between" value "and" value
 *           | field "is" ["not"] "null" | field "isEmpty" | json op value | json "?" string
 *           | relation ("some" | "every" | "none") "(" [expr] ")" | relation "is" ["not"] ("null" | "(" expr ")")
 *           | relation "." test | relation "." "count" op number
 *   field   = name, or `odd name` in backquotes (a keyword, odd characters); matched exactly, else in any case where unambiguous
 *   op      = "=" "!=" "<>" "<" "<=" ">" ">=" "=~" contains startsWith endsWith matches like ilike icontains
 *             istartsWith iendsWith imatches has hasSome hasEvery
 *   value   = 'text' "text" number word | now | today | now - 30 days | true | false
 *   json    = field {"." key}         (json and jsonb; a key is a word, a number or in quotes)
 * In strings the quote is doubled to stand for itself; nothing else is special. "=~" is equality
 * without case, "matches" POSIX regular expression, "like" SQL's LIKE with % and _; in contains,
 * startsWith and endsWith they are literal (escaped). "!=" is SQL's <>: it drops NULLs. "= null"
 * is an error that suggests "is null". An `in ()` matches nothing, `not in ()` everything.
 * has, hasSome, hasEvery and isEmpty are for arrays, as in Prisma's scalar lists.
 * now and today are the server's clock (now() and CURRENT_DATE), with "+" or "-" and an interval.
 *
 * Values become parameters cast to the field's type, so that its own input function judges them.
 * Text operators on other types compare the value's text. Comparisons of sortable types use the
 * operators of the btree class that sorts them (schema-qualified); types without equality compare
 * their text with COLLATE "C". Nondeterministic collations: LIKE forms compare with COLLATE "C".
 * Relations mean what they mean in Prisma Client (Prisma docs, "Relation queries: Relation filters"): some, every
 * and none look at the records on the other side, in parentheses a condition on them; every and none are true
 * where there is no record. A dot leads to the one record of a to-one relation; of many there is the count.
 * `relation is null`: no record. They become EXISTS with parameters.
 * In JSON a bare number, true or false is compared as JSON (< and > with numbers only), anything
 * else as text. Bare words: "and", "or" and "null" need quotes to be values.
 */
#ifndef NIXIE_FILTER_H
#define NIXIE_FILTER_H

#include "nixie/catalog.h"
#include "nixie/error.h"
#include "nixie/sql.h"

typedef struct nx_filter nx_filter;

/* Parses `text` for `model` (which must be described, as must the models of relations in it: nx_query_prepare). The caller owns the result. NULL with err:
 * NX_ERR_USAGE, for an unknown field NX_ERR_NOT_FOUND, for one that may not be read NX_ERR_REFUSED;
 * position is the 1-based character where it went wrong and message and hint say what was expected.
 * An empty text gives a filter that matches every row. */
nx_filter *nx_filter_parse(const nx_model *model, const char *text, nx_error *err);
void nx_filter_free(nx_filter *filter);

/* Appends the condition, in parentheses, for a row called `alias` ("t"). */
void nx_filter_sql(const nx_filter *filter, const char *alias, nx_sql *sql);

/* The text it was parsed from. Owned by the filter. */
const char *nx_filter_text(const nx_filter *filter);
bool nx_filter_is_empty(const nx_filter *filter);

/* Appends a test in the language to `buf`, preceded by "and" when buf is not empty (and parentheses
 * around what is there when it has an "or"): `field = 'value'`, or `field is null`; with `without`:
 * `(field != 'value' or field is null)`, or `field is not null`. For the keys & and !. */
void nx_filter_add_test(nx_buf *buf, const nx_field *field, nx_value value, bool without);
/* The same for how many records a to-many or many-to-many relation leads to; op: "=", "!=", ">", "<=" ... */
void nx_filter_add_count(nx_buf *buf, const nx_relation *relation, const char *op, int64_t count);

/* Completion at byte `cursor` of `text`: field names, operators that suit the field, keywords, enum
 * labels. Fills `start` with the byte at which the word under completion begins. Returns a
 * NULL-terminated malloc'ed array of malloc'ed strings (NULL when there is nothing). */
char **nx_filter_complete(const nx_model *model, const char *text, size_t cursor, size_t *start);

#endif
