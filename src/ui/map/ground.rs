//! What lies under the markers: the embedded map, and above it the map that the reader has chosen, wherever that has
//! something to show. So the screen is never blank, whatever becomes of a file or a server.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{Context, Rect};
use walkers::Map;

use super::source::Source;
use super::style::StyleKey;
use super::tile_layer::{LabelRequest, TileLayer};
use crate::basemaps::attribution::Part;
use crate::basemaps::{MapFile, MapFileError};
use crate::jobs::{Jobs, Wake};
use crate::state::{AppState, MapChoice};
use crate::t;
use crate::tiles::{self, Fetcher, Provider};

/// Both maps. Lives as long as the window.
pub struct Ground {
    ctx: Context,
    embedded: TileLayer,
    over: Option<Over>,
    opening: Jobs<(), Opened>,
    /// Whether the frame draws the embedded map.
    is_shown: bool,
    status: GroundStatus,
}

type Opened = (PathBuf, Result<MapFile, MapFileError>);

/// The map that the reader has chosen.
struct Over {
    choice: MapChoice,
    map: Chosen,
}

enum Chosen {
    /// Its file is being opened.
    Opening,
    Ready(Box<TileLayer>),
    /// It cannot be had, for this reason.
    Failed(String),
}

/// What is said of the maps at the edge of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GroundStatus {
    /// Who made what is seen.
    pub attribution: Vec<Part>,
    /// What is wrong, in a few words.
    pub problem: Option<String>,
    /// What becomes of it, or can be done about it.
    pub advice: Option<String>,
}

impl Ground {
    /// The embedded map; another one is opened with the first frame that wants it.
    #[must_use]
    pub fn new(ctx: &Context) -> Self {
        let waker = ctx.clone();
        Self {
            ctx: ctx.clone(),
            embedded: TileLayer::new(ctx, Source::embedded()),
            over: None,
            opening: Jobs::new(Arc::new(move || waker.request_repaint())),
            is_shown: true,
            status: GroundStatus::default(),
        }
    }

    /// Brings the maps to what the state asks for.
    pub fn begin_frame(&mut self, state: &AppState, key: StyleKey) {
        self.is_shown = *state.map() != MapChoice::Plain;
        if self.is_shown {
            self.embedded.begin_frame(key);
        }
        if self.over.as_ref().map_or(&MapChoice::Embedded, |over| &over.choice) != state.map() {
            self.over = self.choose(state);
        }
        while let Some(((), result)) = self.opening.poll() {
            self.take(result.ok());
        }
        if let Some(Over { map: Chosen::Ready(layer), .. }) = &mut self.over {
            layer.begin_frame(key);
        }
    }

    fn choose(&mut self, state: &AppState) -> Option<Over> {
        self.opening.cancel(());
        let choice = state.map().clone();
        let map = match &choice {
            MapChoice::Embedded => return None,
            MapChoice::Plain => Chosen::Opening,
            MapChoice::File(path) => {
                let path = path.clone();
                self.opening.start((), move |_| {
                    let opened = MapFile::open(&path);
                    (path, opened)
                });
                Chosen::Opening
            }
            MapChoice::Online(_) | MapChoice::Own(_) => self.fetch(state),
        };
        Some(Over { choice, map })
    }

    fn fetch(&self, state: &AppState) -> Chosen {
        let Some(consent) = state.map_consent() else {
            return Chosen::Failed(t!("ground-not-agreed").to_owned());
        };
        let ctx = self.ctx.clone();
        let wake: Wake = Arc::new(move || ctx.request_repaint());
        match Fetcher::start(consent, tiles::cache_folder(), wake) {
            Ok(fetcher) => {
                let source = Source::online(fetcher, has_photographs(state.map()));
                Chosen::Ready(Box::new(TileLayer::new(&self.ctx, source)))
            }
            Err(error) => Chosen::Failed(error.to_string()),
        }
    }

    /// Takes in a file that was opened.
    fn take(&mut self, opened: Option<Opened>) {
        let Some(over) = &mut self.over else { return };
        over.map = match opened {
            Some((_, Ok(file))) => {
                Chosen::Ready(Box::new(TileLayer::new(&self.ctx, Source::File(Arc::new(file)))))
            }
            Some((path, Err(error))) => {
                Chosen::Failed(t!("ground-unreadable", name = name_of(&path), why = error.to_string()))
            }
            None => Chosen::Failed(t!("ground-crashed").to_owned()),
        };
    }

    /// The map with both layers.
    pub fn add_to<'a, 'b, 'c>(&'b mut self, mut map: Map<'a, 'b, 'c>) -> Map<'a, 'b, 'c> {
        if self.is_shown {
            map = map.with_layer(self.embedded.layer(), 1.0);
        }
        match &mut self.over {
            Some(Over { map: Chosen::Ready(layer), .. }) => map.with_layer(layer.layer(), 1.0),
            _ => map,
        }
    }

    fn chosen(&self) -> Option<&TileLayer> {
        match &self.over {
            Some(Over { map: Chosen::Ready(layer), .. }) => Some(layer),
            _ => None,
        }
    }

    /// Whether everything that the last frame wanted was there, or is known not to come.
    #[must_use]
    pub fn is_complete(&self, state: &AppState) -> bool {
        let chosen = match &self.over {
            Some(Over { choice, map }) => match map {
                _ if choice != state.map() => false,
                Chosen::Opening => *choice == MapChoice::Plain,
                Chosen::Ready(layer) => layer.is_complete(),
                Chosen::Failed(_) => true,
            },
            None => *state.map() == MapChoice::Embedded,
        };
        chosen && (!self.is_shown || self.embedded.is_complete())
    }

    /// How many tiles are still on their way.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.embedded.pending() + self.chosen().map_or(0, TileLayer::pending)
    }

    /// The labels of the tiles that the last frame drew. Where the chosen map covers the embedded one, its names count.
    pub fn take_labels(&mut self) -> Vec<LabelRequest> {
        let mut labels = if self.is_shown { self.embedded.take_labels() } else { Vec::new() };
        if let Some(Over { map: Chosen::Ready(layer), .. }) = &mut self.over {
            labels.retain(|label| !layer.covered().iter().any(|rect| rect.contains(label.pos)));
            labels.extend(layer.take_labels());
        }
        labels
    }

    /// What is said of the maps after a frame that filled `screen`.
    pub fn status(&mut self, screen: Rect) -> &GroundStatus {
        let mut status = GroundStatus::default();
        match &self.over {
            Some(Over { choice: MapChoice::Plain, .. }) => {
                self.status = status;
                return &self.status;
            }
            None | Some(Over { map: Chosen::Opening, .. }) => {}
            Some(Over { map: Chosen::Failed(why), .. }) => status.problem = Some(why.clone()),
            Some(Over { map: Chosen::Ready(layer), .. }) => say(layer, &mut status),
        }
        let covered: f32 = self.chosen().map_or(0.0, |layer| {
            layer.covered().iter().map(|rect| rect.intersect(screen).area().max(0.0)).sum()
        });
        // Names and numbers are rounded, tiles meet in between pixels.
        let is_hidden = covered > 0.999 * screen.area();
        if !is_hidden {
            if !status.attribution.is_empty() {
                status.attribution.push(Part { text: " · ".to_owned(), link: None });
            }
            status.attribution.push(Part { text: t!("map-data").to_owned(), link: None });
        }
        self.status = status;
        &self.status
    }
}

/// What is said of a chosen map.
fn say(layer: &TileLayer, status: &mut GroundStatus) {
    match layer.source() {
        Source::File(file) => {
            status.attribution.extend(file.info().attribution.iter().cloned());
            status.problem = layer.problem().map(|why| t!("ground-tile", why = why));
        }
        source => {
            let Some(fetcher) = source.fetcher() else { return };
            let Provider { attribution, .. } = fetcher.provider();
            status
                .attribution
                .push(Part { text: attribution.text.to_string(), link: attribution.link.map(str::to_owned) });
            let now = fetcher.status();
            status.problem = now.words();
            status.advice = now.advice().filter(|_| status.problem.is_some());
        }
    }
}

/// Whether a map's pictures are photographs, as far as their address says.
fn has_photographs(choice: &MapChoice) -> bool {
    let MapChoice::Own(map) = choice else { return false };
    let template = map.template.to_ascii_lowercase();
    [".jpg", ".jpeg"].iter().any(|ending| template.contains(ending))
}

fn name_of(path: &Path) -> String {
    crate::ui::opening::name_of(path)
}
