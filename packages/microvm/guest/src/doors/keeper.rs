//! The one thread that waits at both doors: for programs that knock, and for calls that are given up.

use std::io::ErrorKind;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{cancelled, passage, Door, Guest};
use crate::server::Server;
use crate::sys;

const MAX_GUESTS: usize = 64;
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the door stays closed when there are no descriptors left to open it with.
const PAUSE: Duration = Duration::from_millis(100);
const GONE: libc::c_short = libc::POLLHUP | libc::POLLERR;

pub fn run(server: &Arc<Server>) {
    let doors = &server.doors;
    loop {
        let mut fds = vec![sys::pollfd(doors.waker.fd(), libc::POLLIN)];
        fds.extend(doors.doors.iter().map(|door| sys::pollfd(door.listener.as_raw_fd(), libc::POLLIN)));
        // Nothing is asked about those that wait: that they are gone is told unasked.
        let guests = doors.doors.each_ref().map(|door| {
            let queue = door.queue();
            fds.extend(queue.guests.iter().map(|guest| sys::pollfd(guest.socket.as_raw_fd(), 0)));
            queue.guests.iter().map(|guest| guest.until).min()
        });
        let until = guests.into_iter().flatten().min();
        if let Err(error) = sys::poll(&mut fds, until.map(|until| until.saturating_duration_since(Instant::now()))) {
            log!("nobody waits at the doors: {error}");
            return;
        }
        doors.waker.clear();
        let gone: Vec<_> = fds[3..].iter().filter(|fd| fd.revents & GONE != 0).map(|fd| fd.fd).collect();
        for (door, knock) in doors.doors.iter().zip([fds[1].revents, fds[2].revents]) {
            sweep(server, door, &gone);
            if knock != 0 {
                welcome(server, door);
            }
        }
    }
}

/// Sends away who has waited too long or has gone, and answers the calls that were given up.
fn sweep(server: &Arc<Server>, door: &Door, gone: &[i32]) {
    let now = Instant::now();
    let mut queue = door.queue();
    queue.guests.retain(|guest| guest.until > now && !gone.contains(&guest.socket.as_raw_fd()));
    let (over, waiting) = queue.calls.drain(..).partition(|stream| stream.is_over());
    queue.calls = waiting;
    drop(queue);
    for stream in over {
        // Not from here: the host may take its time to read.
        server.pool.run(move || stream.reply(&cancelled()));
    }
}

/// Lets in all who knock.
fn welcome(server: &Arc<Server>, door: &Door) {
    loop {
        let socket = match door.listener.accept() {
            Ok((socket, _)) => socket,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM | libc::ENOBUFS)) => {
                log!("a door stays closed for a moment: {error}");
                return std::thread::sleep(PAUSE);
            }
            // That one went away before it was let in.
            Err(_) => continue,
        };
        let mut queue = door.queue();
        match queue.calls.pop_front() {
            Some(stream) => {
                drop(queue);
                let token = server.doors.token();
                server.pool.run(move || passage::carry(&stream, socket, &token));
            }
            None if queue.guests.len() < MAX_GUESTS => {
                queue.guests.push_back(Guest { socket, until: Instant::now() + PATIENCE });
            }
            None => {}
        }
    }
}
