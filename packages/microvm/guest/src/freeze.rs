//! Holding everything still for a while, so that the disk can be copied: programs first, then their file system.

use std::os::fd::AsRawFd;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::call::Context;
use crate::fault::{fault, Code, OrFault, Outcome};
use crate::place::Place;
use crate::reply::{self, Answer};
use crate::sys;

const MAX_LEASE: u64 = 60_000;

struct Frozen {
    place: Arc<Place>,
    until: Instant,
}

#[derive(Clone, Default)]
pub struct Freezer {
    shared: Arc<(Mutex<Option<Frozen>>, Condvar)>,
}

pub fn freeze(context: &Context, mut args: Args) -> Outcome<Answer> {
    let lease = Duration::from_millis(args.within("lease_ms", 1, MAX_LEASE)?);
    args.done()?;
    context.server.freezer.freeze(context.server.place(), lease)?;
    Ok(reply::empty())
}

pub fn thaw(context: &Context, args: Args) -> Outcome<Answer> {
    args.done()?;
    let was_frozen = context.server.freezer.thaw();
    let mut reply = reply::ok(1);
    reply.text("was_frozen").bool(was_frozen);
    Ok(reply.into())
}

impl Freezer {
    /// Does something that writes to the disk, unless the disk is frozen or about to be. Never waits.
    pub fn unless_frozen(&self, act: impl FnOnce()) {
        let Ok(frozen) = self.shared.0.try_lock() else { return };
        if frozen.is_none() {
            act();
        }
    }

    fn freeze(&self, place: Arc<Place>, lease: Duration) -> Outcome<()> {
        let (state, changed) = &*self.shared;
        let mut frozen = state.lock().unwrap();
        if let Some(frozen) = &mut *frozen {
            frozen.until = Instant::now() + lease;
        } else {
            stop(&place)?;
            *frozen = Some(Frozen { place, until: Instant::now() + lease });
            let freezer = self.clone();
            std::thread::spawn(move || freezer.end_lease());
        }
        changed.notify_all();
        Ok(())
    }

    /// Lets everything go on. False if nothing was frozen.
    pub fn thaw(&self) -> bool {
        let (state, changed) = &*self.shared;
        let frozen = state.lock().unwrap().take();
        changed.notify_all();
        frozen.inspect(|frozen| go_on(&frozen.place)).is_some()
    }

    /// Waits until it was thawed or its time is over.
    fn end_lease(&self) {
        let (state, changed) = &*self.shared;
        let mut frozen = state.lock().unwrap();
        while let Some(Frozen { until, .. }) = &*frozen {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                log!("nobody thawed this VM in time");
                drop(frozen);
                self.thaw();
                return;
            }
            frozen = changed.wait_timeout(frozen, left).unwrap().0;
        }
    }
}

fn stop(place: &Place) -> Outcome<()> {
    if let Some(cgroup) = place.cgroup() {
        cgroup.freeze().or_fault("the programs")?;
        if let Err(error) = cgroup.wait_until_frozen() {
            cgroup.thaw().or_fault("the programs")?;
            return fault(Code::TimedOut, format!("The programs could not be stopped: {error}."));
        }
    }
    let Some(disk) = place.disk() else { return Ok(()) };
    if let Err(error) = sys::freeze_fs(disk.as_raw_fd()) {
        release(place);
        return Err(error).or_fault("the disk");
    }
    Ok(())
}

fn go_on(place: &Place) {
    if let Some(disk) = place.disk() {
        if let Err(error) = sys::thaw_fs(disk.as_raw_fd()) {
            log!("the disk stays frozen: {error}");
        }
    }
    release(place);
}

fn release(place: &Place) {
    if let Some(Err(error)) = place.cgroup().map(|cgroup| cgroup.thaw()) {
        log!("programs stay frozen: {error}");
    }
}
