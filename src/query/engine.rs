//! The one door to everything that is asked about the incidents of a dataset.
//!
//! Today columns in memory answer; whoever asks cannot tell.

use std::cell::RefCell;
use std::sync::Arc;

use super::answer::Answer;
use super::bounds;
use super::clusters::{Cluster, Clusters, Members, ViewQuery};
use super::columns::Columns;
use super::criteria::{Criteria, MapArea};
use super::histogram::Histogram;
use super::list::{self, List, Shown};
use super::near::{self, Nearby};
use super::order::{ListOrder, Sort};
use super::pass;
use super::points::{self, Points};
use super::story;
use crate::geo::{Bounds, LonLat, UnitPoint};
use crate::model::{Precision, Status};

/// The incidents of a dataset and the answer to the latest criteria.
#[derive(Debug)]
pub struct Engine {
    columns: Arc<Columns>,
    answer: Box<Answer>,
    spare: Option<Box<Answer>>,
    list: RefCell<List>,
    /// How often the list's order or view has changed.
    arranged: u64,
    prepared: u64,
    adopted: u64,
}

/// A pass that is ready to run, on any thread. The engine goes on answering from its present answer.
#[derive(Debug)]
pub struct Pass {
    columns: Arc<Columns>,
    criteria: Criteria,
    answer: Box<Answer>,
    number: u64,
    has_run: bool,
}

impl Pass {
    /// Runs the pass; [`Engine::adopt`] then takes it in.
    pub fn run(&mut self) {
        pass::run(&self.columns, &self.criteria, &mut self.answer);
        self.has_run = true;
    }
}

impl Engine {
    /// An engine that shows everything.
    #[must_use]
    pub fn new(columns: Arc<Columns>) -> Self {
        let mut answer = Box::<Answer>::default();
        pass::run(&columns, &Criteria::default(), &mut answer);
        Self { columns, answer, spare: None, list: RefCell::default(), arranged: 0, prepared: 0, adopted: 0 }
    }

    /// Answers other criteria, here and now.
    pub fn apply(&mut self, criteria: &Criteria) {
        let mut pass = self.prepare(criteria);
        pass.run();
        self.adopt(pass);
    }

    /// A pass for other criteria, to be run elsewhere.
    pub fn prepare(&mut self, criteria: &Criteria) -> Pass {
        self.prepared += 1;
        Pass {
            columns: Arc::clone(&self.columns),
            criteria: criteria.clone(),
            answer: self.spare.take().unwrap_or_default(),
            number: self.prepared,
            has_run: false,
        }
    }

    /// Takes in a pass that has run. False if a later one came first, or if the pass is of other columns: then all stays
    /// as it was.
    pub fn adopt(&mut self, pass: Pass) -> bool {
        let is_news = pass.has_run && pass.number > self.adopted && pass.answer.columns_id == self.columns.id;
        let mut answer = pass.answer;
        if is_news {
            self.adopted = pass.number;
            std::mem::swap(&mut self.answer, &mut answer);
            self.list.get_mut().reset();
        }
        self.spare = Some(answer);
        is_news
    }

    /// Grows with every answer that is taken in: what was derived from the answer holds while it stays.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.adopted
    }

    /// The columns, for what draws every incident.
    #[must_use]
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The present answer, for what draws every incident.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The criteria that are answered.
    #[must_use]
    pub fn criteria(&self) -> &Criteria {
        &self.answer.criteria
    }

    /// How many incidents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no incidents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// How many incidents are shown.
    #[must_use]
    pub fn total(&self) -> usize {
        self.answer.total()
    }

    /// How many of the shown incidents the map has no place for.
    #[must_use]
    pub fn shown_off_map(&self) -> usize {
        self.total() - self.answer.rank(self.columns.mappable) as usize
    }

    /// How many incidents of this type would be shown if the type were, the other conditions unchanged.
    #[must_use]
    pub fn count_of_type(&self, event_type: usize) -> usize {
        self.answer.count_of_type(event_type)
    }

    /// How many incidents of this status would be shown if the status were, the other conditions unchanged.
    #[must_use]
    pub fn count_of_status(&self, status: Status) -> usize {
        self.answer.count_of_status(status)
    }

    /// How many incidents would be shown if their position had to be known at least so exactly, the other conditions
    /// unchanged.
    #[must_use]
    pub fn count_at_least(&self, precision: Precision) -> usize {
        self.answer.count_at_least(precision)
    }

    /// Whether the incident is shown.
    #[must_use]
    pub fn contains(&self, incident: usize) -> bool {
        list::contains(&self.columns, &self.answer, incident)
    }

    /// Puts the list into an order that was worked out for these columns, or back into the dataset's. False for
    /// one of other columns: then all stays as it was.
    pub fn set_order(&mut self, order: Option<ListOrder>) -> bool {
        let fits = order.as_ref().is_none_or(|order| order.columns_id == self.columns.id);
        if fits {
            self.arranged += 1;
            self.list.get_mut().set_order(order);
        }
        fits
    }

    /// How the list is sorted; `None`: as the dataset is.
    #[must_use]
    pub fn sort(&self) -> Option<Sort> {
        self.list.borrow().order().map(ListOrder::sort)
    }

    /// Limits the list, and nothing else, to what stands in this area; `None`: everywhere.
    pub fn limit_list(&mut self, area: Option<MapArea>) {
        if self.list.get_mut().set_area(area) {
            self.arranged += 1;
        }
    }

    /// Grows whenever the order or the area of the list changes.
    #[must_use]
    pub fn arrangement(&self) -> u64 {
        self.arranged
    }

    fn listed<T>(&self, ask: impl FnOnce(&mut List, Shown<'_>) -> T) -> T {
        ask(&mut self.list.borrow_mut(), Shown { columns: &self.columns, answer: &self.answer })
    }

    /// How many incidents are in the list: those that are shown, or of these those in its area.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.listed(List::total)
    }

    /// The incidents of the list from a row on, at most `count`, in its order.
    #[must_use]
    pub fn page(&self, first_row: usize, count: usize) -> Vec<usize> {
        self.listed(|list, of| list.page(of, first_row, count))
    }

    /// The row of an incident in the list, or `None` if it is not listed.
    #[must_use]
    pub fn row_of(&self, incident: usize) -> Option<usize> {
        self.listed(|list, of| list.row_of(of, incident))
    }

    /// The first incident of the list.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.listed(List::first)
    }

    /// The last incident of the list.
    #[must_use]
    pub fn last(&self) -> Option<usize> {
        self.listed(List::last)
    }

    /// The next incident of the list after this one, which need not be listed itself.
    #[must_use]
    pub fn shown_after(&self, incident: usize) -> Option<usize> {
        self.listed(|list, of| list.next(of, incident))
    }

    /// The last incident of the list before this one, which need not be listed itself.
    #[must_use]
    pub fn shown_before(&self, incident: usize) -> Option<usize> {
        self.listed(|list, of| list.previous(of, incident))
    }

    /// The shown incident that comes next in time after this one, which need not be shown itself; the first for none. The
    /// list's order and area do not matter. Ties stand in the file's order.
    #[must_use]
    pub fn later(&self, than: Option<usize>) -> Option<usize> {
        story::later(&self.columns, &self.answer, than)
    }

    /// The shown incident that comes last in time before this one, which need not be shown itself; the last for none.
    #[must_use]
    pub fn earlier(&self, than: Option<usize>) -> Option<usize> {
        story::earlier(&self.columns, &self.answer, than)
    }

    /// The shown incident that begins first in the span from a first to a last minute since 1970 in UTC.
    #[must_use]
    pub fn first_in(&self, span_min: [i32; 2]) -> Option<usize> {
        story::first_in(&self.columns, &self.answer, span_min)
    }

    /// How many incidents would be shown with this window of time, the other conditions unchanged.
    #[must_use]
    pub fn count_in_time(&self, window_min: [i32; 2]) -> usize {
        pass::count_in_time(&self.columns, &self.answer, window_min)
    }

    /// Whether anything shown comes before this incident in time, and whether anything comes after it.
    #[must_use]
    pub fn story_goes_on(&self, from: usize) -> [bool; 2] {
        story::goes_on(&self.columns, &self.answer, from)
    }

    /// The clusters of a view; `radius_px` gives the radius of a ring for so many incidents.
    pub fn clusters(&self, view: &ViewQuery, radius_px: impl Fn(u32) -> f32, into: &mut Clusters) {
        into.find(&self.columns, &self.answer, view, radius_px);
    }

    /// The incidents of a cluster of the present answer from `offset` on, at most `count`, neighbours on the map next to
    /// each other.
    #[must_use]
    pub fn members(&self, members: &Members, offset: usize, count: usize) -> Vec<usize> {
        members.page(&self.columns, &self.answer, offset, count)
    }

    /// Whether a cluster of the present answer stands for this incident, maybe among others.
    #[must_use]
    pub fn is_member(&self, members: &Members, incident: usize) -> bool {
        let slot = self.columns.slot_of(incident).filter(|&slot| self.answer.shows_slot(slot));
        slot.is_some_and(|slot| members.hold(slot as u32))
    }

    /// Whether the map has a place for an incident.
    #[must_use]
    pub fn is_on_map(&self, incident: usize) -> bool {
        self.columns.slot_of(incident).is_some_and(|slot| slot < self.columns.mappable())
    }

    /// One incident as the map draws it by itself; `None` where the map has no place for it.
    #[must_use]
    pub fn single(&self, incident: usize) -> Option<Cluster> {
        let slot = self.columns.slot_of(incident).filter(|_| self.is_on_map(incident))?;
        Some(Cluster::single(incident as u32, near::position(&self.columns, slot).to_unit()))
    }

    /// The box around all shown incidents that the map has a place for. Takes milliseconds for a million: not for every
    /// frame.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        bounds::bounds(&self.columns, &self.answer)
    }

    /// The smallest box around the members of a cluster of the present answer, which stands at `center`.
    #[must_use]
    pub fn bounds_of(&self, members: &Members, center: UnitPoint) -> Option<Bounds> {
        members.bounds(&self.columns, &self.answer, center)
    }

    /// Finds what is drawn incident by incident. `fresh` says that the answer is a new one since the last time; otherwise
    /// only the view is looked at.
    pub fn points(&self, view: &ViewQuery, fresh: bool, into: &mut Points) {
        if fresh {
            into.select(&self.columns, &self.answer);
        }
        into.look_at(&self.columns, view);
    }

    /// The most shown incidents that stand in one square of about `side_px` in the view.
    #[must_use]
    pub fn densest(&self, view: &ViewQuery, side_px: f64) -> u32 {
        points::densest(&self.columns, &self.answer, view, side_px)
    }

    /// Counts, by time and event type, the incidents that pass all conditions but the time window. Edges ascend, in
    /// minutes on the clock of the criteria. Does nothing if `into` holds that answer already.
    pub fn histogram(&self, edges_min: &[i32], into: &mut Histogram) {
        into.count(&self.columns, &self.answer, edges_min);
    }

    /// Of the incidents that are drawn as points the nearest to a point of the map, none farther than `radius`, both on
    /// the unit square.
    #[must_use]
    pub fn hit(&self, point: UnitPoint, radius: f64) -> Option<usize> {
        near::hit(&self.columns, &self.answer, point, radius)
    }

    /// How many points stand exactly where this one does, itself among them. `points` are those of the present answer.
    #[must_use]
    pub fn count_on_spot(&self, points: &Points, incident: usize) -> usize {
        points.count_on_spot(&self.columns, incident)
    }

    /// The points that stand exactly where this one does, itself among them.
    #[must_use]
    pub fn members_on_spot(&self, points: &Points, incident: usize) -> Members {
        points.members_on_spot(&self.columns, incident)
    }

    /// The incidents nearest to a position, shown or not, nearest first, at most `limit`. Only those whose own position
    /// is known have a distance.
    #[must_use]
    pub fn nearest(&self, position: LonLat, limit: usize, max_distance_m: f64) -> Vec<Nearby> {
        near::nearest(&self.columns, None, position, limit, max_distance_m, None)
    }

    /// The same among those that are shown.
    #[must_use]
    pub fn nearest_shown(&self, position: LonLat, limit: usize, max_distance_m: f64) -> Vec<Nearby> {
        near::nearest(&self.columns, Some(&self.answer), position, limit, max_distance_m, None)
    }

    /// The incidents nearest to another one, itself left out; none if its own position is not known.
    #[must_use]
    pub fn nearest_to(&self, incident: usize, limit: usize, max_distance_m: f64) -> Vec<Nearby> {
        let Some(slot) = self.columns.slot_of(incident).filter(|&slot| self.columns.is_point(slot)) else {
            return Vec::new();
        };
        let position = near::position(&self.columns, slot);
        near::nearest(&self.columns, None, position, limit, max_distance_m, Some(incident))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Row, brute};

    fn engine() -> Engine {
        let rows: Vec<Row> = (0..10).map(|n| Row { event_type: n % 2, ..brute::plain_row() }).collect();
        Engine::new(Arc::new(brute::columns(&rows)))
    }

    fn without(event_type: usize) -> Criteria {
        Criteria { hidden_types: [event_type].into_iter().collect(), ..Criteria::default() }
    }

    #[test]
    fn the_old_answer_stays_until_the_new_one_is_taken_in() {
        let mut engine = engine();
        let mut pass = engine.prepare(&without(0));
        let pass = std::thread::spawn(move || {
            pass.run();
            pass
        });
        assert_eq!(engine.total(), 10);
        let generation = engine.generation();
        assert!(engine.adopt(pass.join().unwrap()));
        assert_eq!((engine.total(), engine.first(), engine.last()), (5, Some(1), Some(9)));
        assert!(engine.generation() > generation);
    }

    #[test]
    fn a_pass_that_comes_too_late_or_never_ran_changes_nothing() {
        let mut engine = engine();
        let mut late = engine.prepare(&without(0));
        late.run();
        engine.apply(&without(1));
        assert!(!engine.adopt(late));
        let never_ran = engine.prepare(&Criteria::default());
        assert!(!engine.adopt(never_ran));
        assert_eq!(
            (engine.page(0, 2), engine.row_of(4), engine.shown_after(4)),
            (vec![0, 2], Some(2), Some(6))
        );
    }

    #[test]
    fn a_dataset_without_incidents_answers_everything() {
        let mut engine = Engine::new(Arc::new(Columns::of(&crate::testing::dataset_of(0, Vec::new()))));
        engine.apply(&without(3));
        assert_eq!((engine.total(), engine.first(), engine.shown_off_map()), (0, None, 0));
        assert!(engine.page(0, 9).is_empty() && engine.row_of(0).is_none());
        assert!(
            engine.nearest_to(0, 3, 1e9).is_empty()
                && engine.hit(UnitPoint { x: 0.5, y: 0.5 }, 1.0).is_none()
        );
        let mut histogram = Histogram::default();
        engine.histogram(&[0, 10], &mut histogram);
        assert_eq!(histogram.known().len(), 1);
    }
}
