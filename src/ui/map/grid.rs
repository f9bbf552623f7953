//! The grid of tiles: which of them are on the screen, and where.

use eframe::egui::{Rect, pos2, vec2};

use super::transform::MapTransform;
use crate::geo::{Bounds, LonLat, UnitPoint};
use crate::tiles::TileId;

/// A tile's place in the repeating world: `world` 0 is the one around Greenwich.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// The tile.
    pub id: TileId,
    /// Which copy of the world.
    pub world: i64,
}

/// The tile one zoom farther out.
#[must_use]
pub fn parent(id: TileId) -> Option<TileId> {
    Some(TileId { x: id.x / 2, y: id.y / 2, zoom: id.zoom.checked_sub(1)? })
}

/// The tile itself, or that ancestor of it which lies at the last zoom.
#[must_use]
pub fn up_to(id: TileId, last_zoom: u8) -> TileId {
    let levels = u32::from(id.zoom.saturating_sub(last_zoom)).min(31);
    TileId { zoom: id.zoom.min(last_zoom), x: id.x >> levels, y: id.y >> levels }
}

/// The zoom whose tiles are drawn nearest to the size that they are made for, `tile_pt` a side.
#[must_use]
pub fn zoom_for(transform: &MapTransform, tile_pt: u32) -> f64 {
    /// Tiles of this size are what the map's zoom counts.
    const COUNTED_PT: f64 = 256.0;
    (transform.zoom.round() - (f64::from(tile_pt) / COUNTED_PT).log2().round()).max(0.0)
}

/// The tiles under the screen at the zoom that suits it but at most `max_zoom`, from the middle outward.
#[must_use]
pub fn visible(transform: &MapTransform, tile_pt: u32, max_zoom: u8) -> Vec<Spot> {
    let zoom = zoom_for(transform, tile_pt).min(f64::from(max_zoom)) as u8;
    let count = f64::from(1u32 << zoom);
    let (min, max) = transform.visible();
    let columns = ((min.x * count).floor() as i64)..=((max.x * count).ceil() as i64 - 1);
    let last = (1i64 << zoom) - 1;
    let rows = ((min.y * count).floor() as i64).max(0)..=((max.y * count).ceil() as i64 - 1).min(last);
    let mut spots = Vec::new();
    for row in rows {
        for column in columns.clone() {
            let world = column.div_euclid(last + 1);
            let id = TileId { x: column.rem_euclid(last + 1) as u32, y: row as u32, zoom };
            spots.push(Spot { id, world });
        }
    }
    let middle = transform.rect.center();
    spots.sort_by(|a, b| {
        let distance = |spot: &Spot| rect_of(transform, *spot).center().distance_sq(middle);
        distance(a).total_cmp(&distance(b))
    });
    spots
}

/// Where a tile lies on the screen. Edges come from the same numbers for neighbours, so that no seam opens.
#[must_use]
pub fn rect_of(transform: &MapTransform, spot: Spot) -> Rect {
    let size = 1.0 / f64::from(1u32 << spot.id.zoom);
    let corner = |x: u32, y: u32| {
        transform.place(UnitPoint { x: f64::from(x) * size + spot.world as f64, y: f64::from(y) * size })
    };
    let (min, max) = (corner(spot.id.x, spot.id.y), corner(spot.id.x + 1, spot.id.y + 1));
    Rect::from_min_size(pos2(min.x, min.y), vec2(max.x - min.x, max.y - min.y))
}

/// Where a box lies on the screen in a copy of the world.
#[must_use]
pub fn rect_of_bounds(transform: &MapTransform, bounds: Bounds, world: i64) -> Rect {
    let corner = |lon_deg: f64, lat_deg: f64| {
        let at = LonLat::new(lon_deg, lat_deg).to_unit();
        transform.place(UnitPoint { x: at.x + world as f64, y: at.y })
    };
    Rect::from_min_max(corner(bounds.west_deg, bounds.north_deg), corner(bounds.east_deg, bounds.south_deg))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::view::View;

    #[test]
    fn the_world_repeats_at_its_sides_and_ends_at_its_poles() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(1440.0, 900.0));
        let view = View { center: LonLat::new(180.0, 80.0), zoom: 3.0 }.clamped([1440.0, 900.0]);
        let transform = MapTransform::new(rect, view);
        for (tile_pt, zoom) in [(512, 2), (256, 3), (128, 4)] {
            let spots = visible(&transform, tile_pt, 9);
            assert!(spots.iter().any(|spot| spot.world == 0) && spots.iter().any(|spot| spot.world != 0));
            let side = 1 << zoom;
            assert!(spots.iter().all(|it| it.id.zoom == zoom && it.id.x < side && it.id.y < side));
            let covered = spots.iter().map(|spot| rect_of(&transform, *spot));
            let area: f32 = covered.map(|tile| tile.intersect(rect).area().max(0.0)).sum();
            assert!((area - rect.area()).abs() < 10.0, "{area}");
        }
    }

    #[test]
    fn beyond_the_last_zoom_its_tiles_are_drawn_larger() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let transform = MapTransform::new(rect, View { center: LonLat::new(36.0, 50.0), zoom: 12.0 });
        let spots = visible(&transform, 512, 9);
        assert!(spots.iter().all(|spot| spot.id.zoom == 9) && spots.len() <= 4);
        assert!((rect_of(&transform, spots[0]).width() - 2048.0).abs() < 0.1);
    }
}
