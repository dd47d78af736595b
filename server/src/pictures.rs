//! Tenants' logos and backgrounds: how they are written anew, and how they are served.

use crate::{
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

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

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
    fn r22_cve_kanidm_40_what_is_no_picture_of_ours_is_refused() {
        let long = png(1, 8193);
        let many = png(2100, 2100);
        let truncated = &png(64, 64)[..80];
        let large = vec![0; LARGEST + 1];
        for sent in [&b""[..], b"<svg/>", b"GIF89a", &long, &many, truncated, &large] {
            assert!(matches!(written_anew(sent), Err(Error::BadRequest(_))));
        }
    }
}
