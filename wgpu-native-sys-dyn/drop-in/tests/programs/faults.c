// Calls a function of the library that argv[1] names, in the way that argv[2] names.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void (*release)(void *);
static volatile int stop;

static void *busy(void *unused) {
    while (!stop)
        release(NULL);
    return unused;
}

static void fork_while_threads_call(void) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, busy, NULL);
    for (int i = 0; i < 20; i++) {
        usleep(5000);
        pid_t child = fork();
        if (child == 0) {
            // A child that hangs is ended, and seen.
            alarm(20);
            release(NULL);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        if (status != 0) {
            printf("a child ended with %d\n", status);
            _exit(9);
        }
    }
    stop = 1;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(int argc, char **argv) {
    void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW) : NULL;
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 8;
    }
    *(void **)&release = dlsym(library, "wgpuInstanceRelease");
    for (int i = 0; i < 300; i++)
        release(NULL);
    if (!strcmp(argv[2], "fork"))
        fork_while_threads_call();
    if (!strcmp(argv[2], "abort"))
        abort();
    if (!strcmp(argv[2], "_exit"))
        _exit(7);
    return 0;
}
