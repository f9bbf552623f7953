//! From what the command line asks for to a dataset and the commands that bring the window there.

use std::path::Path;
use std::sync::Arc;

use crate::cli::{ThemeChoice as CliTheme, ViewOptions};
use crate::io::{self, ReadError};
use crate::model::Dataset;
use crate::state::view::View;
use crate::state::{Command, ThemeChoice};

/// Why a dataset cannot be opened as asked.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file has problems.
    #[error("{}", .0.render(false))]
    Read(#[from] ReadError),
    /// The dataset does not have what the command line names.
    #[error("there is no {what} {id:?} in this dataset{}", known_text(.known))]
    Unknown {
        /// "incident" or "event type".
        what: &'static str,
        /// The id that was asked for.
        id: String,
        /// Ids that there are.
        known: Vec<String>,
    },
}

fn known_text(known: &[String]) -> String {
    /// More than these are not listed.
    const LISTED: usize = 12;
    if known.is_empty() {
        return "; it has none".to_owned();
    }
    let more = if known.len() > LISTED { ", …" } else { "" };
    format!("; it has: {}{more}", known[..known.len().min(LISTED)].join(", "))
}

/// Reads the file, or the bundled dataset where there is none.
pub fn open(file: Option<&Path>) -> Result<Arc<Dataset>, OpenError> {
    let dataset = file.map_or_else(io::bundled, io::read_path)?;
    Ok(Arc::new(dataset))
}

/// The commands that bring a fresh state to what the command line asks for.
pub fn commands_for(dataset: &Dataset, options: &ViewOptions) -> Result<Vec<Command>, OpenError> {
    let mut commands = Vec::new();
    if !options.event_types.is_empty() {
        commands.push(Command::HideAllTypes);
        for id in &options.event_types {
            let event_type = dataset.event_type_index(id).ok_or_else(|| OpenError::Unknown {
                what: "event type",
                id: id.clone(),
                known: dataset.event_types.iter().map(|it| it.id.clone()).collect(),
            })?;
            commands.push(Command::SetTypeShown { event_type, shown: true });
        }
    }
    if let Some(id) = &options.select {
        let index = dataset.incident_index(id).ok_or_else(|| OpenError::Unknown {
            what: "incident",
            id: id.clone(),
            known: dataset.incidents.iter().take(13).map(|it| it.id.clone()).collect(),
        })?;
        commands.push(Command::Select(index));
    }
    if let Some((center, zoom)) = options.center {
        commands.push(Command::SetView(View { center, zoom }));
    }
    if let Some(theme) = options.theme {
        commands.push(Command::SetTheme(match theme {
            CliTheme::Light => ThemeChoice::Light,
            CliTheme::Dark => ThemeChoice::Dark,
        }));
    }
    Ok(commands)
}
