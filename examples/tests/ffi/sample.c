// Functions with parameters of every kind, for `ffi-call` to call.
#include <stdio.h>
#include <string.h>

struct P { float x, y; };
struct P scale(struct P p, float by) { return (struct P){p.x * by, p.y * by}; }

struct deep { char name[8]; struct { short a; long b; } in; int list[3]; };
long sum_deep(struct deep d) { return d.name[0] + d.in.a + d.in.b + d.list[0] + d.list[1] + d.list[2]; }
struct deep make_deep(void) { return (struct deep){"deep", {-1, 2}, {3, 4, 5}}; }

union number { int i; float f; };
int bits_of(union number n) { return n.i; }

struct flags { unsigned low : 3; int high : 5; _Bool on : 1; };
int flags_sum(struct flags f) { return f.low * 100 + f.high * 10 + f.on; }
struct flags make_flags(void) { return (struct flags){5, -7, 1}; }

enum colour { RED, GREEN = 5, BLUE };
enum colour next_colour(enum colour c) { return c == RED ? GREEN : BLUE; }

int total(const int *list, int count) { int sum = 0; while (count--) sum += *list++; return sum; }
void twice(int *list, int count) { while (count--) *list++ *= 2; }
void move(struct P *p, float dx) { p->x += dx; }
void halves(double whole, double *a, double *b) { *a = *b = whole / 2; }
const char *echo(const char *s) { return s; }
void shout(char *s) { for (; *s; s++) if (*s >= 'a' && *s <= 'z') *s -= 32; }
_Bool negated(_Bool b) { return !b; }
char next_char(char c) { return c + 1; }
unsigned char byte(unsigned char b) { return b; }
_Float16 halved(_Float16 x) { return x / 2; }
long double half(long double x) { return x / 2; }
double _Complex turned(double _Complex z) { return z * (double _Complex)__builtin_complex(0.0, 1.0); }
unsigned long long biggest(void) { return ~0ull; }
__int128 squared(long long n) { return (__int128)n * n; }
void say(const char *s) { printf("%s\n", s); }
void nothing(void) {}
int crash(void) { return *(volatile int *)8; }
int divide(int a, int b) { return a / b; }
void *same(void *p) { return p; }
int ten(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j) { return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j; }
#if defined(__x86_64__)
__attribute__((ms_abi)) double windows(int a, double b, struct P p) { return a + b + p.x * 10 + p.y * 100; }
__attribute__((ms_abi)) struct deep windows_deep(int a) { return (struct deep){"win", {a, 2 * a}, {1, 2, 3}}; }
#endif
int real_name(int n) { return n + 1; }
