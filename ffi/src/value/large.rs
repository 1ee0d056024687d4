//! Natural numbers without a limit, as far as conversions between decimal and binary need them.

use std::cmp::Ordering;

/// A natural number: its digits in base 2³², the least first, without zeros at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Large(Vec<u32>);

impl From<u128> for Large {
    fn from(value: u128) -> Large {
        let digits = (0..4).map(|index| (value >> (32 * index)) as u32).collect();
        Large(digits).trimmed()
    }
}

impl Large {
    fn trimmed(mut self) -> Large {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Bits up to the highest one.
    pub(super) fn bits(&self) -> u32 {
        match self.0.last() {
            Some(last) => 32 * self.0.len() as u32 - last.leading_zeros(),
            None => 0,
        }
    }

    pub(super) fn multiply_add(&mut self, by: u32, more: u32) {
        let mut carry = u64::from(more);
        for digit in &mut self.0 {
            let product = u64::from(*digit) * u64::from(by) + carry;
            (*digit, carry) = (product as u32, product >> 32);
        }
        if carry != 0 {
            self.0.push(carry as u32);
        }
    }

    pub(super) fn multiply_by_power_of_ten(&mut self, power: u32) {
        for _ in 0..power / 9 {
            self.multiply_add(1_000_000_000, 0);
        }
        self.multiply_add(10_u32.pow(power % 9), 0);
    }

    pub(super) fn shift_left(&mut self, bits: u32) {
        if self.is_zero() {
            return;
        }
        self.multiply_add(1 << (bits % 32), 0);
        self.0.splice(0..0, std::iter::repeat_n(0, (bits / 32) as usize));
    }

    fn halve(&mut self) {
        let mut carry = 0;
        for digit in self.0.iter_mut().rev() {
            (*digit, carry) = (*digit >> 1 | carry, *digit << 31);
        }
        if self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    pub(super) fn sum(&self, other: &Large) -> Large {
        let length = self.0.len().max(other.0.len());
        let digit = |number: &Large, index: usize| number.0.get(index).copied().unwrap_or(0);
        let mut carry = 0;
        let mut digits: Vec<u32> = (0..length)
            .map(|index| {
                let sum = u64::from(digit(self, index)) + u64::from(digit(other, index)) + carry;
                carry = sum >> 32;
                sum as u32
            })
            .collect();
        digits.extend((carry != 0).then_some(carry as u32));
        Large(digits)
    }

    /// Takes away a number that is no larger.
    pub(super) fn subtract(&mut self, other: &Large) {
        let mut borrow = false;
        for (index, digit) in self.0.iter_mut().enumerate() {
            let (less, first) = digit.overflowing_sub(other.0.get(index).copied().unwrap_or(0));
            let (less, second) = less.overflowing_sub(borrow.into());
            (*digit, borrow) = (less, first || second);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// The quotient, which has at most so many bits, and the rest.
    pub(super) fn divide(mut self, divisor: &Large, bits: u32) -> (u128, Large) {
        let mut quotient = 0;
        let mut part = divisor.clone();
        part.shift_left(bits);
        for bit in (0..=bits).rev() {
            if self.cmp(&part) != Ordering::Less {
                self.subtract(&part);
                quotient |= 1 << bit;
            }
            part.halve();
        }
        (quotient, self)
    }
}

impl Ord for Large {
    fn cmp(&self, other: &Large) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

impl PartialOrd for Large {
    fn partial_cmp(&self, other: &Large) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
