//! Loading the kernel modules that the initramfs brings.

use std::fs::{self, File};
use std::io::{Error, Result};
use std::os::fd::AsRawFd;

use crate::sys;

/// Names one file a line, each after those it needs.
const ORDER: &str = "/modules/order";

pub fn load() -> Result<()> {
    for name in fs::read_to_string(ORDER)?.lines().filter(|name| !name.is_empty()) {
        let file = File::open(format!("/modules/{name}"))?;
        let loaded = unsafe { libc::syscall(libc::SYS_finit_module, file.as_raw_fd(), c"".as_ptr(), 0) };
        match sys::check(loaded) {
            Err(error) if error.raw_os_error() != Some(libc::EEXIST) => {
                return Err(Error::new(error.kind(), format!("loading {name}: {error}")));
            }
            _ => {}
        }
    }
    Ok(())
}
