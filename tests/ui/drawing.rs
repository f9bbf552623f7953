//! Incidents as points and as heat: what the map says of them, and what it falls back to.

use dateline::state::{Command, Drawing};

use crate::million::{counted, many};
use crate::support::{TestWindow, mentions, settle, window, window_with_adapter};

/// Draws incidents in another way.
fn draw(window: &mut TestWindow, drawing: Drawing) {
    window.state_mut().dateline_mut().apply(Command::SetDrawing(drawing));
    settle(window);
}

/// Whether the legend of heat is there, and ends with more than its least.
fn has_a_telling_legend(window: &TestWindow) -> bool {
    mentions(window, "Heat: incidents within") && !mentions(window, "from 1 to 10 or more")
}

#[test]
fn the_legend_of_heat_counts_the_same_whatever_was_drawn_before() {
    let mut window = window_with_adapter(many());
    draw(&mut window, Drawing::Points);
    assert!(!mentions(&window, "Heat: incidents within"));
    draw(&mut window, Drawing::Heat);
    assert!(has_a_telling_legend(&window));
}

#[test]
fn without_an_adapter_rings_stand_for_points_and_heat() {
    let mut window = window(many());
    for drawing in [Drawing::Points, Drawing::Heat] {
        draw(&mut window, drawing);
        assert_eq!(counted(&window), 20_000, "{drawing:?}");
        assert!(!mentions(&window, "Heat: incidents within"), "there is no heat that it could explain");
    }
}
