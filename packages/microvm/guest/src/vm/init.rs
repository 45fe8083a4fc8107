//! PID 1: brings the VM up, starts the agent, and buries the dead.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::AsRawFd;
use std::sync::Arc;

use super::cgroup::Cgroup;
use super::mount::{mount, SAFE};
use super::options::Options;
use super::root::{self, Roots};
use super::vsock::Listener;
use super::{drives, modules};
use crate::connection;
use crate::link::Link;
use crate::newest;
use crate::power;
use crate::server::{Ground, Server};
use crate::sys;

const MAX_FILES: u64 = 65_536;
/// Before all programs, whatever they do: a ping is answered at once.
const NICE: libc::c_int = -10;

/// Where the kernel has more to offer to users without rights than they need.
const CLOSED: [(&str, &str); 5] = [
    // Programs have no need of namespaces of their own, and much of the kernel is only reached through them.
    ("user/max_user_namespaces", "0"),
    ("kernel/dmesg_restrict", "1"),
    ("kernel/kptr_restrict", "2"),
    ("kernel/unprivileged_bpf_disabled", "1"),
    ("kernel/io_uring_disabled", "2"),
];

/// Does not come back: when the agent ends, so does the VM.
pub fn run() -> ! {
    if let Err(error) = bring_up() {
        log!("the VM cannot come up: {error}");
        root::power_off();
    }
    // The agent is a process of its own, so that waiting for orphans never takes a child from it.
    match unsafe { libc::fork() } {
        0 => {
            if let Err(error) = serve() {
                log!("the agent has failed: {error}");
            }
            std::process::exit(1);
        }
        -1 => log!("the agent cannot start: {}", Error::last_os_error()),
        agent => bury_until(agent),
    }
    root::power_off();
}

fn bury_until(agent: libc::pid_t) {
    loop {
        let mut status = 0;
        let pid = unsafe { libc::waitpid(-1, &mut status, 0) };
        if pid == agent {
            log!("the agent has ended with status {status:#x}");
            return;
        }
    }
}

fn bring_up() -> Result<()> {
    mount("dev", "/dev", "devtmpfs", libc::MS_NOSUID, "")?;
    set_up_stdio()?;
    mount("proc", "/proc", "proc", SAFE | libc::MS_NOEXEC, "")?;
    mount("sys", "/sys", "sysfs", SAFE | libc::MS_NOEXEC, "")?;
    mount("cgroup", "/sys/fs/cgroup", "cgroup2", SAFE | libc::MS_NOEXEC, "")?;
    modules::load()?;
    fs::write("/proc/self/oom_score_adj", "-1000")?;
    for (name, value) in CLOSED {
        match fs::write(format!("/proc/sys/{name}"), value) {
            // What this kernel does not have in the first place is not missed.
            Err(error) if error.kind() != ErrorKind::NotFound => log!("{name} stays as it is: {error}"),
            _ => {}
        }
    }
    if is_emulated() {
        // The emulator translates a program anew at every new address: with random ones each start takes several times as long.
        fs::write("/proc/sys/kernel/randomize_va_space", "0")?;
    }
    let limit = libc::rlimit { rlim_cur: MAX_FILES, rlim_max: MAX_FILES };
    sys::check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) })?;
    loopback_up()
}

/// Whether software plays the processor.
#[cfg(target_arch = "x86_64")]
#[allow(unused_unsafe)] // Older compilers want it, newer ones do not.
fn is_emulated() -> bool {
    use std::arch::x86_64::__cpuid;
    // Leaf 1 tells whether there is a hypervisor, leaf 0x4000_0000 its name.
    let (features, name) = unsafe { (__cpuid(1), __cpuid(0x4000_0000)) };
    let name = [name.ebx, name.ecx, name.edx].map(u32::to_le_bytes).concat();
    features.ecx >> 31 == 1 && name == b"TCGTCGTCGTCG"
}

/// Only Firecracker runs VMs of this kind, on processors of their own.
#[cfg(not(target_arch = "x86_64"))]
fn is_emulated() -> bool {
    false
}

/// The kernel may have found no console: then 0 to 2 are closed, and other files would take their places.
fn set_up_stdio() -> Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    let log = File::options().write(true).open("/dev/kmsg")?;
    for (fd, target) in [(&null, 0), (&null, 1), (&log, 2)] {
        sys::check(unsafe { libc::dup2(fd.as_raw_fd(), target) })?;
    }
    // The handles may themselves be among the three.
    for fd in [null, log] {
        if fd.as_raw_fd() <= 2 {
            std::mem::forget(fd);
        }
    }
    Ok(())
}

fn loopback_up() -> Result<()> {
    let socket = unsafe { sys::own(libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0))? };
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    sys::check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &request) })?;
    Ok(())
}

fn serve() -> Result<()> {
    let options = Options::read()?;
    sys::check(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) })?;
    forgo_capabilities()?;
    // Before anything else: what the host sends to a port that is not open is lost.
    let stream = match options.vsock_port {
        Some(port) => Stream::Vsock(Listener::open(port)?),
        None => Stream::Port(drives::open_port()?),
    };
    let roots = Roots::prepare(Cgroup::make()?, options.drives)?;
    let (place, journal) = roots.in_memory()?;
    let server = Server::new(Ground::Vm(roots), place, journal)?;
    power::watch_for_orphanhood(server.clone(), options.orphan);
    match stream {
        Stream::Vsock(listener) => newest::serve(&server, || listener.accept()),
        Stream::Port(port) => connection::serve(&server, &Arc::new(Link::new(port.into(), true)?)),
    }
}

enum Stream {
    Vsock(Listener),
    Port(File),
}

/// What no program can ever get, whatever it executes. The agent keeps what it has: it executes nothing itself.
fn forgo_capabilities() -> Result<()> {
    for capability in 0.. {
        match sys::check(unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability as libc::c_ulong, 0, 0, 0) }) {
            // Past the last one.
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => break,
            dropped => dropped?,
        };
    }
    Ok(())
}
