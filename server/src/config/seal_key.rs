//! What everything secret in the database is sealed with: read from the configuration, or made by development for itself.

use crate::clock::Chance;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};
use zeroize::Zeroizing;

#[derive(Clone, PartialEq, Eq)]
pub struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    pub fn make(chance: &Chance) -> Self {
        SealKey(Zeroizing::new(chance.bytes()))
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The newest first, with commas or line ends between.
    pub(super) fn list(text: &str) -> Result<Vec<SealKey>, String> {
        let items = text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
        let keys = items.map(SealKey::parse).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err("It is empty. Make a key with `openssl rand -base64 32`.".into()) } else { Ok(keys) }
    }

    fn parse(text: &str) -> Result<SealKey, String> {
        const LIKE: &str = "Make a key with `openssl rand -base64 32`.";
        let bytes = Zeroizing::new(STANDARD.decode(text).map_err(|_| format!("It is not base64. {LIKE}"))?);
        let length = bytes.len();
        let bytes = bytes.as_slice().try_into().map_err(|_| format!("It has {length} bytes instead of 32. {LIKE}"))?;
        Ok(SealKey(Zeroizing::new(bytes)))
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Development's own, made at the first start; only its owner may read it.
pub(super) fn kept_or_made(path: &Path) -> Result<Vec<SealKey>, String> {
    if !path.exists() {
        make(path).map_err(|fault| not_kept(path, &fault))?;
    }
    read(path)
}

/// There whole or not at all, and once: of servers that start at the same moment all but one find the key of that one.
fn make(path: &Path) -> io::Result<()> {
    let draft = path.with_extension(format!("key-{}", Chance::System.id()));
    let made = write(&draft).and_then(|()| fs::hard_link(&draft, path));
    // Where there is none, nothing was written.
    let _ = fs::remove_file(&draft);
    match made {
        Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn write(draft: &Path) -> io::Result<()> {
    let key = Zeroizing::new(STANDARD.encode(SealKey::make(&Chance::System).bytes()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(key.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Development's own, as far as there is one.
pub(super) fn kept(path: &Path) -> Result<Vec<SealKey>, String> {
    if path.exists() { read(path) } else { Ok(Vec::new()) }
}

fn read(path: &Path) -> Result<Vec<SealKey>, String> {
    let text = fs::read_to_string(path).map_err(|fault| not_kept(path, &fault))?;
    SealKey::list(&text).map_err(|fault| format!("{}: {fault}", path.display()))
}

fn not_kept(path: &Path, fault: &io::Error) -> String {
    format!("{} cannot be kept: {fault}. Start in a folder you may write to, or set PORTICO_SEAL_KEY.", path.display())
}
