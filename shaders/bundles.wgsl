// A sunflower: every petal and every floret is one draw call with its own instance number, from which all else follows.

struct Scene {
    // Width of the picture by its height.
    aspect: f32,
    // Angle by which the flower has turned.
    turn: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;

const TAU = 6.2831853;
// The angle between one floret and the next: no line of them ever forms.
const GOLDEN_ANGLE = 2.3999632;

struct Corner {
    @builtin(position) position: vec4f,
    // Place within the shape, from -1 to 1 on both axes.
    @location(0) place: vec2f,
    @location(1) @interpolate(flat) color: vec3f,
}

// The corner of a square that two triangles make.
fn corner(index: u32) -> vec2f {
    let corners = array(
        vec2f(-1.0, -1.0), vec2f(1.0, -1.0), vec2f(-1.0, 1.0),
        vec2f(-1.0, 1.0), vec2f(1.0, -1.0), vec2f(1.0, 1.0),
    );
    return corners[index];
}

fn rotate(v: vec2f, angle: f32) -> vec2f {
    return vec2f(v.x * cos(angle) - v.y * sin(angle), v.x * sin(angle) + v.y * cos(angle));
}

fn on_screen(place: vec2f) -> vec4f {
    return vec4f(rotate(place, scene.turn) / vec2f(max(scene.aspect, 1.0), max(1.0 / scene.aspect, 1.0)), 0.0, 1.0);
}

// How much of a pixel lies inside of a shape, from the distance to its edge.
fn coverage(outside: f32) -> f32 {
    return clamp(0.5 - outside / fwidth(outside), 0.0, 1.0);
}

// --- Petals: two rings of 21 ------------------------------------------------------------------------

@vertex
fn petal_vertex(@builtin(vertex_index) vertex: u32, @builtin(instance_index) petal: u32) -> Corner {
    let ring = petal / 21u;
    let angle = TAU * (f32(petal % 21u) + 0.5 * f32(ring)) / 21.0;
    let place = corner(vertex);
    let length = 0.27 - 0.03 * f32(ring);
    let middle = vec2f(0.93 - length, 0.0);
    let color = select(vec3f(0.93, 0.36, 0.02), vec3f(1.0, 0.58, 0.03), ring == 1u);
    return Corner(on_screen(rotate(middle + place * vec2f(length, 0.105), angle)), place, color);
}

@fragment
fn petal_fragment(corner: Corner) -> @location(0) vec4f {
    let along = corner.place.x;
    // Round at the foot, pointed at the tip.
    let width = pow(1.0 - along * along, 0.75) * (1.0 - 0.22 * along);
    let outside = abs(corner.place.y) - width;
    // Darker at the foot and along the vein in the middle.
    let shade = mix(0.45, 1.0, smoothstep(-0.9, 0.5, along)) * mix(0.82, 1.0, smoothstep(0.0, 0.16, abs(corner.place.y)));
    return vec4f(corner.color * shade, coverage(outside));
}

// --- Florets: on a spiral, at the golden angle ------------------------------------------------------

const FLORETS = 1500.0;

@vertex
fn floret_vertex(@builtin(vertex_index) vertex: u32, @builtin(instance_index) floret: u32) -> Corner {
    // Distance from the middle, from 0 to 1: each floret gets the same area.
    let distance = sqrt((f32(floret) + 0.5) / FLORETS);
    let middle = 0.52 * distance * vec2f(cos(f32(floret) * GOLDEN_ANGLE), sin(f32(floret) * GOLDEN_ANGLE));
    let size = mix(0.009, 0.0148, distance);
    // Green buds in the middle, brown seeds around them, a ring in bloom.
    let color = mix(
        mix(vec3f(0.20, 0.26, 0.04), vec3f(0.10, 0.033, 0.012), smoothstep(0.15, 0.45, distance)),
        vec3f(0.62, 0.22, 0.015),
        smoothstep(0.72, 0.97, distance),
    );
    let place = corner(vertex);
    return Corner(on_screen(middle + size * place), place, color);
}

@fragment
fn floret_fragment(corner: Corner) -> @location(0) vec4f {
    let light = 1.0 + 0.9 * smoothstep(0.9, 0.0, length(corner.place - vec2f(-0.25, 0.3)));
    return vec4f(corner.color * light, coverage(length(corner.place) - 0.94));
}
