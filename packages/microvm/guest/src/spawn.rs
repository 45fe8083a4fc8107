//! Starting a program inside the VM's root, as a user without rights, in a session of its own.

use std::ffi::CString;
use std::io::{Error, Result};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::fault::{fault, Code, Fault, OrFault, Outcome};
use crate::sys;
use crate::vm::cgroup::Cgroup;

/// Where and as whom programs run. A test's server runs them as itself.
pub struct Confinement {
    pub root: OwnedFd,
    /// A cgroup that bounds the processes and the memory of all of them together.
    pub cgroup: Cgroup,
}

pub struct Program<'a> {
    pub argv: &'a [String],
    pub env: &'a [(String, String)],
    pub cwd: &'a str,
    pub uid: u32,
    pub stdio: [RawFd; 3],
    /// Whether these are a terminal, which then is the controlling one.
    pub has_terminal: bool,
}

pub struct Child {
    pub pid: libc::pid_t,
    pub pidfd: OwnedFd,
}

/// What the new process must do between its birth and `execve`, prepared so that it allocates nothing.
struct Plan<'a> {
    stdio: [RawFd; 3],
    has_terminal: bool,
    confinement: Option<&'a Confinement>,
    uid: u32,
    cwd: CString,
    candidates: Vec<CString>,
    argv: Vec<*const libc::c_char>,
    envp: Vec<*const libc::c_char>,
    report: RawFd,
}

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Processes of one user: a fork bomb hits this.
const MAX_PROCESSES: u64 = 1_024;
const MAX_FILES: u64 = 16_384;

/// Wider than the constant of the same name in `libc`.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

const AT_SETUP: u8 = 0;
const AT_CWD: u8 = 1;
const AT_EXEC: u8 = 2;

/// The environment every program gets, before what the call adds.
pub fn base_env(home: &str, user: &str) -> Vec<(String, String)> {
    let pairs = [("PATH", PATH), ("HOME", home), ("USER", user), ("LOGNAME", user), ("SHELL", "/bin/sh"), ("LANG", "C.UTF-8")];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// `added` in the place of, or after, what is there.
pub fn with_env(mut env: Vec<(String, String)>, added: Vec<(String, String)>) -> Vec<(String, String)> {
    for (name, value) in added {
        env.retain(|(other, _)| *other != name);
        env.push((name, value));
    }
    env
}

pub fn spawn(program: &Program, confinement: Option<&Confinement>) -> Outcome<Child> {
    let name = &program.argv[0];
    let argv = c_strings(program.argv.iter().map(String::as_str)).or_fault(name)?;
    let env: Vec<String> = program.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let envp = c_strings(env.iter().map(String::as_str)).or_fault(name)?;
    let (reader, writer) = sys::pipe().or_fault(name)?;
    let plan = Plan {
        stdio: program.stdio,
        has_terminal: program.has_terminal,
        confinement,
        uid: program.uid,
        cwd: sys::c_string(program.cwd).or_fault(program.cwd)?,
        candidates: candidates(name, program.env).or_fault(name)?,
        argv: pointers(&argv),
        envp: pointers(&envp),
        report: writer.as_raw_fd(),
    };
    let child = unsafe { clone(&plan) }.or_fault("a new process")?;
    drop(writer);
    let mut report = [0; 5];
    // Closed without a word by the `execve` that succeeded.
    if sys::read(reader.as_raw_fd(), &mut report).or_fault(name)? != Some(report.len()) {
        return Ok(child);
    }
    reap(&child).or_fault(name)?;
    let error = Error::from_raw_os_error(i32::from_ne_bytes([report[1], report[2], report[3], report[4]]));
    match (report[0], error.raw_os_error()) {
        (AT_CWD, _) => Err(Fault::of(&error, format!("working directory {}", program.cwd))),
        (AT_EXEC, Some(libc::ENOENT)) => fault(Code::NotFound, format!("There is no program {name}.")),
        (AT_EXEC, Some(libc::EACCES | libc::ENOEXEC | libc::EISDIR)) => {
            fault(Code::PermissionDenied, format!("{name} is not an executable program."))
        }
        (AT_EXEC, Some(libc::E2BIG)) => fault(Code::TooLarge, "The arguments and environment are too long for a program."),
        _ => Err(Fault::of(&error, format!("the start of {name}"))),
    }
}

fn c_strings<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<CString>> {
    texts.map(sys::c_string).collect()
}

fn pointers(texts: &[CString]) -> Vec<*const libc::c_char> {
    texts.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
}

/// Where the program may lie: in each directory of its own PATH, unless its name says where.
fn candidates(name: &str, env: &[(String, String)]) -> Result<Vec<CString>> {
    if name.contains('/') {
        return Ok(vec![sys::c_string(name)?]);
    }
    let path = env.iter().find(|(name, _)| name == "PATH").map_or(PATH, |(_, path)| path);
    path.split(':')
        .filter(|directory| !directory.is_empty())
        .map(|directory| sys::c_string(&format!("{directory}/{name}")))
        .collect()
}

/// # Safety
/// Only `clone3` and, in the child, calls that are safe after a fork of a process with threads.
unsafe fn clone(plan: &Plan) -> Result<Child> {
    let mut pidfd: RawFd = -1;
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = libc::CLONE_PIDFD as u64;
    args.pidfd = &mut pidfd as *mut RawFd as u64;
    args.exit_signal = libc::SIGCHLD as u64;
    if let Some(confinement) = plan.confinement {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = confinement.cgroup.fd.as_raw_fd() as u64;
    }
    let pid = sys::check(unsafe { libc::syscall(libc::SYS_clone3, &args, size_of::<libc::clone_args>()) })?;
    if pid == 0 {
        let (stage, errno) = unsafe { become_program(plan) };
        let mut report = [stage, 0, 0, 0, 0];
        report[1..].copy_from_slice(&errno.to_ne_bytes());
        unsafe {
            libc::write(plan.report, report.as_ptr().cast(), report.len());
            libc::_exit(127);
        }
    }
    Ok(Child { pid: pid as libc::pid_t, pidfd: unsafe { sys::own(pidfd)? } })
}

/// Comes back only if something failed.
unsafe fn become_program(plan: &Plan) -> (u8, i32) {
    let errno = || Error::last_os_error().raw_os_error().unwrap_or(libc::EIO);
    macro_rules! must {
        ($stage:expr, $call:expr) => {
            if $call == -1 {
                return ($stage, errno());
            }
        };
    }
    unsafe {
        must!(AT_SETUP, libc::setsid());
        reset_signals();
        // The three may overlap with 0 to 2 only if the agent had these closed, which it never has.
        for (target, fd) in plan.stdio.iter().enumerate() {
            must!(AT_SETUP, libc::dup2(*fd, target as RawFd));
        }
        if plan.has_terminal {
            must!(AT_SETUP, libc::ioctl(0, libc::TIOCSCTTY as _, 0));
        }
        must!(AT_SETUP, libc::syscall(libc::SYS_close_range, 3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC));
        libc::umask(0o022);
        if let Some(confinement) = plan.confinement {
            let score = libc::open(c"/proc/self/oom_score_adj".as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
            must!(AT_SETUP, score);
            must!(AT_SETUP, libc::write(score, b"500".as_ptr().cast(), 3));
            // The agent comes before all programs; they are equals.
            must!(AT_SETUP, libc::setpriority(libc::PRIO_PROCESS, 0, 0));
            must!(AT_SETUP, libc::fchdir(confinement.root.as_raw_fd()));
            must!(AT_SETUP, libc::chroot(c".".as_ptr()));
            must!(AT_SETUP, limit(libc::RLIMIT_NPROC, MAX_PROCESSES));
            must!(AT_SETUP, limit(libc::RLIMIT_NOFILE, MAX_FILES));
            must!(AT_SETUP, limit(libc::RLIMIT_CORE, 0));
            // Straight to the kernel: the C library would tell threads that this process does not have.
            must!(AT_SETUP, libc::syscall(libc::SYS_setgroups, 0, std::ptr::null::<libc::gid_t>()));
            must!(AT_SETUP, libc::syscall(libc::SYS_setresgid, plan.uid, plan.uid, plan.uid));
            must!(AT_SETUP, libc::syscall(libc::SYS_setresuid, plan.uid, plan.uid, plan.uid));
            must!(AT_SETUP, libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        }
        must!(AT_CWD, libc::chdir(plan.cwd.as_ptr()));
        let mut found = libc::ENOENT;
        for candidate in &plan.candidates {
            libc::execve(candidate.as_ptr(), plan.argv.as_ptr(), plan.envp.as_ptr());
            match errno() {
                libc::ENOENT | libc::ENOTDIR => {}
                // As a shell does: one that may not be run does not hide one that may.
                libc::EACCES => found = libc::EACCES,
                other => return (AT_EXEC, other),
            }
        }
        (AT_EXEC, found)
    }
}

unsafe fn reset_signals() {
    unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &none, std::ptr::null_mut());
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}

unsafe fn limit(what: libc::__rlimit_resource_t, most: u64) -> libc::c_int {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    unsafe { libc::setrlimit(what, &limit) }
}

#[derive(Clone, Copy)]
pub struct Status {
    pub exit_code: i64,
    pub signal: Option<i64>,
}

/// Takes the status of a process that has ended; waits if it has not.
pub fn reap(child: &Child) -> Result<Status> {
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    loop {
        let waited = unsafe { libc::waitid(libc::P_PIDFD, child.pidfd.as_raw_fd() as libc::id_t, &mut info, libc::WEXITED) };
        match sys::check(waited) {
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    let status = i64::from(unsafe { info.si_status() });
    if info.si_code == libc::CLD_EXITED {
        return Ok(Status { exit_code: status, signal: None });
    }
    Ok(Status { exit_code: 128 + status, signal: Some(status) })
}
