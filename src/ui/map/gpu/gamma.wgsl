// egui mixes colours as they are encoded; a target that encodes by itself is given them decoded.

fn linear_from_gamma(color: vec4<f32>) -> vec4<f32> {
    let lower = color.rgb / 12.92;
    let higher = pow((color.rgb + 0.055) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(higher, lower, color.rgb < vec3<f32>(0.04045)), color.a);
}
