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

pub struct Operation {
    pub key: Option<Key>,
    /// Whether it was begun before the VM last lost power, and may find its own result.
    pub is_redone: bool,
    stream: Mutex<Arc<Stream>>,
    waker: OnceLock<Arc<EventFd>>,
}

impl Operation {
    pub fn new(key: Option<Key>, is_redone: bool, stream: Arc<Stream>) -> Arc<Operation> {
        Arc::new(Operation { key, is_redone, stream: Mutex::new(stream), waker: OnceLock::new() })
    }

    /// The stream that asks for it now.
    pub fn stream(&self) -> Arc<Stream> {
        self.stream.lock().unwrap().clone()
    }

    /// Everything that happens to its streams from now on signals the same waker.
    pub fn set_waker(&self, waker: &Arc<EventFd>) {
        let stream = self.stream.lock().unwrap();
        self.waker.get_or_init(|| waker.clone());
        stream.set_waker(waker.clone());
    }

    /// Puts `stream` in the place of the one before, which the caller tells so with `moved`.
    pub fn attach(&self, stream: Arc<Stream>) -> Arc<Stream> {
        let mut current = self.stream.lock().unwrap();
        if let Some(waker) = self.waker.get() {
            stream.set_waker(waker.clone());
        }
        std::mem::replace(&mut *current, stream)
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
