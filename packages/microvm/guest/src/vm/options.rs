//! What the kernel command line says to the agent.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::time::Duration;

use super::drives::Drives;

const DEFAULT_ORPHAN_S: u64 = 600;

pub struct Options {
    /// How long the host may be silent.
    pub orphan: Duration,
    /// The port to listen on; absent: the stream is a virtio-serial port.
    pub vsock_port: Option<u32>,
    pub drives: Drives,
}

impl Options {
    pub fn read() -> Result<Options> {
        Options::parse(&fs::read_to_string("/proc/cmdline")?)
    }

    fn parse(line: &str) -> Result<Options> {
        let value = |name: &str| line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        let wrong = |word: &str| Error::new(ErrorKind::InvalidInput, format!("the kernel command line has a wrong {word}"));
        let orphan_s = match value("vibewriter.orphan_s") {
            Some(text) => text.parse().map_err(|_| wrong("vibewriter.orphan_s"))?,
            None => DEFAULT_ORPHAN_S,
        };
        let vsock_port = match value("vibewriter.link") {
            Some(text) => {
                let port = text.strip_prefix("vsock:").and_then(|port| port.parse().ok());
                Some(port.ok_or_else(|| wrong("vibewriter.link"))?)
            }
            None => None,
        };
        let drives = value("vibewriter.drives").map(|text| text.split(',').map(str::to_owned).collect());
        Ok(Options { orphan: Duration::from_secs(orphan_s.max(1)), vsock_port, drives: Drives(drives) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_says_how_the_host_is_reached() {
        let plain = Options::parse("console=ttyS0 quiet\n").unwrap();
        assert_eq!((plain.orphan, plain.vsock_port, plain.drives.0), (Duration::from_secs(600), None, None));
        let line = "reboot=k vibewriter.link=vsock:5000 vibewriter.drives=base,disk vibewriter.orphan_s=0";
        let full = Options::parse(line).unwrap();
        assert_eq!((full.orphan, full.vsock_port), (Duration::from_secs(1), Some(5_000)));
        assert_eq!(full.drives.0.unwrap(), ["base", "disk"]);
        for wrong in ["vibewriter.link=tcp:1", "vibewriter.link=vsock:x", "vibewriter.orphan_s=-1"] {
            assert!(Options::parse(wrong).is_err(), "{wrong}");
        }
    }
}
