//! What must hold when everything has healed and nothing moves any more.
//!
//! Invariants 1, 2, 3, 6, 7 and 8.

use super::{
    hub::Hub,
    kept::Kept,
    machine::Machine,
    promises::{Entered, Fate},
    world::World,
};
use otklik_core::{Counts, LinkView, OutboxItem};
use otklik_model::{Author, DialogId, Message, MessageKind, Section};
use std::collections::{BTreeMap, BTreeSet};

/// A broken rule: which, and what was seen.
type Finding = (&'static str, String);

/// Everything.
///
/// # Errors
/// The first rule that does not hold.
pub fn at_the_end(world: &World) -> Result<(), Finding> {
    texts(world)?;
    order(world)?;
    world.promises.reworded.check(&world.hub).map_err(|what| ("changed words", what))?;
    for (app, machine) in world.machines.iter().enumerate() {
        stores(machine)?;
        drafts(world, app, machine)?;
        words_in_sight(&machine.kept)?;
        same_as_hub(&world.hub, machine)?;
        no_parked_echo(&machine.kept)?;
        view(machine)?;
    }
    Ok(())
}

/// Invariants 1 and 2: each promised text is once on the hub or parked with its words; nothing is doubled, nothing comes from
/// nowhere, nothing that was taken back is there.
fn texts(world: &World) -> Result<(), Finding> {
    let mut on_hub: BTreeMap<&str, Vec<&Message>> = BTreeMap::new();
    for message in world.hub.all_messages().filter(|message| by_ira(message)) {
        on_hub.entry(world.hub.first_words(message)).or_default().push(message);
    }
    for entered in &world.promises.entered {
        let stored = on_hub.remove(entered.text.as_str()).unwrap_or_default();
        one_text(world, entered, &stored)?;
    }
    match on_hub.first_key_value() {
        Some((text, _)) => Err(("invariant 2", format!("the hub has {text:?}, which nobody wrote"))),
        None => Ok(()),
    }
}

fn one_text(world: &World, entered: &Entered, stored: &[&Message]) -> Result<(), Finding> {
    let Entered { app, text, fate, .. } = entered;
    let machine = &world.machines[usize::from(*app)];
    let parked: Vec<&OutboxItem> =
        machine.kept.outbox.values().filter(|item| item.op.text() == Some(text.as_str())).collect();
    let places = stored.len() + parked.len();
    let seen = || format!("{text:?} ({fate:?}) is {} times on the hub, {} times parked", stored.len(), parked.len());
    if stored.len() > 1 || places > 1 {
        return Err(("invariant 2", seen()));
    }
    match fate {
        Fate::Promised if places != 1 => Err(("invariant 1", seen())),
        Fate::Refused | Fate::TakenBack if places != 0 => Err(("taken back", seen())),
        Fate::Asked => Err(("reply", format!("{text:?} was never answered"))),
        Fate::Promised | Fate::Refused | Fate::TakenBack | Fate::InDoubt | Fate::Perhaps => {
            for message in stored {
                let right_kind = (message.kind == MessageKind::Note) == entered.note || entered.out_of_line;
                if message.dialog != entered.dialog || !right_kind {
                    return Err((
                        "invariant 1",
                        format!("{text:?} landed as {:?} in {}", message.kind, message.dialog),
                    ));
                }
            }
            Ok(())
        }
    }
}

/// Invariant 3: per dialog and workplace, the hub's order is the order of pressing Enter.
fn order(world: &World) -> Result<(), Finding> {
    let pressed: BTreeMap<&str, (usize, &Entered)> = world
        .promises
        .entered
        .iter()
        .enumerate()
        .map(|(nth, entered)| (entered.text.as_str(), (nth, entered)))
        .collect();
    let mut newest: BTreeMap<(u8, DialogId), usize> = BTreeMap::new();
    for message in world.hub.all_messages().filter(|message| by_ira(message)) {
        let Some((nth, entered)) = pressed.get(world.hub.first_words(message)) else { continue };
        if entered.out_of_line {
            ahead(world, entered, message)?;
            continue;
        }
        let last = newest.entry((entered.app, entered.dialog)).or_insert(*nth);
        if *last > *nth {
            let before = &world.promises.entered[*last].text;
            return Err(("invariant 3", format!("{:?} stands after {before:?}", entered.text)));
        }
        *last = *nth;
    }
    Ok(())
}

/// A message that was released stands before those that were still waiting then.
fn ahead(world: &World, entered: &Entered, message: &Message) -> Result<(), Finding> {
    for later in &entered.ahead_of {
        let later = &world.promises.entered[*later];
        let overtook =
            world.hub.messages(entered.dialog).iter().find(|other| world.hub.first_words(other) == later.text);
        if overtook.is_some_and(|other| other.seq < message.seq) {
            return Err((
                "invariant 3",
                format!("{:?} was released before {:?} went, and stands after it", entered.text, later.text),
            ));
        }
    }
    Ok(())
}

fn by_ira(message: &Message) -> bool {
    match &message.author {
        Author::Operator { id, .. } => *id == super::cast::IRA,
        Author::Customer | Author::Bot { .. } | Author::System | Author::Unknown => false,
    }
}

/// The real stores hold what the naive ones hold.
fn stores(machine: &Machine) -> Result<(), Finding> {
    let own = machine.own.load().map_err(|fault| ("store", format!("own.db does not load: {fault:?}")))?;
    let cache = machine.cache.load().map_err(|fault| ("store", format!("cache.db does not load: {fault:?}")))?;
    let kept = &machine.kept;
    let outbox: Vec<_> = kept.outbox_in_order().into_iter().cloned().collect();
    if own.outbox != outbox {
        return Err(("store", format!("own.db's outbox is {:?}, committed was {outbox:?}", own.outbox)));
    }
    let drafts: BTreeSet<_> = own.drafts.iter().map(|draft| (draft.dialog, &draft.text, draft.note)).collect();
    let committed: BTreeSet<_> = kept.drafts.values().map(|draft| (draft.dialog, &draft.text, draft.note)).collect();
    if drafts != committed {
        return Err(("store", format!("own.db's drafts are {drafts:?}, committed were {committed:?}")));
    }
    let rows: BTreeMap<_, _> = cache.dialogs.into_iter().map(|saved| (saved.dialog.id, saved)).collect();
    if rows != kept.dialogs {
        return Err(("store", format!("cache.db's dialogs are {rows:?}, committed were {:?}", kept.dialogs)));
    }
    if cache.cursor != kept.cursor {
        return Err(("store", format!("cache.db's cursor is {:?}, committed was {:?}", cache.cursor, kept.cursor)));
    }
    Ok(())
}

/// The composer's words are still there.
fn drafts(world: &World, app: usize, machine: &Machine) -> Result<(), Finding> {
    for (dialog, allowed) in world.promises.drafts(app as u8) {
        let found = machine.kept.drafts.get(&dialog);
        let words = found.map_or((String::new(), false), |draft| (draft.text.clone(), draft.note));
        let words = if words.0.is_empty() { (String::new(), false) } else { words };
        if !allowed.contains(&words) {
            return Err(("invariant 1", format!("the draft of {dialog} is {words:?}, it may be {allowed:?}")));
        }
    }
    Ok(())
}

/// Invariant 1: whatever was not sent, and every draft, has a row in the list through which it is reached.
fn words_in_sight(kept: &Kept) -> Result<(), Finding> {
    let unsent = kept.outbox.values().filter(|item| item.op.text().is_some()).map(|item| item.dialog);
    match unsent.chain(kept.drafts.keys().copied()).find(|dialog| !kept.dialogs.contains_key(dialog)) {
        Some(dialog) => Err(("invariant 1", format!("words are bound to {dialog}, which is nowhere to be seen"))),
        None => Ok(()),
    }
}

/// Invariants 7 and 8: the cache is what a fresh snapshot would be, and its messages are the hub's.
///
/// # Errors
/// The first difference.
pub fn same_as_hub(hub: &Hub, machine: &Machine) -> Result<(), Finding> {
    let fresh: BTreeMap<_, _> = hub.visible().into_iter().map(|dialog| (dialog.id, dialog)).collect();
    let kept = &machine.kept;
    for (id, saved) in &kept.dialogs {
        let Some(dialog) = fresh.get(id) else {
            shell(kept, *id)?;
            continue;
        };
        if saved.dialog != *dialog {
            return Err(("invariant 7", format!("the cache has {:?}, the hub has {dialog:?}", saved.dialog)));
        }
        block(hub, kept, *id, saved.held.from, saved.held.upto, dialog.last_seq)?;
    }
    if let Some(id) = fresh.keys().find(|id| !kept.dialogs.contains_key(id)) {
        return Err(("invariant 7", format!("{id} is not in the cache")));
    }
    for ((dialog, seq), message) in &kept.messages {
        let hubs = hub.messages(*dialog).iter().find(|hubs| hubs.seq == *seq);
        let whole = kept.dialogs.get(dialog).is_some_and(|saved| (saved.held.from..=saved.held.upto).contains(seq));
        let same = hubs.is_some_and(|hubs| hubs.id == message.id && says(hub, hubs, &message.text, whole));
        if !same {
            return Err(("invariant 7", format!("the cache has {message:?}, the hub {hubs:?}")));
        }
    }
    Ok(())
}

/// Whether a cached message may say this. Below a gap it may be as it was when it was read: it is read again with what
/// is missing.
fn says(hub: &Hub, hubs: &Message, text: &str, whole: bool) -> bool {
    hubs.text == text || (!whole && hub.former_words(hubs).iter().any(|former| former == text))
}

/// A dialog out of sight leaves an empty shell behind, as long as words or files that were never sent are in it: they
/// have to be seen somewhere.
fn shell(kept: &Kept, id: DialogId) -> Result<(), Finding> {
    let empty = kept.dialogs.get(&id).is_some_and(|saved| saved.dialog.last_seq == 0 && saved.held.upto == 0);
    let words = kept.drafts.contains_key(&id) || kept.outbox.values().any(|item| item.dialog == id);
    let files = kept.tray.values().any(|dialog| *dialog == id);
    if empty && (words || files) {
        Ok(())
    } else {
        Err(("invariant 7", format!("{id} is in the cache and out of sight")))
    }
}

/// The newest unbroken block is unbroken, and it is the newest.
fn block(hub: &Hub, kept: &Kept, dialog: DialogId, from: u32, upto: u32, last: u32) -> Result<(), Finding> {
    let held: BTreeSet<u32> = kept.messages.range((dialog, 0)..=(dialog, u32::MAX)).map(|((_, seq), _)| *seq).collect();
    if upto > last {
        return Err(("invariant 8", format!("{dialog} claims messages up to {upto} of {last}")));
    }
    if upto == 0 {
        return Ok(());
    }
    if let Some(hole) = (from.max(1)..=upto).find(|seq| !held.contains(seq)) {
        let have = hub.messages(dialog).len();
        return Err(("invariant 8", format!("{dialog} claims {from} to {upto} and lacks {hole} (the hub has {have})")));
    }
    Ok(())
}

/// Invariant 6: what came back by itself is not waiting for a word any more.
fn no_parked_echo(kept: &Kept) -> Result<(), Finding> {
    for item in kept.outbox.values().filter(|item| item.op.text().is_some()) {
        if kept.has_message_of(item.dialog, item.client_id) {
            return Err((
                "invariant 6",
                format!("{} is in the cache and in the outbox ({:?})", item.client_id, item.state),
            ));
        }
    }
    Ok(())
}

/// The page, folded from events, is what it would be if drawn anew; sums and badge are those of its rows.
fn view(machine: &Machine) -> Result<(), Finding> {
    let (Some(session), Some(page)) = (&machine.session, &machine.page) else {
        return Err(("view", "the program is not running".to_owned()));
    };
    let fresh = session.snapshot();
    let mut rows: BTreeMap<_, _> = fresh.rows.into_iter().map(|row| (row.id, row)).collect();
    rows.extend(session.rows_after_snapshot().into_iter().map(|row| (row.id, row)));
    for (id, row) in &rows {
        // A row that is drawn anew may count as a newer version of itself.
        let same =
            page.rows.get(id).is_some_and(|shown| otklik_core::DialogRow { rev: row.rev, ..shown.clone() } == *row);
        if !same {
            return Err(("view", format!("the page shows {:?}, the core has {row:?}", page.rows.get(id))));
        }
    }
    if let Some(id) = page.rows.keys().find(|id| !rows.contains_key(id)) {
        return Err(("view", format!("the page shows {id}, the core does not have it")));
    }
    if rows.keys().ne(machine.kept.dialogs.keys()) {
        return Err(("view", "the rows are not those of the cache".to_owned()));
    }
    let counts = counted(machine, rows.values());
    if page.counts != counts || fresh.counts != counts {
        let what = format!("the page counts {:?}, the core {:?}, the rows {counts:?}", page.counts, fresh.counts);
        return Err(("view", what));
    }
    if machine.badge.unwrap_or(0) != counts.badge {
        return Err(("view", format!("the badge says {:?}, the rows {}", machine.badge, counts.badge)));
    }
    for (what, same) in [
        ("notices", page.notices == fresh.notices),
        ("settings", page.settings == fresh.settings),
        ("operators", page.operators == fresh.operators),
        ("channels", page.channels == fresh.channels),
        ("open dialog", page.open == fresh.open),
    ] {
        if !same {
            return Err(("view", format!("the page's {what} are not the core's")));
        }
    }
    if !matches!(page.link, LinkView::Live { .. }) {
        return Err(("view", format!("the connection is live and the page says {:?}", page.link)));
    }
    unread(machine)
}

/// The sums, computed from rows and outbox by their definition.
fn counted<'a>(machine: &Machine, rows: impl Iterator<Item = &'a otklik_core::DialogRow>) -> Counts {
    let mut counts = Counts::default();
    for row in rows {
        counts.all += 1;
        counts.open += u32::from(row.section != Section::All);
        match row.section {
            Section::Waiting => {
                counts.waiting += 1;
                counts.waiting_suspicious += u32::from(row.suspicious);
            }
            Section::Mine => {
                counts.mine += 1;
                counts.mine_unread += u32::from(row.unread > 0);
            }
            Section::Queue => {
                counts.queue += 1;
                counts.queue_suspicious += u32::from(row.suspicious);
            }
            Section::OfflineRequests => counts.offline_requests += 1,
            Section::Open | Section::All => {}
        }
    }
    counts.badge = counts.waiting - counts.waiting_suspicious + counts.mine_unread;
    let unsent = machine.kept.outbox.values().filter(|item| item.op.text().is_some()).count();
    counts.unsent = u32::try_from(unsent).unwrap_or(u32::MAX);
    counts
}

/// Unread as the hub counts it: by now it knows everything that was read here.
fn unread(machine: &Machine) -> Result<(), Finding> {
    let Some(page) = &machine.page else { return Ok(()) };
    for (id, saved) in &machine.kept.dialogs {
        let shown = page.rows.get(id).map(|row| row.unread);
        if shown != Some(saved.dialog.unread) {
            return Err(("view", format!("{id} shows {shown:?} unread, the hub counts {}", saved.dialog.unread)));
        }
    }
    Ok(())
}
