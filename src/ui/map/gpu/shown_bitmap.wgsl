// Whether an incident passes the filter: its bit in a buffer.

@group(1) @binding(0) var<storage, read> shown: array<u32>;

fn is_shown(slot: u32, kind: u32) -> bool {
    return ((shown[slot >> 5u] >> (slot & 31u)) & 1u) == 1u;
}
