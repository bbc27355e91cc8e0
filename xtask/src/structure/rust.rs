//! Measures of Rust source: names, results, comments and sizes.

use super::{Measure, percent};
use crate::imports::SourceFile;
use crate::rust_source::{Token, TokenKind, tokens};
use std::collections::{BTreeMap, BTreeSet};

/// Words that hide the subject of a sentence.
const VAGUE_WORDS: [&str; 3] = ["whoever", "somebody", "nobody"];
/// Function names that do not say what the function gives or does.
const VAGUE_FUNCTIONS: [&str; 8] = ["of", "take", "show", "say", "said", "tell", "told", "work"];

struct TokenizedFile<'a> {
    path: &'a str,
    lines: usize,
    blank_lines: usize,
    code: Vec<Token<'a>>,
    comments: Vec<Token<'a>>,
}

impl<'a> TokenizedFile<'a> {
    fn new(file: &'a SourceFile) -> Self {
        let (comments, code) = tokens(&file.text).into_iter().partition(|t| t.kind == TokenKind::Comment);
        Self {
            path: &file.path,
            lines: file.text.lines().count(),
            blank_lines: file.text.lines().filter(|line| line.trim().is_empty()).count(),
            code,
            comments,
        }
    }

    /// How often these tokens follow each other.
    fn count(&self, pattern: &[&str]) -> usize {
        let is_there = |w: &&[Token<'_>]| w.iter().zip(pattern).all(|(token, text)| token.text == *text);
        self.code.windows(pattern.len()).filter(is_there).count()
    }
}

pub(super) fn measure(files: &[SourceFile]) -> Vec<Measure> {
    let files: Vec<TokenizedFile<'_>> = files.iter().map(TokenizedFile::new).collect();
    let mut measures = Vec::from(type_names(&files));
    measures.push(vague_functions(&files));
    measures.extend(nested_results(&files));
    measures.extend(comments(&files));
    measures.push(counted_lists(&files));
    measures.extend(file_sizes(&files));
    measures.push(fullest_folder(&files));
    measures
}

/// Where a type is defined.
struct Definition<'a> {
    path: &'a str,
    /// Private to a file of less than a hundred lines, where a short name cannot be mistaken.
    is_local: bool,
}

fn type_names(files: &[TokenizedFile<'_>]) -> [Measure; 2] {
    let mut defined: BTreeMap<&str, Vec<Definition<'_>>> = BTreeMap::new();
    for file in files {
        for (at, pair) in file.code.windows(2).enumerate() {
            let is_type = ["struct", "enum", "union", "trait"].contains(&pair[0].text)
                && pair[1].kind == TokenKind::Word
                && pair[1].text.starts_with(char::is_uppercase);
            if is_type {
                // `pub` or `pub(…)` stands before the keyword.
                let before = at.checked_sub(1).map_or("", |at| file.code[at].text);
                let is_local = file.lines < 100 && !["pub", ")"].contains(&before);
                defined.entry(pair[1].text).or_default().push(Definition { path: file.path, is_local });
            }
        }
    }
    let repeated = |count: &dyn Fn(&[Definition<'_>]) -> usize| {
        let counts = defined.iter().map(|(name, definitions)| (*name, count(definitions)));
        most_first(counts.filter(|(_, count)| *count > 1).collect())
    };
    let anywhere = repeated(&|definitions| definitions.len());
    let visible = repeated(&|definitions| {
        definitions.iter().filter(|d| !d.is_local).map(|d| d.path).collect::<BTreeSet<_>>().len()
    });
    let label = "Rust: type names defined in several files, unless local";
    [
        Measure::new("Rust: type names defined more than once", anywhere.len()),
        Measure { examples: examples(&visible), ..Measure::new(label, visible.len()) },
    ]
}

fn vague_functions(files: &[TokenizedFile<'_>]) -> Measure {
    let counts = VAGUE_FUNCTIONS
        .map(|name| (name, files.iter().map(|file| file.count(&["fn", name])).sum::<usize>()))
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .collect();
    let counts = most_first(counts);
    let sum: usize = counts.iter().map(|(_, count)| count).sum();
    Measure {
        examples: examples(&counts),
        ..Measure::new("Rust: functions called `of`, `take`, `show` …", sum)
    }
}

fn nested_results(files: &[TokenizedFile<'_>]) -> [Measure; 2] {
    let sum = |patterns: &[&[&str]]| -> usize {
        files.iter().flat_map(|file| patterns.iter().map(|pattern| file.count(pattern))).sum()
    };
    let values = sum(&[&["Ok", "(", "Ok", "("], &["Ok", "(", "Err", "("]]);
    [
        Measure::new("Rust: `Ok(Ok(` and `Ok(Err(`", values),
        Measure::new("Rust: `Result<Result<`", sum(&[&["Result", "<", "Result", "<"]])),
    ]
}

fn comments(files: &[TokenizedFile<'_>]) -> [Measure; 2] {
    let (mut lines, mut comment_lines, mut vague) = (0, 0, 0);
    for file in files {
        lines += file.lines - file.blank_lines;
        // A comment after code is not a line of its own.
        let with_code: BTreeSet<usize> = file.code.iter().map(|t| t.line).collect();
        for comment in &file.comments {
            if !with_code.contains(&comment.line) {
                comment_lines += comment.text.lines().count();
            }
            let words = comment.text.split(|c: char| !c.is_alphabetic());
            vague += words.filter(|word| VAGUE_WORDS.contains(&word.to_lowercase().as_str())).count();
        }
    }
    let label = format!("Rust: `{}` in comments", VAGUE_WORDS.join("`, `"));
    [
        Measure::new("Rust: lines that are comments, of those not blank", percent(comment_lines, lines)),
        Measure::new(&label, vague),
    ]
}

/// Lists whose length is written by hand beside them: `const DAYS: [&str; 5] = […]`.
fn counted_lists(files: &[TokenizedFile<'_>]) -> Measure {
    let is_length = |w: &&[Token<'_>]| {
        w[0].text == ";"
            && w[1].text.starts_with(|c: char| c.is_ascii_digit())
            && w[2..].iter().zip(["]", "=", "["]).all(|(token, sign)| token.text == sign)
    };
    let count: usize = files.iter().map(|file| file.code.windows(5).filter(is_length).count()).sum();
    Measure::new("Rust: lists whose length is kept by hand", count)
}

fn file_sizes(files: &[TokenizedFile<'_>]) -> [Measure; 4] {
    let mut sizes: Vec<(usize, &str)> = files.iter().map(|file| (file.lines, file.path)).collect();
    sizes.sort_unstable();
    let at = |share: usize| sizes.get(sizes.len() * share / 100).map_or(0, |(lines, _)| *lines);
    let longest = sizes.last().map_or(0, |(lines, _)| *lines);
    let long = sizes.iter().rev().take_while(|(lines, _)| *lines > 500);
    let examples = long.map(|(lines, path)| format!("{path} {lines}")).collect();
    [
        Measure::new("Rust: files", files.len()),
        Measure::new("Rust: lines of a file, median", at(50)),
        Measure::new("Rust: lines of a file, nine tenths are below", at(90)),
        Measure { examples, ..Measure::new("Rust: lines of the longest file", longest) },
    ]
}

fn fullest_folder(files: &[TokenizedFile<'_>]) -> Measure {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        *folders.entry(file.path.rsplit_once('/').map_or("", |(folder, _)| folder)).or_default() += 1;
    }
    let folders = most_first(folders.into_iter().collect());
    let fullest = folders.first().map_or(0, |(_, count)| *count);
    Measure {
        examples: examples(&folders[..folders.len().min(5)]),
        ..Measure::new("Rust: files in the fullest folder", fullest)
    }
}

fn most_first(mut counts: Vec<(&str, usize)>) -> Vec<(&str, usize)> {
    counts.sort_by_key(|(name, count)| (usize::MAX - count, *name));
    counts
}

fn examples(counts: &[(&str, usize)]) -> Vec<String> {
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() })
            .collect();
        measure(&files).into_iter().map(|m| (m.label, m.value)).collect()
    }

    #[test]
    fn a_name_that_means_two_types_is_counted() {
        let long = format!("enum Place {{}}\n{}", "\n".repeat(100));
        let found = measured(&[
            ("a.rs", "pub struct Place; // struct Place;\npub(crate) enum Kind {}"),
            ("b.rs", &long),
            ("c.rs", "enum Kind {}"),
        ]);
        assert_eq!(found["Rust: type names defined more than once"], "2");
        assert_eq!(found["Rust: type names defined in several files, unless local"], "1");
    }

    #[test]
    fn what_stands_in_a_string_is_not_counted() {
        let text =
            "fn of() -> Result<Result<A, B>, C> { Ok(Err(b)) }\nconst A: [u8; 2] = [1, 2];\n\n// Nobody.\n";
        let quoted = format!("const TEXT: &str = r#\"{text}\"#;\n");
        for (text, count) in [(text, "1"), (quoted.as_str(), "0")] {
            let found = measured(&[("a.rs", text)]);
            for label in [
                "Rust: functions called `of`, `take`, `show` …",
                "Rust: `Ok(Ok(` and `Ok(Err(`",
                "Rust: `Result<Result<`",
                "Rust: lists whose length is kept by hand",
                "Rust: `whoever`, `somebody`, `nobody` in comments",
            ] {
                assert_eq!(found[label], count, "{label}");
            }
        }
        assert_eq!(
            measured(&[("a.rs", text)])["Rust: lines that are comments, of those not blank"],
            "33.3 %"
        );
    }

    #[test]
    fn folders_and_files_are_counted() {
        let found = measured(&[("a/b.rs", "1\n2\n"), ("a/c.rs", "1\n"), ("a/d/e.rs", "")]);
        assert_eq!(found["Rust: files"], "3");
        assert_eq!(found["Rust: files in the fullest folder"], "2");
        assert_eq!(found["Rust: lines of a file, median"], "1");
        assert_eq!(found["Rust: lines of the longest file"], "2");
    }
}
