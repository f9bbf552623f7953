//! What may be wrong with a Parquet file, and how that becomes words.

use parquet::errors::ParquetError;

use crate::crash;
use crate::io::limits::MAX_REFUSED_ROWS;
use crate::io::{Input, ReadError};
use crate::model::TextError;

/// Why a Parquet file, or a part of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Damage {
    /// The file ends where more is announced.
    #[error("it ends in the middle of its data")]
    CutOff,
    /// A header says what cannot be.
    #[error("a header is damaged: {0}")]
    Header(&'static str),
    /// Another part of the file contradicts its metadata.
    #[error("{0}")]
    Contradiction(String),
    /// The file uses something that is not read.
    #[error("{0}")]
    Unknown(String),
    /// Hardly a row is an incident.
    #[error("more than {MAX_REFUSED_ROWS} rows have no position or make no sense")]
    TooMany,
    /// The parquet crate says so.
    #[error("{0}")]
    Parquet(#[from] ParquetError),
    /// The parquet crate has stumbled over it.
    #[error("its data cannot be decoded")]
    Stumbled,
    /// The system.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Nobody waits for it any more.
    #[error("reading was cancelled")]
    Cancelled,
}

impl Damage {
    /// For whoever opens the file.
    pub(super) fn into_read_error(self, input: &Input) -> ReadError {
        match self {
            Self::Io(error) => input.failed(&error),
            Self::Cancelled => ReadError::cancelled(input.name()),
            Self::TooMany => ReadError::whole_file(
                input.name(),
                self.to_string(),
                "say what its columns mean, as in --map lat=Y,lon=X,title=Name",
            ),
            Self::Unknown(what) => ReadError::whole_file(
                input.name(),
                what,
                "write it anew as GeoParquet with WKB geometries, longitude before latitude, and not encrypted",
            ),
            damage => ReadError::whole_file(
                input.name(),
                format!("the Parquet file is damaged: {damage}"),
                "write it again, or get it again from where it comes from",
            ),
        }
    }

    /// For whoever reads an incident back.
    pub(super) fn into_text_error(self, input: &Input) -> TextError {
        let unreadable =
            |damage: &Self| TextError::Unreadable { file: input.name().to_owned(), why: damage.to_string() };
        // A file that was written to since is not damaged but another one.
        input.check().err().unwrap_or_else(|| unreadable(&self))
    }
}

/// Calls the parquet crate, which may panic over what a damaged file says. None of its values outlive that.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Damage>) -> Result<T, Damage> {
    crash::guarded(work).unwrap_or(Err(Damage::Stumbled))
}
