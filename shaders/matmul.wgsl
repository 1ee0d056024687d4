// The product of two matrices, computed in two ways. Matrices lie row by row.

struct Sizes {
    rows: u32,
    // Columns of the left matrix and rows of the right one.
    inner: u32,
    columns: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> left: array<f32>;
@group(0) @binding(2) var<storage, read> right: array<f32>;
@group(0) @binding(3) var<storage, read_write> product: array<f32>;

// Rows and columns of a tile. Each invocation computes one element of the product.
const TILE = 16u;

// Each invocation fetches its row and its column from the buffers, one element after the other.
@compute @workgroup_size(TILE, TILE)
fn simple(@builtin(global_invocation_id) id: vec3u) {
    if id.y >= sizes.rows || id.x >= sizes.columns {
        return;
    }
    var sum = 0.0;
    for (var i = 0u; i < sizes.inner; i++) {
        sum += left[id.y * sizes.inner + i] * right[i * sizes.columns + id.x];
    }
    product[id.y * sizes.columns + id.x] = sum;
}

var<workgroup> left_tile: array<array<f32, TILE>, TILE>;
var<workgroup> right_tile: array<array<f32, TILE>, TILE>;

// The invocations of a workgroup fetch a tile of each matrix together, one element each, then use all of them: from the
// buffers comes a sixteenth of what `simple` reads.
@compute @workgroup_size(TILE, TILE)
fn tiled(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
    var sum = 0.0;
    for (var start = 0u; start < sizes.inner; start += TILE) {
        // Tiles that reach past the edge of a matrix are filled up with zeros, which add nothing.
        left_tile[local.y][local.x] = left_at(id.y, start + local.x);
        right_tile[local.y][local.x] = right_at(start + local.y, id.x);
        workgroupBarrier();
        for (var i = 0u; i < TILE; i++) {
            sum += left_tile[local.y][i] * right_tile[i][local.x];
        }
        // The tiles are needed until the last invocation is done with them.
        workgroupBarrier();
    }
    if id.y < sizes.rows && id.x < sizes.columns {
        product[id.y * sizes.columns + id.x] = sum;
    }
}

fn left_at(row: u32, column: u32) -> f32 {
    if row < sizes.rows && column < sizes.inner {
        return left[row * sizes.inner + column];
    }
    return 0.0;
}

fn right_at(row: u32, column: u32) -> f32 {
    if row < sizes.inner && column < sizes.columns {
        return right[row * sizes.columns + column];
    }
    return 0.0;
}
