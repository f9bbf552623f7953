//! TimeMap: a small corpus of valid and of broken files.

use crate::corpus;

#[test]
fn valid_files_say_what_they_hold() {
    corpus::check("timemap", "valid", 4);
}

#[test]
fn broken_files_say_what_is_wrong_with_them() {
    corpus::check("timemap", "broken", 3);
}
