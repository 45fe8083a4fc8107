//! What only PID 1 of a VM does.

pub mod cgroup;
mod drives;
pub mod init;
mod modules;
mod mount;
mod options;
pub mod root;
mod vsock;
