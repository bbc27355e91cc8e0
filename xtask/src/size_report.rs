//! `cargo xtask weigh`: prints how many bytes a page of a shop and an opened widget fetch, beside the limits.

use crate::compress::{brotli, gzip};
use crate::files::{self, FOLDER};
use crate::minify::PLACEHOLDER;
use crate::{assets, run, size_limits};
use anyhow::{Context, Result, ensure};
use shared::wire::LoaderSetup;
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The sizes in bytes of something that a browser fetches.
struct Size {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Size {
    fn measure(name: &str, bytes: &[u8]) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            raw: bytes.len(),
            gzip: gzip(bytes)?.len(),
            brotli: brotli(bytes)?.len(),
        })
    }

    /// Reads the sizes of a built file and of its compressed copies.
    fn from_built(hashed: &str) -> Result<Self> {
        let size = |suffix: &str| -> Result<usize> {
            let path = Path::new(FOLDER).join([hashed, suffix].concat());
            let file = fs::metadata(&path).with_context(|| format!("{} does not exist", path.display()))?;
            Ok(usize::try_from(file.len())?)
        };
        Ok(Self { name: hashed.to_owned(), raw: size("")?, gzip: size(".gz")?, brotli: size(".br")? })
    }

    fn sum<'a>(name: &str, parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let zero = Self { name: name.to_owned(), raw: 0, gzip: 0, brotli: 0 };
        parts.into_iter().fold(zero, |sum, part| Self {
            raw: sum.raw + part.raw,
            gzip: sum.gzip + part.gzip,
            brotli: sum.brotli + part.brotli,
            ..sum
        })
    }
}

/// Prints every size beside its limit. A size over its limit is an error.
pub(crate) fn report() -> Result<()> {
    assets::build(false)?;
    let names = files::read_manifest()?;
    let name = |key: &str| names.get(key).with_context(|| format!("{key} was not built"));
    let program = run::collector(false)?;
    let mut over = Vec::new();

    println!("\n{:<44} {:>9} {:>9} {:>9} {:>9}", "bytes", "raw", "gzip", "brotli", "limit");
    println!("A page of the shop, nothing opened");
    let loader = fs::read_to_string(Path::new(FOLDER).join("loader.js"))?;
    print_row(
        &Size::measure("loader.js, before any settings", loader.as_bytes())?,
        Some(size_limits::LOADER),
        &mut over,
    );
    for (label, setup) in
        [("loader.js of a new shop", new_shop()), ("loader.js with everything set", busy_shop())]
    {
        let filled = loader.replace(PLACEHOLDER, &serde_json::to_string(&setup)?);
        print_row(&Size::measure(label, filled.as_bytes())?, None, &mut over);
    }

    println!("The widget, opened");
    let page = frame_page(&program)?;
    let html = Size::measure("/w/KEY, the page with the plain form", page.as_bytes())?;
    print_row(&html, Some(size_limits::FRAME_PAGE), &mut over);
    let mut fetched = Vec::new();
    for hashed in asset_names(&page) {
        let size = Size::from_built(&hashed)?;
        print_row(&size, None, &mut over);
        fetched.push(size);
    }
    let all = Size::sum("  total", fetched.iter().chain([&html]));
    let limit = if assets::built_small() { size_limits::OPENED } else { size_limits::OPENED_SHIPPED };
    print_row(&all, Some(limit), &mut over);
    println!(
        "  wanted: {} ({:+})",
        size_limits::OPENED_WANTED,
        all.brotli as i64 - size_limits::OPENED_WANTED as i64
    );

    println!("The owner's pages");
    let owner = [Size::from_built(name("owner.css")?)?, Size::from_built(name("owner.js")?)?];
    owner.iter().for_each(|w| print_row(w, None, &mut over));
    print_row(&Size::sum("  total", &owner), Some(size_limits::OWNER), &mut over);

    ensure!(over.is_empty(), "Over the limit: {}.", over.join(", "));
    Ok(())
}

fn print_row(size: &Size, limit: Option<usize>, over: &mut Vec<String>) {
    let Size { name, raw, gzip, brotli } = size;
    let limit_text = limit.map(|l| l.to_string()).unwrap_or_default();
    let excess = limit.map_or(0, |l| brotli.saturating_sub(l));
    let mark = if excess > 0 { " !" } else { "" };
    println!("{name:<44} {raw:>9} {gzip:>9} {brotli:>9} {limit_text:>9}{mark}");
    if excess > 0 {
        over.push(format!("{} by {excess} bytes", name.trim()));
    }
}

/// The hashed names of the assets that the page fetches.
fn asset_names(page: &str) -> BTreeSet<String> {
    let after = page.split("\"/a/").skip(1);
    after.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn new_shop() -> LoaderSetup {
    LoaderSetup {
        key: "kiln-and-kettle".to_owned(),
        base: "https://feedback.shop.example".to_owned(),
        origins: r"^(https://shop\.example)$".to_owned(),
        accent: "#1d5c45".to_owned(),
        theme: None,
        corner: "end".to_owned(),
        launcher: true,
        labels: [("en", "Tell Anna how it’s going"), ("de", "Sag Anna, wie es läuft")]
            .map(|(language, label)| (language.to_owned(), label.to_owned()))
            .into(),
        mid: Some([3, 20]),
        after: Some(4),
        after_path: None,
        preview: None,
    }
}

/// A shop with every setting changed.
fn busy_shop() -> LoaderSetup {
    LoaderSetup {
        origins: r"^(https://shop\.example|https://.+\.shop\.example|https://shop\.example\.co\.uk)$"
            .to_owned(),
        accent: "#7a3e9d".to_owned(),
        theme: Some("light".to_owned()),
        corner: "start".to_owned(),
        after_path: Some("^/order/.*/thank-you\\.html$".to_owned()),
        ..new_shop()
    }
}

/// The frame's page with the plain form, from the running collector.
fn frame_page(program: &str) -> Result<String> {
    let folder = std::env::temp_dir().join(format!("tableside-weigh-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let page = frame_page_from(program, &format!("sqlite://{}", folder.join("weigh.db").display()));
    fs::remove_dir_all(&folder)?;
    page
}

fn frame_page_from(program: &str, database: &str) -> Result<String> {
    let origin = "https://shop.example";
    let added = crate::process::output(Command::new(program).args(["shop", "add", "Kiln & Kettle"]).args([
        "--person",
        "Anna",
        "--origin",
        origin,
        "--database",
        database,
    ]))?;
    let key = added.lines().find_map(|line| line.strip_prefix("key: ")).context("`shop add` prints a key")?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let serve = ["serve", "--listen", &address, "--database", database];
    let mut server =
        RunningServer(Command::new(program).args(serve).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let deadline = Instant::now() + Duration::from_secs(20);
    while get(&address, "/readyz").is_err() {
        ensure!(server.0.try_wait()?.is_none(), "`tableside serve` ended by itself");
        ensure!(Instant::now() < deadline, "`tableside serve` did not become ready");
        thread::sleep(Duration::from_millis(20));
    }
    get(&address, &format!("/w/{key}?framed=1&lang=en&moment=any_time"))
}

/// A running collector, stopped when dropped.
struct RunningServer(Child);

impl Drop for RunningServer {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns the body if the status is 200.
fn get(address: &str, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    let (head, body) = response.split_once("\r\n\r\n").context("a response has a head")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    ensure!(status == "200", "{path} responded {status}");
    Ok(body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_the_page_fetches_is_counted_once() {
        let page =
            r#"<link href="/a/widget.2.js"><script data-glue="/a/widget.2.js" data-wasm="/a/widget.3.wasm">"#;
        let found: Vec<String> = asset_names(page).into_iter().collect();
        assert_eq!(found, ["widget.2.js", "widget.3.wasm"]);
    }
}
