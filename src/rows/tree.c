/* Records with their relations: first every name is resolved and every model described, then the lists are fetched
 * level by level. */
#include "nixie/tree.h"

#include <stdlib.h>
#include <string.h>

#include "query.h"

enum { LISTS_MOST = 10000 };

struct nx_tree_job {
    nx_session *session;
    nx_include *include;
    nx_tree *root;
    int limit;
    bool whole_lists;
    nx_tree_done *done;
    void *owner;
    nx_error err;
    nx_catalog_job *describing;
    nx_prepare_job *preparing;
    int fetching; /* lists under way */
    int lists;    /* asked for so far */
    bool asking;  /* a level is being asked for: answers at once do not end it */
    bool checking; /* a text is being looked at: an answer at once goes on where it was */
    bool starting, over; /* ended within nx_tree_load, which frees it */
    struct fetch *fetches;
};

typedef struct fetch { /* one list under way */
    nx_tree_job *job;
    nx_tree *tree;
    nx_rows_job *rows;
    struct fetch *next, **at; /* among those of the job */
} fetch;

/* --- the end ---------------------------------------------------------------------------------------------- */

static void clear_tree(nx_tree *tree) {
    for (int i = 0; tree->page && i < tree->page->nrows * tree->nincluded; i++) {
        clear_tree(&tree->included[i]);
    }
    free(tree->included);
    nx_query_free(tree->query);
    nx_page_free(tree->page);
}

void nx_tree_free(nx_tree *tree) {
    if (tree) {
        clear_tree(tree);
        free(tree);
    }
}

static void end_fetch(fetch *f) {
    *f->at = f->next;
    if (f->next) {
        f->next->at = f->at;
    }
    f->job->fetching--;
    free(f);
}

static void free_job(nx_tree_job *job) {
    while (job->fetches) {
        nx_rows_drop(job->fetches->rows);
        end_fetch(job->fetches);
    }
    nx_catalog_drop(job->describing);
    nx_prepare_drop(job->preparing);
    nx_tree_free(job->root);
    nx_error_clear(&job->err);
    free(job);
}

void nx_tree_drop(nx_tree_job *job) {
    if (job) {
        free_job(job);
    }
}

static void end(nx_tree_job *job) {
    nx_tree *tree = nx_failed(&job->err) ? NULL : job->root;
    if (tree) {
        job->root = NULL;
    }
    job->done(job->owner, tree, tree ? NULL : &job->err);
    job->over = true;
    if (!job->starting) {
        free_job(job);
    }
}

static void fail(nx_tree_job *job, const nx_error *err) {
    if (!nx_failed(&job->err)) {
        nx_error_copy(&job->err, err);
    }
}

/* --- lists -------------------------------------------------------------------------------------------------- */

static nx_field **named_fields(const nx_model *model, const char *text, int *n, nx_error *err) {
    nx_field **fields = nx_calloc(strlen(text) + 1, sizeof *fields);
    char *copy = nx_strdup(text), *rest = NULL;
    *n = 0;
    for (char *name = strtok_r(copy, ", \t\r\n", &rest); name; name = strtok_r(NULL, ", \t\r\n", &rest)) {
        fields[*n] = nx_model_find_field(model, name, err);
        if (!fields[(*n)++]) {
            free(fields);
            fields = NULL;
            break;
        }
    }
    free(copy);
    return fields;
}

/* What leads to the records beneath is fetched too. Returns the longer list. */
static nx_field **with_needed(const nx_include *include, nx_field **fields, int *n) {
    for (const nx_include *i = include->first; i; i = i->next) {
        for (int k = 0; i->relation && k < i->relation->nfields; k++) {
            nx_field *field = nx_model_field(include->relation->target, i->relation->fields[k]);
            int at = 0;
            while (at < *n && fields[at] != field) {
                at++;
            }
            if (field && at == *n) {
                fields = nx_realloc(fields, (size_t)*n + 1, sizeof *fields);
                fields[(*n)++] = field;
            }
        }
    }
    return fields;
}

/* The query for one list, without its scope; NULL with err. */
static nx_query *make_query(const nx_tree_job *job, const nx_include *include, nx_error *err) {
    nx_query *query = nx_query_new(include->relation->target);
    nx_order order;
    bool good = !include->where || nx_query_set_filter(query, include->where, err);
    if (good && include->order && (good = nx_order_parse(include->relation->target, include->order, &order, err))) {
        nx_query_set_order(query, &order);
    }
    if (good && include->fields) {
        int n;
        nx_field **fields = named_fields(include->relation->target, include->fields, &n, err);
        good = fields != NULL;
        if (good) {
            fields = with_needed(include, fields, &n);
            nx_query_set_fields(query, fields, n);
        }
        free(fields);
    }
    nx_query_set_whole(query, job->whole_lists || nx_related_to_one(include->relation));
    nx_query_set_labels(query, false);
    if (!good) {
        nx_query_free(query);
        return NULL;
    }
    return query;
}

static void next_level(nx_tree_job *job);

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    fetch *f = owner;
    nx_tree_job *job = f->job;
    f->tree->page = page;
    if (err) {
        fail(job, err);
    }
    end_fetch(f);
    if (job->fetching == 0 && !job->asking) {
        next_level(job);
    }
}

static void ask(nx_tree_job *job, nx_tree *list, int limit) {
    fetch *f = nx_calloc(1, sizeof *f);
    *f = (fetch){.job = job, .tree = list, .next = job->fetches, .at = &job->fetches};
    if (job->fetches) {
        job->fetches->at = &f->next;
    }
    job->fetches = f;
    job->fetching++;
    nx_rows_job *rows = nx_rows_fetch(job->session, list->query, &(nx_from){.kind = NX_FROM_FIRST}, limit, arrived, f);
    if (rows) { /* else it has been answered, and f is gone */
        f->rows = rows;
    }
}

/* One list of one record; a reference that is NULL leads nowhere and is not asked for. */
static void open_list(nx_tree_job *job, const nx_tree *parent, const nx_row *row, nx_tree *list) {
    nx_arena *arena = nx_arena_new(0);
    nx_scope scope;
    nx_error err = NX_ERROR;
    if (nx_relation_scope(list->include->relation, parent->query, row, arena, &scope)) {
        list->query = make_query(job, list->include, &err);
        if (list->query) {
            nx_query_set_scope(list->query, &scope);
            ask(job, list, list->include->limit ? list->include->limit : job->limit);
        } else {
            fail(job, &err);
        }
    }
    nx_error_clear(&err);
    nx_arena_free(arena);
}

static int count_includes(const nx_include *list) {
    int n = 0;
    for (; list; list = list->next) {
        n++;
    }
    return n;
}

static void open_lists(nx_tree_job *job, nx_tree *tree, const nx_include *list) {
    tree->nincluded = count_includes(list);
    int n = tree->page->nrows * tree->nincluded;
    tree->included = nx_calloc((size_t)n + 1, sizeof *tree->included);
    job->lists += n;
    if (job->lists > LISTS_MOST && !nx_failed(&job->err)) {
        nx_error_set(&job->err, NX_ERR_REFUSED, "this includes more than %d lists of records", LISTS_MOST);
        nx_error_hint(&job->err, "a smaller limit keeps it in hand: posts(limit 5).comments(limit 5)");
    }
    for (int r = 0; r < tree->page->nrows; r++) {
        int at = r * tree->nincluded;
        for (const nx_include *i = list; i; i = i->next, at++) {
            tree->included[at].include = i;
            if (!nx_failed(&job->err)) {
                open_list(job, tree, &tree->page->rows[r], &tree->included[at]);
            }
        }
    }
}

/* Opens the lists beneath every record that has none yet. */
static void go_down(nx_tree_job *job, nx_tree *tree) {
    const nx_include *list = tree->include ? tree->include->first : job->include;
    if (!tree->page || !list) {
        return;
    }
    if (!tree->included) {
        open_lists(job, tree, list);
        return;
    }
    for (int i = 0; i < tree->page->nrows * tree->nincluded; i++) {
        go_down(job, &tree->included[i]);
    }
}

static void next_level(nx_tree_job *job) {
    int before;
    do { /* lists that lead nowhere, or were answered at once, do not hold the next level up */
        before = job->lists;
        job->asking = true;
        if (!nx_failed(&job->err)) {
            go_down(job, job->root);
        }
        job->asking = false;
    } while (job->fetching == 0 && job->lists > before && !nx_failed(&job->err));
    if (job->fetching == 0) {
        end(job);
    }
}

/* --- names ---------------------------------------------------------------------------------------------------- */

static void resolve(nx_tree_job *job);

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    nx_tree_job *job = owner;
    job->describing = NULL;
    if (err) {
        fail(job, err);
    }
    resolve(job);
}

static void prepared(void *owner, const nx_error *err) {
    nx_tree_job *job = owner;
    job->preparing = NULL;
    if (err) {
        fail(job, err);
    }
    if (!job->checking) {
        resolve(job);
    }
}

/* Is something on its way that the list's filter or order needs? */
static bool prepare(nx_tree_job *job, const nx_include *include) {
    job->checking = true;
    nx_prepare_job *preparing = nx_query_prepare(job->session, include->relation->target, include->where, include->order, prepared, job);
    job->checking = false;
    job->preparing = preparing;
    return preparing != NULL;
}

static void unknown_relation(nx_tree_job *job, const nx_model *model, const nx_include *include, const nx_error *err) {
    fail(job, err);
    nx_buf names = NX_BUF;
    for (int i = 0; i < model->nrelations; i++) {
        nx_buf_addf(&names, "%s%s", i ? ", " : "", model->relations[i]->name);
    }
    nx_error_hint(&job->err, names.len ? "%s has the relations %s" : "%s has no relations%s", model->title,
                  names.len ? names.data : "");
    job->err.position = include->position;
    nx_buf_free(&names);
}

/* Resolves one relation; true when something is on its way that it needs. */
static bool resolve_one(nx_tree_job *job, nx_model *model, nx_include *include) {
    nx_error err = NX_ERROR;
    include->relation = nx_model_find_relation(model, include->name, &err);
    if (!include->relation) {
        unknown_relation(job, model, include, &err);
    } else if (!include->relation->target->described) {
        job->describing = nx_catalog_describe(job->session, include->relation->target, described, job);
        nx_error_clear(&err);
        return true;
    } else if (prepare(job, include)) {
        include->relation = NULL; /* looked at again when it is here */
        return true;
    } else if (!nx_failed(&job->err)) {
        nx_query *query = make_query(job, include, &err); /* what is wrong with it is told before anything is fetched */
        if (!query) {
            fail(job, &err);
            job->err.position = include->position;
        }
        nx_query_free(query);
    }
    nx_error_clear(&err);
    return false;
}

static bool resolve_list(nx_tree_job *job, nx_model *model, nx_include *list) {
    for (nx_include *i = list; i && !nx_failed(&job->err); i = i->next) {
        if (i->relation && !i->relation->target->described) {
            i->relation = NULL;
        }
        if ((!i->relation && resolve_one(job, model, i)) ||
            (i->relation && !nx_failed(&job->err) && resolve_list(job, i->relation->target, i->first))) {
            return true;
        }
    }
    return false;
}

static void resolve(nx_tree_job *job) {
    nx_model *model = nx_query_model(job->root->query);
    if (!nx_failed(&job->err) && !model->graph_known) {
        job->describing = nx_catalog_load_graph(job->session, model->catalog, described, job);
    } else if (nx_failed(&job->err) || !resolve_list(job, model, job->include)) {
        next_level(job);
    }
}

nx_tree_job *nx_tree_load(nx_session *session, nx_query *query, nx_page *page, nx_include *include, int limit,
                          bool whole_lists, nx_tree_done *done, void *owner) {
    nx_tree_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_tree_job){.session = session, .include = include, .limit = limit, .whole_lists = whole_lists, .done = done,
                         .owner = owner, .err = NX_ERROR};
    job->root = nx_calloc(1, sizeof *job->root);
    *job->root = (nx_tree){.query = query, .page = page};
    job->starting = true;
    resolve(job);
    job->starting = false;
    if (job->over) {
        free_job(job);
        return NULL;
    }
    return job;
}
