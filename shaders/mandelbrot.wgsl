// The Mandelbrot set: one kernel counts, the other one makes colours of the counts.

struct View {
    // The point of the complex plane in the middle of the picture, and the distance of two samples.
    centre: vec2f,
    step: f32,
    // Samples per row. Each pixel has SAMPLES × SAMPLES of them.
    width: u32,
    height: u32,
    // Points that have not left by then count as points of the set.
    limit: u32,
}

@group(0) @binding(0) var<uniform> view: View;

// --- Counting: how many steps of z → z² + c it takes until z leaves --------------------------------

// A count, and how far z has gone beyond: with it, colours have no steps.
struct Escape {
    count: u32,
    distance: f32,
}

// Large, so that the distance is a good measure.
const FAR = 256.0;

@group(0) @binding(1) var<storage, read_write> escapes: array<Escape>;

@compute @workgroup_size(8, 8)
fn count(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= view.width || id.y >= view.height {
        return;
    }
    let offset = vec2f(id.xy) - 0.5 * vec2f(f32(view.width), f32(view.height));
    // Rows go down, the imaginary axis goes up.
    let c = view.centre + view.step * vec2f(offset.x, -offset.y);
    var z = vec2f();
    var steps = 0u;
    while steps < view.limit && dot(z, z) < FAR * FAR {
        z = vec2f(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
        steps++;
    }
    escapes[id.y * view.width + id.x] = Escape(steps, length(z));
}

// --- Colours: the mean of a pixel's samples --------------------------------------------------------

const SAMPLES = 2u;

@group(0) @binding(1) var<storage, read> counted: array<Escape>;
@group(0) @binding(2) var<storage, read_write> pixels: array<u32>;

// Linear light. Black in the set; outside, waves of blue, white and amber, wider the further away.
fn color(escape: Escape) -> vec3f {
    if escape.count == view.limit {
        return vec3f();
    }
    let smooth_count = f32(escape.count) + 1.0 - log2(log(escape.distance) / log(FAR));
    let phase = 1.3 * log2(1.0 + smooth_count);
    let wave = 0.5 + 0.5 * cos(6.2831853 * (phase + vec3f(0.08, 0.2, 0.36)));
    return wave * wave;
}

fn srgb(linear: vec3f) -> vec3f {
    return select(1.055 * pow(linear, vec3f(1.0 / 2.4)) - 0.055, 12.92 * linear, linear < vec3f(0.0031308));
}

@compute @workgroup_size(8, 8)
fn colorize(@builtin(global_invocation_id) id: vec3u) {
    let size = vec2u(view.width, view.height) / SAMPLES;
    if id.x >= size.x || id.y >= size.y {
        return;
    }
    var sum = vec3f();
    for (var y = 0u; y < SAMPLES; y++) {
        for (var x = 0u; x < SAMPLES; x++) {
            sum += color(counted[(SAMPLES * id.y + y) * view.width + SAMPLES * id.x + x]);
        }
    }
    let mean = sum / f32(SAMPLES * SAMPLES);
    pixels[id.y * size.x + id.x] = pack4x8unorm(vec4f(srgb(mean), 1.0));
}
