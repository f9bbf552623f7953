//! The box around all shown incidents, found in one look at each of them.

use super::answer::Answer;
use super::columns::{Columns, WORLD};
use crate::geo::{Bounds, UnitPoint};

/// The world is cut into so many strips from west to east to find the widest empty stretch: a power of two.
const STRIPS: usize = 4096;
/// How far a position is shifted to get its strip.
const SHIFT: u32 = 32 - STRIPS.ilog2();

/// The box around the shown incidents that the map has a place for; `None` if there are none. It takes the short way
/// round the antimeridian: the widest empty stretch, to a strip's width, stays outside.
pub(super) fn bounds(columns: &Columns, answer: &Answer) -> Option<Bounds> {
    let shown = || answer.slots_in(0..columns.mappable).map(|slot| slot as usize);
    let mut occupied = vec![false; STRIPS];
    let (mut north, mut south) = (u32::MAX, 0);
    for slot in shown() {
        occupied[(columns.x[slot] >> SHIFT) as usize] = true;
        north = north.min(columns.y[slot]);
        south = south.max(columns.y[slot]);
    }
    let (first, last) = occupied_stretch(&occupied)?;
    let (mut west, mut east) = (u32::MAX, 0);
    for slot in shown() {
        let x = columns.x[slot];
        let strip = (x >> SHIFT) as usize;
        if strip == first {
            west = west.min(x);
        }
        if strip == last {
            east = east.max(x);
        }
    }
    let corner = |x: u32, y: u32| UnitPoint { x: f64::from(x) / WORLD, y: f64::from(y) / WORLD }.to_lon_lat();
    let (north_west, south_east) = (corner(west, north), corner(east, south));
    Some(Bounds {
        west_deg: north_west.lon_deg,
        south_deg: south_east.lat_deg,
        east_deg: south_east.lon_deg,
        north_deg: north_west.lat_deg,
    })
}

/// The first and the last strip of what remains if the longest stretch of empty strips, taken round the world, is left
/// out.
fn occupied_stretch(occupied: &[bool]) -> Option<(usize, usize)> {
    let strips: Vec<usize> = (0..occupied.len()).filter(|&n| occupied[n]).collect();
    let (&lowest, &highest) = (strips.first()?, strips.last()?);
    let round_the_world = (lowest + occupied.len() - highest, (lowest, highest));
    let between = strips.windows(2).map(|pair| (pair[1] - pair[0], (pair[1], pair[0])));
    between.chain([round_the_world]).max_by_key(|(gap, _)| *gap).map(|(_, stretch)| stretch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::query::{Criteria, Row, brute, pass};
    use proptest::prelude::*;

    fn bounds_of(positions: &[(f64, f64)]) -> Option<Bounds> {
        let row = |&(lon, lat): &(f64, f64)| Row { position: LonLat::new(lon, lat), ..brute::plain_row() };
        let columns = brute::columns(&positions.iter().map(row).collect::<Vec<_>>());
        let mut answer = Answer::default();
        pass::run(&columns, &Criteria::default(), &mut answer);
        bounds(&columns, &answer)
    }

    #[test]
    fn the_box_takes_the_short_way_round_the_antimeridian() {
        let box_around = bounds_of(&[(178.0, -18.0), (-172.0, -14.0)]).unwrap();
        assert!((box_around.width_deg() - 10.0).abs() < 1e-6, "{box_around:?}");
        assert_eq!(bounds_of(&[]), None);
        assert!(bounds_of(&[(34.0, 51.0)]).unwrap().width_deg() < 1e-6);
    }

    proptest! {
        #[test]
        fn the_box_holds_every_incident_and_is_no_wider_than_need_be(
            positions in prop::collection::vec((-180.0..180.0_f64, -84.0..84.0_f64), 1..40)
        ) {
            let found = bounds_of(&positions).unwrap();
            let exact = Bounds::around(positions.iter().map(|&(lon, lat)| LonLat::new(lon, lat))).unwrap();
            let roomy = Bounds {
                west_deg: found.west_deg - 1e-6, south_deg: found.south_deg - 1e-6,
                east_deg: found.east_deg + 1e-6, north_deg: found.north_deg + 1e-6,
            };
            for &(lon, lat) in &positions {
                prop_assert!(roomy.contains(LonLat::new(lon, lat)), "{found:?} {lon} {lat}");
            }
            prop_assert!(found.width_deg() <= exact.width_deg() + 2.0 * 360.0 / STRIPS as f64 + 1e-6);
        }
    }
}
