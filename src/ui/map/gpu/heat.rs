//! Heat: how many incidents there are around each spot.
//!
//! Adding up one kernel after another would cost a disc of pixels for each incident, and half floats, the only ones
//! that every adapter adds up, stop growing at two thousand. So incidents are first counted in the cells of a grid, in
//! integers, and then the counts are spread by the kernel, first across, then down: the sum is the same, and what it
//! costs does not depend on how many lie in one spot. Nothing is counted anew until the view, the filter or the columns
//! change. Where shaders cannot count, the processor does.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::mutex::Mutex;
use eframe::egui::{Context, PaintCallbackInfo};
use egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};

use super::heat_grid::{GridLayouts, GridTargets};
use super::place::Place;
use super::store::{Draw, Layouts, Limits, Store};
use super::{GpuError, HeatScale, Points, Renderers, parts};
use crate::ui::map::transform::MapTransform;

/// Invocations in a workgroup of the shader that counts.
pub(super) const WORKGROUP: u32 = 256;
/// Cells in the kernel's radius: fine enough that sums are right to a hundredth.
pub(super) const CELLS_PER_RADIUS: f32 = 8.0;
/// Cells on each side of one that its heat reaches: three and a half times the radius. Even of 100 000 incidents in
/// one spot, less than half a one is cut off there: the edge cannot be seen.
pub(super) const REACH: u32 = 28;
/// Steps of the ramp in its texture.
const RAMP_STEPS: u32 = 256;
/// Floats of `Tone` in `heat_tone.wgsl`.
const TONE_FLOATS: usize = 8;

/// All that the heat's values depend on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeatKey {
    generation: u64,
    revision: u64,
    runs: Vec<Range<u32>>,
    /// The map on the grid.
    pub(super) place: Place,
    /// Size of the grid.
    pub(super) cells: [u32; 2],
}

impl HeatKey {
    /// Cells from one row of counts to the next: copies between buffers and textures need multiples of 256 bytes.
    pub(super) fn stride(&self) -> u32 {
        self.cells[0].next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT / 4)
    }
}

/// What a frame says of its heat.
pub(super) struct HeatFrame {
    pub(super) key: HeatKey,
    /// The middle of the map on the screen, in pixels.
    middle_px: [f32; 2],
    cell_px: f32,
    scale: HeatScale,
}

impl HeatFrame {
    pub(super) fn new(
        transform: &MapTransform,
        px_per_point: f32,
        points: &Points<'_>,
        scale: &HeatScale,
    ) -> Self {
        let cell_px = scale.radius_px() * px_per_point / CELLS_PER_RADIUS;
        let size = transform.rect.size() * px_per_point / cell_px;
        // Incidents around the map reach into it.
        let cells = [size.x, size.y].map(|side| side.ceil() as u32 + 2 * (REACH + 1));
        let middle = cells.map(|side| side as f32 / 2.0);
        let on_screen = transform.rect.center() * px_per_point;
        let key = HeatKey {
            generation: points.generation,
            revision: points.revision,
            runs: points.runs.to_vec(),
            place: Place::new(transform, px_per_point / cell_px, middle),
            cells,
        };
        Self { key, middle_px: [on_screen.x, on_screen.y], cell_px, scale: *scale }
    }

    fn tone(&self) -> [f32; TONE_FLOATS] {
        let [x, y] = self.middle_px;
        let [column, row] = self.key.cells.map(|side| side as f32 / 2.0);
        [x, y, column, row, self.cell_px, 1.0 / (self.scale.max() as f32).ln_1p(), 0.0, 0.0]
    }
}

/// Counts made by the processor, kept until something changes.
#[derive(Default)]
pub(super) struct CpuCounts {
    last: Option<(HeatKey, Arc<[u32]>)>,
}

impl CpuCounts {
    pub(super) fn of(&mut self, frame: &HeatFrame, points: &Points<'_>) -> Arc<[u32]> {
        match &self.last {
            Some((key, counts)) if *key == frame.key => Arc::clone(counts),
            _ => {
                let counts: Arc<[u32]> = count(&frame.key, points).into();
                self.last = Some((frame.key.clone(), Arc::clone(&counts)));
                counts
            }
        }
    }
}

/// The same as `heat_count.wgsl`.
fn count(key: &HeatKey, points: &Points<'_>) -> Vec<u32> {
    let [columns, rows] = key.cells;
    let stride = key.stride() as usize;
    let mut counts = vec![0; stride * rows as usize];
    let len = points.columns.x.len();
    let slots = key.runs.iter().flat_map(|run| run.start as usize..len.min(run.end as usize));
    let is_shown = |slot: &usize| points.shown[slot / 64] >> (slot % 64) & 1 == 1;
    for slot in slots.filter(is_shown) {
        let [x, y] = key.place.placed(points.columns.x[slot], points.columns.y[slot]).map(|it| it - 0.5);
        if !(0.0..(columns - 1) as f32).contains(&x) || !(0.0..(rows - 1) as f32).contains(&y) {
            continue;
        }
        let far = [x, y].map(|it| (it.fract() * 16.0).round() as u32);
        let near = far.map(|it| 16 - it);
        let first = y as usize * stride + x as usize;
        counts[first] += near[0] * near[1];
        counts[first + 1] += far[0] * near[1];
        counts[first + stride] += near[0] * far[1];
        counts[first + stride + 1] += far[0] * far[1];
    }
    counts
}

/// Where a callback leaves word that the adapter has no room for a grid: it cannot answer whoever painted.
#[derive(Clone, Default)]
pub(super) struct Refusals {
    last: Arc<Mutex<Option<(RefusedGrid, GpuError)>>>,
}

/// Which grid there is no room for: its size, and the columns that lie beside it.
type RefusedGrid = ([u32; 2], u64);

impl Refusals {
    /// Why there is no heat for a frame, if the same grid was refused before.
    pub(super) fn of(&self, frame: &HeatFrame) -> Option<GpuError> {
        let last = self.last.lock();
        last.as_ref().filter(|(grid, _)| *grid == Self::grid(frame)).map(|(_, error)| error.clone())
    }

    fn put(&self, frame: &HeatFrame, error: GpuError) {
        *self.last.lock() = Some((Self::grid(frame), error));
    }

    fn grid(frame: &HeatFrame) -> RefusedGrid {
        (frame.key.cells, frame.key.generation)
    }
}

/// What counts, spreads and tones.
pub(super) struct HeatRenderer {
    layouts: GridLayouts,
    tone_layout: wgpu::BindGroupLayout,
    tone_pipeline: wgpu::RenderPipeline,
    tone: wgpu::Buffer,
    ramp: wgpu::Texture,
    /// What is in the texture.
    toned_by: Option<HeatScale>,
    /// The grid at its size; `None` if the adapter refused it.
    grid: Option<Grid>,
    size: [u32; 2],
}

struct Grid {
    targets: GridTargets,
    tone_group: wgpu::BindGroup,
    /// What the grid holds.
    holds: Option<HeatKey>,
}

impl HeatRenderer {
    pub(super) fn new(
        device: &wgpu::Device,
        format: wgpu::TextureFormat,
        limits: Limits,
        layouts: &Layouts,
    ) -> Self {
        let fragment = wgpu::ShaderStages::FRAGMENT;
        let float = wgpu::TextureSampleType::Float { filterable: false };
        let tone_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("heat tones"),
            entries: &[
                parts::uniform_entry(0, fragment, false),
                parts::texture_entry(1, fragment, float),
                parts::texture_entry(2, fragment, float),
            ],
        });
        let tone = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("heat tones"),
            size: size_of::<[f32; TONE_FLOATS]>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let ramp = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("heat ramp"),
            size: wgpu::Extent3d { width: RAMP_STEPS, height: 1, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let source =
            concat!(include_str!("gamma.wgsl"), include_str!("packed.wgsl"), include_str!("heat_tone.wgsl"));
        let entry = if format.is_srgb() { "tone_linear" } else { "tone_gamma" };
        let module = parts::module(device, "heat tones", source);
        let tone_pipeline =
            parts::whole_pipeline(device, &tone_layout, &module, entry, parts::over_egui(format));
        Self {
            layouts: GridLayouts::new(device, limits, layouts),
            tone_layout,
            tone_pipeline,
            tone,
            ramp,
            toned_by: None,
            grid: None,
            size: [0; 2],
        }
    }

    fn prepare(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        encoder: &mut wgpu::CommandEncoder,
        callback: &HeatCallback,
    ) -> Result<(), GpuError> {
        let frame = &callback.frame;
        queue.write_buffer(&self.tone, 0, bytemuck::cast_slice(&frame.tone()));
        if self.toned_by != Some(frame.scale) {
            self.toned_by = Some(frame.scale);
            self.upload_ramp(queue, &frame.scale);
        }
        if self.size != frame.key.cells || self.grid.is_none() {
            self.size = frame.key.cells;
            self.grid = None;
            self.grid = Some(parts::guarded(device, || self.make_grid(device, &frame.key))?);
        }
        let Some(grid) = &mut self.grid else { return Ok(()) };
        if grid.holds.as_ref() != Some(&frame.key) {
            let Grid { targets, .. } = grid;
            match &callback.counts {
                Some(counts) => targets.upload(queue, &frame.key, counts),
                None => targets.count(device, queue, encoder, &self.layouts, callback),
            }
            targets.spread(encoder, &self.layouts);
            grid.holds = Some(frame.key.clone());
        }
        Ok(())
    }

    fn make_grid(&self, device: &wgpu::Device, key: &HeatKey) -> Grid {
        let targets = GridTargets::new(device, &self.layouts, key);
        let ramp = self.ramp.create_view(&wgpu::TextureViewDescriptor::default());
        let tone_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("heat tones"),
            layout: &self.tone_layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: self.tone.as_entire_binding() },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(targets.heat()),
                },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::TextureView(&ramp) },
            ],
        });
        Grid { targets, tone_group, holds: None }
    }

    fn upload_ramp(&self, queue: &wgpu::Queue, scale: &HeatScale) {
        let bytes: Vec<u8> = (0..RAMP_STEPS)
            .flat_map(|step| scale.color(step as f32 / (RAMP_STEPS - 1) as f32).to_array())
            .collect();
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(4 * RAMP_STEPS),
            rows_per_image: None,
        };
        queue.write_texture(self.ramp.as_image_copy(), &bytes, layout, self.ramp.size());
    }

    fn paint(&self, pass: &mut wgpu::RenderPass<'static>) {
        if let Some(grid) = &self.grid {
            pass.set_pipeline(&self.tone_pipeline);
            pass.set_bind_group(0, &grid.tone_group, &[]);
            pass.draw(0..3, 0..1);
        }
    }
}

/// The heat of a frame, on its way through egui.
pub(super) struct HeatCallback {
    pub(super) store: Arc<Store>,
    pub(super) draws: Vec<Draw>,
    pub(super) frame: HeatFrame,
    /// What the processor has counted, where shaders cannot.
    pub(super) counts: Option<Arc<[u32]>>,
    /// Told if the adapter refuses.
    pub(super) refusals: Refusals,
    /// Then something else must be drawn.
    pub(super) ctx: Context,
}

impl CallbackTrait for HeatCallback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(Renderers { heat: Ok(heat), .. }) = resources.get_mut::<Renderers>()
            && let Err(error) = heat.prepare(device, queue, encoder, self)
        {
            self.refusals.put(&self.frame, error);
            self.ctx.request_repaint();
        }
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        if let Some(Renderers { heat: Ok(heat), .. }) = resources.get::<Renderers>() {
            parts::view_whole_screen(pass, &info);
            heat.paint(pass);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::state::view::View;
    use crate::ui::map::gpu::PointColumns;
    use crate::ui::theme::Palette;
    use eframe::egui::{Rect, Theme, lerp, pos2, vec2};
    use egui_kittest::wgpu::{create_render_state, default_wgpu_setup};
    use egui_wgpu::{RenderState, RendererOptions};

    /// Incidents on a line of towns, more in each than in the one before, as columns in map pixels.
    fn towns(transform: &MapTransform) -> [Vec<u32>; 2] {
        let mut columns = [Vec::new(), Vec::new()];
        for (town, size) in [1_u32, 3, 40, 900, 20_000].into_iter().enumerate() {
            for n in 0..size {
                // A spiral around the town, so that distances and directions of all kinds occur.
                let (far, turn) = ((n as f32).sqrt() * 0.2, n as f32 * 2.4);
                let spot = pos2(60.3 + 70.0 * town as f32, 100.7) + far * vec2(turn.cos(), turn.sin());
                let place = transform.to_unit(spot);
                columns[0].push((place.x * 4_294_967_296.0) as u32);
                columns[1].push((place.y * 4_294_967_296.0) as u32);
            }
        }
        columns
    }

    /// What comes out of the adapter: a row of the grid after the other.
    fn heat_of(state: &RenderState, limits: Limits, points: &Points<'_>, frame: HeatFrame) -> Vec<f32> {
        let RenderState { device, queue, .. } = state;
        let layouts = Layouts::new(device, limits);
        let len = points.columns.x.len() as u32;
        let store = Store::new(device, queue, limits, &layouts, len, points).expect("there is room");
        let mut heat = HeatRenderer::new(device, state.target_format, limits, &layouts);
        let counts = (!limits.storage).then(|| CpuCounts::default().of(&frame, points));
        let callback = HeatCallback {
            draws: store.draws(points.runs),
            store: Arc::new(store),
            frame,
            counts,
            refusals: Refusals::default(),
            ctx: Context::default(),
        };
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        heat.prepare(device, queue, &mut encoder, &callback).expect("there is room");
        let texture = heat.grid.as_ref().expect("it was just made").targets.heat().texture();
        let (size, stride) = (texture.size(), callback.frame.key.stride());
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 4 * u64::from(stride * size.height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let layout =
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(4 * stride), rows_per_image: None };
        let target = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout };
        encoder.copy_texture_to_buffer(texture.as_image_copy(), target, size);
        queue.submit([encoder.finish()]);
        buffer.slice(..).map_async(wgpu::MapMode::Read, |mapped| mapped.expect("it can be read"));
        device.poll(wgpu::PollType::wait_indefinitely()).expect("the device is there");
        let bytes = buffer.slice(..).get_mapped_range().expect("it was just mapped");
        let rows = bytes.chunks_exact(4 * stride as usize).map(|row| &row[..4 * size.width as usize]);
        let floats = |row: &[u8]| row.chunks_exact(4).map(bytemuck::pod_read_unaligned).collect::<Vec<f32>>();
        rows.flat_map(floats).collect()
    }

    #[test]
    fn heat_is_the_sum_of_everyones_kernels_whoever_counts() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 200.0));
        let transform = MapTransform::new(rect, View { center: LonLat::new(179.9, 10.0), zoom: 7.0 });
        let [x, y] = towns(&transform);
        let columns = PointColumns { x: &x, y: &y, event_type: &vec![0; x.len()] };
        let shown: Vec<u64> =
            (0..x.len().div_ceil(64)).map(|word| 0x5555_F0F0_FFFF_00FF << (word % 5)).collect();
        let points = Points {
            columns,
            generation: 1,
            shown: &shown,
            revision: 1,
            runs: &[0..400, 401..x.len() as u32],
        };
        let scale = HeatScale::new(1000, Palette::of(Theme::Light));
        let frame = || HeatFrame::new(&transform, 2.0, &points, &scale);
        let (state, key) =
            (create_render_state(default_wgpu_setup(), RendererOptions::PREDICTABLE), frame().key);
        let limits = Limits::of(&state.adapter, &state.device);
        assert!(limits.storage);
        let found = heat_of(&state, limits, &points, frame());
        let by_cpu = heat_of(&state, Limits { storage: false, ..limits }, &points, frame());
        let is_counted = |slot: &usize| *slot != 400 && shown[slot / 64] >> (slot % 64) & 1 == 1;
        let spots: Vec<_> = (0..x.len())
            .filter(is_counted)
            .map(|slot| {
                let unit = |it: u32| f64::from(it) / 4_294_967_296.0;
                transform.to_screen(crate::geo::UnitPoint { x: unit(x[slot]), y: unit(y[slot]) })
            })
            .collect();
        let [columns, rows] = key.cells;
        let radius_px = scale.radius_px();
        // Between cells, as they are toned; every so many of them, for the sum over all incidents takes its time.
        let part = vec2(0.3, 0.6);
        let samples =
            (0..columns - 1).step_by(5).flat_map(|it| (0..rows - 1).step_by(7).map(move |row| (it, row)));
        for (column, row) in samples {
            let offset = vec2(column as f32 - columns as f32 / 2.0, row as f32 - rows as f32 / 2.0);
            let spot = rect.center() + (offset + vec2(0.5, 0.5) + part) * radius_px / CELLS_PER_RADIUS;
            let distances = spots.iter().map(|other| other.distance(spot) / radius_px);
            let exact: f32 = distances.clone().map(|distance| (-distance.powi(2)).exp()).sum();
            let near = distances.filter(|distance| *distance < 5.0).count() as f32;
            for heat in [&found, &by_cpu] {
                let at = |column: u32, row: u32| heat[(row * columns + column) as usize];
                let across = |row: u32| lerp(at(column, row)..=at(column + 1, row), part.x);
                let heat = lerp(across(row)..=across(row + 1), part.y);
                // Far out, where hardly anything of a heap is left, a thousandth of it may be missing.
                let allowed = 0.015 * exact + 0.001 * near + 1e-4;
                assert!((heat - exact).abs() <= allowed, "{heat}, not {exact}, at {spot:?} near {near}");
            }
        }
    }
}
