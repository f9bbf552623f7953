//! Filters against the plainest answers: made-up incidents and criteria, each incident asked by itself.

use std::sync::Arc;

use dateline::geo::LonLat;
use dateline::query::{Bitmap, Columns, Criteria, Engine, MapArea, PRECISIONS, Row, STATUSES, StatusSet};

use super::dice::Dice;
use super::engine::{Input, Kind, Target};

/// One target: the bytes are what the dice begin with.
pub(crate) fn targets() -> Vec<Target> {
    let seeds = (0..16_u64).map(|n| Input::new("", n.to_le_bytes())).collect();
    let change = |dice: &mut Dice, input: &mut Input| input.bytes = dice.next().to_le_bytes().to_vec();
    vec![Target::new("filters", 200, seeds, change, run)]
}

fn run(input: &Input) -> u64 {
    let mut seed = [0; 8];
    let count = input.bytes.len().min(8);
    seed[..count].copy_from_slice(&input.bytes[..count]);
    let mut dice = Dice(u64::from_le_bytes(seed));
    let most = [3, 64, 65, 200, 2000][dice.below(5)];
    let rows: Vec<Row> = (0..dice.below(most)).map(|_| row(&mut dice)).collect();
    let mut engine = Engine::new(Arc::new(Columns::build(rows.len(), |n| rows[n])));
    let mut kind = Kind::new();
    for _ in 0..4 {
        let criteria = criteria(&mut dice, rows.len());
        engine.apply(&criteria);
        let shown: Vec<usize> = (0..rows.len()).filter(|&n| passes(&criteria, n, &rows[n])).collect();
        assert_eq!(engine.total(), shown.len(), "{criteria:?}");
        let contained: Vec<usize> = (0..rows.len()).filter(|&n| engine.contains(n)).collect();
        assert_eq!(contained, shown, "{criteria:?}");
        assert_eq!(engine.page(0, rows.len()), shown);
        for (row, incident) in shown.iter().enumerate() {
            assert_eq!(engine.row_of(*incident), Some(row));
        }
        let on_map = shown.iter().filter(|&&n| engine.is_on_map(n)).count();
        assert_eq!(on_map + engine.shown_off_map(), shown.len());
        counts_without_their_own_condition(&engine, &criteria, &rows);
        kind.about(shown.len() as u64);
    }
    kind.value()
}

/// The number beside an event type is that of the incidents that all other conditions let through.
fn counts_without_their_own_condition(engine: &Engine, criteria: &Criteria, rows: &[Row]) {
    let others = Criteria { hidden_types: [].into_iter().collect(), ..criteria.clone() };
    for event_type in 0..24_usize {
        let all = rows
            .iter()
            .enumerate()
            .filter(|(n, row)| usize::from(row.event_type) == event_type && passes(&others, *n, row));
        assert_eq!(engine.count_of_type(event_type), all.count(), "type {event_type} of {criteria:?}");
    }
}

fn row(dice: &mut Dice) -> Row {
    let lon_deg = match dice.below(4) {
        0 => [180.0, -180.0, 179.999, -179.999, 30.0, f64::NAN][dice.below(6)],
        1 => dice.between(30.0, 30.001),
        _ => dice.between(-180.0, 180.0),
    };
    let lat_deg = match dice.below(4) {
        0 => [90.0, -90.0, 85.051, -85.06, 0.0, f64::INFINITY][dice.below(6)],
        1 => dice.between(50.0, 50.001),
        _ => dice.between(-85.0, 85.0),
    };
    let start = match dice.below(10) {
        0 => i32::MIN,
        1 => i32::MAX,
        _ => dice.between(-2000.0, 2000.0) as i32,
    };
    let length = if dice.once_in(12) { i32::MAX } else { dice.below(3000) as i32 };
    Row {
        position: LonLat::new(lon_deg, lat_deg),
        event_type: if dice.once_in(12) { u16::MAX } else { dice.below(24) as u16 },
        status: *dice.of(&STATUSES),
        precision: *dice.of(&PRECISIONS),
        span_min: [start, start.saturating_add(length)],
    }
}

fn criteria(dice: &mut Dice, len: usize) -> Criteria {
    let hidden = if dice.once_in(2) { dice.below(8) } else { 0 };
    let hidden_types: Vec<usize> =
        (0..hidden).map(|_| if dice.once_in(8) { 65_535 } else { dice.below(24) }).collect();
    let mut hidden_statuses = StatusSet::default();
    for _ in 0..dice.below(3) {
        hidden_statuses.set(*dice.of(&STATUSES), true);
    }
    let set = |dice: &mut Dice| {
        let mut set = Bitmap::zeros(len);
        let share = 1 + dice.below(8);
        (0..len).filter(|_| !dice.once_in(share)).for_each(|n| set.insert(n));
        dice.once_in(3).then(|| Arc::new(set))
    };
    let window = [dice.between(-2500.0, 2500.0) as i32, dice.below(2000) as i32];
    Criteria {
        hidden_types: hidden_types.into_iter().collect(),
        window_min: dice.once_in(2).then_some([window[0], window[0] + window[1]]),
        hidden_statuses,
        at_least: dice.once_in(3).then(|| *dice.clone().of(&PRECISIONS)),
        area: area(dice),
        text: set(dice),
        values: set(dice),
        clock: None,
    }
}

fn area(dice: &mut Dice) -> Option<MapArea> {
    let [west, east] = [dice.between(0.0, 1.0), dice.between(0.0, 1.0)];
    let [north, south] = [dice.between(-0.1, 0.6), dice.between(0.3, 1.1)];
    dice.once_in(3).then_some(MapArea { west, east, north, south })
}

fn passes(criteria: &Criteria, incident: usize, row: &Row) -> bool {
    let [start, end] = row.span_min;
    let is_among = |set: &Option<Arc<Bitmap>>| set.as_ref().is_none_or(|set| set.contains(incident));
    !criteria.hidden_types.contains(row.event_type.into())
        && criteria.window_min.is_none_or(|[from, to]| start <= to && end >= from)
        && !criteria.hidden_statuses.contains(row.status)
        && criteria.at_least.is_none_or(|worst| row.precision <= worst)
        && criteria.area.is_none_or(|area| area.contains(row.position))
        && is_among(&criteria.text)
        && is_among(&criteria.values)
}
