#ifndef LAB_PROXY_PROCESS_H
#define LAB_PROXY_PROCESS_H

#include <sys/socket.h>

/* What the proxy's process begins with. */
typedef struct lab_proxy_start_point {
    int listener, port;
    struct sockaddr_storage server;
    socklen_t server_len;
} lab_proxy_start_point;

/* Runs in the helper process until the test is gone; owner is a lab_proxy_start_point. */
void lab_proxy_run(void *owner, int control);

/* A socket listening on 127.0.0.1; port 0: any free one, told through `got`. -1 on failure. */
int lab_listen(int port, int *got);

#endif
