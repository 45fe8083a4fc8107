//! Bringing everything to the disk, and turning the VM off.

use std::sync::Arc;
use std::time::Duration;

use crate::args::Args;
use crate::call::Context;
use crate::fault::{OrFault, Outcome};
use crate::reply::{self, Answer};
use crate::server::{Ground, Server};

/// Time for the reply to leave the VM.
const FAREWELL: Duration = Duration::from_millis(50);

pub fn sync(context: &Context, args: Args) -> Outcome<Answer> {
    args.done()?;
    context.place().settle().or_fault("the disk")?;
    Ok(reply::empty())
}

pub fn power_off(context: &Context, args: Args) -> Outcome<Answer> {
    args.done()?;
    context.place().settle().or_fault("the disk")?;
    let server = context.server.clone();
    std::thread::spawn(move || {
        std::thread::sleep(FAREWELL);
        end(&server);
    });
    Ok(reply::empty())
}

/// Ends all programs, brings the disk to rest and turns the VM off; ends the process in tests.
pub fn end(server: &Server) -> ! {
    server.freezer.thaw();
    if let Ground::Vm(roots) = &server.ground {
        roots.power_off(server.place().disk());
    }
    std::process::exit(0);
}

/// Turns the VM off when its host has been silent for `limit`: then nobody is left who would do it.
pub fn watch_for_orphanhood(server: Arc<Server>, limit: Duration) {
    let limit_ms = limit.as_millis() as u64;
    std::thread::spawn(move || loop {
        let silent_ms = server.heard.silent_ms();
        if silent_ms >= limit_ms {
            log!("the host has been silent for {} s, powering off", silent_ms / 1_000);
            end(&server);
        }
        std::thread::sleep(Duration::from_millis((limit_ms - silent_ms).max(10)));
    });
}
