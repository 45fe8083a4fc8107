//! Patterns of paths: `*`, `?`, `[...]`, `**`, `{a,b}`. `*` and `?` match a leading dot too, but never a slash.

use crate::fault::{fault, Code, Outcome};

/// Alternatives that one pattern may stand for.
const MAX_ALTERNATIVES: usize = 256;
const MAX_LENGTH: usize = 4_096;
/// Each may be looked for its end in all that follows, in each alternative.
const MAX_BRACES: usize = 64;

/// A compiled pattern, matched against a path relative to where the search began.
pub struct Glob {
    alternatives: Vec<Vec<Part>>,
}

enum Part {
    /// `**`: any number of directories, none included.
    Directories,
    Name(Vec<char>),
}

impl Glob {
    pub fn new(pattern: &str) -> Outcome<Glob> {
        if pattern.is_empty() || pattern.len() > MAX_LENGTH {
            return fault(Code::InvalidArgument, "The pattern is empty or too long.");
        }
        if pattern.matches('{').count() > MAX_BRACES {
            return fault(Code::InvalidArgument, "The pattern has too many braces.");
        }
        let Some(alternatives) = expand(pattern) else {
            return fault(Code::InvalidArgument, "The pattern has too many alternatives.");
        };
        let parts = |pattern: &String| pattern.split('/').filter(|part| !part.is_empty() && *part != ".").map(part).collect();
        Ok(Glob { alternatives: alternatives.iter().map(parts).collect() })
    }

    /// Whether the pattern is met by the path whose names these are.
    pub fn matches(&self, names: &[&str]) -> bool {
        self.alternatives.iter().any(|parts| match_parts(parts, names))
    }

    /// Whether something inside the directory whose names these are may match.
    pub fn may_match_inside(&self, names: &[&str]) -> bool {
        self.alternatives.iter().any(|parts| leads_on(parts, names))
    }
}

fn part(text: &str) -> Part {
    if text == "**" {
        return Part::Directories;
    }
    Part::Name(text.chars().collect())
}

/// Resolves the first `{...}`, then the others. `None` if that makes too many.
fn expand(pattern: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        if done.len() + open.len() > MAX_ALTERNATIVES {
            return None;
        }
        match braces(&pattern) {
            None => done.push(pattern),
            Some((_, _, choices)) if choices.len() > MAX_ALTERNATIVES => return None,
            Some((start, end, choices)) => {
                for choice in choices {
                    open.push(format!("{}{choice}{}", &pattern[..start], &pattern[end..]));
                }
            }
        }
    }
    Some(done)
}

/// The first pair of braces that holds a comma: where it starts, where it ends, and its choices. Others are plain text.
fn braces(pattern: &str) -> Option<(usize, usize, Vec<&str>)> {
    for (start, _) in pattern.match_indices('{') {
        let mut depth = 0;
        let mut choices = Vec::new();
        let mut from = start + 1;
        for (at, char) in pattern[start..].char_indices().map(|(at, char)| (start + at, char)) {
            match char {
                '{' => depth += 1,
                ',' if depth == 1 => {
                    choices.push(&pattern[from..at]);
                    from = at + 1;
                }
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                if choices.is_empty() {
                    break;
                }
                choices.push(&pattern[from..at]);
                return Some((start, at + 1, choices));
            }
        }
    }
    None
}

fn match_parts(parts: &[Part], names: &[&str]) -> bool {
    // Going back to the last `**` is enough: an earlier one can take no more than it could.
    let (mut part, mut name) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        match parts.get(part) {
            Some(Part::Directories) => {
                back = Some((part, name));
                part += 1;
                continue;
            }
            Some(Part::Name(pattern)) if name < names.len() && match_name(pattern, names[name]) => {
                part += 1;
                name += 1;
                continue;
            }
            None if name == names.len() => return true,
            _ => {}
        }
        match back {
            Some((at, taken)) if taken < names.len() => {
                back = Some((at, taken + 1));
                part = at + 1;
                name = taken + 1;
            }
            _ => return false,
        }
    }
}

fn leads_on(parts: &[Part], names: &[&str]) -> bool {
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Directories => return true,
            Part::Name(_) if at >= names.len() => return true,
            Part::Name(pattern) if !match_name(pattern, names[at]) => return false,
            Part::Name(_) => {}
        }
    }
    false
}

fn match_name(pattern: &[char], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(p) {
            Some('*') => {
                back = Some((p, n));
                p += 1;
                continue;
            }
            None if n == name.len() => return true,
            None => None,
            Some(_) if n == name.len() => None,
            Some('?') => Some(p + 1),
            Some('[') => match_class(&pattern[p..], name[n])
                .map_or_else(|| (name[n] == '[').then_some(p + 1), |(length, is_in)| is_in.then_some(p + length)),
            Some('\\') if p + 1 < pattern.len() => (pattern[p + 1] == name[n]).then_some(p + 2),
            Some(char) => (*char == name[n]).then_some(p + 1),
        };
        match (step, back) {
            (Some(next), _) => {
                p = next;
                n += 1;
            }
            (None, Some((star, taken))) if taken < name.len() => {
                back = Some((star, taken + 1));
                p = star + 1;
                n = taken + 1;
            }
            _ => return false,
        }
    }
}

/// The length of the class `[...]` that `pattern` begins with and whether `char` is in it. `None` if it is never closed.
fn match_class(pattern: &[char], char: char) -> Option<(usize, bool)> {
    let is_negated = matches!(pattern.get(1), Some('!' | '^'));
    let first = 1 + usize::from(is_negated);
    let mut at = first;
    let mut is_in = false;
    loop {
        match *pattern.get(at)? {
            ']' if at > first => return Some((at + 1, is_in != is_negated)),
            low => {
                let range = pattern.get(at + 1) == Some(&'-') && pattern.get(at + 2).is_some_and(|high| *high != ']');
                let high = if range { pattern[at + 2] } else { low };
                is_in |= (low..=high).contains(&char);
                at += if range { 3 } else { 1 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::new(pattern).unwrap().matches(&path.split('/').collect::<Vec<_>>())
    }

    #[test]
    fn patterns_match_what_they_say() {
        for (pattern, path) in [
            ("*.md", "a.md"),
            ("*", ".hidden"),
            ("**/*.md", "a.md"),
            ("**/*.md", "x/y/a.md"),
            ("**", "x/y"),
            ("x/**/z", "x/z"),
            ("x/**/z", "x/a/b/z"),
            ("**/a/**/b", "a/x/a/y/b"),
            ("?at", "cat"),
            ("[a-c]x", "bx"),
            ("[!a-c]x", "dx"),
            ("[]]x", "]x"),
            ("[x", "[x"),
            ("{a,b}.{md,txt}", "b.txt"),
            ("{a,{b,c}}", "c"),
            ("{a}", "{a}"),
            ("src/{x,y/z}/*.rs", "src/y/z/m.rs"),
            ("\\*", "*"),
            ("a*b*c", "aXbXbc"),
            ("ünï*", "ünïcode"),
            ("./a", "a"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("*.md", "x/a.md"),
            ("*", "a/b"),
            ("a", "b"),
            ("**/z/*", "z"),
            ("?", "ab"),
            ("[!a]", "a"),
            ("{a,b}", "c"),
            ("\\*", "x"),
            ("x/**/z", "y/z"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn directories_that_lead_nowhere_are_passed_over() {
        let inside =
            |pattern: &str, path: &str| Glob::new(pattern).unwrap().may_match_inside(&path.split('/').collect::<Vec<_>>());
        assert!(inside("src/*.rs", "src"));
        assert!(inside("**/a", "any/where"));
        assert!(!inside("src/*.rs", "docs"));
        assert!(!inside("*.rs", "src"));
    }

    #[test]
    fn hostile_patterns_are_answered_soon() {
        assert!(!matches(&"*a".repeat(200), &"a".repeat(199)));
        assert!(Glob::new(&"{a,b}".repeat(40)).is_err());
        assert!(Glob::new(&format!("{}{}", "{a,b}".repeat(8), "{".repeat(2_000))).is_err());
        assert!(Glob::new(&format!("{{{}}}", ",".repeat(3_000))).is_err());
        assert!(Glob::new("").is_err());
    }
}
