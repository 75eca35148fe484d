// jemalloc as Debian's libjemalloc-dev installs it.
#include <jemalloc/jemalloc.h>
