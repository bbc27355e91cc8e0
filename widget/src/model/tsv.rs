//! The form in which records lie on the device: one record a line, its fields separated by tabs. In a field `\t` stands
//! for a tab, `\n` and `\r` for the end of a line, `\\` for a backslash.

/// One line of these fields.
pub(crate) fn encode(fields: &[&str]) -> String {
    let mut line = String::new();
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            line.push('\t');
        }
        for c in field.chars() {
            match c {
                '\\' => line.push_str("\\\\"),
                '\t' => line.push_str("\\t"),
                '\n' => line.push_str("\\n"),
                '\r' => line.push_str("\\r"),
                c => line.push(c),
            }
        }
    }
    line
}

/// The fields of a line.
pub(crate) fn decode(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\t' => {
                fields.push(String::new());
                continue;
            }
            '\\' => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                _ => '\\',
            },
            c => c,
        };
        if let Some(last) = fields.last_mut() {
            last.push(c);
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
        fn fields_come_back_as_they_were(
            fields in proptest::collection::vec("(\\\\|\t|\n|\r|n|t|r|\\PC){0,9}", 1..6)
        ) {
            let line = encode(&fields.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert!(line.lines().count() <= 1, "{line:?}");
            prop_assert_eq!(decode(&line), fields);
        }
    }
}
