//! The browser's files, built by `cargo xtask build` and embedded in the program.

use actix_web::HttpMessage;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Header as _, Preference, Quality};
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A debug build reads them from the folder, a release build embeds them.
#[derive(RustEmbed)]
#[folder = "../target/assets"]
#[allow_missing = true]
struct Folder;

/// Finds files by the names the code uses, and by the hashed names browsers request.
pub struct Assets {
    manifest: BTreeMap<String, String>,
    loader: String,
    pub frame_css: String,
    pub frame_js: String,
}

#[derive(Debug, thiserror::Error)]
#[error("this program was built without its browser files ({0}); build it with `cargo xtask build`")]
pub struct MissingAssets(String);

impl Assets {
    pub fn load() -> Result<Self, MissingAssets> {
        let text = |name: &str| {
            let file = Folder::get(name).ok_or_else(|| MissingAssets(name.to_owned()))?;
            String::from_utf8(file.data.into_owned()).map_err(|_| MissingAssets(name.to_owned()))
        };
        let manifest = serde_json::from_str(&text("manifest.json")?)
            .map_err(|_| MissingAssets("manifest.json".to_owned()))?;
        let (frame_css, frame_js) = (text("frame.css")?, text("frame.js")?);
        Ok(Self { manifest, loader: text("loader.js")?, frame_css, frame_js })
    }

    /// The URL of a file such as `owner.css`, with the hash of its content.
    pub fn url(&self, name: &str) -> String {
        let hashed = self.manifest.get(name).map_or(name, String::as_str);
        format!("/a/{hashed}")
    }

    /// Holds `"__SETUP__"` where a shop's setup is inserted.
    pub fn loader(&self) -> &str {
        &self.loader
    }

    /// Only names in the manifest are served.
    pub fn file(&self, hashed: &str, encoding: Encoding) -> Option<Cow<'static, [u8]>> {
        if !self.manifest.values().any(|known| known == hashed) {
            return None;
        }
        Folder::get(&[hashed, encoding.suffix()].concat()).map(|file| file.data)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The smallest encoding that the client accepts; a weight of 0 refuses one. Other weights are ignored: a smaller
    /// file arrives sooner, whichever encoding the client prefers. Source: RFC 9110, section 12.5.3.
    pub fn accepted(request: &impl HttpMessage) -> Self {
        let taken = AcceptEncoding::parse(request).map(|AcceptEncoding(taken)| taken).unwrap_or_default();
        let takes = |coding| {
            let coding = Preference::Specific(header::Encoding::Known(coding));
            taken.iter().any(|one| one.item == coding && one.quality > Quality::ZERO)
        };
        if takes(ContentEncoding::Brotli) {
            Self::Brotli
        } else if takes(ContentEncoding::Gzip) {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// The value of `Content-Encoding`, if one is needed.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

/// By the extension. WASM must be exactly `application/wasm`, or browsers refuse to compile it while it arrives.
/// Source: WebAssembly Web API, section 3.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("wasm") => "application/wasm",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_smallest_form_that_the_browser_takes_is_sent() {
        for (header, encoding) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, br;q=0", Encoding::Gzip),
            ("GZIP;q=0.5", Encoding::Gzip),
            ("gzip, br; Q=0.000", Encoding::Gzip),
            ("gzip;q=1, br;q=0.1", Encoding::Brotli),
            ("gzip;q=often, br;q=0, *", Encoding::Identity),
            ("deflate", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            let request = TestRequest::default().insert_header((header::ACCEPT_ENCODING, header));
            assert_eq!(Encoding::accepted(&request.to_http_request()), encoding, "{header}");
        }
    }
}
