//! Text that crosses the border: [`WGPUStringView`].

use crate::{WGPU_STRLEN, WGPUStringView};
use std::borrow::Cow;
use std::ffi::CStr;
use std::ptr;

impl WGPUStringView {
    /// No text, which differs from an empty one: "none given" where text is optional.
    pub const NULL: Self = Self { data: ptr::null(), length: WGPU_STRLEN };

    /// The text of no characters.
    pub const EMPTY: Self = Self { data: ptr::null(), length: 0 };

    /// A view of `text`, to be used no longer than `text` lives.
    pub const fn new(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), length: text.len() }
    }

    /// Whether this is [`NULL`](Self::NULL).
    pub const fn is_null(self) -> bool {
        self.data.is_null() && self.length == WGPU_STRLEN
    }

    /// The bytes of the text without a NUL at the end; `None` for no text.
    ///
    /// The length counts where one is given, and the first NUL where it is [`WGPU_STRLEN`]. A null pointer with a length,
    /// which the header does not allow, is taken for no text.
    ///
    /// # Safety
    /// A pointer that is not null must point to `length` initialised bytes or, where the length is [`WGPU_STRLEN`], to
    /// bytes that end in a NUL; nobody may change them during `'a`.
    pub unsafe fn bytes<'a>(self) -> Option<&'a [u8]> {
        match (self.data.is_null(), self.length) {
            (_, 0) => Some(&[]),
            (true, _) => None,
            (false, WGPU_STRLEN) => {
                // SAFETY: The caller promises a NUL at the end.
                let text = unsafe { CStr::from_ptr(self.data) };
                Some(text.to_bytes())
            }
            (false, length) => {
                // SAFETY: The caller promises as many bytes.
                Some(unsafe { std::slice::from_raw_parts(self.data.cast(), length) })
            }
        }
    }

    /// The text, with U+FFFD in place of what is not UTF-8; empty for no text.
    ///
    /// # Safety
    /// As for [`bytes`](Self::bytes).
    pub unsafe fn to_text<'a>(self) -> Cow<'a, str> {
        // SAFETY: The caller's promise is the same.
        let bytes = unsafe { self.bytes() };
        String::from_utf8_lossy(bytes.unwrap_or_default())
    }
}

impl From<&str> for WGPUStringView {
    /// [`WGPUStringView::new`].
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<Option<&str>> for WGPUStringView {
    /// A view of the text, or [`WGPUStringView::NULL`].
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::NULL, Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a view of these parts says.
    fn read(data: Option<&'static [u8]>, length: usize) -> Option<&'static [u8]> {
        let view =
            WGPUStringView { data: data.map_or(ptr::null(), |data| data.as_ptr().cast()), length };
        // SAFETY: Every caller passes static bytes of that length or with a NUL.
        unsafe { view.bytes() }
    }

    #[test]
    fn length_null_and_strlen() {
        assert_eq!(read(Some(b"red\0green"), 9), Some(&b"red\0green"[..]));
        assert_eq!(read(Some(b"red\0green"), 2), Some(&b"re"[..]));
        assert_eq!(read(Some(b"red\0green"), WGPU_STRLEN), Some(&b"red"[..]));
        assert_eq!(read(Some(b"red"), 0), Some(&b""[..]));
        assert_eq!(read(None, 0), Some(&b""[..]));
        assert_eq!(read(None, WGPU_STRLEN), None);
        assert_eq!(read(None, 7), None);
    }

    #[test]
    fn rust_text_keeps_its_bytes() {
        for text in ["", "label", "naïve ✓ with \0 inside"] {
            // SAFETY: `text` is static.
            let read = unsafe { WGPUStringView::from(text).bytes() };
            assert_eq!(read, Some(text.as_bytes()));
        }
        assert!(WGPUStringView::from(None).is_null());
        assert!(WGPUStringView::INIT.is_null());
        assert!(!WGPUStringView::EMPTY.is_null());
        assert!(!WGPUStringView::from("").is_null());
    }

    #[test]
    fn bad_utf8_is_shown() {
        let bytes: &[u8] = b"a\xffb";
        let view = WGPUStringView { data: bytes.as_ptr().cast(), length: bytes.len() };
        // SAFETY: `bytes` is static.
        assert_eq!(unsafe { view.to_text() }, "a\u{fffd}b");
        // SAFETY: Nothing is read.
        assert_eq!(unsafe { WGPUStringView::NULL.to_text() }, "");
    }
}
