//! The calls that look through a tree of directories: glob and grep. Links to directories are not followed.

use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd};

use crate::args::Args;
use crate::call::Context;
use crate::directory::{self, Entries, Entry};
use crate::fault::{fault, Code, OrFault, Outcome};
use crate::files::Listing;
use crate::glob::Glob;
use crate::grep::Search;
use crate::path::{self, GuestPath};
use crate::reply::Answer;

/// Directories below the one a search begins in.
const MAX_DEPTH: usize = 128;

/// What a walk comes upon.
pub struct Found<'a> {
    pub directory: &'a OwnedFd,
    pub name: &'a CString,
    /// The names from where the walk began down to this one.
    pub names: &'a [&'a str],
    /// One of `libc::DT_*`.
    pub kind: u8,
}

impl Found<'_> {
    /// Asked only of what is wanted: on a large tree most of the time would go into it.
    fn stat(&self) -> std::io::Result<libc::stat> {
        path::stat_at(self.directory.as_raw_fd(), self.name)
    }
}

#[derive(PartialEq)]
pub enum Step {
    Into,
    Past,
    Stop,
}

struct Level {
    directory: OwnedFd,
    /// In descending order, since they are taken from the end.
    entries: Vec<Entry>,
    is_cut: bool,
}

fn level(directory: OwnedFd) -> std::io::Result<Level> {
    let Entries { mut all, is_cut } = directory::entries(directory.as_raw_fd())?;
    all.sort_unstable_by(|a, b| b.cmp(a));
    Ok(Level { directory, entries: all, is_cut })
}

/// Visits everything below `directory` in the order of names. What may not be read, or goes away meanwhile, is passed over. True
/// if a directory holds more than can be visited.
fn walk(context: &Context, directory: OwnedFd, mut visit: impl FnMut(&Found) -> Outcome<Step>) -> Outcome<bool> {
    let mut levels = vec![level(directory).or_fault("the directory")?];
    let mut is_cut = levels[0].is_cut;
    let mut names: Vec<String> = Vec::new();
    let mut visited = 0u32;
    while let Some(top) = levels.last_mut() {
        let Some(Entry { name, kind }) = top.entries.pop() else {
            levels.pop();
            names.pop();
            continue;
        };
        visited += 1;
        if visited % 256 == 0 && context.operation.is_unwanted() {
            return fault(Code::Cancelled, "The search was ended by the host.");
        }
        let Some(kind) = known_kind(&top.directory, &name, kind) else { continue };
        names.push(name.to_string_lossy().into_owned());
        let step = {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            visit(&Found { directory: &top.directory, name: &name, names: &names, kind })?
        };
        if step == Step::Stop {
            return Ok(is_cut);
        }
        let inner = (kind == libc::DT_DIR && step == Step::Into && levels.len() < MAX_DEPTH)
            .then(|| directory::open(levels[levels.len() - 1].directory.as_raw_fd(), &name).and_then(level));
        match inner {
            Some(Ok(inner)) => {
                is_cut |= inner.is_cut;
                levels.push(inner);
            }
            _ => drop(names.pop()),
        }
    }
    Ok(is_cut)
}

/// Not all file systems tell what an entry is. `None` if it has gone away.
fn known_kind(directory: &OwnedFd, name: &CString, kind: u8) -> Option<u8> {
    if kind != libc::DT_UNKNOWN {
        return Some(kind);
    }
    let stat = path::stat_at(directory.as_raw_fd(), name).ok()?;
    Some(match stat.st_mode & libc::S_IFMT {
        libc::S_IFDIR => libc::DT_DIR,
        libc::S_IFREG => libc::DT_REG,
        _ => libc::DT_UNKNOWN,
    })
}

/// The absolute path of what was found below `base`.
fn full_path(base: &GuestPath, names: &[&str]) -> String {
    let mut path = base.text().trim_end_matches('/').to_owned();
    for name in names {
        path.push('/');
        path.push_str(name);
    }
    path
}

pub fn glob(context: &Context, mut args: Args) -> Outcome<Answer> {
    let pattern = args.text("pattern")?;
    let mut base = GuestPath::take(&mut args, "path")?;
    let limit = args.opt_uint("limit")?;
    args.done()?;
    if pattern.starts_with('/') {
        // An absolute pattern says itself where it begins.
        base = GuestPath::new("/".to_owned())?;
    }
    let glob = Glob::new(&pattern)?;
    let directory = context.root().open(&base, libc::O_RDONLY | libc::O_DIRECTORY)?;
    let mut listing = Listing::new("path", limit);
    let is_cut = walk(context, directory, |found| {
        if glob.matches(found.names) {
            // What has gone away meanwhile is passed over.
            let Ok(stat) = found.stat() else { return Ok(Step::Past) };
            if !listing.add(&full_path(&base, found.names), &stat) {
                return Ok(Step::Stop);
            }
        }
        Ok(if glob.may_match_inside(found.names) { Step::Into } else { Step::Past })
    })?;
    listing.is_truncated |= is_cut;
    Ok(listing.answer())
}

/// What `grep` looks at: by name alone if the pattern has no slash, else by the path below where the search began.
fn is_wanted(glob: &Option<(Glob, bool)>, names: &[&str]) -> bool {
    match glob {
        None => true,
        Some((glob, true)) => glob.matches(names),
        Some((glob, false)) => names.last().is_some_and(|name| glob.matches(&[name])),
    }
}

pub fn grep(context: &Context, mut args: Args) -> Outcome<Answer> {
    let text = args.content("text")?;
    let base = GuestPath::take(&mut args, "path")?;
    let pattern = args.opt_text("glob")?;
    let limit = args.opt_uint("limit")?;
    args.done()?;
    let glob = match &pattern {
        Some(pattern) => Some((Glob::new(pattern)?, pattern.contains('/'))),
        None => None,
    };
    let mut search = Search::new(&text, limit)?;
    let handle = context.root().handle(&base, true)?;
    let stat = path::stat(handle.as_raw_fd()).or_fault(&base)?;
    if stat.st_mode & libc::S_IFMT != libc::S_IFDIR {
        let (file, _) = crate::files::open_file(context.root(), &base)?;
        search.file(base.text(), file.into()).or_fault(&base)?;
        return Ok(search.answer());
    }
    let directory = context.root().open(&base, libc::O_RDONLY | libc::O_DIRECTORY)?;
    let is_cut = walk(context, directory, |found| {
        if found.kind != libc::DT_REG || !is_wanted(&glob, found.names) {
            return Ok(Step::Into);
        }
        let flags = libc::O_RDONLY | libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC;
        let file = unsafe { crate::sys::own(libc::openat(found.directory.as_raw_fd(), found.name.as_ptr(), flags)) };
        // What may not be read is passed over, as everywhere in a walk.
        let Ok(file) = file else { return Ok(Step::Into) };
        match search.file(&full_path(&base, found.names), file.into()) {
            Ok(true) | Err(_) => Ok(Step::Into),
            Ok(false) => Ok(Step::Stop),
        }
    })?;
    search.is_truncated |= is_cut;
    Ok(search.answer())
}
