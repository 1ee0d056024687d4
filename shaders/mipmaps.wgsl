// Three passes with a triangle that covers all of what is drawn on: a pattern for the first level of a texture, each
// further level out of the one before, and a tiled floor up to the horizon.

struct Point {
    @builtin(position) position: vec4f,
    // From (0, 0) in the upper left corner to (1, 1) in the lower right one.
    @location(0) uv: vec2f,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Point {
    let uv = vec2f(vec2u(index << 1, index) & vec2u(2));
    return Point(vec4f(2.0 * uv.x - 1.0, 1.0 - 2.0 * uv.y, 0.0, 1.0), uv);
}

// Four squares with a ring in each.
@fragment
fn pattern(point: Point) -> @location(0) vec4f {
    let cell = 2.0 * point.uv;
    let is_dark = (u32(cell.x) + u32(cell.y)) % 2 == 0;
    let radius = length(fract(cell) - 0.5);
    let navy = vec3f(0.012, 0.035, 0.095);
    let cream = vec3f(0.88, 0.82, 0.68);
    let coral = vec3f(0.80, 0.16, 0.08);
    var color = select(cream, navy, is_dark);
    color = mix(color, select(coral, cream, is_dark), disc(radius, 0.40));
    color = mix(color, select(cream, navy, is_dark), disc(radius, 0.28));
    color = mix(color, select(navy, coral, is_dark), disc(radius, 0.14));
    return vec4f(color, 1.0);
}

// 1 inside of a disc, 0 outside, and a value between on its edge, which is a texel wide.
fn disc(radius: f32, size: f32) -> f32 {
    let texels_in_cell = 256.0;
    return saturate(texels_in_cell * (size - radius) + 0.5);
}

@group(0) @binding(0) var larger: texture_2d<f32>;
@group(0) @binding(1) var linear: sampler;

// Each pixel lies between four texels of the larger level: one sample is their mean.
@fragment
fn halve(point: Point) -> @location(0) vec4f {
    return textureSample(larger, linear, point.uv);
}

struct Scene {
    aspect: f32,
    // How far the viewer has walked.
    way: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var tiles: texture_2d<f32>;
@group(0) @binding(2) var first_level: sampler;
@group(0) @binding(3) var all_levels: sampler;

const HORIZON = 0.34;

@fragment
fn floor_and_sky(point: Point) -> @location(0) vec4f {
    // The viewer is 1 above the floor. Above the horizon the point is behind; sampling it does no harm.
    let ray = vec2f((point.uv.x - 0.5) * scene.aspect, point.uv.y - HORIZON);
    let depth = 0.7 / ray.y;
    let uv = 0.5 * vec2f(ray.x * depth / 0.7, depth + scene.way);
    // Levels are chosen by how fast `uv` changes from pixel to pixel: samples must not depend on a condition.
    let without = textureSample(tiles, first_level, uv).rgb;
    let with_levels = textureSample(tiles, all_levels, uv).rgb;

    let is_left = point.uv.x < 0.5;
    let haze = vec3f(0.90, 0.52, 0.33);
    let ground = mix(select(with_levels, without, is_left), haze, 1.0 - exp(-0.022 * depth));
    let sky = mix(haze, vec3f(0.10, 0.16, 0.36), smoothstep(0.0, 1.0, -ray.y / HORIZON));
    let color = select(sky, ground, ray.y > 0.0);
    // Both parts meet at a thin line.
    let is_line = abs(point.uv.x - 0.5) < fwidth(point.uv.x);
    return vec4f(select(color, vec3f(1.0), is_line && ray.y > 0.0), 1.0);
}
