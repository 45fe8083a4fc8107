//! The wire contract of `docs/protocol.md`: bytes in, frames and values out, and back.

pub mod cbor;
pub mod frame;
pub mod preamble;
#[cfg(test)]
mod vectors;
