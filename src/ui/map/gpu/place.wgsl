// From the world's square of 32-bit integers to a target. Put before the shaders that place incidents.

struct Place {
    // What lies in the middle of the map, in units of 2^-32 of the world.
    center: vec2<u32>,
    // What the integers leave of it, in the same units.
    fraction: vec2<f32>,
    // Where that is on the target.
    middle: vec2<f32>,
    // Steps of the target (pixels or cells) for a unit.
    scale: f32,
    unused: f32,
}

fn placed(place: Place, x: u32, y: u32) -> vec2<f32> {
    // The difference of integers is exact, and wraps around the world as longitude does.
    let east = f32(bitcast<i32>(x - place.center.x));
    // Latitude has ends: it must not wrap.
    let south = select(-f32(place.center.y - y), f32(y - place.center.y), y >= place.center.y);
    return place.middle + (vec2<f32>(east, south) - place.fraction) * place.scale;
}
