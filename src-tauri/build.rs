//! Bakes in the Tauri configuration, the capabilities and the icons.

fn main() {
    tauri_build::build();
}
