//! Incidents drawn by the graphics adapter: each as a disc, or all as heat, a million of them in a frame.
//!
//! Columns are uploaded once and the bitmap of what passes the filter when it changes; a frame only says where the
//! map lies. Shaders subtract the middle of the map in 32-bit integers, so that nothing jitters at the closest zoom,
//! and a place across the antimeridian comes to lie beside its neighbours.
//!
//! - [`GpuLayer`]: what the map panel owns; it uploads and adds paint callbacks
//! - `store`: the columns on the adapter, in chunks that keep within its limits
//! - `points`: an antialiased disc for each incident
//! - `heat` and `heat_grid`: counts in a grid, spread by a kernel, toned by [`HeatScale`]
//! - `legend`: what the tones mean
//! - `place` and `parts`: the map's place as shaders take it, and what points and heat both ask of wgpu
//!
//! An incident takes 12 bytes and a bit on the adapter.
//!
//! Where egui is not drawn by wgpu, in tests without pixels for example, the layer does nothing.

mod heat;
mod heat_grid;
mod legend;
mod parts;
mod place;
mod points;
mod store;

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::{Color32, Painter};
use egui_wgpu::{Callback, RenderState, wgpu};

use self::heat::{HeatCallback, HeatFrame, HeatRenderer, Refusals};
pub use self::legend::{HeatScale, heat_legend};
use self::parts::guarded;
use self::place::Place;
pub use self::points::PointStyle;
use self::points::{PointsCallback, PointsFrame, PointsRenderer};
use self::store::{Limits, Store};
use super::transform::MapTransform;

/// Why the adapter does not draw incidents; the caller shows them in another way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GpuError {
    /// The columns or the bitmap are not of one length: a mistake of the caller.
    #[error("columns of {x}, {y} and {event_type} incidents with {bits} bits of what is shown")]
    Mismatch {
        /// Length of the first column.
        x: usize,
        /// Length of the second column.
        y: usize,
        /// Length of the third column.
        event_type: usize,
        /// Length of the bitmap, in bits.
        bits: usize,
    },
    /// More incidents than a 32-bit number can name.
    #[error("{0} incidents are more than the graphics adapter can draw")]
    TooMany(usize),
    /// The adapter refused: out of memory, or it lacks something.
    #[error("the graphics adapter refuses: {0}")]
    Refused(String),
}

/// Where incidents lie and what they are, one slot each.
///
/// Positions are Web Mercator over the full square of 32-bit integers: `x` eastwards from the antimeridian, `y`
/// southwards from the northern end.
#[derive(Debug, Clone, Copy)]
pub struct PointColumns<'a> {
    /// Eastwards, in units of 2⁻³² of the world's width.
    pub x: &'a [u32],
    /// Southwards, in the same units.
    pub y: &'a [u32],
    /// Event types, as indices of [`PointStyle::colors`].
    pub event_type: &'a [u16],
}

/// The incidents of a frame.
#[derive(Debug, Clone, Copy)]
pub struct Points<'a> {
    /// All of them.
    pub columns: PointColumns<'a>,
    /// Another number for other columns: only then are they uploaded.
    pub generation: u64,
    /// A bit for each slot, the lowest first: whether the incident is a point and passes the filter.
    pub shown: &'a [u64],
    /// Another number for another bitmap: only then is it uploaded.
    pub revision: u64,
    /// The slots that lie in the view or so near that they reach into it; others are not drawn.
    pub runs: &'a [Range<u32>],
}

impl Points<'_> {
    fn checked_len(&self) -> Result<u32, GpuError> {
        let PointColumns { x, y, event_type } = self.columns;
        let bits = self.shown.len() * u64::BITS as usize;
        if x.len() != y.len() || x.len() != event_type.len() || bits < x.len() {
            let (x, y, event_type) = (x.len(), y.len(), event_type.len());
            return Err(GpuError::Mismatch { x, y, event_type, bits });
        }
        u32::try_from(x.len()).map_err(|_| GpuError::TooMany(x.len()))
    }
}

/// Draws incidents on the map by the graphics adapter.
#[derive(Default)]
pub struct GpuLayer {
    gpu: Option<Gpu>,
}

/// The adapter, and what lies on it.
struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    limits: Limits,
    layouts: store::Layouts,
    /// Why there is no heat, if there is none.
    no_heat: Option<GpuError>,
    refusals: Refusals,
    /// What is uploaded, or why nothing can be; tried again only for other columns.
    store: Option<Result<Arc<Store>, GpuError>>,
    generation: u64,
    revision: u64,
    colors: Arc<[Color32]>,
    heat_counts: heat::CpuCounts,
}

/// What all frames share, kept by egui's renderer.
struct Renderers {
    points: PointsRenderer,
    /// Or why the adapter draws none.
    heat: Result<HeatRenderer, GpuError>,
}

impl GpuLayer {
    /// Makes the layer draw with egui's own device. To be called once at the start, and again for another device.
    pub fn install(&mut self, render_state: &RenderState) -> Result<(), GpuError> {
        self.gpu = None;
        let RenderState { device, queue, target_format, renderer, .. } = render_state;
        let limits = Limits::of(&render_state.adapter, device);
        let (layouts, points) = guarded(device, || {
            let layouts = store::Layouts::new(device, limits);
            let points = PointsRenderer::new(device, *target_format, limits, &layouts);
            (layouts, points)
        })?;
        let heat = guarded(device, || HeatRenderer::new(device, *target_format, limits, &layouts));
        let no_heat = heat.as_ref().err().cloned();
        renderer.write().callback_resources.insert(Renderers { points, heat });
        self.gpu = Some(Gpu {
            device: device.clone(),
            queue: queue.clone(),
            limits,
            layouts,
            no_heat,
            refusals: Refusals::default(),
            store: None,
            generation: 0,
            revision: 0,
            colors: Arc::default(),
            heat_counts: heat::CpuCounts::default(),
        });
        Ok(())
    }

    /// Whether there is an adapter to draw with.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        self.gpu.is_some()
    }

    /// Frees what is uploaded, as soon as the last frame that drew it is gone.
    pub fn forget(&mut self) {
        if let Some(gpu) = &mut self.gpu {
            gpu.store = None;
            gpu.heat_counts = heat::CpuCounts::default();
        }
    }

    /// Draws every shown incident of the runs as a disc.
    pub fn paint_points(
        &mut self,
        painter: &Painter,
        transform: &MapTransform,
        points: &Points<'_>,
        style: &PointStyle<'_>,
    ) -> Result<(), GpuError> {
        let Some(gpu) = &mut self.gpu else { return Ok(()) };
        let store = gpu.up_to_date(points)?;
        if *gpu.colors != *style.colors {
            gpu.colors = style.colors.into();
        }
        let px_per_point = painter.pixels_per_point();
        let middle = transform.rect.center() * px_per_point;
        let frame = PointsFrame {
            place: Place::new(transform, px_per_point, [middle.x, middle.y]),
            radius_px: style.radius_px * px_per_point,
            rim_px: style.rim_px * px_per_point,
            rim: style.rim,
            colors: Arc::clone(&gpu.colors),
        };
        let callback = PointsCallback { draws: store.draws(points.runs), store, frame };
        let callback = Callback::new_paint_callback(transform.rect, callback);
        painter.with_clip_rect(transform.rect).add(callback);
        Ok(())
    }

    /// Draws the shown incidents of the runs as heat. Whether there is room for it turns out only when the frame is
    /// drawn: then another frame is asked for, and it gets the refusal.
    pub fn paint_heat(
        &mut self,
        painter: &Painter,
        transform: &MapTransform,
        points: &Points<'_>,
        scale: &HeatScale,
    ) -> Result<(), GpuError> {
        let Some(gpu) = &mut self.gpu else { return Ok(()) };
        if let Some(error) = &gpu.no_heat {
            return Err(error.clone());
        }
        let store = gpu.up_to_date(points)?;
        let frame = HeatFrame::new(transform, painter.pixels_per_point(), points, scale);
        if let Some(error) = gpu.refusals.of(&frame) {
            return Err(error);
        }
        let counts = (!gpu.limits.storage).then(|| gpu.heat_counts.of(&frame, points));
        let draws = store.draws(points.runs);
        let (refusals, ctx) = (gpu.refusals.clone(), painter.ctx().clone());
        let callback = HeatCallback { store, draws, frame, counts, refusals, ctx };
        let callback = Callback::new_paint_callback(transform.rect, callback);
        painter.with_clip_rect(transform.rect).add(callback);
        Ok(())
    }
}

impl Gpu {
    /// Uploads what has changed.
    fn up_to_date(&mut self, points: &Points<'_>) -> Result<Arc<Store>, GpuError> {
        let len = points.checked_len()?;
        match &self.store {
            Some(store) if self.generation == points.generation => {
                let store = store.clone()?;
                if self.revision != points.revision {
                    guarded(&self.device, || store.upload_shown(&self.queue, points))?;
                    self.revision = points.revision;
                }
                Ok(store)
            }
            _ => {
                // The old columns go first: there may be no room for both.
                self.store = None;
                self.generation = points.generation;
                self.revision = points.revision;
                let made = Store::new(&self.device, &self.queue, self.limits, &self.layouts, len, points);
                let made = made.map(Arc::new).inspect_err(|error| log::warn!("{error}"));
                self.store = Some(made.clone());
                made
            }
        }
    }
}
