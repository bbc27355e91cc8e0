//! Writes the rows of an export as CSV or JSON.
//!
//! The crate `csv` decides by the text of a cell whether to quote it: with `QuoteStyle::NonNumeric` a comment that says `12`
//! is written like a number. Here text is quoted and numbers are not, so that only the tests use the crate.

use crate::text::csv_cell::escape_formula;
use std::io::Write as _;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// RFC 4180. Formulas are escaped, and every cell is quoted unless it is a number.
    Csv,
    /// An array of objects.
    Json,
}

/// Each row gets its cells in the order of the columns.
pub struct TableWriter {
    form: TableFormat,
    columns: &'static [&'static str],
    out: Vec<u8>,
    /// Whether there was a row before, in this piece or an earlier one.
    has_begun: bool,
    /// The next column.
    column: usize,
}

impl TableWriter {
    /// `has_begun` says whether an earlier piece had a row.
    pub fn new(form: TableFormat, columns: &'static [&'static str], has_begun: bool) -> Self {
        Self { form, columns, out: Vec::new(), has_begun, column: 0 }
    }

    pub fn head(form: TableFormat, columns: &'static [&'static str]) -> Vec<u8> {
        if form == TableFormat::Json {
            return b"[".to_vec();
        }
        // Excel needs the byte order mark to recognise UTF-8.
        let mut out = "\u{feff}".as_bytes().to_vec();
        let mut table = Self { out: Vec::new(), ..Self::new(form, columns, false) };
        table.row(|row| columns.iter().for_each(|name| row.text(name)));
        out.append(&mut table.out);
        out
    }

    pub fn foot(form: TableFormat) -> &'static [u8] {
        if form == TableFormat::Json { b"\n]\n" } else { b"" }
    }

    pub fn row(&mut self, cells: impl FnOnce(&mut Self)) {
        self.column = 0;
        if self.form == TableFormat::Json {
            self.out.extend_from_slice(if self.has_begun { b",\n{" } else { b"\n{" });
        }
        cells(self);
        debug_assert_eq!(self.column, self.columns.len(), "a row has a cell for every column");
        self.out.extend_from_slice(if self.form == TableFormat::Json { b"}" } else { b"\r\n" });
        self.has_begun = true;
    }

    /// The bytes, and whether there was ever a row.
    pub fn into_bytes(self) -> (Vec<u8>, bool) {
        (self.out, self.has_begun)
    }

    pub fn text(&mut self, text: &str) {
        self.begin_cell();
        match self.form {
            TableFormat::Csv => {
                self.out.push(b'"');
                for (n, part) in escape_formula(text).split('"').enumerate() {
                    // RFC 4180 doubles a quotation mark.
                    if n > 0 {
                        self.out.extend_from_slice(b"\"\"");
                    }
                    self.out.extend_from_slice(part.as_bytes());
                }
                self.out.push(b'"');
            }
            TableFormat::Json => self.json(text),
        }
    }

    pub fn number(&mut self, number: i64) {
        self.begin_cell();
        // Writing to memory does not fail.
        let _ = write!(self.out, "{number}");
    }

    pub fn boolean(&mut self, is_yes: bool) {
        match self.form {
            TableFormat::Csv => self.text(if is_yes { "yes" } else { "no" }),
            TableFormat::Json => {
                self.begin_cell();
                self.json(&is_yes);
            }
        }
    }

    /// `cell` writes a value that is there.
    pub fn maybe<T>(&mut self, value: Option<T>, cell: impl FnOnce(&mut Self, T)) {
        match (value, self.form) {
            (Some(value), _) => cell(self, value),
            (None, TableFormat::Csv) => self.text(""),
            (None, TableFormat::Json) => {
                self.begin_cell();
                self.out.extend_from_slice(b"null");
            }
        }
    }

    /// Only JSON can hold a list in a cell.
    pub fn list(&mut self, values: &[serde_json::Value]) {
        self.begin_cell();
        self.json(values);
    }

    fn begin_cell(&mut self) {
        if self.column > 0 {
            self.out.push(b',');
        }
        if self.form == TableFormat::Json {
            let name = self.columns.get(self.column).copied().unwrap_or_default();
            self.json(name);
            self.out.push(b':');
        }
        self.column += 1;
    }

    fn json<T: serde::Serialize + ?Sized>(&mut self, value: &T) {
        // Writing to memory does not fail, and text is always valid JSON.
        let _ = serde_json::to_writer(&mut self.out, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const COLUMNS: [&str; 4] = ["a", "b", "c", "d"];

    fn piece(
        form: TableFormat,
        rows: &[(String, i64, bool, Option<i64>)],
        has_begun: bool,
    ) -> (Vec<u8>, bool) {
        let mut table = TableWriter::new(form, &COLUMNS, has_begun);
        for (text, number, is_yes, maybe) in rows {
            table.row(|row| {
                row.text(text);
                row.number(*number);
                row.boolean(*is_yes);
                row.maybe(*maybe, TableWriter::number);
            });
        }
        table.into_bytes()
    }

    /// A whole file in two pieces.
    fn file(form: TableFormat, rows: &[(String, i64, bool, Option<i64>)], cut: usize) -> Vec<u8> {
        let (first, rest) = rows.split_at(cut.min(rows.len()));
        let mut file = TableWriter::head(form, &COLUMNS);
        let (bytes, has_begun) = piece(form, first, false);
        file.extend(bytes);
        file.extend(piece(form, rest, has_begun).0);
        file.extend(TableWriter::foot(form));
        file
    }

    proptest! {
        #[test]
        fn a_file_reads_back_as_it_was_however_it_was_cut(
            rows in prop::collection::vec((any::<String>(), any::<i64>(), any::<bool>(), any::<Option<i64>>()), 0..6),
            cut in 0usize..7,
        ) {
            let read: Value = serde_json::from_slice(&file(TableFormat::Json, &rows, cut)).unwrap();
            let expected: Vec<Value> =
                rows.iter().map(|(a, b, c, d)| json!({ "a": a, "b": b, "c": c, "d": d })).collect();
            prop_assert_eq!(read, Value::from(expected));

            let bytes = file(TableFormat::Csv, &rows, cut);
            let text = std::str::from_utf8(&bytes).unwrap().strip_prefix('\u{feff}').unwrap();
            let read: Vec<Vec<String>> = csv::ReaderBuilder::new()
                .from_reader(text.as_bytes())
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let expected: Vec<Vec<String>> = rows
                .iter()
                .map(|(a, b, c, d)| {
                    let is_yes = if *c { "yes" } else { "no" };
                    let maybe = d.map(|d| d.to_string()).unwrap_or_default();
                    vec![escape_formula(a).into_owned(), b.to_string(), is_yes.to_owned(), maybe]
                })
                .collect();
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn words_are_quoted_and_numbers_are_not() {
        let rows = [("a \"b\"".to_owned(), -7, true, None), ("12".to_owned(), 0, false, Some(3))];
        let text = String::from_utf8(piece(TableFormat::Csv, &rows, false).0).unwrap();
        assert_eq!(text, "\"a \"\"b\"\"\",-7,\"yes\",\"\"\r\n\"12\",0,\"no\",3\r\n");
    }
}
