//! Reads the SQL out of the sources of `server/src/db`.
//!
//! Statements are constants, put together by macros, or literals in a call. The compiler puts them together here as well:
//! the constants and macros of every file are copied into a small program that prints them. So no list is kept by hand, and
//! a new statement is seen as soon as it is written.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What sqlx is called by with a statement as its first argument.
const CALLS: [&str; 4] = ["query", "query_as", "query_scalar", "raw_sql"];
/// What a statement begins with, each followed by a space or the end.
const VERBS: [&str; 16] = [
    "alter", "analyze", "begin", "create", "delete", "drop", "explain", "insert", "listen", "lock", "pragma",
    "select", "set", "update", "vacuum", "with",
];
/// Statements over a list: a text for each database.
const BULK_JSON: &str = "pub struct BulkJson { pub sqlite: &'static str, pub postgres: &'static str } \
    impl BulkJson { pub const fn new(sqlite: &'static str, postgres: &'static str) -> Self { \
    Self { sqlite, postgres } } }";

/// For which database a text is written, as far as the source tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dialect {
    Both,
    Sqlite,
    Postgres,
}

/// A text of `server/src/db`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SourceText {
    /// Below `server/src/db`, without its ending.
    pub(crate) file: String,
    /// The constant's name, or the text of a literal.
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    pub(crate) text: String,
}

impl SourceText {
    /// Whether it is this constant, or a literal that begins so.
    pub(crate) fn is(&self, file: &str, name: &str) -> bool {
        self.file == file && (self.name == name || self.name == self.text && self.text.starts_with(name))
    }

    /// Where it stands, for a message.
    pub(crate) fn place(&self) -> String {
        let name = if self.name == self.text { "a literal" } else { &self.name };
        format!("server/src/db/{}.rs, {name}", self.file)
    }
}

/// What was read.
pub(crate) struct Source {
    pub(crate) texts: Vec<SourceText>,
    /// The files that put statements together at run time; sqlx wants each of them marked by `AssertSqlSafe`.
    pub(crate) composing: BTreeSet<String>,
}

/// Reads all files.
pub(crate) fn read(scratch: &Path) -> Source {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db");
    let mut files = BTreeMap::new();
    for path in rust_files(&root) {
        let name = path.strip_prefix(&root).unwrap().with_extension("").display().to_string();
        let tokens: TokenStream = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let mut file = SourceFile::default();
        file.read(tokens, true);
        files.insert(name, file);
    }
    let composing = files.iter().filter(|(_, f)| f.composes).map(|(name, _)| name.clone()).collect();
    let program = scratch.join("statements.rs");
    std::fs::write(&program, program_of(&files)).unwrap();
    Source { texts: printed_by(&program), composing }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|e| e == "rs")).collect()
}

#[derive(Default)]
struct SourceFile {
    /// Macros in their order, by name.
    macros: Vec<(String, String)>,
    /// Constants outside functions; others may refer to them.
    constants: Vec<Constant>,
    /// Constants inside functions. Two of them may have the same name.
    local_constants: Vec<Constant>,
    /// Literals in calls and conditions.
    literals: BTreeSet<String>,
    idents: BTreeSet<String>,
    /// Macros that other files may use, by `pub(crate) use`.
    shared: BTreeSet<String>,
    composes: bool,
}

struct Constant {
    name: String,
    kind: String,
    value: String,
}

impl SourceFile {
    fn read(&mut self, tokens: TokenStream, is_top: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let rest = &tokens[at + 1..];
            at += 1;
            match token {
                TokenTree::Punct(p) if p.as_char() == '#' => at += self.attribute(rest),
                TokenTree::Ident(ident) => {
                    let ident = ident.to_string();
                    at += match (ident.as_str(), rest) {
                        ("macro_rules", [_, TokenTree::Ident(name), TokenTree::Group(body), ..]) => {
                            self.macros.push((name.to_string(), format!("macro_rules! {name} {body}")));
                            3
                        }
                        ("use", [TokenTree::Ident(name), TokenTree::Punct(end), ..])
                            if end.as_char() == ';' =>
                        {
                            self.shared.insert(name.to_string());
                            2
                        }
                        ("use", [TokenTree::Group(names), ..]) => {
                            self.shared.extend(names.stream().into_iter().map(|name| name.to_string()));
                            1
                        }
                        ("const", [TokenTree::Ident(name), TokenTree::Punct(colon), typed @ ..])
                            if colon.as_char() == ':' =>
                        {
                            2 + self.constant(&name.to_string(), typed, is_top)
                        }
                        // What it makes is marked by `AssertSqlSafe`, or no statement.
                        ("format", [TokenTree::Punct(bang), TokenTree::Group(_), ..])
                            if bang.as_char() == '!' =>
                        {
                            2
                        }
                        (call, [TokenTree::Group(arguments), ..]) if CALLS.contains(&call) => {
                            self.first_literal(arguments);
                            0
                        }
                        ("AssertSqlSafe", [TokenTree::Group(_), ..]) => {
                            self.composes = true;
                            0
                        }
                        _ => 0,
                    };
                    self.idents.insert(ident);
                }
                TokenTree::Group(group) => {
                    self.read(group.stream(), is_top && group.delimiter() != Delimiter::Brace)
                }
                TokenTree::Literal(literal) => {
                    let literal = literal.to_string();
                    let first = literal
                        .trim_matches(['r', '#', '"'])
                        .split(' ')
                        .next()
                        .unwrap_or_default()
                        .to_lowercase();
                    if literal.contains('"') && VERBS.contains(&first.as_str()) {
                        self.literals.insert(literal);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// Passes over an attribute, and over the item behind it if that is for tests.
    fn attribute(&self, rest: &[TokenTree]) -> usize {
        let group = rest.iter().position(|token| matches!(token, TokenTree::Group(_)));
        let Some((at, TokenTree::Group(attribute))) = group.map(|at| (at, &rest[at])) else { return 0 };
        if attribute.stream().to_string().replace(' ', "") != "cfg(test)" {
            return at + 1;
        }
        let ends = |token: &TokenTree| match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(p) => p.as_char() == ';',
            _ => false,
        };
        at + 2 + rest[at + 1..].iter().position(ends).unwrap_or_default()
    }

    fn constant(&mut self, name: &str, typed: &[TokenTree], is_top: bool) -> usize {
        let is = |sign| move |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == sign);
        let (Some(equals), Some(end)) = (typed.iter().position(is('=')), typed.iter().position(is(';')))
        else {
            return 0;
        };
        let text = |tokens: &[TokenTree]| tokens.iter().cloned().collect::<TokenStream>().to_string();
        let kind = text(&typed[..equals]).replace(' ', "");
        let is_text = kind.contains("str") && !kind.contains('(');
        if is_text || kind.ends_with("BulkJson") {
            let list = if is_top { &mut self.constants } else { &mut self.local_constants };
            list.push(Constant { name: name.to_owned(), kind, value: text(&typed[equals + 1..end]) });
        }
        end + 1
    }

    /// Whatever it begins with: a verb that is misspelt is seen, too.
    fn first_literal(&mut self, arguments: &Group) {
        if let Some(TokenTree::Literal(literal)) = arguments.stream().into_iter().next() {
            self.literals.insert(literal.to_string());
        }
    }
}

/// A program with a module for each file, which prints all texts.
fn program_of(files: &BTreeMap<String, SourceFile>) -> String {
    let mut program = "#![allow(warnings)]\nmod db {\n".to_owned();
    let mut calls = String::new();
    for (name, file) in files {
        let module = module_of(name);
        write!(calls, "db::{module}::print(); ").unwrap();
        writeln!(program, "pub mod {module} {{").unwrap();
        for (from, other) in files {
            for (exported, _) in &other.macros {
                let is_here = file.macros.iter().any(|(own, _)| own == exported);
                if !is_here && other.shared.contains(exported) && file.idents.contains(exported) {
                    writeln!(program, "use crate::db::{}::{exported};", module_of(from)).unwrap();
                }
            }
        }
        if name == "bulk_json" {
            writeln!(program, "{BULK_JSON}").unwrap();
        } else {
            writeln!(program, "use crate::db::bulk_json::BulkJson;").unwrap();
        }
        for (macro_name, body) in &file.macros {
            writeln!(program, "{body}").unwrap();
            if file.shared.contains(macro_name) {
                writeln!(program, "pub(crate) use {macro_name};").unwrap();
            }
        }
        for Constant { name, kind, value } in &file.constants {
            writeln!(program, "const {name}: {kind} = {value};").unwrap();
        }
        writeln!(program, "pub fn print() {{").unwrap();
        for constant in &file.constants {
            writeln!(program, "{}", print_of(name, constant)).unwrap();
        }
        for constant in &file.local_constants {
            let Constant { name: own, kind, value } = constant;
            writeln!(program, "{{ const {own}: {kind} = {value}; {} }}", print_of(name, constant)).unwrap();
        }
        for literal in &file.literals {
            writeln!(program, "crate::text({name:?}, {literal}, \"both\", {literal});").unwrap();
        }
        program.push_str("}\n}\n");
    }
    // No text has a NUL in it.
    write!(
        program,
        "}}\nfn text(file: &str, name: &str, dialect: &str, text: &str) {{ \
         print!(\"{{file}}\\0{{name}}\\0{{dialect}}\\0{{text}}\\0\"); }}\nfn main() {{ {calls} }}\n"
    )
    .unwrap();
    program
}

/// The module of the small program. All are on one level, so that paths between them are as in `server/src/db`.
fn module_of(file: &str) -> String {
    file.replace("mod", "root").replace('/', "_")
}

fn print_of(file: &str, Constant { name, kind, .. }: &Constant) -> String {
    let text = |dialect: &str, text: &str| format!("crate::text({file:?}, {name:?}, {dialect:?}, {text});");
    if kind.ends_with("BulkJson") {
        [text("sqlite", &format!("{name}.sqlite")), text("postgres", &format!("{name}.postgres"))].concat()
    } else if kind.contains('[') {
        format!("for one in {name} {{ {} }}", text("both", "one"))
    } else {
        text("both", name)
    }
}

fn printed_by(program: &Path) -> Vec<SourceText> {
    let binary = program.with_extension("bin");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiled =
        Command::new(rustc).args(["--edition=2024", "-o"]).arg(&binary).arg(program).output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let printed = String::from_utf8(Command::new(binary).output().unwrap().stdout).unwrap();
    let fields: Vec<&str> = printed.split_terminator('\0').collect();
    let texts = fields.chunks_exact(4).map(|fields| SourceText {
        file: fields[0].to_owned(),
        name: fields[1].to_owned(),
        dialect: match fields[2] {
            "sqlite" => Dialect::Sqlite,
            "postgres" => Dialect::Postgres,
            _ => Dialect::Both,
        },
        text: fields[3].to_owned(),
    });
    texts.collect::<BTreeSet<_>>().into_iter().collect()
}
