//! What a call answers when it fails.

use std::fmt::Display;
use std::io;

/// The protocol's error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidArgument,
    NotFound,
    Exists,
    NotDirectory,
    IsDirectory,
    NotEmpty,
    PermissionDenied,
    NoSpace,
    ReadOnly,
    IoError,
    TooLarge,
    InvalidPath,
    NoMatch,
    Ambiguous,
    AlreadyConfigured,
    UnknownOp,
    TooManyStreams,
    OperationMoved,
    OperationConflict,
    OperationInterrupted,
    ReplyDropped,
    ServiceUnavailable,
    TimedOut,
    Cancelled,
    Internal,
}

impl Code {
    pub fn name(self) -> &'static str {
        match self {
            Code::InvalidArgument => "invalid_argument",
            Code::NotFound => "not_found",
            Code::Exists => "exists",
            Code::NotDirectory => "not_directory",
            Code::IsDirectory => "is_directory",
            Code::NotEmpty => "not_empty",
            Code::PermissionDenied => "permission_denied",
            Code::NoSpace => "no_space",
            Code::ReadOnly => "read_only",
            Code::IoError => "io_error",
            Code::TooLarge => "too_large",
            Code::InvalidPath => "invalid_path",
            Code::NoMatch => "no_match",
            Code::Ambiguous => "ambiguous",
            Code::AlreadyConfigured => "already_configured",
            Code::UnknownOp => "unknown_op",
            Code::TooManyStreams => "too_many_streams",
            Code::OperationMoved => "operation_moved",
            Code::OperationConflict => "operation_conflict",
            Code::OperationInterrupted => "operation_interrupted",
            Code::ReplyDropped => "reply_dropped",
            Code::ServiceUnavailable => "service_unavailable",
            Code::TimedOut => "timed_out",
            Code::Cancelled => "cancelled",
            Code::Internal => "internal",
        }
    }
}

/// A code for programs and one sentence for a person.
#[derive(Debug)]
pub struct Fault {
    pub code: Code,
    pub message: String,
}

pub type Outcome<T> = Result<T, Fault>;

pub fn fault<T>(code: Code, message: impl Into<String>) -> Outcome<T> {
    Err(Fault { code, message: message.into() })
}

impl Fault {
    /// Turns an error of the system into the protocol's; `what` is the path or thing it happened to.
    pub fn of(error: &io::Error, what: impl Display) -> Fault {
        let (code, message) = match error.raw_os_error() {
            Some(libc::ENOENT) => (Code::NotFound, format!("There is no {what}.")),
            Some(libc::EEXIST) => (Code::Exists, format!("{what} exists already.")),
            Some(libc::ENOTDIR) => (Code::NotDirectory, format!("A part of {what} is not a directory.")),
            Some(libc::EISDIR) => (Code::IsDirectory, format!("{what} is a directory.")),
            Some(libc::ENOTEMPTY) => (Code::NotEmpty, format!("The directory {what} is not empty.")),
            Some(libc::EACCES | libc::EPERM) => (Code::PermissionDenied, format!("{what} may not be used this way.")),
            Some(libc::EBUSY) => (Code::PermissionDenied, format!("{what} is in use by the system.")),
            Some(libc::ENOSPC | libc::EDQUOT) => (Code::NoSpace, format!("No space is left for {what}.")),
            Some(libc::ENOMEM) => (Code::NoSpace, format!("No memory is left for {what}.")),
            Some(libc::EAGAIN) => {
                (Code::TooLarge, format!("{what} would be one more than the limits of the VM allow; end some."))
            }
            Some(libc::EROFS) => (Code::ReadOnly, format!("{what} lies on a read-only file system.")),
            // EUCLEAN: ext4's name for a file system whose own records are damaged.
            Some(libc::EIO | libc::EUCLEAN) => {
                (Code::IoError, format!("{what}: {error}; if it lies on the VM's disk, stop the VM, then start it."))
            }
            Some(libc::EFBIG | libc::EOVERFLOW) => (Code::TooLarge, format!("{what} is too large.")),
            Some(libc::ELOOP | libc::ENAMETOOLONG | libc::EXDEV | libc::ENXIO | libc::EINVAL) => {
                (Code::InvalidPath, format!("{what} cannot be used as a path here: {error}."))
            }
            _ => (Code::Internal, format!("{what}: {error}.")),
        };
        Fault { code, message }
    }
}

/// Lets `?` name the thing an error happened to.
pub trait OrFault<T> {
    fn or_fault(self, what: impl Display) -> Outcome<T>;
}

impl<T> OrFault<T> for io::Result<T> {
    fn or_fault(self, what: impl Display) -> Outcome<T> {
        self.map_err(|error| Fault::of(&error, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(errno: i32) -> &'static str {
        Fault::of(&io::Error::from_raw_os_error(errno), "/workspace/a").code.name()
    }

    #[test]
    fn a_failed_disk_is_told_from_a_full_one_and_from_what_nobody_knows() {
        assert_eq!([libc::EIO, libc::EUCLEAN].map(code_of), ["io_error"; 2]);
        assert_eq!([libc::EROFS, libc::ENOSPC, libc::EDQUOT].map(code_of), ["read_only", "no_space", "no_space"]);
        assert_eq!(code_of(libc::EBADF), "internal");
    }
}
