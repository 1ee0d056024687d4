//! Where random calls come from: numbers that are the same for the same seed, and values at the edges of what is allowed.

/// A small deterministic generator (xorshift64*).
pub(crate) struct Dice {
    state: u64,
    /// How much of what it gives is odd, in percent.
    odd: usize,
}

impl Dice {
    /// The numbers of this seed.
    pub(crate) fn new(seed: u64) -> Self {
        // The state must not be 0, and seeds next to each other should have nothing in common.
        let mut dice = Self { state: (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, odd: 0 };
        dice.odd = dice.pick(&[0, 1, 3, 10, 30]);
        dice
    }

    /// Lets `call` have nothing that is odd.
    pub(crate) fn sanely<R>(&mut self, call: impl FnOnce(&mut Self) -> R) -> R {
        let odd = std::mem::take(&mut self.odd);
        let result = call(self);
        self.odd = odd;
        result
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    /// Whether something happens that does so in `percent` of all cases.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }

    /// One of `sane`, or now and then one of `odd`.
    pub(crate) fn mostly<T: Clone>(&mut self, sane: &[T], odd: &[T]) -> T {
        if self.percent(self.odd) { self.pick(odd) } else { self.pick(sane) }
    }

    /// The value, or now and then none.
    pub(crate) fn maybe<T>(&mut self, value: T) -> Option<T> {
        self.percent(50).then_some(value)
    }

    /// A number for something that there is `whole` of: inside, at the edges, beyond.
    pub(crate) fn edge(&mut self, whole: u64) -> u64 {
        let sane = [0, 4, 8, 16, 256, whole / 2, whole];
        let odd = [1, 2, 3, whole.wrapping_sub(1), whole.saturating_add(4), u64::MAX - 3, u64::MAX];
        self.mostly(&sane, &odd)
    }

    /// As [`edge`](Self::edge), in 32 bits.
    pub(crate) fn edge32(&mut self, whole: u32) -> u32 {
        let sane = [0, 1, whole / 2, whole.saturating_sub(1)];
        let odd = [whole, whole.saturating_add(1), u32::MAX - 1, u32::MAX];
        self.mostly(&sane, &odd)
    }

    /// A small count.
    pub(crate) fn count(&mut self) -> u32 {
        self.mostly(&[1, 1, 1, 2, 3], &[0])
    }

    /// A range of few numbers, at its start or far out; or an empty one, or one that runs backwards.
    pub(crate) fn range32(&mut self) -> std::ops::Range<u32> {
        let start = self.mostly(&[0, 0, 1], &[1000, u32::MAX - 3]);
        let end = start + self.mostly(&[1, 3], &[0, 2]);
        if self.percent(self.odd / 3) { end..start } else { start..end }
    }

    /// A name.
    pub(crate) fn label(&mut self) -> Option<&'static str> {
        const LONG: &str = match std::str::from_utf8(&[b'x'; 5000]) {
            Ok(text) => text,
            Err(_) => "",
        };
        let odd =
            [Some(""), Some("a\0b"), Some("\0"), Some("größe 😀"), Some("%s%n{}'\"\n"), Some(LONG)];
        self.mostly(&[None, Some("label")], &odd)
    }

    /// An extent of a texture: small, or long in one direction, or not allowed.
    pub(crate) fn extent(&mut self, limit: u32) -> [u32; 3] {
        let mut size = [0; 3].map(|_| self.pick(&[1, 4, 4, 8, 16, 17, 64]));
        size[2] = self.pick(&[1, 1, 1, 1, 2, 6, 12]);
        if self.percent(self.odd / 2) {
            let long = self.pick(&[0, 256, 2048, limit, limit.saturating_add(1), u32::MAX]);
            let direction = self.below(3);
            size = [4, 1, 1];
            size[direction] = long;
        }
        size
    }

    /// A set of flags: some of `all`, or none, or bits that nobody knows.
    pub(crate) fn flags(&mut self, all: u32) -> u32 {
        let some = self.next() as u32 & self.next() as u32 & all;
        if self.percent(self.odd) { self.pick(&[0, u32::MAX, 1 << 31, all]) } else { some }
    }
}
