//! The same window drawn off screen into a PNG, or into a report for browsers, without a display.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use eframe::egui::{self, RawInput, Rect, ViewportId, vec2};
use egui_system_font_provider::SystemFontProvider;
use egui_wgpu::{
    RenderState, RendererOptions, ScreenDescriptor, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew, wgpu,
};

use image::{DynamicImage, RgbaImage};

use crate::basemaps::{UnreadableMap, check_map};
use crate::cli::{RenderRequest, ThemeChoice};
use crate::io::export::{Selection, WriteError, part_beside, put_bytes};
use crate::io::report::{self, Head};
use crate::open::{OpenError, commands_for, open, what_is_missing};
use crate::progress::Progress;
use crate::state::likeness::Likeness;
use crate::state::{AppState, Command, ThemeChoice as Theme};
use crate::ui::app::Dateline;
use crate::ui::panels::filters;
use crate::whole_file;

/// Longest wait for the map's tiles and for the graphics device.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// Why no picture was made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The dataset cannot be read, or the command line names what it does not have.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The map that the command line names cannot be read.
    #[error(transparent)]
    Map(#[from] UnreadableMap),
    /// No graphics adapter, not even a software one.
    #[error(
        "there is no graphics adapter to draw with ({0}).\nInstall a Vulkan driver; Mesa's draws without a graphics \
         card: apt-get install libvulkan1 mesa-vulkan-drivers"
    )]
    NoAdapter(String),
    /// The adapter cannot make a picture of this size.
    #[error("the picture is too large for this graphics adapter: it draws up to {limit_px} pixels a side")]
    TooLarge {
        /// The adapter's limit.
        limit_px: u32,
    },
    /// The device failed while drawing.
    #[error("drawing failed: {0}")]
    Device(String),
    /// Nobody waits for it any more.
    #[error("drawing was cancelled")]
    Cancelled,
    /// The map's tiles did not arrive in time.
    #[error("the map was not complete after {} s", TIME_LIMIT.as_secs())]
    Incomplete,
    /// The file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// Where it should have gone.
        path: PathBuf,
        /// What went wrong.
        error: image::ImageError,
    },
    /// The report or the picture of the map cannot be written.
    #[error("{}: {error}", path.display())]
    Report {
        /// Where it should have gone.
        path: PathBuf,
        /// What went wrong.
        error: WriteError,
    },
}

/// Draws what the request asks for and writes it.
pub fn run(request: &RenderRequest) -> Result<(), RenderError> {
    check_map(request.view.basemap.as_deref())?;
    let dataset = open(request.file.as_deref(), &request.read)?;
    let mut commands = commands_for(&dataset, &request.view)?;
    // A picture must not depend on the desktop that it is made on.
    if request.view.theme.is_none() {
        commands.push(Command::SetTheme(Theme::Light));
    }
    let render_state = create_render_state()?;
    let limit_px = render_state.device.limits().max_texture_dimension_2d;
    if request.size_px.iter().any(|&side| side > limit_px) {
        return Err(RenderError::TooLarge { limit_px });
    }
    let theme = if request.view.theme == Some(ThemeChoice::Dark) { Theme::Dark } else { Theme::Light };
    let mut offscreen = Offscreen::new(render_state, request.size_px, request.scale, theme);
    let mut dateline = Dateline::new(&offscreen.ctx, dataset);
    dateline.set_render_state(offscreen.render_state.clone());
    if let Some(words) = what_is_missing(&commands) {
        // A picture is made all the same, and where nobody can be told, that is no reason to make none.
        let _ = writeln!(std::io::stderr(), "{words}");
    }
    dateline.begin_as(commands);
    let output = offscreen.settle(&mut dateline, Dateline::ui, &Progress::default())?;
    let ending = request.output.extension().unwrap_or_default();
    let is_report = ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm");
    if !is_report && !request.only_map {
        return write_png(&request.output, &picture_of(request.size_px, offscreen.draw(output)?)?);
    }
    // Nobody needs the window's panels and buttons beside a list.
    let map = Likeness::of(dateline.state()).into_state();
    let png = png_of(map, theme, request.size_px, request.scale, &Progress::default())?;
    let path = &request.output;
    if is_report {
        return write_report(path, &png, dateline.state());
    }
    put_bytes(path, &png).map(|_| ()).map_err(|error| RenderError::Report { path: path.clone(), error })
}

/// Draws the map of a state with its legend, as the bytes of a PNG. It is smaller than asked for where the adapter
/// cannot draw so much.
pub fn png_of(
    state: AppState,
    theme: Theme,
    size_px: [u32; 2],
    scale: f32,
    progress: &Progress,
) -> Result<Vec<u8>, RenderError> {
    let render_state = create_render_state()?;
    let limit_px = render_state.device.limits().max_texture_dimension_2d;
    if size_px.iter().any(|&side| side > limit_px) {
        return Err(RenderError::TooLarge { limit_px });
    }
    let mut offscreen = Offscreen::new(render_state, size_px, scale, theme);
    let mut dateline = Dateline::on_state(&offscreen.ctx, state);
    dateline.set_render_state(offscreen.render_state.clone());
    dateline.begin_as(vec![Command::SetTheme(theme)]);
    let output = offscreen.settle(&mut dateline, Dateline::picture, progress)?;
    let picture = picture_of(size_px, offscreen.draw(output)?)?;
    let mut png = std::io::Cursor::new(Vec::new());
    let fail = |error: image::ImageError| RenderError::Device(error.to_string());
    picture.write_to(&mut png, image::ImageFormat::Png).map_err(fail)?;
    Ok(png.into_inner())
}

fn create_render_state() -> Result<RenderState, RenderError> {
    // OpenGL only where there is nothing better: without a display it draws slowly, if at all, and complains.
    let render_state = create_on(wgpu::Backends::PRIMARY)
        .or_else(|_| create_on(wgpu::Backends::all()))
        .map_err(|error| RenderError::NoAdapter(error.to_string()))?;
    walkers::install_renderer(Some(&render_state));
    Ok(render_state)
}

fn create_on(backends: wgpu::Backends) -> Result<RenderState, egui_wgpu::WgpuError> {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.instance_descriptor.backends &= backends;
    // A picture may be larger than any window: whatever the adapter can do is allowed.
    setup.device_descriptor = Arc::new(|adapter| {
        let limits = adapter.limits();
        wgpu::DeviceDescriptor {
            label: Some("picture"),
            required_limits: wgpu::Limits {
                max_texture_dimension_2d: limits.max_texture_dimension_2d,
                max_buffer_size: limits.max_buffer_size,
                ..wgpu::Limits::downlevel_defaults().using_resolution(limits)
            },
            ..wgpu::DeviceDescriptor::default()
        }
    });
    let setup = WgpuSetup::CreateNew(setup);
    let instance = pollster::block_on(setup.new_instance());
    let configuration = WgpuConfiguration { wgpu_setup: setup, ..WgpuConfiguration::default() };
    pollster::block_on(RenderState::create(&configuration, &instance, None, RendererOptions::PREDICTABLE))
}

/// An egui context with a texture in place of a window.
struct Offscreen {
    ctx: egui::Context,
    render_state: RenderState,
    size_px: [u32; 2],
    scale: f32,
    theme: Theme,
    wake: mpsc::Receiver<()>,
    started: Instant,
}

impl Offscreen {
    fn new(render_state: RenderState, size_px: [u32; 2], scale: f32, theme: Theme) -> Self {
        let ctx = egui::Context::default();
        // As eframe does for the window: scripts that the bundled typeface lacks.
        ctx.add_font_provider(Arc::new(SystemFontProvider::new()));
        let (sender, wake) = mpsc::channel();
        ctx.set_request_repaint_callback(move |_| {
            // Nobody listens any more once the picture is made.
            let _ = sender.send(());
        });
        Self { ctx, render_state, size_px, scale, theme, wake, started: Instant::now() }
    }

    fn input(&self) -> RawInput {
        let size = vec2(self.size_px[0] as f32, self.size_px[1] as f32) / self.scale;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(self.started.elapsed().as_secs_f64()),
            max_texture_side: Some(self.render_state.device.limits().max_texture_dimension_2d as usize),
            system_theme: Some(match self.theme {
                Theme::Dark => egui::Theme::Dark,
                Theme::Light => egui::Theme::Light,
            }),
            focused: false,
            ..RawInput::default()
        };
        let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
        viewport.native_pixels_per_point = Some(self.scale);
        input
    }

    /// Runs frames until the map is complete and nothing moves any more; returns the last one.
    fn settle(
        &mut self,
        dateline: &mut Dateline,
        frame: fn(&mut Dateline, &mut egui::Ui),
        progress: &Progress,
    ) -> Result<egui::FullOutput, RenderError> {
        // Panels and popups need a frame or two to know their sizes; animations must be over.
        const MIN_FRAMES: u32 = 4;
        self.ctx.all_styles_mut(|style| style.animation_time = 0.0);
        let mut frames = 0;
        loop {
            let mut output = self.ctx.run_ui(self.input(), |ui| frame(dateline, ui));
            self.update_textures(&mut output.textures_delta);
            frames += 1;
            if frames >= MIN_FRAMES && dateline.is_complete() {
                return Ok(output);
            }
            if progress.is_cancelled() {
                return Err(RenderError::Cancelled);
            }
            if self.started.elapsed() > TIME_LIMIT {
                return Err(RenderError::Incomplete);
            }
            if !dateline.is_complete() {
                // Woken by the threads that decode tiles; the timeout only guards against a lost wake-up.
                let _ = self.wake.recv_timeout(Duration::from_millis(50));
                while self.wake.try_recv().is_ok() {}
            }
        }
    }

    fn update_textures(&self, delta: &mut egui::TexturesDelta) {
        let mut renderer = self.render_state.renderer.write();
        for (id, images) in delta.set.drain() {
            for image in images {
                renderer.update_texture(&self.render_state.device, &self.render_state.queue, id, &image);
            }
        }
        for id in delta.free.drain() {
            renderer.free_texture(&id);
        }
    }

    /// Draws a frame into a texture and reads its pixels back: RGBA, rows from the top.
    fn draw(&self, output: egui::FullOutput) -> Result<Vec<u8>, RenderError> {
        let RenderState { device, queue, target_format, .. } = &self.render_state;
        let screen = ScreenDescriptor { pixels_per_point: self.scale, size_in_pixels: self.size_px };
        let primitives = self.ctx.tessellate(output.shapes, self.scale);
        let size =
            wgpu::Extent3d { width: self.size_px[0], height: self.size_px[1], depth_or_array_layers: 1 };
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: *target_format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut renderer = self.render_state.renderer.write();
        let buffers = renderer.update_buffers(device, queue, &mut encoder, &primitives, &screen);
        {
            let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
            let attachment = wgpu::RenderPassColorAttachment {
                view: &view,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                    store: wgpu::StoreOp::Store,
                },
                depth_slice: None,
            };
            let descriptor = wgpu::RenderPassDescriptor {
                label: Some("picture"),
                color_attachments: &[Some(attachment)],
                ..wgpu::RenderPassDescriptor::default()
            };
            let mut pass = encoder.begin_render_pass(&descriptor).forget_lifetime();
            renderer.render(&mut pass, &primitives, &screen);
        }
        let row = self.size_px[0] * 4;
        // Rows of a copy must start at multiples of 256 bytes.
        let padded_row = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture"),
            size: u64::from(padded_row) * u64::from(self.size_px[1]),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let layout =
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(padded_row), rows_per_image: None };
        encoder.copy_texture_to_buffer(
            texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo { buffer: &buffer, layout },
            size,
        );
        queue.submit(buffers.into_iter().chain([encoder.finish()]));
        let padded = self.read(&buffer)?;
        let mut pixels: Vec<u8> = padded
            .chunks(padded_row as usize)
            .flat_map(|line| line[..row as usize].iter().copied())
            .collect();
        let blue_first =
            matches!(target_format, wgpu::TextureFormat::Bgra8Unorm | wgpu::TextureFormat::Bgra8UnormSrgb);
        for pixel in pixels.chunks_exact_mut(4) {
            if blue_first {
                pixel.swap(0, 2);
            }
            pixel[3] = 255;
        }
        Ok(pixels)
    }

    fn read(&self, buffer: &wgpu::Buffer) -> Result<Vec<u8>, RenderError> {
        let (sender, mapped) = mpsc::channel();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| {
            let _ = sender.send(result);
        });
        let wait = wgpu::PollType::Wait { submission_index: None, timeout: Some(TIME_LIMIT) };
        let fail = |error: &dyn std::fmt::Display| RenderError::Device(error.to_string());
        self.render_state.device.poll(wait).map_err(|error| fail(&error))?;
        mapped.recv().map_err(|error| fail(&error))?.map_err(|error| fail(&error))?;
        let range = buffer.slice(..).get_mapped_range().map_err(|error| fail(&error))?;
        Ok(range.to_vec())
    }
}

fn picture_of([width, height]: [u32; 2], pixels: Vec<u8>) -> Result<DynamicImage, RenderError> {
    let picture = RgbaImage::from_raw(width, height, pixels);
    let wrong = || RenderError::Device("the picture has another size than was asked for".to_owned());
    Ok(DynamicImage::ImageRgba8(picture.ok_or_else(wrong)?).into_rgb8().into())
}

/// Writes beside the goal first, so that a picture is never half there.
fn write_png(path: &Path, picture: &DynamicImage) -> Result<(), RenderError> {
    let fail = |error: image::ImageError| RenderError::Write { path: path.to_owned(), error };
    let part = part_beside(path);
    let file = std::fs::File::create_new(&part).map_err(|error| fail(error.into()))?;
    whole_file::put(&part, file, path, |file| picture.write_to(file, image::ImageFormat::Png)).map_err(fail)
}

/// Writes the picture and the incidents that it shows as a page for browsers.
fn write_report(path: &Path, png: &[u8], state: &AppState) -> Result<(), RenderError> {
    let dataset = state.dataset();
    let shown = (0..dataset.incidents.len()).filter(|&incident| state.engine().contains(incident));
    let selection = Selection::of(dataset, shown.collect());
    let filter = filters::words(state);
    let head = Head { map_png: Some(png), filter: &filter, zone: state.text_zone() };
    report::write_file(&selection, head, path, &Progress::default())
        .map(|_| ())
        .map_err(|error| RenderError::Report { path: path.to_owned(), error })
}
