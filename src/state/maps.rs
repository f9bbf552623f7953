//! What lies under the markers: which maps there are to choose from, and which servers the reader has agreed to.
//!
//! An online map is only chosen when its servers have been agreed to; until then it is a question. Without leave to go
//! online ([`AppState::allow_online`]) there is not even that.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{AppState, Command};
use crate::tiles::{Agreed, Consent, CustomMap, KnownMap, Online, Provider};

/// How many files of maps are remembered.
pub const MAX_MAP_FILES: usize = 5;
/// How many online maps of one's own there may be.
pub const MAX_OWN_MAPS: usize = 20;

/// What lies under the markers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum MapChoice {
    /// The map inside the program: no request leaves the machine.
    #[default]
    Embedded,
    /// A plain ground.
    Plain,
    /// A map of a server that the program knows.
    Online(KnownMap),
    /// A map of a server that the reader has named.
    Own(CustomMap),
    /// A file of tiles.
    File(PathBuf),
}

impl MapChoice {
    /// The servers of an online map, and what they ask for; `None` for other maps and for what can be none.
    #[must_use]
    pub fn provider(&self) -> Option<Provider> {
        match self {
            Self::Online(map) => Provider::known(*map),
            Self::Own(map) => Provider::custom(map).ok(),
            Self::Embedded | Self::Plain | Self::File(_) => None,
        }
    }

    /// Whether its tiles come from a server.
    #[must_use]
    pub fn is_online(&self) -> bool {
        matches!(self, Self::Online(_) | Self::Own(_))
    }
}

/// The maps that the reader has brought along, and what was agreed to: all that is remembered of maps but the choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapShelf {
    /// Online maps of one's own.
    pub own: Vec<CustomMap>,
    /// Files of tiles, the last one first.
    pub files: Vec<PathBuf>,
    /// The servers that may be asked.
    pub agreed: Agreed,
}

/// What is known of maps.
#[derive(Debug, Clone, Default)]
pub(super) struct Maps {
    pub(super) choice: MapChoice,
    pub(super) shelf: MapShelf,
    /// The online map that the reader is asked about.
    question: Option<MapChoice>,
    online: Option<Online>,
}

impl Maps {
    /// What another state needs to draw the same map.
    pub(super) fn alike(&self) -> Self {
        Self { question: None, ..self.clone() }
    }

    fn consent(&self, choice: &MapChoice) -> Option<Consent> {
        self.online?.consent(&choice.provider()?, &self.shelf.agreed).ok()
    }

    fn choose(&mut self, choice: MapChoice) {
        if choice.is_online() {
            if self.online.is_none() || choice.provider().is_none() {
                return;
            }
            if self.consent(&choice).is_none() {
                self.question = Some(choice);
                return;
            }
        }
        if let MapChoice::File(file) = &choice {
            self.shelf.files.retain(|other| other != file);
            self.shelf.files.insert(0, file.clone());
            self.shelf.files.truncate(MAX_MAP_FILES);
        }
        self.question = None;
        self.choice = choice;
    }
}

impl AppState {
    /// What lies under the markers.
    #[must_use]
    pub fn map(&self) -> &MapChoice {
        &self.maps.choice
    }

    /// The maps that the reader has brought along.
    #[must_use]
    pub fn map_shelf(&self) -> &MapShelf {
        &self.maps.shelf
    }

    /// The online map that the reader is asked about: whether its servers may be asked for tiles.
    #[must_use]
    pub fn map_question(&self) -> Option<&MapChoice> {
        self.maps.question.as_ref()
    }

    /// Whether online maps can be chosen at all.
    #[must_use]
    pub fn may_go_online(&self) -> bool {
        self.maps.online.is_some()
    }

    /// Gives leave to go online, if the reader asks for it and agrees; `None` is `--offline`.
    pub fn allow_online(&mut self, online: Option<Online>) {
        self.maps.online = online;
    }

    /// Leave to ask the servers of the map that is chosen.
    #[must_use]
    pub fn map_consent(&self) -> Option<Consent> {
        self.maps.consent(&self.maps.choice)
    }

    /// Commands about maps.
    pub(super) fn change_map(&mut self, command: Command) {
        let maps = &mut self.maps;
        match command {
            Command::SetMap(choice) => maps.choose(choice),
            Command::AgreeToMap => {
                let Some(choice) = maps.question.take() else { return };
                if let Some(provider) = choice.provider() {
                    maps.shelf.agreed.add(&provider);
                }
                maps.choose(choice);
            }
            Command::DeclineMap => maps.question = None,
            Command::AddOwnMap(map) if Provider::custom(&map).is_ok() => {
                maps.shelf.own.retain(|other| other.name != map.name);
                maps.shelf.own.push(map.clone());
                let more = maps.shelf.own.len().saturating_sub(MAX_OWN_MAPS);
                maps.shelf.own.drain(..more);
                maps.choose(MapChoice::Own(map));
            }
            Command::RemoveMap(choice) => {
                match &choice {
                    MapChoice::Own(map) => maps.shelf.own.retain(|other| other != map),
                    MapChoice::File(file) => maps.shelf.files.retain(|other| other != file),
                    MapChoice::Embedded | MapChoice::Plain | MapChoice::Online(_) => return,
                }
                if maps.choice == choice {
                    maps.choice = MapChoice::Embedded;
                }
            }
            Command::ForgetAgreements => {
                maps.shelf.agreed = Agreed::default();
                if maps.choice.is_online() {
                    maps.choice = MapChoice::Embedded;
                }
            }
            Command::RestoreMaps(remembered) => maps.shelf = *remembered,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testing::dataset_of;

    fn state(online: bool) -> AppState {
        let mut state = AppState::new(Arc::new(dataset_of(1, Vec::new())));
        state.allow_online(Online::unless(!online));
        state
    }

    const OSM: MapChoice = MapChoice::Online(KnownMap::OpenStreetMap);

    fn own(name: &str) -> CustomMap {
        CustomMap {
            name: name.to_owned(),
            attribution: "© me".to_owned(),
            template: "http://127.0.0.1:1/{z}/{x}/{y}.png".to_owned(),
            max_zoom: 9,
            tile_size_px: 256,
        }
    }

    #[test]
    fn an_online_map_is_a_question_first_and_only_once() {
        let mut state = state(true);
        state.apply(Command::SetMap(OSM));
        assert_eq!((state.map(), state.map_question()), (&MapChoice::Embedded, Some(&OSM)));
        assert!(state.map_consent().is_none());
        state.apply(Command::DeclineMap);
        assert!(state.map_question().is_none() && *state.map() == MapChoice::Embedded);
        state.apply(Command::SetMap(OSM));
        state.apply(Command::AgreeToMap);
        assert!(*state.map() == OSM && state.map_consent().is_some());
        state.apply(Command::SetMap(MapChoice::Plain));
        state.apply(Command::SetMap(OSM));
        assert!(*state.map() == OSM && state.map_question().is_none(), "nobody is asked twice");
        state.apply(Command::SetMap(MapChoice::Online(KnownMap::OpenTopoMap)));
        assert!(state.map_question().is_some(), "but for each server");
        state.apply(Command::ForgetAgreements);
        assert_eq!(*state.map(), MapChoice::Embedded);
    }

    #[test]
    fn offline_there_is_no_online_map_whatever_was_agreed_to() {
        let mut state = state(false);
        let mut shelf = MapShelf::default();
        shelf.agreed.add(&Provider::known(KnownMap::OpenStreetMap).unwrap());
        state.apply(Command::RestoreMaps(Box::new(shelf)));
        state.apply(Command::SetMap(OSM));
        assert_eq!((state.map(), state.map_question()), (&MapChoice::Embedded, None));
        assert!(state.map_consent().is_none());
    }

    #[test]
    fn a_map_of_ones_own_replaces_that_of_the_same_name_and_can_be_removed() {
        let mut state = state(true);
        state.apply(Command::AddOwnMap(own("Mine")));
        state.apply(Command::AgreeToMap);
        assert_eq!(*state.map(), MapChoice::Own(own("Mine")));
        let better = CustomMap { max_zoom: 12, ..own("Mine") };
        state.apply(Command::AddOwnMap(better.clone()));
        assert_eq!(state.map_shelf().own, std::slice::from_ref(&better));
        state.apply(Command::AddOwnMap(CustomMap { template: "x".to_owned(), ..own("Bad") }));
        assert_eq!(state.map_shelf().own.len(), 1);
        state.apply(Command::RemoveMap(MapChoice::Own(better)));
        assert!(state.map_shelf().own.is_empty() && *state.map() == MapChoice::Embedded);
    }

    #[test]
    fn the_last_files_are_remembered() {
        let mut state = state(false);
        for n in [1, 2, 3, 4, 5, 6, 2] {
            state.apply(Command::SetMap(MapChoice::File(format!("/maps/{n}.pmtiles").into())));
        }
        let names: Vec<_> = state.map_shelf().files.iter().map(|it| it.display().to_string()).collect();
        assert_eq!(names.len(), MAX_MAP_FILES);
        assert_eq!((names[0].as_str(), names[1].as_str()), ("/maps/2.pmtiles", "/maps/6.pmtiles"));
    }
}
