//! Minifies JavaScript and CSS.

use anyhow::{Result, ensure};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_compat::EngineTargets;
use oxc_minifier::{CompressOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

/// The collector replaces this in the loader by a shop's settings, quotes included.
pub(crate) const PLACEHOLDER: &str = "\"__SETUP__\"";
/// The placeholder while the loader is minified: an undeclared name, about which a minifier can conclude
/// nothing.
const UNKNOWN: &str = "__SETUP__";

/// Minifies a script; `name` is for the error message.
pub(crate) fn js(name: &str, source: &str) -> Result<String> {
    let memory = Allocator::default();
    let kind = SourceType::unambiguous();
    let parsed = Parser::new(&memory, source, kind).parse();
    let complaints: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
    ensure!(!parsed.panicked && complaints.is_empty(), "{name} does not parse: {}", complaints.join("; "));
    let mut program = parsed.program;
    // A language version older than every browser that runs the widget, so that the minifier adds no newer syntax
    // than the source has.
    let target = EngineTargets::from_target("es2020").map_err(anyhow::Error::msg)?;
    let options = MinifierOptions {
        compress: Some(CompressOptions { target, ..CompressOptions::smallest() }),
        ..MinifierOptions::default()
    };
    let names = Minifier::new(options).minify(&memory, &mut program).scoping;
    Ok(Codegen::new().with_options(CodegenOptions::minify()).with_scoping(names).build(&program).code)
}

/// Minifies the loader. The placeholder must be in it exactly once, as a value: the settings are an object,
/// and an object at the beginning of a statement would be parsed as a block.
pub(crate) fn loader(source: &str) -> Result<String> {
    ensure!(source.matches(PLACEHOLDER).count() == 1, "loader.js must say {PLACEHOLDER} exactly once");
    let small = js("loader.js", &source.replace(PLACEHOLDER, UNKNOWN))?;
    let mut parts = small.split(UNKNOWN);
    let (before, after) = (parts.next().unwrap_or_default(), parts.next());
    ensure!(
        after.is_some() && parts.next().is_none(),
        "{PLACEHOLDER} got lost or doubled while loader.js was minified"
    );
    ensure!(
        before.ends_with(['=', '(', ',', ':']) && !before.ends_with("=>"),
        "an object cannot stand where loader.js has {PLACEHOLDER}: …{}",
        before.chars().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect::<String>()
    );
    Ok(small.replace(UNKNOWN, PLACEHOLDER))
}

/// Minifies a style sheet: removes comments and insignificant white space and keeps everything else as written, so that
/// no rule is too new for it. Brotli does the rest.
pub(crate) fn css(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("/*") {
            // A comment separates words, as a space does.
            rest = rest[2..].split_once("*/").map_or("", |(_, after)| after);
            push_space(&mut out);
        } else if c == '"' || c == '\'' {
            let string = quoted_string(rest, c);
            out.push_str(string);
            rest = &rest[string.len()..];
        } else {
            rest = &rest[c.len_utf8()..];
            match c {
                _ if c.is_ascii_whitespace() => push_space(&mut out),
                // A space is never significant around these. Around `:`, `>`, `+`, `(` it may be, in
                // selectors or `calc`.
                '{' | '}' | ';' | ',' => {
                    let end: &[char] = if c == '}' { &[' ', ';'] } else { &[' '] };
                    out.truncate(out.trim_end_matches(end).len());
                    out.push(c);
                }
                c => out.push(c),
            }
        }
    }
    out.truncate(out.trim_end_matches(' ').len());
    out
}

/// Adds a space, unless the text before it makes it superfluous.
fn push_space(out: &mut String) {
    let superfluous = out.is_empty() || out.ends_with([' ', '{', '}', ';', ',']);
    if superfluous {
        return;
    }
    // `color: red` is a declaration and `a: hover` is invalid, so a space after a colon is never significant.
    if !out.ends_with(':') {
        out.push(' ');
    }
}

/// The string at the beginning of `text`, quotes included.
fn quoted_string(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return &text[..=at];
        }
        escaped = c == '\\' && !escaped;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_means_the_same_in_fewer_bytes() {
        for (written, small) in [
            ("a { color : red ; }\n", "a{color :red}"),
            ("a:hover > b + c ,\n d { }", "a:hover > b + c,d{}"),
            ("a /* one */ b{margin: calc( 1px + 2px ) -1px;;}", "a b{margin:calc( 1px + 2px ) -1px}"),
            (
                "a::before { content: \" { ; } /* no */ \\\" \"; }",
                "a::before{content:\" { ; } /* no */ \\\" \"}",
            ),
            (
                "@media (width <= 480px) { .a { & .b { color: color-mix(in oklch, red, #fff) } } }",
                "@media (width <= 480px){.a{& .b{color:color-mix(in oklch,red,#fff)}}}",
            ),
            (":root{--x: ;--y:{a:b}}", ":root{--x:;--y:{a:b}}"),
            ("a :hover{}", "a :hover{}"),
            ("a{b:url('x  y')}/* end", "a{b:url('x  y')}"),
        ] {
            assert_eq!(css(written), small);
            assert_eq!(css(small), small, "twice is the same");
        }
    }

    #[test]
    fn the_settings_find_their_place_in_the_minified_loader() {
        let small = loader(
            "(() => { const setup = \"__SETUP__\"; document.title = setup.key + setup.base + `${setup.key}`; })();",
        );
        let small = small.expect("it parses");
        assert_eq!(small.matches(PLACEHOLDER).count(), 1, "{small}");
        assert!(!small.contains('\n'));
    }

    #[test]
    fn a_loader_whose_settings_would_be_lost_is_not_built() {
        for lost in [
            "f();",
            "\"__SETUP__\";",
            "f(\"__SETUP__\", \"__SETUP__\");",
            "const a = () => \"__SETUP__\"; f(a)",
            "(",
        ] {
            assert!(loader(lost).is_err(), "{lost}");
        }
    }

    #[test]
    fn a_module_keeps_the_names_that_others_import() {
        let small = js(
            "m.js",
            "export function start(setup) { return inner(setup) } function inner(long) { return long + 1 }",
        );
        let small = small.expect("it parses");
        assert!(small.contains("start") && !small.contains("long"), "{small}");
    }
}
