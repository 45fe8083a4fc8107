//! Chance that can be repeated, and the vectors as raw material.

use serde_json::Value as Json;

use crate::wire::cbor::{self, Value};

/// xorshift64*
pub struct Random(u64);

impl Random {
    /// Seeded by `VIBEWRITER_FUZZ_SEED`, else always the same.
    pub fn new(own: u64) -> Random {
        let given = std::env::var("VIBEWRITER_FUZZ_SEED").ok().map(|seed| seed.parse::<u64>().unwrap());
        Random((given.unwrap_or(1) ^ own.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    pub fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next() as u8).collect()
    }

    /// Turns a few bytes, takes some away, or puts some in.
    pub fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..self.below(4) {
            let at = self.below(bytes.len().max(1));
            match self.below(4) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at.min(bytes.len()), self.next() as u8),
                _ if !bytes.is_empty() => bytes[at] = self.next() as u8,
                _ => {}
            }
        }
    }

    /// Anything that can be said.
    pub fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth < 4 { 10 } else { 7 }) {
            0 => Value::Null,
            1 => Value::Bool(self.one_in(2)),
            2 => Value::Int(self.next() as i64 >> 11),
            3 => Value::Int(self.below(300) as i64 - 20),
            4 => Value::Bytes(self.bytes(40)),
            5 => Value::Text(self.pick(&["", "/", "/workspace", "..", "a\0b", "ü", "/workspace/../x", "{a,b}", "**"]).to_owned()),
            6 => Value::Text("x".repeat(self.below(5_000))),
            7 => Value::Array((0..self.below(5)).map(|_| self.value(depth + 1)).collect()),
            _ => Value::Map((0..self.below(5)).map(|n| (format!("k{n}"), self.value(depth + 1))).collect()),
        }
    }
}

fn vectors() -> Json {
    serde_json::from_str(include_str!("../../../docs/vectors.json")).unwrap()
}

fn hex(json: &Json) -> Vec<u8> {
    let text = json.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The frames of the vectors, right and wrong ones, all with the same trailer, which they end with.
pub fn frames() -> Vec<Vec<u8>> {
    let vectors = vectors();
    let all = ["frames", "malformed"].map(|key| vectors[key].as_array().unwrap().clone()).concat();
    all.iter().map(|vector| hex(&vector["hex"])).collect()
}

/// The messages of the vectors that are calls.
pub fn calls() -> Vec<(String, Value)> {
    let messages = vectors()["messages"].as_array().unwrap().clone();
    let decoded = messages.iter().map(|vector| (vector["name"].as_str().unwrap().to_owned(), cbor::decode(&hex(&vector["hex"]))));
    let is_call = |value: &Value| matches!(value, Value::Map(entries) if entries.iter().any(|(key, _)| key == "op"));
    decoded.filter_map(|(name, value)| Some((name, value?))).filter(|(_, value)| is_call(value)).collect()
}
