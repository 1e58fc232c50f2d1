//! What the benches share: the shapes of Kokoro's layers, the processor's peaks, and how a measurement is told.
#![allow(dead_code, reason = "no bench uses everything")]

pub mod measured;
pub mod peaks;
pub mod shapes;
pub mod spoken;
