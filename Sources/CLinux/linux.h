// The Linux interfaces that Swift's Glibc module leaves out, and three instructions that Swift cannot name.
// Headers only: no logic lives here.
#ifndef NEEDLETAIL_LINUX_H
#define NEEDLETAIL_LINUX_H

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

// Declared here because glibc shows them only under _GNU_SOURCE, which would change the layouts Swift's Glibc module knows.
int accept4(int, struct sockaddr *, socklen_t *, int);
int pthread_setname_np(pthread_t, const char *);
int sched_getaffinity(pid_t, size_t, cpu_set_t *);

/// fork, which some versions of Swift's Glibc module hide. Only before the first thread is started.
static inline pid_t linux_fork(void) { return fork(); }

/// Asks the processor to load the cache line at `address` for reading.
static inline void linux_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Tells the processor that this is a spin-wait loop.
static inline void linux_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// The processor's constant-rate cycle counter.
static inline uint64_t linux_cycle_counter(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
#endif
}

/// printf without variable arguments, which Swift cannot pass without allocating.
static inline int linux_format_double_17g(char *buffer, size_t size, double value) {
    return snprintf(buffer, size, "%.17g", value);
}

static inline int linux_format_double_fixed(char *buffer, size_t size, double value, int decimals) {
    return snprintf(buffer, size, "%.*f", decimals, value);
}

static inline int linux_format_long_double_17f(char *buffer, size_t size, long double value) {
    return snprintf(buffer, size, "%.17Lf", value);
}

#endif
