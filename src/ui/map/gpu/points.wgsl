// One disc for each incident that passes the filter.

struct Points {
    place: Place,
    screen_px: vec2<f32>,
    // Radius with the rim.
    radius_px: f32,
    rim_px: f32,
    rim: vec4<f32>,
}

@group(0) @binding(0) var<uniform> points: Points;
// The colour of each event type, in rows of 256.
@group(0) @binding(1) var colors: texture_2d<f32>;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) offset_px: vec2<f32>,
    @location(1) @interpolate(flat) color: vec4<f32>,
}

@vertex
fn corner(
    @builtin(vertex_index) index: u32,
    @builtin(instance_index) slot: u32,
    @location(0) x: u32,
    @location(1) y: u32,
    @location(2) kind: u32,
) -> Corner {
    var out: Corner;
    // All four corners in one spot off the screen: nothing is drawn.
    out.position = vec4<f32>(-2.0, -2.0, 0.0, 1.0);
    if !is_shown(slot, kind) {
        return out;
    }
    let side = vec2<f32>(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    out.offset_px = side * (points.radius_px + 1.0);
    let pos = (placed(points.place, x, y) + out.offset_px) / points.screen_px;
    out.position = vec4<f32>(pos.x * 2.0 - 1.0, 1.0 - pos.y * 2.0, 0.0, 1.0);
    let event_type = kind & 0xffffu;
    out.color = textureLoad(colors, vec2<u32>(event_type & 255u, event_type >> 8u), 0);
    return out;
}

fn disc(in: Corner) -> vec4<f32> {
    let distance_px = length(in.offset_px);
    let edge = clamp(points.radius_px + 0.5 - distance_px, 0.0, 1.0);
    let inside = clamp(points.radius_px - points.rim_px + 0.5 - distance_px, 0.0, 1.0);
    return mix(points.rim, in.color, inside) * edge;
}

@fragment
fn disc_gamma(in: Corner) -> @location(0) vec4<f32> {
    return disc(in);
}

@fragment
fn disc_linear(in: Corner) -> @location(0) vec4<f32> {
    return linear_from_gamma(disc(in));
}
