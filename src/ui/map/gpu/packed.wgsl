// A 32-bit float in the four bytes of a texel: not every adapter draws into float textures, and none loses a bit so.

fn packed(value: f32) -> vec4<f32> {
    let bits = vec4<u32>(bitcast<u32>(value)) >> vec4<u32>(0u, 8u, 16u, 24u);
    return vec4<f32>(bits & vec4<u32>(255u)) / 255.0;
}

fn unpacked(texel: vec4<f32>) -> f32 {
    let bytes = vec4<u32>(round(texel * 255.0)) << vec4<u32>(0u, 8u, 16u, 24u);
    return bitcast<f32>(bytes.x | bytes.y | bytes.z | bytes.w);
}
