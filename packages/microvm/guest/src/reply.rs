//! The payloads of REPLY frames.

use crate::fault::{Code, Fault};
use crate::wire::cbor::Encoder;

/// A call's answer: `frames` are DATA frames still to be sent, in the same write as the REPLY.
pub struct Answer {
    pub frames: Vec<u8>,
    pub payload: Vec<u8>,
}

/// Begins `{ok: {...}}` with that many entries, which the caller then writes.
pub fn ok(entries: usize) -> Encoder {
    let mut encoder = Encoder::default();
    encoder.map(1).text("ok").map(entries);
    encoder
}

pub fn empty() -> Answer {
    ok(0).into()
}

impl From<Encoder> for Answer {
    fn from(encoder: Encoder) -> Answer {
        Answer { frames: Vec::new(), payload: encoder.bytes }
    }
}

/// The longest error message, so that a reply to a long path stays small.
const MAX_MESSAGE: usize = 1_000;

pub fn error(fault: &Fault) -> Vec<u8> {
    let mut end = fault.message.len().min(MAX_MESSAGE);
    while !fault.message.is_char_boundary(end) {
        end -= 1;
    }
    let mut encoder = Encoder::default();
    encoder.map(1).text("error").map(2);
    encoder.text("code").text(fault.code.name()).text("message").text(&fault.message[..end]);
    encoder.bytes
}

pub fn too_many_streams() -> Vec<u8> {
    let message = "Too many calls are open on this connection; wait for some of them.".to_owned();
    error(&Fault { code: Code::TooManyStreams, message })
}

pub fn too_many_values() -> Vec<u8> {
    let message = "The call has more than 16,384 values in its arguments; put them in a file.".to_owned();
    error(&Fault { code: Code::TooLarge, message })
}
