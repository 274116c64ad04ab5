#include "words.h"

const char *ui_referential_action(char letter) {
    switch (letter) {
    case 'a': return "no action";
    case 'r': return "restrict";
    case 'c': return "cascade";
    case 'n': return "set null";
    case 'd': return "set default";
    default: return NULL;
    }
}

const char *ui_field_identity(char letter) { return letter == 'a' ? "always" : letter == 'd' ? "by default" : NULL; }

const char *ui_field_generated(char letter) { return letter == 's' ? "stored" : letter == 'v' ? "virtual" : NULL; }

const char *ui_client_default(const nx_field *field) {
    static const char *const names[] = {
        [NX_CLIENT_NONE] = NULL,        [NX_CLIENT_CUID] = "cuid()",  [NX_CLIENT_CUID2] = "cuid(2)",
        [NX_CLIENT_UUID4] = "uuid()",   [NX_CLIENT_UUID7] = "uuid(7)", [NX_CLIENT_ULID] = "ulid()",
        [NX_CLIENT_NANOID] = "nanoid()", [NX_CLIENT_NOW] = "now()",
    };
    return field->updated_at ? "@updatedAt" : names[field->client_default];
}

bool ui_relation_is_one(const nx_relation *relation) {
    return relation->kind == NX_TO_ONE || (relation->kind == NX_TO_MANY && relation->one_to_one);
}

const char *ui_relation_kind(const nx_relation *relation) {
    return nx_relation_kind_name(ui_relation_is_one(relation) ? NX_TO_ONE : relation->kind);
}
