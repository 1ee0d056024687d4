// Textured cubes in the light of a lamp.

const CUBES = 13;
const LAMP = vec3f(4.0, 7.0, 6.0);
const EYE = vec3f(0.0, 3.0, 7.2);

struct Scene {
    view_projection: mat4x4f,
    models: array<mat4x4f, CUBES>,
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var tiles: texture_2d<f32>;
@group(0) @binding(2) var tile_sampler: sampler;

struct Surface {
    @builtin(position) clip_position: vec4f,
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) uv: vec2f,
    @location(3) tint: vec3f,
}

@vertex
fn vertex(
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) uv: vec2f,
    @builtin(instance_index) cube: u32,
) -> Surface {
    let model = scene.models[cube];
    let world = model * vec4f(position, 1.0);
    // The cubes are scaled alike along all axes: normals turn as positions do.
    let world_normal = (model * vec4f(normal, 0.0)).xyz;
    return Surface(scene.view_projection * world, world.xyz, world_normal, uv, tint(cube));
}

// The cube in the middle shows the texture's own colours, the others have a hue each.
fn tint(cube: u32) -> vec3f {
    let hue = 6.2832 * (f32(cube) / f32(CUBES - 1) + vec3f(0.0, 0.33, 0.67));
    return select(vec3f(1.0), 0.65 + 0.35 * cos(hue), cube > 0);
}

@fragment
fn fragment(surface: Surface) -> @location(0) vec4f {
    let normal = normalize(surface.normal);
    let to_lamp = normalize(LAMP - surface.position);
    let to_eye = normalize(EYE - surface.position);
    let diffuse = max(dot(normal, to_lamp), 0.0);
    let shine = pow(max(dot(normal, normalize(to_lamp + to_eye)), 0.0), 40.0);
    let color = textureSample(tiles, tile_sampler, surface.uv).rgb * surface.tint;
    return vec4f(color * (0.12 + 0.95 * diffuse) + 0.15 * shine, 1.0);
}
