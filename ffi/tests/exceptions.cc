// Throws in one function and catches in another, with destructors to be run on the way; and jumps likewise, without.
#include <csetjmp>
#include <stdexcept>

#ifdef _WIN32
#define EXPORT extern "C" __declspec(dllexport)
#else
#define EXPORT extern "C"
#endif

static int destroyed;

struct Guard {
    ~Guard() { destroyed++; }
};

// More arguments than travel in registers.
EXPORT long long throws(long long a, long long, long long, long long, long long, long long, long long, long long,
                        long long, long long j) {
    Guard guard;
    if (j) throw std::runtime_error("from C++");
    return a;
}

// Calls `call(data)`, which calls `throws`; returns the number of destructors run, or -1 without an exception.
EXPORT int catches(void (*call)(void *), void *data) {
    try {
        Guard guard;
        call(data);
    } catch (std::runtime_error &) {
        return destroyed;
    }
    return -1;
}

static std::jmp_buf back;

// Jumps back to `returns_twice`.
EXPORT long long jumps(long long, long long, long long, long long, long long, long long, long long, long long,
                       long long, long long j) {
    std::longjmp(back, static_cast<int>(j));
}

// Calls `call(data)`, which calls `jumps`; returns the number that was jumped with, or 0 without a jump.
EXPORT int returns_twice(void (*call)(void *), void *data) {
    if (int jumped = setjmp(back)) return jumped;
    call(data);
    return 0;
}
