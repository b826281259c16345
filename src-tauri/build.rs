//! Bakes in the Tauri configuration, the capabilities and the icons, and has a release linked small.

use std::process::Command;
use std::{env, fs};

fn main() {
    tauri_build::build();
    println!("cargo:rerun-if-changed=release.ld");
    if is_plain_release_for_this_linux() {
        let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        link(&format!("-T,{folder}/release.ld"));
        link("--no-eh-frame-hdr");
        if libc_takes_packed_relocations() {
            link("-z,pack-relative-relocs");
        }
    }
}

/// Not where somebody wants to look into it, or has chosen a linker, which may know none of this.
fn is_plain_release_for_this_linux() -> bool {
    let said = |name: &str| env::var(name).unwrap_or_default();
    said("PROFILE") == "release"
        && said("DEBUG") == "false"
        && said("CARGO_CFG_TARGET_OS") == "linux"
        && said("HOST") == said("TARGET")
        && said("RUSTC_LINKER").is_empty()
        && !said("CARGO_ENCODED_RUSTFLAGS").contains("link")
}

/// As glibc does from 2.36 on; with an older one the program would not start.
fn libc_takes_packed_relocations() -> bool {
    let Ok(found) = Command::new("cc").arg("-print-file-name=libc.so.6").output() else { return false };
    let libc = fs::read(String::from_utf8_lossy(&found.stdout).trim()).unwrap_or_default();
    let sign = b"GLIBC_ABI_DT_RELR";
    libc.windows(sign.len()).any(|it| it == sign)
}

fn link(argument: &str) {
    println!("cargo:rustc-link-arg-bins=-Wl,{argument}");
}
