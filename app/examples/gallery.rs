//! Writes every step in every state as HTML files, to be looked at: `cargo run -p app --features ssr --example gallery -- <folder>`.

#[path = "../tests/pages/samples.rs"]
mod samples;

use app::{
    contract::problem::{Problem, ProblemKind},
    hosted::{Home, Whence},
    shell::{self, Scripts},
    text,
};
use samples::{brand, pages};
use std::{error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    fs::create_dir_all(&folder)?;
    let mut css = String::new();
    let mut partials: Vec<_> = fs::read_dir("style/hosted")?.collect::<Result<_, _>>()?;
    partials.sort_by_key(fs::DirEntry::file_name);
    for partial in partials {
        css.push_str(&fs::read_to_string(partial.path())?);
    }
    fs::write(folder.join("hosted.css"), css)?;

    for language in text::languages() {
        let texts = text::texts(language);
        let scripts = Scripts {
            css: "hosted.css".into(),
            js: "hosted.js".into(),
            wasm: "hosted.wasm".into(),
            text: format!("{language}.json"),
        };
        fs::write(folder.join(format!("{language}.json")), texts.to_array_json())?;
        for (name, page) in pages(language) {
            fs::write(folder.join(format!("{name}.{language}.html")), shell::hosted(&page, &texts, &scripts, "n"))?;
        }
        let problem = Problem { status: 410, kind: ProblemKind::JourneyOver, trace: "7f3a91c2".into() };
        let home = Home { application: "Woodgrove Groceries", url: "https://woodgrove.example/" };
        let whence = Whence { brand: &brand(), home: Some(home) };
        let html = shell::problem(&problem, Some(whence), &texts, &scripts, "n");
        fs::write(folder.join(format!("problem.{language}.html")), html)?;
    }
    Ok(())
}
