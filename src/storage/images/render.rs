//! From the bytes of an image to those of another.

use std::io::Cursor;

use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage,
    codecs::{gif::GifEncoder, jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
};

use super::{Format, Resize, Transform};
use crate::storage::{Result, StorageError};

const QUALITY: u8 = 80;
/// What decoders may take beside the pixels themselves.
const DECODER_BYTES: u64 = 64 << 20;

/// The type of what is made of a file.
pub(super) fn media_type(source: &str, format: Option<Format>) -> Result<&'static str> {
    let source = source.split(';').next().unwrap_or_default().trim();
    let kept = match source.to_ascii_lowercase().as_str() {
        "image/jpeg" | "image/jpg" => "image/jpeg",
        "image/png" => "image/png",
        "image/gif" => "image/gif",
        "image/webp" => "image/webp",
        _ => {
            let message = "Sizes are made of JPEG, PNG, GIF and WebP images alone";
            return Err(StorageError::invalid_request(message));
        }
    };
    Ok(if format == Some(Format::Webp) {
        "image/webp"
    } else {
        kept
    })
}

/// Makes it. Nothing is unpacked of an image with more than `max_pixels`.
pub(super) fn render(
    source: &[u8],
    transform: &Transform,
    max_pixels: u64,
    media_type: &str,
) -> Result<Vec<u8>> {
    let mut image = decode(source, max_pixels)?;
    let plan = plan((image.width(), image.height()), transform);
    if plan.target != (image.width(), image.height()) || plan.crop.is_some() {
        image = resize(image, &plan)?;
    }
    encode(&image, media_type, transform.quality.unwrap_or(QUALITY))
}

fn decode(source: &[u8], max_pixels: u64) -> Result<DynamicImage> {
    let unreadable = |_| {
        StorageError::invalid_request("The source image is invalid or unsupported for rendering")
    };
    let reader = || {
        let mut reader = ImageReader::new(Cursor::new(source)).with_guessed_format()?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(max_pixels * 8 + DECODER_BYTES);
        reader.limits(limits);
        Ok::<_, std::io::Error>(reader)
    };
    let known = |format| {
        matches!(
            format,
            ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP
        )
    };
    let first = reader()
        .map_err(image::ImageError::IoError)
        .map_err(unreadable)?;
    if !first.format().is_some_and(known) {
        return Err(StorageError::invalid_request(
            "The source image is invalid or unsupported for rendering",
        ));
    }
    let mut decoder = first.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(StorageError::invalid_request(
            "The source image resolution is too large to process",
        ));
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// What part of an image becomes how large.
#[derive(Debug, PartialEq)]
struct Plan {
    /// Left, top, width, height; all of it without.
    crop: Option<(f64, f64, f64, f64)>,
    target: (u32, u32),
}

/// No image is enlarged: that is for those who show it.
fn plan((width, height): (u32, u32), transform: &Transform) -> Plan {
    let (w, h) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let sides = |w: f64, h: f64| {
        // Both are within what an image had: no number is lost.
        let side = |side: f64| (side.round() as u32).max(1);
        (side(w), side(h))
    };
    let (wanted_w, wanted_h) = match (transform.width, transform.height) {
        (None, None) => {
            return Plan {
                crop: None,
                target: (width, height),
            };
        }
        (Some(wanted), None) => (f64::from(wanted), f64::from(wanted) * h / w),
        (None, Some(wanted)) => (f64::from(wanted) * w / h, f64::from(wanted)),
        (Some(wide), Some(high)) => (f64::from(wide), f64::from(high)),
    };
    match transform.resize.unwrap_or(Resize::Cover) {
        Resize::Fill => Plan {
            crop: None,
            target: sides(wanted_w.min(w), wanted_h.min(h)),
        },
        Resize::Contain => {
            let scale = (wanted_w / w).min(wanted_h / h).min(1.0);
            Plan {
                crop: None,
                target: sides(w * scale, h * scale),
            }
        }
        Resize::Cover => {
            let scale = (wanted_w / w).max(wanted_h / h).min(1.0);
            let (kept_w, kept_h) = ((wanted_w / scale).min(w), (wanted_h / scale).min(h));
            let crop = ((w - kept_w) / 2.0, (h - kept_h) / 2.0, kept_w, kept_h);
            let is_whole = kept_w >= w && kept_h >= h;
            Plan {
                crop: (!is_whole).then_some(crop),
                target: sides(kept_w * scale, kept_h * scale),
            }
        }
    }
}

fn resize(image: DynamicImage, plan: &Plan) -> Result<DynamicImage> {
    let failed = |error: &dyn std::fmt::Display| {
        StorageError::from(crate::error::Error::internal(error.to_string()))
    };
    let (width, height) = (image.width(), image.height());
    let pixels = image.into_rgba8().into_raw();
    let source = Image::from_vec_u8(width, height, pixels, PixelType::U8x4);
    let source = source.map_err(|error| failed(&error))?;
    let mut target = Image::new(plan.target.0, plan.target.1, PixelType::U8x4);
    let mut options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    if let Some((left, top, width, height)) = plan.crop {
        options = options.crop(left, top, width, height);
    }
    let resized = Resizer::new().resize(&source, &mut target, &options);
    resized.map_err(|error| failed(&error))?;
    let made = RgbaImage::from_raw(plan.target.0, plan.target.1, target.into_vec());
    let made = made.ok_or_else(|| failed(&"an image lost its pixels"))?;
    Ok(DynamicImage::ImageRgba8(made))
}

fn encode(image: &DynamicImage, media_type: &str, quality: u8) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let encoded = match media_type {
        "image/jpeg" => {
            let image = DynamicImage::ImageRgb8(image.to_rgb8());
            image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality))
        }
        "image/gif" => {
            let mut encoder = GifEncoder::new(&mut out);
            let image = image.to_rgba8();
            encoder.encode(
                image.as_raw(),
                image.width(),
                image.height(),
                image::ExtendedColorType::Rgba8,
            )
        }
        "image/webp" => {
            let image = DynamicImage::ImageRgba8(image.to_rgba8());
            image.write_with_encoder(WebPEncoder::new_lossless(&mut out))
        }
        _ => image.write_with_encoder(PngEncoder::new(&mut out)),
    };
    encoded.map_err(|error| StorageError::from(crate::error::Error::internal(error)))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(width: Option<u32>, height: Option<u32>, resize: Resize) -> Transform {
        Transform {
            width,
            height,
            resize: Some(resize),
            ..Transform::default()
        }
    }

    #[test]
    fn sides_are_what_was_asked_for_and_never_larger() {
        let target = |size, transform: Transform| plan(size, &transform).target;
        let of = |w, h, resize| target((400, 200), asked(w, h, resize));
        assert_eq!(of(Some(100), Some(100), Resize::Cover), (100, 100));
        assert_eq!(of(Some(100), Some(100), Resize::Contain), (100, 50));
        assert_eq!(of(Some(100), Some(100), Resize::Fill), (100, 100));
        assert_eq!(of(Some(100), None, Resize::Cover), (100, 50));
        assert_eq!(of(None, Some(100), Resize::Contain), (200, 100));
        assert_eq!(of(Some(2_000), None, Resize::Cover), (400, 200));
        assert_eq!(of(None, None, Resize::Cover), (400, 200));
        let cover = plan((400, 200), &asked(Some(100), Some(100), Resize::Cover));
        assert_eq!(cover.crop, Some((100.0, 0.0, 200.0, 200.0)));
    }

    #[test]
    fn an_image_with_too_many_pixels_is_not_unpacked() {
        let mut png = Vec::new();
        let image = DynamicImage::ImageRgb8(image::RgbImage::new(300, 300));
        image
            .write_with_encoder(PngEncoder::new(&mut png))
            .expect("a PNG");
        let small = asked(Some(30), None, Resize::Cover);
        let made = render(&png, &small, 90_000, "image/png").expect("made");
        assert_eq!(image::load_from_memory(&made).expect("a PNG").width(), 30);
        let refused = render(&png, &small, 89_999, "image/png").expect_err("too many");
        assert!(refused.message.contains("resolution"), "{refused}");
        let refused = render(b"\x89PNG\r\n\x1a\nnot one", &small, 90_000, "image/png");
        assert_eq!(refused.expect_err("no image").code, "InvalidRequest");
    }
}
