/* EXPLAIN's text as a tree: what each node costs by itself, and which index would spare the most. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"
#include "nixie/explain.h"

enum { COLUMNS_MOST = 8 };

typedef struct node {
    int line, depth, parent; /* parent: a node, -1 for the outermost */
    double total, own;       /* cost, or milliseconds of all loops */
} node;

typedef struct parser {
    nx_explanation *plan;
    node *nodes;
    int n;
    bool analyzed;
} parser;

/* --- reading ---------------------------------------------------------------------------------------------- */

static const char *find(const char *text, size_t len, const char *part) {
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= len; i++) {
        if (memcmp(text + i, part, n) == 0) {
            return text + i;
        }
    }
    return NULL;
}

/* The digits after a word: "rows=" ... 0 when it is not there. */
static double number_after(const char *text, size_t len, const char *word) {
    const char *at = find(text, len, word);
    return at ? strtod(at + strlen(word), NULL) : 0;
}

/* The second number of "cost=0.00..5203.00". */
static double end_of_range(const char *text, size_t len, const char *word) {
    const char *at = find(text, len, word), *dots = at ? strstr(at, "..") : NULL;
    return dots ? strtod(dots + 2, NULL) : 0;
}

static void add_numbers(const parser *p, const char *text, size_t len, double total, nx_buf *out) {
    if (p->analyzed) {
        const char *actual = find(text, len, "(actual ");
        double loops = actual ? number_after(actual, len - (size_t)(actual - text), "loops=") : 0;
        if (!actual || loops < 1) {
            nx_buf_adds(out, "never run");
            return;
        }
        double rows = number_after(actual, len - (size_t)(actual - text), "rows=");
        nx_buf_addf(out, "%.1f ms, %.0f rows", total, rows * loops);
        if (loops > 1) {
            nx_buf_addf(out, " in %.0f loops", loops);
        }
        nx_buf_addf(out, ", estimated %.0f", number_after(text, len, "rows="));
    } else {
        nx_buf_addf(out, "cost %.0f, %.0f rows", total, number_after(text, len, "rows="));
    }
}

static double total_of(const parser *p, const char *text, size_t len) {
    if (!p->analyzed) {
        return end_of_range(text, len, "(cost=");
    }
    const char *actual = find(text, len, "(actual time=");
    if (!actual) {
        return 0;
    }
    size_t left = len - (size_t)(actual - text);
    return end_of_range(actual, left, "time=") * number_after(actual, left, "loops=");
}

static int parent_of(const parser *p, int depth) {
    int i = p->n - 1;
    while (i >= 0 && p->nodes[i].depth >= depth) {
        i--;
    }
    return i;
}

static void add_node(parser *p, nx_explain_line *line, const char *text, size_t len, int depth) {
    const char *numbers = find(text, len, "  (cost=");
    size_t words = numbers ? (size_t)(numbers - text) : len;
    double total = total_of(p, text, len);
    nx_buf shown = NX_BUF;
    add_numbers(p, text, len, total, &shown);
    line->node = true;
    line->text = nx_arena_strndup(p->plan->arena, text, words);
    line->numbers = nx_arena_strdup(p->plan->arena, shown.data);
    nx_buf_free(&shown);
    int parent = parent_of(p, depth);
    if (parent >= 0 && total > p->nodes[parent].total) {
        total = p->nodes[parent].total; /* a LIMIT does not let it run to its end */
    }
    p->nodes[p->n] = (node){.line = p->plan->nlines, .depth = depth, .parent = parent, .total = total, .own = total};
    p->n++;
}

/* Nodes are indented by six columns for each level, and begin with an arrow but for the outermost. */
static void add_line(parser *p, const char *text, size_t len) {
    size_t indent = 0;
    while (indent < len && text[indent] == ' ') {
        indent++;
    }
    bool arrow = len - indent > 4 && strncmp(text + indent, "->  ", 4) == 0;
    bool outermost = p->n == 0 && find(text, len, "(cost=") != NULL;
    if (strncmp(text + indent, "Output: ", 8) == 0) {
        return; /* VERBOSE is for the qualified names; what comes out is known */
    }
    nx_explain_line *line = &p->plan->lines[p->plan->nlines];
    const char *words = text + indent + (arrow ? 4 : 0);
    size_t left = len - (size_t)(words - text);
    if (arrow || outermost) {
        line->depth = (int)(indent + 4) / 6;
        add_node(p, line, words, left, line->depth);
    } else {
        line->depth = indent == 0 || p->n == 0 ? 0 : p->plan->lines[p->nodes[p->n - 1].line].depth;
        line->text = nx_arena_strndup(p->plan->arena, words, left);
    }
    p->plan->nlines++;
}

/* --- who costs what ------------------------------------------------------------------------------------------ */

static void share_out(parser *p) {
    for (int i = p->n - 1; i > 0; i--) {
        node *parent = p->nodes[i].parent >= 0 ? &p->nodes[p->nodes[i].parent] : NULL;
        if (parent) {
            parent->own = parent->own > p->nodes[i].total ? parent->own - p->nodes[i].total : 0;
        }
    }
    double all = 0;
    int most = 0;
    for (int i = 0; i < p->n; i++) {
        all += p->nodes[i].own;
        most = p->nodes[i].own > p->nodes[most].own ? i : most;
    }
    for (int i = 0; i < p->n && all > 0; i++) {
        p->plan->lines[p->nodes[i].line].share = p->nodes[i].own / all;
        p->plan->lines[p->nodes[i].line].expensive = i == most && p->n > 1;
    }
}

/* --- the index that would help ----------------------------------------------------------------------------------- */

typedef struct wish {
    nx_arena *arena;
    const char *columns[COLUMNS_MOST]; /* as they stand in the plan: title, "viewCount" DESC */
    int n;
} wish;

/* What the plan says of a node: the text behind "Filter: " and the like, or NULL. */
static const char *said_of(const parser *p, int i, const char *what) {
    int end = i + 1 < p->n ? p->nodes[i + 1].line : p->plan->nlines;
    for (int k = p->nodes[i].line + 1; k < end; k++) {
        if (strncmp(p->plan->lines[k].text, what, strlen(what)) == 0) {
            return p->plan->lines[k].text + strlen(what);
        }
    }
    return NULL;
}

static size_t name_length(const char *at) {
    if (*at != '"') {
        return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");
    }
    size_t n = 1;
    while (at[n] && (at[n] != '"' || at[n + 1] == '"')) {
        n += at[n] == '"' ? 2 : 1;
    }
    return at[n] ? n + 1 : 0;
}

static void add_column(wish *w, const char *name, size_t len, const char *after) {
    char *column = nx_arena_alloc(w->arena, len + strlen(after) + 1);
    memcpy(column, name, len);
    strcpy(column + len, after);
    for (int i = 0; i < w->n; i++) {
        if (strncmp(w->columns[i], column, len) == 0 && (!w->columns[i][len] || w->columns[i][len] == ' ')) {
            return;
        }
    }
    if (w->n < COLUMNS_MOST) {
        w->columns[w->n++] = column;
    }
}

/* Columns of `alias` that the filter compares with one of these operators. */
static void add_compared(wish *w, const char *filter, const char *alias, const char *const *operators, size_t n) {
    size_t alias_len = strlen(alias);
    for (const char *at = filter; (at = strstr(at, alias)); at += alias_len) {
        bool begins = at == filter || strchr("( ", at[-1]);
        const char *name = at + alias_len + 1;
        size_t len = begins && at[alias_len] == '.' ? name_length(name) : 0;
        const char *behind = name + len + strspn(name + len, ")");
        if (len && strncmp(behind, "::text", 6) == 0) {
            behind += 6 + strspn(behind + 6, ")");
        }
        for (size_t i = 0; len && i < n; i++) {
            if (*behind == ' ' && strncmp(behind + 1, operators[i], strlen(operators[i])) == 0) {
                add_column(w, name, len, "");
            }
        }
    }
}

/* The sort keys, if all are columns of `alias`. */
static bool add_sorted(wish *w, const char *keys, const char *alias) {
    int before = w->n;
    size_t alias_len = strlen(alias);
    while (*keys) {
        size_t len = strncmp(keys, alias, alias_len) == 0 && keys[alias_len] == '.' ? name_length(keys + alias_len + 1) : 0;
        const char *name = keys + alias_len + 1;
        size_t rest = len ? strcspn(name + len, ",") : 0;
        char after[40] = "";
        if (!len || rest >= sizeof after || (rest && name[len] != ' ')) {
            w->n = before;
            return false;
        }
        memcpy(after, name + len, rest);
        after[rest] = '\0';
        add_column(w, name, len, after);
        keys = name + len + rest;
        keys += strspn(keys, ", ");
    }
    return w->n > before;
}

/* "Seq Scan on public."Post" t": the table and its alias. */
static bool scanned(const nx_explain_line *line, nx_arena *arena, const char **table, const char **alias) {
    const char *at = strstr(line->text, "Seq Scan on ");
    if (!at || (at != line->text && strncmp(line->text, "Parallel ", 9) != 0)) {
        return false;
    }
    at += strlen("Seq Scan on ");
    size_t len = name_length(at);
    len += len && at[len] == '.' ? 1 + name_length(at + len + 1) : 0;
    *table = nx_arena_strndup(arena, at, len);
    const char *name = at + len + (at[len] == ' ');
    *alias = *name ? nx_arena_strdup(arena, name) : strrchr(*table, '.') ? strrchr(*table, '.') + 1 : *table;
    return len > 0;
}

static int sort_above(const parser *p, int i) {
    for (i = p->nodes[i].parent; i >= 0; i = p->nodes[i].parent) {
        if (said_of(p, i, "Sort Key: ")) {
            return i;
        }
        const char *text = p->plan->lines[p->nodes[i].line].text;
        if (!strstr(text, "Gather") && !strstr(text, "Subquery Scan")) {
            return -1;
        }
    }
    return -1;
}

static void suggest(parser *p, int i) {
    static const char *const equal[] = {"= "}, *const range[] = {"> ", "< ", ">= ", "<= "};
    const char *table, *alias;
    wish w = {.arena = p->plan->arena};
    if (!scanned(&p->plan->lines[p->nodes[i].line], w.arena, &table, &alias)) {
        return;
    }
    const char *filter = said_of(p, i, "Filter: ");
    int sort = sort_above(p, i);
    if (filter) {
        add_compared(&w, filter, alias, equal, NX_COUNT(equal));
    }
    bool sorted = sort >= 0 && add_sorted(&w, said_of(p, sort, "Sort Key: "), alias);
    if (filter && !sorted) {
        add_compared(&w, filter, alias, range, NX_COUNT(range));
    }
    if (w.n == 0) {
        return;
    }
    nx_buf index = NX_BUF, reason = NX_BUF;
    nx_buf_addf(&index, "CREATE INDEX CONCURRENTLY ON %s (", table);
    for (int k = 0; k < w.n; k++) {
        nx_buf_addf(&index, "%s%s", k ? ", " : "", w.columns[k]);
    }
    nx_buf_adds(&index, ");");
    nx_buf_addf(&reason, "every row of %s is read %s", table,
                sorted && filter ? "to filter and to sort" : sorted ? "to sort" : "to filter");
    p->plan->index = nx_arena_strdup(w.arena, index.data);
    p->plan->reason = nx_arena_strdup(w.arena, reason.data);
    nx_buf_free(&index);
    nx_buf_free(&reason);
}

/* For the scan that costs most, if it and the sort above it cost at least a third of everything. */
static void advise(parser *p) {
    int best = -1;
    double most = 0;
    for (int i = 0; i < p->n; i++) {
        const nx_explain_line *line = &p->plan->lines[p->nodes[i].line];
        int sort = strstr(line->text, "Seq Scan on ") ? sort_above(p, i) : -1;
        double share = line->share + (sort >= 0 ? p->plan->lines[p->nodes[sort].line].share : 0);
        if (strstr(line->text, "Seq Scan on ") && share > most) {
            best = i;
            most = share;
        }
    }
    if (best >= 0 && most >= 0.3) {
        suggest(p, best);
    }
}

nx_explanation *nx_explanation_parse(const char *text, bool analyzed) {
    nx_arena *arena = nx_arena_new(0);
    nx_explanation *plan = nx_arena_alloc(arena, sizeof *plan);
    size_t count = 1;
    for (const char *p = text; *p; p++) {
        count += *p == '\n';
    }
    *plan = (nx_explanation){.arena = arena, .analyzed = analyzed, .lines = nx_arena_array(arena, count, sizeof *plan->lines)};
    parser p = {.plan = plan, .analyzed = analyzed, .nodes = nx_arena_array(arena, count, sizeof *p.nodes)};
    while (*text) {
        size_t len = strcspn(text, "\n");
        add_line(&p, text, len);
        text += len + (text[len] == '\n');
    }
    share_out(&p);
    advise(&p);
    return plan;
}

void nx_explanation_free(nx_explanation *plan) {
    if (plan) {
        nx_arena_free(plan->arena);
    }
}
