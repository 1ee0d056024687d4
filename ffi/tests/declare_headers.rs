//! Whole headers, preprocessed by the C compiler: they parse, and every layout agrees with the compiler's.
// The headers and the compiler that judges are those of the machine that the test runs on.
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#![allow(missing_docs, reason = "a test has no public items")]

use ffi::Declarations;

mod layouts;
#[path = "../../wgpu-native-sys-dyn/src/release.rs"]
mod release;
#[path = "../../wgpu-native-sys-dyn/src/setup_dir.rs"]
mod setup_dir;

use layouts::table::{Judged, Table};
use layouts::{GCC, preprocessed};

/// Parses a source and compares all layouts with gcc's; returns the declarations.
fn agree(source: &str, options: &[&str]) -> Declarations {
    layouts::agree(GCC, source, options)
}

/// The headers of the C library, each of which stands alone.
const LIBC: &str = "assert.h complex.h ctype.h errno.h fcntl.h fenv.h float.h inttypes.h iso646.h limits.h locale.h \
    math.h setjmp.h signal.h stdalign.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h \
    strings.h threads.h time.h uchar.h wchar.h wctype.h aio.h arpa/inet.h cpio.h dirent.h dlfcn.h elf.h fmtmsg.h fnmatch.h \
    ftw.h glob.h grp.h iconv.h ifaddrs.h langinfo.h libgen.h link.h mqueue.h monetary.h net/if.h netdb.h netinet/in.h \
    netinet/ip.h netinet/tcp.h netinet/udp.h nl_types.h poll.h pthread.h pwd.h regex.h sched.h search.h semaphore.h shadow.h spawn.h \
    sys/epoll.h sys/eventfd.h sys/inotify.h sys/ioctl.h sys/ipc.h sys/mman.h sys/msg.h sys/ptrace.h sys/random.h \
    sys/resource.h sys/select.h sys/sem.h sys/sendfile.h sys/shm.h sys/signalfd.h sys/socket.h sys/stat.h sys/statvfs.h \
    sys/sysinfo.h sys/time.h sys/timerfd.h sys/times.h sys/types.h sys/uio.h sys/un.h sys/user.h sys/utsname.h sys/vfs.h sys/wait.h \
    syslog.h tar.h termios.h ucontext.h ulimit.h unistd.h utime.h utmpx.h wordexp.h";

fn counts(declarations: &Declarations) -> (usize, usize) {
    (declarations.functions().count(), declarations.composites().len())
}

#[test]
fn each_header_of_the_c_library_parses() {
    for header in LIBC.split_whitespace() {
        let text = preprocessed(GCC, &format!("#include <{header}>\n"), &[]);
        Declarations::parse(&text).unwrap_or_else(|error| panic!("{header}: {error}"));
    }
}

#[test]
fn the_whole_c_library_agrees() {
    let includes: String =
        LIBC.split_whitespace().map(|name| format!("#include <{name}>\n")).collect();
    for options in [&["-D_GNU_SOURCE"][..], &["-std=c11", "-D_POSIX_C_SOURCE=200809L"]] {
        let declarations = agree(&includes, options);
        let (functions, composites) = counts(&declarations);
        assert!(functions > 1200 && composites > 150, "{functions} functions, {composites} types");
        let signed = declarations.function("qsort").unwrap();
        assert_eq!(
            signed.to_string(),
            "void qsort(void *__base, size_t __nmemb, size_t __size, __compar_fn_t __compar)"
        );
        assert_eq!(declarations.size_of("struct tm").unwrap(), 56);
        assert!(declarations.function("printf").unwrap().ty().is_variadic());
    }
}

#[test]
fn optimised_headers_with_inline_functions_agree() {
    agree(
        "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <wchar.h>\n#include <math.h>\n",
        &["-O2", "-D_FORTIFY_SOURCE=2", "-D_GNU_SOURCE"],
    );
}

/// Half precision numbers, which gcc has since version 12, and vectors of 64 bytes: no call passes them.
#[test]
fn the_processors_vectors_agree() {
    let declarations = agree("#include <immintrin.h>\n", &["-mavx512f"]);
    assert_eq!(declarations.size_of("__m512h").unwrap(), 64);
    assert_eq!(declarations.align_of("__m512i").unwrap(), 64);
    let functions = counts(&declarations).0;
    assert!(functions > 4000, "{functions} functions");
}

#[test]
fn zlib_agrees() {
    let declarations = agree("#include <zlib.h>\n", &[]);
    assert_eq!(declarations.size_of("z_stream").unwrap(), 112);
    assert_eq!(
        declarations.function("compress").unwrap().to_string(),
        "int compress(Bytef *dest, uLongf *destLen, const Bytef *source, uLong sourceLen)"
    );
    assert!(counts(&declarations).0 > 70);
}

#[test]
fn sqlite3_agrees() {
    let declarations = agree("#include <sqlite3.h>\n", &[]);
    assert_eq!(
        declarations.function("sqlite3_open").unwrap().to_string(),
        "int sqlite3_open(const char *filename, sqlite3 **ppDb)"
    );
    let (functions, composites) = counts(&declarations);
    assert!(functions > 250 && composites > 15, "{functions} functions, {composites} types");
}

#[test]
fn the_engines_headers_agree() {
    let folder = setup_dir::setup_dir().expect("a set-up folder");
    let header = folder.join("wgpu.h");
    assert!(header.is_file(), "{header:?} is missing: run `cargo xtask setup`");
    let include = format!("-I{}", folder.display());
    let declarations = agree("#include <wgpu.h>\n", &[&include]);
    let (functions, composites) = counts(&declarations);
    assert!(functions >= 228 && composites > 114, "{functions} functions, {composites} types");
    assert_eq!(declarations.constant("WGPUBackendType_Vulkan"), Some(6));
}

/// Layout attributes in all their places, and what else changes sizes.
const ATTRIBUTES: &str = r#"
struct packed { char a; int b; double c; } __attribute__((packed));
struct __attribute__((__packed__)) packed_before { char a; long b; };
struct packed_member { char a; int b __attribute__((packed)); short c; };
struct aligned { char a; } __attribute__((aligned(32)));
struct aligned_bare { char a; } __attribute__((aligned));
struct aligned_member { char a; int b __attribute__((aligned(16))); char c; };
struct aligned_in_packed { char a; int b __attribute__((aligned(2))); double c; } __attribute__((packed));
struct alignas_member { char a; _Alignas(16) char b; _Alignas(double) char c; char d; };
typedef int wide_int __attribute__((aligned(16)));
typedef int narrow_int __attribute__((aligned(1)));
struct of_wide { char a; wide_int b; };
struct of_narrow { char a; narrow_int b; char c; };
struct of_wide_packed { char a; wide_int b; } __attribute__((packed));
#pragma pack(push, 2)
struct pack2 { char a; int b; double c; };
#pragma pack(push)
#pragma pack(1)
struct pack1 { char a; int b; long c; int bits : 5; long more : 40; };
#pragma pack(pop)
struct pack2_again { char a; double b; };
#pragma pack(pop)
struct unpacked { char a; double b; };
struct bits { unsigned a : 3; unsigned b : 30; int : 0; signed char c : 2; unsigned long d : 40; unsigned e : 24; _Bool f : 1; };
struct packed_bits { unsigned a : 3; unsigned b : 30; unsigned short c : 9; unsigned long d : 61; } __attribute__((packed));
struct unnamed_bits { char a; int : 5; char b; long : 0; char c; };
union of_bits { unsigned a : 7; unsigned long b : 33; char c; };
struct anonymous { int a; union { struct { short x, y; }; int both; }; char b; };
struct flexible { int count; double items[]; };
struct zero { int count; char none[0]; };
struct empty { };
struct holds_empty { char a; struct empty b; int c; };
typedef float v4 __attribute__((vector_size(16)));
typedef int __attribute__((vector_size(8))) v2;
struct vectors { char a; v4 b; char c; v2 d; };
typedef _Float16 h8 __attribute__((vector_size(16)));
struct layouts_alone { char a; _Float16 b; char c; h8 d; char e; _Decimal32 h; char i; _Decimal64 j; char k; _Decimal128 l;
    char m; _Float16 _Complex n; };
typedef unsigned word __attribute__((mode(__DI__)));
typedef int tiny __attribute__((__mode__(__QI__)));
typedef float short_float __attribute__((mode(HF)));
struct modes { tiny a; word b; tiny c; short_float d; };
enum __attribute__((packed)) small { SMALL = 200 };
enum negative { NEGATIVE = -1 };
enum large { LARGE = 0x100000000 };
struct enums { char a; enum small b; enum negative c; enum large d; };
struct numbers { char a; long double b; char c; _Complex float d; char e; _Complex double f; char g; _Complex long double h;
    char i; __int128 j; char k; _Bool l; short int unsigned m; long long int n; char o; };
struct pointers { char a; int (*f)(int, char *[]); char b; int (*(*g)(void))[3]; char c; int *h[2][3]; };
struct lengths { char a[sizeof(int) * 2 + 1]; char b[(1 << 3) | 1]; char c[-1 < 0u ? 7 : 9]; char d['a' % 10]; char e[LARGE > 5 ? 3 : 4];
    char f[__builtin_offsetof(struct aligned_member, b)]; char g[_Alignof(long double)]; char h[~0u >> 28]; char i[(char)300]; char j[sizeof "four"]; };
struct outer { struct inner { int x; } in; struct inner more[2]; enum { RED, GREEN = 5, BLUE } colour; char a[BLUE]; };
_Static_assert(sizeof(struct outer) == 24, "as computed");
"#;

/// The judge sees what differs: here the compiler lays structs out in another way than the declarations do.
#[test]
fn differences_are_told() {
    let text = "struct s { char a; int b; unsigned c : 3, d : 30; struct { char e; long f; } g[2]; }; enum e { E = -7 };";
    let table = Table::of(&Declarations::parse(text).unwrap()).unwrap();
    let judge = |options, text| layouts::judge(GCC, options, text, &table);
    let other = text.replace("-7", "7");
    let Judged::Differences(told) = judge(&["-fpack-struct"], &other) else {
        panic!("the compiler takes this text");
    };
    let told = told.join("\n");
    for line in [
        "the size of struct s is 28, not 48",
        "the alignment of struct s is 1, not 8",
        "the offset of struct s.b is 1, not 4",
        "the offset of struct s.g.f is 1, not 8",
        "E is 7, not 18446744073709551609",
        "E < 0 is 0, not 1",
        "the bits of struct s.c are 40 to ",
    ] {
        assert!(told.contains(line), "{told}");
    }
    assert!(matches!(judge(&[], "struct s { int"), Judged::Refused(why) if why.contains("error")));
    let other = judge(&[], "struct s { int other; };");
    assert!(matches!(&other, Judged::NotUnderstood(why) if why.contains("error")), "{other:?}");
}

#[test]
fn attributes_and_constants_agree() {
    let declarations = agree(ATTRIBUTES, &[]);
    assert!(counts(&declarations).1 > 30);
}
