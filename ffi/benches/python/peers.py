"""Calls by ctypes and cffi: reads `engine row times`, writes the nanoseconds of CPU time that these calls took."""

import ctypes
import sys
from itertools import repeat
from time import process_time_ns

TEXT = b"the quick brown fox"
ELEMENTS = 100


def timed(times, call, *arguments):
    start = process_time_ns()
    for _ in repeat(None, times):
        call(*arguments)
    return process_time_ns() - start


def by_ctypes():
    libc, libm = ctypes.CDLL("libc.so.6"), ctypes.CDLL("libm.so.6")

    class Division(ctypes.Structure):
        _fields_ = [("quot", ctypes.c_int), ("rem", ctypes.c_int)]

    def function(library, name, result, *parameters):
        found = getattr(library, name)
        found.restype, found.argtypes = result, parameters
        return found

    integer, double, size, text = ctypes.c_int, ctypes.c_double, ctypes.c_size_t, ctypes.c_char_p
    absolute = function(libc, "abs", integer, integer)
    sqrt = function(libm, "sqrt", double, double)
    strlen = function(libc, "strlen", size, text)
    div = function(libc, "div", Division, integer, integer)
    frexp = function(libm, "frexp", double, double, ctypes.POINTER(integer))
    snprintf = function(libc, "snprintf", integer, text, size, text)
    comparison = ctypes.CFUNCTYPE(integer, ctypes.c_void_p, ctypes.c_void_p)
    pointer = ctypes.c_void_p
    lfind = function(libc, "lfind", pointer, pointer, pointer, ctypes.POINTER(size), size, comparison)

    def remainder(a, b):
        return div(a, b).rem

    def exponent(number):
        place = integer()
        frexp(number, ctypes.byref(place))
        return place.value

    buffer = ctypes.create_string_buffer(64)
    line = (buffer, 64, b"%d %s %g", 42, b"text", double(2.5))
    different = comparison(lambda key, element: 1)
    array, count = ctypes.create_string_buffer(4 * ELEMENTS), size(ELEMENTS)
    search = (array, array, ctypes.byref(count), 4, different)
    return {
        "abs": (absolute, -5),
        "sqrt": (sqrt, 2.0),
        "strlen": (strlen, TEXT),
        "div": (remainder, 17, 5),
        "frexp": (exponent, 48.0),
        "snprintf": (snprintf, *line),
        "callback": (lfind, *search),
    }


def by_cffi():
    import cffi

    ffi = cffi.FFI()
    ffi.cdef(
        """
        int abs(int); double sqrt(double); size_t strlen(const char *);
        typedef struct { int quot, rem; } div_t; div_t div(int, int);
        double frexp(double, int *); int snprintf(char *, size_t, const char *, ...);
        void *lfind(const void *, const void *, size_t *, size_t, int (*)(const void *, const void *));
        """
    )
    libc, libm = ffi.dlopen("libc.so.6"), ffi.dlopen("libm.so.6")
    div, frexp, snprintf = libc.div, libm.frexp, libc.snprintf

    def remainder(a, b):
        return div(a, b).rem

    def exponent(number):
        place = ffi.new("int *")
        frexp(number, place)
        return place[0]

    buffer, text = ffi.new("char[64]"), ffi.new("char[]", b"text")

    def line(number, factor):
        snprintf(buffer, 64, b"%d %s %g", ffi.cast("int", number), text, ffi.cast("double", factor))

    different = ffi.callback("int(const void *, const void *)", lambda key, element: 1)
    array, count = ffi.new("int[]", ELEMENTS), ffi.new("size_t *", ELEMENTS)
    search = (array, array, count, 4, different)
    return {
        "abs": (libc.abs, -5),
        "sqrt": (libm.sqrt, 2.0),
        "strlen": (libc.strlen, TEXT),
        "div": (remainder, 17, 5),
        "frexp": (exponent, 48.0),
        "snprintf": (line, 42, 2.5),
        "callback": (libc.lfind, *search),
    }


def main():
    engines = {"ctypes": by_ctypes()}
    try:
        engines["cffi"] = by_cffi()
    except ImportError as error:
        print("cannot import cffi:", error, file=sys.stderr)
    print(*engines, flush=True)
    for command in sys.stdin:
        engine, row, times = command.split()
        print(timed(int(times), *engines[engine][row]), flush=True)


main()
