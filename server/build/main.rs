//! Tells cargo when to embed files again, minifies the templates, and refuses to build the collector with other SQLite
//! options than those of `.cargo/config.toml`, which cargo reads only when it is started inside the repository.

#![expect(clippy::print_stdout, reason = "a build script speaks to cargo by printing")]

mod templates;
mod whitespace;

/// The options of SQLite that the collector needs; `.cargo/config.toml` says what for.
const SQLITE_FLAGS: [&str; 4] = [
    "-DHAVE_FDATASYNC=1",
    "-DSQLITE_DEFAULT_MEMSTATUS=0",
    "-USQLITE_ENABLE_MEMORY_MANAGEMENT",
    "-USQLITE_ENABLE_STAT4",
];
const VARIABLE: &str = "LIBSQLITE3_FLAGS";

fn main() {
    println!("cargo:rerun-if-changed=../target/assets");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=build");
    templates::minify_all();
    println!("cargo:rerun-if-env-changed={VARIABLE}");
    let flags = std::env::var(VARIABLE).unwrap_or_default();
    let missing: Vec<&str> = SQLITE_FLAGS
        .into_iter()
        .filter(|flag| flags.split_whitespace().all(|given| given != *flag))
        .collect();
    assert!(
        missing.is_empty(),
        "SQLite would be compiled without {}, and be slower and plan a large shop's pages wrongly. Run cargo inside the \
         repository, where .cargo/config.toml sets {VARIABLE}, or set it to \"{}\" yourself.",
        missing.join(" "),
        SQLITE_FLAGS.join(" "),
    );
}
