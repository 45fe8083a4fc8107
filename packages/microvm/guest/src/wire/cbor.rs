//! The protocol's subset of CBOR: definite lengths, shortest forms, text keys, no tags, no floats.

use std::collections::HashSet;

const MAX_DEPTH: usize = 16;
const MAX_INT: u64 = (1 << 53) - 1;

/// A decoded value. A map keeps the order in which its keys came, so that encoding it gives the same bytes again.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl Value {
    /// How many values it is made of, itself among them.
    pub fn count(&self) -> usize {
        match self {
            Value::Array(items) => 1 + items.iter().map(Value::count).sum::<usize>(),
            Value::Map(entries) => 1 + entries.iter().map(|(_, value)| value.count()).sum::<usize>(),
            _ => 1,
        }
    }
}

/// Decodes exactly one value; `None` for anything that is not of the subset, or is followed by more bytes.
pub fn decode(bytes: &[u8]) -> Option<Value> {
    let mut reader = Reader { bytes };
    let value = reader.value(0)?;
    reader.bytes.is_empty().then_some(value)
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        if n > self.bytes.len() {
            return None;
        }
        let (taken, rest) = self.bytes.split_at(n);
        self.bytes = rest;
        Some(taken)
    }

    fn head(&mut self) -> Option<(u8, u64)> {
        let first = self.take(1)?[0];
        let (major, info) = (first >> 5, first & 31);
        let (size, least) = match info {
            0..=23 => return Some((major, u64::from(info))),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return None,
        };
        let n = self.take(size)?.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        // A simple value in two bytes passes here and is refused by its meaning.
        (n >= least).then_some((major, n))
    }

    fn text(&mut self, length: u64) -> Option<String> {
        let bytes = self.take(usize::try_from(length).ok()?)?;
        Some(std::str::from_utf8(bytes).ok()?.to_owned())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let first = *self.bytes.first()?;
        let (major, n) = self.head()?;
        Some(match major {
            0 if n <= MAX_INT => Value::Int(n as i64),
            1 if n < MAX_INT => Value::Int(-1 - n as i64),
            2 => Value::Bytes(self.take(usize::try_from(n).ok()?)?.to_vec()),
            3 => Value::Text(self.text(n)?),
            4 if depth < MAX_DEPTH && n <= self.bytes.len() as u64 => {
                let mut items = Vec::new();
                for _ in 0..n {
                    items.push(self.value(depth + 1)?);
                }
                Value::Array(items)
            }
            5 if depth < MAX_DEPTH && n <= self.bytes.len() as u64 / 2 => Value::Map(self.entries(n, depth)?),
            7 if first == 0xf4 => Value::Bool(false),
            7 if first == 0xf5 => Value::Bool(true),
            7 if first == 0xf6 => Value::Null,
            _ => return None,
        })
    }

    fn entries(&mut self, n: u64, depth: usize) -> Option<Vec<(String, Value)>> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        let mut seen = HashSet::new();
        for _ in 0..n {
            let (major, length) = self.head()?;
            if major != 3 {
                return None;
            }
            let key = self.text(length)?;
            let is_new = if n <= 16 { entries.iter().all(|(other, _)| *other != key) } else { seen.insert(key.clone()) };
            if !is_new {
                return None;
            }
            let value = self.value(depth + 1)?;
            entries.push((key, value));
        }
        Some(entries)
    }
}

/// Writes values one after the other; the caller keeps the counts it announced.
#[derive(Default)]
pub struct Encoder {
    pub bytes: Vec<u8>,
}

impl Encoder {
    fn head(&mut self, major: u8, n: u64) {
        let top = major << 5;
        match n {
            0..=23 => self.bytes.push(top | n as u8),
            24..=0xff => self.bytes.extend([top | 24, n as u8]),
            0x100..=0xffff => {
                self.bytes.push(top | 25);
                self.bytes.extend((n as u16).to_be_bytes());
            }
            0x1_0000..=0xffff_ffff => {
                self.bytes.push(top | 26);
                self.bytes.extend((n as u32).to_be_bytes());
            }
            _ => {
                self.bytes.push(top | 27);
                self.bytes.extend(n.to_be_bytes());
            }
        }
    }

    pub fn map(&mut self, entries: usize) -> &mut Self {
        self.head(5, entries as u64);
        self
    }

    pub fn array(&mut self, items: usize) -> &mut Self {
        self.head(4, items as u64);
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.head(3, text.len() as u64);
        self.bytes.extend(text.as_bytes());
        self
    }

    pub fn data(&mut self, bytes: &[u8]) -> &mut Self {
        self.head(2, bytes.len() as u64);
        self.bytes.extend(bytes);
        self
    }

    /// Numbers past the protocol's range (a forged time stamp of a file, say) are brought to its edge.
    pub fn int(&mut self, n: i64) -> &mut Self {
        let n = n.clamp(-(MAX_INT as i64), MAX_INT as i64);
        if n < 0 {
            self.head(1, (-1 - n) as u64);
        } else {
            self.head(0, n as u64);
        }
        self
    }

    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.bytes.push(if value { 0xf5 } else { 0xf4 });
        self
    }

    pub fn value(&mut self, value: &Value) -> &mut Self {
        match value {
            Value::Null => self.bytes.push(0xf6),
            Value::Bool(b) => drop(self.bool(*b)),
            Value::Int(n) => drop(self.int(*n)),
            Value::Bytes(bytes) => drop(self.data(bytes)),
            Value::Text(text) => drop(self.text(text)),
            Value::Array(items) => {
                self.array(items.len());
                for item in items {
                    self.value(item);
                }
            }
            Value::Map(entries) => {
                self.map(entries.len());
                for (key, item) in entries {
                    self.text(key).value(item);
                }
            }
        }
        self
    }
}

/// The bytes of one value.
#[cfg(test)]
pub fn encode(value: &Value) -> Vec<u8> {
    let mut encoder = Encoder::default();
    encoder.value(value);
    encoder.bytes
}
