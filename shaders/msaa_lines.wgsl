// Threads across a circle, without buffers: nail `i` is joined with nail `i * factor`.

struct Scene {
    // Scales the circle so that it is round and fits into the picture.
    scale: vec2f,
    factor: f32,
    threads: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;

struct Point {
    @builtin(position) position: vec4f,
    @location(0) color: vec3f,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Point {
    let thread = f32(index / 2) / scene.threads;
    let turn = select(thread, thread * scene.factor, index % 2 == 1);
    let angle = 6.283185 * turn;
    let hue = 6.283185 * (thread + vec3f(0.0, 0.33, 0.67));
    return Point(vec4f(scene.scale * vec2f(-cos(angle), sin(angle)), 0.0, 1.0), 0.5 + 0.5 * cos(hue));
}

@fragment
fn fragment(point: Point) -> @location(0) vec4f {
    return vec4f(point.color, 0.45);
}
