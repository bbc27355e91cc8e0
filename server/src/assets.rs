//! The browser's files, made by `cargo xtask build` and carried inside the program.

use actix_web::HttpMessage;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Header as _, Preference, Quality};
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// In a debug build these are read from the folder, in a release build they are part of the program.
#[derive(RustEmbed)]
#[folder = "../target/assets"]
#[allow_missing = true]
struct Folder;

/// The files by the names the code uses, and by the hashed names the browser asks for.
pub struct Assets {
    manifest: BTreeMap<String, String>,
    loader: String,
    /// Look of the frame's page.
    pub frame_css: String,
    /// What happens in the frame's page before and beside the widget.
    pub frame_js: String,
}

/// The program was built without its browser files.
#[derive(Debug, thiserror::Error)]
#[error("this program was built without its browser files ({0}); build it with `cargo xtask build`")]
pub struct MissingAssets(String);

impl Assets {
    /// The files of this build.
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

    /// The address of a file such as `owner.css`, with its content's hash in it.
    pub fn url(&self, name: &str) -> String {
        let hashed = self.manifest.get(name).map_or(name, String::as_str);
        format!("/a/{hashed}")
    }

    /// The loader, with `"__SETUP__"` where a shop's setup goes.
    pub fn loader(&self) -> &str {
        &self.loader
    }

    /// A file by its hashed name, or one of its compressed forms. Only names in the manifest are served.
    pub fn file(&self, hashed: &str, encoding: Encoding) -> Option<Cow<'static, [u8]>> {
        if !self.manifest.values().any(|known| known == hashed) {
            return None;
        }
        Folder::get(&[hashed, encoding.suffix()].concat()).map(|file| file.data)
    }
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `br`.
    Brotli,
    /// `gzip`.
    Gzip,
    /// Not at all.
    Identity,
}

impl Encoding {
    /// The smallest form that this request takes; a weight of nought refuses a form. Other weights are not looked at: what
    /// is smaller arrives sooner, whichever the client likes better. Source: RFC 9110, section 12.5.3.
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

    /// The word in `Content-Encoding`, if one is needed.
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

/// The media type of a file by the end of its name. WASM must be exactly `application/wasm`, or browsers refuse to
/// compile it while it arrives. Source: WebAssembly Web API, section 3.
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
