//! How things lie on the device: a line each, of fields with a tab between them. In a field a tab is `\t`, the end of a line
//! `\n` or `\r`, and a backslash `\\`.

/// A line of these fields.
pub fn line(fields: &[&str]) -> String {
    let mut line = String::new();
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            line.push('\t');
        }
        for sign in field.chars() {
            match sign {
                '\\' => line.push_str("\\\\"),
                '\t' => line.push_str("\\t"),
                '\n' => line.push_str("\\n"),
                '\r' => line.push_str("\\r"),
                sign => line.push(sign),
            }
        }
    }
    line
}

/// The fields of a line.
pub fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        let sign = match sign {
            '\t' => {
                fields.push(String::new());
                continue;
            }
            '\\' => match signs.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                _ => '\\',
            },
            sign => sign,
        };
        if let Some(last) = fields.last_mut() {
            last.push(sign);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fields_come_back_as_they_were(told in proptest::collection::vec("(\\\\|\t|\n|\r|n|t|r|\\PC){0,9}", 1..6)) {
            let line = line(&told.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert!(line.lines().count() <= 1, "{line:?}");
            prop_assert_eq!(fields(&line), told);
        }
    }
}
