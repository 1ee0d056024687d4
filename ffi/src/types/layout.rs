//! The layout rules of structs and unions: which bit each member begins at.

use super::BitFieldLayout;

/// The members placed so far, and the rules for the next one.
pub(super) struct Layout {
    rule: BitFieldLayout,
    /// Whether the members overlay each other: a union.
    overlay: bool,
    packed: Option<u64>,
    /// The next free bit.
    bit: u64,
    /// Behind the last bit of all members.
    end: u64,
    /// Microsoft's rule: size in bytes of the open storage unit of bit-fields, and the bit where it ends.
    unit: Option<(u64, u64)>,
    natural: u64,
    required: u64,
}

/// What is said of a bit-field beside its type and width.
#[derive(Clone, Copy)]
pub(super) struct Bits {
    pub(super) named: bool,
    pub(super) packed: bool,
    /// The alignment in bytes that was asked for with it.
    pub(super) aligned: Option<u64>,
}

/// What the members' places make of the whole.
pub(super) struct Extent {
    /// Bytes, padding at the end included.
    pub(super) size: u64,
    pub(super) alignment: u64,
    /// The alignment that the members alone ask for, before the whole was aligned.
    pub(super) natural: u64,
    /// The part of it that was asked for by `aligned`: all of it if that was said of the whole, even to no effect.
    pub(super) required: u64,
}

impl Layout {
    pub(super) fn new(rule: BitFieldLayout, overlay: bool, packed: Option<usize>) -> Layout {
        let packed = packed.map(|limit| limit as u64);
        let (bit, end, unit) = (0, 0, None);
        Layout { rule, overlay, packed, bit, end, unit, natural: 1, required: 1 }
    }

    /// Places a member of `size` bytes; returns its first bit. `aligned` was asked for with the member; `required` was asked
    /// for there or in its type: Microsoft's compilers keep that under any packing.
    pub(super) fn place(&mut self, size: u64, natural: u64, aligned: u64, required: u64) -> u64 {
        self.begin();
        let mut alignment = self.limited(natural).max(self.requested(aligned));
        if self.rule == BitFieldLayout::Microsoft {
            alignment = alignment.max(required);
            if self.unit.take().is_some() && !self.overlay {
                self.bit = self.end;
            }
        }
        let first = self.bit.next_multiple_of(8 * alignment);
        self.advance(first + 8 * size);
        self.natural = self.natural.max(alignment);
        self.required = self.required.max(required);
        first
    }

    /// Places a bit-field declared with an integer type of `unit` bytes; returns its first bit.
    pub(super) fn place_bits(&mut self, width: u64, unit: u64, bits: Bits) -> u64 {
        self.begin();
        let Bits { named, packed, aligned } = bits;
        match self.rule {
            BitFieldLayout::Microsoft => self.place_in_unit(width, unit),
            BitFieldLayout::Packed | BitFieldLayout::Aapcs64 => {
                let aligned = aligned.map(|aligned| self.requested(aligned));
                // One that is aligned begins with a byte, whatever the alignment.
                self.bit = self.bit.next_multiple_of(aligned.map_or(1, |aligned| 8 * aligned));
                let aligned = aligned.unwrap_or(1);
                // Under any packing, bit-fields may straddle (gcc and clang agree).
                let packs = packed || self.packed.is_some();
                let straddles = !packs && self.bit % (8 * unit) + width > 8 * unit;
                if width == 0 || straddles {
                    self.bit = self.bit.next_multiple_of(8 * unit);
                }
                let first = self.bit;
                self.advance(first + width);
                // AAPCS64, "Bit-fields": one without a name, of width zero too, aligns the whole as one with a name does.
                let aligns = match self.rule {
                    BitFieldLayout::Aapcs64 if width == 0 => unit,
                    BitFieldLayout::Packed if !named => 1,
                    // A limit on the whole is stronger than the bit-field's own packing.
                    _ if packed && self.packed.is_none() => aligned,
                    _ => self.limited(unit).max(aligned),
                };
                self.natural = self.natural.max(aligns);
                first
            }
        }
    }

    /// Microsoft's rule: a bit-field goes into the open storage unit if that is of the same size and has the room, or else
    /// opens one. One of width zero counts behind another bit-field alone.
    fn place_in_unit(&mut self, width: u64, unit: u64) -> u64 {
        let alignment = self.limited(unit);
        let open = self.unit.take();
        if width == 0 && open.is_none() {
            return self.bit;
        }
        if self.overlay {
            // In a union the type of a bit-field counts by its size, not by its alignment.
            self.end = self.end.max(8 * unit);
            self.unit = (width > 0).then_some((unit, 0));
            return 0;
        }
        if let Some((size, end)) = open.filter(|_| width > 0)
            && size == unit
            && self.bit + width <= end
        {
            self.unit = open;
            self.bit += width;
            return self.bit - width;
        }
        let start = self.end.next_multiple_of(8 * alignment);
        self.natural = self.natural.max(alignment);
        self.unit = (width > 0).then_some((unit, start + 8 * unit));
        self.end = if width > 0 { start + 8 * unit } else { start };
        self.bit = start + width;
        start
    }

    /// The whole, aligned to at least `aligned` bytes.
    pub(super) fn finish(self, aligned: Option<usize>) -> Extent {
        let Layout { natural, end, .. } = self;
        let alignment = natural.max(aligned.unwrap_or(1) as u64);
        let size = end.div_ceil(8).next_multiple_of(alignment);
        let required = if aligned.is_some() { alignment } else { self.required };
        Extent { size, alignment, natural, required }
    }

    /// The bits taken so far.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    fn begin(&mut self) {
        if self.overlay {
            self.bit = 0;
        }
    }

    fn advance(&mut self, bit: u64) {
        self.bit = bit;
        self.end = self.end.max(bit);
    }

    /// What remains of an alignment that was asked for with a member: `packed` leaves it, `#pragma pack` limits it too (gcc
    /// and clang agree).
    fn requested(&self, alignment: u64) -> u64 {
        if self.packed == Some(1) { alignment } else { self.limited(alignment) }
    }

    fn limited(&self, alignment: u64) -> u64 {
        alignment.min(self.packed.unwrap_or(u64::MAX))
    }
}
