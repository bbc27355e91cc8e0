//! Compiles the widget to WebAssembly, and generates its JavaScript bindings.

use crate::process::run;
use crate::toolchain::Toolchain;
use crate::{glue, minify};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A target folder of its own, since its flags differ from those of all other crates.
const TARGET_DIR: &str = "target/widget-build";

/// The widget's files for the browser.
pub(crate) struct WidgetFiles {
    pub wasm: Vec<u8>,
    /// The bindings, minified. They import nothing; `frame.js` passes the address of the module.
    pub js: String,
}

/// Compiles the widget and gives the path of the module.
pub(crate) fn compile(toolchain: Toolchain) -> Result<PathBuf> {
    // A folder for each toolchain, so that another choice does not compile everything again.
    let folder = Path::new(TARGET_DIR).join(toolchain.as_str());
    run(for_widget(toolchain.cargo("build"), &folder).args(["--profile", "widget"]))?;
    Ok(folder.join("wasm32-unknown-unknown/widget/widget.wasm"))
}

/// Runs clippy on the code for the browser; the rest is linted with the workspace.
pub(crate) fn lint(toolchain: Toolchain) -> Result<()> {
    if toolchain == Toolchain::Debian {
        eprintln!("   Debian's packages have no clippy: the widget's code for the browser is not linted.");
        return Ok(());
    }
    let folder = Path::new(TARGET_DIR).join("lint");
    run(for_widget(toolchain.cargo("clippy"), &folder).args(["--", "-Dwarnings"]))
}

fn for_widget(mut cargo: Command, folder: &Path) -> Command {
    cargo.args(["--package", "widget", "--lib", "--target-dir"]).arg(folder);
    cargo
}

/// Generates the bindings, and the module that goes with them.
pub(crate) fn bind(compiled: &Path) -> Result<WidgetFiles> {
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
    Ok(WidgetFiles { wasm, js })
}
