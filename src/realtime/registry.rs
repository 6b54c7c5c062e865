//! Who is subscribed to what, and what was dispatched. Guarded by the hub's lock.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::catalog::Catalog;
use super::change::{Change, Operation};
use super::feed::{Cohort, Feed};
use super::index::{self, TableIndex, Target};
use super::interest::{Interest, cohort_key};
use super::live::Live;
use super::position::Position;

#[derive(Default)]
pub(super) struct Registry {
    /// What was dispatched; nothing before the reader has started.
    pub position: Option<Position>,
    /// Counts dispatches.
    pub dispatch: u64,
    tables: HashMap<i16, TableIndex>,
    pub feeds: HashMap<String, Arc<Feed>>,
    cohorts: HashMap<String, Arc<Cohort>>,
    pub lives: HashMap<String, Arc<Live>>,
}

/// What one feed gets of a dispatch.
pub(super) type Work = (Arc<Feed>, Vec<Arc<Change>>);

impl Registry {
    pub fn feed(&mut self, catalog: &Catalog, interest: &Arc<Interest>) -> Arc<Feed> {
        if let Some(feed) = self.feeds.get(&interest.key) {
            return Arc::clone(feed);
        }
        let cohort_key = cohort_key(interest.table, &interest.caller);
        let cohort = self
            .cohorts
            .entry(cohort_key.clone())
            .or_insert_with(|| Arc::new(Cohort::new(cohort_key, Arc::clone(&interest.caller))));
        cohort.feeds.fetch_add(1, Ordering::Relaxed);
        let feed = Arc::new(Feed::new(Arc::clone(interest), Arc::clone(cohort)));
        self.feeds.insert(interest.key.clone(), Arc::clone(&feed));
        let place = place_of(catalog, interest);
        self.tables
            .entry(interest.table)
            .or_default()
            .insert(place, Target::Feed(Arc::clone(&feed)));
        feed
    }

    pub fn remove_feed(&mut self, catalog: &Catalog, feed: &Arc<Feed>) {
        let interest = &feed.interest;
        if !self
            .feeds
            .get(&interest.key)
            .is_some_and(|other| Arc::ptr_eq(other, feed))
        {
            return;
        }
        self.feeds.remove(&interest.key);
        let place = place_of(catalog, interest);
        if let Some(table) = self.tables.get_mut(&interest.table) {
            table.remove(&Target::Feed(Arc::clone(feed)), place.as_ref());
            if table.is_empty() {
                self.tables.remove(&interest.table);
            }
        }
        if feed.cohort.feeds.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.cohorts.remove(&feed.cohort.key);
            feed.cohort.close();
        }
    }

    pub fn place_live(&mut self, catalog: &Catalog, live: &Arc<Live>) {
        for (table, condition) in live.tables() {
            let place = index::place(
                catalog,
                *table,
                live.caller().role,
                live.identity(),
                condition.equality(),
            );
            self.tables
                .entry(*table)
                .or_default()
                .insert(place, Target::Live(Arc::clone(live)));
        }
        for table in followed(catalog, live) {
            self.tables
                .entry(table)
                .or_default()
                .insert(None, Target::Follower(Arc::clone(live)));
        }
    }

    pub fn remove_live(&mut self, catalog: &Catalog, live: &Arc<Live>) {
        for (table, condition) in live.tables() {
            let place = index::place(
                catalog,
                *table,
                live.caller().role,
                live.identity(),
                condition.equality(),
            );
            if let Some(index) = self.tables.get_mut(table) {
                index.remove(&Target::Live(Arc::clone(live)), place.as_ref());
            }
        }
        for table in followed(catalog, live) {
            if let Some(index) = self.tables.get_mut(&table) {
                index.remove(&Target::Follower(Arc::clone(live)), None);
            }
        }
    }

    /// Places everybody anew, after policies changed.
    pub fn rebuild(&mut self, catalog: &Catalog) {
        self.tables.clear();
        let feeds: Vec<Arc<Feed>> = self.feeds.values().cloned().collect();
        for feed in feeds {
            let place = place_of(catalog, &feed.interest);
            self.tables
                .entry(feed.interest.table)
                .or_default()
                .insert(place, Target::Feed(feed));
        }
        let lives: Vec<Arc<Live>> = self.lives.values().cloned().collect();
        for live in lives {
            self.place_live(catalog, &live);
        }
    }

    pub fn gather(
        &self,
        catalog: &Catalog,
        changes: &[Arc<Change>],
        work: &mut Vec<Work>,
        truncated: &mut Vec<Arc<Feed>>,
    ) {
        let mut places: HashMap<*const Feed, usize> = HashMap::new();
        for change in changes {
            let Some(table) = self.tables.get(&change.table.id) else {
                continue;
            };
            if change.operation == Operation::Truncate {
                for target in table.all() {
                    match target {
                        Target::Feed(feed) => truncated.push(Arc::clone(feed)),
                        Target::Live(live) | Target::Follower(live) => live.wake(),
                    }
                }
                continue;
            }
            for target in table.concerned(change) {
                match target {
                    Target::Feed(feed) => {
                        let place = *places.entry(Arc::as_ptr(feed)).or_insert_with(|| {
                            work.push((Arc::clone(feed), Vec::new()));
                            work.len() - 1
                        });
                        if let Some((_, changes)) = work.get_mut(place) {
                            changes.push(Arc::clone(change));
                        }
                    }
                    Target::Live(live) => live.note(catalog, change),
                    // Whom such a row lets see what, only the policies know.
                    Target::Follower(live) => live.wake(),
                }
            }
        }
    }
}

/// The tables that decide, through policies, what a live query's caller sees of the tables that it reads.
fn followed(catalog: &Catalog, live: &Live) -> BTreeSet<i16> {
    let role = live.caller().role;
    live.tables()
        .iter()
        .filter_map(|(table, _)| catalog.table(*table)?.access(role))
        .flat_map(|access| access.reads.iter().copied())
        .collect()
}

fn place_of(catalog: &Catalog, interest: &Interest) -> Option<(usize, Box<str>)> {
    let equality = interest.condition.equality();
    index::place(
        catalog,
        interest.table,
        interest.caller.role,
        &interest.identity,
        equality,
    )
}
