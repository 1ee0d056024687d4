// One pass writes three targets: colour, normal and distance. The picture shows each of them in a strip, and in the
// last strip what light makes out of the three.

// Columns along each side of a square.
const SIDE = 25u;

struct Scene {
    view_projection: mat4x4f,
    // From the ball and from its ring into the world.
    models: array<mat4x4f, 2>,
    eye: vec3f,
    time: f32,
    aspect: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;

struct Surface {
    @builtin(position) clip_position: vec4f,
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) color: vec3f,
}

// The first two instances are the ball and its ring, all others are columns.
@vertex
fn vertex(
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @builtin(instance_index) index: u32,
) -> Surface {
    if index >= 2 {
        return column(position, normal, index - 2);
    }
    let model = scene.models[index];
    let world = model * vec4f(position, 1.0);
    let world_normal = (model * vec4f(normal, 0.0)).xyz;
    let color = select(vec3f(0.90, 0.20, 0.14), vec3f(0.95, 0.66, 0.20), index == 1);
    return Surface(scene.view_projection * world, world.xyz, world_normal, color);
}

fn column(position: vec3f, normal: vec3f, index: u32) -> Surface {
    let middle = 0.4 * (vec2f(vec2u(index % SIDE, index / SIDE)) - f32(SIDE - 1) / 2.0);
    // Waves run away from the middle.
    let radius = length(middle);
    let wave = sin(2.6 * radius - 2.0 * scene.time) * exp(-0.12 * radius);
    let size = vec3f(0.18, 0.6 + 0.4 * wave, 0.18);
    let world = position * size + vec3f(middle.x, size.y, middle.y);
    let color = mix(vec3f(0.01, 0.09, 0.20), vec3f(0.10, 0.62, 0.56), smoothstep(-0.8, 0.8, wave));
    return Surface(scene.view_projection * vec4f(world, 1.0), world, normal, color);
}

struct Targets {
    @location(0) color: vec4f,
    @location(1) normal: vec4f,
    @location(2) distance: f32,
}

@fragment
fn three(surface: Surface) -> Targets {
    let normal = normalize(surface.normal);
    let distance = length(surface.position - scene.eye);
    return Targets(vec4f(surface.color, 1.0), vec4f(normal, 1.0), distance);
}

@group(0) @binding(1) var colors: texture_2d<f32>;
@group(0) @binding(2) var normals: texture_2d<f32>;
@group(0) @binding(3) var distances: texture_2d<f32>;

struct Point {
    @builtin(position) position: vec4f,
    // From (0, 0) in the upper left corner to (1, 1) in the lower right one.
    @location(0) uv: vec2f,
}

@vertex
fn everything(@builtin(vertex_index) index: u32) -> Point {
    let uv = vec2f(vec2u(index << 1, index) & vec2u(2));
    return Point(vec4f(2.0 * uv.x - 1.0, 1.0 - 2.0 * uv.y, 0.0, 1.0), uv);
}

@fragment
fn strips(point: Point) -> @location(0) vec4f {
    let pixel = vec2i(point.position.xy);
    let color = textureLoad(colors, pixel, 0);
    let normal = textureLoad(normals, pixel, 0).xyz;
    let distance = textureLoad(distances, pixel, 0).r;

    // Strips lean to the right.
    let across = point.uv.x + 0.15 / scene.aspect * (point.uv.y - 0.5);
    let cuts = vec3f(0.37, 0.5, 0.63);
    if any(abs(across - cuts) < vec3f(1.2 * fwidth(across))) {
        return vec4f(1.0);
    }
    let background = mix(vec3f(0.015, 0.02, 0.045), vec3f(0.10, 0.08, 0.16), point.uv.y);
    if color.a == 0.0 {
        return vec4f(background, 1.0);
    }
    if across < cuts.x {
        return color;
    }
    if across < cuts.y {
            return vec4f(pow(0.5 + 0.5 * normal, vec3f(2.2)), 1.0);
    }
    if across < cuts.z {
        return vec4f(vec3f(pow(smoothstep(14.0, 5.0, distance), 2.2)), 1.0);
    }
    return vec4f(mix(lit(color.rgb, normal, pixel), background, smoothstep(9.0, 16.0, distance)), 1.0);
}

// Two lamps, and less light in corners: where things around are nearer to the viewer.
fn lit(color: vec3f, normal: vec3f, pixel: vec2i) -> vec3f {
    let warm = max(dot(normal, normalize(vec3f(2.0, 3.0, 1.5))), 0.0);
    let cold = max(dot(normal, normalize(vec3f(-3.0, 0.5, 1.0))), 0.0);
    let light = vec3f(0.10, 0.11, 0.16) + vec3f(1.15, 0.98, 0.78) * warm + vec3f(0.10, 0.22, 0.45) * cold;
    return color * light * openness(pixel);
}

fn openness(pixel: vec2i) -> f32 {
    let size = vec2i(textureDimensions(distances));
    let here = textureLoad(distances, pixel, 0).r;
    var hidden = 0.0;
    for (var i = 0; i < 12; i++) {
        // Points on a spiral, as seeds in a sunflower.
        let angle = 2.399963 * f32(i);
        let offset = vec2f(cos(angle), sin(angle)) * sqrt(f32(i) + 0.5) * f32(size.y) / 150.0;
        let there = textureLoad(distances, clamp(pixel + vec2i(offset), vec2i(0), size - 1), 0).r;
        // What is much nearer is something else.
        let nearer = here - there;
        hidden += smoothstep(0.03, 0.3, nearer) * smoothstep(1.2, 0.6, nearer);
    }
    return 1.0 - 0.8 * hidden / 12.0;
}
