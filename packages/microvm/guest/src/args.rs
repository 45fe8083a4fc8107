//! The arguments of a call, taken one by one; what nobody took is refused.

use crate::fault::{fault, Code, Outcome};
use crate::wire::cbor::Value;

pub struct Args(Vec<(String, Value)>);

const MAX_SAFE: i64 = (1 << 53) - 1;

impl Args {
    pub fn new(entries: Vec<(String, Value)>) -> Args {
        Args(entries)
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.swap_remove(at).1)
    }

    fn required<T>(&mut self, key: &str, value: Option<T>) -> Outcome<T> {
        value.map_or_else(|| fault(Code::InvalidArgument, format!("The argument `{key}` is missing.")), Ok)
    }

    fn wrong<T>(key: &str, expected: &str) -> Outcome<T> {
        fault(Code::InvalidArgument, format!("The argument `{key}` must be {expected}."))
    }

    pub fn opt_text(&mut self, key: &str) -> Outcome<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            // Everything that is text ends up in a system call, where a NUL would cut it.
            Some(Value::Text(text)) if !text.contains('\0') => Ok(Some(text)),
            Some(_) => Args::wrong(key, "text without NUL"),
        }
    }

    pub fn text(&mut self, key: &str) -> Outcome<String> {
        let value = self.opt_text(key)?;
        self.required(key, value)
    }

    /// Text that may hold any character, for contents rather than names.
    pub fn content(&mut self, key: &str) -> Outcome<String> {
        match self.take(key) {
            Some(Value::Text(text)) => Ok(text),
            Some(_) => Args::wrong(key, "text"),
            None => self.required(key, None),
        }
    }

    pub fn opt_uint(&mut self, key: &str) -> Outcome<Option<u64>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Int(n)) if (0..=MAX_SAFE).contains(&n) => Ok(Some(n as u64)),
            Some(_) => Args::wrong(key, "a whole number from 0"),
        }
    }

    pub fn uint(&mut self, key: &str) -> Outcome<u64> {
        let value = self.opt_uint(key)?;
        self.required(key, value)
    }

    /// A whole number from `least` to `most`.
    pub fn opt_within(&mut self, key: &str, least: u64, most: u64) -> Outcome<Option<u64>> {
        match self.opt_uint(key)? {
            Some(n) if !(least..=most).contains(&n) => Args::wrong(key, &format!("a whole number from {least} to {most}")),
            n => Ok(n),
        }
    }

    pub fn within(&mut self, key: &str, least: u64, most: u64) -> Outcome<u64> {
        let value = self.opt_within(key, least, most)?;
        self.required(key, value)
    }

    /// A map with arguments of its own.
    pub fn opt_map(&mut self, key: &str) -> Outcome<Option<Args>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Map(entries)) => Ok(Some(Args(entries))),
            Some(_) => Args::wrong(key, "a map"),
        }
    }

    pub fn flag(&mut self, key: &str, default: bool) -> Outcome<bool> {
        match self.take(key) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Args::wrong(key, "true or false"),
        }
    }

    pub fn mode(&mut self) -> Outcome<Option<u32>> {
        match self.opt_uint("mode")? {
            Some(mode) if mode > 0o7777 => Args::wrong("mode", "permission bits, 0 to 0o7777"),
            mode => Ok(mode.map(|mode| mode as u32)),
        }
    }

    pub fn bytes(&mut self, key: &str) -> Outcome<Vec<u8>> {
        match self.take(key) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            Some(_) => Args::wrong(key, "bytes"),
            None => self.required(key, None),
        }
    }

    /// A program and its arguments.
    pub fn argv(&mut self) -> Outcome<Vec<String>> {
        let expected = "an array of text without NUL, the program first";
        let Some(Value::Array(items)) = self.take("argv") else {
            return Args::wrong("argv", expected);
        };
        let texts = items.into_iter().map(|item| match item {
            Value::Text(text) if !text.contains('\0') => Some(text),
            _ => None,
        });
        match texts.collect::<Option<Vec<String>>>() {
            Some(argv) if argv.first().is_some_and(|program| !program.is_empty()) => Ok(argv),
            _ => Args::wrong("argv", expected),
        }
    }

    pub fn env(&mut self) -> Outcome<Vec<(String, String)>> {
        let expected = "a map of names to text";
        let entries = match self.take("env") {
            None => return Ok(Vec::new()),
            Some(Value::Map(entries)) => entries,
            Some(_) => return Args::wrong("env", expected),
        };
        let pairs = entries.into_iter().map(|(name, value)| match value {
            Value::Text(text) if !text.contains('\0') && !name.is_empty() && !name.contains(['=', '\0']) => Some((name, text)),
            _ => None,
        });
        pairs.collect::<Option<Vec<_>>>().map_or_else(|| Args::wrong("env", expected), Ok)
    }

    /// Everything must have been taken by now.
    pub fn done(self) -> Outcome<()> {
        match self.0.first() {
            Some((key, _)) => fault(Code::InvalidArgument, format!("`{key}` is no argument of this call.")),
            None => Ok(()),
        }
    }
}
