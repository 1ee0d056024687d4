//! What more than one of the tests needs.

use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::{env, fs};

/// A folder that goes with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let path = env::temp_dir().join(format!("wgpu-native-sys-dyn-{}-{name}", process::id()));
        fs::create_dir_all(&path).expect("the temporary folder can be written to");
        Folder(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str, contents: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, contents).expect("the temporary folder can be written to");
        path
    }

    /// A shared library in it, compiled from C.
    pub(crate) fn library(&self, name: &str, code: &str) -> PathBuf {
        let source = self.file(&format!("{name}.c"), code.as_bytes());
        let path = self.0.join(name);
        let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
        let status = Command::new(&compiler)
            .args(["-shared", "-fPIC", "-o"])
            .arg(&path)
            .arg(&source)
            .status()
            .unwrap_or_else(|error| {
                panic!("this test needs a C compiler; {} says: {error}", compiler.display())
            });
        assert!(status.success(), "the C compiler refuses {}", source.display());
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a failing test leaves in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// C code of a library that says it is this version, and has these functions, which do nothing.
pub(crate) fn engine_code<'a>(
    version: u32,
    functions: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut code = format!("unsigned wgpuGetVersion(void) {{ return {version:#x}u; }}\n");
    for name in functions.into_iter().filter(|name| *name != "wgpuGetVersion") {
        code += &format!("void {name}(void) {{}}\n");
    }
    code
}
