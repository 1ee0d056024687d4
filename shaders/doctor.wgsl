// The two checks of `doctor`: numbers to square, and a triangle that covers half of the picture.

@group(0) @binding(0)
var<storage, read_write> numbers: array<u32>;

@compute @workgroup_size(64)
fn square(@builtin(global_invocation_id) id: vec3u) {
    if id.x < arrayLength(&numbers) {
        numbers[id.x] *= numbers[id.x];
    }
}

// Corners at the left bottom, the right bottom and the right top.
@vertex
fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    let right = index > 0u;
    let top = index == 2u;
    return vec4f(select(-1.0, 1.0, right), select(-1.0, 1.0, top), 0.0, 1.0);
}

@fragment
fn green() -> @location(0) vec4f {
    return vec4f(0.0, 1.0, 0.0, 1.0);
}
