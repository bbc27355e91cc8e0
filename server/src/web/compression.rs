//! Pages leave small: what is made anew for each visit is compressed on its way out.

use crate::assets::Encoding;
use std::io::Write as _;

/// Below this nothing is gained. Source: one segment of TCP holds about 1,400 bytes.
pub(crate) const WORTH_IT_BYTES: usize = 1_200;

/// How much time a text is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompressionPolicy {
    /// It is sent once.
    Once,
    /// It is kept and sent often.
    Often,
}

/// The text in this form; in its own if the form is [`Encoding::Identity`].
///
/// # Errors
/// Never in practice: writing to memory does not fail.
pub fn compress(text: &[u8], encoding: Encoding, care: CompressionPolicy) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 3);
    match encoding {
        Encoding::Brotli => {
            // A summary of 70 kB: 11.0 kB in 0.6 ms with 3, 9.8 kB in 2.1 ms with 5, which is most of what the page takes.
            let quality = if care == CompressionPolicy::Once { 3 } else { 11 };
            let how = brotli::enc::BrotliEncoderParams { quality, lgwin: 18, ..Default::default() };
            brotli::BrotliCompress(&mut &*text, &mut out, &how)?;
        }
        Encoding::Gzip => {
            let level = if care == CompressionPolicy::Once { 5 } else { 9 };
            let mut gzip = flate2::write::GzEncoder::new(&mut out, flate2::Compression::new(level));
            gzip.write_all(text)?;
            gzip.finish()?;
        }
        Encoding::Identity => out.extend_from_slice(text),
    }
    Ok(out)
}
