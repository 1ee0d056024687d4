// The GPU decides what is drawn: `sort` gives each cell of a grid a shape, or none, and writes the draw calls.

// --- The kernel -------------------------------------------------------------------------------------

struct Scene {
    // Width of the picture by its height.
    aspect: f32,
    time: f32,
}

// What `multi_draw_indexed_indirect` reads.
struct DrawCall {
    index_count: u32,
    instance_count: atomic<u32>,
    first_index: u32,
    base_vertex: i32,
    first_instance: u32,
}

struct Instance {
    // In the units of the grid, whose height is 2.
    place: vec2f,
    size: f32,
    turn: f32,
}

const COLUMNS = 48u;
const ROWS = 36u;
const SHAPES = 3u;

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var<storage, read_write> draw_calls: array<DrawCall, SHAPES>;
@group(0) @binding(2) var<storage, read_write> instances: array<Instance>;

@compute @workgroup_size(8, 4)
fn sort(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= COLUMNS || id.y >= ROWS {
        return;
    }
    let pitch = 2.0 / f32(ROWS);
    let place = pitch * (vec2f(id.xy) + 0.5 - 0.5 * vec2f(f32(COLUMNS), f32(ROWS)));

    // Waves from the middle and from a place to the right, on top of one another: from -1 to 1.
    let near = length(place - vec2f(-0.35, 0.1));
    let far = length(place - vec2f(0.75, -0.35));
    let wave = 0.5 * (sin(9.0 * near - scene.time) + sin(7.0 * far - 1.3 * scene.time));

    // Low places stay empty: nothing is drawn for them, not even too small to be seen.
    if wave < -0.45 {
        return;
    }
    let shape = u32(clamp(SHAPES_PER_WAVE * (wave + 0.45), 0.0, f32(SHAPES) - 1.0));
    // Each shape has its part of the list, which begins at its first instance.
    let slot = atomicAdd(&draw_calls[shape].instance_count, 1u);
    let size = pitch * (0.26 + 0.26 * smoothstep(-0.45, 0.9, wave));
    instances[draw_calls[shape].first_instance + slot] = Instance(place, size, 1.5 * wave);
}

// Three shapes share the waves from -0.45 to 1.
const SHAPES_PER_WAVE = f32(SHAPES) / 1.45;

// --- The shapes -------------------------------------------------------------------------------------

struct Corner {
    @builtin(position) position: vec4f,
    @location(0) color: vec3f,
}

@vertex
fn vertex(
    @location(0) corner: vec2f,
    @location(1) color: vec4f,
    @location(2) place: vec2f,
    @location(3) size: f32,
    @location(4) turn: f32,
) -> Corner {
    let turned = vec2f(corner.x * cos(turn) - corner.y * sin(turn), corner.x * sin(turn) + corner.y * cos(turn));
    // The whole grid is seen, whatever shape the picture has.
    let shape = f32(COLUMNS) / f32(ROWS);
    let fit = min(vec2f(1.0 / scene.aspect, 1.0), vec2f(1.0 / shape, scene.aspect / shape));
    return Corner(vec4f((place + size * turned) * fit * 0.96, 0.0, 1.0), color.rgb);
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4f {
    return vec4f(corner.color, 1.0);
}
