// Three balls, a board in front of some of them, and under each ball a lamp that is on if any of the ball can be seen.

struct Scene {
    // Width of the picture by its height.
    aspect: f32,
    // Left edge of the board.
    board: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;

const BALL = 0.3;
const BALL_Y = 0.13;
const BOARD = vec2f(1.25, 0.84);
const LAMP = 0.055;
const LAMP_Y = -0.62;

struct Corner {
    @builtin(position) position: vec4f,
    // Place within the shape, from -1 to 1 on both axes; a little more in the margin.
    @location(0) place: vec2f,
    @location(1) @interpolate(flat) number: u32,
}

// A square or rectangle of two triangles, as a strip. Lengths are in half heights of the picture.
fn corner(index: u32, middle: vec2f, half: vec2f, depth: f32, number: u32) -> Corner {
    let place = vec2f(select(-1.0, 1.0, (index & 1u) == 1u), select(-1.0, 1.0, index >= 2u));
    // A narrow picture shows everything, too.
    let fit = min(1.0, 0.75 * scene.aspect);
    let position = (middle + half * place) * fit / vec2f(scene.aspect, 1.0);
    return Corner(vec4f(position, depth, 1.0), place, number);
}

fn column(number: u32) -> f32 {
    return 0.8 * (f32(number) - 1.0);
}

fn color(number: u32) -> vec3f {
    let colors = array(vec3f(0.90, 0.13, 0.10), vec3f(0.95, 0.52, 0.05), vec3f(0.05, 0.42, 0.62));
    return colors[number];
}

// How much of a pixel lies inside of a shape, from the distance to its edge.
fn coverage(outside: f32) -> f32 {
    return clamp(0.5 - outside / fwidth(outside), 0.0, 1.0);
}

// --- The board, in front ----------------------------------------------------------------------------

@vertex
fn board_vertex(@builtin(vertex_index) index: u32) -> Corner {
    return corner(index, vec2f(scene.board + 0.5 * BOARD.x, BALL_Y), 0.5 * BOARD, 0.25, 0u);
}

@fragment
fn board_fragment(corner: Corner) -> @location(0) vec4f {
    // Five planks, dark where they meet.
    let along = fract(2.5 * (corner.place.x + 1.0));
    let gap = smoothstep(0.0, 0.03, along) * smoothstep(1.0, 0.97, along);
    let plank = floor(2.5 * (corner.place.x + 1.0));
    let wood = vec3f(0.115, 0.135, 0.185) * (0.9 + 0.2 * fract(0.61 * plank + 0.2) + 0.06 * corner.place.y);
    return vec4f(wood * mix(0.45, 1.0, gap), 1.0);
}

// --- The balls, behind ------------------------------------------------------------------------------

@vertex
fn ball_vertex(@builtin(vertex_index) index: u32, @builtin(instance_index) ball: u32) -> Corner {
    return corner(index, vec2f(column(ball), BALL_Y), vec2f(BALL), 0.75, ball);
}

@fragment
fn ball_fragment(corner: Corner) -> @location(0) vec4f {
    let alpha = coverage(length(corner.place) - 0.98);
    // What is discarded is not seen, and not counted.
    if alpha == 0.0 {
        discard;
    }
    let normal = vec3f(corner.place, sqrt(max(1.0 - dot(corner.place, corner.place), 0.0)));
    let light = normalize(vec3f(-0.5, 0.7, 0.6));
    let diffuse = max(dot(normal, light), 0.0);
    let shine = pow(max(dot(reflect(-light, normal), vec3f(0.0, 0.0, 1.0)), 0.0), 40.0);
    return vec4f(color(corner.number) * (0.12 + 0.88 * diffuse) + 0.5 * shine, alpha);
}

// --- The lamps, drawn when the answers are there: the CPU does not need to see them --------------------

// The answer of an occlusion query is a number of 64 bits: how many samples were drawn, or at least whether any was.
@group(0) @binding(1) var<storage, read> samples: array<vec2u>;

@vertex
fn lamp_vertex(@builtin(vertex_index) index: u32, @builtin(instance_index) lamp: u32) -> Corner {
    return corner(index, vec2f(column(lamp), LAMP_Y), vec2f(4.0 * LAMP), 0.0, lamp);
}

@fragment
fn lamp_fragment(corner: Corner) -> @location(0) vec4f {
    // In radii of the lamp.
    let distance = 4.0 * length(corner.place);
    let bulb = coverage(distance - 1.0);
    if any(samples[corner.number] != vec2u()) {
        let glow = 0.35 * pow(max(1.0 - (distance - 1.0) / 3.0, 0.0), 3.0);
        return vec4f(color(corner.number), max(bulb, glow));
    }
    // Off: a ring.
    let ring = bulb - coverage(distance - 0.8);
    return vec4f(vec3f(0.09, 0.10, 0.13), ring);
}
