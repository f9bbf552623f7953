// Counts the incidents that pass the filter in the cells of a grid: up to 16 million in one.

struct Grid {
    place: Place,
    cells: vec2<u32>,
    // Cells from one row to the next.
    stride: u32,
    unused: u32,
}

@group(0) @binding(0) var<uniform> grid: Grid;
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
// The first slot and how many there are.
@group(0) @binding(2) var<uniform> run: vec4<u32>;

@group(1) @binding(0) var<storage, read> shown: array<u32>;
@group(1) @binding(1) var<storage, read> xs: array<u32>;
@group(1) @binding(2) var<storage, read> ys: array<u32>;

@compute @workgroup_size(256)
fn count(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= run.y {
        return;
    }
    let slot = run.x + id.x;
    if ((shown[slot >> 5u] >> (slot & 31u)) & 1u) == 0u {
        return;
    }
    // In cells from the middle of the first one.
    let pos = placed(grid.place, xs[slot], ys[slot]) - 0.5;
    if any(pos < vec2<f32>(0.0)) || any(pos >= vec2<f32>(grid.cells - 1u)) {
        return;
    }
    // Shared out among the four nearest cells, in 256ths, so that the sum stays where the incident is.
    let cell = vec2<u32>(pos);
    let far = vec2<u32>(round(fract(pos) * 16.0));
    let near = 16u - far;
    let first = cell.y * grid.stride + cell.x;
    atomicAdd(&counts[first], near.x * near.y);
    atomicAdd(&counts[first + 1u], far.x * near.y);
    atomicAdd(&counts[first + grid.stride], near.x * far.y);
    atomicAdd(&counts[first + grid.stride + 1u], far.x * far.y);
}
