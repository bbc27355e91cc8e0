//! Compares the classes of the owner's pages with their style sheets: a class without a rule and a rule without a page
//! are both left behind by a change.
//!
//! The pages of the widget's frame have a style sheet of their own, and are not part of this check.

use crate::rust_source::{TokenKind, tokens};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Style sheets and scripts of the owner's pages.
const ASSETS: &str = "server/assets";
/// Pages that load `owner.css`: a folder, or the beginning of a file's path.
const TEMPLATES: [&str; 3] =
    ["server/templates/owner", "server/templates/error.html", "server/templates/public/unsubscribe"];
/// The collector's code that gives classes to templates.
const CODE: [&str; 2] = ["server/src/owner", "server/src/analytics"];
/// Tests that look for classes.
const TESTS: [&str; 2] = ["tests/api", "tests/browser"];

/// The texts of all files whose path begins with `start` and ends with `ending`.
fn read_all(start: &str, ending: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = if root.join(start).is_dir() { start } else { start.rsplit_once('/').map_or("", |s| s.0) };
    let mut texts = Vec::new();
    for entry in fs::read_dir(root.join(folder)).expect("the folder is there") {
        let path = format!("{folder}/{}", entry.expect("it can be listed").file_name().to_string_lossy());
        if !path.starts_with(start) {
            continue;
        }
        if root.join(&path).is_dir() {
            texts.extend(read_all(&path, ending));
        } else if path.ends_with(ending) {
            texts.push(fs::read_to_string(root.join(&path)).expect("it is text"));
        }
    }
    texts
}

fn is_of_class(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// Whether `text` names the class as a selector or as a value, and not only as a part of a longer name.
fn names(text: &str, class: &str) -> bool {
    text.match_indices(class).any(|(at, _)| {
        !text[..at].ends_with(is_of_class) && !text[at + class.len()..].starts_with(is_of_class)
    })
}

/// The classes in the selectors of a style sheet.
fn classes_of_rules(css: &str) -> BTreeSet<String> {
    let mut classes = BTreeSet::new();
    let mut selectors = String::new();
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        match c {
            '{' => {
                if !selectors.trim_start().starts_with('@') {
                    classes.extend(selectors.split('.').skip(1).map(class_at_start));
                }
                selectors.clear();
            }
            '}' | ';' => selectors.clear(),
            _ => selectors.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    classes
}

fn class_at_start(text: &str) -> String {
    text.chars().take_while(|c| is_of_class(*c)).collect()
}

/// The classes that a template writes by itself. What an expression writes comes from the code.
fn classes_of_template(template: &str) -> BTreeSet<String> {
    let mut classes = BTreeSet::new();
    for (at, start) in template.match_indices("class=\"") {
        let mut rest = &template[at + start.len()..];
        let mut value = String::new();
        while !rest.starts_with('"') {
            let end = [("{{", "}}"), ("{%", "%}")].into_iter().find(|(open, _)| rest.starts_with(open));
            if let Some((_, close)) = end {
                rest = rest.split_once(close).expect("what is opened is closed").1;
                value.push(' ');
            } else {
                let c = rest.chars().next().expect("the value ends");
                value.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        classes.extend(value.split_whitespace().map(str::to_owned));
    }
    classes
}

/// The strings of the code that have the form of a class for a state or a variant: `is-bad`, `pill--bad`.
fn classes_of_code(code: &str) -> BTreeSet<String> {
    let literals = tokens(code).into_iter().filter(|t| t.kind == TokenKind::Literal);
    let words = literals.map(|t| t.text.trim_matches('"').to_owned());
    words
        .filter(|w| {
            (w.contains("--") || w.starts_with("is-")) && !w.starts_with('-') && w.chars().all(is_of_class)
        })
        .collect()
}

fn of_pages() -> BTreeSet<String> {
    let mut classes = BTreeSet::new();
    for start in TEMPLATES {
        read_all(start, ".html").iter().for_each(|text| classes.extend(classes_of_template(text)));
    }
    for folder in CODE {
        read_all(folder, ".rs").iter().for_each(|text| classes.extend(classes_of_code(text)));
    }
    classes
}

fn of_rules() -> BTreeSet<String> {
    read_all(ASSETS, ".css").iter().flat_map(|text| classes_of_rules(text)).collect()
}

#[test]
fn every_class_of_a_page_has_a_rule_or_a_use() {
    let rules = of_rules();
    let mut users = read_all(ASSETS, ".js");
    TESTS.into_iter().for_each(|folder| users.extend(read_all(folder, ".rs")));
    let is_used = |class: &String| rules.contains(class) || users.iter().any(|text| names(text, class));
    let idle: Vec<String> = of_pages().into_iter().filter(|class| !is_used(class)).collect();
    assert!(idle.is_empty(), "no rule, script or test uses {idle:?}");
}

#[test]
fn every_rule_is_for_a_class_of_a_page() {
    let pages = of_pages();
    let dead: Vec<String> = of_rules().into_iter().filter(|class| !pages.contains(class)).collect();
    assert!(dead.is_empty(), "no page has {dead:?}");
}

#[test]
fn scripts_and_tests_look_for_classes_that_exist() {
    let pages = of_pages();
    let mut scripts = read_all(ASSETS, ".js");
    TESTS.into_iter().for_each(|folder| scripts.extend(read_all(folder, ".rs")));
    // Only names of blocks with an element or a variant can be told from other words.
    let looked_for = scripts.iter().flat_map(|text| text.split('.').skip(1).map(class_at_start));
    let unknown: BTreeSet<String> =
        looked_for.filter(|c| (c.contains("__") || c.contains("--")) && !pages.contains(c)).collect();
    assert!(unknown.is_empty(), "no page has {unknown:?}");
}

#[test]
fn classes_are_found_where_they_stand() {
    let set = |classes: &[&str]| classes.iter().map(|c| (*c).to_owned()).collect::<BTreeSet<_>>();
    let css = "/* .not */ @media (min-width: 48.5rem) { .a > .b--c:not(.d), e.f { margin: 0.5em; } }";
    assert_eq!(classes_of_rules(css), set(&["a", "b--c", "d", "f"]));
    let template = r#"<p class="a{% if x == "y" %} a--b{% endif %} {{ one.class }}"><i class="c"></i></p>"#;
    assert_eq!(classes_of_template(template), set(&["a", "a--b", "c"]));
    let code = r#"let x = ("is-bad", "pill--mid", "--option value", "plain"); // "is-not""#;
    assert_eq!(classes_of_code(code), set(&["is-bad", "pill--mid"]));
}
