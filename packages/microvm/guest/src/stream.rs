//! One call's frames in both directions, and the windows they count against.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use crate::connection::Connection;
use crate::sys::EventFd;
use crate::wire::frame::{self, Type, Violation};

pub const WINDOW: u64 = 1_048_576;
const MAX_WINDOW: u64 = (1 << 31) - 1;
/// The payload of one DATA frame of ours: small enough that a ping does not wait long behind it.
pub const CHUNK: usize = 131_072;

pub enum Body {
    Bytes(Vec<u8>),
    End,
    /// Nothing has come yet (only when not waiting).
    Later,
    /// This stream brings no more: it was replied to, cancelled, or its connection is gone.
    Gone,
}

#[derive(Default)]
struct State {
    send_window: u64,
    receive_window: u64,
    consumed: u64,
    body: VecDeque<Vec<u8>>,
    body_ended: bool,
    cancelled: bool,
    replied: bool,
    lost: bool,
    waker: Option<Arc<EventFd>>,
}

impl State {
    fn is_over(&self) -> bool {
        self.replied || self.lost || self.cancelled
    }
}

/// What the host's DATA on a stream is.
#[derive(Clone, Copy, PartialEq)]
pub enum Inflow {
    /// Nothing: what comes is passed over.
    None,
    Body,
    /// What it says to a program that has come to a door.
    Passage,
}

pub struct Stream {
    pub id: u32,
    connection: Arc<Connection>,
    inflow: Inflow,
    state: Mutex<State>,
    changed: Condvar,
}

impl Stream {
    pub fn new(id: u32, connection: Arc<Connection>, inflow: Inflow, body_ended: bool) -> Stream {
        let state = State { send_window: WINDOW, receive_window: WINDOW, body_ended, ..State::default() };
        Stream { id, connection, inflow, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn takes_body(&self) -> bool {
        self.inflow != Inflow::None
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn wake(&self, state: &State) {
        self.changed.notify_all();
        if let Some(waker) = &state.waker {
            waker.signal();
        }
    }

    // What the connection tells.

    pub fn on_data(&self, bytes: Vec<u8>, end: bool) -> Result<(), Violation> {
        let mut state = self.lock();
        let length = bytes.len() as u64;
        if state.body_ended && self.takes_body() {
            return Err("data_after_end");
        }
        if length > state.receive_window {
            return Err("window_exceeded");
        }
        state.receive_window -= length;
        state.body_ended = end;
        let is_wanted = self.takes_body() && !state.is_over();
        if is_wanted && length > 0 {
            state.body.push_back(bytes);
        }
        self.wake(&state);
        drop(state);
        if !is_wanted {
            self.consume(length);
        }
        Ok(())
    }

    pub fn on_window(&self, more: u32) -> Result<(), Violation> {
        let mut state = self.lock();
        state.send_window += u64::from(more);
        if state.send_window > MAX_WINDOW {
            return Err("window_overflow");
        }
        self.wake(&state);
        Ok(())
    }

    pub fn on_cancel(&self) {
        let mut state = self.lock();
        state.cancelled = true;
        self.wake(&state);
    }

    pub fn on_lost(&self) {
        let mut state = self.lock();
        state.lost = true;
        state.body.clear();
        self.wake(&state);
    }

    // What the call's worker asks and does.

    pub fn set_waker(&self, waker: Arc<EventFd>) {
        self.lock().waker = Some(waker);
    }

    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Whether nobody waits for its reply any more.
    pub fn is_over(&self) -> bool {
        self.lock().is_over()
    }

    pub fn is_lost(&self) -> bool {
        self.lock().lost
    }

    /// Whether there is a body to be read: one that is still coming, or one that has come whole before anybody looked.
    pub fn awaits_body(&self) -> bool {
        let state = self.lock();
        self.takes_body() && (!state.body_ended || !state.body.is_empty())
    }

    pub fn is_passage(&self) -> bool {
        self.inflow == Inflow::Passage
    }

    /// The next bytes of the body; waits for them if told to.
    pub fn body(&self, wait: bool) -> Body {
        let mut state = self.lock();
        loop {
            if state.is_over() {
                return Body::Gone;
            }
            if let Some(bytes) = state.body.pop_front() {
                drop(state);
                self.consume(bytes.len() as u64);
                return Body::Bytes(bytes);
            }
            // A stream that brings no body does not end one that another stream has begun.
            if state.body_ended && self.takes_body() {
                return Body::End;
            }
            if !wait {
                return Body::Later;
            }
            state = self.changed.wait(state).unwrap();
        }
    }

    /// Lets the host send as much again, once a quarter of the window was used.
    fn consume(&self, length: u64) {
        let mut state = self.lock();
        state.consumed += length;
        if state.consumed < WINDOW / 4 || state.body_ended || state.is_over() {
            return;
        }
        let more = state.consumed;
        state.consumed = 0;
        state.receive_window += more;
        drop(state);
        self.connection.send_frame(Type::Window, self.id, 0, &(more as u32).to_be_bytes());
    }

    /// How many bytes of DATA may be sent now; waits until it is some if told to (but not after CANCEL). `None` when nobody
    /// takes them any more.
    pub fn room(&self, wait: bool) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.replied || state.lost {
                return None;
            }
            if state.send_window > 0 || !wait {
                return Some(state.send_window as usize);
            }
            if state.cancelled {
                return None;
            }
            state = self.changed.wait(state).unwrap();
        }
    }

    /// Appends a DATA frame to `out`, whose payload `fill` writes (at most as many bytes as `room` told), to be sent by `send`.
    pub fn data<E>(&self, out: &mut Vec<u8>, channel: u8, fill: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<usize, E> {
        let start = frame::open(out);
        if let Err(error) = fill(out) {
            out.truncate(start);
            return Err(error);
        }
        let length = out.len() - start - frame::HEADER;
        if length == 0 {
            out.truncate(start);
            return Ok(0);
        }
        self.lock().send_window -= length as u64;
        frame::close(out, start, Type::Data, self.id, channel << 1, self.connection.tag);
        Ok(length)
    }

    /// Appends the frame that says that no more DATA comes.
    pub fn end(&self, out: &mut Vec<u8>) {
        let start = frame::open(out);
        frame::close(out, start, Type::Data, self.id, frame::END, self.connection.tag);
    }

    pub fn send(&self, frames: &[u8]) {
        self.connection.send(frames);
    }

    /// Sends `frames` (DATA made before, or nothing) and the REPLY in one go, and ends the stream. Only the first REPLY is sent.
    pub fn reply_after(&self, mut frames: Vec<u8>, payload: &[u8]) {
        let mut state = self.lock();
        if state.replied {
            return;
        }
        state.replied = true;
        state.body.clear();
        self.wake(&state);
        drop(state);
        let start = frame::open(&mut frames);
        frames.extend(payload);
        frame::close(&mut frames, start, Type::Reply, self.id, 0, self.connection.tag);
        self.connection.forget(self.id);
        self.connection.send(&frames);
    }

    pub fn reply(&self, payload: &[u8]) {
        self.reply_after(Vec::with_capacity(frame::HEADER + payload.len() + frame::TRAILER), payload);
    }
}
