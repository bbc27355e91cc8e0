//! `cargo xtask structure [FOLDER…]`: measures how readable the source is, side by side for several
//! checkouts.
//!
//! Nothing fails here: the numbers are for comparison. What must hold is checked by lints and by `cargo xtask
//! layers`.

mod rust;

use crate::imports::{SourceFile, read_files};
use crate::layers::count_in_circles;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Prints a table with one column for each checkout, and the worst examples of each.
pub(crate) fn structure(folders: &[&str]) -> Result<()> {
    let folders = if folders.is_empty() { &["."] } else { folders };
    let columns: Vec<Vec<Measure>> =
        folders.iter().map(|folder| measure(Path::new(folder))).collect::<Result<_>>()?;
    let print_row = |label: &str, values: &mut dyn Iterator<Item = &str>| {
        print!("{label:<60}");
        values.for_each(|value| print!(" {value:>18}"));
        println!();
    };
    print_row("", &mut folders.iter().copied());
    for (row, first) in columns.iter().take(1).flatten().enumerate() {
        print_row(&first.label, &mut columns.iter().map(|column| column[row].value.as_str()));
    }
    for (folder, column) in folders.iter().zip(&columns) {
        println!("\n{folder}");
        for Measure { label, examples, .. } in column.iter().filter(|row| !row.examples.is_empty()) {
            println!("  {label}: {}", examples.join(", "));
        }
    }
    Ok(())
}

struct Measure {
    label: String,
    value: String,
    /// The worst cases.
    examples: Vec<String>,
}

impl Measure {
    fn new(label: &str, value: impl ToString) -> Self {
        Self { label: label.to_owned(), value: value.to_string(), examples: Vec::new() }
    }
}

/// All measures, in the same order for every checkout.
fn measure(root: &Path) -> Result<Vec<Measure>> {
    let mut paths = Vec::new();
    collect_files(root, &mut paths).with_context(|| format!("{} cannot be read", root.display()))?;
    paths.sort();
    let read = |is_wanted: &dyn Fn(&str) -> bool| -> Result<Vec<SourceFile>> {
        let wanted = paths.iter().filter(|path| is_wanted(path));
        wanted
            .map(|path| Ok(SourceFile { path: path.clone(), text: fs::read_to_string(root.join(path))? }))
            .collect()
    };
    let (in_circles, modules) = count_in_circles(&read_files(&root.join("server/src"))?);
    let in_circles = format!("{in_circles} of {modules}");
    let mut measures = vec![Measure::new("server: top modules in circles of imports", in_circles)];
    measures.extend(rust::measure(&read(&|path| path.ends_with(".rs"))?));
    let templates = read(&|path| path.starts_with("server/templates/"))?;
    measures.extend(long_lines("templates", &templates));
    measures.extend(long_lines("style sheets", &read(&|path| path.ends_with(".css"))?));
    measures.extend(long_lines("demo shop", &read(&|path| path == "index.html")?));
    let migrations: Vec<&str> = paths
        .iter()
        .filter(|path| path.contains("migrations/") && path.ends_with(".sql"))
        .filter_map(|path| path.rsplit('/').next()?.split('_').next())
        .collect();
    measures.push(Measure::new("migrations: steps", migrations.iter().collect::<BTreeSet<_>>().len()));
    measures.push(Measure::new("migrations: files", migrations.len()));
    Ok(measures)
}

/// All files of a checkout, as paths below it, without what is built or hidden.
fn collect_files(root: &Path, paths: &mut Vec<String>) -> Result<()> {
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || ["target", "demo-data"].contains(&name.as_str()) {
                continue;
            }
            let path = folder.join(&name);
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                paths.push(path.display().to_string());
            }
        }
    }
    Ok(())
}

fn long_lines(what: &str, files: &[SourceFile]) -> [Measure; 3] {
    let lengths: Vec<(usize, &str)> = files
        .iter()
        .flat_map(|file| file.text.lines().map(|line| (line.chars().count(), file.path.as_str())))
        .collect();
    let all: usize = lengths.iter().map(|l| l.0).sum();
    let over = |limit: usize| percent(lengths.iter().map(|l| l.0).filter(|l| *l > limit).sum(), all);
    let (longest, path) = lengths.iter().max().copied().unwrap_or_default();
    [
        Measure::new(&format!("{what}: characters in lines over 120 columns"), over(120)),
        Measure::new(&format!("{what}: characters in lines over 160 columns"), over(160)),
        Measure {
            examples: vec![path.to_owned()],
            ..Measure::new(&format!("{what}: longest line"), longest)
        },
    ]
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_measured_in_characters() {
        let text = format!("{}\n{}\n{}\n", "é".repeat(121), "a".repeat(161), "b".repeat(118));
        let values: Vec<String> = long_lines("templates", &[SourceFile { path: "a.html".to_owned(), text }])
            .map(|m| m.value)
            .into();
        assert_eq!(values, ["70.5 %", "40.2 %", "161"]);
        assert_eq!(long_lines("templates", &[]).map(|m| m.value), ["0.0 %", "0.0 %", "0"]);
    }

    #[test]
    fn this_checkout_can_be_measured() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let measures = measure(&root).expect("its files can be read");
        let files = measures.iter().find(|m| m.label == "Rust: files").expect("it is among them");
        assert!(files.value.parse::<usize>().is_ok_and(|count| count > 100), "{}", files.value);
    }
}
