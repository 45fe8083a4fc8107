//! What a record of the journal says.

use crate::operation::{Hash, Key};
use crate::wire::cbor::{Encoder, Value};

/// The outcome of an operation as its record keeps it.
pub struct Finished {
    pub reply: Vec<u8>,
    pub output: Vec<u8>,
}

pub enum Entry {
    Begun {
        id: String,
        hash: Hash,
    },
    /// `file` is the number of the file with the output, where that was too large for the record, and the file's length.
    Finished {
        id: String,
        hash: Hash,
        file: Option<(u64, u64)>,
    },
    /// As if it had never been begun.
    Abandoned {
        id: String,
    },
    Dropped {
        id: String,
    },
    AllDropped {
        shorts: Vec<u8>,
    },
}

pub fn begun(key: &Key) -> Vec<u8> {
    let mut record = Encoder::default();
    record.map(3).text("is").text("begun").text("id").text(&key.id).text("hash").data(&key.hash);
    record.bytes
}

pub fn finished(key: &Key, reply: &[u8], output: &[u8], file: Option<(u64, u64)>) -> Vec<u8> {
    let mut record = Encoder::default();
    record.map(if file.is_some() { 7 } else { 5 });
    record.text("is").text("finished").text("id").text(&key.id).text("hash").data(&key.hash);
    record.text("reply").data(reply).text("output").data(output);
    if let Some((number, length)) = file {
        record.text("file").int(number as i64).text("length").int(length as i64);
    }
    record.bytes
}

pub fn abandoned(id: &str) -> Vec<u8> {
    let mut record = Encoder::default();
    record.map(2).text("is").text("abandoned").text("id").text(id);
    record.bytes
}

pub fn dropped(id: &str) -> Vec<u8> {
    let mut record = Encoder::default();
    record.map(2).text("is").text("dropped").text("id").text(id);
    record.bytes
}

pub fn all_dropped(shorts: &[u8]) -> Vec<u8> {
    let mut record = Encoder::default();
    record.map(2).text("is").text("all dropped").text("shorts").data(shorts);
    record.bytes
}

fn get<'a>(map: &'a [(String, Value)], key: &str) -> Option<&'a Value> {
    map.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn text<'a>(map: &'a [(String, Value)], key: &str) -> Option<&'a str> {
    match get(map, key) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn bytes<'a>(map: &'a [(String, Value)], key: &str) -> Option<&'a [u8]> {
    match get(map, key) {
        Some(Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

fn number(map: &[(String, Value)], key: &str) -> Option<u64> {
    match get(map, key) {
        Some(Value::Int(n)) => u64::try_from(*n).ok(),
        _ => None,
    }
}

/// `None` for a record of another generation of the journal.
pub fn parse(record: &Value) -> Option<Entry> {
    let Value::Map(map) = record else { return None };
    if text(map, "is")? == "all dropped" {
        return Some(Entry::AllDropped { shorts: bytes(map, "shorts")?.to_vec() });
    }
    let id = text(map, "id")?.to_owned();
    let hash = || bytes(map, "hash")?.try_into().ok();
    Some(match text(map, "is")? {
        "begun" => Entry::Begun { id, hash: hash()? },
        "finished" => {
            let file = number(map, "file").zip(number(map, "length"));
            Entry::Finished { id, hash: hash()?, file }
        }
        "abandoned" => Entry::Abandoned { id },
        "dropped" => Entry::Dropped { id },
        _ => return None,
    })
}

pub fn outcome(record: &Value) -> Option<Finished> {
    let Value::Map(map) = record else { return None };
    Some(Finished { reply: bytes(map, "reply")?.to_vec(), output: bytes(map, "output")?.to_vec() })
}
