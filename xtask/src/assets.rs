//! Builds everything the browser gets into `target/assets`, as ARCHITECTURE.md lists it.

use crate::files::{AssetFolder, FOLDER, hex};
use crate::minify;
use crate::timing::timed;
use crate::toolchain::Toolchain;
use crate::widget;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// Hand-written files with a hashed name: the name in the manifest, and the path of the source.
const SOURCES: [(&str, &str); 4] = [
    ("owner.css", "server/assets/owner.css"),
    ("owner.js", "server/assets/owner.js"),
    ("inbox.css", "server/assets/inbox.css"),
    ("inbox.js", "server/assets/inbox.js"),
];
/// Inlined into the frame's page, so that one round trip is enough to respond.
const INLINE: [(&str, &str); 2] = [("frame.css", "widget/frame.css"), ("frame.js", "widget/frame.js")];
const LOADER: &str = "widget/loader.js";
/// Holds the hashes of the inputs of the last build.
const STAMP: &str = "target/assets.stamp";

/// Builds what has changed since the last time. A missing source is an error unless `allow_missing` is set.
pub(crate) fn build(allow_missing: bool) -> Result<()> {
    let toolchain = Toolchain::choose()?;
    let stamp = stamp(toolchain)?;
    // The stamp is still there when the folder was emptied by hand.
    let exists = Path::new(FOLDER).join("manifest.json").exists();
    if exists && fs::read_to_string(STAMP).is_ok_and(|old| old == stamp) {
        eprintln!("── The browser's files are up to date.");
        return Ok(());
    }
    let what = format!("The widget, to WebAssembly ({})", toolchain.as_str());
    let compiled = timed(&what, || widget::compile(toolchain))?;
    let complete = timed("The browser's files", || pack(&compiled, allow_missing))?;
    let stamp = if complete { stamp } else { format!("{} without some files", toolchain.as_str()) };
    Ok(fs::write(STAMP, stamp)?)
}

/// Whether the widget in the folder has a standard library that was compiled for size.
pub(crate) fn built_small() -> bool {
    fs::read_to_string(STAMP).is_ok_and(|stamp| !stamp.starts_with(Toolchain::Shipped.as_str()))
}

/// Fills the folder. Returns `false` if a source was missing.
fn pack(compiled: &Path, allow_missing: bool) -> Result<bool> {
    let mut files = AssetFolder::open(FOLDER)?;
    let mut missing = Vec::new();
    let mut source = |path: &str| -> Result<Option<String>> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(_) if !Path::new(path).exists() => {
                missing.push(path.to_owned());
                Ok(None)
            }
            Err(e) => Err(e).with_context(|| format!("{path} cannot be read")),
        }
    };
    if let Some(text) = source(LOADER)? {
        files.write("loader.js", minify::loader(&text)?.as_bytes())?;
    }
    for (name, path) in SOURCES.into_iter().chain(INLINE) {
        let Some(text) = source(path)? else { continue };
        let small = if name.ends_with(".css") {
            minify::css(&with_imports(path, &text)?)
        } else {
            minify::js(path, &text)?
        };
        if INLINE.contains(&(name, path)) {
            ensure!(
                !small.contains("</"),
                "{path} is inlined into a page, so nothing in it may look like the end of an element"
            );
            files.write(name, small.as_bytes())?;
        } else {
            files.write_hashed(name, small.as_bytes())?;
        }
    }
    let widget = widget::bind(compiled)?;
    files.write_hashed("widget.js", widget.js.as_bytes())?;
    files.write_hashed("widget.wasm", &widget.wasm)?;
    files.finish()?;
    if missing.is_empty() {
        return Ok(true);
    }
    let sentence = format!("Missing among the browser's files: {}.", missing.join(", "));
    if !allow_missing {
        bail!("{sentence} With --allow-missing the rest is built without.");
    }
    eprintln!("   {sentence}");
    Ok(false)
}

/// Replaces each `@import` of a style sheet by the file that it names, so that a browser fetches one file.
fn with_imports(path: &str, css: &str) -> Result<String> {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let mut whole = String::new();
    for line in css.lines() {
        let imported = line.strip_prefix("@import \"").and_then(|rest| rest.strip_suffix("\";"));
        if let Some(name) = imported {
            let part = folder.join(name);
            whole +=
                &fs::read_to_string(&part).with_context(|| format!("{} cannot be read", part.display()))?;
        } else {
            whole += line;
        }
        whole.push('\n');
    }
    Ok(whole)
}

/// The toolchain and the hash of every input of the build.
fn stamp(toolchain: Toolchain) -> Result<String> {
    let mut inputs = Vec::new();
    for path in ["widget", "shared", "server/assets", "xtask", "Cargo.toml", "Cargo.lock"] {
        collect_files(Path::new(path), &mut inputs)?;
    }
    inputs.sort();
    let mut all = String::new();
    for path in inputs {
        all += &format!("{} {}\n", path.display(), hex(&fs::read(&path)?));
    }
    Ok(format!("{} {}\n", toolchain.as_str(), hex(all.as_bytes())))
}

fn collect_files(path: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect_files(&entry?.path(), into)?;
        }
    } else if path.exists() {
        into.push(path.to_owned());
    }
    Ok(())
}
