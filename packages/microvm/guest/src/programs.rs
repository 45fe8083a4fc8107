//! The programs that run under an operation id, and the calls about one of them: signal and resize.

use std::collections::HashMap;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use crate::args::Args;
use crate::call::Context;
use crate::fault::{fault, Code, OrFault, Outcome};
use crate::reply::{self, Answer};
use crate::sys;
use crate::terminal::{self, Size};

const MAX_SIGNAL: u64 = 64;

struct Running {
    pid: libc::pid_t,
    terminal: Option<Weak<OwnedFd>>,
}

/// By operation id; without a value while it is being started.
#[derive(Default)]
pub struct Programs(Mutex<HashMap<String, Option<Running>>>);

/// A program's entry, which goes with it.
pub struct Seat<'a> {
    programs: &'a Programs,
    id: String,
}

impl Programs {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Option<Running>>> {
        self.0.lock().unwrap()
    }

    pub fn reserve(&self, id: &str) -> Outcome<Seat<'_>> {
        let mut running = self.lock();
        if running.contains_key(id) {
            return fault(Code::Exists, format!("A program runs under the id {id} already; choose a new one."));
        }
        running.insert(id.to_owned(), None);
        Ok(Seat { programs: self, id: id.to_owned() })
    }

    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Does something to a program, which cannot be reaped meanwhile: its process id stays its own.
    fn with<T>(&self, id: &str, act: impl FnOnce(&Running) -> Outcome<T>) -> Outcome<T> {
        match self.lock().get(id) {
            Some(Some(running)) => act(running),
            _ => fault(Code::NotFound, format!("No program runs under the id {id}.")),
        }
    }
}

impl Seat<'_> {
    pub fn take(&self, pid: libc::pid_t, terminal: Option<&Arc<OwnedFd>>) {
        let running = Running { pid, terminal: terminal.map(Arc::downgrade) };
        self.programs.lock().insert(self.id.clone(), Some(running));
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.programs.lock().remove(&self.id);
    }
}

pub fn signal(context: &Context, mut args: Args) -> Outcome<Answer> {
    let target = args.text("target")?;
    let signal = args.within("signal", 1, MAX_SIGNAL)? as libc::c_int;
    args.done()?;
    context.server.programs.with(&target, |program| {
        let terminal = program.terminal.as_ref().and_then(Weak::upgrade);
        let group = match terminal {
            Some(terminal) => terminal::foreground(terminal.as_raw_fd()).or_fault("the terminal")?,
            None => program.pid,
        };
        match sys::check(unsafe { libc::kill(-group, signal) }) {
            // All of it has ended, and is about to be reaped.
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {
                fault(Code::NotFound, format!("No program runs under the id {target} any more."))
            }
            sent => sent.map(|_| reply::empty()).or_fault("the program"),
        }
    })
}

pub fn resize(context: &Context, mut args: Args) -> Outcome<Answer> {
    let target = args.text("target")?;
    let size = Size::take(&mut args)?;
    args.done()?;
    context.server.programs.with(&target, |program| match &program.terminal {
        Some(terminal) => match terminal.upgrade() {
            Some(terminal) => terminal::resize(terminal.as_raw_fd(), size).map(|()| reply::empty()).or_fault("the terminal"),
            None => fault(Code::NotFound, format!("The terminal {target} has been hung up.")),
        },
        None => fault(Code::InvalidArgument, format!("The program {target} has no terminal.")),
    })
}
