//! The call that makes a VM out of a template: its time, its randomness, its name, its disk.

use crate::args::Args;
use crate::call::Context;
use crate::clock::{self, SEED};
use crate::fault::{fault, Code, Fault, OrFault, Outcome};
use crate::journal::Journal;
use crate::path::GuestPath;
use crate::place::Place;
use crate::reply::{self, Answer};
use crate::server::{Ground, Server};
use crate::sys;

/// Made, and the agent's own, before anything runs.
pub const DIRECTORIES: [&str; 6] =
    ["workspace", "artifacts", "memories", "research", "large_tool_results", "conversation_history"];

const MAX_OUTPUT_ON_DISK: u64 = 256 << 20;

pub fn configure(context: &Context, mut args: Args) -> Outcome<Answer> {
    let Ok(seed) = <[u8; SEED]>::try_from(args.bytes("seed")?) else {
        return fault(Code::InvalidArgument, "The argument `seed` must be 32 bytes.");
    };
    let time_us = args.uint("time_us")?;
    let epoch = args.uint("epoch")? as i64;
    let hostname = args.text("hostname")?;
    let root = args.text("root")?;
    args.done()?;
    if !matches!(root.as_str(), "disk" | "memory") {
        return fault(Code::InvalidArgument, "The argument `root` must be \"disk\" or \"memory\".");
    }
    let server = &context.server;
    let mut identity = server.identity_mut();
    if identity.is_configured {
        if identity.epoch == epoch && identity.root == root {
            return Ok(reply::empty());
        }
        return fault(Code::AlreadyConfigured, "This VM was configured before; restore a new one instead.");
    }
    let (place, journal) = match &server.ground {
        Ground::Vm(roots) => {
            clock::seed(seed).or_fault("the random number generator")?;
            clock::set(time_us).or_fault("the clock")?;
            name_host(&hostname).or_fault("the host name")?;
            if root == "disk" {
                roots
                    .on_disk(MAX_OUTPUT_ON_DISK)
                    .map(|(place, journal)| (Some(place), Some(journal)))
                    .or_fault("the VM's disk")?
            } else {
                (None, None)
            }
        }
        Ground::Test { state } => (None, test_journal(state, root == "disk")?),
    };
    server.settle_in(place, journal);
    make_directories(server)?;
    identity.epoch = epoch;
    identity.root = root;
    identity.is_configured = true;
    Ok(reply::empty())
}

fn name_host(name: &str) -> std::io::Result<()> {
    sys::check(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) })?;
    Ok(())
}

fn test_journal(state: &std::path::Path, on_disk: bool) -> Outcome<Option<Journal>> {
    if !on_disk {
        return Ok(None);
    }
    Journal::open(&state.join("disk"), true, MAX_OUTPUT_ON_DISK).map(Some).or_fault("the journal")
}

/// In a VM `vm::root` has made them with their owner; a test's directory gets them here.
fn make_directories(server: &Server) -> Outcome<()> {
    let place: std::sync::Arc<Place> = server.place();
    if place.is_confined() {
        return Ok(());
    }
    for name in DIRECTORIES {
        place
            .root()
            .make_directories(&GuestPath::new(format!("/{name}"))?)
            .map_err(|fault| Fault { message: format!("The directories could not be made. {}", fault.message), ..fault })?;
    }
    Ok(())
}
