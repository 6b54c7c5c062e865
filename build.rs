//! Links the program with packed debug information, and follows the built pages that `src/http/pages.rs` embeds.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=console/built");
    println!("cargo::rerun-if-changed=graphiql/built");
    // What backtraces name lines by is packed to a third; ld, lld and mold know how, other systems' linkers do not.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,--compress-debug-sections=zlib");
    }
}
