// A quilt: every patch shows another layer of one texture.

struct Scene {
    // Width of the picture by its height.
    aspect: f32,
    // By how many layers the patches have moved on.
    shift: u32,
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var patterns: texture_2d_array<f32>;
@group(0) @binding(2) var linear: sampler;

const COLUMNS = 4u;
const ROWS = 3u;
// As many as there are patches.
const LAYERS = COLUMNS * ROWS;

struct Corner {
    @builtin(position) position: vec4f,
    @location(0) place: vec2f,
    @location(1) @interpolate(flat) layer: u32,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32, @builtin(instance_index) patch_index: u32) -> Corner {
    // A strip of two triangles; the first corner is the left upper one.
    let place = vec2f(f32(index & 1u), f32(index >> 1u));
    let cell = vec2f(f32(patch_index % COLUMNS), f32(patch_index / COLUMNS));
    let size = vec2f(f32(COLUMNS), f32(ROWS));
    // From 0 to 1 over the whole quilt, a gap around each patch.
    let quilt = (cell + mix(vec2f(0.04), vec2f(0.96), place)) / size;
    // The quilt keeps its shape in a picture of another one.
    let fit = min(vec2f(size.x / (size.y * scene.aspect), scene.aspect * size.y / size.x), vec2f(1.0));
    let position = 0.95 * fit * vec2f(2.0 * quilt.x - 1.0, 1.0 - 2.0 * quilt.y);
    return Corner(vec4f(position, 0.0, 1.0), place, (patch_index + scene.shift) % LAYERS);
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4f {
    // Round corners: the distance to a smaller square, of which the patch is a thicker outline.
    let beyond = max(abs(corner.place - 0.5) - 0.42, vec2f());
    let outside = length(beyond) - 0.08;
    let alpha = clamp(0.5 - outside / fwidth(outside), 0.0, 1.0);
    return vec4f(textureSample(patterns, linear, corner.place, corner.layer).rgb, alpha);
}
