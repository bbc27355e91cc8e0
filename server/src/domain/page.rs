//! The page a response is about: path and title, never the query.

use shared::refusal::{Code, Refusal};
use shared::text::{TITLE_MAX_CHARS, cut};

/// Longer paths are cut.
pub const PATH_MAX_CHARS: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Begins with a slash; without scheme, host, query and fragment.
    pub path: String,
    /// On one line.
    pub title: String,
}

impl Page {
    /// Drops everything after `?` or `#` unread: shops put order tokens and addresses there.
    ///
    /// # Errors
    /// [`Code::PageLooksWrong`] unless `url` is a path or an http(s) address.
    pub fn parse(url: &str, title: &str) -> Result<Self, Refusal> {
        let wrong = Refusal::of("page.url", Code::PageLooksWrong);
        let path = match url.split_once("://") {
            Some(("http" | "https", rest)) => rest.find('/').map_or("/", |i| &rest[i..]),
            _ if url.starts_with('/') => url,
            _ => return Err(wrong),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        if path.chars().any(char::is_control) {
            return Err(wrong);
        }
        Ok(Self { path: cut(path, PATH_MAX_CHARS), title: cut(title, TITLE_MAX_CHARS) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_query_and_no_fragment_is_ever_kept(url in "(https://shop\\.example)?/[a-z/]{0,10}[?#]?.*") {
            if let Ok(page) = Page::parse(&url, "") {
                prop_assert!(page.path.starts_with('/') && !page.path.contains(['?', '#']), "{}", page.path);
            }
        }
    }

    #[test]
    fn only_the_path_of_an_address_is_kept() {
        let page = Page::parse("https://shop.example/bowls/tidal?token=1#x", " Bowl\n ").unwrap();
        assert_eq!((page.path.as_str(), page.title.as_str()), ("/bowls/tidal", "Bowl"));
        assert_eq!(Page::parse("https://shop.example", "").unwrap().path, "/");
        for wrong in ["", "bowls", "javascript:alert(1)", "ftp://shop.example/"] {
            assert!(Page::parse(wrong, "").is_err(), "{wrong}");
        }
    }
}
