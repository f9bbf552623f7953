// Gives the spread counts their colours, on the map.

struct Tone {
    // The middle of the map on the screen.
    middle_px: vec2<f32>,
    // The middle of the map on the grid, in cells.
    middle: vec2<f32>,
    cell_px: f32,
    // 1 / ln(1 + what the last colour stands for).
    scale: f32,
    unused: vec2<f32>,
}

@group(0) @binding(0) var<uniform> tone: Tone;
@group(0) @binding(1) var heat: texture_2d<f32>;
@group(0) @binding(2) var ramp: texture_2d<f32>;

@vertex
fn whole(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return vec4<f32>(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn heat_in(cell: vec2<i32>) -> f32 {
    let last = vec2<i32>(textureDimensions(heat)) - 1;
    return unpacked(textureLoad(heat, clamp(cell, vec2<i32>(0), last), 0));
}

// Between the four nearest cells.
fn heat_at(pos: vec2<f32>) -> f32 {
    let first = vec2<i32>(floor(pos));
    let part = fract(pos);
    let top = mix(heat_in(first), heat_in(first + vec2<i32>(1, 0)), part.x);
    let bottom = mix(heat_in(first + vec2<i32>(0, 1)), heat_in(first + 1), part.x);
    return mix(top, bottom, part.y);
}

fn toned(position: vec4<f32>) -> vec4<f32> {
    let pos = (position.xy - tone.middle_px) / tone.cell_px + tone.middle - 0.5;
    let share = clamp(log(1.0 + heat_at(pos)) * tone.scale, 0.0, 1.0);
    let last = f32(textureDimensions(ramp).x - 1u);
    let step = min(floor(share * last), last - 1.0);
    let low = textureLoad(ramp, vec2<i32>(i32(step), 0), 0);
    let high = textureLoad(ramp, vec2<i32>(i32(step) + 1, 0), 0);
    return mix(low, high, share * last - step);
}

@fragment
fn tone_gamma(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    return toned(position);
}

@fragment
fn tone_linear(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    return linear_from_gamma(toned(position));
}
