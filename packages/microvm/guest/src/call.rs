//! One CALL: what it asks for, whether the journal lets it run, and how it is answered.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::args::Args;
use crate::exec::exec;
use crate::fault::{fault, Code, Fault, Outcome};
use crate::journal::Found;
use crate::operation::{Key, Nature, Operation};
use crate::output::Output;
use crate::path::Root;
use crate::place::Place;
use crate::reply::{self, Answer};
use crate::server::{Server, AGENT_UID};
use crate::spool::Record;
use crate::stream::{Inflow, Stream};
use crate::sys::FileRights;
use crate::wire::cbor::{self, Encoder, Value};
use crate::{attach, configure, doors, files, freeze, metrics, power, programs, service, walk, watch, write};

pub struct Call {
    op: String,
    id: Option<String>,
    args: Vec<(String, Value)>,
}

/// What a call works with.
pub struct Context {
    pub server: Arc<Server>,
    pub operation: Arc<Operation>,
    /// What the host calls the operation, journaled or not.
    pub id: Option<String>,
    /// Whether the host announced DATA.
    pub has_body: bool,
    place: Arc<Place>,
}

impl Context {
    pub fn root(&self) -> Root<'_> {
        self.place.root()
    }

    pub fn place(&self) -> &Place {
        &self.place
    }
}

type Handler = fn(&Context, Args) -> Outcome<Answer>;

/// Calls on the files of the VM's root, made with the rights of the user whose files they are.
fn file_handler(op: &str) -> Option<Handler> {
    Some(match op {
        "read" => files::read,
        "write" => write::write,
        "edit" => write::edit,
        "stat" => files::stat,
        "list" => files::list,
        "mkdir" => files::mkdir,
        "remove" => files::remove,
        "rename" => files::rename,
        "glob" => walk::glob,
        "grep" => walk::grep,
        "watch" => watch::watch,
        _ => return None,
    })
}

fn system_handler(op: &str) -> Option<Handler> {
    Some(match op {
        "configure" => configure::configure,
        "grant" => doors::grant,
        "start_service" => service::start,
        "service" => service::request,
        "renew" => configure::renew,
        "freeze" => freeze::freeze,
        "thaw" => freeze::thaw,
        "metrics" => metrics::metrics,
        "signal" => programs::signal,
        "resize" => programs::resize,
        "sync" => power::sync,
        "power_off" => power::power_off,
        _ => return None,
    })
}

/// Values in the arguments of a call, each of which takes more memory than bytes on the wire.
const MAX_VALUES: usize = 16_384;
const JOURNALED: [&str; 6] = ["exec", "write", "edit", "mkdir", "remove", "rename"];

impl Call {
    /// `None` if the payload is not a call at all.
    pub fn parse(payload: &[u8]) -> Option<Call> {
        let Some(Value::Map(entries)) = cbor::decode(payload) else { return None };
        let (mut op, mut id, mut args) = (None, None, None);
        for (key, value) in entries {
            match (key.as_str(), value) {
                ("op", Value::Text(text)) => op = Some(text),
                ("id", Value::Text(text)) if is_id(&text) => id = Some(text),
                ("args", Value::Map(entries)) => args = Some(entries),
                _ => return None,
            }
        }
        Some(Call { op: op?, id, args: args? })
    }

    pub fn inflow(&self) -> Inflow {
        match self.op.as_str() {
            "exec" | "write" | "service" => Inflow::Body,
            "accept" => Inflow::Passage,
            _ => Inflow::None,
        }
    }

    /// Whether its arguments are more than a guest with many calls at once can hold.
    pub fn is_too_large(&self) -> bool {
        self.args.iter().map(|(_, value)| value.count()).sum::<usize>() > MAX_VALUES
    }

    /// What the host calls the operation, and what it is: the same id for something else is a mistake.
    fn key(&self) -> Option<Key> {
        if !JOURNALED.contains(&self.op.as_str()) || self.is_terminal() {
            return None;
        }
        let id = self.id.clone()?;
        let mut bytes = Encoder::default();
        bytes.text(&self.op).map(self.args.len());
        for (name, value) in &self.args {
            bytes.text(name).value(value);
        }
        Some(Key { id, hash: Sha256::digest(&bytes.bytes).into() })
    }

    /// What happens on a terminal is not kept: its id only names it while it is there.
    fn is_terminal(&self) -> bool {
        self.op == "exec" && self.args.iter().any(|(name, _)| name == "pty")
    }

    fn nature(&self) -> Nature {
        let is_new = |(name, value): &(String, Value)| name == "create" && *value == Value::Text("new".into());
        Nature {
            may_redo: matches!(self.op.as_str(), "write" | "mkdir"),
            // A file that is replaced as a whole can be replaced again, whether the journal knows of the first time or not.
            sync_first: self.op != "write" || self.args.iter().any(is_new),
            is_program: self.op == "exec",
        }
    }

    /// Does what is asked for and replies on `stream`, or on the one that takes its place.
    pub fn answer(self, server: &Arc<Server>, stream: &Arc<Stream>) {
        // These two answer when they like.
        match self.op.as_str() {
            "attach" => return attach::attach(server, stream, Args::new(self.args)),
            "accept" => return doors::accept(server, stream, Args::new(self.args)),
            _ => {}
        }
        let has_body = stream.awaits_body();
        let operation = match self.key() {
            None => Operation::new(None, false, self.op == "exec", stream.clone()),
            Some(key) => match server.journal().begin(key, stream, self.nature()) {
                Err(fault) => return stream.reply(&reply::error(&fault)),
                Ok(Found::Known(known)) => return attach::answer_again(stream, known, 0),
                Ok(Found::Start(operation)) => operation,
            },
        };
        let context = Context { server: server.clone(), operation, id: self.id, has_body, place: server.place() };
        if self.op == "exec" {
            return context.run_program(Args::new(self.args));
        }
        context.run(&self.op, Args::new(self.args));
    }
}

fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
}

impl Context {
    fn run(&self, op: &str, args: Args) {
        let outcome = match (file_handler(op), system_handler(op)) {
            (Some(handler), _) => {
                let _rights = self.place.is_confined().then(|| FileRights::of(AGENT_UID));
                handler(self, args)
            }
            (None, Some(handler)) => handler(self, args),
            (None, None) => fault(Code::UnknownOp, format!("This guest knows no call {op}.")),
        };
        let answer = outcome.unwrap_or_else(|fault| Answer { frames: Vec::new(), payload: reply::error(&fault) });
        let payload = self.keep(answer.payload, Record::Inline(Vec::new()));
        self.operation.stream().reply_after(answer.frames, &payload);
    }

    fn run_program(&self, args: Args) {
        let spool = self.operation.key.is_some().then(|| self.server.journal().spool());
        let mut output = Output::new(spool);
        let payload = exec(self, args, &mut output).unwrap_or_else(|fault| reply::error(&fault));
        let settled = self.place.settle().and_then(|()| output.record(self.place.is_durable()));
        let payload = match settled {
            Ok(record) => self.keep(payload, record),
            Err(error) => {
                self.server.journal().interrupt(&self.operation);
                reply::error(&Fault::of(&error, "the disk"))
            }
        };
        if let Err(error) = output.send(&self.operation, true) {
            return self.operation.stream().reply(&reply::error(&Fault::of(&error, "the output")));
        }
        self.operation.stream().reply(&payload);
    }

    /// Keeps the outcome in the journal and returns what is to be answered.
    fn keep(&self, payload: Vec<u8>, record: Record) -> Vec<u8> {
        match self.server.journal().finish(&self.operation, &payload, record) {
            Ok(()) => payload,
            Err(error) => reply::error(&Fault::of(&error, "the journal")),
        }
    }
}
