// Gravity between all pairs of bodies: one step in time. The unit of mass makes the constant of gravity 1.

struct Step {
    // Length of the step.
    time: f32,
    // Squared length added to each squared distance: bodies that meet do not kick each other out.
    softening: f32,
}

@group(0) @binding(0) var<uniform> step: Step;
// Position and mass. Nobody may move before all have looked: new positions go to another buffer.
@group(0) @binding(1) var<storage, read> bodies: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> moved: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> velocities: array<vec4f>;

const TILE = 64u;

var<workgroup> tile: array<vec4f, TILE>;

// An invocation moves one body. A workgroup fetches the others together, tile by tile.
@compute @workgroup_size(TILE)
fn advance(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let count = arrayLength(&bodies);
    let body = bodies[min(id.x, count - 1u)];
    var acceleration = vec3f();
    for (var start = 0u; start < count; start += TILE) {
        // A body beyond the last one has no mass.
        tile[local] = vec4f();
        if start + local < count {
            tile[local] = bodies[start + local];
        }
        workgroupBarrier();
        for (var i = 0u; i < TILE; i++) {
            let away = tile[i].xyz - body.xyz;
            // Of the body itself it is away by nothing, and pulled nowhere.
            let inverse = inverseSqrt(dot(away, away) + step.softening);
            acceleration += away * (tile[i].w * inverse * inverse * inverse);
        }
        workgroupBarrier();
    }
    if id.x < count {
        let velocity = velocities[id.x].xyz + step.time * acceleration;
        velocities[id.x] = vec4f(velocity, 0.0);
        moved[id.x] = vec4f(body.xyz + step.time * velocity, body.w);
    }
}
