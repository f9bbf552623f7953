//! Everything that can be done by a key, in one table: the menu, the tooltips and the help sheet read it, too.
//!
//! To add a shortcut: add an [`Action`], its row in [`ACTIONS`], its words (`action-...`) in the catalogue, and what it
//! does in `ui/app.rs`.

use eframe::egui::os::OperatingSystem;
use eframe::egui::{Context, Event, InputState, Key, KeyboardShortcut, ModifierNames, Modifiers};

use crate::t;

/// Something that the reader can do by a key. What it does stands in `ui/app.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Ask for a file and open it.
    Open,
    /// Read the open file again.
    Reload,
    /// Ask for a file and write what is open to it.
    Export,
    /// Select the next incident of the list.
    NextIncident,
    /// Select the previous incident of the list.
    PreviousIncident,
    /// Select the incident that comes next in time.
    LaterIncident,
    /// Select the incident that comes last before in time.
    EarlierIncident,
    /// Bring the selected incident into the middle of the map, close enough to see its surroundings.
    GoToIncident,
    /// Close what is open: menu, chooser, help, incident.
    Close,
    /// Copy the selected incident as text.
    CopyIncident,
    /// Copy the view as a text that can be handed on.
    CopyView,
    /// Search everywhere.
    Search,
    /// Put the cursor into the text field.
    FindText,
    /// Show or hide the event type with this number.
    ToggleType,
    /// Show only the event type with this number.
    OnlyType,
    /// Show everything again.
    ResetFilter,
    /// Play the window of time, or stop it.
    PlayPause,
    /// Move the window of time one step back.
    StepBack,
    /// Move the window of time one step on.
    StepForward,
    /// Move the map.
    PanLeft,
    /// Move the map.
    PanRight,
    /// Move the map.
    PanUp,
    /// Move the map.
    PanDown,
    /// Zoom the map in.
    ZoomIn,
    /// Zoom the map out.
    ZoomOut,
    /// Fit the map to what is shown.
    Fit,
    /// Draw a rectangle that incidents must stand in.
    Rectangle,
    /// Draw incidents in the next way: rings, points, heat.
    NextDrawing,
    /// Measure along clicks, or stop it.
    Measure,
    /// Open the menu of the point in the middle of the map: its coordinates, measuring from there.
    SpotMenu,
    /// Choose the map under the markers.
    Maps,
    /// Take the last change of filter, selection or view back.
    Undo,
    /// Do it again.
    Redo,
    /// Go to the view before.
    Back,
    /// Go to the view after.
    Forward,
    /// Switch between light and dark.
    SwitchTheme,
    /// Make all text larger.
    LargerText,
    /// Make all text smaller.
    SmallerText,
    /// Make all text as large as at first.
    UsualText,
    /// Show or hide this list.
    Help,
    /// Show or hide the figures for developers.
    DebugOverlay,
}

/// When a shortcut counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Always, also while a text field has the focus: only with Ctrl or as a function key.
    Always,
    /// While no text field has the focus.
    NotTyping,
    /// While the map has the focus.
    OnMap,
    /// While nothing has the focus: what has it uses these keys itself.
    Unfocused,
}

impl Scope {
    /// Whether there is a moment at which shortcuts of both scopes count.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        !matches!((self, other), (Self::OnMap, Self::Unfocused) | (Self::Unfocused, Self::OnMap))
    }
}

/// Under which head an action stands in the help sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Opening files.
    File,
    /// Going through incidents.
    Incidents,
    /// What is shown.
    Filter,
    /// The window of time.
    Time,
    /// Where the map stands.
    Map,
    /// Taking back and doing again.
    History,
    /// The window itself.
    Window,
}

impl Group {
    /// All groups, in the order of the help sheet.
    pub const ALL: [Self; 7] =
        [Self::File, Self::Incidents, Self::Filter, Self::History, Self::Time, Self::Map, Self::Window];

    /// Its head.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::File => t!("group-file"),
            Self::Incidents => t!("group-incidents"),
            Self::Filter => t!("group-filter"),
            Self::Time => t!("group-time"),
            Self::Map => t!("group-map"),
            Self::History => t!("group-history"),
            Self::Window => t!("group-window"),
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What is done.
    pub action: Action,
    /// Under which head it stands.
    pub group: Group,
    /// When its shortcuts count.
    pub scope: Scope,
    /// The keys; any of them does it, the first is shown in menus and tooltips.
    pub shortcuts: &'static [KeyboardShortcut],
}

const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}

const fn row(action: Action, group: Group, scope: Scope, shortcuts: &'static [KeyboardShortcut]) -> Entry {
    Entry { action, group, scope, shortcuts }
}

/// Every action with its keys.
pub const ACTIONS: &[Entry] = &[
    row(Action::Open, Group::File, Scope::Always, &[ctrl(Key::O)]),
    row(Action::Reload, Group::File, Scope::Always, &[ctrl(Key::R), key(Key::F5)]),
    row(Action::Export, Group::File, Scope::Always, &[ctrl(Key::E)]),
    row(Action::NextIncident, Group::Incidents, Scope::Unfocused, &[key(Key::ArrowDown)]),
    row(Action::NextIncident, Group::Incidents, Scope::NotTyping, &[key(Key::J)]),
    row(Action::PreviousIncident, Group::Incidents, Scope::Unfocused, &[key(Key::ArrowUp)]),
    row(Action::PreviousIncident, Group::Incidents, Scope::NotTyping, &[key(Key::K)]),
    row(Action::LaterIncident, Group::Incidents, Scope::NotTyping, &[key(Key::N)]),
    row(Action::EarlierIncident, Group::Incidents, Scope::NotTyping, &[key(Key::P)]),
    row(Action::GoToIncident, Group::Incidents, Scope::NotTyping, &[key(Key::Enter)]),
    row(Action::CopyIncident, Group::Incidents, Scope::NotTyping, &[ctrl(Key::C)]),
    row(Action::Close, Group::Incidents, Scope::NotTyping, &[key(Key::Escape)]),
    row(Action::Search, Group::Filter, Scope::Always, &[ctrl(Key::K)]),
    row(Action::FindText, Group::Filter, Scope::Always, &[ctrl(Key::F)]),
    row(Action::FindText, Group::Filter, Scope::NotTyping, &[key(Key::Slash)]),
    row(Action::ToggleType, Group::Filter, Scope::NotTyping, &digits(Modifiers::NONE)),
    row(Action::OnlyType, Group::Filter, Scope::NotTyping, &digits(Modifiers::ALT)),
    row(Action::Rectangle, Group::Filter, Scope::NotTyping, &[key(Key::B)]),
    row(Action::ResetFilter, Group::Filter, Scope::NotTyping, &[key(Key::R)]),
    row(Action::PlayPause, Group::Time, Scope::Unfocused, &[key(Key::Space)]),
    row(Action::PlayPause, Group::Time, Scope::OnMap, &[key(Key::Space)]),
    row(Action::StepBack, Group::Time, Scope::NotTyping, &[key(Key::Comma)]),
    row(Action::StepForward, Group::Time, Scope::NotTyping, &[key(Key::Period)]),
    row(Action::PanLeft, Group::Map, Scope::OnMap, &[key(Key::ArrowLeft)]),
    row(Action::PanRight, Group::Map, Scope::OnMap, &[key(Key::ArrowRight)]),
    row(Action::PanUp, Group::Map, Scope::OnMap, &[key(Key::ArrowUp)]),
    row(Action::PanDown, Group::Map, Scope::OnMap, &[key(Key::ArrowDown)]),
    row(Action::ZoomIn, Group::Map, Scope::NotTyping, &[key(Key::Plus), key(Key::Equals)]),
    row(Action::ZoomOut, Group::Map, Scope::NotTyping, &[key(Key::Minus)]),
    row(Action::Fit, Group::Map, Scope::NotTyping, &[key(Key::F)]),
    row(Action::NextDrawing, Group::Map, Scope::NotTyping, &[key(Key::D)]),
    row(Action::CopyView, Group::Map, Scope::NotTyping, &[ctrl_shift(Key::C)]),
    row(Action::Measure, Group::Map, Scope::NotTyping, &[key(Key::M)]),
    row(Action::SpotMenu, Group::Map, Scope::NotTyping, &[key(Key::C), key(Key::Menu)]),
    row(Action::Maps, Group::Map, Scope::NotTyping, &[ctrl_shift(Key::M)]),
    row(Action::Back, Group::Map, Scope::NotTyping, &[alt(Key::ArrowLeft)]),
    row(Action::Forward, Group::Map, Scope::NotTyping, &[alt(Key::ArrowRight)]),
    row(Action::Undo, Group::History, Scope::NotTyping, &[ctrl(Key::Z)]),
    row(Action::Redo, Group::History, Scope::NotTyping, &[ctrl_shift(Key::Z), ctrl(Key::Y)]),
    row(Action::SwitchTheme, Group::Window, Scope::NotTyping, &[key(Key::T)]),
    row(Action::LargerText, Group::Window, Scope::Always, &[ctrl(Key::Plus), ctrl(Key::Equals)]),
    row(Action::SmallerText, Group::Window, Scope::Always, &[ctrl(Key::Minus)]),
    row(Action::UsualText, Group::Window, Scope::Always, &[ctrl(Key::Num0)]),
    row(Action::Help, Group::Window, Scope::Always, &[key(Key::F1)]),
    row(Action::Help, Group::Window, Scope::NotTyping, &[key(Key::Questionmark)]),
    row(Action::DebugOverlay, Group::Window, Scope::Always, &[key(Key::F12)]),
];

const fn digits(modifiers: Modifiers) -> [KeyboardShortcut; 9] {
    const KEYS: [Key; 9] =
        [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    let mut shortcuts = [KeyboardShortcut::new(modifiers, Key::Num1); 9];
    let mut n = 0;
    while n < 9 {
        shortcuts[n] = KeyboardShortcut::new(modifiers, KEYS[n]);
        n += 1;
    }
    shortcuts
}

impl Action {
    /// Whether a key that is held down does it again and again: what goes step by step. What switches would only flicker.
    #[must_use]
    pub fn repeats(self) -> bool {
        matches!(
            self,
            Self::NextIncident
                | Self::PreviousIncident
                | Self::LaterIncident
                | Self::EarlierIncident
                | Self::PanLeft
                | Self::PanRight
                | Self::PanUp
                | Self::PanDown
                | Self::ZoomIn
                | Self::ZoomOut
                | Self::StepBack
                | Self::StepForward
                | Self::Undo
                | Self::Redo
                | Self::LargerText
                | Self::SmallerText
        )
    }

    /// Whether it can be done while the help sheet lies over the window. What the sheet hides must not change behind it.
    #[must_use]
    pub fn works_behind_help(self) -> bool {
        matches!(self, Self::Close | Self::Help | Self::LargerText | Self::SmallerText | Self::UsualText)
    }

    /// What people read in menus, tooltips and the help sheet.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => t!("action-open"),
            Self::Reload => t!("action-reload"),
            Self::Export => t!("action-export"),
            Self::NextIncident => t!("action-next-incident"),
            Self::PreviousIncident => t!("action-previous-incident"),
            Self::LaterIncident => t!("action-later-incident"),
            Self::EarlierIncident => t!("action-earlier-incident"),
            Self::GoToIncident => t!("action-go-to-incident"),
            Self::Close => t!("action-close"),
            Self::CopyIncident => t!("action-copy-incident"),
            Self::CopyView => t!("action-copy-view"),
            Self::Search => t!("action-search"),
            Self::FindText => t!("action-find-text"),
            Self::ToggleType => t!("action-toggle-type"),
            Self::OnlyType => t!("action-only-type"),
            Self::ResetFilter => t!("action-reset-filter"),
            Self::PlayPause => t!("action-play-pause"),
            Self::StepBack => t!("action-step-back"),
            Self::StepForward => t!("action-step-forward"),
            Self::PanLeft => t!("action-pan-left"),
            Self::PanRight => t!("action-pan-right"),
            Self::PanUp => t!("action-pan-up"),
            Self::PanDown => t!("action-pan-down"),
            Self::ZoomIn => t!("action-zoom-in"),
            Self::ZoomOut => t!("action-zoom-out"),
            Self::Fit => t!("action-fit"),
            Self::Rectangle => t!("action-rectangle"),
            Self::NextDrawing => t!("action-next-drawing"),
            Self::Measure => t!("action-measure"),
            Self::SpotMenu => t!("action-spot-menu"),
            Self::Maps => t!("action-maps"),
            Self::Undo => t!("action-undo"),
            Self::Redo => t!("action-redo"),
            Self::Back => t!("action-back"),
            Self::Forward => t!("action-forward"),
            Self::SwitchTheme => t!("action-switch-theme"),
            Self::LargerText => t!("action-larger-text"),
            Self::SmallerText => t!("action-smaller-text"),
            Self::UsualText => t!("action-usual-text"),
            Self::Help => t!("action-help"),
            Self::DebugOverlay => t!("action-debug-overlay"),
        }
    }

    /// Its keys as people read them, the usual ones first: `Ctrl+O`. `1 – 9` for those that have a key for each number.
    #[must_use]
    pub fn keys(self, ctx: &Context) -> Vec<String> {
        let rows = ACTIONS.iter().filter(|entry| entry.action == self);
        rows.flat_map(|entry| match entry.shortcuts {
            [first, .., last] if matches!(self, Self::ToggleType | Self::OnlyType) => {
                vec![format!("{} – {}", written(ctx, *first), key_name(last.logical_key))]
            }
            // Plus and the key that it shares with the equals sign are one key to most people.
            shortcuts => shortcuts
                .iter()
                .filter(|shortcut| shortcut.logical_key != Key::Equals)
                .map(|shortcut| written(ctx, *shortcut))
                .collect(),
        })
        .collect()
    }

    /// Its label with its first key, for tooltips: `Fit the map to what is shown (F)`.
    #[must_use]
    pub fn tooltip(self, ctx: &Context) -> String {
        match self.keys(ctx).first() {
            Some(keys) => format!("{} ({keys})", self.label()),
            None => self.label().to_owned(),
        }
    }
}

/// `Ctrl+Shift+Z`, with the names that this system gives its keys.
fn written(ctx: &Context, shortcut: KeyboardShortcut) -> String {
    let is_mac = ctx.os() == OperatingSystem::Mac;
    let modifiers = ModifierNames::NAMES.format(&shortcut.modifiers, is_mac);
    let plus = if modifiers.is_empty() { "" } else { ModifierNames::NAMES.concat };
    format!("{modifiers}{plus}{}", key_name(shortcut.logical_key))
}

/// What is printed on the key.
fn key_name(key: Key) -> &'static str {
    match key {
        Key::Escape => "Esc",
        Key::Minus => "−",
        Key::Plus => "+",
        Key::Questionmark => "?",
        Key::Slash => "/",
        Key::Comma => ",",
        Key::Period => ".",
        key => key.name(),
    }
}

/// Where the keyboard's focus is, as far as shortcuts care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// In a text field.
    Text,
    /// On the map.
    Map,
    /// On a control that acts on Enter and Space by itself.
    Control,
    /// Nowhere.
    Nothing,
}

impl Scope {
    fn counts(self, focus: Focus) -> bool {
        match self {
            Self::Always => true,
            Self::NotTyping => focus != Focus::Text,
            Self::OnMap => focus == Focus::Map,
            Self::Unfocused => focus == Focus::Nothing,
        }
    }
}

/// Takes the pressed shortcuts out of the input: each action, and which of its keys (from 0) was pressed. A key that is
/// held down acts again and again if its action [`Action::repeats`].
///
/// Where one of them moves the focus into a text field, what was typed after it in the same frame is for that field: it
/// comes back as the second part, to be put into the next frame's input.
pub fn take_pressed(input: &mut InputState, focus: Focus) -> (Vec<(Action, usize)>, Vec<Event>) {
    let mut pressed = Vec::new();
    let mut left = Vec::with_capacity(input.events.len());
    let mut rest = Vec::new();
    let mut to_field = false;
    for event in std::mem::take(&mut input.events) {
        if to_field && matches!(event, Event::Key { .. } | Event::Text(_)) {
            // The text of the very key that moved the focus is not for the field.
            let is_slash = rest.is_empty() && event == Event::Text("/".to_owned());
            if !is_slash {
                rest.push(event);
            }
            continue;
        }
        let found = match &event {
            Event::Key { key, modifiers, pressed: true, repeat, .. } => {
                find(*modifiers, *key, focus).map(|found| (found, *repeat))
            }
            _ => None,
        };
        match found {
            Some((found, repeat)) => {
                to_field = matches!(found.0, Action::FindText);
                // What is held down and does not act again is spent all the same.
                pressed.extend((!repeat || found.0.repeats()).then_some(found));
            }
            None => left.push(event),
        }
    }
    input.events = left;
    (pressed, rest)
}

/// Takes the shortcuts of one action out of the input, whatever has the focus; says whether one was pressed. For those
/// that a text field would take for its own.
pub fn take(input: &mut InputState, action: Action) -> bool {
    let mut shortcuts =
        ACTIONS.iter().filter(|entry| entry.action == action).flat_map(|entry| entry.shortcuts);
    shortcuts.any(|shortcut| input.consume_shortcut(shortcut))
}

fn find(modifiers: Modifiers, key: Key, focus: Focus) -> Option<(Action, usize)> {
    let does = |shortcut: &KeyboardShortcut| {
        // Shift is part of how some keys are typed (?, +); Alt is never pressed by the way.
        shortcut.logical_key == key
            && modifiers.matches_logically(shortcut.modifiers)
            && modifiers.alt == shortcut.modifiers.alt
    };
    let counts = |entry: &&Entry| {
        // A focused control acts on Enter itself.
        entry.scope.counts(focus) && !(focus == Focus::Control && entry.action == Action::GoToIncident)
    };
    let found = |with_shift: bool| {
        ACTIONS.iter().filter(counts).find_map(|entry| {
            let n = entry.shortcuts.iter().position(|it| it.modifiers.shift == with_shift && does(it))?;
            Some((entry.action, n))
        })
    };
    // Ctrl+Shift+Z must not count as Ctrl+Z.
    found(true).or_else(|| found(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::RawInput;

    fn all() -> impl Iterator<Item = (&'static Entry, &'static KeyboardShortcut)> {
        ACTIONS.iter().flat_map(|entry| entry.shortcuts.iter().map(move |shortcut| (entry, shortcut)))
    }

    #[test]
    fn no_two_shortcuts_clash() {
        let all: Vec<_> = all().collect();
        for (n, (entry, shortcut)) in all.iter().enumerate() {
            for (other, same) in &all[n + 1..] {
                assert!(
                    shortcut != same || !entry.scope.overlaps(other.scope),
                    "{:?} and {:?} share {shortcut:?}",
                    entry.action,
                    other.action
                );
            }
        }
    }

    #[test]
    fn no_shortcut_steals_from_a_focused_text_field() {
        let function_keys = [Key::F1, Key::F5, Key::F12];
        // What a text field itself does with Ctrl.
        let editing = [Key::A, Key::C, Key::V, Key::X, Key::Z, Key::Y, Key::ArrowLeft, Key::ArrowRight];
        for (entry, shortcut) in all().filter(|(entry, _)| entry.scope.counts(Focus::Text)) {
            let function_key = function_keys.contains(&shortcut.logical_key);
            let harmless = shortcut.modifiers.command && !editing.contains(&shortcut.logical_key);
            assert!(function_key || harmless, "{:?}", entry.action);
        }
    }

    #[test]
    fn every_action_has_a_key_and_words() {
        let ctx = Context::default();
        let mut output = ctx.run_ui(RawInput::default(), |_| {
            for entry in ACTIONS {
                assert!(!entry.action.keys(&ctx).is_empty(), "{:?}", entry.action);
                assert!(!entry.action.label().starts_with("action-"), "{:?}", entry.action);
            }
        });
        output.textures_delta.clear();
    }

    fn pressing(modifiers: Modifiers, key: Key, focus: Focus) -> Vec<(Action, usize)> {
        pressing_or_holding(false, modifiers, key, focus)
    }

    fn pressing_or_holding(
        repeat: bool,
        modifiers: Modifiers,
        key: Key,
        focus: Focus,
    ) -> Vec<(Action, usize)> {
        let mut input = InputState::default();
        input.events.push(Event::Key { key, physical_key: None, pressed: true, repeat, modifiers });
        let (pressed, _) = take_pressed(&mut input, focus);
        assert!(pressed.is_empty() || input.events.is_empty(), "what acts is spent");
        pressed
    }

    #[test]
    fn a_key_that_is_held_down_goes_on_stepping_but_does_not_switch_to_and_fro() {
        let holding = |modifiers, key| pressing_or_holding(true, modifiers, key, Focus::Nothing);
        let command = Modifiers::COMMAND.plus(Modifiers::CTRL);
        for (modifiers, key) in [
            (Modifiers::NONE, Key::T),
            (Modifiers::NONE, Key::D),
            (Modifiers::NONE, Key::Num1),
            (Modifiers::NONE, Key::F1),
            (Modifiers::NONE, Key::F12),
            (command, Key::R),
        ] {
            assert_eq!(holding(modifiers, key), [], "{key:?}");
        }
        assert_eq!(holding(Modifiers::NONE, Key::J), [(Action::NextIncident, 0)]);
        assert_eq!(holding(Modifiers::NONE, Key::Plus), [(Action::ZoomIn, 0)]);
        assert_eq!(holding(command, Key::Z), [(Action::Undo, 0)]);
        assert_eq!(holding(command, Key::Minus), [(Action::SmallerText, 0)]);
    }

    #[test]
    fn what_is_typed_right_after_the_slash_is_for_the_text_field() {
        let mut input = InputState::default();
        let key = |key| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let typed = [key(Key::K), Event::Text("k".to_owned()), key(Key::R), Event::Text("r".to_owned())];
        input.events = vec![key(Key::Slash), Event::Text("/".to_owned())];
        input.events.extend(typed.clone());
        let (pressed, rest) = take_pressed(&mut input, Focus::Nothing);
        assert_eq!(pressed, [(Action::FindText, 0)]);
        assert_eq!(rest, typed);
        assert!(input.events.is_empty());
    }

    #[test]
    fn a_key_does_one_thing_and_what_it_does_depends_on_the_focus() {
        let redo = Modifiers::COMMAND.plus(Modifiers::SHIFT).plus(Modifiers::CTRL);
        assert_eq!(pressing(redo, Key::Z, Focus::Nothing), [(Action::Redo, 0)]);
        let command = Modifiers::COMMAND.plus(Modifiers::CTRL);
        assert_eq!(pressing(command, Key::Z, Focus::Nothing), [(Action::Undo, 0)]);
        assert_eq!(pressing(command, Key::Z, Focus::Text), []);
        assert_eq!(pressing(Modifiers::NONE, Key::ArrowDown, Focus::Nothing), [(Action::NextIncident, 0)]);
        assert_eq!(pressing(Modifiers::NONE, Key::ArrowDown, Focus::Map), [(Action::PanDown, 0)]);
        assert_eq!(pressing(Modifiers::NONE, Key::Num3, Focus::Control), [(Action::ToggleType, 2)]);
        assert_eq!(pressing(Modifiers::ALT, Key::Num3, Focus::Nothing), [(Action::OnlyType, 2)]);
        assert_eq!(pressing(Modifiers::NONE, Key::Enter, Focus::Control), []);
        assert_eq!(pressing(Modifiers::NONE, Key::Enter, Focus::Nothing), [(Action::GoToIncident, 0)]);
        assert_eq!(pressing(Modifiers::SHIFT, Key::Questionmark, Focus::Nothing), [(Action::Help, 0)]);
        assert_eq!(pressing(Modifiers::NONE, Key::J, Focus::Text), []);
        assert_eq!(pressing(Modifiers::ALT, Key::J, Focus::Nothing), []);
        assert_eq!(pressing(Modifiers::NONE, Key::ArrowDown, Focus::Control), []);
    }
}
