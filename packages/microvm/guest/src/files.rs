//! The calls about one file or directory, apart from writing.

use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::args::Args;
use crate::call::Context;
use crate::directory;
use crate::fault::{fault, Code, Fault, OrFault, Outcome};
use crate::path::{self, GuestPath, Root};
use crate::reply::{self, Answer};
use crate::stream::CHUNK;
use crate::sys;
use crate::wire::cbor::Encoder;
use crate::wire::frame::{HEADER, MAX_PAYLOAD, TRAILER};

/// Entries of a list come to no more than this, so that the reply fits a frame.
const MAX_LIST: usize = MAX_PAYLOAD - 1_024;
const DEFAULT_LIST: u64 = 10_000;

pub fn type_of(mode: libc::mode_t) -> &'static str {
    match mode & libc::S_IFMT {
        libc::S_IFREG => "file",
        libc::S_IFDIR => "directory",
        libc::S_IFLNK => "symlink",
        _ => "other",
    }
}

pub fn mtime_us(stat: &libc::stat) -> i64 {
    stat.st_mtime.saturating_mul(1_000_000).saturating_add(stat.st_mtime_nsec / 1_000)
}

/// Opens a regular file for reading; anything else is refused without effect on it.
pub fn open_file(root: Root, path: &GuestPath) -> Outcome<(OwnedFd, libc::stat)> {
    let file = root.open(path, libc::O_RDONLY)?;
    let stat = path::stat(file.as_raw_fd()).or_fault(path)?;
    match stat.st_mode & libc::S_IFMT {
        libc::S_IFREG => Ok((file, stat)),
        libc::S_IFDIR => fault(Code::IsDirectory, format!("{path} is a directory.")),
        _ => fault(Code::InvalidPath, format!("{path} is not a regular file.")),
    }
}

pub fn read(context: &Context, mut args: Args) -> Outcome<Answer> {
    let path = GuestPath::take(&mut args, "path")?;
    let mut offset = args.opt_uint("offset")?.unwrap_or(0);
    let mut rest = args.opt_uint("length")?.unwrap_or(u64::MAX);
    args.done()?;
    let (file, stat) = open_file(context.root(), &path)?;
    let mut reply = reply::ok(3);
    reply.text("size").int(stat.st_size).text("mode").int(i64::from(stat.st_mode & 0o7777));
    reply.text("mtime_us").int(mtime_us(&stat));

    let stream = context.operation.stream();
    // The last frame and the REPLY leave in one write.
    let mut frames = Vec::new();
    while rest > 0 {
        let Some(room) = stream.room(true).filter(|_| !stream.is_cancelled()) else {
            return fault(Code::Cancelled, "The call was ended by the host.");
        };
        // One byte past what the file is known to hold tells its end; files of /proc say that they hold nothing.
        let known = (stat.st_size as u64).saturating_sub(offset) as usize;
        let wanted = (known + 1).clamp(4_096, CHUNK).min(room).min(rest.try_into().unwrap_or(usize::MAX));
        frames.reserve(wanted + HEADER + TRAILER + 256);
        let n = stream.data(&mut frames, 0, |out| pread(file.as_raw_fd(), out, wanted, offset)).or_fault(&path)?;
        offset += n as u64;
        rest -= n as u64;
        if n < wanted || rest == 0 {
            break;
        }
        stream.send(&frames);
        frames.clear();
    }
    Ok(Answer { frames, payload: reply.bytes })
}

/// Appends what lies at `offset`, `wanted` bytes or all up to the end of the file.
fn pread(fd: RawFd, out: &mut Vec<u8>, wanted: usize, offset: u64) -> std::io::Result<()> {
    let start = out.len();
    out.resize(start + wanted, 0);
    let mut have = 0;
    while have < wanted {
        let at = out[start + have..].as_mut_ptr().cast();
        let n = sys::check(unsafe { libc::pread(fd, at, wanted - have, (offset + have as u64) as libc::off_t) })?;
        if n == 0 {
            break;
        }
        have += n as usize;
    }
    out.truncate(start + have);
    Ok(())
}

pub fn stat(context: &Context, mut args: Args) -> Outcome<Answer> {
    let path = GuestPath::take(&mut args, "path")?;
    let follow = args.flag("follow", true)?;
    args.done()?;
    let handle = context.root().handle(&path, follow)?;
    let stat = path::stat(handle.as_raw_fd()).or_fault(&path)?;
    let mut reply = reply::ok(4);
    reply.text("type").text(type_of(stat.st_mode)).text("size").int(stat.st_size);
    reply.text("mode").int(i64::from(stat.st_mode & 0o7777)).text("mtime_us").int(mtime_us(&stat));
    Ok(reply.into())
}

/// The entries of a `list` or `glob` reply, as many as fit.
pub struct Listing {
    key: &'static str,
    entries: Encoder,
    count: usize,
    limit: u64,
    pub is_truncated: bool,
}

impl Listing {
    pub fn new(key: &'static str, limit: Option<u64>) -> Listing {
        Listing { key, entries: Encoder::default(), count: 0, limit: limit.unwrap_or(DEFAULT_LIST), is_truncated: false }
    }

    /// False once no more fit.
    pub fn add(&mut self, name: &str, stat: &libc::stat) -> bool {
        if self.count as u64 >= self.limit || self.entries.bytes.len() + name.len() + 64 > MAX_LIST {
            self.is_truncated = true;
            return false;
        }
        self.count += 1;
        self.entries.map(4).text(self.key).text(name).text("type").text(type_of(stat.st_mode));
        self.entries.text("size").int(stat.st_size).text("mtime_us").int(mtime_us(stat));
        true
    }

    pub fn answer(self) -> Answer {
        let mut reply = reply::ok(2);
        reply.text("entries").array(self.count);
        reply.bytes.extend(&self.entries.bytes);
        reply.text("truncated").bool(self.is_truncated);
        reply.into()
    }
}

pub fn list(context: &Context, mut args: Args) -> Outcome<Answer> {
    let path = GuestPath::take(&mut args, "path")?;
    let limit = args.opt_uint("limit")?;
    args.done()?;
    let directory = context.root().open(&path, libc::O_RDONLY | libc::O_DIRECTORY)?;
    let mut entries = directory::entries(directory.as_raw_fd()).or_fault(&path)?;
    entries.all.sort_unstable();
    let mut listing = Listing::new("name", limit);
    listing.is_truncated = entries.is_cut;
    for entry in entries.all {
        match path::stat_at(directory.as_raw_fd(), &entry.name) {
            Ok(stat) if !listing.add(&entry.name.to_string_lossy(), &stat) => break,
            Ok(_) => {}
            // It went away meanwhile.
            Err(error) if path::is_absent(&error) => {}
            Err(error) => return Err(Fault::of(&error, &path)),
        }
    }
    Ok(listing.answer())
}

pub fn mkdir(context: &Context, mut args: Args) -> Outcome<Answer> {
    let path = GuestPath::take(&mut args, "path")?;
    let parents = args.flag("parents", false)?;
    args.done()?;
    if parents {
        context.root().make_directories(&path)?;
        return Ok(reply::empty());
    }
    let (directory, name) = context.root().parent(&path)?;
    match path::make_directory(directory.as_raw_fd(), &name) {
        Err(error) if error.raw_os_error() == Some(libc::EEXIST) && context.operation.is_redone => {
            context.root().directory(&path)?;
        }
        made => made.or_fault(&path)?,
    }
    Ok(reply::empty())
}

pub fn remove(context: &Context, mut args: Args) -> Outcome<Answer> {
    let path = GuestPath::take(&mut args, "path")?;
    let recursive = args.flag("recursive", false)?;
    args.done()?;
    let (directory, name) = context.root().parent(&path)?;
    let stat = path::stat_at(directory.as_raw_fd(), &name).or_fault(&path)?;
    if stat.st_mode & libc::S_IFMT != libc::S_IFDIR {
        directory::unlink(directory.as_raw_fd(), &name, false).or_fault(&path)?;
    } else if recursive {
        directory::remove_tree(&directory, name).or_fault(&path)?;
    } else {
        directory::unlink(directory.as_raw_fd(), &name, true).or_fault(&path)?;
    }
    Ok(reply::empty())
}

pub fn rename(context: &Context, mut args: Args) -> Outcome<Answer> {
    let from = GuestPath::take(&mut args, "from")?;
    let to = GuestPath::take(&mut args, "to")?;
    args.done()?;
    let (from_directory, from_name) = context.root().parent(&from)?;
    let (to_directory, to_name) = context.root().parent(&to)?;
    path::stat_at(from_directory.as_raw_fd(), &from_name).or_fault(&from)?;
    rename_at(from_directory.as_raw_fd(), &from_name, to_directory.as_raw_fd(), &to_name, 0).or_fault(&to)?;
    Ok(reply::empty())
}

pub fn rename_at(from: RawFd, from_name: &CString, to: RawFd, to_name: &CString, flags: libc::c_uint) -> std::io::Result<()> {
    let renamed = unsafe { libc::syscall(libc::SYS_renameat2, from, from_name.as_ptr(), to, to_name.as_ptr(), flags) };
    sys::check(renamed)?;
    Ok(())
}
