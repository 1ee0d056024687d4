// Discs that overlap are counted in the stencil; each count is then painted in a colour of its own.

// Corners of the polygon that stands for a disc.
const CORNERS = 96u;
const RINGS = 3;

struct Scene {
    // Fits the picture of height 2 into clip space.
    scale: vec2f,
    // Of each disc; their middles are 1 apart.
    radius: f32,
    turn: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;

// One disc for each instance: triangles from the middle to the edge.
@vertex
fn disc(
    @builtin(vertex_index) index: u32,
    @builtin(instance_index) disc: u32,
) -> @builtin(position) vec4f {
    let corner = f32(index / 3 + index % 3 - 1) / f32(CORNERS);
    let on_edge = scene.radius * vec2f(cos(6.283185 * corner), sin(6.283185 * corner));
    let position = middle(disc) + select(on_edge, vec2f(0.0), index % 3 == 0);
    let turn = mat2x2f(cos(scene.turn), sin(scene.turn), -sin(scene.turn), cos(scene.turn));
    return vec4f(scene.scale * turn * position, 0.0, 1.0);
}

// Places in a grid of triangles, ring by ring: one in the middle, 6 around it, then 12, then 18.
fn middle(disc: u32) -> vec2f {
    var ring = 0u;
    var first = 0u;
    while disc >= first + max(6 * ring, 1) {
        first += max(6 * ring, 1);
        ring++;
    }
    if ring == 0 {
        return vec2f(0.0);
    }
    // From one corner of the hexagon towards the next.
    let side = f32((disc - first) / ring) * 1.047198;
    let step = f32((disc - first) % ring) / f32(ring);
    let corner = vec2f(cos(side), sin(side));
    let next = vec2f(cos(side + 1.047198), sin(side + 1.047198));
    return f32(ring) * mix(corner, next, step);
}

struct Paint {
    @builtin(position) position: vec4f,
    // From -1 to 1 in both directions.
    @location(0) at: vec2f,
    @location(1) @interpolate(flat) count: u32,
}

// A triangle that covers everything; the instance is the count it paints.
@vertex
fn everything(@builtin(vertex_index) index: u32, @builtin(instance_index) count: u32) -> Paint {
    let at = vec2f(vec2u(index << 1, index) & vec2u(2)) * 2.0 - 1.0;
    return Paint(vec4f(at, 0.0, 1.0), at, count);
}

@fragment
fn paint(paint: Paint) -> @location(0) vec4f {
    var colors = array(0x161a2b, 0x1f3a5f, 0x2f6f8f, 0xf2c14e, 0xf78154, 0xb4436c, 0xf9f1dc, 0x5fad56);
    let color = unpack4x8unorm(u32(colors[paint.count])).zyx;
    let light = 1.0 - 0.25 * dot(paint.at, paint.at);
    return vec4f(light * pow(color, vec3f(2.2)), 1.0);
}
