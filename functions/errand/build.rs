//! Has the addresses that the loader fills in written down packed: 1.5 MB of them otherwise, all of it read at each start.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |part: &str| std::env::var(part).unwrap_or_default();
    // By a loader that knows them: glibc's since 2.36.
    if target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
