//! The widget: Rust to WebAssembly, and the glue between the two worlds.

use crate::cargo::run;
use crate::toolchain::Toolchain;
use crate::{glue, minify};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Its own target folder: the flags differ from those of everything else.
const TARGET_DIR: &str = "target/widget-build";

/// What the browser gets of the widget.
pub struct Widget {
    /// The module.
    pub wasm: Vec<u8>,
    /// The glue, minified. It imports nothing; whoever starts it says where the module is.
    pub js: String,
}

/// Compiles the widget; cargo skips what has not changed.
///
/// # Errors
/// If the widget does not compile.
pub fn compile(toolchain: Toolchain) -> Result<PathBuf> {
    // A folder for each, or changing the way would compile everything anew.
    let folder = Path::new(TARGET_DIR).join(toolchain.as_str());
    run(of_widget(toolchain.cargo("build"), &folder).args(["--profile", "widget"]))?;
    Ok(folder.join("wasm32-unknown-unknown/widget/widget.wasm"))
}

/// Asks clippy about what only the browser sees; the rest is linted with the workspace.
///
/// # Errors
/// If it has anything to say.
pub fn lint(toolchain: Toolchain) -> Result<()> {
    if toolchain == Toolchain::Debian {
        eprintln!("   Debian's packages have no clippy: what only the browser sees is not linted.");
        return Ok(());
    }
    let folder = Path::new(TARGET_DIR).join("lint");
    run(of_widget(toolchain.cargo("clippy"), &folder).args(["--", "-Dwarnings"]))
}

fn of_widget(mut cargo: Command, folder: &Path) -> Command {
    cargo.args(["--package", "widget", "--lib", "--target-dir"]).arg(folder);
    cargo
}

/// Makes the module and its glue ready for the browser.
///
/// # Errors
/// If wasm-bindgen cannot read the module.
pub fn bind(compiled: &Path) -> Result<Widget> {
    let mut output = wasm_bindgen_cli_support::Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .out_name("widget")
        .generate_output()
        .with_context(|| format!("wasm-bindgen could not read {}", compiled.display()))?;
    let module = output.wasm_mut();
    glue::remove_dead_exports(module);
    let (wasm, imported) = (module.emit_wasm(), glue::imported_names(module));
    let js = minify::js("widget.js", &glue::trim(output.js(), &imported)?)?;
    Ok(Widget { wasm, js })
}
