//! Whole conversations between a host and the server, over a pair of sockets. Test code.

mod attach;
mod calls;
mod client;
mod doors;
mod fuzz;
mod machine;
pub mod random;
mod terminals;
mod violations;
mod watching;
