//! Temporary.
fn main() {
    for path in std::env::args().skip(1) {
        let path = std::path::PathBuf::from(path);
        match dateline::io::read_path(&path) {
            Ok(d) => {
                println!("OK  {} | {}", path.display(), d.account.summary());
                for n in &d.account.notes {
                    println!("      note: {n}");
                }
                for e in &d.account.entries {
                    println!(
                        "      {:?} line {} col {} {}={:?}: {}",
                        e.fate, e.line, e.column, e.field, e.value, e.reason
                    );
                }
                for i in 0..d.incidents.len().min(6) {
                    let it = d.incidents.at(i);
                    println!(
                        "      {} | {} | {} | {:?} | {} | type {} | tags {:?} src {} more {:?}",
                        it.id,
                        it.title,
                        it.long_time(),
                        it.place.position,
                        it.place.name,
                        d.event_types.get(it.event_type).map_or("?", |t| t.label.as_str()),
                        it.tags,
                        it.sources.len(),
                        it.more
                    );
                    assert_eq!(d.incidents.facts(i).unwrap(), dateline::model::Facts::of(&it));
                }
                if let Some(e) = d.incidents.failure() {
                    println!("   FAILURE {e}");
                }
                if !d.shapes.is_empty() {
                    println!(
                        "      shapes {:?}",
                        d.shapes.iter().map(|s| (s.incident, s.kind, s.parts.len())).collect::<Vec<_>>()
                    );
                }
            }
            Err(e) => print!("ERR {}", e.render(false)),
        }
    }
}
