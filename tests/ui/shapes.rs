//! Lines and areas on the map: what the pointer does with them.

use dateline::geo::LonLat;
use dateline::io::read_bytes;
use dateline::state::{Command, View};

use crate::support::{TestWindow, click_middle_of_map, settle, window};

const FILE: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","id":"area","geometry":{"type":"Polygon","coordinates":[[[10,50],[12,50],[12,52],[10,52],[10,50]]]},"properties":{"title":"Burnt fields","type":"Fire"}},
{"type":"Feature","id":"line","geometry":{"type":"LineString","coordinates":[[9,50.5],[11,50.5],[13,50.5]]},"properties":{"title":"A road","type":"Blockade"}}]}"#;

/// Clicks on a place in the middle of the map; gives the identifier of what is then selected.
fn clicked(window: &mut TestWindow, lon_deg: f64, lat_deg: f64) -> Option<String> {
    let view = View { center: LonLat::new(lon_deg, lat_deg), zoom: 9.0 };
    window.state_mut().dateline_mut().apply(Command::ClearSelection);
    window.state_mut().dateline_mut().apply(Command::SetView(view));
    settle(window);
    click_middle_of_map(window);
    window.state().dateline().state().selected().map(|incident| incident.id.clone())
}

#[test]
fn a_line_or_an_area_that_is_clicked_selects_its_incident() {
    let mut window = window(read_bytes("a.geojson", FILE.as_bytes()).expect("a dataset"));
    settle(&mut window);
    assert_eq!(clicked(&mut window, 10.4, 51.6).as_deref(), Some("area"));
    assert_eq!(clicked(&mut window, 10.4, 50.5).as_deref(), Some("line"), "the line lies over the area");
    assert_eq!(clicked(&mut window, 12.6, 51.6), None);
}

#[test]
fn what_the_filter_hides_cannot_be_pointed_at() {
    let mut window = window(read_bytes("a.geojson", FILE.as_bytes()).expect("a dataset"));
    window.state_mut().dateline_mut().apply(Command::SetTypeShown { event_type: 0, shown: false });
    settle(&mut window);
    assert_eq!(clicked(&mut window, 10.4, 51.6), None);
    assert_eq!(clicked(&mut window, 10.4, 50.5).as_deref(), Some("line"));
}
