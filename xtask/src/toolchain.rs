//! Chooses how the widget is compiled to WebAssembly, depending on what this machine has.
//!
//! * `small`: the standard library is compiled too, for size, and a panic aborts. A tenth less to download,
//!   half a minute more to build. Preferred, and used for releases.
//! * `shipped`: the standard library that rustup ships.
//! * `debian`: Debian's packages, for machines that cannot reach rustup's servers.
//!
//! `TABLESIDE_WASM` forces one of them.

use crate::process::{cargo, output, run};
use crate::timing::timed;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// A way to compile the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// rustup's compiler, and a standard library compiled for size.
    Small,
    /// rustup's compiler and the standard library that it ships.
    Shipped,
    /// Debian's compiler, and a standard library compiled for size.
    Debian,
}

impl Toolchain {
    /// The best toolchain of this machine; installs what is missing if it can.
    pub(crate) fn choose() -> Result<Self> {
        match std::env::var("TABLESIDE_WASM").as_deref() {
            Ok("small") => return Ok(Self::Small),
            Ok("shipped") => return Ok(Self::Shipped),
            Ok("debian") => return ensure_debian_packages().map(|()| Self::Debian),
            Ok(other) => bail!("TABLESIDE_WASM is `{other}`; it may be small, shipped or debian."),
            Err(_) => {}
        }
        let exists = |path: Result<PathBuf>| path.is_ok_and(|p| p.exists());
        if has_small_flags() && (exists(std_source()) || rustup(&["component", "add", "rust-src"])) {
            return Ok(Self::Small);
        }
        if exists(shipped_std()) || rustup(&["target", "add", TARGET]) {
            return Ok(Self::Shipped);
        }
        ensure_debian_packages().map(|()| Self::Debian)
    }

    /// As in `TABLESIDE_WASM`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Shipped => "shipped",
            Self::Debian => "debian",
        }
    }

    /// Whether the standard library is compiled for size, so that the smaller limit applies.
    pub(crate) fn is_small(self) -> bool {
        self != Self::Shipped
    }

    /// A cargo command (`build`, `clippy`) for WebAssembly. The caller adds package and profile.
    pub(crate) fn cargo(self, command: &str) -> Command {
        let mut build = match self {
            Self::Small | Self::Shipped => cargo(),
            Self::Debian => {
                let mut build = Command::new("/usr/bin/cargo");
                let path = std::env::var("PATH").unwrap_or_default();
                build.env("PATH", format!("/usr/bin:{path}")).env("RUSTC", "/usr/bin/rustc");
                // rustup and the outer cargo set these; with them Debian's cargo would start rustup's compiler.
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
        // The build is the same in every folder, and contains no name of a home folder.
        for (path, name) in
            [(std::env::var("CARGO_HOME").ok(), "cargo"), (home("/.cargo"), "cargo"), (current_folder(), ".")]
        {
            flags.extend(path.map(|path| format!("--remap-path-prefix={path}={name}")));
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

/// No unwinding, and panics without text, file name and line number.
/// Source: <https://github.com/johnthagen/min-sized-rust>.
const SMALL_FLAGS: [&str; 3] = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"];

fn home(below: &str) -> Option<String> {
    std::env::var("HOME").ok().map(|home| home + below)
}

fn current_folder() -> Option<String> {
    std::env::current_dir().ok().map(|p| p.display().to_string())
}

fn rustc(args: &[&str]) -> Result<String> {
    output(Command::new("rustc").args(args))
}

/// Whether this compiler knows [`SMALL_FLAGS`]. They are unstable, so a newer one may not.
fn has_small_flags() -> bool {
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
    // The folder may exist and be empty.
    let folder = rustc(&["--print", "target-libdir", "--target", TARGET])?;
    let std =
        std::fs::read_dir(folder)?.flatten().find(|f| f.file_name().to_string_lossy().starts_with("libstd"));
    std.map(|f| f.path()).ok_or_else(|| anyhow::anyhow!("no standard library for {TARGET}"))
}

/// Runs rustup and prints one line about it; gives `false` if it failed.
fn rustup(args: &[&str]) -> bool {
    let status = Command::new("rustup").args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let succeeded = status.is_ok_and(|status| status.success());
    let outcome = if succeeded { "done" } else { "failed, going on without it" };
    eprintln!("   rustup {}: {outcome}", args.join(" "));
    succeeded
}

fn ensure_debian_packages() -> Result<()> {
    if is_installed(&DEBIAN_PACKAGES) { Ok(()) } else { install(&DEBIAN_PACKAGES, "the widget's compiler") }
}

fn is_installed(packages: &[&str]) -> bool {
    output(Command::new("dpkg-query").args(["-W", "-f=${Status}\n"]).args(packages))
        .is_ok_and(|states| states.lines().all(|line| line == "install ok installed"))
}

/// Installs Debian packages. Without apt-get or root, the error says what to install.
pub(crate) fn install(packages: &[&str], what_for: &str) -> Result<()> {
    let root = output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0");
    if !root || !Path::new("/usr/bin/apt-get").exists() {
        bail!(
            "Please install {what_for}; on Debian or Ubuntu: `sudo apt-get install {}`.",
            packages.join(" ")
        );
    }
    timed(&format!("Installing {what_for}"), || {
        let apt = || {
            let mut apt = Command::new("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
            apt
        };
        run(apt().args(["update", "-qq"]))?;
        run(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
    })
}
