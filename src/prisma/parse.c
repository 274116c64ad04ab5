/* Declarations: models, views, enums, types, datasources and generators. */
#include "parse.h"

#include <stdlib.h>
#include <string.h>

/* --- attributes ------------------------------------------------------------------------------------ */

/* The attributes that follow on the line, and on lines of their own that begin with one "@". */
static bool read_attributes(nx_psl *p, nx_psl_list *out) {
    for (nx_psl_blanks(p); nx_psl_take(p, '@'); nx_psl_blanks(p)) {
        nx_psl_attribute attribute;
        if (!nx_psl_read_attribute(p, &attribute)) {
            return false;
        }
        nx_psl_list_add(out, &attribute);
    }
    return true;
}

/* A comment at the end of a line belongs to what stands before it, unless that has one above. */
static bool end_line(nx_psl *p, const char **comment, const char *what) {
    if (!nx_psl_line_end(p)) {
        return nx_psl_peek(p) == '}' || nx_psl_expected(p, what);
    }
    const char *behind = nx_psl_comment(p);
    *comment = *comment ? *comment : behind;
    return true;
}

static bool attributes_on_next_lines(nx_psl *p, nx_psl_list *out) {
    for (;;) {
        nx_psl before = *p;
        nx_psl_blanks(p);
        if (nx_psl_peek(p) != '@' || (p->at + 1 < p->end && p->at[1] == '@')) {
            p->at = before.at;
            p->line = before.line;
            p->line_start = before.line_start;
            return true;
        }
        const char *comment = NULL;
        if (!read_attributes(p, out) || !end_line(p, &comment, "an attribute or the end of the line")) {
            return false;
        }
    }
}

/* "@@name(...)", the first "@" seen. */
static bool read_block_attribute(nx_psl *p, nx_psl_list *out) {
    const char *comment = NULL;
    p->at++;
    if (!nx_psl_take(p, '@')) {
        p->at--;
        return nx_psl_expected(p, "a field, or @@ for the whole block");
    }
    nx_psl_attribute attribute;
    if (!nx_psl_read_attribute(p, &attribute)) {
        return false;
    }
    nx_psl_list_add(out, &attribute);
    return end_line(p, &comment, "the end of the line");
}

/* --- fields ----------------------------------------------------------------------------------------- */

static bool read_base(nx_psl *p, nx_psl_field *field) {
    field->type = nx_psl_ident(p);
    if (!field->type) {
        field->type = "";
        return true;
    }
    if (strcmp(field->type, "Unsupported") != 0 || !nx_psl_take(p, '(')) {
        return true;
    }
    const nx_psl_arg *args;
    int n;
    if (!nx_psl_arguments(p, &args, &n)) {
        return false;
    }
    if (n != 1 || !args[0].value || args[0].value->kind != NX_PSL_STRING) {
        return nx_psl_wrong(p, field->place, "expected a type in quotes in Unsupported(\"...\")");
    }
    field->unsupported = true;
    field->type = args[0].value->text;
    return true;
}

static bool read_type(nx_psl *p, nx_psl_field *field) {
    bool legacy = nx_psl_take(p, '[');
    if (!read_base(p, field)) {
        return false;
    }
    if (legacy && !nx_psl_take(p, ']')) {
        return nx_psl_expected(p, "\"]\"");
    }
    field->list = legacy;
    if (nx_psl_peek(p) == '[') {
        p->at++;
        nx_psl_blanks(p);
        if (!nx_psl_take(p, ']')) {
            return nx_psl_expected(p, "\"]\"");
        }
        field->list = true;
    }
    field->optional = nx_psl_take(p, '?');
    nx_psl_take(p, '!');
    return true;
}

static bool read_field(nx_psl *p, nx_psl_field *field) {
    *field = (nx_psl_field){.place = nx_psl_here(p), .comment = nx_psl_comment(p)};
    field->name = nx_psl_ident(p);
    if (!field->name) {
        return nx_psl_expected(p, "a field's name, @@ or \"}\"");
    }
    nx_psl_list attributes = {.size = sizeof(nx_psl_attribute)};
    nx_psl_blanks(p);
    nx_psl_take(p, ':');
    nx_psl_blanks(p);
    bool ok = read_type(p, field) && read_attributes(p, &attributes) &&
              end_line(p, &field->comment, "an attribute or the end of the line") &&
              attributes_on_next_lines(p, &attributes);
    field->attributes = nx_psl_list_done(&attributes, p->arena, &field->nattributes);
    return ok;
}

/* --- blocks ----------------------------------------------------------------------------------------- */

/* Prisma drops what follows "{" on its line. A block that ends on the line is read all the same. */
static void drop_rest(nx_psl *p) {
    const char *at = p->at;
    while (at < p->end && *at != '\n' && *at != '\r' && *at != '}') {
        at++;
    }
    if (at == p->end || *at != '}') {
        nx_psl_blanks(p); /* a block comment may be longer than the line */
        nx_psl_skip_line(p);
    }
}

/* "Name {" */
static const char *open_block(nx_psl *p, const char *what) {
    nx_psl_blanks(p);
    const char *name = nx_psl_ident(p);
    if (!name) {
        nx_psl_expected(p, what);
        return NULL;
    }
    nx_psl_space(p);
    if (!nx_psl_take(p, '{')) {
        nx_psl_expected(p, "\"{\"");
        return NULL;
    }
    drop_rest(p);
    return name;
}

typedef bool read_line(nx_psl *p, void *block);

/* Reads lines up to "}". */
static bool read_block(nx_psl *p, read_line *line, void *block, nx_psl_place place, const char *kind) {
    for (nx_psl_space(p); !nx_psl_take(p, '}'); nx_psl_space(p)) {
        if (p->at == p->end && !nx_failed(p->err)) {
            return nx_psl_wrong(p, place, "this %s has no end: expected \"}\"", kind);
        }
        if (nx_failed(p->err) || !line(p, block)) {
            return false;
        }
    }
    nx_psl_comment(p); /* one before the brace belongs to nothing */
    return !nx_failed(p->err);
}

typedef struct block {
    nx_psl_list lines, attributes;
} block;

static bool model_line(nx_psl *p, void *owner) {
    block *b = owner;
    if (nx_psl_peek(p) == '@') {
        nx_psl_comment(p);
        return read_block_attribute(p, &b->attributes);
    }
    nx_psl_field field;
    bool ok = read_field(p, &field);
    nx_psl_list_add(&b->lines, &field);
    return ok;
}

static bool read_model(nx_psl *p, const char *keyword) {
    nx_psl_model model = {.place = nx_psl_here(p),
                          .comment = nx_psl_comment(p),
                          .view = strcmp(keyword, "view") == 0,
                          .composite = strcmp(keyword, "type") == 0};
    nx_psl_blanks(p);
    model.place = nx_psl_here(p);
    nx_psl before = *p;
    model.name = nx_psl_ident(p);
    nx_psl_blanks(p);
    if (model.composite && model.name && nx_psl_peek(p) == '=') {
        nx_psl_skip_line(p); /* a type alias of the language's first days */
        return true;
    }
    p->at = before.at;
    model.name = open_block(p, "a name");
    if (!model.name) {
        return false;
    }
    block b = {.lines = {.size = sizeof(nx_psl_field)}, .attributes = {.size = sizeof(nx_psl_attribute)}};
    bool ok = read_block(p, model_line, &b, model.place, keyword);
    model.fields = nx_psl_list_done(&b.lines, p->arena, &model.nfields);
    model.attributes = nx_psl_list_done(&b.attributes, p->arena, &model.nattributes);
    nx_psl_list_add(&p->models, &model);
    return ok;
}

static bool enum_line(nx_psl *p, void *owner) {
    block *b = owner;
    if (nx_psl_peek(p) == '@') {
        nx_psl_comment(p);
        return read_block_attribute(p, &b->attributes);
    }
    nx_psl_enum_value value = {.comment = nx_psl_comment(p)};
    value.name = nx_psl_ident(p);
    if (!value.name) {
        return nx_psl_expected(p, "a value's name, @@ or \"}\"");
    }
    nx_psl_list attributes = {.size = sizeof(nx_psl_attribute)};
    bool ok = read_attributes(p, &attributes) && end_line(p, &value.comment, "an attribute or the end of the line");
    value.attributes = nx_psl_list_done(&attributes, p->arena, &value.nattributes);
    nx_psl_list_add(&b->lines, &value);
    return ok;
}

static bool read_enum(nx_psl *p, const char *keyword) {
    nx_psl_enum enumeration = {.comment = nx_psl_comment(p)};
    nx_psl_blanks(p);
    enumeration.place = nx_psl_here(p);
    enumeration.name = open_block(p, "a name");
    if (!enumeration.name) {
        return false;
    }
    block b = {.lines = {.size = sizeof(nx_psl_enum_value)}, .attributes = {.size = sizeof(nx_psl_attribute)}};
    bool ok = read_block(p, enum_line, &b, enumeration.place, keyword);
    enumeration.values = nx_psl_list_done(&b.lines, p->arena, &enumeration.nvalues);
    enumeration.attributes = nx_psl_list_done(&b.attributes, p->arena, &enumeration.nattributes);
    nx_psl_list_add(&p->enums, &enumeration);
    return ok;
}

static bool config_line(nx_psl *p, void *owner) {
    block *b = owner;
    const char *comment = NULL;
    nx_psl_arg property = {.name = nx_psl_ident(p)};
    nx_psl_comment(p);
    if (!property.name) {
        return nx_psl_expected(p, "a property's name or \"}\"");
    }
    nx_psl_blanks(p);
    if (!nx_psl_take(p, '=')) {
        return nx_psl_expected(p, "\"=\"");
    }
    nx_psl_blanks(p);
    property.value = nx_psl_expression(p);
    nx_psl_list_add(&b->lines, &property);
    return property.value && end_line(p, &comment, "the end of the line");
}

static bool read_config(nx_psl *p, const char *keyword) {
    nx_psl_config config = {.comment = nx_psl_comment(p), .datasource = strcmp(keyword, "datasource") == 0};
    nx_psl_blanks(p);
    config.place = nx_psl_here(p);
    config.name = open_block(p, "a name");
    if (!config.name) {
        return false;
    }
    block b = {.lines = {.size = sizeof(nx_psl_arg)}};
    bool ok = read_block(p, config_line, &b, config.place, keyword);
    config.properties = nx_psl_list_done(&b.lines, p->arena, &config.nproperties);
    nx_psl_list_add(&p->configs, &config);
    return ok;
}

/* --- the whole ------------------------------------------------------------------------------------- */

static const struct {
    const char *keyword;
    bool (*read)(nx_psl *p, const char *keyword);
} declarations[] = {
    {"model", read_model}, {"view", read_model},         {"type", read_model},
    {"enum", read_enum},   {"datasource", read_config}, {"generator", read_config},
};

static bool read_declaration(nx_psl *p) {
    nx_psl before = *p;
    const char *keyword = nx_psl_ident(p);
    for (size_t i = 0; keyword && i < NX_COUNT(declarations); i++) {
        if (strcmp(declarations[i].keyword, keyword) == 0) {
            return declarations[i].read(p, keyword);
        }
    }
    p->at = before.at;
    return nx_psl_expected(p, "model, view, enum, type, datasource or generator");
}

bool nx_psl_document(nx_psl *p) {
    for (nx_psl_between(p); p->at < p->end; nx_psl_between(p)) {
        if (nx_failed(p->err) || !read_declaration(p)) {
            return false;
        }
    }
    nx_buf_clear(&p->comment);
    return !nx_failed(p->err);
}
