//! From what the command line asks for to a dataset and the commands that bring the window there.

use std::path::Path;
use std::sync::Arc;

use crate::cli::{self, DrawingChoice, ThemeChoice as CliTheme, UnknownId, ViewOptions};
use crate::io::{self, ReadError, ReadOptions};
use crate::model::Dataset;
use crate::progress::Progress;
use crate::state::view::View;
use crate::state::{Command, Drawing, MapChoice, ThemeChoice};

/// Why a dataset cannot be opened as asked.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file has problems; its source is the report of all of them.
    #[error("the dataset cannot be opened")]
    Read(#[from] ReadError),
    /// The dataset does not have what the command line names.
    #[error(transparent)]
    Unknown(#[from] UnknownId),
}

/// Reads the file, or the bundled dataset where there is none.
pub fn open(file: Option<&Path>, options: &ReadOptions) -> Result<Arc<Dataset>, OpenError> {
    let read = |file| io::read_path_with(file, options, &Progress::default());
    let dataset = file.map_or_else(io::bundled, read)?;
    Ok(Arc::new(dataset))
}

/// The commands that bring a fresh state to what the command line asks for.
pub fn commands_for(dataset: &Dataset, options: &ViewOptions) -> Result<Vec<Command>, OpenError> {
    cli::check_ids(options, dataset)?;
    let mut commands = Vec::new();
    if let Some(view) = options.view.clone() {
        commands.push(Command::RestoreView(Box::new(view.resolve(dataset, &Progress::default()))));
    }
    if !options.event_types.is_empty() {
        commands.push(Command::HideAllTypes);
        let shown = options.event_types.iter().filter_map(|id| dataset.event_type_index(id));
        commands.extend(shown.map(|event_type| Command::SetTypeShown { event_type, shown: true }));
    }
    let selected = options.select.as_ref().and_then(|id| dataset.incident_index(id));
    commands.extend(selected.map(Command::Select));
    if let Some((center, zoom)) = options.center {
        commands.push(Command::SetView(View { center, zoom }));
    }
    commands.extend(options.theme.map(|theme| {
        Command::SetTheme(match theme {
            CliTheme::Light => ThemeChoice::Light,
            CliTheme::Dark => ThemeChoice::Dark,
        })
    }));
    commands.extend(options.drawing.map(|drawing| {
        Command::SetDrawing(match drawing {
            DrawingChoice::Clusters => Drawing::Clusters,
            DrawingChoice::Points => Drawing::Points,
            DrawingChoice::Heat => Drawing::Heat,
        })
    }));
    // A path that does not depend on the working folder.
    commands.extend(options.basemap.as_ref().map(|file| {
        Command::SetMap(MapChoice::File(std::path::absolute(file).unwrap_or_else(|_| file.clone())))
    }));
    Ok(commands)
}

/// Says what a view of the command line names and the dataset does not have.
#[must_use]
pub fn what_is_missing(commands: &[Command]) -> Option<String> {
    commands.iter().find_map(|command| match command {
        Command::RestoreView(resolved) => resolved.what_is_missing(),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::state::{AppState, ViewTarget};
    use crate::testing::{dataset_of, incident_at};

    #[test]
    fn options_become_what_the_window_shows() {
        let dataset = dataset_of(3, vec![incident_at("a", 1, 30.0, 50.0), incident_at("b", 2, 31.0, 50.0)]);
        let options = ViewOptions {
            select: Some("b".to_owned()),
            view: None,
            event_types: vec!["type2".to_owned()],
            center: Some((LonLat::new(10.0, 20.0), 5.0)),
            theme: Some(CliTheme::Dark),
            drawing: Some(DrawingChoice::Points),
            basemap: Some("/maps/city.pmtiles".into()),
        };
        let mut state = AppState::new(Arc::new(dataset));
        let dataset = Arc::clone(state.dataset());
        for command in commands_for(&dataset, &options).unwrap() {
            state.apply(command);
        }
        assert_eq!(*state.map(), MapChoice::File("/maps/city.pmtiles".into()));
        assert_eq!((state.selection(), state.engine().page(0, 9)), (Some(1), vec![1]));
        assert_eq!(state.target(), ViewTarget::At(View { center: LonLat::new(10.0, 20.0), zoom: 5.0 }));
        assert_eq!((state.theme(), state.drawing()), (Some(ThemeChoice::Dark), Drawing::Points));
    }

    #[test]
    fn an_unknown_id_is_an_error() {
        let options = ViewOptions { select: Some("nobody".to_owned()), ..ViewOptions::default() };
        assert!(matches!(commands_for(&dataset_of(0, Vec::new()), &options), Err(OpenError::Unknown(_))));
    }
}
