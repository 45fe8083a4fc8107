//! Which drive is which: `base`, `layer0`, `layer1`, ..., `disk`, told by its serial or by its place. And which port is ours.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::time::{Duration, Instant};

const PORT: &str = "vibewriter.rpc";
const PATIENCE: Duration = Duration::from_secs(20);

/// The drives' names in the order in which the host has attached them, where it says so; else their serials tell.
pub struct Drives(pub Option<Vec<String>>);

impl Drives {
    /// The path of a drive, if it is there.
    pub fn find(&self, name: &str) -> Result<Option<String>> {
        match &self.0 {
            Some(order) => match device(order, name) {
                Some(device) if fs::exists(format!("/sys/block/{device}"))? => Ok(Some(format!("/dev/{device}"))),
                _ => Ok(None),
            },
            None => by_serial(name),
        }
    }

    /// Waits for the drive: it may appear a little after its driver was loaded.
    pub fn wait_for(&self, name: &str) -> Result<String> {
        wait(|| self.find(name), &format!("the drive {name}"))
    }
}

/// The first is `vda`.
fn device(order: &[String], name: &str) -> Option<String> {
    let at = order.iter().position(|other| other == name)?;
    let letter = char::from(b'a'.checked_add(u8::try_from(at).ok()?)?);
    letter.is_ascii_lowercase().then(|| format!("vd{letter}"))
}

fn by_serial(name: &str) -> Result<Option<String>> {
    for entry in fs::read_dir("/sys/block")? {
        let device = entry?.file_name().to_string_lossy().into_owned();
        if device.starts_with("vd") && fs::read_to_string(format!("/sys/block/{device}/serial"))?.trim() == name {
            return Ok(Some(format!("/dev/{device}")));
        }
    }
    Ok(None)
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

pub fn wait<T>(look: impl Fn() -> Result<Option<T>>, what: &str) -> Result<T> {
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

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn drives_are_found_by_their_place() {
        let order: Vec<String> = ["base", "layer0", "disk"].map(str::to_owned).into();
        let devices = ["base", "disk", "layer1"].map(|name| device(&order, name));
        assert_eq!(devices, [Some("vda".to_owned()), Some("vdc".to_owned()), None]);
        let many: Vec<String> = (0..300).map(|n| format!("layer{n}")).collect();
        assert_eq!(device(&many, "layer25"), Some("vdz".to_owned()));
        assert_eq!([26, 200, 299].map(|n| device(&many, &format!("layer{n}"))), [None, None, None]);
    }
}
