//! The grid in which heat is counted and spread, on the graphics adapter.

use egui_wgpu::wgpu;

use super::heat::{CELLS_PER_RADIUS, HeatCallback, HeatKey, REACH, WORKGROUP};
use super::parts;
use super::place::PLACE_WORDS;
use super::store::{Draw, Layouts, Limits};

/// Four bytes for a float, see `packed.wgsl`.
const HEAT_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
/// The words of `Grid` in `heat_count.wgsl`.
const GRID_WORDS: usize = PLACE_WORDS + 4;
/// Bytes of a run in its uniform.
const RUN_BYTES: u64 = 16;
/// Weights in the uniform of `heat_blur.wgsl`: whole vectors of four.
const WEIGHTS: usize = (REACH as usize + 1).next_multiple_of(4);

/// Pipelines, and how their resources are found.
pub(super) struct GridLayouts {
    /// `None` where shaders cannot count.
    count: Option<(wgpu::BindGroupLayout, wgpu::ComputePipeline)>,
    across: (wgpu::BindGroupLayout, wgpu::RenderPipeline),
    down: (wgpu::BindGroupLayout, wgpu::RenderPipeline),
    weights: wgpu::Buffer,
}

impl GridLayouts {
    pub(super) fn new(device: &wgpu::Device, limits: Limits, layouts: &Layouts) -> Self {
        let count = layouts.columns.as_ref().filter(|_| limits.storage);
        let count = count.map(|columns| {
            let layout = count_layout(device);
            let pipeline = count_pipeline(device, &layout, columns);
            (layout, pipeline)
        });
        let module = parts::module(
            device,
            "heat",
            concat!(include_str!("packed.wgsl"), include_str!("heat_blur.wgsl")),
        );
        let target =
            wgpu::ColorTargetState { format: HEAT_FORMAT, blend: None, write_mask: wgpu::ColorWrites::ALL };
        let step = |binding, sample_type, entry| {
            let fragment = wgpu::ShaderStages::FRAGMENT;
            let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(entry),
                entries: &[
                    parts::uniform_entry(0, fragment, false),
                    parts::texture_entry(binding, fragment, sample_type),
                ],
            });
            let pipeline = parts::whole_pipeline(device, &layout, &module, entry, target.clone());
            (layout, pipeline)
        };
        let across = step(1, wgpu::TextureSampleType::Uint, "across");
        let down = step(2, wgpu::TextureSampleType::Float { filterable: false }, "down");
        let weights = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("kernel"),
            size: size_of::<[f32; WEIGHTS]>() as u64,
            usage: wgpu::BufferUsages::UNIFORM,
            mapped_at_creation: true,
        });
        if let Ok(mut bytes) = weights.get_mapped_range_mut(..) {
            bytes.copy_from_slice(bytemuck::cast_slice(&weights_of_kernel()));
        }
        weights.unmap();
        Self { count, across, down, weights }
    }
}

/// The kernel exp(-d²/r²) along one axis, from its middle outwards.
///
/// Sharing out among four cells when counting, and looking between four when toning, spread a little too: a sixth of a
/// cell's square each, on average. The kernel is narrower by that much.
fn weights_of_kernel() -> [f32; WEIGHTS] {
    let variance = CELLS_PER_RADIUS * CELLS_PER_RADIUS / 2.0 - 1.0 / 3.0;
    let mut weights = [0.0; WEIGHTS];
    for (distance, weight) in weights.iter_mut().take(REACH as usize + 1).enumerate() {
        *weight = (-(distance as f32).powi(2) / (2.0 * variance)).exp();
    }
    // What lies beyond the reach is not lost: evenly spread incidents sum up to those within the radius.
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    let whole = CELLS_PER_RADIUS * std::f32::consts::PI.sqrt();
    weights.map(|weight| weight * whole / sum)
}

fn count_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let compute = wgpu::ShaderStages::COMPUTE;
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("counts"),
        entries: &[
            parts::uniform_entry(0, compute, false),
            wgpu::BindGroupLayoutEntry {
                binding: 1,
                visibility: compute,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Storage { read_only: false },
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            },
            parts::uniform_entry(2, compute, true),
        ],
    })
}

fn count_pipeline(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    columns: &wgpu::BindGroupLayout,
) -> wgpu::ComputePipeline {
    let source = concat!(include_str!("place.wgsl"), include_str!("heat_count.wgsl"));
    let module = parts::module(device, "counts", source);
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("counts"),
        bind_group_layouts: &[Some(layout), Some(columns)],
        immediate_size: 0,
    });
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some("counts"),
        layout: Some(&layout),
        module: &module,
        entry_point: Some("count"),
        compilation_options: wgpu::PipelineCompilationOptions::default(),
        cache: None,
    })
}

/// Textures and buffers for a size of the grid.
pub(super) struct GridTargets {
    counts: wgpu::Texture,
    counting: Option<Counting>,
    across: (wgpu::BindGroup, wgpu::TextureView),
    down: (wgpu::BindGroup, wgpu::TextureView),
}

/// What the counting shader works on.
struct Counting {
    uniform: wgpu::Buffer,
    counts: wgpu::Buffer,
}

impl GridTargets {
    pub(super) fn new(device: &wgpu::Device, layouts: &GridLayouts, key: &HeatKey) -> Self {
        let [width, height] = key.cells;
        let texture = |label, format, usage| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some(label),
                size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage: usage | wgpu::TextureUsages::TEXTURE_BINDING,
                view_formats: &[],
            })
        };
        let target = |label| {
            // Tests read what comes out.
            let usage = wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC;
            let texture = texture(label, HEAT_FORMAT, usage);
            texture.create_view(&wgpu::TextureViewDescriptor::default())
        };
        let counts = texture("counts", wgpu::TextureFormat::R32Uint, wgpu::TextureUsages::COPY_DST);
        let group = |layout: &wgpu::BindGroupLayout, binding, view: &wgpu::TextureView| {
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("heat"),
                layout,
                entries: &[
                    wgpu::BindGroupEntry { binding: 0, resource: layouts.weights.as_entire_binding() },
                    wgpu::BindGroupEntry { binding, resource: wgpu::BindingResource::TextureView(view) },
                ],
            })
        };
        let counts_view = counts.create_view(&wgpu::TextureViewDescriptor::default());
        let (across, down) = (target("spread across"), target("heat"));
        Self {
            counting: layouts.count.is_some().then(|| Counting::new(device, key)),
            across: (group(&layouts.across.0, 1, &counts_view), across.clone()),
            down: (group(&layouts.down.0, 2, &across), down),
            counts,
        }
    }

    /// The finished heat: incidents around each cell.
    pub(super) fn heat(&self) -> &wgpu::TextureView {
        &self.down.1
    }

    /// Takes over what the processor has counted.
    pub(super) fn upload(&self, queue: &wgpu::Queue, key: &HeatKey, counts: &[u32]) {
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(4 * key.stride()),
            rows_per_image: None,
        };
        let bytes = bytemuck::cast_slice(counts);
        queue.write_texture(self.counts.as_image_copy(), bytes, layout, self.counts.size());
    }

    /// Counts the runs of a frame.
    pub(super) fn count(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        encoder: &mut wgpu::CommandEncoder,
        layouts: &GridLayouts,
        callback: &HeatCallback,
    ) {
        let (Some(counting), Some((layout, pipeline))) = (&self.counting, &layouts.count) else { return };
        let key = &callback.frame.key;
        queue.write_buffer(&counting.uniform, 0, bytemuck::cast_slice(&grid_words(key)));
        encoder.clear_buffer(&counting.counts, 0, None);
        let step = device.limits().min_uniform_buffer_offset_alignment.max(RUN_BYTES as u32);
        if let Some(runs) = upload_runs(device, queue, &callback.draws, step) {
            let group = counting.group(device, layout, &runs);
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(pipeline);
            for (n, draw) in (0..).zip(&callback.draws) {
                pass.set_bind_group(0, &group, &[n * step]);
                pass.set_bind_group(1, callback.store.chunks[draw.chunk].for_counting(), &[]);
                pass.dispatch_workgroups((draw.slots.end - draw.slots.start).div_ceil(WORKGROUP), 1, 1);
            }
        }
        let source = wgpu::TexelCopyBufferInfo {
            buffer: &counting.counts,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(4 * key.stride()),
                rows_per_image: None,
            },
        };
        encoder.copy_buffer_to_texture(source, self.counts.as_image_copy(), self.counts.size());
    }

    /// Spreads the counts by the kernel.
    pub(super) fn spread(&self, encoder: &mut wgpu::CommandEncoder, layouts: &GridLayouts) {
        for ((_, pipeline), (group, target)) in [(&layouts.across, &self.across), (&layouts.down, &self.down)]
        {
            let attachment = wgpu::RenderPassColorAttachment {
                view: target,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                    store: wgpu::StoreOp::Store,
                },
            };
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("heat"),
                color_attachments: &[Some(attachment)],
                ..wgpu::RenderPassDescriptor::default()
            });
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, group, &[]);
            pass.draw(0..3, 0..1);
        }
    }
}

impl Counting {
    fn new(device: &wgpu::Device, key: &HeatKey) -> Self {
        let buffer = |label, size, usage| {
            let usage = usage | wgpu::BufferUsages::COPY_DST;
            let descriptor =
                wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false };
            device.create_buffer(&descriptor)
        };
        let uniform = buffer("grid", 4 * GRID_WORDS as u64, wgpu::BufferUsages::UNIFORM);
        let bytes = 4 * u64::from(key.stride()) * u64::from(key.cells[1]);
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
        Self { uniform, counts: buffer("counts", bytes, usage) }
    }

    fn group(
        &self,
        device: &wgpu::Device,
        layout: &wgpu::BindGroupLayout,
        runs: &wgpu::Buffer,
    ) -> wgpu::BindGroup {
        let run = wgpu::BufferBinding { buffer: runs, offset: 0, size: wgpu::BufferSize::new(RUN_BYTES) };
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("counts"),
            layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: self.uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: self.counts.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::Buffer(run) },
            ],
        })
    }
}

/// The runs as uniforms `step` bytes apart; `None` if there are none.
fn upload_runs(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    draws: &[Draw],
    step: u32,
) -> Option<wgpu::Buffer> {
    if draws.is_empty() {
        return None;
    }
    let mut words = vec![0_u32; draws.len() * (step / 4) as usize];
    for (draw, words) in draws.iter().zip(words.chunks_exact_mut((step / 4) as usize)) {
        words[..2].copy_from_slice(&[draw.slots.start, draw.slots.end - draw.slots.start]);
    }
    let runs = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("runs"),
        size: 4 * words.len() as u64,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    queue.write_buffer(&runs, 0, bytemuck::cast_slice(&words));
    Some(runs)
}

fn grid_words(key: &HeatKey) -> [u32; GRID_WORDS] {
    let mut words = [0; GRID_WORDS];
    words[..PLACE_WORDS].copy_from_slice(&key.place.words());
    words[PLACE_WORDS..].copy_from_slice(&[key.cells[0], key.cells[1], key.stride(), 0]);
    words
}
