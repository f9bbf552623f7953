//! Asks everything at once, on threads, and gathers what is found as it comes.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};

use super::fits;
use super::incidents::IncidentIndex;
use super::places::{Spot, places};
use super::words::Fitting;
use crate::model::Dataset;
use crate::query::coordinates::{self, Coordinates};
use crate::query::text::{matches_among, words_of};

/// Most places that are found.
const MAX_PLACES: usize = 6;
/// Most incidents of a kind that are found; all are counted.
const MAX_INCIDENTS: usize = 12;
/// Incidents whose text is looked through before what was found is told.
const PORTION: usize = 32_768;

/// A way to tell the owner that there is something new.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// What was asked for.
    pub question: String,
    /// The position that it is.
    pub coordinates: Option<Coordinates>,
    /// Places that are called so, the best first.
    pub places: Vec<Spot>,
    /// Incidents with such a title or place, the best first.
    pub incidents: Vec<usize>,
    /// How many there are of them.
    pub incident_count: usize,
    /// Other incidents that contain the words somewhere, in the dataset's order.
    pub in_text: Vec<usize>,
    /// How many there are of them, as far as was looked.
    pub in_text_count: usize,
    /// Event types that are called so.
    pub event_types: Vec<usize>,
}

/// What a thread has found.
enum News {
    Names(Box<Findings>),
    Text(Vec<usize>),
    Complete,
}

/// Finds on threads of its own what is asked for. Of several questions only the last counts.
pub struct Finder {
    wake: Wake,
    sender: Sender<(u64, News)>,
    receiver: Receiver<(u64, News)>,
    opened: Option<Opened>,
    /// Counts the questions.
    number: u64,
    asked: Arc<AtomicBool>,
    findings: Findings,
    state: Progress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The findings are those of a question before.
    Asked,
    /// All but the text was looked through.
    Named,
    /// There is nothing more to come.
    Complete,
}

/// The dataset that is looked through.
#[derive(Clone)]
struct Opened {
    dataset: Arc<Dataset>,
    /// Its index as soon as it is built; nothing in it if that was cancelled.
    index: Arc<OnceLock<Option<IncidentIndex>>>,
    cancel: Arc<AtomicBool>,
}

impl Opened {
    fn index(&self) -> Option<&IncidentIndex> {
        self.index.get_or_init(|| IncidentIndex::build(&self.dataset, &self.cancel)).as_ref()
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.cancel();
        if let Some(opened) = &self.opened {
            opened.cancel.store(true, Ordering::Relaxed);
        }
    }
}

impl Finder {
    /// Finds nothing yet. `wake` is called from other threads.
    #[must_use]
    pub fn new(wake: Wake) -> Self {
        let (sender, receiver) = channel();
        Self {
            wake,
            sender,
            receiver,
            opened: None,
            number: 0,
            asked: Arc::default(),
            findings: Findings::default(),
            state: Progress::Complete,
        }
    }

    /// Looks through this dataset from now on: its index is built on a thread, if it is another one than before.
    pub fn open(&mut self, dataset: &Arc<Dataset>) {
        if self.opened.as_ref().is_some_and(|opened| Arc::ptr_eq(&opened.dataset, dataset)) {
            return;
        }
        if let Some(opened) = &self.opened {
            opened.cancel.store(true, Ordering::Relaxed);
        }
        let opened = Opened { dataset: Arc::clone(dataset), index: Arc::default(), cancel: Arc::default() };
        self.opened = Some(opened.clone());
        self.forget();
        spawn("search index", move || {
            opened.index();
        });
    }

    /// Gets ready to be asked soon.
    pub fn prepare(&self) {
        spawn("search places", || {
            places();
        });
    }

    /// Asks anew. What was found before stays until there is something new.
    pub fn ask(&mut self, question: &str) {
        self.cancel();
        let Some(opened) = self.opened.clone().filter(|_| !question.trim().is_empty()) else {
            self.findings = Findings { question: question.to_owned(), ..Findings::default() };
            self.state = Progress::Complete;
            return;
        };
        self.state = Progress::Asked;
        self.asked = Arc::default();
        let job = Job {
            question: question.to_owned(),
            opened,
            cancel: Arc::clone(&self.asked),
            number: self.number,
            sender: self.sender.clone(),
            wake: Arc::clone(&self.wake),
        };
        // Nothing is left to be done where it was cancelled.
        spawn("search", move || job.run().unwrap_or_default());
    }

    /// Forgets what was asked and found.
    pub fn forget(&mut self) {
        self.cancel();
        self.findings = Findings::default();
        self.state = Progress::Complete;
    }

    fn cancel(&mut self) {
        self.asked.store(true, Ordering::Relaxed);
        self.number += 1;
    }

    /// Takes in what has been found since.
    pub fn poll(&mut self) {
        while let Ok((number, news)) = self.receiver.try_recv() {
            if number != self.number {
                continue;
            }
            match news {
                News::Names(findings) => {
                    self.findings = *findings;
                    self.state = Progress::Named;
                }
                News::Text(found) => {
                    self.findings.in_text_count += found.len();
                    let room = MAX_INCIDENTS.saturating_sub(self.findings.in_text.len());
                    self.findings.in_text.extend(found.into_iter().take(room));
                }
                News::Complete => self.state = Progress::Complete,
            }
        }
    }

    /// What has been found so far.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// Whether the findings are still those of the question before.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.state == Progress::Asked
    }

    /// Whether more may come.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        self.state != Progress::Complete
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(work) {
        log::warn!("no thread for the {name}: {error}");
    }
}

/// One question on its thread.
struct Job {
    question: String,
    opened: Opened,
    cancel: Arc<AtomicBool>,
    number: u64,
    sender: Sender<(u64, News)>,
    wake: Wake,
}

impl Job {
    /// `None` if it was cancelled.
    fn run(&self) -> Option<()> {
        let dataset = &*self.opened.dataset;
        let mut fitting = Fitting::default();
        let mut findings = Findings {
            question: self.question.clone(),
            coordinates: coordinates::parse(&self.question),
            places: places().find(&self.question, MAX_PLACES, &self.cancel)?,
            ..Findings::default()
        };
        let types = dataset.event_types.iter().enumerate();
        let called_so = types.filter(|(_, event_type)| fits(&self.question, &event_type.label));
        findings.event_types = called_so.map(|(n, _)| n).collect();
        if self.opened.index.get().is_none() {
            // Places need not wait until a large dataset is indexed.
            self.tell(News::Names(Box::new(findings.clone())));
        }
        if let Some(index) = self.opened.index() {
            fitting = index.find(&self.question, &self.cancel)?;
            findings.incidents = index.best(dataset, &fitting, &self.question, MAX_INCIDENTS);
            findings.incident_count = fitting.total();
        }
        self.tell(News::Names(Box::new(findings)));
        self.look_through_text(dataset, &fitting)?;
        self.tell(News::Complete);
        Some(())
    }

    fn look_through_text(&self, dataset: &Dataset, named: &Fitting) -> Option<()> {
        let words = words_of(&self.question);
        let len = dataset.incidents.len();
        for start in (0..len).step_by(PORTION) {
            let portion: Range<usize> = start..(start + PORTION).min(len);
            let found = matches_among(dataset, portion, &words, &self.cancel)?;
            let found = found.iter().map(|n| start + n).filter(|&n| !named.contains(n));
            let found: Vec<usize> = found.collect();
            if !found.is_empty() {
                self.tell(News::Text(found));
            }
        }
        Some(())
    }

    fn tell(&self, news: News) {
        // Without a finder nobody asks any more.
        if self.sender.send((self.number, news)).is_ok() {
            (self.wake)();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;
    use crate::geo::LonLat;
    use crate::testing::{dataset_of, incident_at};

    fn finder(dataset: &Arc<Dataset>) -> (Finder, Receiver<()>) {
        let (sender, woken) = channel();
        let sender = Mutex::new(sender);
        let mut finder = Finder::new(Arc::new(move || sender.lock().unwrap().send(()).unwrap_or_default()));
        finder.open(dataset);
        (finder, woken)
    }

    fn wait(finder: &mut Finder, woken: &Receiver<()>) {
        finder.poll();
        while finder.is_looking() {
            woken.recv_timeout(Duration::from_mins(1)).unwrap();
            finder.poll();
        }
    }

    fn dataset() -> Arc<Dataset> {
        let mut incidents: Vec<_> =
            (0..3).map(|n| incident_at(&format!("i{n}"), n % 2, 30.0, 50.0)).collect();
        incidents[1].summary = "Seen from Title square.".to_owned();
        incidents[1].title = "Depot".to_owned();
        Arc::new(dataset_of(2, incidents))
    }

    #[test]
    fn names_are_found_before_texts_and_nothing_twice() {
        let (mut finder, woken) = finder(&dataset());
        finder.ask("title");
        assert!(finder.is_behind());
        wait(&mut finder, &woken);
        let findings = finder.findings();
        assert_eq!((findings.incidents.as_slice(), findings.incident_count), (&[0, 2][..], 2));
        assert_eq!((findings.in_text.as_slice(), findings.in_text_count), (&[1][..], 1));
    }

    #[test]
    fn event_types_and_coordinates_are_found_among_the_rest() {
        let (mut finder, woken) = finder(&dataset());
        finder.ask("type 1");
        wait(&mut finder, &woken);
        assert_eq!(finder.findings().event_types, [1]);
        finder.ask("51.25, 34.5");
        wait(&mut finder, &woken);
        let position = finder.findings().coordinates.map(|it| it.position);
        assert_eq!(position, Some(LonLat::new(34.5, 51.25)));
    }

    #[test]
    fn only_the_last_question_counts() {
        let (mut finder, woken) = finder(&dataset());
        finder.ask("depot");
        finder.ask("i2");
        wait(&mut finder, &woken);
        assert_eq!(finder.findings().incidents, [2]);
        finder.ask("  ");
        assert!(!finder.is_looking() && finder.findings().incidents.is_empty());
    }

    #[test]
    fn another_dataset_is_looked_through_once_it_is_open() {
        let (mut finder, woken) = finder(&dataset());
        finder.open(&Arc::new(dataset_of(0, Vec::new())));
        finder.ask("depot");
        wait(&mut finder, &woken);
        assert_eq!(finder.findings().incident_count, 0);
    }
}
