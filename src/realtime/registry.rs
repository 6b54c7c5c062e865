//! Who is subscribed to what, and what was dispatched.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::change::{Change, Operation};
use super::cohort::Cohort;
use super::feed::Feed;
use super::index::{self, Place, TableIndex, Target};
use super::interest::{Interest, cohort_key};
use super::judge::Judge;
use super::position::Position;
use super::publication::Publication;
use super::shared_query::SharedQuery;
use super::stats::Stats;

pub(super) struct Registry {
    judge: Arc<Judge>,
    stats: Arc<Stats>,
    /// What was dispatched; nothing before the reader has started.
    pub position: Option<Position>,
    /// Counts dispatches.
    pub dispatch: u64,
    tables: HashMap<i16, TableIndex>,
    feeds: HashMap<String, (Arc<Feed>, Arc<Cohort>)>,
    cohorts: HashMap<String, Arc<Cohort>>,
    queries: HashMap<String, Arc<SharedQuery>>,
}

/// What a dispatch has for whom.
#[derive(Default)]
pub(super) struct Deliveries {
    pub changes: Vec<Delivery>,
    /// Whose table was emptied.
    pub truncated: Vec<Arc<Feed>>,
}

/// The changes that can concern a feed.
pub(super) struct Delivery {
    pub feed: Arc<Feed>,
    pub cohort: Arc<Cohort>,
    pub changes: Vec<Arc<Change>>,
}

impl Registry {
    /// Of nobody. Cohorts ask the judge and count in the figures.
    pub fn new(judge: Arc<Judge>, stats: Arc<Stats>) -> Self {
        Registry {
            judge,
            stats,
            position: None,
            dispatch: 0,
            tables: HashMap::new(),
            feeds: HashMap::new(),
            cohorts: HashMap::new(),
            queries: HashMap::new(),
        }
    }

    pub fn feeds(&self) -> impl Iterator<Item = &Arc<Feed>> {
        self.feeds.values().map(|(feed, _)| feed)
    }

    /// Runs every live query again.
    pub fn wake_queries(&self) {
        self.queries.values().for_each(|query| query.wake());
    }

    /// The feed of an interest, which is made where there is none.
    pub fn feed(&mut self, publication: &Publication, interest: &Arc<Interest>) -> Arc<Feed> {
        if let Some((feed, _)) = self.feeds.get(&interest.key) {
            return Arc::clone(feed);
        }
        let key = cohort_key(interest.table, &interest.caller);
        let cohort = self.cohorts.entry(key.clone()).or_insert_with(|| {
            let (judge, stats) = (Arc::clone(&self.judge), Arc::clone(&self.stats));
            Arc::new(Cohort::new(key, Arc::clone(&interest.caller), judge, stats))
        });
        cohort.feeds.fetch_add(1, Ordering::Relaxed);
        let cohort = Arc::clone(cohort);
        let feed = Arc::new(Feed::new(Arc::clone(interest)));
        self.feeds.insert(
            interest.key.clone(),
            (Arc::clone(&feed), Arc::clone(&cohort)),
        );
        let place = place_of(publication, interest);
        self.tables
            .entry(interest.table)
            .or_default()
            .insert(place, Target::Feed(Arc::clone(&feed), cohort));
        feed
    }

    /// Takes a feed out that nobody reads any more, and its cohort with the last.
    pub fn remove_feed(&mut self, publication: &Publication, feed: &Arc<Feed>) {
        let interest = &feed.interest;
        let Some((known, cohort)) = self.feeds.get(&interest.key) else {
            return;
        };
        if !Arc::ptr_eq(known, feed) {
            return;
        }
        let cohort = Arc::clone(cohort);
        self.feeds.remove(&interest.key);
        let place = place_of(publication, interest);
        if let Some(table) = self.tables.get_mut(&interest.table) {
            let target = Target::Feed(Arc::clone(feed), Arc::clone(&cohort));
            table.remove(&target, place.as_ref());
            if table.is_empty() {
                self.tables.remove(&interest.table);
            }
        }
        if cohort.feeds.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.cohorts.remove(&cohort.key);
            cohort.close();
        }
    }

    /// The query of a key, with one watcher more; `make` makes one with its first where there is none. True for a new one.
    pub fn join_query(
        &mut self,
        publication: &Publication,
        key: &str,
        make: impl FnOnce() -> SharedQuery,
    ) -> (Arc<SharedQuery>, bool) {
        if let Some(query) = self.queries.get(key)
            && query.enter()
        {
            return (Arc::clone(query), false);
        }
        let query = Arc::new(make());
        self.queries.insert(key.to_owned(), Arc::clone(&query));
        self.place_query(publication, &query);
        (query, true)
    }

    /// Takes a watcher off a query, which goes with the last.
    pub fn leave_query(&mut self, publication: &Publication, query: &Arc<SharedQuery>) {
        if !query.exit() {
            return;
        }
        let known = self.queries.get(query.key());
        if known.is_some_and(|known| Arc::ptr_eq(known, query)) {
            self.queries.remove(query.key());
        }
        self.remove_query(publication, query);
    }

    fn place_query(&mut self, publication: &Publication, query: &Arc<SharedQuery>) {
        for (table, place, target) in places_of(publication, query) {
            self.tables.entry(table).or_default().insert(place, target);
        }
    }

    fn remove_query(&mut self, publication: &Publication, query: &Arc<SharedQuery>) {
        for (table, place, target) in places_of(publication, query) {
            if let Some(index) = self.tables.get_mut(&table) {
                index.remove(&target, place.as_ref());
            }
        }
    }

    /// Places everybody anew, after policies changed.
    pub fn rebuild(&mut self, publication: &Publication) {
        self.tables.clear();
        for (feed, cohort) in self.feeds.values() {
            let place = place_of(publication, &feed.interest);
            self.tables
                .entry(feed.interest.table)
                .or_default()
                .insert(place, Target::Feed(Arc::clone(feed), Arc::clone(cohort)));
        }
        let queries: Vec<_> = self.queries.values().cloned().collect();
        for query in queries {
            self.place_query(publication, &query);
        }
    }

    /// Collects what changes have for whom, and wakes the queries that they concern.
    pub fn gather(&self, publication: &Publication, changes: &[Arc<Change>]) -> Deliveries {
        let mut deliveries = Deliveries::default();
        let mut places: HashMap<*const Feed, usize> = HashMap::new();
        for change in changes {
            let Some(table) = self.tables.get(&change.table.id) else {
                continue;
            };
            if change.operation == Operation::Truncate {
                for target in table.all() {
                    match target {
                        Target::Feed(feed, _) => deliveries.truncated.push(Arc::clone(feed)),
                        Target::Query(query) | Target::Follower(query) => query.wake(),
                    }
                }
                continue;
            }
            for target in table.concerned(change) {
                match target {
                    Target::Feed(feed, cohort) => {
                        let list = &mut deliveries.changes;
                        let place = *places.entry(Arc::as_ptr(feed)).or_insert_with(|| {
                            list.push(Delivery {
                                feed: Arc::clone(feed),
                                cohort: Arc::clone(cohort),
                                changes: Vec::new(),
                            });
                            list.len() - 1
                        });
                        if let Some(delivery) = list.get_mut(place) {
                            delivery.changes.push(Arc::clone(change));
                        }
                    }
                    Target::Query(query) => query.note(publication, change),
                    // Whom such a row lets see what, only the policies know.
                    Target::Follower(query) => query.wake(),
                }
            }
        }
        deliveries
    }
}

/// Where a live query stands in the index: with the tables that it reads, and with those that it follows.
fn places_of(
    publication: &Publication,
    query: &Arc<SharedQuery>,
) -> Vec<(i16, Option<Place>, Target)> {
    let read = query.tables().iter().map(|(table, condition)| {
        let (role, identity) = (query.caller().role, query.identity());
        let place = index::place(publication, *table, role, identity, condition.equality());
        (*table, place, Target::Query(Arc::clone(query)))
    });
    let followed = followed(publication, query).into_iter();
    let followed = followed.map(|table| (table, None, Target::Follower(Arc::clone(query))));
    read.chain(followed).collect()
}

/// The tables that decide, through policies, what a live query's caller sees of the tables that it reads; and those that
/// it asked to follow.
fn followed(publication: &Publication, query: &SharedQuery) -> BTreeSet<i16> {
    let role = query.caller().role;
    query
        .tables()
        .iter()
        .filter_map(|(table, _)| publication.table(*table)?.access(role))
        .flat_map(|access| access.reads.iter().copied())
        .chain(query.follows().iter().copied())
        .collect()
}

fn place_of(publication: &Publication, interest: &Interest) -> Option<Place> {
    let equality = interest.condition.equality();
    index::place(
        publication,
        interest.table,
        interest.caller.role,
        &interest.identity,
        equality,
    )
}
