
//! Whole files, read and written.
