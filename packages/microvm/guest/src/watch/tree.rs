//! The directories that a watch is about, each under the descriptor that the kernel names it by.

use std::collections::HashMap;
use std::io::Error;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::inotify::Inotify;
use crate::directory;
use crate::fault::{fault, Code, Fault, OrFault, Outcome};
use crate::path::{self, GuestPath, Root};

/// Directories below the one that is watched.
const MAX_DEPTH: usize = 128;
/// Of all watches together.
const MAX_DIRECTORIES: usize = 8_192;

/// What is told of a directory that came with something in it.
pub const MAX_FOUND: usize = 4_096;

struct Node {
    parent: Option<i32>,
    name: String,
}

pub struct Tree<'a> {
    pub inotify: Inotify,
    pub base: i32,
    root: Root<'a>,
    /// Without a slash at its end.
    path: String,
    is_recursive: bool,
    device: libc::dev_t,
    nodes: HashMap<i32, Node>,
    /// Directories of all watches.
    taken: &'a AtomicUsize,
}

impl<'a> Tree<'a> {
    pub fn new(root: Root<'a>, path: &GuestPath, is_recursive: bool, taken: &'a AtomicUsize) -> Outcome<Tree<'a>> {
        let directory = root.open(path, libc::O_RDONLY | libc::O_DIRECTORY)?;
        let device = path::stat(directory.as_raw_fd()).or_fault(path)?.st_dev;
        let inotify = Inotify::new().or_fault("a watch")?;
        let text = path.text().trim_end_matches('/').to_owned();
        let mut tree = Tree { inotify, base: 0, root, path: text, is_recursive, device, nodes: HashMap::new(), taken };
        tree.base = tree.take(&directory, Node { parent: None, name: String::new() })?;
        tree.enter_below(tree.base, directory, None)?;
        Ok(tree)
    }

    pub fn knows(&self, descriptor: i32) -> bool {
        self.nodes.contains_key(&descriptor)
    }

    /// The path of an entry of a directory.
    pub fn path_of(&self, descriptor: i32, name: &str) -> String {
        let mut names = vec![name];
        let mut at = Some(descriptor);
        while let Some(node) = at.and_then(|at| self.nodes.get(&at)) {
            names.push(&node.name);
            at = node.parent;
        }
        // The last one is the base, which has no name.
        names.pop();
        names.reverse();
        format!("{}/{}", self.path, names.join("/"))
    }

    /// Watches a directory that has come, and all below it; `found` gets the paths of what is there, up to `MAX_FOUND`.
    pub fn enter(&mut self, parent: i32, name: &str, found: Option<&mut Vec<String>>) -> Outcome<()> {
        if !self.is_recursive || self.depth(parent) >= MAX_DEPTH {
            return Ok(());
        }
        let Some(directory) = self.open(parent, name)? else { return Ok(()) };
        let descriptor = self.take(&directory, Node { parent: Some(parent), name: name.to_owned() })?;
        self.enter_below(descriptor, directory, found)
    }

    /// After notices were lost: what has come meanwhile is watched too.
    pub fn enter_again(&mut self) -> Outcome<()> {
        let path = GuestPath::new(if self.path.is_empty() { "/".to_owned() } else { self.path.clone() })?;
        let directory = self.root.open(&path, libc::O_RDONLY | libc::O_DIRECTORY)?;
        self.enter_below(self.base, directory, None)
    }

    fn enter_below(&mut self, descriptor: i32, directory: OwnedFd, mut found: Option<&mut Vec<String>>) -> Outcome<()> {
        let mut names = self.note(descriptor, directory, &mut found)?;
        while let Some((parent, name)) = names.pop() {
            if self.depth(parent) >= MAX_DEPTH {
                continue;
            }
            let Some(directory) = self.open(parent, &name)? else { continue };
            let descriptor = self.take(&directory, Node { parent: Some(parent), name })?;
            names.extend(self.note(descriptor, directory, &mut found)?);
        }
        Ok(())
    }

    /// Tells what is in a directory, and returns which of it are directories to be entered.
    fn note(&self, descriptor: i32, directory: OwnedFd, found: &mut Option<&mut Vec<String>>) -> Outcome<Vec<(i32, String)>> {
        if !self.is_recursive && found.is_none() {
            return Ok(Vec::new());
        }
        let entries = directory::entries(directory.as_raw_fd()).or_fault("a directory")?;
        if entries.is_cut && self.is_recursive {
            return too_large();
        }
        let mut below = Vec::new();
        for entry in entries.all {
            let name = entry.name.to_string_lossy().into_owned();
            if let Some(found) = found.as_mut().filter(|found| found.len() < MAX_FOUND) {
                found.push(self.path_of(descriptor, &name));
            }
            if self.is_recursive && matches!(entry.kind, libc::DT_DIR | libc::DT_UNKNOWN) {
                below.push((descriptor, name));
            }
        }
        Ok(below)
    }

    /// `None` for what is no directory of the same file system, went away meanwhile, or may not be read.
    fn open(&self, parent: i32, name: &str) -> Outcome<Option<OwnedFd>> {
        let Ok(path) = GuestPath::new(self.path_of(parent, name)) else { return Ok(None) };
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let directory = match self.root.open(&path, flags) {
            Ok(directory) => directory,
            Err(fault) if fault.code == Code::Internal => return Err(fault),
            Err(_) => return Ok(None),
        };
        let stat = path::stat(directory.as_raw_fd()).or_fault(&path)?;
        Ok((stat.st_dev == self.device).then_some(directory))
    }

    fn take(&mut self, directory: &OwnedFd, node: Node) -> Outcome<i32> {
        let descriptor = self.inotify.add(directory.as_raw_fd()).map_err(|error| of_watch(&error))?;
        if self.nodes.insert(descriptor, node).is_none() && self.taken.fetch_add(1, Ordering::Relaxed) >= MAX_DIRECTORIES {
            return too_large();
        }
        Ok(descriptor)
    }

    fn depth(&self, descriptor: i32) -> usize {
        let parent = |at: &i32| self.nodes.get(at).and_then(|node| node.parent);
        std::iter::successors(Some(descriptor), parent).count()
    }

    pub fn find(&self, parent: i32, name: &str) -> Option<i32> {
        let is_it = |node: &Node| node.parent == Some(parent) && node.name == name;
        self.nodes.iter().find(|(_, node)| is_it(node)).map(|(descriptor, _)| *descriptor)
    }

    /// The directory has another place in the tree now, with all below it.
    pub fn relocate(&mut self, descriptor: i32, parent: i32, name: &str) {
        self.nodes.insert(descriptor, Node { parent: Some(parent), name: name.to_owned() });
    }

    /// The directory has left the tree, with all below it.
    pub fn leave(&mut self, descriptor: i32) {
        let is_below = |at: &i32| {
            let parent = |at: &i32| self.nodes.get(at).and_then(|node| node.parent);
            std::iter::successors(Some(*at), parent).any(|at| at == descriptor)
        };
        let left: Vec<i32> = self.nodes.keys().copied().filter(is_below).collect();
        for descriptor in left {
            self.inotify.remove(descriptor);
            self.forget(descriptor);
        }
    }

    /// The kernel sends no more notices of it.
    pub fn forget(&mut self, descriptor: i32) {
        if self.nodes.remove(&descriptor).is_some() {
            self.taken.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Tree<'_> {
    fn drop(&mut self) {
        self.taken.fetch_sub(self.nodes.len(), Ordering::Relaxed);
    }
}

fn too_large<T>() -> Outcome<T> {
    fault(Code::TooLarge, format!("Watches can be about {MAX_DIRECTORIES} directories in all; watch a smaller tree."))
}

fn of_watch(error: &Error) -> Fault {
    match error.raw_os_error() {
        // What the kernel allows.
        Some(libc::ENOSPC) => Fault { code: Code::TooLarge, message: "The kernel watches no more directories.".to_owned() },
        _ => Fault::of(error, "a directory"),
    }
}
