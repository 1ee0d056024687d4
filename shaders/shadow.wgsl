// Bodies in the light of a low sun. A first pass draws how far the sun sees, the second one compares with it.

const BODIES = 10;

struct Body {
    model: mat4x4f,
    // Linear, the alpha is not used.
    color: vec4f,
}

struct Scene {
    view_projection: mat4x4f,
    // From the world into the clip space of the sun.
    sun_projection: mat4x4f,
    // Towards the sun, of length 1.
    to_sun: vec4f,
    bodies: array<Body, BODIES>,
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var shadow_map: texture_depth_2d;
@group(0) @binding(2) var shadow_sampler: sampler_comparison;

@vertex
fn seen_by_sun(
    @location(0) position: vec3f,
    @builtin(instance_index) body: u32,
) -> @builtin(position) vec4f {
    return scene.sun_projection * scene.bodies[body].model * vec4f(position, 1.0);
}

struct Surface {
    @builtin(position) clip_position: vec4f,
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) color: vec3f,
}

@vertex
fn seen_by_camera(
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @builtin(instance_index) index: u32,
) -> Surface {
    let body = scene.bodies[index];
    let world = body.model * vec4f(position, 1.0);
    // Only boxes are scaled unlike along their axes, and their normals keep their directions.
    let world_normal = (body.model * vec4f(normal, 0.0)).xyz;
    return Surface(scene.view_projection * world, world.xyz, world_normal, body.color.rgb);
}

@fragment
fn fragment(surface: Surface) -> @location(0) vec4f {
    let normal = normalize(surface.normal);
    let sunlight = max(dot(normal, scene.to_sun.xyz), 0.0) * sun_seen(surface.position + 0.03 * normal);
    // What the sky lights is bluish, the more a surface looks up.
    let skylight = vec3f(0.18, 0.22, 0.34) * (0.65 + 0.35 * normal.y);
    let lit = surface.color * (skylight + vec3f(1.35, 1.20, 0.95) * sunlight);
    // The ground ends in haze.
    let haze = smoothstep(9.0, 30.0, length(surface.position.xz));
    return vec4f(mix(lit, vec3f(0.84, 0.76, 0.66), haze), 1.0);
}

// Which part of the sun a point sees, from 0 to 1: the mean of 5 by 5 comparisons, so that shadows have soft edges.
fn sun_seen(position: vec3f) -> f32 {
    let clip = scene.sun_projection * vec4f(position, 1.0);
    let uv = clip.xy * vec2f(0.5, -0.5) + 0.5;
    let texel = 1.0 / vec2f(textureDimensions(shadow_map));
    var seen = 0.0;
    for (var y = -2; y <= 2; y++) {
        for (var x = -2; x <= 2; x++) {
            let at = uv + vec2f(vec2i(x, y)) * texel;
            seen += textureSampleCompareLevel(shadow_map, shadow_sampler, at, clip.z) / 25.0;
        }
    }
    // Nothing outside of the map casts shadows.
    return select(1.0, seen, all(abs(clip.xy) < vec2f(0.99)));
}
