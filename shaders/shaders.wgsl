// A card in WGSL. The same in GLSL is in shaders.vert and shaders.frag, of which shaders.vert.spv and shaders.frag.spv are
// made.

struct Corner {
    @builtin(position) position: vec4f,
    // From -1 to 1 on both axes.
    @location(0) place: vec2f,
}

// A triangle that covers the whole viewport, and more.
@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Corner {
    let place = vec2f(select(-1.0, 3.0, index == 1u), select(-1.0, 3.0, index == 2u));
    return Corner(vec4f(place, 0.0, 1.0), place);
}

// How much of a pixel lies inside of a flower.
fn flower(place: vec2f, petals: f32, size: f32, depth: f32) -> f32 {
    let edge = size + depth * cos(petals * atan2(place.y, place.x));
    return 1.0 - smoothstep(-0.004, 0.004, length(place) - edge);
}

@fragment
fn fragment(@location(0) place: vec2f) -> @location(0) vec4f {
    let night = vec3f(0.012, 0.027, 0.070);
    let sky = vec3f(0.035, 0.085, 0.180);
    let coral = vec3f(0.800, 0.160, 0.080);
    let amber = vec3f(0.900, 0.480, 0.070);
    let cream = vec3f(0.900, 0.800, 0.630);

    let rays = smoothstep(-0.15, 0.15, cos(20.0 * atan2(place.x, place.y)));
    var color = mix(night, sky, rays * smoothstep(0.2, 1.1, length(place) + 0.25 * place.y));
    color = mix(color, coral, flower(place, 12.0, 0.36, 0.045));
    color = mix(color, night, flower(place, 12.0, 0.32, 0.040));
    color = mix(color, amber, flower(place, 8.0, 0.26, 0.050));
    color = mix(color, coral, flower(-place, 8.0, 0.20, 0.040));
    color = mix(color, night, flower(place, 8.0, 0.15, 0.030));
    color = mix(color, cream, flower(place, 6.0, 0.10, 0.025));
    color = mix(color, coral, flower(place, 6.0, 0.04, 0.000));
    return vec4f(color, 1.0);
}
