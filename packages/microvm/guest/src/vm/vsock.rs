//! The stream as a vsock connection, which the host opens.

use std::io::{Error, Result};
use std::os::fd::{AsRawFd, OwnedFd};

use super::drives::wait;
use crate::sys;

const BACKLOG: libc::c_int = 8;

pub struct Listener(OwnedFd);

impl Listener {
    /// Listens on a port. The devices and modules that vsock needs may come later than this.
    pub fn open(port: u32) -> Result<Listener> {
        let socket = wait(
            || match unsafe { sys::own(libc::socket(libc::AF_VSOCK, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0)) } {
                Err(error) if error.raw_os_error() == Some(libc::EAFNOSUPPORT) => Ok(None),
                socket => socket.map(Some),
            },
            "vsock",
        )?;
        let mut address: libc::sockaddr_vm = unsafe { std::mem::zeroed() };
        address.svm_family = libc::AF_VSOCK as libc::sa_family_t;
        address.svm_port = port;
        address.svm_cid = libc::VMADDR_CID_ANY;
        let size = size_of::<libc::sockaddr_vm>() as libc::socklen_t;
        sys::check(unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), size) })?;
        sys::check(unsafe { libc::listen(socket.as_raw_fd(), BACKLOG) })?;
        Ok(Listener(socket))
    }

    /// The next connection of the host. Programs of the VM may find the port too, and are sent away.
    pub fn accept(&self) -> Result<OwnedFd> {
        loop {
            let mut peer: libc::sockaddr_vm = unsafe { std::mem::zeroed() };
            let mut size = size_of::<libc::sockaddr_vm>() as libc::socklen_t;
            let at = (&raw mut peer).cast();
            let socket = unsafe { sys::own(libc::accept4(self.0.as_raw_fd(), at, &mut size, libc::SOCK_CLOEXEC)) };
            match socket {
                Ok(socket) if peer.svm_cid == libc::VMADDR_CID_HOST => return Ok(socket),
                Ok(_) => {}
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether the next try may succeed.
fn is_passing(error: &Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EINTR | libc::ECONNABORTED | libc::ECONNRESET | libc::EPIPE))
}
