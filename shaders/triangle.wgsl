// A triangle without buffers: the corners stand in the shader, the vertex's number picks one.

struct Corner {
    @builtin(position) position: vec4f,
    @location(0) color: vec3f,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Corner {
    var positions = array(vec2f(0.0, 0.8), vec2f(-0.8, -0.8), vec2f(0.8, -0.8));
    var colors = array(vec3f(1.0, 0.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(0.0, 0.0, 1.0));
    return Corner(vec4f(positions[index], 0.0, 1.0), colors[index]);
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4f {
    return vec4f(corner.color, 1.0);
}
