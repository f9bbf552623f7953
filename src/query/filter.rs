//! What the reader asks for, in the reader's terms; the engine answers its [`Criteria`].

use super::criteria::Criteria;
use super::text::words_of;

/// What the reader asks for: conditions on each incident, and a text that it must contain.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// Everything but the text: its matches are found elsewhere, and take time.
    conditions: Criteria,
    /// Incidents of these files are left out, where several are open: ascending.
    hidden_layers: Vec<usize>,
    /// Words that all must occur somewhere in the incident; case does not matter. Empty: no condition.
    text: String,
}

impl Filter {
    /// Whether incidents of this type pass.
    #[must_use]
    pub fn shows_type(&self, event_type: usize) -> bool {
        !self.conditions.hidden_types.contains(event_type)
    }

    /// Shows or hides one event type.
    pub fn set_type_shown(&mut self, event_type: usize, shown: bool) {
        self.conditions.hidden_types.set(event_type, !shown);
    }

    /// Whether incidents of this file pass, where several are open.
    #[must_use]
    pub fn shows_layer(&self, layer: usize) -> bool {
        self.hidden_layers.binary_search(&layer).is_err()
    }

    /// Shows or hides the incidents of one file.
    pub fn set_layer_shown(&mut self, layer: usize, shown: bool) {
        match self.hidden_layers.binary_search(&layer) {
            Ok(at) if shown => drop(self.hidden_layers.remove(at)),
            Err(at) if !shown => self.hidden_layers.insert(at, layer),
            _ => {}
        }
    }

    /// The files whose incidents are left out.
    #[must_use]
    pub fn hidden_layers(&self) -> &[usize] {
        &self.hidden_layers
    }

    /// The first and the last minute, since 1970 in UTC, of the time that incidents must touch.
    #[must_use]
    pub fn window_min(&self) -> Option<[i32; 2]> {
        self.conditions.window_min
    }

    /// Shows only incidents whose time touches this one.
    pub fn set_window_min(&mut self, window_min: Option<[i32; 2]>) {
        self.conditions.window_min = window_min;
    }

    /// The text that incidents must contain.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Sets the text that incidents must contain.
    pub fn set_text(&mut self, text: String) {
        self.text = text;
    }

    /// Whether everything passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.hidden_layers.is_empty() && self.text.trim().is_empty()
    }

    /// The words of the text, in lower case.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        words_of(&self.text)
    }

    /// Everything but the text.
    #[must_use]
    pub fn conditions(&self) -> &Criteria {
        &self.conditions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn showing_what_was_hidden_gives_an_empty_filter_again() {
        let mut filter = Filter::default();
        filter.set_type_shown(1, false);
        assert!(!filter.is_empty() && !filter.shows_type(1) && filter.shows_type(0));
        filter.set_type_shown(1, true);
        assert_eq!(filter, Filter::default());
    }

    #[test]
    fn blanks_ask_for_nothing() {
        let mut filter = Filter::default();
        filter.set_text("  ".to_owned());
        assert!(filter.is_empty() && filter.words().is_empty());
        filter.set_text(" Тёткино x".to_owned());
        assert_eq!(filter.words(), ["тёткино", "x"]);
    }
}
