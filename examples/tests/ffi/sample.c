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
#include <unistd.h>
int spin(const char *mark) { FILE *file = fopen(mark, "w"); fprintf(file, "%d", getpid()); fclose(file); for (volatile int i = 0;; i++) {} }
int prints(int n) { for (int i = 0; i < n; i++) puts("a line of C's"); return n; }

// For the notation of arguments and results.
#include <stdlib.h>
#include <wchar.h>
struct named { const char *name; int value; };
int sum_named(const struct named *list, int count) { int sum = 0; while (count--) { sum += list->value * (int)strlen(list->name); list++; } return sum; }
struct raw { char bytes[3]; unsigned char more[2]; };
struct raw make_raw(void) { return (struct raw){{127, 0, 1}, {0, 255}}; }
void fill_raw(char *to, int count) { for (int i = 0; i < count; i++) to[i] = (char)(128 * i); }
struct packet { int count; short data[]; };
int sum_packet(struct packet *p) { int sum = 0; for (int i = 0; i < p->count; i++) { sum += p->data[i]; p->data[i] *= 2; } return sum; }
struct message { int size; char text[]; };
int first_of(const struct message *m) { return m->text[0] * 1000 + (int)strlen(m->text); }
struct outs { int *number; char **text; double (*pair)[2]; };
void fill_outs(struct outs o) { *o.number = 7; *o.text = "filled"; (*o.pair)[0] = 0.5; (*o.pair)[1] = 1; }
void fill_each(int **list, int count) { while (count--) *list[count] = count; }
int wide_length(const wchar_t *text) { return (int)wcslen(text); }
const wchar_t *wide_echo(const wchar_t *text) { static wchar_t copy[64]; wcsncpy(copy, text, 63); return copy; }
struct wide { wchar_t name[8]; unsigned short units[4]; };
int wide_first(struct wide w) { return w.name[0] + w.units[0]; }
unsigned utf16_sum(const unsigned short *text) { unsigned sum = 0; while (*text) sum += *text++; return sum; }
int each(int count, int (*visit)(int index, const char *name, enum colour c)) { int sum = 0; for (int i = 0; i < count; i++) sum += visit(i, i % 2 ? "odd" : "even", i ? BLUE : RED); return sum; }
void then(void (*done)(void), struct P (*where)(double)) { printf("before\n"); done(); struct P p = where(0.5); printf("after %g\n", p.x + p.y); }
long double tenth(void) { return 0.1L; }
long double third(long double x) { return x / 3; }
int is_tenth(long double x) { return x == 0.1L; }
float next_float(float x) { return x + 0x1p-23f; }
unsigned long long bits(unsigned long long x) { return x; }
int same_address(void *a, void *b) { return a == b; }
int (*the_function(void))(int) { return abs; }
int use(int (*f)(int), int n) { return f(n); }
void two(int ends[2]) { ends[0] = 1; ends[1] = 2; }
enum colour mixed(int i) { return i; }
