//! The calls that put a file in place: written beside, synced, renamed, so that nobody ever sees half of it.

use std::ffi::CString;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

use memchr::memmem;

use crate::args::Args;
use crate::call::Context;
use crate::directory;
use crate::fault::{fault, Code, Fault, OrFault, Outcome};
use crate::files;
use crate::operation::BodyReader;
use crate::path::{self, GuestPath};
use crate::reply::{self, Answer};
use crate::stream::Body;
use crate::sys;

const DEFAULT_MODE: u32 = 0o644;
/// What `edit` can hold in memory, twice.
const MAX_EDIT: u64 = 16 << 20;
/// Larger files are edited one after the other.
const SMALL_EDIT: u64 = 64 << 10;

pub fn write(context: &Context, mut args: Args) -> Outcome<Answer> {
    let path = GuestPath::take(&mut args, "path")?;
    let mode = args.mode()?;
    let is_new = match args.opt_text("create")?.as_deref() {
        None | Some("replace") => false,
        Some("new") => true,
        Some(_) => return fault(Code::InvalidArgument, "The argument `create` must be \"replace\" or \"new\"."),
    };
    let parents = args.flag("parents", false)?;
    args.done()?;
    if parents {
        context.root().make_directories(&path.split()?.0)?;
    }
    let mut draft = Draft::beside(context, &path)?;
    let exists = draft.existing.is_some();
    if is_new && exists && !context.operation.is_redone {
        return fault(Code::Exists, format!("{path} exists already."));
    }
    let mut size = 0;
    let mut body = BodyReader::new(&context.operation);
    loop {
        match body.next(true) {
            Body::Bytes(bytes) => {
                size += bytes.len() as i64;
                draft.append(&bytes)?;
            }
            Body::End => break,
            Body::Later => {}
            Body::Gone if body.stream().is_cancelled() || context.server.journal().abandon(&context.operation, body.stream()) => {
                return fault(Code::Cancelled, "The call was ended before its body was complete; nothing was changed.");
            }
            Body::Gone => {}
        }
    }
    if is_new && exists && draft.equals_existing()? {
        // What this very operation wrote before the VM lost power.
        return Ok(sized(size));
    }
    draft.put_in_place(mode, is_new)?;
    Ok(sized(size))
}

fn sized(size: i64) -> Answer {
    let mut reply = reply::ok(1);
    reply.text("size").int(size);
    reply.into()
}

pub fn edit(context: &Context, mut args: Args) -> Outcome<Answer> {
    let path = GuestPath::take(&mut args, "path")?;
    let (old, new) = (args.content("old")?, args.content("new")?);
    let all = args.flag("all", false)?;
    args.done()?;
    if old.is_empty() {
        return fault(Code::InvalidArgument, "The argument `old` must not be empty.");
    }
    let (file, stat) = files::open_file(context.root(), &path)?;
    if stat.st_size as u64 > MAX_EDIT {
        return fault(Code::TooLarge, format!("{path} is over 16 MiB; change it with a program."));
    }
    let _turn = (stat.st_size as u64 > SMALL_EDIT).then(|| LARGE_EDIT.lock().unwrap());
    let mut text = Vec::with_capacity(stat.st_size as usize);
    File::from(file).take(MAX_EDIT).read_to_end(&mut text).or_fault(&path)?;
    let places: Vec<usize> = memmem::find_iter(&text, old.as_bytes()).collect();
    match places.len() {
        0 => return fault(Code::NoMatch, format!("{path} does not hold the text to be replaced.")),
        1 => {}
        n if !all => {
            let message = format!("{path} holds the text to be replaced {n} times; give more of it, or replace all.");
            return fault(Code::Ambiguous, message);
        }
        _ => {}
    }
    let mut draft = Draft::beside(context, &path)?;
    let mut from = 0;
    let mut edited = Vec::with_capacity(text.len());
    for place in &places {
        edited.extend(&text[from..*place]);
        edited.extend(new.as_bytes());
        from = place + old.len();
    }
    edited.extend(&text[from..]);
    draft.append(&edited)?;
    draft.put_in_place(None, false)?;
    let mut reply = reply::ok(1);
    reply.text("replaced").int(places.len() as i64);
    Ok(reply.into())
}

static LARGE_EDIT: Mutex<()> = Mutex::new(());
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// A file that is being written beside the one whose place it will take. Dropped before, it leaves nothing behind.
struct Draft<'a> {
    context: &'a Context,
    path: &'a GuestPath,
    directory: OwnedFd,
    name: CString,
    existing: Option<libc::stat>,
    draft_name: CString,
    file: File,
    is_in_place: bool,
}

impl<'a> Draft<'a> {
    fn beside(context: &'a Context, path: &'a GuestPath) -> Outcome<Draft<'a>> {
        let (directory, name) = context.root().parent(path)?;
        let existing = match path::stat_at(directory.as_raw_fd(), &name) {
            Ok(stat) => Some(stat),
            Err(error) if path::is_absent(&error) => None,
            Err(error) => return Err(Fault::of(&error, path)),
        };
        match existing.map(|stat| stat.st_mode & libc::S_IFMT) {
            None | Some(libc::S_IFREG | libc::S_IFLNK) => {}
            Some(libc::S_IFDIR) => return fault(Code::IsDirectory, format!("{path} is a directory.")),
            Some(_) => return fault(Code::InvalidPath, format!("{path} is not a regular file.")),
        }
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft_name = sys::c_string(&format!(".vibewriter-{}-{number}.tmp", context.server.boot)).or_fault(path)?;
        let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL | libc::O_NOFOLLOW | libc::O_CLOEXEC;
        let file = unsafe { sys::own(libc::openat(directory.as_raw_fd(), draft_name.as_ptr(), flags, 0o600)) };
        let file = File::from(file.or_fault(path)?);
        Ok(Draft { context, path, directory, name, existing, draft_name, file, is_in_place: false })
    }

    fn append(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.file.write_all(bytes).or_fault(self.path)
    }

    fn equals_existing(&self) -> Outcome<bool> {
        let (existing, _) = files::open_file(self.context.root(), self.path)?;
        let draft = unsafe {
            sys::own(libc::openat(self.directory.as_raw_fd(), self.draft_name.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC))
        };
        let (mut existing, mut draft) = (File::from(existing), File::from(draft.or_fault(self.path)?));
        let (mut one, mut other) = (vec![0; 65_536], vec![0; 65_536]);
        loop {
            let n = existing.read(&mut one).or_fault(self.path)?;
            if n == 0 {
                return Ok(draft.read(&mut other).or_fault(self.path)? == 0);
            }
            if draft.read_exact(&mut other[..n]).is_err() || one[..n] != other[..n] {
                return Ok(false);
            }
        }
    }

    /// Without a `mode` it gets that of the file it replaces.
    fn put_in_place(&mut self, mode: Option<u32>, is_new: bool) -> Outcome<()> {
        let existing = self.existing.filter(|stat| stat.st_mode & libc::S_IFMT == libc::S_IFREG);
        let mode = mode.or(existing.map(|stat| stat.st_mode & 0o7777)).unwrap_or(DEFAULT_MODE);
        sys::check(unsafe { libc::fchmod(self.file.as_raw_fd(), mode) }).or_fault(self.path)?;
        if self.context.place().is_durable() {
            self.file.sync_data().or_fault(self.path)?;
        }
        let flags = if is_new { libc::RENAME_NOREPLACE } else { 0 };
        let at = self.directory.as_raw_fd();
        files::rename_at(at, &self.draft_name, at, &self.name, flags).or_fault(self.path)?;
        self.is_in_place = true;
        Ok(())
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if self.is_in_place {
            return;
        }
        if let Err(error) = directory::unlink(self.directory.as_raw_fd(), &self.draft_name, false) {
            log!("a draft of {} stays behind: {error}", self.path);
        }
    }
}
