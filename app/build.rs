//! Lists the languages: every `src/text/<tag>.json` becomes one row of `text::language::FILES`. Adding a language is adding a file.

use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("src/text");
    println!("cargo::rerun-if-changed={}", folder.display());

    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();

    let mut rows = String::from("&[\n");
    for path in files {
        let tag = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a language's file is named by its tag")?;
        println!("cargo::rerun-if-changed={}", path.display());
        writeln!(rows, "    ({tag:?}, include_str!({:?})),", path.display().to_string())?;
    }
    rows.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("languages.rs"), rows)?;
    Ok(())
}
