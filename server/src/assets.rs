//! What pages are made of besides HTML: scripts, WebAssembly, styles, sentences, icons; all of it inside the binary.

use app::{shell::Scripts, text};
use axum::{
    body::{Body, Bytes},
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256, Sha384};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Write},
    sync::LazyLock,
};

/// One file, ready to go out in each encoding.
struct File {
    /// What it is called where it was written: `hosted.css`, `text/de.json`.
    source: Cow<'static, str>,
    /// What browsers call it: `hosted.55ab3b01c0ffee42.css`; equal to `source` for files of public/.
    name: Cow<'static, str>,
    content_type: &'static str,
    tag: HeaderValue,
    plain: Plain,
    /// Only where it is smaller.
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// What build.rs made, and the sentences of each language.
static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let mut files = Vec::from(include!(concat!(env!("OUT_DIR"), "/files.rs")));
    files.extend(text::languages().iter().map(|tag| File::of_language(tag)));
    files
});

/// A year, and no question in between: the name changes when the content does.
pub const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What keeps its name is asked for again after an hour.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// `GET /assets/{*name}`: what is named by its content.
pub async fn asset(Path(name): Path<String>, asked: HeaderMap) -> Response {
    match FILES.iter().find(|file| file.name == name && file.is_named_by_content()) {
        Some(file) => file.answer(&asked, FOR_EVER),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /favicon.ico` and its like: what lies in public/ keeps the name it has there.
pub async fn public(at: Uri, asked: HeaderMap) -> Response {
    match FILES.iter().find(|file| at.path().strip_prefix('/') == Some(&file.source) && !file.is_named_by_content()) {
        Some(file) => file.answer(&asked, AN_HOUR),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /widget/{name}`: the widget's loader of one version, `1.2.3.js`.
pub async fn loader(Path(name): Path<String>, asked: HeaderMap) -> Response {
    match FILES.iter().find(|file| file.source.strip_prefix("widget-") == Some(&name)) {
        Some(file) => file.answer(&asked, FOR_EVER),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The address of the present loader, and the hash by which a page makes sure that it gets no other (Subresource Integrity
/// §3.1). Both are empty where the pages were skipped (build.rs).
pub fn present_loader() -> (String, String) {
    let name = concat!(env!("CARGO_PKG_VERSION"), ".js");
    let found = FILES.iter().find(|file| file.source.strip_prefix("widget-") == Some(name));
    let hash = |file: &File| format!("sha384-{}", STANDARD.encode(Sha384::digest(&**file.plain)));
    found.map(|file| (format!("/widget/{name}"), hash(file))).unwrap_or_default()
}

/// Where a hosted page in this language finds what it needs besides HTML.
pub fn scripts(language: &str) -> &'static Scripts {
    static SCRIPTS: LazyLock<BTreeMap<&str, Scripts>> =
        LazyLock::new(|| text::languages().iter().map(|tag| (*tag, scripts_of(tag))).collect());
    static NONE: Scripts = Scripts { css: String::new(), js: String::new(), wasm: String::new(), text: String::new() };
    SCRIPTS.get(language).unwrap_or(&NONE)
}

/// Where the portal finds what it is made of.
pub fn portal_scripts() -> Scripts {
    Scripts { css: address("admin.css"), js: address("admin.js"), wasm: address("admin.wasm"), text: String::new() }
}

fn scripts_of(language: &str) -> Scripts {
    Scripts {
        css: address("hosted.css"),
        js: address("hosted.js"),
        wasm: address("hosted.wasm"),
        text: address(&format!("text/{language}.json")),
    }
}

/// How hosted pages look inside an element of somebody else's page, whose width is what they have.
pub fn style_in_elements() -> &'static str {
    static STYLE: LazyLock<String> = LazyLock::new(|| {
        let text = |source: &str| {
            let file = FILES.iter().find(|file| file.source == source);
            file.map(|file| String::from_utf8_lossy(&file.plain).into_owned()).unwrap_or_default()
        };
        text("hosted.css").replace("@media (max-width", "@container (max-width") + &text("widget.css")
    });
    &STYLE
}

/// By what a file is called where it was written. Nothing where the pages were skipped (build.rs).
pub fn address(source: &str) -> String {
    let file = FILES.iter().find(|file| file.source == source);
    file.map(|file| format!("/assets/{}", file.name)).unwrap_or_default()
}

impl File {
    /// What a browser needs to say everything in one language.
    fn of_language(tag: &str) -> File {
        let sentences = text::texts(tag).to_array_json();
        let hash: String = Sha256::digest(&sentences).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        File {
            source: format!("text/{tag}.json").into(),
            name: format!("text/{tag}.{hash}.json").into(),
            content_type: "application/json",
            tag: HeaderValue::from_str(&format!("W/\"{hash}\"")).expect("hex digits between quotation marks"),
            // Packed at the first page after a start; a packer of brotli would weigh as much as the portal's whole program.
            brotli: None,
            gzip: gzip(sentences.as_bytes()).ok().map(Bytes::from),
            plain: kept(Bytes::from(sentences)),
        }
    }

    fn is_named_by_content(&self) -> bool {
        self.name != self.source
    }

    fn answer(&self, asked: &HeaderMap, lifetime: HeaderValue) -> Response {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, lifetime);
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        // The widget loads them into other people's pages. They are the same bytes for everybody.
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        if knows(asked, &self.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let body = match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts(asked, "br") => encoded(headers, "br", brotli),
            (_, Some(gzip)) if accepts(asked, "gzip") => encoded(headers, "gzip", gzip),
            _ => Bytes::clone(&self.plain),
        };
        *response.body_mut() = Body::from(body);
        response
    }
}

/// As it is. What is large lies packed in the binary, until somebody asks who can read it no other way.
type Plain = LazyLock<Bytes, Box<dyn FnOnce() -> Bytes + Send>>;

fn kept(bytes: Bytes) -> Plain {
    LazyLock::new(Box::new(|| bytes))
}

// Of a build without pages (PORTICO_PAGES=skip) nothing is large.
#[allow(dead_code)]
fn packed(brotli: &'static [u8]) -> Plain {
    LazyLock::new(Box::new(move || {
        let mut plain = Vec::new();
        // Our own bytes, packed by build.rs: reading them from memory cannot fail.
        match brotli_decompressor::BrotliDecompress(&mut &brotli[..], &mut plain) {
            Ok(()) => plain.into(),
            Err(fault) => panic!("a page's own file cannot be unpacked: {fault}"),
        }
    }))
}

fn encoded(headers: &mut HeaderMap, encoding: &'static str, bytes: &Bytes) -> Bytes {
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    bytes.clone()
}

/// JSON that was made for one answer, packed. (Only for what is told once: a secret that comes again beside words that others
/// chose would be found out by the length.)
pub fn told_once(asked: &HeaderMap, json: Vec<u8>) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let body = match gzip(&json) {
        Ok(packed) if accepts(asked, "gzip") => encoded(headers, "gzip", &Bytes::from(packed)),
        _ => Bytes::from(json),
    };
    *response.body_mut() = Body::from(body);
    response
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    packer.finish()
}

/// RFC 9110 §13.1.2: a list of tags, compared weakly.
fn knows(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    list(asked, header::IF_NONE_MATCH).any(|known| known == "*" || known.as_bytes() == tag.as_bytes())
}

/// RFC 9110 §12.5.3: named, and not with the weight 0.
fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    list(asked, header::ACCEPT_ENCODING).any(|wish| {
        let (name, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_some_and(|weight| weight > 0.0)
    })
}

fn list(asked: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    asked.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> File {
        File {
            source: Cow::Borrowed("hosted.js"),
            name: Cow::Borrowed("hosted.1234.js"),
            content_type: "text/javascript; charset=utf-8",
            tag: HeaderValue::from_static("W/\"1234\""),
            plain: kept(Bytes::from_static(b"plain")),
            brotli: Some(Bytes::from_static(b"brotli")),
            gzip: Some(Bytes::from_static(b"gzip")),
        }
    }

    fn asked(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn what_lies_packed_is_unpacked_for_who_cannot_read_it() {
        // "plain", as Node.js packs it.
        assert_eq!(**packed(b"\x0b\x02\x80\x70\x6c\x61\x69\x6e\x03"), *b"plain");
    }

    #[test]
    fn the_best_encoding_that_is_accepted_goes_out() {
        for (wish, encoding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip;q=1.0, BR;q=0.5", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("br; q=0.0", None),
            ("identity", None),
            ("", None),
            ("brotli", None),
        ] {
            let response = sample().answer(&asked(header::ACCEPT_ENCODING, wish), FOR_EVER);
            let sent = response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap());
            assert_eq!(sent, encoding, "{wish}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
            assert_eq!(response.headers()[header::VARY], "accept-encoding");
        }
    }

    #[test]
    fn who_has_it_is_not_sent_it_again() {
        for (known, status) in [
            ("W/\"1234\"", StatusCode::NOT_MODIFIED),
            ("\"other\", W/\"1234\"", StatusCode::NOT_MODIFIED),
            ("*", StatusCode::NOT_MODIFIED),
            ("W/\"12345\"", StatusCode::OK),
        ] {
            let response = sample().answer(&asked(header::IF_NONE_MATCH, known), FOR_EVER);
            assert_eq!(response.status(), status, "{known}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], FOR_EVER);
        }
    }

    #[test]
    fn every_language_has_its_sentences_as_a_file() {
        for tag in text::languages() {
            let at = &scripts(tag).text;
            assert!(at.starts_with(&format!("/assets/text/{tag}.")) && at.ends_with(".json"), "{at}");
        }
    }

    #[tokio::test]
    async fn cve_2022_45921_no_path_leads_out_of_the_table() {
        let ups = ["..", "%2e%2e", "..%2f", "%252e%252e", "..\\", "....//", "..;", "\u{ff0e}\u{ff0e}", "..%c0%af", "."];
        let ends = ["etc/passwd", "portico.key", "portico.db", "Cargo.toml", "", "favicon.ico", "hosted.js"];
        let names = ups.iter().flat_map(|up| {
            ends.iter().flat_map(move |end| {
                [
                    format!("{up}/{end}"),
                    format!("/{up}/{up}/{end}"),
                    format!("text/{up}/{end}"),
                    format!("{up}/{end}\0.css"),
                ]
            })
        });
        let names: Vec<_> = names.collect();
        assert!(names.len() >= 200);
        for name in names {
            let response = asset(Path(name.clone()), HeaderMap::new()).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
            if let Ok(at) = format!("/{name}").parse() {
                assert_eq!(public(at, HeaderMap::new()).await.status(), StatusCode::NOT_FOUND, "{name}");
            }
        }
    }
}
