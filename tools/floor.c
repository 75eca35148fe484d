// The raw epoll floor: the least a server can do for a command. One thread; it reads, takes every '*' for the start of a
// command, and answers each with "+OK\r\n". What is above its figure is what understanding commands costs.
//
// It is a yardstick and no server: a value that holds a '*' confuses it. Usage: floor PORT

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT_SIZE = 1 << 16, EVENTS = 256, ANSWER_SIZE = 5 };

static char input[INPUT_SIZE];
static char answers[INPUT_SIZE * ANSWER_SIZE];

static void stop(const char *what) {
    perror(what);
    exit(1);
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (listener < 0) stop("socket");
    int one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) stop("bind");
    if (listen(listener, 511) < 0) stop("listen");
    return listener;
}

static void watch(int epoll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) stop("epoll_ctl");
}

static size_t count_commands(const char *bytes, size_t length) {
    size_t count = 0;
    for (size_t position = 0; position < length; position++) count += bytes[position] == '*';
    return count;
}

// Answers everything at hand; returns 0 when the client is gone.
static int serve(int client) {
    ssize_t received = read(client, input, sizeof input);
    if (received <= 0) return 0;
    size_t remaining = count_commands(input, (size_t)received) * ANSWER_SIZE;
    const char *from = answers;
    while (remaining > 0) {
        ssize_t sent = write(client, from, remaining);
        if (sent <= 0) return 0;
        from += sent;
        remaining -= (size_t)sent;
    }
    return 1;
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: floor PORT\n");
        return 2;
    }
    for (size_t position = 0; position < sizeof answers; position += ANSWER_SIZE) {
        memcpy(answers + position, "+OK\r\n", ANSWER_SIZE);
    }
    int listener = listen_on(atoi(arguments[1]));
    int epoll = epoll_create1(0);
    watch(epoll, listener);
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == listener) {
                int client = accept(listener, NULL, NULL);
                int one = 1;
                if (client < 0) continue;
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                watch(epoll, client);
            } else if (!serve(descriptor)) {
                close(descriptor);
            }
        }
    }
}
