// A planet with a ring is drawn into a small texture. The picture repeats it in tiles, printed with halftone dots.

struct Scene {
    view_projection: mat4x4f,
    // From the planet and from its ring into the world.
    models: array<mat4x4f, 2>,
}

@group(0) @binding(0) var<uniform> scene: Scene;

struct Surface {
    @builtin(position) position: vec4f,
    @location(0) normal: vec3f,
}

@vertex
fn body(
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @builtin(instance_index) index: u32,
) -> Surface {
    let model = scene.models[index];
    let clip_position = scene.view_projection * model * vec4f(position, 1.0);
    return Surface(clip_position, (model * vec4f(normal, 0.0)).xyz);
}

// Red is the light, alpha tells that something is there.
@fragment
fn light(surface: Surface) -> @location(0) vec4f {
    let diffuse = dot(normalize(surface.normal), normalize(vec3f(-2.0, 2.5, 3.0)));
    return vec4f(vec3f(saturate(0.15 + 0.85 * diffuse)), 1.0);
}

const ROWS = 3.0;
// Halftone dots along the edge of a tile.
const DOTS = 34.0;

struct Inks {
    background: u32,
    paper: u32,
    dots: u32,
}

@group(0) @binding(0) var<uniform> aspect: f32;
@group(0) @binding(1) var planet: texture_2d<f32>;
@group(0) @binding(2) var linear: sampler;

struct Point {
    @builtin(position) position: vec4f,
    // From (0, 0) in the upper left corner to (1, 1) in the lower right one.
    @location(0) uv: vec2f,
}

@vertex
fn all(@builtin(vertex_index) index: u32) -> Point {
    let uv = vec2f(vec2u(index << 1, index) & vec2u(2));
    return Point(vec4f(2.0 * uv.x - 1.0, 1.0 - 2.0 * uv.y, 0.0, 1.0), uv);
}

@fragment
fn tiles(point: Point) -> @location(0) vec4f {
    let tiles = vec2f(max(round(ROWS * aspect), 1.0), ROWS);
    let tile = vec2u(point.uv * tiles);
    let uv = fract(point.uv * tiles);
    let inks = inks(tile.x + 4 * tile.y);

    // The dots stand on a grid that is turned by an eighth; each is as large as its middle is dark.
    let turn = mat2x2f(0.7071, 0.7071, -0.7071, 0.7071);
    let dot_middle = transpose(turn) * ((floor(turn * uv * DOTS) + 0.5) / DOTS);
    let light = textureSampleLevel(planet, linear, dot_middle, 0.0).r;
    let radius = 0.75 * sqrt(1.0 - light) / DOTS;
    let distance = length(uv - dot_middle);
    let is_dot = smoothstep(0.1, -0.1, DOTS * (distance - radius));
    let print = mix(rgb(inks.paper), rgb(inks.dots), is_dot);

    let coverage = textureSampleLevel(planet, linear, uv, 0.0).a;
    return vec4f(mix(rgb(inks.background), print, coverage), 1.0);
}

fn inks(tile: u32) -> Inks {
    var inks = array(
        Inks(0xffb703, 0xfff3d6, 0xd62828),
        Inks(0x2a9d8f, 0xf4f1de, 0x264653),
        Inks(0xe76f51, 0xffe8d6, 0x3d405b),
        Inks(0x8ecae6, 0xffffff, 0x023047),
        Inks(0xf4a6c0, 0xfff0f3, 0x7b2cbf),
        Inks(0x264653, 0xf6dfa0, 0xe76f51),
    );
    return inks[tile % 6];
}

// A colour as screens show it, 0xrrggbb, with linear channels.
fn rgb(color: u32) -> vec3f {
    return pow(unpack4x8unorm(color).zyx, vec3f(2.2));
}
