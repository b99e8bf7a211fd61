//! The pages that watch: each gets every change in order, or a whole new snapshot, never a part.

use crate::{Push, page::event_weight, page::push_weight};
use otklik_core::{AppView, Snapshot, ViewEvent};
use parking_lot::Mutex;
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Notify;

/// What may wait for one page, counted in rows and items; beyond it the page is told to draw itself anew.
const MAX_WAITING: usize = 20_000;

/// What is joined into one push, counted the same way: a page that takes in more at once misses frames.
const MOST_AT_ONCE: usize = 300;

/// All pages.
#[derive(Clone, Default)]
pub(crate) struct Audience {
    pages: Arc<Mutex<Vec<Arc<Page>>>>,
    /// No page is given a snapshot: the screen is covered.
    held: Arc<AtomicBool>,
}

/// One page's queue.
pub(crate) struct Page {
    queue: Mutex<Queue>,
    filled: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Push>,
    weight: usize,
    /// The session must give it a snapshot before anything else.
    wants_snapshot: bool,
    gone: bool,
}

impl Audience {
    /// Adds a page that begins with this screen.
    pub(crate) fn join(&self, view: AppView) -> Arc<Page> {
        let mut queue = Queue { wants_snapshot: true, ..Queue::default() };
        queue.push(Push::App { view });
        let page = Arc::new(Page { queue: Mutex::new(queue), filled: Notify::new() });
        let mut pages = self.pages.lock();
        pages.retain(|page| !page.queue.lock().gone);
        pages.push(page.clone());
        page
    }

    /// Shows another screen. What was said of the screen before is forgotten. `held`: nothing but the screen is told until
    /// the next one.
    pub(crate) fn show(&self, view: &AppView, held: bool) {
        let pages = self.pages.lock();
        self.held.store(held, Ordering::SeqCst);
        for page in pages.iter() {
            let mut queue = page.queue.lock();
            queue.clear();
            queue.wants_snapshot = true;
            queue.push(Push::App { view: view.clone() });
            page.filled.notify_one();
        }
    }

    /// Whether no page is told anything.
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Ordering::SeqCst)
    }

    /// Tells changes to every page that has its snapshot.
    pub(crate) fn tell(&self, events: &[ViewEvent]) {
        if events.is_empty() {
            return;
        }
        for page in self.pages.lock().iter() {
            let mut queue = page.queue.lock();
            if queue.wants_snapshot || queue.gone {
                continue;
            }
            let push = Push::Events { events: events.to_vec() };
            if queue.weight + push_weight(&push) > MAX_WAITING {
                queue.clear();
                queue.wants_snapshot = true;
            } else {
                queue.push(push);
            }
            page.filled.notify_one();
        }
    }

    /// Tells every page something that belongs to no session.
    pub(crate) fn push(&self, push: &Push) {
        for page in self.pages.lock().iter() {
            let mut queue = page.queue.lock();
            if !queue.gone {
                queue.push(push.clone());
                page.filled.notify_one();
            }
        }
    }

    /// Gives a snapshot to the pages that want one. `draw` is called only if any does, and returns beside it the rows
    /// that a first screen does not show, in chunks.
    pub(crate) fn serve(&self, draw: impl FnOnce() -> (Snapshot, Vec<Vec<ViewEvent>>)) {
        let pages = self.pages.lock();
        if self.is_held() {
            return;
        }
        let hungry: Vec<_> = pages.iter().filter(|page| page.queue.lock().is_hungry()).collect();
        if hungry.is_empty() {
            return;
        }
        let (snapshot, rest) = draw();
        // As a rule there is one page, and ten thousand rows need not be there twice.
        if let Some((last, others)) = hungry.split_last() {
            others.iter().for_each(|page| page.begin(snapshot.clone(), rest.clone()));
            last.begin(snapshot, rest);
        }
    }
}

impl Queue {
    fn push(&mut self, push: Push) {
        self.weight += push_weight(&push);
        self.waiting.push_back(push);
    }

    fn clear(&mut self) {
        self.waiting.retain(|push| matches!(push, Push::App { .. } | Push::Machine { .. }));
        self.weight = 0;
    }

    fn is_hungry(&self) -> bool {
        self.wants_snapshot && !self.gone
    }
}

impl Page {
    /// The next push, events joined as far as they wait. `None` never comes: the caller ends it with [`Page::leave`].
    pub(crate) async fn next(&self) -> Push {
        loop {
            if let Some(push) = self.take() {
                return push;
            }
            self.filled.notified().await;
        }
    }

    fn take(&self) -> Option<Push> {
        let mut queue = self.queue.lock();
        let mut push = queue.waiting.pop_front()?;
        if let Push::Events { events } = &mut push {
            let mut weight: usize = events.iter().map(event_weight).sum();
            while let Some(Push::Events { events: more }) = queue.waiting.front() {
                weight += more.iter().map(event_weight).sum::<usize>();
                if weight > MOST_AT_ONCE {
                    break;
                }
                if let Some(Push::Events { events: more }) = queue.waiting.pop_front() {
                    events.extend(more);
                }
            }
        }
        queue.weight = queue.weight.saturating_sub(push_weight(&push));
        Some(push)
    }

    /// Gives it a snapshot and the rows that follow.
    fn begin(&self, snapshot: Snapshot, rest: Vec<Vec<ViewEvent>>) {
        let mut queue = self.queue.lock();
        queue.wants_snapshot = false;
        queue.push(Push::Snapshot { snapshot: Box::new(snapshot) });
        rest.into_iter().for_each(|events| queue.push(Push::Events { events }));
        // The rows of a large desk are not a backlog.
        queue.weight = 0;
        self.filled.notify_one();
    }

    /// The page is gone.
    pub(crate) fn leave(&self) {
        let mut queue = self.queue.lock();
        queue.gone = true;
        queue.waiting.clear();
    }
}
