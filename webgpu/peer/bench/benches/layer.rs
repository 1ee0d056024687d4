//! `cargo xtask bench`

fn main() {
    webgpu_beside_wgpu::all();
}
