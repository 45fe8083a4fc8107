//! The codec against `docs/vectors.json`, and against bytes that nobody meant.

use serde_json::Value as Json;

use super::cbor::{self, Value};
use super::frame::{self, Header, Type, Violation, HEADER};
use super::preamble::{self, Hunter};
use crate::conversation::random::Random;

fn vectors() -> Json {
    serde_json::from_str(include_str!("../../../docs/vectors.json")).unwrap()
}

fn hex(json: &Json) -> Vec<u8> {
    let text = json.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn decode(bytes: &[u8], tag: u32) -> Result<(Header, &[u8]), Violation> {
    let header = Header::parse(bytes[..HEADER].try_into().unwrap())?;
    let (payload, trailer) = bytes[HEADER..].split_at(header.length);
    if trailer != tag.to_be_bytes() {
        return Err("bad_trailer");
    }
    let is_cbor = matches!(header.kind, Type::Hello | Type::Call | Type::Reply | Type::Goaway | Type::Forget);
    if is_cbor && cbor::decode(payload).is_none() {
        return Err("bad_cbor");
    }
    Ok((header, payload))
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => Value::Int(n.as_i64().unwrap()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(value).collect()),
        Json::Object(map) if map.contains_key("$bytes") => Value::Bytes(hex(&map["$bytes"])),
        Json::Object(map) => Value::Map(map.iter().map(|(key, item)| (key.clone(), value(item))).collect()),
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(key, item)| (key, sorted(item))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Map(entries)
        }
        other => other,
    }
}

#[test]
fn frames_are_decoded_and_built() {
    for vector in vectors()["frames"].as_array().unwrap() {
        let (bytes, tag, expected) = (hex(&vector["hex"]), vector["tag"].as_u64().unwrap() as u32, &vector["frame"]);
        let (header, payload) = decode(&bytes, tag).unwrap();
        assert_eq!(format!("{:?}", header.kind).to_uppercase(), expected["type"].as_str().unwrap());
        assert_eq!(u64::from(header.stream), expected["stream"].as_u64().unwrap());
        assert_eq!(u64::from(header.flags), expected["flags"].as_u64().unwrap());
        if header.kind == Type::Data {
            assert_eq!(u64::from(header.channel()), expected["channel"].as_u64().unwrap());
        }
        assert_eq!(payload, hex(&expected["payloadHex"]));
        assert_eq!(frame::build(header.kind, header.stream, header.flags, payload, tag), bytes, "{}", vector["name"]);
    }
}

#[test]
fn malformed_frames_are_told_apart() {
    for vector in vectors()["malformed"].as_array().unwrap() {
        let bytes = hex(&vector["hex"]);
        let error = decode(&bytes, vector["tag"].as_u64().unwrap() as u32).unwrap_err();
        assert_eq!(error, vector["error"].as_str().unwrap(), "{}", vector["name"]);
    }
}

#[test]
fn messages_keep_their_bytes() {
    for vector in vectors()["messages"].as_array().unwrap() {
        let bytes = hex(&vector["hex"]);
        let decoded = cbor::decode(&bytes).unwrap();
        assert_eq!(cbor::encode(&decoded), bytes, "{}", vector["name"]);
        assert_eq!(sorted(decoded), sorted(value(&vector["value"])), "{}", vector["name"]);
    }
}

#[test]
fn preambles_are_found_however_the_bytes_are_cut() {
    for vector in vectors()["preambles"].as_array().unwrap() {
        let bytes = hex(&vector["hex"]);
        for step in 1..=bytes.len() {
            let mut hunter = Hunter::default();
            let mut at = 0;
            let found = bytes.chunks(step).find_map(|chunk| {
                let found = hunter.push(chunk).map(|(nonce, used)| (nonce, at + used));
                at += chunk.len();
                found
            });
            let Some((nonce, used)) = found else {
                assert!(vector["nonceHex"].is_null(), "{}", vector["name"]);
                continue;
            };
            assert_eq!(nonce.to_vec(), hex(&vector["nonceHex"]), "{}", vector["name"]);
            assert_eq!(u64::from(preamble::tag(&nonce)), vector["tag"].as_u64().unwrap());
            assert_eq!(bytes[used..], hex(&vector["restHex"]), "{}", vector["name"]);
        }
    }
}

#[test]
fn random_bytes_never_panic_and_what_decodes_encodes_to_the_same() {
    let mut random = Random::new(0x5eed);
    let seeds: Vec<Vec<u8>> = vectors()["messages"].as_array().unwrap().iter().map(|vector| hex(&vector["hex"])).collect();
    for round in 0..200_000 {
        let mut bytes = if round % 2 == 0 {
            (0..random.next() % 40).map(|_| random.next() as u8).collect()
        } else {
            seeds[random.next() as usize % seeds.len()].clone()
        };
        for _ in 0..random.next() % 4 {
            if !bytes.is_empty() {
                let at = random.next() as usize % bytes.len();
                bytes[at] = random.next() as u8;
            }
        }
        if let Some(value) = cbor::decode(&bytes) {
            assert_eq!(cbor::encode(&value), bytes);
        }
        if let Some(header) = bytes.first_chunk::<HEADER>() {
            let _ = Header::parse(header);
        }
        let _ = Hunter::default().push(&bytes);
    }
}
