//! Positions by name: a hash table that keeps no copy of the names.
//!
//! The names stay with the entries, so an entry costs at most 16 bytes here. That is what keeps the memory
//! of a hostile file with tens of thousands of tiny keys within a small multiple of its size; the hash is
//! keyed at random, so that a file cannot choose names that collide.

use std::hash::{BuildHasher, RandomState};

/// Open addressing with linear probing over `position + 1`; 0 marks a free slot.
#[derive(Debug, Clone)]
pub(super) struct NameIndex {
    /// A power of two of slots, at least twice the capacity: a probe always meets a free slot.
    slots: Box<[u32]>,
    hasher: RandomState,
}

impl NameIndex {
    /// Room for `capacity` names.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        let slots = (2 * capacity).next_power_of_two().max(2);
        Self { slots: vec![0; slots].into_boxed_slice(), hasher: RandomState::new() }
    }

    /// The position of `name`, where `name_at` tells the name at a position.
    pub(super) fn find<'a>(&self, name: &str, name_at: impl Fn(usize) -> &'a str) -> Option<usize> {
        self.probe(name, name_at).ok()
    }

    /// Adds `name` at `position`; `false` if the name is there already.
    ///
    /// # Panics
    /// If `position` is not below the capacity.
    pub(super) fn insert<'a>(
        &mut self,
        name: &str,
        position: usize,
        name_at: impl Fn(usize) -> &'a str,
    ) -> bool {
        assert!(2 * position < self.slots.len(), "position {position} of {} slots", self.slots.len());
        match self.probe(name, name_at) {
            Ok(_) => false,
            Err(free) => {
                self.slots[free] = u32::try_from(position + 1).expect("limits keep counts below 2^32");
                true
            }
        }
    }

    /// The position of `name`, or else the slot where it belongs.
    fn probe<'a>(&self, name: &str, name_at: impl Fn(usize) -> &'a str) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = self.hasher.hash_one(name) as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return Err(slot),
                taken if name_at(taken as usize - 1) == name => return Ok(taken as usize - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_name_and_no_other() {
        for count in [0, 1, 2, 3, 100, 1000] {
            let names: Vec<String> = (0..count).map(|i| format!("name {i}")).collect();
            let mut index = NameIndex::with_capacity(count);
            for (position, name) in names.iter().enumerate() {
                assert!(index.insert(name, position, |i| &names[i]));
                assert!(!index.insert(name, position, |i| &names[i]));
            }
            for (position, name) in names.iter().enumerate() {
                assert_eq!(index.find(name, |i| &names[i]), Some(position));
            }
            assert_eq!(index.find("another", |i| &names[i]), None);
        }
    }
}
