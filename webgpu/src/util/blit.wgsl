struct Corner {
    @builtin(position) position: vec4f,
    @location(0) place: vec2f,
}

// One triangle that covers the target: its corners are the places (0, 0), (2, 0) and (0, 2) of the source.
@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
    let place = vec2f(f32(index & 1u) * 2.0, f32(index >> 1u) * 2.0);
    return Corner(vec4f(place.x * 2.0 - 1.0, 1.0 - place.y * 2.0, 0.0, 1.0), place);
}

@group(0) @binding(0) var source: texture_2d<f32>;
@group(0) @binding(1) var source_sampler: sampler;

@fragment
fn copy(corner: Corner) -> @location(0) vec4f {
    return textureSample(source, source_sampler, corner.place);
}
