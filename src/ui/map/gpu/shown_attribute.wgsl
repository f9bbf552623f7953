// Whether an incident passes the filter, where vertex shaders can read no buffer: a bit above its event type.

fn is_shown(slot: u32, kind: u32) -> bool {
    return (kind >> 16u) == 1u;
}
