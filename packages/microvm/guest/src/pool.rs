//! Threads that answer calls: as many as there are calls at once, the idle ones kept for the next.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

const STACK: usize = 256 * 1024;
const IDLE: Duration = Duration::from_secs(30);

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    idle: usize,
}

#[derive(Clone, Default)]
pub struct Pool {
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Pool {
    /// Runs `job` soon, on a thread of its own for as long as it takes. Whoever calls bounds how many are under way.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        let (state, arrived) = &*self.shared;
        let mut state = state.lock().unwrap();
        state.jobs.push_back(Box::new(job));
        if state.jobs.len() <= state.idle {
            arrived.notify_one();
            return;
        }
        drop(state);
        let pool = self.clone();
        if let Err(error) = thread::Builder::new().stack_size(STACK).spawn(move || pool.work()) {
            // A thread that is at work takes the job when it is done.
            log!("no thread for a call: {error}");
        }
    }

    fn work(&self) {
        let (state, arrived) = &*self.shared;
        let mut state = state.lock().unwrap();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job();
                state = self.shared.0.lock().unwrap();
                continue;
            }
            state.idle += 1;
            let (next, waited) = arrived.wait_timeout(state, IDLE).unwrap();
            state = next;
            state.idle -= 1;
            if waited.timed_out() && state.jobs.is_empty() {
                return;
            }
        }
    }
}
