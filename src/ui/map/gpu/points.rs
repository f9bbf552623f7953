//! A disc for each incident, all in one pass over the columns.

use std::sync::Arc;

use eframe::egui::{Color32, PaintCallbackInfo};
use egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};

use super::place::{PLACE_WORDS, Place};
use super::store::{Draw, Layouts, Limits, Store};
use super::{Renderers, parts};
use crate::ui::theme::Palette;

/// The words of `Points` in `points.wgsl`.
const UNIFORM_WORDS: usize = PLACE_WORDS + 8;
/// Side of the texture of colours: one for each event type that 16 bits can name.
const COLORS_SIDE: u32 = 256;

/// How incidents look as points.
#[derive(Debug, Clone, Copy)]
pub struct PointStyle<'a> {
    /// Radius of a disc with its rim, in points.
    pub radius_px: f32,
    /// Width of the rim, in points.
    pub rim_px: f32,
    /// Colour of the rim.
    pub rim: Color32,
    /// The colour of each event type. Types beyond its end are drawn in the rim's colour.
    pub colors: &'a [Color32],
}

impl<'a> PointStyle<'a> {
    /// The style at a zoom: specks without rims on a map of the world, where rims of many in one spot would add up to
    /// white noise, and something to click on in a street.
    #[must_use]
    pub fn at(zoom: f64, palette: &Palette, colors: &'a [Color32]) -> Self {
        let between = |from: f32, to: f32| ((zoom as f32 - from) / (to - from)).clamp(0.0, 1.0);
        let radius_px = 1.75 + 3.75 * between(2.0, 15.0);
        Self { radius_px, rim_px: 0.8 * between(5.0, 14.0), rim: palette.point_rim, colors }
    }
}

/// What a frame says of its points. Lengths are in pixels of the screen.
pub(super) struct PointsFrame {
    pub(super) place: Place,
    pub(super) radius_px: f32,
    pub(super) rim_px: f32,
    pub(super) rim: Color32,
    pub(super) colors: Arc<[Color32]>,
}

impl PointsFrame {
    fn words(&self, screen: &ScreenDescriptor) -> [u32; UNIFORM_WORDS] {
        let mut words = [0; UNIFORM_WORDS];
        words[..PLACE_WORDS].copy_from_slice(&self.place.words());
        let [width, height] = screen.size_in_pixels.map(|side| side as f32);
        let [red, green, blue, alpha] = self.rim.to_array().map(|channel| f32::from(channel) / 255.0);
        let rest = [width, height, self.radius_px, self.rim_px, red, green, blue, alpha];
        words[PLACE_WORDS..].copy_from_slice(&rest.map(f32::to_bits));
        words
    }
}

/// What draws points.
pub(super) struct PointsRenderer {
    pipeline: wgpu::RenderPipeline,
    uniform: wgpu::Buffer,
    texture: wgpu::Texture,
    bind_group: wgpu::BindGroup,
    /// What is in the texture.
    colors: Option<(Arc<[Color32]>, Color32)>,
}

impl PointsRenderer {
    pub(super) fn new(
        device: &wgpu::Device,
        format: wgpu::TextureFormat,
        limits: Limits,
        layouts: &Layouts,
    ) -> Self {
        let layout = layout(device);
        let groups = [Some(&layout), layouts.shown.as_ref()];
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("points"),
            bind_group_layouts: if limits.storage { &groups } else { &groups[..1] },
            immediate_size: 0,
        });
        let pipeline = pipeline(device, format, limits, &pipeline_layout);
        let uniform = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("points"),
            size: size_of::<[u32; UNIFORM_WORDS]>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("event types"),
            size: wgpu::Extent3d { width: COLORS_SIDE, height: COLORS_SIDE, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("points"),
            layout: &layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&view) },
            ],
        });
        Self { pipeline, uniform, texture, bind_group, colors: None }
    }

    fn prepare(&mut self, queue: &wgpu::Queue, screen: &ScreenDescriptor, frame: &PointsFrame) {
        queue.write_buffer(&self.uniform, 0, bytemuck::cast_slice(&frame.words(screen)));
        let colors = (Arc::clone(&frame.colors), frame.rim);
        if self.colors.as_ref() != Some(&colors) {
            self.upload_colors(queue, &frame.colors, frame.rim);
            self.colors = Some(colors);
        }
    }

    fn upload_colors(&self, queue: &wgpu::Queue, colors: &[Color32], rest: Color32) {
        let all = (COLORS_SIDE * COLORS_SIDE) as usize;
        let bytes: Vec<u8> = colors
            .iter()
            .copied()
            .chain(std::iter::repeat(rest))
            .take(all)
            .flat_map(|color| color.to_array())
            .collect();
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(4 * COLORS_SIDE),
            rows_per_image: None,
        };
        queue.write_texture(self.texture.as_image_copy(), &bytes, layout, self.texture.size());
    }

    fn paint(&self, pass: &mut wgpu::RenderPass<'static>, store: &Store, draws: &[Draw]) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        let mut bound = None;
        for draw in draws {
            if bound != Some(draw.chunk) {
                bound = Some(draw.chunk);
                let chunk = &store.chunks[draw.chunk];
                for (slot, column) in (0..).zip(&chunk.columns) {
                    pass.set_vertex_buffer(slot, column.slice(..));
                }
                if let Some(shown) = chunk.shown() {
                    pass.set_bind_group(1, shown, &[]);
                }
            }
            pass.draw(0..4, draw.slots.clone());
        }
    }
}

fn layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("points"),
        entries: &[
            parts::uniform_entry(0, wgpu::ShaderStages::VERTEX_FRAGMENT, false),
            parts::texture_entry(
                1,
                wgpu::ShaderStages::VERTEX,
                wgpu::TextureSampleType::Float { filterable: false },
            ),
        ],
    })
}

fn pipeline(
    device: &wgpu::Device,
    format: wgpu::TextureFormat,
    limits: Limits,
    layout: &wgpu::PipelineLayout,
) -> wgpu::RenderPipeline {
    macro_rules! shader {
        ($shown:literal) => {
            concat!(
                include_str!("place.wgsl"),
                include_str!($shown),
                include_str!("gamma.wgsl"),
                include_str!("points.wgsl")
            )
        };
    }
    let source = if limits.storage { shader!("shown_bitmap.wgsl") } else { shader!("shown_attribute.wgsl") };
    let module = parts::module(device, "points", source);
    let attributes: [_; 3] = std::array::from_fn(|n| {
        [wgpu::VertexAttribute { format: wgpu::VertexFormat::Uint32, offset: 0, shader_location: n as u32 }]
    });
    let buffers = attributes.each_ref().map(|attributes| {
        Some(wgpu::VertexBufferLayout {
            array_stride: 4,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes,
        })
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("points"),
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corner"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &buffers,
        },
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            ..wgpu::PrimitiveState::default()
        },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some(if format.is_srgb() { "disc_linear" } else { "disc_gamma" }),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(parts::over_egui(format))],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// The points of a frame, on their way through egui.
pub(super) struct PointsCallback {
    pub(super) store: Arc<Store>,
    pub(super) draws: Vec<Draw>,
    pub(super) frame: PointsFrame,
}

impl CallbackTrait for PointsCallback {
    fn prepare(
        &self,
        _device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(renderers) = resources.get_mut::<Renderers>() {
            renderers.points.prepare(queue, screen, &self.frame);
        }
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        if let Some(renderers) = resources.get::<Renderers>() {
            parts::view_whole_screen(pass, &info);
            renderers.points.paint(pass, &self.store, &self.draws);
        }
    }
}
