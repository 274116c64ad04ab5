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

bool ui_relation_is_one(const nx_relation *relation) {
    return relation->kind == NX_TO_ONE || (relation->kind == NX_TO_MANY && relation->one_to_one);
}

const char *ui_relation_kind(const nx_relation *relation) {
    return nx_relation_kind_name(ui_relation_is_one(relation) ? NX_TO_ONE : relation->kind);
}
