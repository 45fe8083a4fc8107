//! Finds the beginning of a connection in whatever bytes a stream still holds.

use memchr::memmem;

pub const MAGIC: [u8; 8] = *b"\0VWRPC\r\n";
const WHOLE: usize = 16;

/// Sees every byte of a stream until a preamble is complete.
#[derive(Default)]
pub struct Hunter {
    carry: Vec<u8>,
}

impl Hunter {
    /// Takes the next bytes. With the nonce comes the number of `bytes` that belong to the preamble or what lay before it.
    pub fn push(&mut self, bytes: &[u8]) -> Option<([u8; 8], usize)> {
        let carried = self.carry.len();
        self.carry.extend(bytes);
        let mut from = 0;
        while let Some(found) = memmem::find(&self.carry[from..], &MAGIC) {
            let at = from + found;
            let Some(whole) = self.carry.get(at..at + WHOLE) else {
                self.carry.drain(..at);
                return None;
            };
            if whole[12..] != [0; 4] {
                let mut nonce = [0; 8];
                nonce.copy_from_slice(&whole[8..]);
                self.carry.clear();
                return Some((nonce, at + WHOLE - carried));
            }
            from = at + 1;
        }
        let keep = (MAGIC.len() - 1).min(self.carry.len() - from.min(self.carry.len()));
        self.carry.drain(..self.carry.len() - keep);
        None
    }
}

/// The tag that every frame of a connection ends with.
pub fn tag(nonce: &[u8; 8]) -> u32 {
    u32::from_be_bytes([nonce[4], nonce[5], nonce[6], nonce[7]])
}
