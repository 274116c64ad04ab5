#ifndef LAB_SERVER_PRIVATE_H
#define LAB_SERVER_PRIVATE_H

#include "server.h"

struct lab_server {
    ui_server *server;
    char *authority, *stranger; /* paths of the certificates of the test authority and of another one, once there are any */
};

#endif
