//! JSON of publishers and of map programs, good and bad.

use crate::corpus;

#[test]
fn valid_files_say_what_they_hold() {
    corpus::check("json", "valid", 15);
}

#[test]
fn broken_files_say_what_is_wrong_with_them() {
    corpus::check("json", "broken", 15);
}
