//! A folder of one test's own, gone when the test is.

use crate::clock::Chance;
use std::{
    env, fs,
    ops::Deref,
    path::{Path, PathBuf},
};

pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let folder = env::temp_dir().join(format!("portico-{}", Chance::System.id()));
        fs::create_dir(&folder).unwrap();
        Folder(folder)
    }

    pub fn database_url(&self) -> String {
        format!("sqlite://{}", self.join("portico.db").display())
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // One left behind does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}
