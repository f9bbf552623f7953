// Spreads the counts of cells by a Gaussian kernel, first across, then down.

// Weights of the kernel from its middle outwards, four in a vector.
@group(0) @binding(0) var<uniform> weights: array<vec4<f32>, 8>;
@group(0) @binding(1) var counts: texture_2d<u32>;
@group(0) @binding(2) var spread: texture_2d<f32>;

const REACH: i32 = 28;

fn weight(distance: i32) -> f32 {
    let n = u32(abs(distance));
    return weights[n >> 2u][n & 3u];
}

@vertex
fn whole(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return vec4<f32>(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment
fn across(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let cell = vec2<i32>(position.xy);
    let last = vec2<i32>(textureDimensions(counts)).x - 1;
    var sum = 0.0;
    for (var x = max(cell.x - REACH, 0); x <= min(cell.x + REACH, last); x += 1) {
        sum += weight(x - cell.x) * f32(textureLoad(counts, vec2<i32>(x, cell.y), 0).r);
    }
    return packed(sum / 256.0);
}

@fragment
fn down(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let cell = vec2<i32>(position.xy);
    let last = vec2<i32>(textureDimensions(spread)).y - 1;
    var sum = 0.0;
    for (var y = max(cell.y - REACH, 0); y <= min(cell.y + REACH, last); y += 1) {
        sum += weight(y - cell.y) * unpacked(textureLoad(spread, vec2<i32>(cell.x, y), 0));
    }
    return packed(sum);
}
