//! Tells cargo to embed the browser's files anew when `cargo xtask build` has written them anew.

fn main() {
    println!("cargo:rerun-if-changed=../target/assets");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=build.rs");
}
