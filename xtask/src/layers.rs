//! `cargo xtask layers`: a folder of the collector imports only what stands below it.
//!
//! The layers are printed in ARCHITECTURE.md, in the block that begins with ```` ```layers ````, bottom first; this
//! check reads them there. What stands on one line may import each other as long as no circle arises.

use crate::rust_source::{Kind, Token, tokens};
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
    let mut files = Vec::new();
    read_files(Path::new(SOURCE), "", &mut files)?;
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

/// A source file: its path below [`SOURCE`], and what it says.
struct File {
    path: String,
    text: String,
}

fn read_files(folder: &Path, prefix: &str, files: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_files(&entry.path(), &format!("{path}/"), files)?;
        } else if path.ends_with(".rs") {
            files.push(File { path, text: fs::read_to_string(entry.path())? });
        }
    }
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

/// One path that a file names.
struct Import {
    file: String,
    line: usize,
    path: String,
    from: String,
    to: String,
}

/// All that breaks the layers, one sentence each, in the order of files and lines.
fn check(layers: &Layers, files: &[File]) -> Vec<String> {
    let units: BTreeSet<&str> = files.iter().map(|file| unit(&file.path)).collect();
    let mut found = Vec::new();
    for unit in &units {
        if !layers.of.contains_key(*unit) {
            found.push((format!("{SOURCE}/{unit}"), 0, "is on no layer".to_owned()));
        }
    }
    for name in layers.of.keys().filter(|name| !units.contains(name.as_str())) {
        found.push((DOCUMENT.to_owned(), 0, format!("puts `{name}` on a layer, which does not exist")));
    }
    let imports = imports(&units, files);
    let level: Vec<&Import> = imports
        .iter()
        .filter(|i| layers.of.get(&i.from).is_some_and(|from| layers.of.get(&i.to) == Some(from)))
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

/// Whether `from` imports `to`, directly or by others.
fn reaches(imports: &[&Import], from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(unit) = open.pop() {
        if unit == to {
            return true;
        }
        open.extend(
            imports.iter().filter(|i| i.from == unit).map(|i| i.to.as_str()).filter(|u| seen.insert(u)),
        );
    }
    false
}

/// What a file belongs to: the folder at the top, or the file itself where it lies there.
fn unit(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

/// All imports from one unit into another.
fn imports(units: &BTreeSet<&str>, files: &[File]) -> Vec<Import> {
    let by_module: BTreeMap<&str, &str> =
        units.iter().map(|unit| (unit.trim_end_matches(".rs"), *unit)).collect();
    let read: Vec<(&File, Vec<Token<'_>>)> = files.iter().map(|file| (file, code(&file.text))).collect();
    // An exported macro is named at the root of the crate, wherever it is written.
    let macros: BTreeMap<&str, &str> = read
        .iter()
        .flat_map(|(file, code)| exported_macros(code).into_iter().map(|name| (name, unit(&file.path))))
        .collect();
    let mut imports = Vec::new();
    for (file, code) in &read {
        for (line, path) in paths(&module_of(&file.path), code) {
            let to = path.first().map_or("lib.rs", |first| {
                by_module
                    .get(first.as_str())
                    .or_else(|| macros.get(first.as_str()))
                    .copied()
                    .unwrap_or("lib.rs")
            });
            let from = unit(&file.path);
            if from != to {
                imports.push(Import {
                    file: file.path.clone(),
                    line,
                    path: format!("crate::{}", path.join("::")),
                    from: from.to_owned(),
                    to: to.to_owned(),
                });
            }
        }
    }
    imports
}

/// The module that a file is: `owner/inbox/mod.rs` is `owner::inbox`.
fn module_of(path: &str) -> Vec<String> {
    let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod")
        || matches!(module.as_slice(), [root] if root == "lib" || root == "main")
    {
        module.pop();
    }
    module
}

/// The tokens of a file without comments and without what is compiled for its tests alone.
fn code(text: &str) -> Vec<Token<'_>> {
    let all: Vec<Token<'_>> = tokens(text).into_iter().filter(|t| t.kind != Kind::Comment).collect();
    let mut kept = Vec::with_capacity(all.len());
    let mut at = 0;
    while at < all.len() {
        if starts_with(&all[at..], &["#", "[", "cfg", "(", "test", ")", "]"]) {
            at = end_of_item(&all, at + 7);
        } else {
            kept.push(all[at]);
            at += 1;
        }
    }
    kept
}

fn starts_with(tokens: &[Token<'_>], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// Where the item that begins at `at` is over: behind its semicolon or its last brace.
fn end_of_item(tokens: &[Token<'_>], mut at: usize) -> usize {
    let (mut depth, mut is_use) = (0_usize, false);
    while let Some(token) = tokens.get(at) {
        at += 1;
        match (token.kind, token.text) {
            (Kind::Word, "use") if depth == 0 => is_use = true,
            (Kind::Sign, "{" | "(" | "[") => depth += 1,
            (Kind::Sign, sign @ ("}" | ")" | "]")) => {
                depth = depth.saturating_sub(1);
                if depth == 0 && sign == "}" && !is_use {
                    return at;
                }
            }
            (Kind::Sign, ";") if depth == 0 => return at,
            _ => {}
        }
    }
    at
}

fn exported_macros<'a>(code: &[Token<'a>]) -> Vec<&'a str> {
    let exported = ["#", "[", "macro_export", "]", "macro_rules", "!"];
    (0..code.len())
        .filter(|at| starts_with(&code[*at..], &exported))
        .filter_map(|at| code.get(at + exported.len()).map(|name| name.text))
        .collect()
}

/// Every path in the code that begins with `crate`, `self` or `super`, from the root of the crate, with its line.
fn paths(file: &[String], code: &[Token<'_>]) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    // The inline modules that are open, and how deep in braces each began.
    let (mut module, mut inline, mut depth) = (file.to_vec(), Vec::new(), 0_usize);
    let mut at = 0;
    while let Some(token) = code.get(at) {
        match (token.kind, token.text) {
            (Kind::Sign, "{") => depth += 1,
            (Kind::Sign, "}") => {
                depth = depth.saturating_sub(1);
                if inline.last() == Some(&depth) {
                    inline.pop();
                    module.pop();
                }
            }
            (Kind::Word, "mod") if code.get(at + 2).is_some_and(|t| t.text == "{") => {
                module.push(code[at + 1].text.to_owned());
                inline.push(depth);
            }
            (Kind::Word, "use") => {
                let mut named = Vec::new();
                at = use_tree(code, at + 1, &[], &mut named);
                found.extend(
                    named.into_iter().filter_map(|(line, path)| Some((line, resolve(&module, &path)?))),
                );
                continue;
            }
            (Kind::Word, "crate" | "super" | "self") if begins_a_path(code, at) => {
                let mut path = vec![token.text];
                while code.get(at + 1).is_some_and(|t| t.text == "::")
                    && code.get(at + 2).is_some_and(|t| t.kind == Kind::Word)
                {
                    at += 2;
                    path.push(code[at].text);
                }
                found.extend(resolve(&module, &path).map(|path| (token.line, path)));
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Whether a path begins here; `pub(in crate::db)` names a place and imports nothing.
fn begins_a_path(code: &[Token<'_>], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| code.get(at)).map_or("", |t| t.text);
    let is_visibility = before(1) == "in" && before(2) == "(" && before(3) == "pub";
    code.get(at + 1).is_some_and(|t| t.text == "::") && before(1) != "::" && !is_visibility
}

/// Reads what stands behind `use` or in its braces, from `at`; gives where it is over.
fn use_tree<'a>(
    code: &[Token<'a>],
    mut at: usize,
    prefix: &[&'a str],
    found: &mut Vec<(usize, Vec<&'a str>)>,
) -> usize {
    let mut path = prefix.to_vec();
    let mut line = None;
    while let Some(token) = code.get(at) {
        match (token.kind, token.text) {
            (Kind::Sign, "{") => {
                at = use_tree(code, at + 1, &path, found);
                // What stood before the braces is no import by itself.
                line = None;
                path.truncate(prefix.len());
                continue;
            }
            (Kind::Sign, "," | "}" | ";") => {
                found.extend(line.take().map(|line| (line, path.clone())));
                path.truncate(prefix.len());
                if token.text != "," {
                    return at + 1;
                }
            }
            // Another name for it.
            (Kind::Word, "as") => at += 1,
            (Kind::Word, "self") if !path.is_empty() => line = Some(token.line),
            (Kind::Word, name) => {
                line = Some(token.line);
                path.push(name);
            }
            (Kind::Sign, "*") => line = Some(token.line),
            _ => {}
        }
        at += 1;
    }
    at
}

/// The path from the root of the crate; none if it leads into another crate.
fn resolve(module: &[String], path: &[&str]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut whole = match *first {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module[..module.len().saturating_sub(1)].to_vec(),
        _ => return None,
    };
    for name in rest {
        if *name == "super" {
            whole.pop();
        } else {
            whole.push((*name).to_owned());
        }
    }
    Some(whole)
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
        let files: Vec<File> = base
            .chain(files.iter().copied())
            .map(|(path, text)| File { path: path.to_owned(), text: text.to_owned() })
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
