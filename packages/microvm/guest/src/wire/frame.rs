//! One frame: its header's rules, and how it is put into a buffer without copying its payload.

pub const MAX_PAYLOAD: usize = 262_144;
pub const MAX_CALL: usize = 65_536;
pub const HEADER: usize = 12;
pub const TRAILER: usize = 4;
pub const END: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Type {
    Hello = 1,
    Call = 2,
    Data = 3,
    Reply = 4,
    Window = 5,
    Cancel = 6,
    Goaway = 7,
    Ping = 8,
    Pong = 9,
    Forget = 10,
}

const TYPES: [Type; 10] = [
    Type::Hello,
    Type::Call,
    Type::Data,
    Type::Reply,
    Type::Window,
    Type::Cancel,
    Type::Goaway,
    Type::Ping,
    Type::Pong,
    Type::Forget,
];

/// What a peer did wrong; the text is the message of the GOAWAY it gets.
pub type Violation = &'static str;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub length: usize,
    pub stream: u32,
    pub kind: Type,
    pub flags: u8,
}

impl Header {
    /// Checks everything that a header alone can tell.
    pub fn parse(bytes: &[u8; HEADER]) -> Result<Header, Violation> {
        let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let length = word(0) as usize;
        if length > MAX_PAYLOAD {
            return Err("bad_length");
        }
        let kind = TYPES.into_iter().find(|kind| *kind as u8 == bytes[8]).ok_or("bad_type")?;
        let (stream, flags) = (word(4), bytes[9]);
        let allowed = match kind {
            Type::Data if flags & 6 != 6 => 7,
            Type::Call => END,
            _ => 0,
        };
        if flags & !allowed != 0 {
            return Err("bad_flags");
        }
        if bytes[10] != 0 || bytes[11] != 0 {
            return Err("bad_reserved");
        }
        let of_connection = matches!(kind, Type::Hello | Type::Goaway | Type::Ping | Type::Pong | Type::Forget);
        if of_connection != (stream == 0) {
            return Err("bad_stream");
        }
        let length_holds = match kind {
            Type::Call => length <= MAX_CALL,
            Type::Window => length == 4,
            Type::Cancel => length == 0,
            Type::Ping | Type::Pong => length == 8,
            _ => true,
        };
        if !length_holds {
            return Err("bad_length");
        }
        Ok(Header { length, stream, kind, flags })
    }

    pub fn is_end(&self) -> bool {
        self.flags & END != 0
    }

    pub fn channel(&self) -> u8 {
        self.flags >> 1 & 3
    }
}

/// Leaves room for a header at the end of `out`; the payload is then appended and `close` called with what this returned.
pub fn open(out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.resize(start + HEADER, 0);
    start
}

/// Fills in the header of the frame that `open` began at `start` and appends its trailer.
pub fn close(out: &mut Vec<u8>, start: usize, kind: Type, stream: u32, flags: u8, tag: u32) {
    let length = (out.len() - start - HEADER) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    out[start + 4..start + 8].copy_from_slice(&stream.to_be_bytes());
    out[start + 8] = kind as u8;
    out[start + 9] = flags;
    out.extend(tag.to_be_bytes());
}

/// One frame in a buffer of its own.
pub fn build(kind: Type, stream: u32, flags: u8, payload: &[u8], tag: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + payload.len() + TRAILER);
    let start = open(&mut out);
    out.extend(payload);
    close(&mut out, start, kind, stream, flags, tag);
    out
}
