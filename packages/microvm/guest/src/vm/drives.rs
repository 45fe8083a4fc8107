//! Which drive is which, told by its serial: `base`, `layer0`, `layer1`, ..., `disk`. And which port is ours.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::time::{Duration, Instant};

const PORT: &str = "vibewriter.rpc";
const PATIENCE: Duration = Duration::from_secs(20);

/// The drives' serials and device paths.
pub fn all() -> Result<Vec<(String, String)>> {
    let mut drives = Vec::new();
    for entry in fs::read_dir("/sys/block")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with("vd") {
            continue;
        }
        let serial = fs::read_to_string(format!("/sys/block/{name}/serial"))?;
        drives.push((serial.trim().to_owned(), format!("/dev/{name}")));
    }
    Ok(drives)
}

pub fn find(serial: &str) -> Result<Option<String>> {
    Ok(all()?.into_iter().find(|(other, _)| other == serial).map(|(_, path)| path))
}

/// Waits for the drive: it may appear a little after its driver was loaded.
pub fn wait_for(serial: &str) -> Result<String> {
    wait(|| find(serial), &format!("the drive with the serial {serial}"))
}

/// Opens the port to the host, once it is there. It must stay open: what the host sends while it is closed is lost.
pub fn open_port() -> Result<File> {
    let path = wait(port, &format!("the port {PORT}"))?;
    wait(|| if fs::exists(&path)? { Ok(Some(())) } else { Ok(None) }, &path)?;
    File::options().read(true).write(true).open(path)
}

fn port() -> Result<Option<String>> {
    let entries = match fs::read_dir("/sys/class/virtio-ports") {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        // The name comes in a message of its own, after the port.
        let name = fs::read_to_string(entry.path().join("name")).unwrap_or_default();
        if name.trim() == PORT {
            return Ok(Some(format!("/dev/{}", entry.file_name().to_string_lossy())));
        }
    }
    Ok(None)
}

fn wait<T>(look: impl Fn() -> Result<Option<T>>, what: &str) -> Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if begun.elapsed() > PATIENCE {
            return Err(Error::new(ErrorKind::NotFound, format!("{what} did not appear")));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
