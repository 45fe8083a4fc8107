//! What a call does, apart from the stream that happens to ask for it: a stream may be lost and another attached.

use std::sync::{Arc, Mutex, OnceLock};

use crate::fault::{Code, Fault};
use crate::reply;
use crate::stream::{Body, Stream};
use crate::sys::EventFd;

pub type Hash = [u8; 32];

/// The name under which the journal knows an operation.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    pub hash: Hash,
}

/// What the journal must know of a call besides its key.
#[derive(Clone, Copy)]
pub struct Nature {
    /// It replaces a whole state: done twice it is the same.
    pub may_redo: bool,
    /// It must not start before its entry is safe.
    pub sync_first: bool,
    /// It runs a program, whose output can be followed by others.
    pub is_program: bool,
}

/// The stream that takes the output, and the number of bytes of it that its host has already.
#[derive(Clone)]
pub struct Listener {
    pub stream: Arc<Stream>,
    pub offset: u64,
}

pub struct Operation {
    pub key: Option<Key>,
    /// Whether it was begun before the VM last lost power, and may find its own result.
    pub is_redone: bool,
    pub is_program: bool,
    listener: Mutex<Listener>,
    waker: OnceLock<Arc<EventFd>>,
}

impl Operation {
    pub fn new(key: Option<Key>, is_redone: bool, is_program: bool, stream: Arc<Stream>) -> Arc<Operation> {
        let listener = Mutex::new(Listener { stream, offset: 0 });
        Arc::new(Operation { key, is_redone, is_program, listener, waker: OnceLock::new() })
    }

    pub fn listener(&self) -> Listener {
        self.listener.lock().unwrap().clone()
    }

    /// The stream that asks for it now.
    pub fn stream(&self) -> Arc<Stream> {
        self.listener.lock().unwrap().stream.clone()
    }

    /// Everything that happens to its streams from now on signals the same waker.
    pub fn set_waker(&self, waker: &Arc<EventFd>) {
        let listener = self.listener.lock().unwrap();
        self.waker.get_or_init(|| waker.clone());
        listener.stream.set_waker(waker.clone());
    }

    /// Puts `listener` in the place of the one before, whose stream the caller tells so with `moved`.
    pub fn attach(&self, listener: Listener) -> Arc<Stream> {
        let mut current = self.listener.lock().unwrap();
        if let Some(waker) = self.waker.get() {
            listener.stream.set_waker(waker.clone());
        }
        std::mem::replace(&mut *current, listener).stream
    }

    /// Whether nobody wants it any more: without an id it ends with its connection.
    pub fn is_unwanted(&self) -> bool {
        let stream = self.stream();
        stream.is_cancelled() || (self.key.is_none() && stream.is_lost())
    }
}

/// Tells a stream that another one has taken its place. The reply also wakes whoever waited for its body.
pub fn moved(stream: &Stream) {
    let message = "Another call with the same operation id has taken the place of this one.".to_owned();
    stream.reply(&reply::error(&Fault { code: Code::OperationMoved, message }));
}

/// The body of an operation, across the streams that bring it.
pub struct BodyReader<'a> {
    operation: &'a Operation,
    stream: Arc<Stream>,
    received: u64,
    /// What a later stream sends again.
    skip: u64,
}

impl<'a> BodyReader<'a> {
    pub fn new(operation: &'a Operation) -> BodyReader<'a> {
        BodyReader { operation, stream: operation.stream(), received: 0, skip: 0 }
    }

    /// The stream that the last answer of `next` was about.
    pub fn stream(&self) -> &Arc<Stream> {
        &self.stream
    }

    pub fn next(&mut self, wait: bool) -> Body {
        loop {
            match self.stream.body(wait) {
                Body::Bytes(mut bytes) => {
                    let passed_over = self.skip.min(bytes.len() as u64);
                    self.skip -= passed_over;
                    bytes.drain(..passed_over as usize);
                    if !bytes.is_empty() {
                        self.received += bytes.len() as u64;
                        return Body::Bytes(bytes);
                    }
                }
                Body::Gone => {
                    let current = self.operation.stream();
                    if Arc::ptr_eq(&current, &self.stream) {
                        return Body::Gone;
                    }
                    self.stream = current;
                    self.skip = self.received;
                }
                other => return other,
            }
        }
    }
}
