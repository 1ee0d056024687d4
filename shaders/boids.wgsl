// A flock: each bird looks at all others, then follows three rules and stays within a circle.

const BIRDS = 1200u;
const SECONDS = 1.0 / 60.0;

// The circle they live in has the radius 1.
const SIGHT = 0.11;
const NEAR = 0.035;
const SLOWEST = 0.25;
const FASTEST = 0.42;

struct Bird {
    position: vec2f,
    velocity: vec2f,
}

@group(0) @binding(0) var<storage, read> before: array<Bird, BIRDS>;
@group(0) @binding(1) var<storage, read_write> after: array<Bird, BIRDS>;

@compute @workgroup_size(64)
fn fly(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= BIRDS {
        return;
    }
    let bird = before[id.x];
    var seen = 0.0;
    var positions = vec2f();
    var velocities = vec2f();
    var away = vec2f();
    for (var i = 0u; i < BIRDS; i++) {
        let offset = bird.position - before[i].position;
        let distance = length(offset);
        if i == id.x || distance > SIGHT {
            continue;
        }
        seen += 1.0;
        positions += before[i].position;
        velocities += before[i].velocity;
        if distance < NEAR {
            away += offset / (distance + 0.001) * (1.0 - distance / NEAR);
        }
    }

    var acceleration = 2.5 * away;
    if seen > 0.0 {
        // Towards the middle of those it sees, and along with them.
        acceleration += 2.0 * (positions / seen - bird.position);
        acceleration += 1.6 * (velocities / seen - bird.velocity);
    }
    let radius = length(bird.position);
    acceleration -= 8.0 * max(radius - 0.8, 0.0) * bird.position / max(radius, 0.001);

    var velocity = bird.velocity + SECONDS * acceleration;
    let speed = length(velocity);
    velocity *= clamp(speed, SLOWEST, FASTEST) / max(speed, 0.001);
    after[id.x] = Bird(bird.position + SECONDS * velocity, velocity);
}

// Fits the circle into the picture.
@group(0) @binding(0) var<uniform> scale: vec2f;

struct Point {
    @builtin(position) position: vec4f,
    @location(0) color: vec3f,
}

@vertex
fn vertex(
    @builtin(vertex_index) index: u32,
    @location(0) position: vec2f,
    @location(1) velocity: vec2f,
) -> Point {
    // A dart out of two triangles; the last coordinate of each is to the side.
    var dart = array(
        vec2f(1.0, 0.0), vec2f(-0.8, 0.5), vec2f(-0.4, 0.0),
        vec2f(1.0, 0.0), vec2f(-0.4, 0.0), vec2f(-0.8, -0.5),
    );
    let along = normalize(velocity);
    let aside = vec2f(-along.y, along.x);
    let corner = 0.026 * (dart[index].x * along + dart[index].y * aside);

    // The hue tells the direction; one half of each dart lies in shade.
    let hue = atan2(velocity.y, velocity.x) + vec3f(0.0, 2.1, 4.2);
    let light = select(1.0, 0.55, index < 3);
    return Point(vec4f(scale * (position + corner), 0.0, 1.0), light * (0.52 + 0.48 * cos(hue)));
}

@fragment
fn fragment(point: Point) -> @location(0) vec4f {
    return vec4f(point.color, 1.0);
}
