//! Writes a minified copy of `server/templates` for askama, into the folder that `askama.toml` names. It is not cargo's
//! `OUT_DIR`, because askama needs a folder whose name does not change.

use crate::whitespace::minify;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const SOURCE: &str = "templates";
const COPY: &str = "../target/templates";

/// Updates the copies.
pub(crate) fn minify_all() {
    println!("cargo:rerun-if-changed={SOURCE}");
    if let Err(error) = copy_folder(Path::new(SOURCE), Path::new(COPY)) {
        panic!("{COPY} cannot be written: {error}");
    }
}

fn copy_folder(source: &Path, copy: &Path) -> io::Result<()> {
    fs::create_dir_all(copy)?;
    let mut wanted: Vec<OsString> = Vec::new();
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let (from, to) = (entry.path(), copy.join(entry.file_name()));
        wanted.push(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            copy_file(&from, &to)?;
        }
    }
    // Askama must not find a template that was removed.
    for entry in fs::read_dir(copy)? {
        let entry = entry?;
        if !wanted.contains(&entry.file_name()) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Replaces the copy atomically, since another build may read it. The copy gets the time of its template: cargo would take
/// a newer one for a change and build again.
fn copy_file(source: &Path, copy: &Path) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", copy.display());
    let minified = minify(&fs::read_to_string(source)?);
    if fs::read_to_string(copy).is_ok_and(|there| there == minified) {
        return Ok(());
    }
    let unfinished = PathBuf::from(format!("{COPY}.{}.tmp", std::process::id()));
    fs::write(&unfinished, minified)?;
    fs::File::options().append(true).open(&unfinished)?.set_modified(fs::metadata(source)?.modified()?)?;
    fs::rename(&unfinished, copy)
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        // Another build has removed it already.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
