// The Julia set of a number that wanders: a compute shader writes it into a texture, a triangle shows the texture.

const STEPS = 160;

struct Scene {
    // The set is that of z² + seed.
    seed: vec2f,
    // Height of the picture in the plane of numbers.
    height: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var picture: texture_storage_2d<rgba16float, write>;

@compute @workgroup_size(8, 8)
fn julia(@builtin(global_invocation_id) pixel: vec3u) {
    let size = textureDimensions(picture);
    // The picture may end within a workgroup.
    if any(pixel.xy >= size) {
        return;
    }
    let middle = 0.5 * vec2f(size);
    var z = (vec2f(pixel.xy) + 0.5 - middle) * scene.height / f32(size.y);
    var step = 0;
    // Far outside, the number of steps can be told to a fraction: no bands of colour.
    while step < STEPS && dot(z, z) < 256.0 {
        z = vec2f(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + scene.seed;
        step++;
    }
    let steps = f32(step) + 1.0 - log2(log2(max(dot(z, z), 256.0)) / 8.0);
    textureStore(picture, pixel.xy, vec4f(color(steps), 1.0));
}

// From night over teal and gold to cream, the longer it takes to get outside.
fn color(steps: f32) -> vec3f {
    let t = log2(steps / 2.0) / 5.0;
    let night = vec3f(0.008, 0.014, 0.045);
    let teal = vec3f(0.01, 0.24, 0.32);
    let gold = vec3f(1.0, 0.55, 0.12);
    let cream = vec3f(1.0, 0.94, 0.80);
    var color = mix(night, teal, smoothstep(0.0, 0.45, t));
    color = mix(color, gold, smoothstep(0.35, 0.75, t));
    return mix(color, cream, smoothstep(0.7, 1.0, t));
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    let uv = vec2f(vec2u(index << 1, index) & vec2u(2));
    return vec4f(2.0 * uv.x - 1.0, 1.0 - 2.0 * uv.y, 0.0, 1.0);
}

@group(0) @binding(0) var drawn: texture_2d<f32>;

@fragment
fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
    return textureLoad(drawn, vec2u(position.xy), 0);
}
