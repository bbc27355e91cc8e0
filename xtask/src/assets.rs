//! Everything the browser gets, built into `target/assets` as ARCHITECTURE.md lists it.

use crate::files::{FOLDER, Files, hex};
use crate::minify;
use crate::step::step;
use crate::toolchain::Toolchain;
use crate::widget;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// Written by hand; the name in the list, and where it lies.
const SOURCES: [(&str, &str); 4] = [
    ("owner.css", "server/assets/owner.css"),
    ("owner.js", "server/assets/owner.js"),
    ("inbox.css", "server/assets/inbox.css"),
    ("inbox.js", "server/assets/inbox.js"),
];
/// Stands in the frame's page itself, so that one round trip is enough to answer.
const INLINE: [(&str, &str); 2] = [("frame.css", "widget/frame.css"), ("frame.js", "widget/frame.js")];
const LOADER: &str = "widget/loader.js";
/// What the last build was made of.
const STAMP: &str = "target/assets.stamp";

/// Builds what has changed since the last time.
///
/// # Errors
/// If the widget does not compile, or a source is missing and `allow_missing` is not set.
pub fn build(allow_missing: bool) -> Result<()> {
    let toolchain = Toolchain::choose()?;
    let stamp = stamp(toolchain)?;
    // A folder that somebody emptied is built anew.
    let there = Path::new(FOLDER).join("manifest.json").exists();
    if there && fs::read_to_string(STAMP).is_ok_and(|old| old == stamp) {
        eprintln!("── The browser's files are as they were.");
        return Ok(());
    }
    let what = format!("The widget, to WebAssembly ({})", toolchain.as_str());
    let compiled = step(&what, || widget::compile(toolchain))?;
    let complete = step("The browser's files", || pack(&compiled, allow_missing))?;
    let stamp = if complete { stamp } else { format!("{} without some files", toolchain.as_str()) };
    Ok(fs::write(STAMP, stamp)?)
}

/// How the files in the folder were compiled.
pub fn built_small() -> bool {
    fs::read_to_string(STAMP).is_ok_and(|stamp| !stamp.starts_with(Toolchain::Shipped.as_str()))
}

/// Fills the folder; whether nothing was missing.
fn pack(compiled: &Path, allow_missing: bool) -> Result<bool> {
    let mut files = Files::open(FOLDER)?;
    let mut missing = Vec::new();
    let mut source = |place: &str| -> Result<Option<String>> {
        match fs::read_to_string(place) {
            Ok(text) => Ok(Some(text)),
            Err(_) if !Path::new(place).exists() => {
                missing.push(place.to_owned());
                Ok(None)
            }
            Err(e) => Err(e).with_context(|| format!("{place} cannot be read")),
        }
    };
    if let Some(text) = source(LOADER)? {
        files.put("loader.js", minify::loader(&text)?.as_bytes())?;
    }
    for (name, place) in SOURCES.into_iter().chain(INLINE) {
        let Some(text) = source(place)? else { continue };
        let small = if name.ends_with(".css") {
            minify::css(&with_imports(place, &text)?)
        } else {
            minify::js(place, &text)?
        };
        if INLINE.contains(&(name, place)) {
            ensure!(
                !small.contains("</"),
                "{place} stands in a page, so nothing in it may look like the end of an element"
            );
            files.put(name, small.as_bytes())?;
        } else {
            files.put_hashed(name, small.as_bytes())?;
        }
    }
    let widget = widget::bind(compiled)?;
    files.put_hashed("widget.js", widget.js.as_bytes())?;
    files.put_hashed("widget.wasm", &widget.wasm)?;
    files.close()?;
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

/// The style sheet with the files that it imports in the place of its `@import`s: what a browser gets is one file.
fn with_imports(place: &str, css: &str) -> Result<String> {
    let folder = Path::new(place).parent().unwrap_or(Path::new(""));
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

/// What the files are made of: the way of compiling, and everything that may change them.
fn stamp(toolchain: Toolchain) -> Result<String> {
    let mut inputs = Vec::new();
    for place in ["widget", "shared", "server/assets", "xtask", "Cargo.toml", "Cargo.lock"] {
        collect(Path::new(place), &mut inputs)?;
    }
    inputs.sort();
    let mut all = String::new();
    for place in inputs {
        all += &format!("{} {}\n", place.display(), hex(&fs::read(&place)?));
    }
    Ok(format!("{} {}\n", toolchain.as_str(), hex(all.as_bytes())))
}

fn collect(place: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    if place.is_dir() {
        for below in fs::read_dir(place)? {
            collect(&below?.path(), into)?;
        }
    } else if place.exists() {
        into.push(place.to_owned());
    }
    Ok(())
}
