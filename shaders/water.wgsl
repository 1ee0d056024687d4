// An island in the sea. The water mirrors a picture of what is above it, and becomes opaque with depth.

struct Scene {
    view_projection: mat4x4f,
    // From clip space back into the world.
    from_clip: mat4x4f,
    eye: vec3f,
    time: f32,
    // What lies lower is not drawn.
    lowest: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;

const TO_SUN = vec3f(-0.300, 0.120, -0.946);

fn sky(direction: vec3f) -> vec3f {
    let up = max(direction.y, 0.0);
    let to_sun = max(dot(direction, TO_SUN), 0.0);
    let color = mix(vec3f(0.92, 0.55, 0.36), vec3f(0.09, 0.25, 0.50), 1.0 - exp(-4.5 * up));
    let glow = vec3f(0.7, 0.36, 0.12) * pow(to_sun, 30.0);
    return color + glow + vec3f(6.0, 4.8, 3.2) * smoothstep(0.9993, 0.9996, to_sun);
}

// ---- The sky, behind everything ----

struct Ray {
    @builtin(position) position: vec4f,
    @location(0) direction: vec3f,
}

@vertex
fn sky_vertex(@builtin(vertex_index) index: u32) -> Ray {
    let position = vec4f(vec2f(vec2u(index << 1, index) & vec2u(2)) * 2.0 - 1.0, 1.0, 1.0);
    let far = scene.from_clip * position;
    return Ray(position, far.xyz / far.w - scene.eye);
}

@fragment
fn sky_fragment(ray: Ray) -> @location(0) vec4f {
    return vec4f(sky(normalize(ray.direction)), 1.0);
}

// ---- The island, whose height is computed where it is drawn ----

const ISLAND_SIZE = 8.0;
const CELLS = 112.0;

struct Facet {
    @builtin(position) clip_position: vec4f,
    @location(0) position: vec3f,
    // Of one of its corners.
    @location(1) @interpolate(flat) height: f32,
}

@vertex
fn island_vertex(@location(0) position: vec3f) -> Facet {
    // The points of the grid are moved about, so that its rows do not show.
    let cell = vec2i(round(CELLS / 2.0 * position.xz));
    let moved = vec2f(random(cell), random(cell + 1000)) - 0.5;
    let at = ISLAND_SIZE * (position.xz + 1.4 / CELLS * moved);
    let world = vec3f(at.x, height(at), at.y);
    return Facet(scene.view_projection * vec4f(world, 1.0), world, world.y);
}

@fragment
fn island_fragment(facet: Facet) -> @location(0) vec4f {
    let position = facet.position;
    let height = facet.height;
    // One normal for each facet: how the position changes from pixel to pixel is the same in all of it.
    var normal = normalize(cross(dpdx(position), dpdy(position)));
    normal *= sign(normal.y);
    if position.y < scene.lowest {
        discard;
    }
    let grass = mix(vec3f(0.07, 0.22, 0.06), vec3f(0.22, 0.32, 0.08), fract(37.0 * height));
    var color = mix(vec3f(0.80, 0.62, 0.38), grass, smoothstep(0.10, 0.20, height));
    let is_rock = smoothstep(0.76, 0.70, normal.y) * smoothstep(0.1, 0.3, height);
    color = mix(color, vec3f(0.26, 0.20, 0.18), is_rock);
    color = mix(color, vec3f(0.92, 0.90, 0.92), smoothstep(1.55, 1.75, height + 0.5 * normal.y));
    let sun = vec3f(1.9, 1.35, 0.85) * max(dot(normal, normalize(TO_SUN + vec3f(-0.5, 0.25, 0.9))), 0.0);
    return vec4f(color * (vec3f(0.22, 0.26, 0.36) + sun), 1.0);
}

fn height(at: vec2f) -> f32 {
    let radius = length(at * vec2f(0.75, 1.0));
    var ridges = 0.0;
    var rough = 0.0;
    var size = 0.5;
    var p = 0.55 * at + 7.3;
    for (var octave = 0; octave < 5; octave++) {
        let n = noise(p);
        ridges += size * (1.0 - abs(2.0 * n - 1.0));
        rough += size * n;
        size *= 0.5;
        p = 2.03 * p + 1.7;
    }
    return 2.9 * exp(-0.16 * radius * radius) * ridges + 0.8 * rough - 0.72 - 0.035 * radius * radius;
}

// Smooth, from 0 to 1, and random where both coordinates are whole.
fn noise(at: vec2f) -> f32 {
    let cell = vec2i(floor(at));
    let t = smoothstep(vec2f(0.0), vec2f(1.0), fract(at));
    let lower = mix(random(cell), random(cell + vec2i(1, 0)), t.x);
    let upper = mix(random(cell + vec2i(0, 1)), random(cell + vec2i(1, 1)), t.x);
    return mix(lower, upper, t.y);
}

fn random(cell: vec2i) -> f32 {
    var bits = u32(cell.x) * 0x9e3779b1u ^ u32(cell.y) * 0x85ebca77u;
    bits = (bits ^ (bits >> 15)) * 0xc2b2ae3du;
    bits = (bits ^ (bits >> 13)) * 0x27d4eb2fu;
    return f32((bits ^ (bits >> 16)) >> 8) / 16777216.0;
}

// ---- The water ----

@group(0) @binding(1) var mirrored: texture_2d<f32>;
@group(0) @binding(2) var mirrored_sampler: sampler;
@group(0) @binding(3) var depths: texture_depth_2d;

struct Surface {
    @builtin(position) clip_position: vec4f,
    @location(0) position: vec3f,
}

@vertex
fn water_vertex(@location(0) position: vec3f) -> Surface {
    let world = 90.0 * position;
    return Surface(scene.view_projection * vec4f(world, 1.0), world);
}

@fragment
fn water_fragment(surface: Surface) -> @location(0) vec4f {
    let position = surface.position;
    let from_eye = position - scene.eye;
    let distance = length(from_eye);

    // Where the ground beneath this pixel is, and how long the way through the water.
    let size = vec2f(textureDimensions(depths));
    let uv = surface.clip_position.xy / size;
    let depth = textureLoad(depths, vec2i(surface.clip_position.xy), 0);
    let ground = scene.from_clip * vec4f(2.0 * uv.x - 1.0, 1.0 - 2.0 * uv.y, depth, 1.0);
    let way = length(ground.xyz / ground.w - position);
    let opaque = 1.0 - exp(-1.3 * way);
    let water = mix(vec3f(0.03, 0.42, 0.42), vec3f(0.01, 0.10, 0.20), smoothstep(0.0, 3.5, way));

    // Far waves are smaller than pixels.
    let slope = waves(position.xz) / (1.0 + 0.004 * distance * distance);
    let normal = normalize(vec3f(-slope.x, 1.0, -slope.y));
    let cosine = max(dot(-from_eye / distance, normal), 0.0);
    let mirror = 0.03 + 0.97 * pow(1.0 - cosine, 5.0);
    let image = textureSampleLevel(mirrored, mirrored_sampler, uv + 0.6 * slope, 0.0).rgb;

    // The sun is much brighter than the image can be: it glitters on the waves.
    let to_sun = dot(reflect(from_eye / distance, normal), TO_SUN);
    let glitter = vec3f(1.0, 0.62, 0.30) * smoothstep(0.985, 1.0, to_sun);

    // Foam comes and goes where the ground is near.
    let shallow = -(ground.y / ground.w);
    let swell = 0.5 + 0.5 * sin(38.0 * shallow - 2.0 * scene.time + 5.0 * noise(4.0 * position.xz));
    let near = smoothstep(0.10, 0.0, shallow) * f32(depth < 1.0);
    let foam = 0.8 * near * smoothstep(0.35, 0.9, swell + 0.6 * smoothstep(0.03, 0.0, shallow));

    let haze = smoothstep(40.0, 90.0, distance);
    let color = mix(mix(water * opaque, image + glitter, mirror), sky(from_eye / distance), haze);
    let alpha = mix(opaque, 1.0, mirror);
    return mix(vec4f(color, alpha), vec4f(0.95, 0.95, 0.92, 1.0), foam);
}

// The slope of the surface: the sum of waves that run in several directions.
fn waves(at: vec2f) -> vec2f {
    var slope = vec2f(0.0);
    var frequency = 2.2;
    for (var i = 0; i < 6; i++) {
        let direction = vec2f(cos(1.9 * f32(i) + 0.4), sin(1.9 * f32(i) + 0.4));
        let phase = frequency * dot(direction, at) + sqrt(frequency) * scene.time;
        slope += 0.035 * cos(phase + 2.0 * noise(0.7 * at + f32(i))) * direction;
        frequency *= 1.45;
    }
    return slope;
}
