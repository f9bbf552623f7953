//! Lines and areas that a file draws for an incident, beside the point at which its marker stands.

use crate::geo::{Bounds, LonLat};

/// What an incident's file draws for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Index of the incident.
    pub incident: usize,
    /// Lines or areas.
    pub kind: ShapeKind,
    /// The lines, or the rings of the areas: an outer one is followed by its holes, which the even-odd rule cuts out.
    pub parts: Vec<Vec<LonLat>>,
    /// The smallest box around all of it.
    pub bounds: Bounds,
}

/// Whether a shape is drawn as lines or filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeKind {
    /// Lines: a track, a road.
    Line,
    /// Areas: a burnt field.
    Area,
}
