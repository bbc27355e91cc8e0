//! The list of routes, as the collector is built from it, and whether what a page points at stands on it.

use std::sync::LazyLock;

const LIST: &str = include_str!("../../../server/src/router.rs");

/// A path with its placeholders, and the methods it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Such as `/inbox/{id}`.
    pub path: String,
    /// Such as `GET`.
    pub methods: Vec<&'static str>,
}

/// Every route, in the order in which the collector tries them.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| read_routes(LIST));

fn read_routes(source: &str) -> Vec<Route> {
    let list = source.split_once("fn routes(").and_then(|(_, rest)| rest.split_once(".default_service("));
    let list = list.expect("the list of routes ends with what is none of them").0;
    assert!(!list.contains("scope(") && !list.contains(".route(\""), "routes are listed one by one");
    let methods = [
        ("read()", "GET"),
        ("post()", "POST"),
        ("patch()", "PATCH"),
        ("put()", "PUT"),
        ("delete()", "DELETE"),
    ];
    let read = |resource: &str| {
        let (path, rest) = resource.split_once('"').expect("a path ends");
        let count = |word: &str| rest.matches(&format!(".route({word}")).count();
        let known: usize = methods.iter().map(|(word, _)| count(word)).sum();
        assert_eq!(known, rest.matches(".route(").count(), "every method of {path} is known here");
        let answered = methods.iter().filter(|(word, _)| count(word) > 0);
        let methods: Vec<&'static str> = answered.map(|(_, method)| *method).collect();
        Route { path: path.to_owned(), methods }
    };
    list.split("resource(\"").skip(1).map(read).collect()
}

/// Whether the collector has a route for this path. Of several that match it takes the first, whatever the method.
pub fn is_route(method: &str, path: &str) -> bool {
    let segments = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let fits = |route: &Route| {
        let (wanted, given) = (segments(&route.path), segments(path));
        wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(wanted, given)| {
                if wanted.starts_with('{') { !given.is_empty() } else { wanted == given }
            })
    };
    ROUTES.iter().find(|route| fits(route)).is_some_and(|route| route.methods.contains(&method))
}

/// What a page points at that is no route of the list: `METHOD path`. `server` is the collector's own address, `own_path` the
/// page's.
pub fn dead_links(html: &str, server: &str, own_path: &str) -> Vec<String> {
    let mut dead = Vec::new();
    let mut form_method = "GET";
    for tag in tags(html) {
        let is_form = tag.name == "form";
        if is_form {
            let method = tag.attribute("method").unwrap_or_default().to_ascii_uppercase();
            form_method = if method == "POST" { "POST" } else { "GET" };
            // A dialog's form closes the dialog and sends nothing.
            if method != "DIALOG" && tag.attribute("action").is_none() && !is_route(form_method, own_path) {
                dead.push(format!("{form_method} {own_path}, by a form without an action"));
            }
        }
        for (attribute, method) in
            [("href", "GET"), ("src", "GET"), ("action", form_method), ("formaction", form_method)]
        {
            let Some(target) = tag.attribute(attribute) else { continue };
            let Some(path) = own_route(&target, server, own_path) else { continue };
            if !is_route(method, &path) {
                dead.push(format!("{method} {path}, by {attribute} of <{}>", tag.name));
            }
        }
    }
    dead
}

/// The path that a target means at the collector; none if it means something else.
fn own_route(target: &str, server: &str, own_path: &str) -> Option<String> {
    let is_elsewhere = ["#", "mailto:", "data:"].iter().any(|start| target.starts_with(start));
    if target.is_empty() || is_elsewhere {
        return None;
    }
    let local = target.strip_prefix(server).unwrap_or(target);
    if local.starts_with("http://") || local.starts_with("https://") {
        return None;
    }
    let path = local.split(['?', '#']).next().unwrap_or_default();
    Some(if path.is_empty() { own_path.to_owned() } else { path.to_owned() })
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    }
}

/// The start tags of a page; what stands in scripts and styles is no markup.
fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (tag, after) = read_tag(rest);
        rest = after;
        if tag.name == "script" || tag.name == "style" {
            rest = rest.split_once(&format!("</{}", tag.name)).map_or("", |(_, after)| after);
        }
        found.push(tag);
    }
    found
}

/// The tag that begins here, and what follows it.
fn read_tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            break;
        }
        if let Some(after) = rest.strip_prefix('>') {
            rest = after;
            break;
        }
        let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap_or(rest.len());
        // A stray character is stepped over.
        let (attribute, after) = rest.split_at(end.max(rest.chars().next().map_or(0, char::len_utf8)));
        rest = after;
        let value = rest.strip_prefix('=').map(|after| match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_at(after.find([' ', '\n', '>']).unwrap_or(after.len())),
        });
        if let Some((_, after)) = value {
            rest = after;
        }
        let value = value.map_or("", |(value, _)| value);
        attributes.push((attribute.to_ascii_lowercase(), value.replace("&#38;", "&").replace("&amp;", "&")));
    }
    (Tag { name: name.to_ascii_lowercase(), attributes }, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUSE: &str = "http://127.0.0.1:1";

    #[test]
    fn what_a_page_points_at_is_looked_up_with_its_method() {
        let page = r##"<a href="/summary?days=7&#38;shop=k">x</a><a class=o href="#x">x</a><img src="/p/k/1.jpg">
            <form method="post" action="/summary/markers/remove"><button formaction="/inbox/set-aside">x</button></form>
            <form action="/responses"></form><form method="post"></form><form method="dialog"></form><a href="mailto:a@b.example">x</a>
            <a href="http://127.0.0.1:1/inbox/7#reply">x</a><a href="https://elsewhere.example/nowhere">x</a>
            <script>"<a href='/nowhere'>"</script>"##;
        assert_eq!(dead_links(page, HOUSE, "/sign-out"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_route_is_named() {
        for (page, dead) in [
            (
                r#"<form method="post" action="/summary/picture.markers/remove">"#,
                "POST /summary/picture.markers/remove",
            ),
            // There is such a path, with another method.
            (r#"<a href="/sign-out">"#, "GET /sign-out"),
            (r#"<form method="post" action="/responses">"#, "POST /responses"),
            (r#"<form method="post" action="/sign-out"><button formaction="/inbox/x/y">"#, "POST /inbox/x/y"),
            // The first that matches takes it: this one is none of `/inbox/{id}`.
            (r#"<a href="/inbox/set-aside">"#, "GET /inbox/set-aside"),
            (r#"<script src="/nowhere.js"></script>"#, "GET /nowhere.js"),
            (r#"<form method="post">"#, "POST /summary"),
        ] {
            let found = dead_links(page, HOUSE, "/summary");
            assert!(found.len() == 1 && found[0].starts_with(dead), "{page}: {found:?}");
        }
    }
}
