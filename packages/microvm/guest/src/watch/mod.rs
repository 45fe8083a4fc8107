//! The call that tells of changes in a tree of files as they happen.

mod inotify;
mod tree;

use std::collections::HashSet;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use crate::args::Args;
use crate::call::Context;
use crate::fault::{fault, Code, OrFault, Outcome};
use crate::path::{self, GuestPath};
use crate::reply::{self, Answer};
use crate::stream::{Stream, CHUNK};
use crate::sys::{self, EventFd};
use crate::wire::cbor::Encoder;
use inotify::Notice;
use tree::Tree;

const MAX_WATCHES: usize = 16;
/// How long the other end of a move may take to be told. The kernel tells both at once.
const MOVING: Duration = Duration::from_millis(20);
/// Between two looks, so that a file that is written to all the time is not told of each time.
const PAUSE: Duration = Duration::from_millis(10);

/// How much is watched, by all calls.
#[derive(Default)]
pub struct Watches {
    watches: AtomicUsize,
    directories: AtomicUsize,
}

struct Seat<'a>(&'a Watches);

#[cfg(test)]
impl Watches {
    pub fn directories(&self) -> usize {
        self.directories.load(Ordering::Relaxed)
    }
}

impl Watches {
    fn sit(&self) -> Outcome<Seat<'_>> {
        let seat = Seat(self);
        if self.watches.fetch_add(1, Ordering::Relaxed) >= MAX_WATCHES {
            return fault(Code::TooLarge, format!("There can be {MAX_WATCHES} watches at once; end one of them."));
        }
        Ok(seat)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.watches.fetch_sub(1, Ordering::Relaxed);
    }
}

pub fn watch(context: &Context, mut args: Args) -> Outcome<Answer> {
    let path = GuestPath::take(&mut args, "path")?;
    let is_recursive = args.flag("recursive", false)?;
    args.done()?;
    let watches = &context.server.watches;
    let _seat = watches.sit()?;
    let stat = path::stat(context.root().handle(&path, true)?.as_raw_fd()).or_fault(&path)?;
    // A file is watched from its directory: who replaces it puts another one in its place.
    let (directory, only) = match stat.st_mode & libc::S_IFMT {
        libc::S_IFDIR => (path.clone(), None),
        _ => path.split().map(|(directory, name)| (directory, Some(name)))?,
    };
    let tree = Tree::new(context.root(), &directory, is_recursive && only.is_none(), &watches.directories)?;
    let watcher =
        Watcher { path, only, tree, leaving: None, told: HashSet::new(), records: Vec::new(), events: 0, is_gone: false };
    let events = watcher.run(&context.operation.stream())?;
    let mut reply = reply::ok(1);
    reply.text("events").int(events);
    Ok(reply.into())
}

/// One end of a move, whose other end may follow.
struct Leaving {
    cookie: u32,
    descriptor: i32,
    name: String,
    is_directory: bool,
}

struct Watcher<'a> {
    path: GuestPath,
    /// The one entry that it is about.
    only: Option<String>,
    tree: Tree<'a>,
    leaving: Option<Leaving>,
    /// Paths that were told to be modified since the last look.
    told: HashSet<String>,
    records: Vec<u8>,
    events: i64,
    is_gone: bool,
}

impl Watcher<'_> {
    /// Tells of changes until there is nothing left that could change; the number of records.
    fn run(mut self, stream: &Stream) -> Outcome<i64> {
        let waker = Arc::new(EventFd::new().or_fault("a watch")?);
        stream.set_waker(waker.clone());
        loop {
            self.send(stream)?;
            if self.is_gone {
                return Ok(self.events);
            }
            let notices = self.wait(stream, &waker)?;
            if notices.is_empty() {
                self.settle_leaving();
            }
            for notice in notices {
                self.take(&notice)?;
            }
        }
    }

    fn wait(&mut self, stream: &Stream, waker: &EventFd) -> Outcome<Vec<Notice>> {
        let mut pause = [sys::pollfd(waker.fd(), libc::POLLIN)];
        sys::poll(&mut pause, Some(PAUSE)).or_fault("a watch")?;
        self.told.clear();
        loop {
            waker.clear();
            if stream.is_over() {
                return fault(Code::Cancelled, "The watch was ended by the host.");
            }
            let notices = self.tree.inotify.read().or_fault("a watch")?;
            if !notices.is_empty() {
                return Ok(notices);
            }
            let mut fds = [sys::pollfd(waker.fd(), libc::POLLIN), sys::pollfd(self.tree.inotify.fd(), libc::POLLIN)];
            sys::poll(&mut fds, self.leaving.as_ref().map(|_| MOVING)).or_fault("a watch")?;
            if self.leaving.is_some() && fds.iter().all(|fd| fd.revents == 0) {
                return Ok(Vec::new());
            }
        }
    }

    /// What does not fit the window waits; meanwhile the kernel keeps notices, as many as it likes.
    fn send(&mut self, stream: &Stream) -> Outcome<()> {
        let mut rest = &self.records[..];
        while !rest.is_empty() {
            let Some(room) = stream.room(true) else {
                return fault(Code::Cancelled, "The watch was ended by the host.");
            };
            let (now, later) = rest.split_at(rest.len().min(room).min(CHUNK));
            let mut frames = Vec::new();
            stream
                .data(&mut frames, 0, |out| {
                    out.extend(now);
                    Ok::<(), std::convert::Infallible>(())
                })
                .unwrap_or_else(|never| match never {});
            stream.send(&frames);
            rest = later;
        }
        self.records = Vec::new();
        Ok(())
    }

    fn take(&mut self, notice: &Notice) -> Outcome<()> {
        if notice.is(libc::IN_Q_OVERFLOW) {
            self.settle_leaving();
            self.tell("overflow", self.path.text().to_owned(), None);
            return self.tree.enter_again();
        }
        if !self.tree.knows(notice.descriptor) {
            return Ok(());
        }
        if notice.is(libc::IN_IGNORED) {
            self.is_gone |= notice.descriptor == self.tree.base;
            self.tree.forget(notice.descriptor);
        } else if notice.name.is_empty() {
            let is_end = notice.is(libc::IN_DELETE_SELF | libc::IN_MOVE_SELF | libc::IN_UNMOUNT);
            self.is_gone |= is_end && notice.descriptor == self.tree.base;
        } else if self.only.as_ref().is_none_or(|only| *only == notice.name) {
            self.take_entry(notice)?;
        }
        Ok(())
    }

    fn take_entry(&mut self, notice: &Notice) -> Outcome<()> {
        let path = self.tree.path_of(notice.descriptor, &notice.name);
        if notice.is(libc::IN_MOVED_TO) {
            if let Some(leaving) = self.leaving.take_if(|leaving| leaving.cookie == notice.cookie) {
                return self.moved(&leaving, notice, path);
            }
        }
        self.settle_leaving();
        if notice.is(libc::IN_MOVED_FROM) {
            let (descriptor, name) = (notice.descriptor, notice.name.clone());
            self.leaving = Some(Leaving { cookie: notice.cookie, descriptor, name, is_directory: notice.is(libc::IN_ISDIR) });
        } else if notice.is(libc::IN_CREATE | libc::IN_MOVED_TO) {
            self.tell("created", path, None);
            if notice.is(libc::IN_ISDIR) {
                // What was put into it before it was watched.
                let mut found = Vec::new();
                self.tree.enter(notice.descriptor, &notice.name, Some(&mut found))?;
                let is_cut = found.len() >= tree::MAX_FOUND;
                found.into_iter().for_each(|path| self.tell("created", path, None));
                if is_cut {
                    self.tell("overflow", self.path.text().to_owned(), None);
                }
            }
        } else if notice.is(libc::IN_DELETE) {
            self.tell("removed", path, None);
            self.is_gone |= self.only.is_some();
        } else if notice.is(libc::IN_MODIFY) && self.told.insert(path.clone()) {
            self.tell("modified", path, None);
        }
        Ok(())
    }

    fn moved(&mut self, leaving: &Leaving, notice: &Notice, path: String) -> Outcome<()> {
        let from = self.tree.path_of(leaving.descriptor, &leaving.name);
        if leaving.is_directory {
            match self.tree.find(leaving.descriptor, &leaving.name) {
                Some(moved) => self.tree.relocate(moved, notice.descriptor, &notice.name),
                None => self.tree.enter(notice.descriptor, &notice.name, None)?,
            }
        }
        self.tell("moved", path, Some(from));
        Ok(())
    }

    /// What was about to move has left the tree.
    fn settle_leaving(&mut self) {
        let Some(leaving) = self.leaving.take() else { return };
        self.tell("removed", self.tree.path_of(leaving.descriptor, &leaving.name), None);
        self.is_gone |= self.only.is_some();
        if let Some(left) = self.tree.find(leaving.descriptor, &leaving.name).filter(|_| leaving.is_directory) {
            self.tree.leave(left);
        }
    }

    fn tell(&mut self, kind: &str, path: String, from: Option<String>) {
        // Deeper than any call could reach.
        if path.len().max(from.as_ref().map_or(0, String::len)) > path::MAX {
            return;
        }
        let mut record = Encoder::default();
        record.map(2 + usize::from(from.is_some())).text("kind").text(kind).text("path").text(&path);
        if let Some(from) = from {
            record.text("from").text(&from);
        }
        self.records.extend((record.bytes.len() as u32).to_be_bytes());
        self.records.extend(&record.bytes);
        self.events += 1;
    }
}
