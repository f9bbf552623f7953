//! A window with nothing but a map of points or heat, and a cloud of a million incidents.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use dateline::geo::{LonLat, UnitPoint};
use dateline::state::view::View;
use dateline::ui::map::gpu::{GpuLayer, PointColumns, Points};
use dateline::ui::map::transform::MapTransform;
use eframe::egui::{Color32, Painter, Pos2, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use egui_wgpu::{RenderState, Renderer, RendererOptions, WgpuSetup, wgpu};

/// What the window is filled with.
pub(crate) const GROUND: Color32 = Color32::from_rgb(243, 239, 230);
/// Units in the world's width.
pub(crate) const WORLD: f64 = 4_294_967_296.0;
/// The map in the window, in points: off its corner, so that wrong origins show.
pub(crate) const MAP: Rect = Rect { min: pos2(60.0, 30.0), max: pos2(572.0, 542.0) };

/// Incidents in Morton order.
pub(crate) struct Cloud {
    pub(crate) x: Vec<u32>,
    pub(crate) y: Vec<u32>,
    pub(crate) event_type: Vec<u16>,
    pub(crate) shown: Vec<u64>,
}

impl Cloud {
    /// Incidents at places of the unit square, of as many event types as there are places, all shown.
    pub(crate) fn at(places: &[UnitPoint]) -> Self {
        Self {
            x: places.iter().map(|place| (place.x.rem_euclid(1.0) * WORLD) as u32).collect(),
            y: places.iter().map(|place| (place.y * WORLD) as u32).collect(),
            event_type: (0..).take(places.len()).collect(),
            shown: vec![u64::MAX; places.len().div_ceil(64)],
        }
    }

    /// Incidents around towns, some of them no wider than a few streets, of six event types; two in three are shown.
    /// The same for the same number. The first town is the one to look at closely.
    pub(crate) fn seeded(len: usize) -> (Self, LonLat) {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let towns: Vec<(LonLat, f64)> = (0..240)
            .map(|n| {
                let center = LonLat::new(-170.0 + 340.0 * random.next(), -50.0 + 115.0 * random.next());
                (center, if n % 3 == 0 { 0.002 } else { 0.02 + 2.0 * random.next() })
            })
            .collect();
        let mut places: Vec<(u64, u32, u32)> = (0..len)
            .map(|_| {
                let (center, spread_deg) = towns[(random.next() * random.next() * 240.0) as usize];
                let far = (-2.0 * random.next().max(1e-12).ln()).sqrt() * spread_deg;
                let turn = random.next() * std::f64::consts::TAU;
                let place = LonLat::new(center.lon_deg + far * turn.cos(), center.lat_deg + far * turn.sin());
                let place = place.to_unit();
                let (x, y) = ((place.x * WORLD) as u32, (place.y * WORLD) as u32);
                (spaced(x) | spaced(y) << 1, x, y)
            })
            .collect();
        places.sort_unstable();
        let cloud = Self {
            x: places.iter().map(|place| place.1).collect(),
            y: places.iter().map(|place| place.2).collect(),
            event_type: (0..len).map(|_| (random.next() * 6.0) as u16).collect(),
            shown: (0..len.div_ceil(64)).map(|_| random.bits() | random.bits() & random.bits()).collect(),
        };
        (cloud, towns[0].0)
    }

    pub(crate) fn is_shown(&self, slot: usize) -> bool {
        self.shown[slot / 64] >> (slot % 64) & 1 == 1
    }

    pub(crate) fn place(&self, slot: usize) -> UnitPoint {
        UnitPoint { x: f64::from(self.x[slot]) / WORLD, y: f64::from(self.y[slot]) / WORLD }
    }

    pub(crate) fn columns(&self) -> PointColumns<'_> {
        PointColumns { x: &self.x, y: &self.y, event_type: &self.event_type }
    }

    pub(crate) fn points<'a>(&'a self, runs: &'a [Range<u32>]) -> Points<'a> {
        Points { columns: self.columns(), generation: 1, shown: &self.shown, revision: 1, runs }
    }

    /// All slots.
    pub(crate) fn whole(&self) -> Vec<Range<u32>> {
        vec![0..self.x.len() as u32]
    }

    /// The slots whose incidents lie in the map or within so many points of it.
    pub(crate) fn runs(&self, transform: &MapTransform, around_px: f32) -> Vec<Range<u32>> {
        let near = transform.rect.expand(around_px);
        let mut runs: Vec<Range<u32>> = Vec::new();
        for slot in (0..self.x.len()).filter(|&slot| near.contains(transform.to_screen(self.place(slot)))) {
            let slot = slot as u32;
            match runs.last_mut() {
                Some(last) if last.end == slot => last.end += 1,
                _ => runs.push(slot..slot + 1),
            }
        }
        runs
    }
}

/// The bits of a number with a gap after each.
fn spaced(bits: u32) -> u64 {
    (0..32).fold(0, |spaced, n| spaced | u64::from(bits >> n & 1) << (2 * n))
}

struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn next(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The map of a view.
pub(crate) fn transform(center: LonLat, zoom: f64) -> MapTransform {
    MapTransform::new(MAP, View { center, zoom })
}

/// A software adapter, maybe with a say in what its device is allowed.
pub(crate) fn adapter(limits: Option<wgpu::Limits>) -> RenderState {
    let WgpuSetup::CreateNew(mut setup) = default_wgpu_setup() else { unreachable!() };
    if let Some(limits) = limits {
        setup.device_descriptor = Arc::new(move |_| wgpu::DeviceDescriptor {
            required_limits: limits.clone(),
            ..wgpu::DeviceDescriptor::default()
        });
    }
    create_render_state(WgpuSetup::CreateNew(setup), RendererOptions::PREDICTABLE)
}

/// The adapter with another format of the window.
pub(crate) fn with_format(mut state: RenderState, format: wgpu::TextureFormat) -> RenderState {
    *state.renderer.write() = Renderer::new(&state.device, format, RendererOptions::PREDICTABLE);
    state.target_format = format;
    state
}

/// A picture of the window, RGBA.
pub(crate) struct Picture {
    width: u32,
    bytes: Vec<u8>,
}

impl Picture {
    pub(crate) fn at(&self, x: u32, y: u32) -> [u8; 4] {
        let first = (y * self.width + x) as usize * 4;
        std::array::from_fn(|n| self.bytes[first + n])
    }

    /// The middle of what is not ground within so many pixels of a spot, weighted by how much it differs. Pixels'
    /// middles are at halves.
    pub(crate) fn middle_of_what_is_at(&self, spot: Pos2, radius_px: i32) -> Option<Pos2> {
        let (mut sum, mut weights) = (vec2(0.0, 0.0), 0.0);
        for y in spot.y as i32 - radius_px..=spot.y as i32 + radius_px {
            for x in spot.x as i32 - radius_px..=spot.x as i32 + radius_px {
                let pixel = self.at(x as u32, y as u32);
                let weight: f32 =
                    pixel.iter().zip(GROUND.to_array()).map(|(a, b)| f32::from(a.abs_diff(b))).sum();
                sum += vec2(x as f32 + 0.5, y as f32 + 0.5) * weight;
                weights += weight;
            }
        }
        (weights > 0.0).then(|| (sum / weights).to_pos2())
    }

    /// Whether the pixel is nothing but ground.
    pub(crate) fn is_ground(&self, x: u32, y: u32) -> bool {
        self.at(x, y) == GROUND.to_array()
    }

    fn differences(&self, other: &Self) -> impl Iterator<Item = u8> {
        assert_eq!(self.bytes.len(), other.bytes.len());
        self.bytes.iter().zip(&other.bytes).map(|(a, b)| a.abs_diff(*b))
    }

    /// The share of channels that differ from another picture by more than so many steps.
    pub(crate) fn share_off_by(&self, other: &Self, steps: u8) -> f64 {
        self.differences(other).filter(|it| *it > steps).count() as f64 / self.bytes.len() as f64
    }

    /// The mean difference of a channel to another picture, in steps.
    pub(crate) fn mean_difference(&self, other: &Self) -> f64 {
        self.differences(other).map(f64::from).sum::<f64>() / self.bytes.len() as f64
    }
}

/// A picture made here, in points of a scale of 1.
impl From<Vec<[f32; 3]>> for Picture {
    fn from(pixels: Vec<[f32; 3]>) -> Self {
        let bytes = pixels
            .iter()
            .flat_map(|pixel| pixel.map(|channel| (channel * 255.0).round() as u8).into_iter().chain([255]));
        Self { width: WINDOW[0], bytes: bytes.collect() }
    }
}

/// Size of the window, in points.
pub(crate) const WINDOW: [u32; 2] = [600, 560];

/// A window whose map is painted by `paint`, and what its device has complained of.
pub(crate) struct Screen {
    harness: Harness<'static>,
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Screen {
    pub(crate) fn new(
        state: RenderState,
        scale: f32,
        mut paint: impl FnMut(&mut GpuLayer, &Painter) + 'static,
    ) -> Self {
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&complaints);
        state.device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            sink.lock().expect("no test panics while it holds this").push(error.to_string());
        }));
        let mut layer = GpuLayer::default();
        layer.install(&state).expect("the software adapter draws");
        let harness = Harness::builder()
            .with_size(WINDOW.map(|side| side as f32))
            .with_pixels_per_point(scale)
            .renderer(WgpuTestRenderer::from_render_state(state))
            .build_ui(move |ui| {
                let painter = ui.painter().with_clip_rect(Rect::EVERYTHING);
                painter.rect_filled(ui.ctx().content_rect(), 0.0, GROUND);
                paint(&mut layer, &painter);
            });
        Self { harness, complaints }
    }

    /// Draws the window anew.
    pub(crate) fn picture(&mut self) -> Picture {
        self.harness.run_steps(1);
        let image = self.harness.render().expect("the software adapter draws");
        let complaints = self.complaints.lock().expect("no test panics while it holds this");
        assert!(complaints.is_empty(), "{complaints:?}");
        Picture { width: image.width(), bytes: image.into_raw() }
    }
}
