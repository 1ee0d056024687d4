use crate::ShaderSource;
use std::borrow::Cow;

/// What a module begins with, in the byte order of whoever wrote it.
const MAGIC: u32 = 0x0723_0203;

/// The bytes of a file of SPIR-V, as a source of shaders. Nothing else about the module is looked at here.
///
/// # Panics
/// If their number is not a multiple of 4, or the magic number of SPIR-V is not at their beginning.
#[must_use]
#[track_caller]
pub fn make_spirv(data: &[u8]) -> ShaderSource<'_> {
    ShaderSource::SpirV(make_spirv_raw(data))
}

/// The bytes of a file of SPIR-V, as words for [`Device::create_shader_module_passthrough`]: as they are where they can
/// be read as words, else copied.
///
/// # Panics
/// As [`make_spirv`].
///
/// [`Device::create_shader_module_passthrough`]: crate::Device::create_shader_module_passthrough
#[must_use]
#[track_caller]
pub fn make_spirv_raw(bytes: &[u8]) -> Cow<'_, [u32]> {
    let swapped = is_swapped(bytes);
    match bytemuck::try_cast_slice(bytes) {
        Ok(words) if !swapped => Cow::Borrowed(words),
        _ => bytes.as_chunks().0.iter().map(|bytes| word(*bytes, swapped)).collect(),
    }
}

/// As [`make_spirv_raw`], while compiling: what `include_spirv!` expands to. `WORDS` must be a quarter of the bytes.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn make_spirv_const<const BYTES: usize, const WORDS: usize>(
    bytes: [u8; BYTES],
) -> [u32; WORDS] {
    let swapped = is_swapped(&bytes);
    let mut words = [0; WORDS];
    let (chunks, _) = bytes.as_chunks();
    let mut index = 0;
    while index < WORDS {
        words[index] = word(chunks[index], swapped);
        index += 1;
    }
    words
}

/// Whether a module's bytes are in the other order than this machine's.
#[track_caller]
const fn is_swapped(bytes: &[u8]) -> bool {
    assert!(!bytes.is_empty(), "there are no bytes of SPIR-V");
    let first = match bytes.first_chunk() {
        Some(first) => u32::from_ne_bytes(*first),
        None => 0,
    };
    assert!(
        first == MAGIC || first.swap_bytes() == MAGIC,
        "the bytes are not a binary file of SPIR-V: its magic number is not at their beginning"
    );
    assert!(bytes.len().is_multiple_of(4), "the bytes of SPIR-V must be a multiple of 4");
    first != MAGIC
}

const fn word(bytes: [u8; 4], swapped: bool) -> u32 {
    let word = u32::from_ne_bytes(bytes);
    if swapped { word.swap_bytes() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITTLE: [u8; 8] = [0x03, 0x02, 0x23, 0x07, 4, 3, 2, 1];
    const BIG: [u8; 8] = [0x07, 0x23, 0x02, 0x03, 1, 2, 3, 4];
    const WORDS: [u32; 2] = [MAGIC, 0x0102_0304];

    #[test]
    fn either_byte_order_at_any_address() {
        const CONSTANT: [[u32; 2]; 2] = [make_spirv_const(LITTLE), make_spirv_const(BIG)];
        assert_eq!(CONSTANT, [WORDS, WORDS]);
        for module in [LITTLE, BIG] {
            let mut memory = [0; 12];
            for offset in 0..4 {
                let place = &mut memory[offset..offset + 8];
                place.copy_from_slice(&module);
                assert_eq!(*make_spirv_raw(place), WORDS);
            }
        }
    }

    #[test]
    fn what_can_be_read_in_place_is_not_copied() {
        let words = [MAGIC.to_ne_bytes(), [1, 2, 3, 4]];
        let words: [u32; 2] = words.map(u32::from_ne_bytes);
        assert!(matches!(make_spirv_raw(bytemuck::cast_slice(&words)), Cow::Borrowed(_)));
        assert!(matches!(make_spirv(&LITTLE), ShaderSource::SpirV(words) if *words == WORDS));
    }

    #[test]
    #[should_panic = "multiple of 4"]
    fn bytes_that_are_cut_off() {
        let _ = make_spirv_raw(&LITTLE[..6]);
    }

    #[test]
    #[should_panic = "magic number"]
    fn text() {
        let _ = make_spirv_raw(b"OpCapability");
    }

    #[test]
    #[should_panic = "no bytes"]
    fn nothing() {
        let _ = make_spirv_raw(&[]);
    }
}
