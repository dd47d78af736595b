//! A WebAssembly module in parts: what the first page needs, and what is fetched when it is opened.

use super::{Bundle, Kind, Result, Table, file_name};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What the glue calls the script that fetches parts.
const LOADER: &str = "./__wasm_split.js";

/// A module that is cut.
pub struct Parts {
    /// What comes first.
    pub main: PathBuf,
    /// The script that fetches the others.
    pub loader: String,
}

impl Parts {
    pub fn whole(wasm: &Path) -> Self {
        Self { main: wasm.to_owned(), loader: String::new() }
    }

    /// Cuts the module where `app` says so. The parts lie beside the script, by the names that their content gives them.
    pub fn cut(wasm: &Path, bundle: &Bundle, table: &mut Table) -> Result<Parts> {
        let folder = table.out.join("parts");
        let main = folder.join("main.wasm");
        let module = fs::read(wasm)?;
        let mut options = wasm_split_cli_support::Options::new(&module);
        (options.output_dir, options.main_out_path, options.link_name) = (&folder, &main, LOADER);
        let cut = wasm_split_cli_support::transform(options)
            .map_err(|fault| format!("cutting {}: {fault}", bundle.feature))?;
        let mut loader = fs::read_to_string(folder.join(LOADER))?;
        for path in cut.split_modules {
            let name = file_name(&path)?;
            let stem = format!("{}-{}", bundle.feature, name.trim_end_matches(".wasm"));
            let added = table.add_by_content(&stem, Kind::Wasm, &without_names(&fs::read(&path)?)?)?;
            loader = loader.replace(&format!("\"./{name}\""), &format!("\"./{}\"", added.name));
        }
        Ok(Parts { main, loader })
    }
}

/// Puts the script that fetches parts into the glue, which would import it: they need each other, and one file is one request.
pub fn with_loader(glue: &str, loader: &str) -> String {
    let mut script = String::new();
    let mut loads = Vec::new();
    for line in loader.lines().filter(|line| !line.starts_with("import ")) {
        match line.strip_prefix("export const ") {
            Some(own) => {
                loads.extend(own.split_whitespace().next());
                script.push_str("const ");
                script.push_str(own);
            }
            None => script.push_str(line),
        }
        script.push('\n');
    }
    let loads = loads.join(",");
    for line in glue.lines() {
        // import * as import1 from "./__wasm_split.js"
        match line.strip_prefix("import * as ").and_then(|rest| rest.split_once(" from ")) {
            Some((name, from)) if from.contains(LOADER) => script.push_str(&format!("const {name}={{{loads}}};")),
            _ => script.push_str(line),
        }
        script.push('\n');
    }
    script
}

/// A module without its custom sections: names and the like, which no browser needs (WebAssembly 2.0 §5.5).
fn without_names(module: &[u8]) -> Result<Vec<u8>> {
    const PREAMBLE: usize = 8;
    const CUSTOM: u8 = 0;
    let (preamble, mut rest) = module.split_at_checked(PREAMBLE).ok_or("no WebAssembly")?;
    let mut small = preamble.to_vec();
    while let [kind, sized @ ..] = rest {
        // The section's size in LEB128: seven bits a byte, the last one without its top bit.
        let digits = sized.iter().position(|byte| byte & 0x80 == 0).ok_or("a section without an end")? + 1;
        let size = sized[..digits].iter().rev().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f));
        let (section, after) = rest.split_at_checked(1 + digits + size).ok_or("a section longer than its module")?;
        if *kind != CUSTOM {
            small.extend_from_slice(section);
        }
        rest = after;
    }
    Ok(small)
}
