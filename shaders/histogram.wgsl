// How often each brightness occurs in a picture. Each workgroup counts in its own memory, where that is fast, and adds what it
// found to the common counters at the end.

const BINS = 256u;

// Pixels: red in the lowest byte, then green, blue, alpha.
@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(1) var<storage, read_write> histogram: array<atomic<u32>, BINS>;

var<workgroup> bins: array<atomic<u32>, BINS>;

// Brightness from 0 to 255, in whole numbers so that every processor finds the same. The weights are those of Rec. 601.
fn brightness(pixel: u32) -> u32 {
    let color = unpack4xU8(pixel);
    return (77u * color.r + 150u * color.g + 29u * color.b) >> 8u;
}

// An invocation for each bin.
@compute @workgroup_size(BINS)
fn count(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_workgroups) workgroups: vec3u,
) {
    atomicStore(&bins[local], 0u);
    workgroupBarrier();
    let step = workgroups.x * BINS;
    for (var i = id.x; i < arrayLength(&pixels); i += step) {
        atomicAdd(&bins[brightness(pixels[i])], 1u);
    }
    workgroupBarrier();
    atomicAdd(&histogram[local], atomicLoad(&bins[local]));
}
