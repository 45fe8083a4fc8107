//! The clock and the random numbers of a VM that was just restored: both are the template's until the host says better.

use std::fs::File;
use std::io::Result;
use std::os::fd::AsRawFd;

use crate::sys;

pub const SEED: usize = 32;

pub fn set(time_us: u64) -> Result<()> {
    let mut time: libc::timespec = unsafe { std::mem::zeroed() };
    time.tv_sec = (time_us / 1_000_000) as libc::time_t;
    time.tv_nsec = (time_us % 1_000_000 * 1_000) as libc::c_long;
    sys::check(unsafe { libc::clock_settime(libc::CLOCK_REALTIME, &time) })?;
    Ok(())
}

#[repr(C)]
struct PoolInfo {
    entropy_count: libc::c_int,
    size: libc::c_int,
    bytes: [u8; SEED],
}

const RNDADDENTROPY: libc::c_ulong = 0x4008_5203;
const RNDRESEEDCRNG: libc::c_ulong = 0x5207;

/// Mixes the seed into the kernel's pool, credits it, and has the generator take it up at once.
pub fn seed(bytes: [u8; SEED]) -> Result<()> {
    let random = File::options().write(true).open("/dev/random")?;
    let info = PoolInfo { entropy_count: SEED as libc::c_int * 8, size: SEED as libc::c_int, bytes };
    sys::check(unsafe { libc::ioctl(random.as_raw_fd(), RNDADDENTROPY as _, &info) })?;
    sys::check(unsafe { libc::ioctl(random.as_raw_fd(), RNDRESEEDCRNG as _) })?;
    Ok(())
}
