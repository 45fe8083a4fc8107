//! Whole conversations between a host and the server, over a pair of sockets. Test code.

mod attach;
mod calls;
mod client;
mod doors;
mod machine;
mod terminals;
mod violations;
mod watching;
