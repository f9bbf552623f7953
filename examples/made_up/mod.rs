//! A made-up dataset of any size, with texts as reports have them. Everything in it is invented.

mod rows;

use std::sync::Arc;

use dateline::geo::{Bounds, LonLat};
use dateline::model::{
    Account, Claim, Dataset, EventType, Incident, IncidentTime, Moment, Place, Precision, Rgb, Shape,
    ShapeKind, Source, Stance, Symbol, TimePrecision,
};
use dateline::query::Row;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use rows::{Dice, MINUTES_A_DAY, TOWNS};

/// Label, colour and shape of the event types, and what headlines say of each.
const TYPES: [(&str, u32, Symbol, [&str; 3]); 6] = [
    (
        "Battles",
        0x00C2_410C,
        Symbol::Triangle,
        ["Forces clash", "Checkpoint changes hands", "Patrol ambushed"],
    ),
    (
        "Explosions",
        0x00A6_1B3C,
        Symbol::Cross,
        ["Shelling reported", "Drone strikes depot", "Device goes off"],
    ),
    (
        "Violence against civilians",
        0x007B_3FA0,
        Symbol::Plus,
        ["Residents abducted", "Market attacked", "Homes raided"],
    ),
    ("Protests", 0x000A_6BB0, Symbol::Diamond, ["March over prices", "Teachers gather", "Sit-in for water"]),
    ("Riots", 0x008F_6400, Symbol::Circle, ["Stalls burned", "Crowd storms office", "Fans fight police"]),
    (
        "Strategic developments",
        0x004B_7A1E,
        Symbol::Square,
        ["Truce agreed", "Leaders arrested", "Convoy arrives"],
    ),
];
const WHERE: [&str; 4] = ["near", "in", "north of", "on the road to"];
const SPEAKERS: [&str; 4] = ["Residents", "Police", "A monitoring group", "The governor's office"];
const SYLLABLES: [&str; 16] =
    ["ba", "ko", "ri", "ta", "zu", "mel", "nor", "sha", "dan", "ve", "lo", "gar", "mi", "pe", "sul", "an"];

/// So many incidents with an area each, from a house to a county.
#[allow(dead_code, reason = "not every example draws areas")]
pub(crate) fn areas(count: usize) -> Dataset {
    let mut dataset = dataset(count);
    let shape = |n: usize| {
        let LonLat { lon_deg, lat_deg } = dataset.incidents.facts(n)?.position;
        let radius_deg = 0.001 * 1.6_f64.powf((n % 16) as f64);
        let corner = |k: u32| {
            let turn = f64::from(k) / 12.0 * std::f64::consts::TAU;
            let radius_deg = radius_deg * (0.7 + 0.3 * f64::from(k * k % 5) / 4.0);
            LonLat::new(lon_deg + radius_deg * turn.cos(), lat_deg + 0.6 * radius_deg * turn.sin())
        };
        let ring: Vec<LonLat> = (0..12).chain([0]).map(corner).collect();
        let bounds = Bounds::around(ring.iter().copied())?;
        Some(Shape { incident: n, kind: ShapeKind::Area, parts: vec![ring], bounds })
    };
    let shapes: Vec<Shape> = (0..count).filter_map(shape).collect();
    dataset.shapes = shapes;
    dataset
}

/// An incident with a track of so many points.
#[allow(dead_code, reason = "not every example draws a track")]
pub(crate) fn track(points: usize) -> Dataset {
    let mut dataset = dataset(1);
    let point = |n: usize| {
        let share = n as f64 / points as f64;
        LonLat::new(30.0 + 14.0 * share + (n as f64 * 0.7).sin() * 0.01, 50.0 + 3.0 * (share * 40.0).sin())
    };
    let track: Vec<LonLat> = (0..points).map(point).collect();
    let bounds = Bounds::around(track.iter().copied());
    let shape = |bounds| Shape { incident: 0, kind: ShapeKind::Line, parts: vec![track], bounds };
    dataset.shapes = bounds.map(shape).into_iter().collect();
    dataset
}

/// So many incidents.
pub(crate) fn dataset(count: usize) -> Dataset {
    let mut dice = Dice(4);
    let towns: Vec<String> = (0..TOWNS).map(|_| town(&mut dice)).collect();
    let source = |n: usize| Source {
        id: format!("paper{n}"),
        publisher: format!("The {} Courier", towns[n]),
        title: "Reports of the week".to_owned(),
        author: None,
        date: Some(date(2026, 1, 1)),
        url: None,
    };
    let sources: Vec<Arc<Source>> = (0..40).map(|n| Arc::new(source(n))).collect();
    let rows = rows::rows(count).into_iter().enumerate();
    Dataset {
        title: format!("{count} made-up incidents"),
        introduction: "Invented from end to end, to try the program with.".to_owned(),
        as_of: Some(date(2026, 1, 1)),
        event_types: TYPES.iter().enumerate().map(|(n, it)| event_type(n, it)).collect(),
        incidents: rows
            .map(|(n, (row, town))| incident(n, &row, &towns[town], &sources, &mut dice))
            .collect::<Vec<_>>()
            .into(),
        sources,
        account: Account { mapped: count as u64, ..Account::default() },
        ..Dataset::default()
    }
}

fn event_type(n: usize, &(label, rgb, symbol, _): &(&str, u32, Symbol, [&str; 3])) -> EventType {
    let color = Rgb { r: (rgb >> 16) as u8, g: (rgb >> 8) as u8, b: rgb as u8 };
    EventType { id: format!("type{n}"), label: label.to_owned(), color, symbol }
}

/// A name that no town has.
fn town(dice: &mut Dice) -> String {
    let name: String = (0..2 + dice.between(0.0, 2.0) as usize).map(|_| *one_of(dice, &SYLLABLES)).collect();
    name[..1].to_uppercase() + &name[1..]
}

fn one_of<'a, T>(dice: &mut Dice, choices: &'a [T]) -> &'a T {
    &choices[(dice.unit() * choices.len() as f64) as usize % choices.len()]
}

fn incident(n: usize, row: &Row, town: &str, sources: &[Arc<Source>], dice: &mut Dice) -> Incident {
    let event_type = usize::from(row.event_type) % TYPES.len();
    let headline = *one_of(dice, &TYPES[event_type].3);
    let preposition = *one_of(dice, &WHERE);
    let hurt = (dice.unit().powi(3) * 12.0) as u32;
    let speaker = *one_of(dice, &SPEAKERS);
    let source = &sources[(dice.unit() * 40.0) as usize % 40];
    let [start_min, end_min] = row.span_min;
    let precision = match (end_min - start_min) / MINUTES_A_DAY {
        0 => TimePrecision::Day,
        1..=6 => TimePrecision::Week,
        _ => TimePrecision::Month,
    };
    let text = format!(
        "{speaker} say that {hurt} people were hurt {preposition} {town} and that calm has returned."
    );
    let place = Place {
        name: town.to_owned(),
        local_name: None,
        region: None,
        region_code: None,
        // Any country will do: the towns are in none.
        country: "XX".to_owned(),
        position: row.position,
        precision: row.precision,
        radius_m: (row.precision == Precision::District).then_some(12_000.0),
    };
    let claim = Claim {
        speaker: speaker.to_owned(),
        stance: Stance::Asserts,
        text: text.clone(),
        sources: vec![Arc::clone(source)],
    };
    Incident {
        event_type,
        time: Some(IncidentTime { start: Moment::Day(day(start_min)), end: None, precision }),
        summary: format!("{headline} {preposition} {town}. {text}"),
        status: row.status,
        claims: vec![claim],
        sources: vec![Arc::clone(source)],
        ..Incident::new(format!("i{n}"), format!("{headline} {preposition} {town}"), place)
    }
}

fn day(minute: i32) -> Date {
    date(1970, 1, 1).saturating_add(i64::from(minute / MINUTES_A_DAY).days())
}
