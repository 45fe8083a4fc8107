//! The guest agent of Vibewriter: PID 1 of a microVM. It runs programs and serves files for the host over one byte stream.
//!
//! `--serve SOCKET --root DIRECTORY --state DIRECTORY` serves the same protocol over a unix socket against a directory, for
//! tests of the host's side: programs then run on the host itself, unconfined.

/// One line for whoever reads the VM's log.
macro_rules! log {
    ($($argument:tt)*) => { $crate::sys::log(&format!($($argument)*)) };
}

mod args;
mod attach;
mod call;
mod clock;
mod configure;
mod connection;
#[cfg(test)]
mod conversation;
mod directory;
mod doors;
mod exec;
mod fault;
mod files;
mod freeze;
mod glob;
mod grep;
mod inbox;
mod journal;
mod link;
mod metrics;
mod newest;
mod operation;
mod output;
mod path;
mod place;
mod pool;
mod power;
mod programs;
mod reply;
mod run;
mod serve;
mod server;
mod service;
mod session;
mod spawn;
mod spool;
mod stream;
mod sys;
mod terminal;
mod vm;
mod walk;
mod watch;
mod wire;
mod write;

fn main() {
    if std::process::id() == 1 {
        vm::init::run();
    }
    if let Err(message) = serve::run(std::env::args().skip(1)) {
        eprintln!("{message}");
        std::process::exit(2);
    }
}
