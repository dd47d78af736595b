//! Makes the pages: WebAssembly, glue, styles, icons; each compressed once, named by its content, embedded in the binary.

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    env, error, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

#[path = "build/parts.rs"]
mod parts;
#[path = "build/small.rs"]
mod small;

use parts::Parts;
use small::{abbreviated, bare, minify, tight};

type Result<T, E = Box<dyn error::Error>> = std::result::Result<T, E>;

const WASM: &str = "wasm32-unknown-unknown";

/// One WebAssembly for one audience: the feature of `app` that builds it, and what starts it in the browser.
struct Bundle {
    feature: &'static str,
    start: &'static str,
    /// The profile of a debug build. The portal is large: optimising it whole at every change would be waited for.
    debug_profile: &'static str,
    /// For the compiler, besides what its environment says.
    flags: &'static str,
    /// Whether `app` says where it may be cut (`wasm_split`): what the first page needs comes first, the rest when it is opened.
    in_parts: bool,
    /// KiB, brotli: what script and WebAssembly of a first visit may weigh in a release. A feature that breaks it is made
    /// smaller, or a part of its own.
    limit: usize,
}

const RELEASE: &str = "wasm-release";

/// Leptos forgets the exact types of views: the portal is a tenth smaller so, and compiles faster. And the linker says what
/// refers to what, so that the module can be cut.
const ADMIN: &str = "--cfg erase_components -Clink-arg=--emit-relocs";

const BUNDLES: &[Bundle] = &[
    Bundle { feature: "hosted", start: "start.js", debug_profile: RELEASE, flags: "", in_parts: false, limit: 80 },
    Bundle {
        feature: "admin",
        start: "admin.js",
        debug_profile: "wasm-debug",
        flags: ADMIN,
        in_parts: true,
        limit: 200,
    },
];

fn main() {
    if let Err(fault) = make() {
        eprintln!("\nThe pages could not be built: {fault}");
        std::process::exit(1);
    }
}

fn make() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("server/ lies in no workspace")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    watch(root);

    let mut table = Table { out: &out, rows: Vec::new() };
    if env::var("PORTICO_PAGES").is_ok_and(|wish| wish == "skip") {
        return table.write();
    }
    need_wasm_target()?;
    for bundle in BUNDLES {
        let wasm = compile(root, &target_folder(&out)?, bundle)?;
        bind(&wasm, &root.join("public").join(bundle.start), bundle, &mut table)?;
    }
    styles(&root.join("style"), &mut table)?;
    public(&root.join("public"), &mut table)?;
    table.write()
}

/// What the pages are made of; nothing else makes this run again. A path that isn't there would, every time.
fn watch(root: &Path) {
    println!("cargo::rerun-if-env-changed=PORTICO_PAGES");
    for place in
        ["app/src", "app/build.rs", "app/Cargo.toml", "server/build", "style", "public", "Cargo.toml", "Cargo.lock"]
    {
        let place = root.join(place);
        if place.exists() {
            println!("cargo::rerun-if-changed={}", place.display());
        }
    }
}

/// The folder that the outer cargo builds into, whatever it is called: the one where cargo notes its compiler.
fn target_folder(out: &Path) -> Result<PathBuf> {
    let found = out.ancestors().find(|folder| folder.join(".rustc_info.json").is_file());
    Ok(found.or_else(|| out.ancestors().nth(4)).ok_or("no target folder above OUT_DIR")?.to_path_buf())
}

fn need_wasm_target() -> Result<()> {
    let rustc = env::var("RUSTC")?;
    let folder = Command::new(rustc).args(["--print", "target-libdir", "--target", WASM]).output()?.stdout;
    if Path::new(String::from_utf8(folder)?.trim()).is_dir() {
        return Ok(());
    }
    println!("cargo::warning=Adding the Rust target {WASM}, which the pages are compiled to.");
    match Command::new("rustup").args(["target", "add", WASM]).status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("Rust's target {WASM} is missing. Add it with: rustup target add {WASM}").into()),
    }
}

/// Compiles `app` for the browser. Its own folder below target/: in the outer one it would wait for the outer cargo's lock.
fn compile(root: &Path, target: &Path, bundle: &Bundle) -> Result<PathBuf> {
    let folder = target.join("wasm");
    let profile = if is_release()? { RELEASE } else { bundle.debug_profile };
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo.current_dir(root).args([
        "build",
        "--quiet",
        "--locked",
        "--lib",
        "--package",
        "app",
        "--no-default-features",
    ]);
    cargo.args(["--features", bundle.feature, "--target", WASM, "--profile", profile, "--target-dir"]).arg(&folder);
    env::vars().map(|(name, _)| name).filter(|name| is_for_the_outer_build(name)).for_each(|name| {
        cargo.env_remove(name);
    });
    if !bundle.flags.is_empty() {
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", bundle.flags);
    }
    if !cargo.status()?.success() {
        return Err(format!("the bundle `{}` does not compile; see above", bundle.feature).into());
    }
    Ok(folder.join(WASM).join(profile).join("app.wasm"))
}

/// Cargo names here what the outer profile inherits from: `debug` or `release`.
fn is_release() -> Result<bool> {
    Ok(env::var("PROFILE")? == "release")
}

/// What the outer cargo set for the compilation of the server, or was told for the server's target.
fn is_for_the_outer_build(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "CARGO_BUILD_BUILD_DIR",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "CARGO_BUILD_TARGET_DIR",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_TARGET_DIR",
        "DEBUG",
        "HOST",
        "NUM_JOBS",
        "OPT_LEVEL",
        "OUT_DIR",
        "PROFILE",
        "RUSTDOC",
        "RUSTFLAGS",
        "TARGET",
    ];
    const BEGINNINGS: [&str; 7] =
        ["CARGO_CFG_", "CARGO_FEATURE_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PROFILE_", "DEP_", "RUSTC"];
    NAMES.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Writes the JavaScript between browser and WebAssembly, with what starts the bundle at its end: one file, one request.
fn bind(wasm: &Path, start: &Path, bundle: &Bundle, table: &mut Table) -> Result<()> {
    let Parts { main, loader } = if bundle.in_parts { Parts::cut(wasm, bundle, table)? } else { Parts::whole(wasm) };
    let mut output = Bindgen::new()
        .input_path(main)
        .out_name(bundle.feature)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .keep_lld_exports(bundle.in_parts)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    if output.snippets().values().any(|scripts| !scripts.is_empty()) || !output.local_modules().is_empty() {
        return Err(format!(
            "the bundle `{}` brings JavaScript files of its own, which are not served",
            bundle.feature
        )
        .into());
    }
    let start = fs::read_to_string(start).map_err(|fault| format!("{}: {fault}", start.display()))?;
    let script = bare(&format!("{}\n{start}", parts::with_loader(output.js(), &loader)));
    let first = table.add_by_content(bundle.feature, Kind::Script, script.as_bytes())?.small
        + table.add_by_content(bundle.feature, Kind::Wasm, &output.wasm_mut().emit_wasm())?.small;
    if is_release()? && first > bundle.limit * 1024 {
        let (name, limit, weight) = (bundle.feature, bundle.limit, first.div_ceil(1024));
        return Err(format!("script and WebAssembly of `{name}` weigh {weight} KiB; {limit} is the limit").into());
    }
    Ok(())
}

/// Every folder of style/ is one stylesheet: its files in the order of their names.
fn styles(folder: &Path, table: &mut Table) -> Result<()> {
    for sheet in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
        let mut text = String::new();
        for file in sorted(&sheet)?.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "css")) {
            text.push_str(&fs::read_to_string(file)?);
            text.push('\n');
        }
        table.add_by_content(&file_name(&sheet)?, Kind::Style, minify(&text).as_bytes())?;
    }
    Ok(())
}

/// The widget's, which other people's pages name.
const LOADER: &str = "widget.js";

/// Beside the loader in npm's package, or about it, and asked for by no browser.
const PACKAGE: [&str; 4] = ["README.md", "package.json", "versions.txt", "widget.d.ts"];

/// The loader under its version too: a page that names that one, with the hash of its content, is never given another. What
/// was released lies in public/ under this name (README.md, How to add: a release), and is served as it lies there.
fn loader(folder: &Path, bytes: &[u8], table: &mut Table) -> Result<()> {
    let name = format!("widget-{}.js", env!("CARGO_PKG_VERSION"));
    match folder.join(&name).exists() {
        true => Ok(()),
        false => table.add(name.clone(), name, Kind::Script, bytes).map(|_| ()),
    }
}

/// Files that are known by their path: /favicon.ico and the like. What starts a bundle is in the bundle already.
fn public(folder: &Path, table: &mut Table) -> Result<()> {
    for file in sorted(folder)?.into_iter().filter(|path| path.is_file()) {
        let name = file_name(&file)?;
        if BUNDLES.iter().any(|bundle| bundle.start == name) || PACKAGE.contains(&name.as_str()) {
            continue;
        }
        let kind =
            Kind::of(&name).ok_or_else(|| format!("public/{name}: no content type is known for it (build.rs)"))?;
        let bytes = fs::read(&file)?;
        let bytes = match kind {
            // A loader of before is what its hash says.
            Kind::Script if !name.starts_with("widget-") => {
                abbreviated(&tight(&bare(&String::from_utf8(bytes)?))).into_bytes()
            }
            _ => bytes,
        };
        if name == LOADER {
            loader(folder, &bytes, table)?;
        }
        table.add(name.clone(), name, kind, &bytes)?;
    }
    Ok(())
}

/// What a file is, for its name and for browsers.
#[derive(Clone, Copy)]
enum Kind {
    Script,
    Wasm,
    Style,
    Icon,
    Png,
    Svg,
    Text,
}

impl Kind {
    fn of(name: &str) -> Option<Kind> {
        Some(match name.rsplit_once('.')?.1 {
            "js" => Kind::Script,
            "css" => Kind::Style,
            "ico" => Kind::Icon,
            "png" => Kind::Png,
            "svg" => Kind::Svg,
            "txt" => Kind::Text,
            _ => return None,
        })
    }

    fn ending(self) -> &'static str {
        match self {
            Kind::Script => "js",
            Kind::Wasm => "wasm",
            Kind::Style => "css",
            Kind::Icon => "ico",
            Kind::Png => "png",
            Kind::Svg => "svg",
            Kind::Text => "txt",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Kind::Script => "text/javascript; charset=utf-8",
            Kind::Wasm => "application/wasm",
            Kind::Style => "text/css; charset=utf-8",
            Kind::Icon => "image/x-icon",
            Kind::Png => "image/png",
            Kind::Svg => "image/svg+xml",
            Kind::Text => "text/plain; charset=utf-8",
        }
    }
}

/// Bytes.
const LARGE: usize = 100_000;

/// What became of a file: the name that browsers know it by, and its size as it travels.
struct Added {
    name: String,
    small: usize,
}

/// The rows of `assets::FILES`, as Rust text.
struct Table<'a> {
    out: &'a Path,
    rows: Vec<String>,
}

impl Table<'_> {
    fn add_by_content(&mut self, stem: &str, kind: Kind, bytes: &[u8]) -> Result<Added> {
        let ending = kind.ending();
        self.add(format!("{stem}.{ending}"), format!("{stem}.{}.{ending}", hash(bytes)), kind, bytes)
    }

    fn add(&mut self, source: String, name: String, kind: Kind, bytes: &[u8]) -> Result<Added> {
        let small = brotli(bytes)?;
        // The binary need not hold what is large twice: nearly every browser reads brotli.
        let plain = if bytes.len() > LARGE && small.len() < bytes.len() {
            format!("packed(include_bytes!({:?}))", self.out.join(format!("{source}.br")).display().to_string())
        } else {
            format!("kept({})", self.keep(&source, bytes)?)
        };
        let brotli = self.keep_if_smaller(&format!("{source}.br"), &small, bytes)?;
        let gzip = self.keep_if_smaller(&format!("{source}.gz"), &gzip(bytes)?, bytes)?;
        let content_type = kind.content_type();
        let tag = format!("W/\"{}\"", hash(bytes));
        self.rows.push(format!(
            "File {{
    source: Cow::Borrowed({source:?}),
    name: Cow::Borrowed({name:?}),
    content_type: {content_type:?},
    tag: HeaderValue::from_static({tag:?}),
    plain: {plain},
    brotli: {brotli},
    gzip: {gzip},
}}"
        ));
        Ok(Added { name, small: small.len() })
    }

    fn keep_if_smaller(&self, name: &str, packed: &[u8], plain: &[u8]) -> Result<String> {
        if packed.len() < plain.len() { Ok(format!("Some({})", self.keep(name, packed)?)) } else { Ok("None".into()) }
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<String> {
        let path = self.out.join(name);
        fs::write(&path, bytes)?;
        Ok(format!("Bytes::from_static(include_bytes!({:?}))", path.display().to_string()))
    }

    fn write(&self) -> Result<()> {
        Ok(fs::write(self.out.join("files.rs"), format!("[\n{}\n]\n", self.rows.join(",\n")))?)
    }
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    // What only developers fetch need not be as small as can be.
    let quality = if is_release()? { 11 } else { 5 };
    let settings =
        brotli::enc::BrotliEncoderParams { quality, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &settings)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    Ok(packer.finish()?)
}

/// The first 64 bits of SHA-256 in hex: enough that no two of our files ever share a name.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What lies in a folder, by name; a folder that isn't there has nothing in it.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(|fault| format!("{}: {fault}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(name.ok_or_else(|| format!("{}: no readable name", path.display()))?.to_owned())
}
