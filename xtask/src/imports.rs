//! Finds which module of the collector imports which: every path in its source that begins with `crate`,
//! `self` or `super`, in `use` and elsewhere. Code that is compiled for tests alone does not count.

use crate::rust_source::{Token, TokenKind, tokens};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A source file, with its path below the folder that was read.
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All Rust files below a folder.
pub(crate) fn read_files(folder: &Path) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut open = vec![String::new()];
    while let Some(prefix) = open.pop() {
        let below = folder.join(&prefix);
        for entry in fs::read_dir(&below).with_context(|| format!("{} cannot be read", below.display()))? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                open.push(format!("{path}/"));
            } else if path.ends_with(".rs") {
                files.push(SourceFile { path, text: fs::read_to_string(entry.path())? });
            }
        }
    }
    Ok(files)
}

/// One path that a file names.
pub(crate) struct Import {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) path: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

/// The top-level module that a file belongs to.
fn top_module(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// The top-level modules: the name of each, and of its file (`error.rs`) or else its folder (`db`).
pub(crate) fn units(files: &[SourceFile]) -> BTreeMap<&str, &str> {
    let mut units = BTreeMap::new();
    for file in files {
        let name = file.path.split('/').next().unwrap_or_default();
        let unit = units.entry(top_module(name)).or_insert(name);
        // A module may have a file and a folder beside it.
        if name.ends_with(".rs") {
            *unit = name;
        }
    }
    units
}

/// All imports from one unit into another.
pub(crate) fn imports(files: &[SourceFile]) -> Vec<Import> {
    let units = units(files);
    let unit = |path| units.get(top_module(path)).copied().unwrap_or_default();
    let read: Vec<(&SourceFile, Vec<Token<'_>>)> =
        files.iter().map(|file| (file, code(&file.text))).collect();
    // An exported macro is named at the root of the crate, wherever it is written.
    let macros: BTreeMap<&str, &str> = read
        .iter()
        .flat_map(|(file, code)| exported_macros(code).into_iter().map(|name| (name, unit(&file.path))))
        .collect();
    let mut imports = Vec::new();
    for (file, code) in &read {
        for (line, path) in paths(&module_of(&file.path), code) {
            let to = path.first().map_or("lib.rs", |first| {
                units.get(first.as_str()).or_else(|| macros.get(first.as_str())).copied().unwrap_or("lib.rs")
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
    let all: Vec<Token<'_>> = tokens(text).into_iter().filter(|t| t.kind != TokenKind::Comment).collect();
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

/// The end of the item that begins at `at`: after its semicolon or its last brace.
fn end_of_item(tokens: &[Token<'_>], mut at: usize) -> usize {
    let (mut depth, mut is_use) = (0_usize, false);
    while let Some(token) = tokens.get(at) {
        at += 1;
        match (token.kind, token.text) {
            (TokenKind::Word, "use") if depth == 0 => is_use = true,
            (TokenKind::Sign, "{" | "(" | "[") => depth += 1,
            (TokenKind::Sign, sign @ ("}" | ")" | "]")) => {
                depth = depth.saturating_sub(1);
                if depth == 0 && sign == "}" && !is_use {
                    return at;
                }
            }
            (TokenKind::Sign, ";") if depth == 0 => return at,
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

/// Every path in the code that begins with `crate`, `self` or `super`, from the root of the crate, with its
/// line.
fn paths(file: &[String], code: &[Token<'_>]) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    // The inline modules that are open, and the depth of braces at which each began.
    let (mut module, mut inline, mut depth) = (file.to_vec(), Vec::new(), 0_usize);
    let mut at = 0;
    while let Some(token) = code.get(at) {
        match (token.kind, token.text) {
            (TokenKind::Sign, "{") => depth += 1,
            (TokenKind::Sign, "}") => {
                depth = depth.saturating_sub(1);
                if inline.last() == Some(&depth) {
                    inline.pop();
                    module.pop();
                }
            }
            (TokenKind::Word, "mod") if code.get(at + 2).is_some_and(|t| t.text == "{") => {
                module.push(code[at + 1].text.to_owned());
                inline.push(depth);
            }
            (TokenKind::Word, "use") => {
                let mut named = Vec::new();
                at = use_tree(code, at + 1, &[], &mut named);
                found.extend(
                    named.into_iter().filter_map(|(line, path)| Some((line, resolve(&module, &path)?))),
                );
                continue;
            }
            (TokenKind::Word, "crate" | "super" | "self") if begins_a_path(code, at) => {
                let mut path = vec![token.text];
                while code.get(at + 1).is_some_and(|t| t.text == "::")
                    && code.get(at + 2).is_some_and(|t| t.kind == TokenKind::Word)
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

/// Whether a path begins here; `pub(in crate::db)` is a visibility and imports nothing.
fn begins_a_path(code: &[Token<'_>], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| code.get(at)).map_or("", |t| t.text);
    let is_visibility = before(1) == "in" && before(2) == "(" && before(3) == "pub";
    code.get(at + 1).is_some_and(|t| t.text == "::") && before(1) != "::" && !is_visibility
}

/// Reads the paths after `use` or in its braces, from `at`; returns where they end.
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
            (TokenKind::Sign, "{") => {
                at = use_tree(code, at + 1, &path, found);
                // The path before the braces is no import by itself.
                line = None;
                path.truncate(prefix.len());
                continue;
            }
            (TokenKind::Sign, "," | "}" | ";") => {
                found.extend(line.take().map(|line| (line, path.clone())));
                path.truncate(prefix.len());
                if token.text != "," {
                    return at + 1;
                }
            }
            // `as` only renames the import.
            (TokenKind::Word, "as") => at += 1,
            (TokenKind::Word, "self") if !path.is_empty() => line = Some(token.line),
            (TokenKind::Word, name) => {
                line = Some(token.line);
                path.push(name);
            }
            (TokenKind::Sign, "*") => line = Some(token.line),
            _ => {}
        }
        at += 1;
    }
    at
}

/// The path from the root of the crate; none if it is in another crate.
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
