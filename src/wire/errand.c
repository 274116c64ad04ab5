#include "errand.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "nixie/arena.h"

struct wire_errand {
    void (*work)(void *data);
    void (*discard)(void *data);
    void *data;
    int reader, writer;
    atomic_bool done;
    atomic_int holders; /* the caller and the thread */
};

static void let_go(wire_errand *errand) {
    if (atomic_fetch_sub(&errand->holders, 1) == 1) {
        errand->discard(errand->data);
        free(errand);
    }
}

static void *run(void *arg) {
    wire_errand *errand = arg;
    errand->work(errand->data);
    atomic_store(&errand->done, true);
    /* Closing is the report: the reader sees end of file, and nobody can raise SIGPIPE. */
    close(errand->writer);
    let_go(errand);
    return NULL;
}

/* Signals belong to the main thread: the new one is born with all of them blocked. */
static bool spawn(wire_errand *errand) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int failed = pthread_create(&thread, &attributes, run, errand);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return failed == 0;
}

wire_errand *wire_errand_start(void (*work)(void *data), void (*discard)(void *data), void *data) {
    int ends[2];
    if (pipe(ends) != 0) {
        discard(data);
        return NULL;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    wire_errand *errand = nx_calloc(1, sizeof *errand);
    errand->work = work;
    errand->discard = discard;
    errand->data = data;
    errand->reader = ends[0];
    errand->writer = ends[1];
    atomic_init(&errand->done, false);
    atomic_init(&errand->holders, 2);
    if (!spawn(errand)) {
        close(ends[0]);
        close(ends[1]);
        discard(data);
        free(errand);
        return NULL;
    }
    return errand;
}

int wire_errand_fd(const wire_errand *errand) { return errand->reader; }

bool wire_errand_done(const wire_errand *errand) { return atomic_load(&errand->done); }

void *wire_errand_data(const wire_errand *errand) { return errand->data; }

void wire_errand_release(wire_errand *errand) {
    if (errand) {
        close(errand->reader);
        let_go(errand);
    }
}
