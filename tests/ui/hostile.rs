//! Texts that try to deceive: nothing that the window says obeys a control or direction character of a file.

use dateline::io;
use dateline::model::Dataset;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, click, mentions, settle, wait_until, window_of_size};

/// A right-to-left override, an isolate, an escape sequence and a character of C1.
const EVIL: &str = "a\u{202E}b\u{2066}c\u{1B}[31md\u{9B}e";
/// The same as the window must show it.
const SHOWN: &str = r"a\u{202e}b\u{2066}c\u{1b}[31md\u{9b}e";

/// Two incidents all of whose texts are evil.
fn evil() -> Dataset {
    let text = r##"Dataset(format: 1, title: "TITLE EVIL", introduction: "INTRO EVIL", as_of: "2025-05-02",
        event_types: [EventType(id: "x", label: "LABEL EVIL", color: "#0A6BB0", symbol: Diamond)],
        sources: [Source(id: "s", publisher: "PUBLISHER EVIL", title: "HEADLINE EVIL",
            url: "https://example.org/EVIL", author: "AUTHOR EVIL")],
        incidents: [
            Incident(id: "1", title: "INCIDENT EVIL", event_type: "x",
                place: Place(name: "PLACE EVIL", local_name: "LOCAL EVIL", region: "REGION EVIL", country: "AT",
                    position: (lon: 16.0, lat: 48.0), precision: Settlement),
                time: Time(start: "2025-05-01", precision: Day), summary: "SUMMARY EVIL", status: Contested,
                tags: ["TAG EVIL"], sources: ["s"],
                claims: [Claim(speaker: "SPEAKER EVIL", stance: Asserts, text: "CLAIM EVIL", sources: ["s"])],
                related: [Related(id: "2", how: "HOW EVIL")]),
            Incident(id: "2", title: "OTHER EVIL", event_type: "x",
                place: Place(name: "", country: "AT", position: (lon: 17.0, lat: 48.0), precision: Country),
                time: Time(start: "2025-05-01", precision: Day), summary: "", status: Unverified, sources: ["s"]),
        ])"##;
    // In RON, as anybody may write it.
    let evil: String = EVIL
        .chars()
        .map(|c| if c.is_ascii_graphic() { c.to_string() } else { c.escape_unicode().to_string() })
        .collect();
    match io::read_bytes("evil.ron", text.replace("EVIL", &evil).as_bytes()) {
        Ok(dataset) => dataset,
        Err(error) => panic!("{}", error.render(false)),
    }
}

/// Everything that the window tells a screen reader, which is everything that it writes.
fn said(window: &TestWindow) -> Vec<String> {
    let texts = |node: Node<'_>| {
        let node = node.accesskit_node();
        [node.label(), node.value(), node.data().description().map(str::to_owned)]
    };
    window.query_all_by(|_| true).flat_map(texts).flatten().collect()
}

/// Fails where anything is said with a character that would be obeyed.
fn assert_nothing_is_obeyed(window: &TestWindow, when: &str) {
    for text in said(window) {
        let bad = |c: char| {
            (c.is_control() && c != '\n') || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!text.contains(bad), "{when}: {text:?}");
    }
}

#[test]
fn no_text_of_a_file_is_obeyed_wherever_it_is_shown() {
    let mut window = window_of_size(evil(), [1440.0, 1600.0], 1.0);
    // Tests have no fonts but the program's own; a reader's machine has, or shows boxes.
    window.ctx.set_missing_glyph_policy(eframe::egui::epaint::text::MissingGlyphPolicy::Tofu);
    assert_nothing_is_obeyed(&window, "with nothing selected");
    assert!(mentions(&window, &format!("INTRO {SHOWN}")), "the introduction shows what is in it");
    assert!(mentions(&window, &format!("LABEL {SHOWN}")));
    window.get_by_label_contains("INCIDENT a").click();
    settle(&mut window);
    assert_nothing_is_obeyed(&window, "with an incident in the panel");
    for part in ["INCIDENT", "SUMMARY", "SPEAKER", "CLAIM", "TAG", "PUBLISHER", "OTHER"] {
        assert!(
            mentions(&window, &format!("{part} {SHOWN}")),
            "{part} shows what is in it: {:#?}",
            said(&window)
        );
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    for word in ["label", "incident", "summary", "place"] {
        for letter in word.chars() {
            window.event(eframe::egui::Event::Text(letter.to_string()));
            window.run_steps(2);
            assert_nothing_is_obeyed(&window, "while searching");
        }
        // Findings come from another thread.
        let found = format!("{} {SHOWN}", word.to_uppercase());
        wait_until(&mut window, word, |window| {
            window
                .query_all_by_label_contains(&found)
                .any(|row| row.accesskit_node().role() == Role::ListBoxOption)
        });
        assert_nothing_is_obeyed(&window, "with what was found");
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        settle(&mut window);
    }
    window.key_press(Key::Escape);
    settle(&mut window);
    click(&mut window, "Add filter");
    assert_nothing_is_obeyed(&window, "with the menu of filters");
}
