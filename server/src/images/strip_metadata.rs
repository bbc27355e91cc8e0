//! Removes what cameras write beside the picture: where it was taken, when, and with what.
//!
//! Every visitor of the shop can load the file, and its owner seldom knows what else is in it. The pixels are not
//! touched, and the orientation is kept. A file that is not understood is refused, never passed on.

use img_parts::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::riff::RiffContent;
use img_parts::webp::WebP;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    Png,
    Jpeg,
    WebP,
}

impl ImageKind {
    /// By the first bytes: a file's name proves nothing.
    pub fn detect(content: &[u8]) -> Option<Self> {
        match content {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            _ => None,
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

/// `None` if the file is not whole.
pub fn bare(content: &[u8]) -> Option<(ImageKind, Vec<u8>)> {
    let kind = ImageKind::detect(content)?;
    let content = Bytes::copy_from_slice(content);
    let bare = match kind {
        ImageKind::Png => bare_png(content),
        ImageKind::Jpeg => bare_jpeg(content),
        ImageKind::WebP => bare_webp(content),
    };
    Some((kind, bare?.into()))
}

/// Removes text and EXIF chunks. Source: PNG (third edition), section 11.3.
fn bare_png(content: Bytes) -> Option<Bytes> {
    let mut png = Png::from_bytes(content).ok()?;
    // The library accepts a file that ends between two chunks.
    png.chunks().last().filter(|last| &last.kind() == b"IEND")?;
    png.chunks_mut()
        .retain(|chunk| !matches!(&chunk.kind(), b"eXIf" | b"tEXt" | b"zTXt" | b"iTXt" | b"tIME"));
    Some(png.encoder().bytes())
}

/// Keeps the segments up to the first scan, and the scan to its end. Source: ITU-T T.81, annex B.
fn bare_jpeg(content: Bytes) -> Option<Bytes> {
    let mut jpeg = Jpeg::from_bytes(content).ok()?;
    let segments = jpeg.segments_mut();
    let scan = segments.pop().filter(|last| last.marker() == markers::SOS)?;
    let (head, length) = (scan.contents().clone(), scan.len());
    let pixels = scan.encoder().bytes().slice(length..);
    // Some cameras append a second file. The end marker cannot occur inside a scan, which writes 0xff as 0xff 0x00.
    let end = pixels.windows(2).position(|w| w == [markers::P, markers::EOI])? + 2;
    // Of EXIF only the orientation is kept.
    let exif = segments.iter().filter(|segment| segment.marker() == markers::APP1);
    let orientation = exif.filter_map(|segment| orientation_of(segment.contents())).next();
    segments.retain(|segment| {
        // EXIF and XMP, Photoshop, comments, and cameras' own data; colour profiles (2 and 14) stay.
        !matches!(
            segment.marker(),
            markers::APP1 | markers::APP3..=markers::APP13 | markers::APP15 | markers::COM
        )
    });
    if let Some(orientation) = orientation.filter(|o| (2..=8).contains(o)) {
        let exif = Bytes::copy_from_slice(&exif_of(orientation));
        segments.insert(0, JpegSegment::new_with_contents(markers::APP1, exif));
    }
    segments.push(JpegSegment::new_with_entropy(markers::SOS, head, pixels.slice(..end)));
    Some(jpeg.encoder().bytes())
}

/// Source: EXIF 2.32, section 4.6.4 (tag 0x0112), and TIFF 6.0, section 2.
fn orientation_of(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let is_little = tiff.starts_with(b"II");
    let short = |at: usize| -> Option<u16> {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let (low, high) = if is_little { (4, 6) } else { (6, 4) };
    let table = usize::from(short(high)?) << 16 | usize::from(short(low)?);
    (0..usize::from(short(table)?)).map(|i| table + 2 + 12 * i).find_map(|entry| {
        let value = if short(entry)? == 0x0112 { short(entry + 8)? } else { return None };
        u8::try_from(value).ok()
    })
}

/// An EXIF segment with nothing but the orientation.
fn exif_of(orientation: u8) -> [u8; 32] {
    let mut exif = *b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    exif[25] = orientation;
    exif
}

/// Removes EXIF and XMP chunks. Source: RFC 9649, section 2.7.
fn bare_webp(content: Bytes) -> Option<Bytes> {
    let mut webp = WebP::from_bytes(content).ok()?;
    webp.chunks_mut().retain(|chunk| !matches!(&chunk.id(), b"EXIF" | b"XMP "));
    for chunk in webp.chunks_mut().iter_mut().filter(|chunk| &chunk.id() == b"VP8X") {
        let RiffContent::Data(head) = chunk.content_mut() else { return None };
        // The header must not announce chunks that were removed.
        let mut flags = head.to_vec();
        *flags.first_mut()? &= !0b0000_1100;
        *head = flags.into();
    }
    Some(webp.encoder().bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use img_parts::png::PngChunk;
    use proptest::prelude::*;

    fn holds(content: &[u8], text: &[u8]) -> bool {
        content.windows(text.len()).any(|w| w == text)
    }

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        PngChunk::new(*name, Bytes::copy_from_slice(content)).encoder().bytes().into()
    }

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, content].concat()
    }

    fn part(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let pad = if content.len() % 2 == 1 { &b"\0"[..] } else { b"" };
        [name, &length[..], content, pad].concat()
    }

    proptest! {
        #[test]
        fn no_file_breaks_the_reader(head in 0usize..3, junk in proptest::collection::vec(any::<u8>(), 0..200)) {
            let heads: [&[u8]; 3] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"RIFF\x40\0\0\0WEBP"];
            let _ = bare(&[heads[head], &junk].concat());
        }
    }

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        for other in [&b""[..], b"<svg onload=alert(1)>", b"GIF89a", b"RIFF\0\0\0\0WAVE", b"\x89PNG"] {
            assert_eq!(ImageKind::detect(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_png_keeps_its_picture_and_nothing_else() {
        let whole = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", b"size"),
            chunk(b"eXIf", b"Luebeck"),
            chunk(b"tEXt", b"Author\0Anna"),
            chunk(b"IDAT", b"pixels"),
            chunk(b"IEND", b""),
            b"what comes after".to_vec(),
        ]
        .concat();
        let (kind, bare) = bare(&whole).unwrap();
        assert_eq!(kind, ImageKind::Png);
        assert!(holds(&bare, b"pixels") && bare.ends_with(&chunk(b"IEND", b"")));
        assert!(!holds(&bare, b"Luebeck") && !holds(&bare, b"Anna") && !holds(&bare, b"after"));
        assert_eq!(super::bare(&whole[..60]), None, "half a file is no picture");
        let between = whole.len() - b"what comes after".len() - chunk(b"IEND", b"").len();
        assert_eq!(super::bare(&whole[..between]), None, "nor is one that ends between two chunks");
        let mut damaged = whole;
        damaged[20] ^= 1;
        assert_eq!(super::bare(&damaged), None, "nor one whose checksum is wrong: no browser shows it");
    }

    #[test]
    fn a_jpeg_keeps_its_picture_and_which_way_up_it_is() {
        let exif = [&exif_of(6)[..], b"GPS Luebeck"].concat();
        let whole = [
            vec![0xff, 0xd8],
            segment(0xe0, b"JFIF\0"),
            segment(0xe1, &exif),
            segment(0xe2, b"ICC_PROFILE\0"),
            segment(0xfe, b"by Anna"),
            segment(0xda, b"scan"),
            b"pixels\xff\xd9second file\xff\xd9".to_vec(),
        ]
        .concat();
        let (kind, bare) = bare(&whole).unwrap();
        assert_eq!(kind, ImageKind::Jpeg);
        assert!(holds(&bare, b"ICC_PROFILE") && bare.ends_with(b"pixels\xff\xd9"));
        assert!(!holds(&bare, b"Luebeck") && !holds(&bare, b"Anna"));
        assert_eq!(orientation_of(&bare[6..]), Some(6));
    }

    #[test]
    fn a_webp_keeps_its_picture_and_promises_nothing_else() {
        let body = [
            part(b"VP8X", &[0b0000_1100, 0, 0, 0, 1, 0, 0, 1, 0, 0]),
            part(b"VP8 ", b"pixel"),
            part(b"EXIF", b"Luebeck"),
            part(b"XMP ", b"Anna"),
        ]
        .concat();
        let size = u32::try_from(body.len() + 4).unwrap().to_le_bytes();
        let (kind, bare) = bare(&[b"RIFF", &size[..], b"WEBP", &body].concat()).unwrap();
        assert_eq!(kind, ImageKind::WebP);
        assert!(holds(&bare, b"pixel") && !holds(&bare, b"Luebeck") && !holds(&bare, b"Anna"));
        assert_eq!((bare[20], usize::from(bare[4])), (0, bare.len() - 8));
    }
}
