//! One cell of an export, safe to open in a spreadsheet.

use std::borrow::Cow;

/// Puts a `'` before text that a spreadsheet would take for a formula.
///
/// Source: OWASP, CSV Injection (`=`, `+`, `-`, `@`, tab, carriage return). The full-width forms are formulas in
/// spreadsheets set to Japanese; some drop a leading NUL or blank before they look.
pub fn escape_formula(text: &str) -> Cow<'_, str> {
    let first = text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\n']).chars().next();
    let is_formula = matches!(
        first,
        Some(
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\0'
                | '\u{ff1d}'
                | '\u{ff0b}'
                | '\u{ff0d}'
                | '\u{ff20}'
                | '\u{2212}'
        )
    );
    if is_formula { Cow::Owned(["'", text].concat()) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_cell_begins_like_a_formula(text in any::<String>()) {
            let cell = escape_formula(&text);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠']));
            prop_assert!(cell.ends_with(&text));
        }
    }

    #[test]
    fn formulas_are_told_from_words() {
        for formula in
            ["=1+1", "+49 30 1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "＝1", "＋1", "－1", "＠x", " =1"]
        {
            assert_eq!(escape_formula(formula), ["'", formula].concat(), "{formula:?}");
        }
        for words in ["", "Late.", "1 = 1", "'tis", "a@b.example", "日本"] {
            assert_eq!(escape_formula(words), words, "{words:?}");
        }
    }
}
