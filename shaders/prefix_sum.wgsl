// The prefix sum in blocks: `scan` sums up within each block, `add` adds to each block what all blocks before it sum up to.

// Elements of a block and invocations of a workgroup.
const BLOCK = 256u;

@group(0) @binding(0) var<storage, read_write> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;

var<workgroup> block: array<u32, BLOCK>;

// Replaces each value by the sum of its block up to it, and leaves the sum of the whole block in `sums`.
@compute @workgroup_size(BLOCK)
fn scan(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) group: vec3u,
) {
    let inside = id.x < arrayLength(&values);
    if inside {
        block[local] = values[id.x];
    }
    // After each round, an element is the sum of twice as many: of 1, 2, 4, … up to the whole block.
    for (var distance = 1u; distance < BLOCK; distance *= 2u) {
        workgroupBarrier();
        var left = 0u;
        if local >= distance {
            left = block[local - distance];
        }
        // Nobody may write before all have read.
        workgroupBarrier();
        block[local] += left;
    }
    if inside {
        values[id.x] = block[local];
    }
    if local == BLOCK - 1u {
        sums[group.x] = block[local];
    }
}

// Adds what `sums`, by now itself a prefix sum, has for the blocks before.
@compute @workgroup_size(BLOCK)
fn add(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u) {
    if group.x > 0u && id.x < arrayLength(&values) {
        values[id.x] += sums[group.x - 1u];
    }
}
