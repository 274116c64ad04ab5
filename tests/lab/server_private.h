#ifndef LAB_SERVER_PRIVATE_H
#define LAB_SERVER_PRIVATE_H

#include "server.h"

struct lab_server {
    ui_server *server;
    char *authority; /* path of the test authority's certificate, once there is one */
};

#endif
