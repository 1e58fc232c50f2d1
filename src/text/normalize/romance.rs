//! The languages read by espeak-ng.
use super::english::Date;
use super::scan::{Edits, Scan};
use crate::text::Language;
pub(super) fn rule(_scan: &Scan<'_>, _at: usize, _c: char) -> Option<Edits> {
    None
}
pub(super) fn ordinal(_value: u64, _language: Language) -> Option<String> {
    None
}
pub(super) fn spoken_date(_date: Date, _language: Language) -> Option<String> {
    None
}
pub(super) fn spoken_time(_hour: u64, _minute: u64, _language: Language) -> Option<String> {
    None
}
