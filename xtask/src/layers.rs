//! `cargo xtask layers`: checks that each folder of the collector imports only layers below its own.
//!
//! The layers are printed in ARCHITECTURE.md, in the block that begins with ```` ```layers ````, bottom
//! first; this check reads them there. What stands on one line may import each other as long as no circle
//! arises.

use crate::imports::{Import, SourceFile, imports, read_files, units};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const DOCUMENT: &str = "ARCHITECTURE.md";
const SOURCE: &str = "server/src";

/// Prints every import that breaks the layers; fails if there is one.
pub(crate) fn layers() -> Result<()> {
    let document = fs::read_to_string(DOCUMENT).with_context(|| format!("{DOCUMENT} cannot be read"))?;
    let layers = Layers::parse(&document)?;
    let files = read_files(Path::new(SOURCE))?;
    let violations = check(&layers, &files);
    for violation in &violations {
        println!("{violation}");
    }
    ensure!(
        violations.is_empty(),
        "{} break the layers of {DOCUMENT}.",
        match violations.len() {
            1 => "One thing".to_owned(),
            n => format!("{n} things"),
        }
    );
    println!("{} files in {} layers, no import points upward.", files.len(), layers.count);
    Ok(())
}

/// Which layer each folder and each file at the top of the collector is on.
struct Layers {
    /// The folder (`db`) or file (`error.rs`), and its layer, counted from 1 at the bottom.
    of: BTreeMap<String, usize>,
    count: usize,
}

impl Layers {
    fn parse(document: &str) -> Result<Self> {
        let (_, block) = document
            .split_once("\n```layers\n")
            .with_context(|| format!("{DOCUMENT} has no block ```layers"))?;
        let (block, _) = block.split_once("\n```").context("the block ```layers does not end")?;
        let (mut of, mut count) = (BTreeMap::new(), 0);
        for line in block.lines().filter(|line| !line.trim().is_empty()) {
            count += 1;
            for name in line.split_whitespace() {
                ensure!(of.insert(name.to_owned(), count).is_none(), "`{name}` stands on two layers");
            }
        }
        Ok(Self { of, count })
    }
}

/// Every import that breaks the layers, as a sentence each, in the order of files and lines.
fn check(layers: &Layers, files: &[SourceFile]) -> Vec<String> {
    let units: BTreeSet<&str> = units(files).into_values().collect();
    let mut found = Vec::new();
    for unit in units.iter().filter(|unit| !layers.of.contains_key(**unit)) {
        found.push((format!("{SOURCE}/{unit}"), 0, "is on no layer".to_owned()));
    }
    for name in layers.of.keys().filter(|name| !units.contains(name.as_str())) {
        found.push((DOCUMENT.to_owned(), 0, format!("puts `{name}` on a layer, which does not exist")));
    }
    let imports = imports(files);
    let level: Edges<'_> = imports
        .iter()
        .filter(|i| layers.of.get(&i.from).is_some_and(|from| layers.of.get(&i.to) == Some(from)))
        .map(|i| (i.from.as_str(), i.to.as_str()))
        .collect();
    for import in &imports {
        let Import { file, line, path, from, to } = import;
        let (Some(here), Some(there)) = (layers.of.get(from), layers.of.get(to)) else { continue };
        let what = if there > here {
            format!("{from} (layer {here}) imports {path} of {to} (layer {there})")
        } else if there == here && reaches(&level, to, from) {
            format!("{from} imports {path} of {to}, which imports {from}: a circle in layer {here}")
        } else {
            continue;
        };
        found.push((format!("{SOURCE}/{file}"), *line, what));
    }
    found.sort();
    found
        .into_iter()
        .map(|(place, line, what)| match line {
            0 => format!("{place} {what}"),
            line => format!("{place}:{line}: {what}"),
        })
        .collect()
}

/// Which unit imports which.
type Edges<'a> = BTreeSet<(&'a str, &'a str)>;

/// Whether `from` imports `to`, directly or by others.
fn reaches(edges: &Edges<'_>, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(unit) = open.pop() {
        if unit == to {
            return true;
        }
        let next = edges.iter().filter(|(importer, _)| *importer == unit).map(|(_, imported)| *imported);
        open.extend(next.filter(|imported| seen.insert(imported)));
    }
    false
}

/// How many modules import each other in a circle, and how many there are.
pub(crate) fn count_in_circles(files: &[SourceFile]) -> (usize, usize) {
    let imports = imports(files);
    let edges: Edges<'_> = imports.iter().map(|i| (i.from.as_str(), i.to.as_str())).collect();
    let modules: Vec<&str> =
        units(files).into_values().filter(|unit| !["lib.rs", "main.rs"].contains(unit)).collect();
    let is_in_circle =
        |unit: &&&str| edges.iter().any(|(from, to)| from == *unit && reaches(&edges, to, unit));
    (modules.iter().filter(is_in_circle).count(), modules.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "# Map\n\n```layers\ntext time\ndb\nweb.rs lib.rs\n```\n";

    fn violations(files: &[(&str, &str)]) -> Vec<String> {
        let layers = Layers::parse(DOCUMENT).expect("the block is there");
        let base =
            [("text/mod.rs", ""), ("time/mod.rs", ""), ("db/mod.rs", ""), ("web.rs", ""), ("lib.rs", "")];
        let base = base.into_iter().filter(|(path, _)| files.iter().all(|(other, _)| other != path));
        let files: Vec<SourceFile> = base
            .chain(files.iter().copied())
            .map(|(path, text)| SourceFile { path: path.to_owned(), text: text.to_owned() })
            .collect();
        check(&layers, &files)
    }

    #[test]
    fn an_import_from_below_is_allowed() {
        let db =
            "use crate::{text::{a, b as c}, time};\nuse sqlx::web;\nfn f() { crate::db::open(); self::g() }";
        assert_eq!(violations(&[("db/mod.rs", db)]), [""; 0]);
    }

    #[test]
    fn an_upward_import_is_found_however_it_is_written() {
        for (path, text, named) in [
            ("db/pool.rs", "use crate::web::page;", "crate::web::page"),
            ("db/pool.rs", "use crate::{\n};use crate::{text, web};", "crate::web"),
            ("db/pool.rs", "pub use crate::web::{self};", "crate::web"),
            ("db/pool.rs", "use super::super::web::*;", "crate::web"),
            ("db/mod.rs", "use super::web;", "crate::web"),
            ("db/mod.rs", "mod inner { use super::super::web; }", "crate::web"),
            ("db/mod.rs", "mod inner {} fn f() -> super::web::Page {}", "crate::web::Page"),
            ("db/mod.rs", "fn f() { let x = vec![crate::web::Page::<u8>::new()]; }", "crate::web::Page"),
            ("db/mod.rs", "macro_rules! m { () => { $crate::web::f() } }", "crate::web::f"),
        ] {
            let found = violations(&[(path, text)]);
            let expected = format!("db (layer 2) imports {named} of web.rs (layer 3)");
            assert_eq!(found, [format!("server/src/{path}:{}: {expected}", text.lines().count())], "{text}");
        }
    }

    #[test]
    fn what_only_tests_import_and_what_is_no_code_does_not_count() {
        let text = r#"
            // use crate::web;
            /* use crate::web; */
            /// [`crate::web`]
            pub(in crate::web) const A: &str = "use crate::web;";
            #[cfg(test)] use crate::{web, db};
            #[cfg(test)] mod tests { use crate::web; fn f() { crate::web::g() } }
            #[cfg(test)]
            #[must_use]
            fn f() -> u8 { crate::web::g() }
        "#;
        assert_eq!(violations(&[("db/mod.rs", text)]), [""; 0]);
    }

    #[test]
    fn an_exported_macro_belongs_to_the_file_that_writes_it() {
        let web = "#[macro_export]\nmacro_rules! on { () => {} }";
        let found = violations(&[("web.rs", web), ("db/mod.rs", "use crate::on;")]);
        assert_eq!(found, ["server/src/db/mod.rs:1: db (layer 2) imports crate::on of web.rs (layer 3)"]);
    }

    #[test]
    fn the_root_of_the_crate_is_a_file_like_the_others() {
        let found = violations(&[("db/mod.rs", "use crate::Thing;")]);
        assert_eq!(found, ["server/src/db/mod.rs:1: db (layer 2) imports crate::Thing of lib.rs (layer 3)"]);
    }

    #[test]
    fn neighbours_may_import_each_other_one_way() {
        let one_way = ("text/mod.rs", "use crate::time::Period;");
        assert_eq!(violations(&[one_way]), [""; 0]);
        let found = violations(&[one_way, ("time/mod.rs", "use crate::text::phrase;")]);
        assert_eq!(
            found,
            [
                "server/src/text/mod.rs:1: text imports crate::time::Period of time, \
                 which imports text: a circle in layer 1",
                "server/src/time/mod.rs:1: time imports crate::text::phrase of text, \
                 which imports time: a circle in layer 1",
            ]
        );
    }

    #[test]
    fn every_folder_stands_on_a_layer_and_every_layer_exists() {
        assert_eq!(violations(&[("new/mod.rs", "")]), ["server/src/new is on no layer"]);
        let layers = Layers::parse(DOCUMENT).expect("the block is there");
        let found = check(&layers, &[]);
        assert_eq!(found.len(), 5, "{found:?}");
        assert!(Layers::parse("```layers\na\n```\n").is_err(), "the block stands on lines of its own");
        assert!(Layers::parse("\n```layers\na b\na\n```\n").is_err(), "nothing stands on two layers");
    }
}
