#include "source_table.h"

#include <string.h>

nx_source *source_of(const char *url, nx_error *err) {
    static char *nothing[] = {NULL};
    return nx_source_find(&(nx_source_request){.url = url, .environment = nothing}, err);
}

const char *source_param(const nx_source *source, const char *keyword) {
    for (size_t i = 0; i < source->nparams; i++) {
        if (strcmp(source->params[i].keyword, keyword) == 0) {
            return source->params[i].value;
        }
    }
    return NULL;
}

bool source_notice(const nx_source *source, const char *text) {
    for (size_t i = 0; i < source->nnotices; i++) {
        if (strstr(source->notices[i], text)) {
            return true;
        }
    }
    return false;
}
