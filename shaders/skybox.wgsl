// An evening over a lake is drawn once, on the six faces of a cube map. The picture shows it all around, and mirrored
// in a ball and a ring.

struct Ray {
    @builtin(position) position: vec4f,
    @location(0) direction: vec3f,
}

// A triangle that covers everything.
fn corner(index: u32) -> vec2f {
    return vec2f(vec2u(index << 1, index) & vec2u(2)) * 2.0 - 1.0;
}

// The instance is the face: +x, -x, +y, -y, +z, -z. Where each lies and how it is turned is how cube maps are read.
@vertex
fn face(@builtin(vertex_index) index: u32, @builtin(instance_index) face: u32) -> Ray {
    let at = corner(index);
    var directions = array(
        vec3f(1.0, at.y, -at.x), vec3f(-1.0, at.y, at.x),
        vec3f(at.x, 1.0, -at.y), vec3f(at.x, -1.0, at.y),
        vec3f(at.x, at.y, 1.0), vec3f(-at.x, at.y, -1.0),
    );
    return Ray(vec4f(at, 0.0, 1.0), directions[face]);
}

@fragment
fn evening(ray: Ray) -> @location(0) vec4f {
    let direction = normalize(ray.direction);
    if direction.y > 0.0 {
        return vec4f(over_the_lake(direction), 1.0);
    }
    // The lake mirrors what is above it; far waves are seen edge-on, which stretches it.
    let wave = 0.012 * sin(90.0 * direction.y / (0.12 - direction.y));
    let mirrored = normalize(vec3f(direction.x, wave - direction.y, direction.z));
    let depth = smoothstep(0.0, 0.9, -direction.y);
    return vec4f(mix(0.75 * over_the_lake(mirrored), vec3f(0.006, 0.016, 0.035), depth), 1.0);
}

const SUN = vec3f(0.0, 0.09, -1.0);

fn over_the_lake(direction: vec3f) -> vec3f {
    let up = direction.y;
    let to_sun = max(dot(direction, normalize(SUN)), 0.0);
    // Gold where the sun goes down, rose around it, and blue night above.
    var color = mix(vec3f(0.36, 0.10, 0.17), vec3f(0.018, 0.035, 0.12), smoothstep(0.0, 0.45, up));
    color = mix(color, vec3f(0.004, 0.008, 0.035), smoothstep(0.4, 1.0, up));
    color += vec3f(1.0, 0.36, 0.06) * (0.75 * pow(to_sun, 6.0) * exp(-5.0 * max(up, 0.0)));
    let haze = mix(color, vec3f(0.30, 0.09, 0.13), 0.6);
    color += vec3f(1.0, 0.72, 0.35) * (pow(to_sun, 90.0) + 6.0 * smoothstep(0.9988, 0.9993, to_sun));
    color += stars(direction) * smoothstep(0.1, 0.5, up);

    // Three ranges of hills, the far ones in haze.
    let angle = atan2(direction.x, -direction.z);
    let slope = up / length(direction.xz);
    color = mix(color, 0.55 * haze, hill(slope, 0.075 + 0.050 * ridge(angle, 5.0)));
    color = mix(color, 0.20 * haze, hill(slope, 0.045 + 0.040 * ridge(angle, 9.0)));
    return mix(color, vec3f(0.004, 0.006, 0.014), hill(slope, 0.018 + 0.022 * ridge(angle, 14.0)));
}

fn hill(slope: f32, height: f32) -> f32 {
    return smoothstep(0.002, -0.002, slope - height);
}

// The outline of hills, about from -1 to 1: whole numbers of waves go round, so that it has no seam.
fn ridge(angle: f32, waves: f32) -> f32 {
    var height = 0.0;
    for (var octave = 1.0; octave <= 16.0; octave *= 2.0) {
        height += sin(octave * waves * angle + 2.4 * octave) / octave;
        height += 0.4 * abs(sin((octave * waves + 1.0) * angle + waves)) / octave;
    }
    return 0.6 * height;
}

// One star in some of the cells of a grid around the viewer.
fn stars(direction: vec3f) -> vec3f {
    let grid = 60.0 * direction;
    let cell = floor(grid);
    let random = fract(sin(cell * mat3x3f(
        127.1, 311.7, 74.7,
        269.5, 183.3, 246.1,
        113.5, 271.9, 124.6,
    )) * 43758.545);
    let distance = length(fract(grid) - 0.3 - 0.4 * random);
    let brightness = smoothstep(0.82, 1.0, random.x) * smoothstep(0.16, 0.0, distance);
    return 1.6 * brightness * mix(vec3f(0.7, 0.8, 1.0), vec3f(1.0, 0.85, 0.7), random.y);
}

struct Scene {
    view_projection: mat4x4f,
    // From clip space back into the world.
    from_clip: mat4x4f,
    eye: vec4f,
    bodies: array<Body, 2>,
}

struct Body {
    model: mat4x4f,
    color: vec4f,
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var sky: texture_cube<f32>;
@group(0) @binding(2) var sky_sampler: sampler;

// Behind everything: the depth is 1.
@vertex
fn background(@builtin(vertex_index) index: u32) -> Ray {
    let position = vec4f(corner(index), 1.0, 1.0);
    let far = scene.from_clip * position;
    return Ray(position, far.xyz / far.w - scene.eye.xyz);
}

@fragment
fn show(ray: Ray) -> @location(0) vec4f {
    return textureSample(sky, sky_sampler, ray.direction);
}

struct Surface {
    @builtin(position) clip_position: vec4f,
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) color: vec3f,
}

@vertex
fn body(
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @builtin(instance_index) index: u32,
) -> Surface {
    let body = scene.bodies[index];
    let world = body.model * vec4f(position, 1.0);
    let world_normal = (body.model * vec4f(normal, 0.0)).xyz;
    return Surface(scene.view_projection * world, world.xyz, world_normal, body.color.rgb);
}

@fragment
fn mirror(surface: Surface) -> @location(0) vec4f {
    let normal = normalize(surface.normal);
    let ray = normalize(surface.position - scene.eye.xyz);
    // Seen at a flat angle, all metals are white.
    let flatness = pow(1.0 - max(dot(-ray, normal), 0.0), 5.0);
    let color = mix(surface.color, vec3f(1.0), flatness);
    return vec4f(color * textureSample(sky, sky_sampler, reflect(ray, normal)).rgb, 1.0);
}
