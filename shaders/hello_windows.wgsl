// A wheel of discs on a plain ground: the window's number decides how many, and their colour.

struct Picture {
    /// Width divided by height.
    aspect: f32,
    /// In turns of the wheel.
    angle: f32,
    window: u32,
}

@group(0) @binding(0) var<uniform> picture: Picture;

const TURN = 6.2831853;

struct Place {
    @builtin(position) position: vec4f,
    @location(0) place: vec2f,
}

// One triangle that covers everything.
@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Place {
    let corner = vec2f(f32(index / 2u), f32(index % 2u)) * 4.0 - 1.0;
    return Place(vec4f(corner, 0.0, 1.0), corner * vec2f(picture.aspect, 1.0));
}

@fragment
fn fragment(at: Place) -> @location(0) vec4f {
    let ground = vec3f(0.0144, 0.0176, 0.0252);
    let discs = picture.window + 3u;
    var light = ground;
    for (var disc = 0u; disc < discs; disc += 1u) {
        let direction = TURN * (picture.angle + f32(disc) / f32(discs));
        let centre = 0.55 * vec2f(cos(direction), sin(direction));
        // The edge is as wide as a few pixels, so that it is smooth.
        let cover = 1.0 - smoothstep(0.19, 0.2, distance(at.place, centre));
        let shade = 0.35 + 0.65 * f32(disc + 1u) / f32(discs);
        light = mix(light, shade * hue(f32(picture.window) * 0.31), cover);
    }
    return vec4f(light, 1.0);
}

// A bright colour; hues go from 0 to 1 around the circle.
fn hue(turns: f32) -> vec3f {
    let offsets = vec3f(0.0, 2.0, 1.0) / 3.0;
    return 0.5 + 0.5 * cos(TURN * (turns + offsets));
}
