//! Tests of the reader as a whole: what it accepts, what it says, and that write-then-read is identity.

use super::super::{BUNDLED, bundled, read_bytes};
use super::*;

fn read_text(text: &str) -> Result<Dataset, ReadError> {
    read_bytes("a.ron", text.as_bytes())
}

#[test]
fn the_bundled_dataset_has_its_six_incidents_and_five_event_types() {
    let dataset = bundled().unwrap_or_else(|error| panic!("{error}"));
    let ids: Vec<&str> = dataset.incidents.iter().map(|incident| incident.id.as_str()).collect();
    assert_eq!(ids, ["tetkino", "belgorod", "kursk", "nizhny-novgorod", "oryol", "ivanovo"]);
    let types: Vec<&str> = dataset.event_types.iter().map(|event_type| event_type.id.as_str()).collect();
    assert_eq!(
        types,
        ["ground_incursion", "armed_clash", "drone_strike", "infrastructure_fire", "aircraft_crash"]
    );
}

#[test]
fn the_bundled_dataset_is_written_and_read_back_unchanged() {
    let dataset = bundled().unwrap();
    assert_eq!(read_text(&write(&dataset)).unwrap_or_else(|error| panic!("{error}")), dataset);
    assert!(!BUNDLED.is_empty());
}
