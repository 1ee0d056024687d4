// A square within a square within a square: all that a square needs comes with its draw call.

struct Square {
    // Half of its diagonal as a vector, from the middle of the picture to one corner, in units of the picture's shorter side.
    diagonal: vec2f,
    // What to divide by to get to the screen's coordinates.
    extent: vec2f,
    color: vec4f,
}

var<immediate> square: Square;

struct Corner {
    @builtin(position) position: vec4f,
    // Place within the square, from -1 to 1 on both axes; a little more in the margin.
    @location(0) place: vec2f,
}

// Room for the smooth edge outside of the square.
const MARGIN = 1.02;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Corner {
    // A strip of two triangles.
    let place = MARGIN * vec2f(select(-1.0, 1.0, (index & 1u) == 1u), select(-1.0, 1.0, index >= 2u));
    // (1, 1) is at the end of the diagonal.
    let x = 0.5 * vec2f(square.diagonal.x + square.diagonal.y, square.diagonal.y - square.diagonal.x);
    let y = vec2f(-x.y, x.x);
    return Corner(vec4f((place.x * x + place.y * y) / square.extent, 0.0, 1.0), place);
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4f {
    let outside = max(abs(corner.place.x), abs(corner.place.y)) - 1.0;
    return vec4f(square.color.rgb, square.color.a * clamp(0.5 - outside / fwidth(outside), 0.0, 1.0));
}
