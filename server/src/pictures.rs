//! Tenants' logos and backgrounds: how they are written anew, and how they are served.

use crate::{
    assets::FOR_EVER,
    directory::branding::{self, Picture},
    error::{Error, Result},
    state::AppState,
};
use axum::{
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};
use std::io::Cursor;

/// Bytes, sent or written.
pub const LARGEST: usize = 1024 * 1024;
/// Security R22.
const MOST_PIXELS: u64 = 4_000_000;
const LONGEST_SIDE: u32 = 8192;
const JPEG_QUALITY: u8 = 88;

/// The picture without anything but its pixels: no comment, no place where it was taken, no second file behind it. PNG and
/// JPEG stay what they are, WebP becomes PNG; nothing else is read.
pub fn written_anew(sent: &[u8]) -> Result<Picture> {
    let cannot = |why: &str| Error::BadRequest(format!("The picture cannot be used: {why}."));
    if sent.len() > LARGEST {
        return Err(cannot("it has more than 1 MiB"));
    }
    let format = image::guess_format(sent).map_err(|_| cannot("it is neither PNG nor JPEG nor WebP"))?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(cannot("it is neither PNG nor JPEG nor WebP"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(sent), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(64 * 1024 * 1024);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| cannot("it is damaged, or a side has more than 8192 pixels"))?;
    let (width, height) = decoder.dimensions();
    // Told by the head of the file, before any pixel is unpacked.
    if u64::from(width) * u64::from(height) > MOST_PIXELS || width.max(height) > LONGEST_SIDE {
        return Err(cannot("it has more than four million pixels"));
    }
    let pixels = DynamicImage::from_decoder(decoder).map_err(|_| cannot("it is damaged"))?;
    let mut written = Vec::new();
    let (media_type, done) = match format {
        ImageFormat::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut written, JPEG_QUALITY);
            ("image/jpeg", DynamicImage::from(pixels.to_rgb8()).write_with_encoder(encoder))
        }
        _ => (
            "image/png",
            DynamicImage::from(pixels.to_rgba8()).write_to(&mut Cursor::new(&mut written), ImageFormat::Png),
        ),
    };
    done.map_err(|_| cannot("it cannot be written anew"))?;
    if written.len() > LARGEST {
        return Err(cannot("written anew it has more than 1 MiB; please make it smaller"));
    }
    Ok(Picture { media_type: media_type.into(), body: STANDARD.encode(written) })
}

/// Whether it is as we write pictures, so that it can be kept as it is: of each kind the parts that hold pixels, to the last
/// byte, and pixels that can be read.
pub fn nothing_but_pixels(media_type: &str, body: &str) -> Result<(), &'static str> {
    const NOT_OURS: &str = "This is no picture as Portico writes it. Send it to …/branding, and export again.";
    let bytes = STANDARD.decode(body).map_err(|_| NOT_OURS)?;
    let plain = match media_type {
        "image/png" => is_plain_png(&bytes),
        "image/jpeg" => is_plain_jpeg(&bytes),
        _ => None,
    };
    plain.ok_or(NOT_OURS)?;
    written_anew(&bytes).map(|_| ()).map_err(|_| NOT_OURS)
}

/// PNG (Third Edition) §5.3: a signature, and chunks of a length, a name, data and a sum.
fn is_plain_png(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (name, after) = after.split_first_chunk::<4>()?;
        let end = usize::try_from(u32::from_be_bytes(*length)).ok()?.checked_add(4)?;
        rest = after.get(end..)?;
        match name {
            b"IHDR" | b"IDAT" => {}
            b"IEND" => return rest.is_empty().then_some(()),
            _ => return None,
        }
    }
}

/// ITU-T T.81, Annex B: segments of a marker, a length and data; the scan after SOS, in which every 0xFF is followed by a
/// zero or by EOI.
fn is_plain_jpeg(bytes: &[u8]) -> Option<()> {
    const JFIF: u8 = 0xe0;
    const DQT: u8 = 0xdb;
    const SOF0: u8 = 0xc0;
    const DHT: u8 = 0xc4;
    const SOS: u8 = 0xda;
    const EOI: u8 = 0xd9;
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let ([0xff, marker, high, low], _) = rest.split_first_chunk::<4>()? else { return None };
        let end = usize::from(u16::from_be_bytes([*high, *low])).checked_add(2)?;
        let known = match *marker {
            // The head of the format alone: 16 bytes, and no small picture in it.
            JFIF => end == 18,
            DQT | SOF0 | DHT | SOS => true,
            _ => false,
        };
        if !known {
            return None;
        }
        rest = rest.get(end..)?;
        if *marker == SOS {
            break;
        }
    }
    let scan = rest.strip_suffix(&[0xff, EOI])?;
    let stuffed = |at: usize| scan[at] != 0xff || scan.get(at + 1) == Some(&0);
    (0..scan.len()).all(stuffed).then_some(())
}

/// `GET /pictures/{hash}`: its name is its content, so it never changes.
pub async fn picture(State(state): State<AppState>, Path(hash): Path<String>) -> Result<Response> {
    let picture = branding::picture(&state.db, &hash).await?.ok_or(Error::NotFound)?;
    let body = STANDARD.decode(&picture.body).map_err(|_| Error::Internal("a picture is damaged".into()))?;
    let media_type =
        HeaderValue::try_from(picture.media_type).map_err(|_| Error::Internal("a picture is damaged".into()))?;
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, FOR_EVER),
        // The widget shows it in other people's pages.
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    Ok((headers, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut written = Vec::new();
        DynamicImage::new_rgba8(width, height).write_to(&mut Cursor::new(&mut written), ImageFormat::Png).unwrap();
        written
    }

    #[test]
    fn r22_a_picture_is_written_anew() {
        let mut polyglot = png(16, 16);
        polyglot.extend(b"<script>alert(1)</script>");
        let picture = written_anew(&polyglot).unwrap();
        let bytes = STANDARD.decode(picture.body).unwrap();
        assert!(!bytes.windows(8).any(|it| it == b"<script>"));
        assert_eq!(picture.media_type, "image/png");
    }

    #[test]
    fn r22_what_was_written_anew_holds_nothing_but_pixels_and_nothing_else_does() {
        let mut jpeg = Vec::new();
        DynamicImage::new_rgb8(40, 30).write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
        for sent in [png(16, 16), jpeg] {
            let Picture { media_type, body } = written_anew(&sent).unwrap();
            assert_eq!(nothing_but_pixels(&media_type, &body), Ok(()), "{media_type}");
            let bytes = STANDARD.decode(&body).unwrap();
            let mut longer = bytes.clone();
            longer.extend(b"<script>");
            let mut commented = bytes.clone();
            // A comment, of either format, behind the head.
            commented.splice(2..2, [0xff, 0xfe, 0, 4, b'h', b'i']);
            for wrong in [&longer, &commented, &bytes[..bytes.len() - 3]] {
                assert!(nothing_but_pixels(&media_type, &STANDARD.encode(wrong)).is_err(), "{media_type}");
            }
        }
        assert!(nothing_but_pixels("image/svg+xml", &STANDARD.encode("<svg/>")).is_err());
    }

    #[test]
    fn r22_cve_kanidm_40_what_is_no_picture_of_ours_is_refused() {
        let long = png(1, 65_000);
        let many = png(2100, 2100);
        let truncated = &png(64, 64)[..80];
        let large = vec![0; LARGEST + 1];
        for sent in [&b""[..], b"<svg/>", b"GIF89a", &long, &many, truncated, &large] {
            assert!(matches!(written_anew(sent), Err(Error::BadRequest(_))));
        }
    }
}
