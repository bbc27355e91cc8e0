//! How the widget is compiled to WebAssembly, with what this machine has.
//!
//! * `small`: the standard library is compiled along, for size, and a panic just stops. About a tenth less to
//!   download, half a minute more to build. Wanted, and what is released.
//! * `shipped`: the standard library as rustup ships it.
//! * `debian`: Debian's packages, for machines that cannot reach rustup's servers.
//!
//! `TABLESIDE_WASM` forces one of them.

use crate::cargo::{cargo, run, said};
use crate::step::step;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// A way to compile the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// rustup's compiler, the standard library compiled along.
    Small,
    /// rustup's compiler and standard library.
    Shipped,
    /// Debian's compiler, the standard library compiled along.
    Debian,
}

impl Toolchain {
    /// The best way this machine has; fetches what is missing if it can.
    ///
    /// # Errors
    /// One sentence that says what to install.
    pub fn choose() -> Result<Self> {
        match std::env::var("TABLESIDE_WASM").as_deref() {
            Ok("small") => return Ok(Self::Small),
            Ok("shipped") => return Ok(Self::Shipped),
            Ok("debian") => return debian().map(|()| Self::Debian),
            Ok(other) => bail!("TABLESIDE_WASM is `{other}`; it may be small, shipped or debian."),
            Err(_) => {}
        }
        let has = |place: Result<PathBuf>| place.is_ok_and(|p| p.exists());
        if may_go_small() && (has(std_source()) || rustup(&["component", "add", "rust-src"])) {
            return Ok(Self::Small);
        }
        if has(shipped_std()) || rustup(&["target", "add", TARGET]) {
            return Ok(Self::Shipped);
        }
        debian().map(|()| Self::Debian)
    }

    /// The name in `TABLESIDE_WASM`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Shipped => "shipped",
            Self::Debian => "debian",
        }
    }

    /// Whether the standard library is compiled along, and so a smaller limit holds.
    pub fn is_small(self) -> bool {
        self != Self::Shipped
    }

    /// A cargo command for the browser (`build`, `clippy`); the package and profile are the caller's.
    pub fn cargo(self, command: &str) -> Command {
        let mut build = match self {
            Self::Small | Self::Shipped => cargo(),
            Self::Debian => {
                let mut build = Command::new("/usr/bin/cargo");
                let path = std::env::var("PATH").unwrap_or_default();
                build.env("PATH", format!("/usr/bin:{path}")).env("RUSTC", "/usr/bin/rustc");
                // Set by rustup and the outer cargo; they would lead Debian's cargo to the other compiler.
                for leaked in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTDOC", "CARGO", "LD_LIBRARY_PATH"] {
                    build.env_remove(leaked);
                }
                build
            }
        };
        build.args([command, "--target", TARGET]);
        if self == Self::Debian {
            build.args(["--config", "target.wasm32-unknown-unknown.linker=\"wasm-ld-22\""]);
        }
        let mut flags = Vec::new();
        // The same bytes wherever it is built, and no name of a home folder in them.
        for (place, name) in
            [(std::env::var("CARGO_HOME").ok(), "cargo"), (home("/.cargo"), "cargo"), (here(), ".")]
        {
            flags.extend(place.map(|place| format!("--remap-path-prefix={place}={name}")));
        }
        if self.is_small() {
            build.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
            build.env("RUSTC_BOOTSTRAP", "1");
            flags.extend(SMALL_FLAGS.map(str::to_owned));
        }
        build.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        build
    }
}

/// No unwinding, no text for panics, no file names and line numbers in them.
/// Source: <https://github.com/johnthagen/min-sized-rust>.
const SMALL_FLAGS: [&str; 3] = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"];

fn home(below: &str) -> Option<String> {
    std::env::var("HOME").ok().map(|home| home + below)
}

fn here() -> Option<String> {
    std::env::current_dir().ok().map(|p| p.display().to_string())
}

fn rustc(args: &[&str]) -> Result<String> {
    said(Command::new("rustc").args(args))
}

/// Whether this compiler knows the flags. They are not stable, so a newer one may not.
fn may_go_small() -> bool {
    let known = Command::new("rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .args(SMALL_FLAGS)
        .args(["--print", "cfg", "--target", TARGET])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    known.is_ok_and(|status| status.success())
}

fn std_source() -> Result<PathBuf> {
    Ok(Path::new(&rustc(&["--print", "sysroot"])?).join("lib/rustlib/src/rust/library/Cargo.lock"))
}

fn shipped_std() -> Result<PathBuf> {
    // The folder may be there and empty.
    let folder = rustc(&["--print", "target-libdir", "--target", TARGET])?;
    let std =
        std::fs::read_dir(folder)?.flatten().find(|f| f.file_name().to_string_lossy().starts_with("libstd"));
    std.map(|f| f.path()).ok_or_else(|| anyhow::anyhow!("no standard library for {TARGET}"))
}

/// Asks rustup for something; says one line and no more when it cannot have it.
fn rustup(args: &[&str]) -> bool {
    let asked = Command::new("rustup").args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let got = asked.is_ok_and(|status| status.success());
    let outcome = if got { "done" } else { "not to be had here, going on without" };
    eprintln!("   rustup {}: {outcome}", args.join(" "));
    got
}

/// Debian's packages, installed if need be.
fn debian() -> Result<()> {
    if is_installed(&DEBIAN_PACKAGES) { Ok(()) } else { install(&DEBIAN_PACKAGES, "the widget's compiler") }
}

fn is_installed(packages: &[&str]) -> bool {
    said(Command::new("dpkg-query").args(["-W", "-f=${Status}\n"]).args(packages))
        .is_ok_and(|said| said.lines().all(|line| line == "install ok installed"))
}

/// Installs Debian packages.
///
/// # Errors
/// Without apt-get or its rights: a sentence that says what to install.
pub fn install(packages: &[&str], what_for: &str) -> Result<()> {
    let root = said(Command::new("id").arg("-u")).is_ok_and(|id| id == "0");
    if !root || !Path::new("/usr/bin/apt-get").exists() {
        bail!(
            "Please install {what_for}; on Debian or Ubuntu: `sudo apt-get install {}`.",
            packages.join(" ")
        );
    }
    step(&format!("Installing {what_for}"), || {
        let apt = || {
            let mut apt = Command::new("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
            apt
        };
        run(apt().args(["update", "-qq"]))?;
        run(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
    })
}
