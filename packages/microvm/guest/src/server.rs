//! What all connections share: where calls act, the journal, and what the host has said about this VM.

use std::io::Result;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};

use crate::doors::{self, Doors};
use crate::freeze::Freezer;
use crate::inbox::Heard;
use crate::journal::Journal;
use crate::place::Place;
use crate::pool::Pool;
use crate::programs::Programs;
use crate::service::Services;
use crate::watch::Watches;

/// The user whose files and programs the calls are about.
pub const AGENT_UID: u32 = 1000;
pub const SERVICE_UID: u32 = 1001;

#[derive(Clone, Default)]
pub struct Identity {
    pub epoch: i64,
    pub is_configured: bool,
    pub root: String,
}

/// What differs between a VM and a test.
pub enum Ground {
    Vm(crate::vm::root::Roots),
    /// The directory that journals are kept in.
    Test {
        state: PathBuf,
    },
}

pub struct Server {
    pub ground: Ground,
    /// Random for each boot.
    pub boot: String,
    pub heard: Arc<Heard>,
    pub pool: Pool,
    pub services: Services,
    pub programs: Programs,
    pub doors: Doors,
    pub freezer: Freezer,
    pub watches: Watches,
    place: RwLock<Arc<Place>>,
    journal: RwLock<Arc<Journal>>,
    identity: Mutex<Identity>,
}

impl Server {
    pub fn new(ground: Ground, place: Place, journal: Journal) -> Result<Arc<Server>> {
        let doors = Doors::open(if let Ground::Vm(_) = ground { doors::PORTS } else { [0, 0] })?;
        let server = Arc::new(Server {
            ground,
            boot: random_name()?,
            heard: Arc::new(Heard::new()),
            pool: Pool::default(),
            services: Services::default(),
            programs: Programs::default(),
            doors,
            freezer: Freezer::default(),
            watches: Watches::default(),
            place: RwLock::new(Arc::new(place)),
            journal: RwLock::new(Arc::new(journal)),
            identity: Mutex::default(),
        });
        Doors::keep(&server);
        Ok(server)
    }

    pub fn place(&self) -> Arc<Place> {
        self.place.read().unwrap().clone()
    }

    pub fn journal(&self) -> Arc<Journal> {
        self.journal.read().unwrap().clone()
    }

    pub fn identity(&self) -> Identity {
        self.identity.lock().unwrap().clone()
    }

    /// From here on calls act in `place` and are kept in `journal`.
    pub fn settle_in(&self, place: Option<Place>, journal: Option<Journal>) {
        if let Some(place) = place {
            *self.place.write().unwrap() = Arc::new(place);
        }
        if let Some(journal) = journal {
            *self.journal.write().unwrap() = Arc::new(journal);
        }
    }

    /// Held while the VM is being configured, so that it is done once.
    pub fn identity_mut(&self) -> std::sync::MutexGuard<'_, Identity> {
        self.identity.lock().unwrap()
    }
}

fn random_name() -> Result<String> {
    let mut bytes = [0u8; 8];
    crate::sys::check(unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
