//! The columns on the graphics adapter.

use std::ops::Range;

use egui_wgpu::wgpu;

use super::parts::guarded;
use super::{GpuError, Points};

/// Incidents in a chunk, where the adapter allows as many: 16 MiB a column.
const CHUNK_SLOTS: u32 = 1 << 22;
/// The bit above the event type that says that an incident is shown, where shaders can read no bitmap.
const SHOWN: u32 = 1 << 16;
/// Bytes of a column's entry on the adapter.
const ENTRY_BYTES: u64 = 4;

/// What the adapter can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// Whether vertex and compute shaders can read columns and bitmap from buffers.
    pub(super) storage: bool,
    /// Incidents in a chunk, a multiple of the bits in a word of the bitmap.
    pub(super) chunk_slots: u32,
}

impl Limits {
    pub(super) fn of(adapter: &wgpu::Adapter, device: &wgpu::Device) -> Self {
        /// Columns, bitmap and counts in the shader that counts.
        const STORAGE_BUFFERS: u32 = 4;
        let limits = device.limits();
        let needed = wgpu::DownlevelFlags::VERTEX_STORAGE | wgpu::DownlevelFlags::COMPUTE_SHADERS;
        let storage = adapter.get_downlevel_capabilities().flags.contains(needed)
            && limits.max_storage_buffers_per_shader_stage >= STORAGE_BUFFERS
            && limits.max_compute_invocations_per_workgroup >= super::heat::WORKGROUP;
        let mut bytes = limits.max_buffer_size;
        if storage {
            bytes = bytes.min(limits.max_storage_buffer_binding_size);
        }
        Self { storage, chunk_slots: chunk_slots(bytes) }
    }
}

/// Incidents in a chunk whose columns have at most so many bytes.
fn chunk_slots(bytes: u64) -> u32 {
    let slots = u32::try_from(bytes / ENTRY_BYTES).unwrap_or(u32::MAX).min(CHUNK_SLOTS);
    (slots / u64::BITS).max(1) * u64::BITS
}

/// How shaders find the columns. `None` without storage buffers.
pub(super) struct Layouts {
    /// The bitmap, for drawing.
    pub(super) shown: Option<wgpu::BindGroupLayout>,
    /// Bitmap and positions, for counting.
    pub(super) columns: Option<wgpu::BindGroupLayout>,
}

impl Layouts {
    pub(super) fn new(device: &wgpu::Device, limits: Limits) -> Self {
        let layout = |label, bindings, visibility| {
            let entry = |binding| wgpu::BindGroupLayoutEntry {
                binding,
                visibility,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Storage { read_only: true },
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            };
            let entries: Vec<_> = (0..bindings).map(entry).collect();
            let descriptor = wgpu::BindGroupLayoutDescriptor { label: Some(label), entries: &entries };
            limits.storage.then(|| device.create_bind_group_layout(&descriptor))
        };
        Self {
            shown: layout("shown", 1, wgpu::ShaderStages::VERTEX),
            columns: layout("columns", 3, wgpu::ShaderStages::COMPUTE),
        }
    }
}

/// All incidents.
pub(super) struct Store {
    pub(super) chunks: Vec<Chunk>,
}

/// Incidents whose columns fit into buffers of the adapter.
pub(super) struct Chunk {
    slots: Range<u32>,
    /// `x`, `y` and the event type, as attributes of an instance.
    pub(super) columns: [wgpu::Buffer; 3],
    bitmap: Option<Bitmap>,
}

struct Bitmap {
    buffer: wgpu::Buffer,
    shown: wgpu::BindGroup,
    columns: wgpu::BindGroup,
}

/// Slots of a chunk to draw, counted from its first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draw {
    pub(super) chunk: usize,
    pub(super) slots: Range<u32>,
}

impl Store {
    pub(super) fn new(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        limits: Limits,
        layouts: &Layouts,
        len: u32,
        points: &Points<'_>,
    ) -> Result<Self, GpuError> {
        let mut chunks = Vec::new();
        for first in (0..len).step_by(limits.chunk_slots as usize) {
            let slots = first..len.min(first.saturating_add(limits.chunk_slots));
            let chunk = guarded(device, || {
                let chunk = Chunk::new(device, layouts, slots);
                chunk.upload(queue, points);
                // So that what is staged for one chunk is gone before the next.
                queue.submit([]);
                chunk
            })?;
            chunks.push(chunk);
        }
        Ok(Self { chunks })
    }

    pub(super) fn upload_shown(&self, queue: &wgpu::Queue, points: &Points<'_>) {
        for chunk in &self.chunks {
            chunk.upload_shown(queue, points);
        }
    }

    /// The runs, cut where a chunk ends.
    pub(super) fn draws(&self, runs: &[Range<u32>]) -> Vec<Draw> {
        cut(runs, self.chunks.iter().map(|chunk| chunk.slots.clone()))
    }
}

fn cut(runs: &[Range<u32>], chunks: impl Iterator<Item = Range<u32>>) -> Vec<Draw> {
    let mut draws = Vec::with_capacity(runs.len());
    for (chunk, slots) in chunks.enumerate() {
        for run in runs {
            let (start, end) = (run.start.max(slots.start), run.end.min(slots.end));
            if start < end {
                draws.push(Draw { chunk, slots: start - slots.start..end - slots.start });
            }
        }
    }
    draws
}

impl Chunk {
    fn new(device: &wgpu::Device, layouts: &Layouts, slots: Range<u32>) -> Self {
        let len = u64::from(slots.end - slots.start);
        let buffer = |label, size, usage| {
            let usage = usage | wgpu::BufferUsages::COPY_DST;
            let descriptor =
                wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false };
            device.create_buffer(&descriptor)
        };
        let mut usage = wgpu::BufferUsages::VERTEX;
        if layouts.columns.is_some() {
            usage |= wgpu::BufferUsages::STORAGE;
        }
        let columns = ["x", "y", "event type"].map(|label| buffer(label, len * ENTRY_BYTES, usage));
        let bitmap = layouts.shown.as_ref().zip(layouts.columns.as_ref()).map(|(for_shown, for_columns)| {
            let bytes = len.next_multiple_of(u64::from(u64::BITS)) / 8;
            let bits = buffer("shown", bytes, wgpu::BufferUsages::STORAGE);
            let group = |layout, buffers: &[&wgpu::Buffer]| {
                let resources = buffers.iter().map(|buffer| buffer.as_entire_binding());
                let entry = |(binding, resource)| wgpu::BindGroupEntry { binding, resource };
                let entries: Vec<_> = (0..).zip(resources).map(entry).collect();
                let descriptor =
                    wgpu::BindGroupDescriptor { label: Some("columns"), layout, entries: &entries };
                device.create_bind_group(&descriptor)
            };
            let shown = group(for_shown, &[&bits]);
            let all = group(for_columns, &[&bits, &columns[0], &columns[1]]);
            Bitmap { buffer: bits, shown, columns: all }
        });
        Self { slots, columns, bitmap }
    }

    fn range(&self) -> Range<usize> {
        self.slots.start as usize..self.slots.end as usize
    }

    fn upload(&self, queue: &wgpu::Queue, points: &Points<'_>) {
        let [x, y, event_type] = &self.columns;
        queue.write_buffer(x, 0, bytemuck::cast_slice(&points.columns.x[self.range()]));
        queue.write_buffer(y, 0, bytemuck::cast_slice(&points.columns.y[self.range()]));
        if self.bitmap.is_some() {
            let kinds: Vec<u32> =
                points.columns.event_type[self.range()].iter().copied().map(u32::from).collect();
            queue.write_buffer(event_type, 0, bytemuck::cast_slice(&kinds));
        }
        self.upload_shown(queue, points);
    }

    fn upload_shown(&self, queue: &wgpu::Queue, points: &Points<'_>) {
        let bits = u64::BITS as usize;
        if let Some(bitmap) = &self.bitmap {
            let words = self.range().start / bits..self.range().end.div_ceil(bits);
            queue.write_buffer(&bitmap.buffer, 0, bytemuck::cast_slice(&points.shown[words]));
        } else {
            let kind = |slot: usize| {
                let shown = points.shown[slot / bits] >> (slot % bits) & 1 == 1;
                u32::from(points.columns.event_type[slot]) | if shown { SHOWN } else { 0 }
            };
            let kinds: Vec<u32> = self.range().map(kind).collect();
            queue.write_buffer(&self.columns[2], 0, bytemuck::cast_slice(&kinds));
        }
    }

    /// The bitmap for drawing; `None` where it is in the event types.
    pub(super) fn shown(&self) -> Option<&wgpu::BindGroup> {
        self.bitmap.as_ref().map(|bitmap| &bitmap.shown)
    }

    /// Bitmap and positions for counting; `None` where shaders cannot count.
    pub(super) fn for_counting(&self) -> Option<&wgpu::BindGroup> {
        self.bitmap.as_ref().map(|bitmap| &bitmap.columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_keep_within_the_adapters_limits_and_end_with_a_word_of_the_bitmap() {
        assert_eq!(chunk_slots(u64::MAX), CHUNK_SLOTS);
        assert_eq!(chunk_slots(1 << 20), 1 << 18);
        assert_eq!(chunk_slots(1000), 192);
    }

    #[test]
    fn runs_are_cut_where_a_chunk_ends() {
        let draws = cut(&[10..20, 60..200], [0..64, 64..128, 128..150].into_iter());
        let expected = [(0, 10..20), (0, 60..64), (1, 0..64), (2, 0..22)];
        assert_eq!(draws, expected.map(|(chunk, slots)| Draw { chunk, slots }));
    }
}
