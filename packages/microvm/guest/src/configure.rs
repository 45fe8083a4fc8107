//! The calls that make a VM out of a template, and another one out of a saved VM: its time, its randomness, its name, its disk.

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
use crate::vm::cgroup::Limits;

/// Made, and the agent's own, before anything runs.
pub const DIRECTORIES: [&str; 6] =
    ["workspace", "artifacts", "memories", "research", "large_tool_results", "conversation_history"];

const MAX_OUTPUT_ON_DISK: u64 = 256 << 20;
const MAX_HOSTNAME: usize = 64;
/// With less than this no program would start.
const LEAST_MEMORY: u64 = 16 << 20;

/// What makes a VM that was just restored one of its own.
struct Birth {
    seed: [u8; SEED],
    time_us: u64,
    epoch: i64,
    hostname: String,
}

impl Birth {
    fn take(args: &mut Args) -> Outcome<Birth> {
        let Ok(seed) = <[u8; SEED]>::try_from(args.bytes("seed")?) else {
            return fault(Code::InvalidArgument, "The argument `seed` must be 32 bytes.");
        };
        let (time_us, epoch, hostname) = (args.uint("time_us")?, args.uint("epoch")? as i64, args.text("hostname")?);
        let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
        if !(1..=MAX_HOSTNAME).contains(&hostname.len()) || !is_name(&hostname) {
            return fault(Code::InvalidArgument, "The argument `hostname` must be 1 to 64 letters, digits, `.` or `-`.");
        }
        Ok(Birth { seed, time_us, epoch, hostname })
    }

    /// Programs that run already see it at once. A test's server leaves its host as it is.
    fn take_effect(&self, server: &Server) -> Outcome<()> {
        if let Ground::Test { .. } = server.ground {
            return Ok(());
        }
        clock::seed(self.seed).or_fault("the random number generator")?;
        clock::set(self.time_us).or_fault("the clock")?;
        name_host(&self.hostname).or_fault("the host name")
    }
}

pub fn configure(context: &Context, mut args: Args) -> Outcome<Answer> {
    let birth = Birth::take(&mut args)?;
    let root = args.text("root")?;
    let limits = args.opt_map("limits")?.map(limits).transpose()?;
    args.done()?;
    if !matches!(root.as_str(), "disk" | "memory") {
        return fault(Code::InvalidArgument, "The argument `root` must be \"disk\" or \"memory\".");
    }
    let server = &context.server;
    let mut identity = server.identity_mut();
    if identity.is_configured {
        if identity.epoch == birth.epoch && identity.root == root {
            return Ok(reply::empty());
        }
        return fault(Code::AlreadyConfigured, "This VM was configured before; restore a new one instead.");
    }
    birth.take_effect(server)?;
    let (place, journal) = match &server.ground {
        Ground::Vm(roots) if root == "disk" => {
            roots.on_disk(MAX_OUTPUT_ON_DISK).map(|(place, journal)| (Some(place), Some(journal))).or_fault("the VM's disk")?
        }
        Ground::Vm(_) => (None, None),
        Ground::Test { state } => (None, test_journal(state, root == "disk")?),
    };
    server.settle_in(place, journal);
    if let (Some(limits), Some(cgroup)) = (limits, server.place().cgroup()) {
        cgroup.limit(limits).or_fault("the limits of the programs")?;
    }
    make_directories(server)?;
    identity.epoch = birth.epoch;
    identity.root = root;
    identity.is_configured = true;
    Ok(reply::empty())
}

fn limits(mut args: Args) -> Outcome<Limits> {
    let mut bound = |key, least| args.opt_within(key, least, i64::MAX as u64);
    let limits = Limits { processes: bound("processes", 1)?, memory_bytes: bound("memory_bytes", LEAST_MEMORY)? };
    args.done()?;
    Ok(limits)
}

/// For a VM that was configured before it was saved: the same processes, in another life.
pub fn renew(context: &Context, mut args: Args) -> Outcome<Answer> {
    let birth = Birth::take(&mut args)?;
    args.done()?;
    let server = &context.server;
    let mut identity = server.identity_mut();
    if !identity.is_configured {
        return fault(Code::InvalidArgument, "This VM was never configured; configure it instead.");
    }
    if identity.epoch != birth.epoch {
        birth.take_effect(server)?;
        identity.epoch = birth.epoch;
    }
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
