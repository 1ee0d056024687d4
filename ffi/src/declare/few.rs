//! Short lists without an allocation.

/// A list whose first `N` elements lie in itself.
#[derive(Debug)]
pub(super) struct Few<T, const N: usize> {
    first: [Option<T>; N],
    count: usize,
    more: Vec<T>,
}

impl<T, const N: usize> Default for Few<T, N> {
    fn default() -> Few<T, N> {
        Few { first: [const { None }; N], count: 0, more: Vec::new() }
    }
}

impl<T, const N: usize> Few<T, N> {
    pub(super) fn push(&mut self, element: T) {
        match self.first.get_mut(self.count) {
            Some(place) => *place = Some(element),
            None => self.more.push(element),
        }
        self.count += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.first.iter().flatten().chain(&self.more)
    }

    #[inline]
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.first.iter_mut().take(self.count).flatten().chain(&mut self.more)
    }
}
