//! Where calls act: the VM's root, or a directory in tests.

use std::io::Result;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use crate::path::Root;
use crate::spawn::Confinement;
use crate::sys;
use crate::terminal::Terminals;
use crate::vm::cgroup::Cgroup;

pub struct Place {
    root: OwnedFd,
    /// Programs of a test's server run on the host: this is what its paths begin with there.
    prefix: String,
    pub confinement: Option<Confinement>,
    /// The disk that must be synced before a change counts as done.
    disk: Option<OwnedFd>,
}

impl Place {
    /// The root of a VM. `disk` is a handle on the file system that keeps it, if it is kept.
    pub fn of_vm(root: OwnedFd, confinement: Confinement, disk: Option<OwnedFd>) -> Place {
        Place { root, prefix: String::new(), confinement: Some(confinement), disk }
    }

    /// A directory of the host.
    pub fn of_test(root: OwnedFd, prefix: String, disk: Option<OwnedFd>) -> Place {
        Place { root, prefix, confinement: None, disk }
    }

    pub fn root(&self) -> Root<'_> {
        Root(self.root.as_fd())
    }

    pub fn is_confined(&self) -> bool {
        self.confinement.is_some()
    }

    /// A path as the programs that run here see it.
    pub fn inside(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    pub fn terminals(&self) -> Terminals {
        Terminals { ptmx: if self.is_confined() { "/shared/dev/pts/ptmx" } else { "/dev/ptmx" }, is_confined: self.is_confined() }
    }

    pub fn cgroup(&self) -> Option<&Cgroup> {
        self.confinement.as_ref().map(|confinement| &confinement.cgroup)
    }

    /// A handle on the file system that keeps what is written here.
    pub fn disk(&self) -> Option<&OwnedFd> {
        self.disk.as_ref()
    }

    pub fn is_durable(&self) -> bool {
        self.disk.is_some()
    }

    /// All that programs have written reaches stable storage, if there is one.
    pub fn settle(&self) -> Result<()> {
        self.disk.as_ref().map_or(Ok(()), |disk| sys::syncfs(disk.as_raw_fd()))
    }
}
