// Hills in the evening. Change this file while `hot_reload` runs: the picture changes when the file is saved.

struct Scene {
    // Size of the picture in pixels.
    size: vec2f,
    // Seconds since the start.
    time: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;

const SKY_ABOVE = vec3f(0.035, 0.045, 0.160);
const SKY_BELOW = vec3f(0.950, 0.330, 0.130);
const SUN = vec3f(1.000, 0.780, 0.400);
const SUN_PLACE = vec2f(0.38, -0.08);
const SUN_SIZE = 0.17;
const NEAREST_HILL = vec3f(0.008, 0.008, 0.030);
const FARTHEST_HILL = vec3f(0.520, 0.130, 0.130);
const HILLS = 6.0;
const SPEED = 0.05;

// A triangle that covers the whole picture.
@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    return vec4f(select(-1.0, 3.0, index == 1u), select(-1.0, 3.0, index == 2u), 0.0, 1.0);
}

// The skyline of a hill: waves of different lengths on top of one another.
fn skyline(x: f32) -> f32 {
    return 0.09 * sin(1.7 * x) + 0.05 * sin(4.1 * x + 1.0) + 0.022 * sin(9.7 * x + 2.0) + 0.008 * sin(23.0 * x);
}

@fragment
fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
    // From -1 to 1 from the lower to the upper edge.
    let place = (2.0 * position.xy - scene.size) / scene.size.y * vec2f(1.0, -1.0);
    let pixel = 2.0 / scene.size.y;

    let from_sun = length(place - SUN_PLACE);
    var color = mix(SKY_BELOW, SKY_ABOVE, smoothstep(-0.45, 0.95, place.y));
    color += SUN * 0.22 * exp(-4.0 * max(from_sun - SUN_SIZE, 0.0));
    color = mix(color, SUN, clamp((SUN_SIZE - from_sun) / pixel + 0.5, 0.0, 1.0));

    // From the farthest to the nearest; the nearest moves fastest.
    for (var hill = 0.0; hill < HILLS; hill += 1.0) {
        let nearness = hill / (HILLS - 1.0);
        let x = place.x * (1.6 - 0.8 * nearness) + 3.7 * hill + SPEED * (0.3 + nearness) * scene.time;
        let height = -0.10 - 0.75 * nearness + skyline(x) * (0.7 + 0.9 * nearness);
        let inside = clamp((height - place.y) / pixel + 0.5, 0.0, 1.0);
        // Mist lies in the valleys.
        let mist = 0.35 * (1.0 - nearness) * smoothstep(0.0, 0.35, height - place.y);
        let hill_color = mix(mix(FARTHEST_HILL, NEAREST_HILL, sqrt(nearness)), SKY_BELOW, mist);
        color = mix(color, hill_color, inside);
    }
    return vec4f(color, 1.0);
}
