//! How all seats stand together: one count over them, the worst of their connections, and a name for each account.
//!
//! Knows what each seat said last; must not know what a seat is made of.

use super::{SeatId, statuses};
use crate::{CoverRules, SeatView, SeatsView, Shell};
use otklik_core::{Command, Language, LinkView, Standing};
use otklik_model::DialogId;
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Notify, mpsc, watch};

/// What a seat said last of itself.
pub(super) struct Place {
    pub(super) shell: Arc<dyn Shell>,
    pub(super) standing: Option<Standing>,
    pub(super) language: Language,
    pub(super) badge: u32,
    pub(super) attention: bool,
    /// When the window is to be covered, as this account has it.
    pub(super) rules: Option<CoverRules>,
    /// Tells this seat's pages that the machine has changed.
    pub(super) machine_changed: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Place {
    fn new(shell: Arc<dyn Shell>) -> Self {
        let (standing, language) = (None, Language::Auto);
        Self { shell, standing, language, badge: 0, attention: false, rules: None, machine_changed: None }
    }
}

/// All of them.
pub(super) struct Together {
    places: Mutex<Places>,
    /// Held while something is told, so that what is told last is what was summed up last.
    telling: Mutex<()>,
    /// Held while the machine is made to obey a policy: it is not asked to by two at once.
    pub(super) obeying: Mutex<()>,
    slept: AtomicBool,
    /// Told when the watch over the window has something new to think of.
    pub(super) stirred: Notify,
    told: watch::Sender<SeatsView>,
    wanted: mpsc::UnboundedSender<SeatId>,
}

struct Places {
    front: SeatId,
    at: BTreeMap<SeatId, Place>,
}

impl Together {
    /// Nobody sits yet. The seats that want to the screen by themselves, because a notification of theirs was clicked,
    /// come out of the receiver.
    pub(super) fn new(front: SeatId) -> (Self, mpsc::UnboundedReceiver<SeatId>) {
        let (wanted, wishes) = mpsc::unbounded_channel();
        let (told, _) = watch::channel(SeatsView { seats: Vec::new(), front });
        let places = Mutex::new(Places { front, at: BTreeMap::new() });
        let together = Self {
            places,
            telling: Mutex::new(()),
            obeying: Mutex::new(()),
            slept: AtomicBool::new(false),
            stirred: Notify::new(),
            told,
            wanted,
        };
        (together, wishes)
    }

    pub(super) fn front(&self) -> SeatId {
        self.places.lock().front
    }

    pub(super) fn watch(&self) -> watch::Receiver<SeatsView> {
        self.told.subscribe()
    }

    pub(super) fn add(&self, seat: SeatId, shell: Arc<dyn Shell>) {
        self.places.lock().at.insert(seat, Place::new(shell));
        self.tell_pages();
    }

    /// Takes a seat away; `next` is on the screen then, if it was this one.
    pub(super) fn remove(&self, seat: SeatId, next: SeatId) {
        {
            let mut places = self.places.lock();
            places.at.remove(&seat);
            if places.front == seat {
                places.front = next;
            }
        }
        self.tell_badge();
        self.tell_attention();
        self.tell_standing();
    }

    /// Brings a seat to the screen; false if it is there, or not to be had.
    pub(super) fn show(&self, seat: SeatId) -> bool {
        {
            let mut places = self.places.lock();
            if places.front == seat || !places.at.contains_key(&seat) {
                return false;
            }
            places.front = seat;
        }
        self.tell_standing();
        true
    }

    /// Has a seat brought to the screen a moment later.
    pub(super) fn want(&self, seat: SeatId) {
        // Nobody hears it any more once the program ends.
        let _ = self.wanted.send(seat);
    }

    pub(super) fn change(&self, seat: SeatId, change: impl FnOnce(&mut Place)) {
        if let Some(place) = self.places.lock().at.get_mut(&seat) {
            change(place);
        }
    }

    /// How many dialogs want something, over all seats.
    pub(super) fn tell_badge(&self) {
        self.tell(|places, shell| {
            let badge = places.at.values().fold(0_u32, |sum, place| sum.saturating_add(place.badge));
            Box::new(move || shell.badge(badge))
        });
        self.tell_pages();
    }

    /// Whether any of them asks for attention.
    pub(super) fn tell_attention(&self) {
        self.tell(|places, shell| {
            let attention = places.at.values().any(|place| place.attention);
            Box::new(move || shell.attention(attention))
        });
    }

    /// How they stand.
    pub(super) fn tell_standing(&self) {
        self.tell(|places, shell| {
            let speaker = places.speaker();
            let language = speaker.and_then(|seat| places.at.get(&seat)).map_or(Language::Auto, |place| place.language);
            let (standing, name) = (places.standing(), places.name_of_status());
            Box::new(move || shell.standing(standing.as_ref(), name.as_deref(), language))
        });
        self.tell_pages();
    }

    fn tell(&self, sum_up: impl FnOnce(&Places, Arc<dyn Shell>) -> Box<dyn FnOnce()>) {
        let _turn = self.telling.lock();
        let said = {
            let places = self.places.lock();
            let Some(any) = places.at.values().next() else { return };
            sum_up(&places, any.shell.clone())
        };
        said();
    }

    fn tell_pages(&self) {
        let _turn = self.telling.lock();
        let view = self.places.lock().view();
        self.told.send_if_modified(|told| std::mem::replace(told, view) != *told);
    }

    /// What notifications of this account name it by; `None` if there is no other.
    pub(super) fn name(&self, seat: SeatId) -> Option<String> {
        self.places.lock().name(seat)
    }

    /// What a status that was chosen among those offered is to each account that is connected.
    pub(super) fn chosen(&self, status: &Command) -> Vec<(SeatId, Command)> {
        let places = self.places.lock();
        let Some(chooser) = places.chooser().and_then(|seat| places.at.get(&seat)?.standing.as_ref()) else {
            return Vec::new();
        };
        let all = places.at.iter().filter_map(|(seat, place)| Some((*seat, place.standing.as_ref()?)));
        statuses::for_all(status, chooser, all)
    }

    /// The seat that leads to this dialog next.
    pub(super) fn leading_to(&self, dialog: DialogId) -> Option<SeatId> {
        let places = self.places.lock();
        let leads = |place: &Place| place.next().is_some_and(|next| next.dialog == dialog);
        places.at.iter().find(|(_, place)| leads(place)).map(|(seat, _)| *seat)
    }

    /// When the window is to be covered; `None`: no account has said so yet.
    pub(super) fn cover_rules(&self) -> Option<CoverRules> {
        self.places.lock().at.values().filter_map(|place| place.rules).reduce(CoverRules::strictest)
    }

    /// The machine has slept, as one of the accounts has noticed.
    pub(super) fn slept(&self) {
        self.slept.store(true, Ordering::SeqCst);
        self.stirred.notify_one();
    }

    /// Whether it has since this was asked last.
    pub(super) fn has_slept(&self) -> bool {
        self.slept.swap(false, Ordering::SeqCst)
    }

    /// Whether the system has locked its screen.
    pub(super) fn is_screen_locked(&self) -> bool {
        let shell = self.places.lock().at.values().next().map(|place| place.shell.clone());
        shell.is_some_and(|shell| shell.is_locked())
    }

    /// The machine has changed: every seat's pages are told.
    pub(super) fn machine_changed(&self) {
        let all: Vec<_> = self.places.lock().at.values().filter_map(|place| place.machine_changed.clone()).collect();
        all.iter().for_each(|changed| changed());
    }
}

impl Place {
    /// How it stands, once a hub has said who this is: at the very first sign-in that takes a moment.
    fn known(&self) -> Option<&Standing> {
        self.standing.as_ref().filter(|standing| !standing.centre.is_empty())
    }

    fn next(&self) -> Option<&otklik_core::NextDialog> {
        self.standing.as_ref()?.next.as_ref()
    }
}

impl Places {
    /// Signed in and on the screen, else signed in.
    fn speaker(&self) -> Option<SeatId> {
        let signed_in = |seat: &SeatId| self.at.get(seat).is_some_and(|place| place.standing.is_some());
        Some(self.front).filter(signed_in).or_else(|| self.at.keys().copied().find(signed_in))
    }

    /// The seat whose statuses are offered: the speaker's, or that of another account if only that is connected.
    fn chooser(&self) -> Option<SeatId> {
        let connected = |seat: &SeatId| {
            self.at.get(seat).is_some_and(|place| place.standing.as_ref().is_some_and(|one| one.can_choose))
        };
        let speaker = self.speaker();
        speaker.filter(connected).or_else(|| self.at.keys().copied().find(connected)).or(speaker)
    }

    /// Whose status is told, if the accounts differ in it.
    fn name_of_status(&self) -> Option<String> {
        if statuses::are_alike(self.all_standing()) { None } else { self.name(self.chooser()?) }
    }

    fn all_standing(&self) -> impl Iterator<Item = &Standing> {
        self.at.values().filter_map(|place| place.standing.as_ref())
    }

    /// All as one. What is offered beside sums is the speaker's; the status is that of an account that is connected, as
    /// long as any is.
    fn standing(&self) -> Option<Standing> {
        let standing_of = |seat: SeatId| self.at.get(&seat)?.standing.as_ref();
        let (speaker, chooser) = (standing_of(self.speaker()?)?, standing_of(self.chooser()?)?);
        let sum = |count: fn(&Standing) -> u32| self.all_standing().map(count).fold(0, u32::saturating_add);
        let worst = self.all_standing().map(|one| &one.link).max_by_key(|link| badness(link))?;
        Some(Standing {
            link: worst.clone(),
            waiting: sum(|one| one.waiting),
            unread: sum(|one| one.unread),
            badge: sum(|one| one.badge),
            status: chooser.status,
            code: chooser.code.clone(),
            statuses: chooser.statuses.clone(),
            can_choose: chooser.can_choose,
            next: speaker.next.clone().or_else(|| self.all_standing().find_map(|one| one.next.clone())),
            ..speaker.clone()
        })
    }

    /// By its centre; by its operator too where another account is of the same one, and by its number at last.
    fn name(&self, seat: SeatId) -> Option<String> {
        let own = self.at.get(&seat).filter(|_| self.at.len() > 1)?.known()?;
        let (centre, operator) = (&own.centre, &own.operator);
        let alike = || self.all_standing().filter(|other| other.centre == *centre);
        Some(match (alike().count(), alike().filter(|other| other.operator == *operator).count()) {
            (0 | 1, _) => centre.clone(),
            (_, 0 | 1) => format!("{centre}, {operator}"),
            (_, _) => format!("{centre}, {operator} ({seat})"),
        })
    }

    fn view(&self) -> SeatsView {
        let seats = self.at.iter().map(|(seat, place)| SeatView {
            seat: *seat,
            centre: place.known().map(|standing| standing.centre.clone()),
            operator: place.known().map(|standing| standing.operator.clone()),
            badge: place.badge,
            offline: place.standing.as_ref().is_some_and(|one| matches!(one.link, LinkView::Down { .. })),
        });
        SeatsView { seats: seats.collect(), front: self.front }
    }
}

/// The connection that is worse to have stands for all of them.
fn badness(link: &LinkView) -> u8 {
    match link {
        LinkView::Live { .. } => 0,
        LinkView::CatchingUp => 1,
        LinkView::Connecting => 2,
        LinkView::Down { .. } => 3,
    }
}
