//! Incidents drawn by the graphics adapter, against the same drawn here pixel by pixel.

// A helper that fails is a test that fails.
#![allow(clippy::expect_used, clippy::panic)]
// One run of slots is a list of runs too.
#![allow(clippy::single_range_in_vec_init)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dateline::geo::{LonLat, UnitPoint};
use dateline::ui::map::gpu::{GpuError, GpuLayer, HeatScale, PointColumns, PointStyle, Points, heat_legend};
use dateline::ui::map::transform::MapTransform;
use dateline::ui::theme::{self, Palette};
use eframe::egui::{Color32, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use egui_wgpu::wgpu;

use support::{Cloud, GROUND, MAP, Picture, Screen, WINDOW, adapter, transform, with_format};

const COLORS: [Color32; 6] = [
    Color32::from_rgb(194, 65, 12),
    Color32::from_rgb(163, 29, 63),
    Color32::from_rgb(122, 63, 160),
    Color32::from_rgb(10, 107, 176),
    Color32::from_rgb(143, 100, 0),
    Color32::from_rgb(70, 117, 31),
];

/// Discs large enough to be measured.
const STYLE: PointStyle<'_> =
    PointStyle { radius_px: 4.0, rim_px: 1.0, rim: Color32::from_rgb(20, 20, 40), colors: &COLORS };

fn palette() -> &'static Palette {
    Palette::of(Theme::Light)
}

fn style(transform: &MapTransform) -> PointStyle<'static> {
    PointStyle::at(transform.zoom, palette(), &COLORS)
}

/// The discs of a cloud, from the front to the back, in 64-bit positions.
fn reference(cloud: &Cloud, transform: &MapTransform, style: &PointStyle<'_>) -> Picture {
    let [width, height] = WINDOW.map(|side| side as usize);
    let mut pixels = vec![[0.0; 3]; width * height];
    let mut shines_through = vec![1.0_f32; width * height];
    let rgb = |color: Color32| [color.r(), color.g(), color.b()].map(|channel| f32::from(channel) / 255.0);
    let reach = style.radius_px + 1.0;
    let rim_opacity = f32::from(style.rim.a()) / 255.0;
    let near = MAP.expand(reach);
    for slot in (0..cloud.x.len()).rev().filter(|&slot| cloud.is_shown(slot)) {
        let pos = transform.to_screen(cloud.place(slot));
        if !near.contains(pos) {
            continue;
        }
        let (fill, rim) = (rgb(style.colors[usize::from(cloud.event_type[slot])]), rgb(style.rim));
        let across = |pos: f32, from: f32, to: f32| {
            (pos - reach).max(from) as usize..=(pos + reach).min(to - 1.0) as usize
        };
        for y in across(pos.y, MAP.top(), MAP.bottom()) {
            for x in across(pos.x, MAP.left(), MAP.right()) {
                let through = &mut shines_through[y * width + x];
                if *through < 1e-3 {
                    continue;
                }
                let distance = (x as f32 + 0.5 - pos.x).hypot(y as f32 + 0.5 - pos.y);
                let edge = (style.radius_px + 0.5 - distance).clamp(0.0, 1.0);
                let inside = (style.radius_px - style.rim_px + 0.5 - distance).clamp(0.0, 1.0);
                for n in 0..3 {
                    pixels[y * width + x][n] += *through * edge * (rim[n] + (fill[n] - rim[n]) * inside);
                }
                *through *= 1.0 - edge * (rim_opacity + (1.0 - rim_opacity) * inside);
            }
        }
    }
    let ground = rgb(GROUND);
    for (pixel, through) in pixels.iter_mut().zip(shines_through) {
        for n in 0..3 {
            pixel[n] += through * ground[n];
        }
    }
    pixels.into()
}

#[test]
fn a_million_points_are_where_the_reference_has_them() {
    let (cloud, town) = Cloud::seeded(1_000_000);
    let cloud = Arc::new(cloud);
    for (zoom, center) in [(2.0, LonLat::new(0.0, 20.0)), (8.0, town), (18.0, town)] {
        let map = transform(center, zoom);
        let style = style(&map);
        let expected = reference(&cloud, &map, &style);
        let runs = if zoom > 2.0 { cloud.runs(&map, 8.0) } else { cloud.whole() };
        let cloud = Arc::clone(&cloud);
        let mut screen = Screen::new(adapter(None), 1.0, move |layer, painter| {
            layer.paint_points(painter, &map, &cloud.points(&runs), &style).expect("there is room");
        });
        let picture = screen.picture();
        // Where the edges of hundreds lie over each other, the adapter's eight bits swallow some of them.
        let (off, mean) = (picture.share_off_by(&expected, 8), picture.mean_difference(&expected));
        assert!(off < 0.001 && mean < 0.1, "zoom {zoom}: {off} of the channels differ, mean {mean}");
    }
}

/// Places spread over the map so that their discs do not touch.
fn sparse(map: &MapTransform) -> Vec<UnitPoint> {
    let spot = |n: u32| {
        let (column, row) = ((n % 6) as f32, (n / 6) as f32);
        map.to_unit(MAP.min + eframe::egui::vec2(40.3 + 83.37 * column, 37.9 + 85.71 * row))
    };
    (0..36).map(spot).collect()
}

#[test]
fn a_single_point_is_within_a_tenth_of_a_pixel_of_its_place_at_every_scale() {
    for (zoom, scale) in [(18.0, 1.0), (20.0, 1.0), (18.3, 1.5), (18.0, 2.0), (3.0, 1.5)] {
        let map = transform(LonLat::new(151.209_296, -33.868_82), zoom);
        let cloud = Cloud { event_type: vec![3; 36], ..Cloud::at(&sparse(&map)) };
        let expected: Vec<_> = (0..36).map(|slot| map.to_screen(cloud.place(slot)) * scale).collect();
        let mut screen = Screen::new(adapter(None), scale, move |layer, painter| {
            layer.paint_points(painter, &map, &cloud.points(&cloud.whole()), &STYLE).expect("there is room");
        });
        let picture = screen.picture();
        for spot in expected {
            let found = picture.middle_of_what_is_at(spot, 14);
            let found = found.unwrap_or_else(|| panic!("nothing at {spot:?}, zoom {zoom}, scale {scale}"));
            assert!((found - spot).length() < 0.1, "zoom {zoom}, scale {scale}: {found:?}, not {spot:?}");
        }
    }
}

#[test]
fn a_point_across_the_antimeridian_is_drawn_next_to_its_neighbours() {
    for center in [LonLat::new(179.99, 0.0), LonLat::new(-179.99, 0.0)] {
        let map = transform(center, 9.0);
        let places = [LonLat::new(179.8, 0.1), LonLat::new(-179.8, 0.1)].map(LonLat::to_unit);
        let cloud = Cloud::at(&places);
        let expected = places.map(|place| map.to_screen(place));
        let mut screen = Screen::new(adapter(None), 1.0, move |layer, painter| {
            layer.paint_points(painter, &map, &cloud.points(&cloud.whole()), &STYLE).expect("there is room");
        });
        let picture = screen.picture();
        for spot in expected {
            let found = picture.middle_of_what_is_at(spot, 8).expect("a disc on either side");
            assert!((found - spot).length() < 0.1, "{found:?}, not {spot:?}");
        }
    }
}

#[test]
fn hidden_points_and_those_outside_the_runs_are_not_drawn() {
    let map = transform(LonLat::new(10.0, 50.0), 5.0);
    let mut cloud = Cloud::at(&sparse(&map));
    cloud.event_type.fill(0);
    let spots: Vec<_> = (0..36).map(|slot| map.to_screen(cloud.place(slot))).collect();
    let revision = Arc::new(AtomicU64::new(1));
    let asked = Arc::clone(&revision);
    // Every third one at first, then every second one.
    let mut screen = Screen::new(adapter(None), 1.0, move |layer, painter| {
        let revision = asked.load(Ordering::Relaxed);
        let every = if revision == 1 { 3 } else { 2 };
        cloud.shown[0] = (0..36).filter(|slot| slot % every == 0).map(|slot| 1 << slot).sum();
        let points = Points { revision, ..cloud.points(&[4..20, 24..36]) };
        layer.paint_points(painter, &map, &points, &STYLE).expect("there is room");
    });
    for (number, every) in [(1, 3), (2, 2)] {
        revision.store(number, Ordering::Relaxed);
        let picture = screen.picture();
        for (slot, spot) in spots.iter().enumerate() {
            let is_drawn = slot % every == 0 && ((4..20).contains(&slot) || (24..36).contains(&slot));
            assert_eq!(picture.middle_of_what_is_at(*spot, 8).is_some(), is_drawn, "slot {slot}");
        }
    }
}

#[test]
fn nothing_is_drawn_outside_the_map() {
    let map = transform(LonLat::new(0.0, 0.0), 4.0);
    let edge: Vec<UnitPoint> =
        (0..64).map(|n| map.to_unit(MAP.min + eframe::egui::vec2(8.0 * n as f32, 1.0))).collect();
    let cloud = Cloud { event_type: vec![0; 64], ..Cloud::at(&edge) };
    let mut screen = Screen::new(adapter(None), 1.0, move |layer, painter| {
        layer.paint_points(painter, &map, &cloud.points(&cloud.whole()), &STYLE).expect("there is room");
        layer
            .paint_heat(painter, &map, &cloud.points(&cloud.whole()), &HeatScale::new(10, palette()))
            .expect("there is room");
    });
    let picture = screen.picture();
    let (top, left) = (MAP.top() as u32, MAP.left() as u32);
    assert!((0..WINDOW[0]).all(|x| picture.is_ground(x, top - 1)));
    assert!((0..WINDOW[1]).all(|y| picture.is_ground(left - 1, y)));
    assert!(!picture.is_ground(left + 100, top));
}

/// Limits of a device whose shaders read no buffers, as with OpenGL.
fn old_limits() -> wgpu::Limits {
    wgpu::Limits { max_texture_dimension_2d: 4096, ..wgpu::Limits::downlevel_webgl2_defaults() }
}

fn points_and_heat(limits: Option<&wgpu::Limits>) -> [Picture; 2] {
    let (cloud, town) = Cloud::seeded(300_000);
    let cloud = Arc::new(cloud);
    [false, true].map(|heat| {
        let (map, cloud) = (transform(town, 6.0), Arc::clone(&cloud));
        let runs = [0..1000, 1000..260_000, 270_000..300_000];
        let mut screen = Screen::new(adapter(limits.cloned()), 1.0, move |layer, painter| {
            let drawn = if heat {
                layer.paint_heat(painter, &map, &cloud.points(&runs), &HeatScale::new(20_000, palette()))
            } else {
                layer.paint_points(painter, &map, &cloud.points(&runs), &style(&map))
            };
            drawn.expect("there is room");
        });
        screen.picture()
    })
}

#[test]
fn an_adapter_without_storage_buffers_and_one_with_small_ones_draw_the_same() {
    let expected = points_and_heat(None);
    assert!(expected.iter().all(|picture| !picture.is_ground(MAP.center().x as u32, MAP.center().y as u32)));
    // A third of a million incidents in two chunks.
    let small = wgpu::Limits { max_storage_buffer_binding_size: 1 << 20, ..wgpu::Limits::default() };
    for limits in [old_limits(), small] {
        for (picture, expected) in points_and_heat(Some(&limits)).iter().zip(&expected) {
            assert_eq!(picture.share_off_by(expected, 1), 0.0);
        }
    }
}

#[test]
fn colours_are_the_same_in_a_window_that_encodes_them_itself() {
    let pictures = [wgpu::TextureFormat::Rgba8Unorm, wgpu::TextureFormat::Rgba8UnormSrgb].map(|format| {
        let map = transform(LonLat::new(10.0, 50.0), 5.0);
        let cloud = Cloud { event_type: vec![3; 36], ..Cloud::at(&sparse(&map)) };
        let state = with_format(adapter(None), format);
        let mut screen = Screen::new(state, 1.0, move |layer, painter| {
            layer.paint_points(painter, &map, &cloud.points(&cloud.whole()), &STYLE).expect("there is room");
        });
        screen.picture()
    });
    let map = transform(LonLat::new(10.0, 50.0), 5.0);
    for spot in sparse(&map).into_iter().map(|place| map.to_screen(place)) {
        for picture in &pictures {
            let [red, green, blue, _] = picture.at(spot.x as u32, spot.y as u32);
            let near = [(red, COLORS[3].r()), (green, COLORS[3].g()), (blue, COLORS[3].b())];
            assert!(near.iter().all(|(found, wanted)| found.abs_diff(*wanted) <= 1), "{red} {green} {blue}");
        }
    }
}

#[test]
fn columns_of_different_lengths_are_refused_and_without_an_adapter_nothing_happens() {
    let refused = Arc::new(std::sync::Mutex::new(None));
    let sink = Arc::clone(&refused);
    let mut bare = GpuLayer::default();
    let mut screen = Screen::new(adapter(None), 1.0, move |layer, painter| {
        let map = transform(LonLat::new(0.0, 0.0), 4.0);
        let columns = PointColumns { x: &[1, 2], y: &[1, 2], event_type: &[0] };
        let points = Points { columns, generation: 1, shown: &[3], revision: 1, runs: &[0..2] };
        *sink.lock().expect("nobody panics") = layer.paint_points(painter, &map, &points, &STYLE).err();
        assert!(!bare.is_installed());
        assert_eq!(bare.paint_points(painter, &map, &points, &STYLE), Ok(()));
    });
    screen.picture();
    let refused = refused.lock().expect("nobody panics").take();
    assert_eq!(refused, Some(GpuError::Mismatch { x: 2, y: 2, event_type: 1, bits: 64 }));
}

#[test]
fn the_legend_says_what_the_ends_of_the_ramp_mean() {
    let scale = HeatScale::new(9000, palette());
    let mut has_fonts = false;
    let mut harness = Harness::new_ui(move |ui| {
        if has_fonts {
            heat_legend(ui, &scale);
        } else {
            theme::install(ui.ctx());
            has_fonts = true;
        }
    });
    harness.run();
    harness.get_by_label("Heat: incidents within 12 px, from 1 to 10\u{202f}000 or more");
}
