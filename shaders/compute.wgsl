// Two kernels. Each invocation works on one element; the last workgroup may reach past the end.

// --- Collatz: how many steps take a number to 1, in place -----------------------------------------

// Stands for a number whose path does not fit into 32 bits.
const LEAVES_32_BITS = 0xffffffffu;
// The greatest n with 3n + 1 < 2^32.
const GREATEST_TO_TRIPLE = 1431655764u;

@group(0) @binding(0) var<storage, read_write> numbers: array<u32>;

fn collatz_steps(start: u32) -> u32 {
    var n = start;
    var steps = 0u;
    while n > 1u {
        if n % 2u == 0u {
            n = n / 2u;
        } else {
            if n > GREATEST_TO_TRIPLE {
                return LEAVES_32_BITS;
            }
            n = 3u * n + 1u;
        }
        steps++;
    }
    return steps;
}

@compute @workgroup_size(64)
fn collatz(@builtin(global_invocation_id) id: vec3u) {
    if id.x < arrayLength(&numbers) {
        numbers[id.x] = collatz_steps(numbers[id.x]);
    }
}

// --- Vector addition: sum[i] = left[i] + right[i] ---------------------------------------------------

@group(0) @binding(0) var<storage, read> left: array<f32>;
@group(0) @binding(1) var<storage, read> right: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;

@compute @workgroup_size(64)
fn add(@builtin(global_invocation_id) id: vec3u) {
    if id.x < arrayLength(&sum) {
        sum[id.x] = left[id.x] + right[id.x];
    }
}
