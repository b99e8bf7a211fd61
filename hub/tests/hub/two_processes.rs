//! Two hubs on one PostgreSQL: the same answers, whichever of them is asked.
//!
//! Invariants 2 and 10.

use crate::kit::{CustomerPage, Desk, Workplace, client_id, seconds, within};
use otklik_hub::{Hub, HubConfig, desk::Event, store::EntryBody};
use otklik_model::{DialogId, Op, OperatorStatus, Outcome, OwnTemplate, Presence, Refusal, Seq, TransferTarget};
use otklik_wire::{customer::CustomerFrame, operator::ClientFrame};
use std::{collections::BTreeMap, time::Duration};

const DIALOGS: usize = 12;
/// How often two are asked at once: they cross in most of these.
const ROUNDS: u64 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn of_operators_of_two_hubs_one_gets_each_dialog() {
    let one = Desk::start_with(|config| config.timing.look = Duration::from_millis(30)).await;
    let two = one.beside().await;
    let mut tokens = Vec::new();
    let mut workplaces = Vec::new();
    for (place, login) in ["ira", "oleg", "zoya", "petr"].into_iter().enumerate() {
        let token = one.operator(login, login, None).await;
        let desk = if place % 2 == 0 { &one } else { &two };
        workplaces.push(desk.workplace(&token).await);
        tokens.push(token);
    }
    let mut pages = Vec::new();
    for number in 0..DIALOGS {
        let desk = if number % 2 == 0 { &two } else { &one };
        let mut page = desk.customer().await;
        assert_eq!(page.write("hello").await.1, None);
        pages.push(page);
    }
    let racing = workplaces.into_iter().enumerate().map(|(place, workplace)| tokio::spawn(race(place, workplace)));
    let mut answers: BTreeMap<DialogId, Vec<(usize, Outcome)>> = BTreeMap::new();
    let mut workplaces = Vec::new();
    for racer in racing.collect::<Vec<_>>() {
        let (place, workplace, outcomes) = racer.await.unwrap();
        for (dialog, outcome) in outcomes {
            answers.entry(dialog).or_default().push((place, outcome));
        }
        workplaces.push(workplace);
    }
    assert_eq!(answers.len(), DIALOGS);
    let mut owners = BTreeMap::new();
    for (dialog, answers) in answers {
        let won: Vec<_> = answers.iter().filter(|(_, answer)| matches!(answer, Outcome::Done { .. })).collect();
        assert_eq!(won.len(), 1, "{dialog}: {answers:?}");
        owners.insert(dialog, workplaces[won[0].0].welcome.me.id);
        for (_, answer) in &answers {
            let Outcome::Refused { reason } = answer else { continue };
            let told = matches!(reason, Refusal::AlreadyAccepted { .. } | Refusal::LimitReached);
            assert!(told, "{dialog}: {reason:?}");
        }
    }
    for (token, mut workplace) in tokens.iter().zip(workplaces) {
        for desk in [&one, &two] {
            same_as_newcomer(desk, token, &mut workplace).await;
        }
        for (dialog, owner) in &owners {
            assert_eq!(workplace.row(*dialog).assignee, Some(*owner));
        }
    }
}

/// Accepts every dialog as soon as it sees all of them, each workplace in an order of its own.
async fn race(place: usize, mut workplace: Workplace) -> (usize, Workplace, Vec<(DialogId, Outcome)>) {
    workplace.until("all dialogs", |me| me.state.dialogs.len() == DIALOGS).await;
    let mut dialogs: Vec<_> = workplace.state.dialogs.values().map(|row| (row.id, row.epoch)).collect();
    dialogs.rotate_left(place % 2);
    let mut answers = Vec::new();
    for (dialog, epoch) in dialogs {
        let outcome = workplace.command_as(client_id(), Op::Accept { dialog, epoch }).await;
        answers.push((dialog, outcome));
    }
    (place, workplace, answers)
}

/// Each process finds room for one, and one of them is right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn of_two_who_give_to_a_colleague_on_two_hubs_only_one_takes_his_last_place() {
    let (one, _hands) = Desk::ruled(|centre| {
        centre.distribution.wait_for_full = false;
        centre.time_outs.offer_s = 0;
    })
    .await;
    let two = one.beside().await;
    let mut ira = one.workplace(&one.posted("ira", "Ира", |_| {}).await).await;
    let mut vera = two.workplace(&one.posted("vera", "Вера", |_| {}).await).await;
    let mut pages = Vec::new();
    for round in 0..ROUNDS {
        let (login, name) = (format!("oleg{round}"), format!("Олег {round}"));
        let token = one.posted(&login, &name, |post| post.most = 100).await;
        let oleg = one.workplace(&token).await;
        let whom = oleg.welcome.me.id;
        let online =
            |me: &Workplace| me.state.operators.get(&whom).is_some_and(|he| he.status == OperatorStatus::Online);
        ira.until("he is there", online).await;
        vera.until("he is there", online).await;
        let mut given = Vec::new();
        for (desk, giver, number) in [(&one, &mut ira, 2 * round + 1), (&two, &mut vera, 2 * round + 2)] {
            let mut page = desk.customer().await;
            page.write("?").await;
            giver.until("it waits", |giver| giver.state.dialogs.values().any(|row| row.number == number)).await;
            let dialog = giver.state.dialogs.values().find(|row| row.number == number).unwrap().id;
            giver.accept(dialog).await;
            let to = TransferTarget::Operator { id: whom, force: false };
            given.push(Op::Transfer { dialog, epoch: giver.row(dialog).epoch, to });
            pages.push(page);
        }
        let [here, there] = given.try_into().unwrap();
        let answers = tokio::join!(ira.command(here), vera.command(there));
        let refused = |answer: &Outcome| *answer == Outcome::Refused { reason: Refusal::LimitReached };
        let refusals = [&answers.0, &answers.1].into_iter().filter(|answer| refused(answer)).count();
        assert_eq!(refusals, 1, "{round}: {answers:?}");
        drop(oleg);
    }
}

/// What a workplace built from events is what a newcomer is told, on either hub.
async fn same_as_newcomer(desk: &Desk, token: &str, workplace: &mut Workplace) {
    loop {
        let newcomer = desk.workplace(token).await;
        let at = newcomer.position;
        workplace.until("caught up", |me| me.position >= at).await;
        // Somebody's coming or going may be in between; then once more.
        if workplace.position == at {
            assert_eq!(workplace.state, newcomer.state);
            return;
        }
    }
}

/// What is not kept is heard on the other hub too: who is typing, what is being written, ready answers of one's own.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn what_is_whispered_on_one_hub_is_heard_on_the_other() {
    let one = Desk::start_with(|config| config.timing.look = Duration::from_millis(30)).await;
    let two = one.beside().await;
    let token = one.posted("ira", "Ира", |_| {}).await;
    let (mut here, mut there) = (one.workplace(&token).await, two.workplace(&token).await);
    let mut maria = two.customer().await;
    maria.write("?").await;
    let dialog = here.only_dialog().await;
    here.accept(dialog).await;
    // The line between two that have just started comes about by itself; until then nothing is heard.
    within("a draft", async {
        let mut text = String::new();
        while here.drafts.is_empty() {
            text.push('ё');
            maria.send(&CustomerFrame::Draft { text: Some(text.clone()) }).await;
            tokio::select! {
                _ = here.next() => {}
                () = tokio::time::sleep(Duration::from_millis(1_100)) => {}
            }
        }
    })
    .await;
    let mut on = false;
    within("typing", async {
        while maria.shows.typing.is_empty() {
            on = !on;
            here.socket.send(&ClientFrame::Typing { dialog, on }).await;
            tokio::select! {
                frame = maria.next() => assert!(frame.is_some()),
                () = tokio::time::sleep(Duration::from_millis(1_100)) => {}
            }
        }
    })
    .await;
    let texts = [("ru".to_owned(), "Добрый день".to_owned())].into();
    let template = OwnTemplate { texts, ..OwnTemplate::default() };
    here.done(Op::KeepTemplate { name: "hello".into(), template }).await;
    there.until("its own answer", |there| there.handbook.templates.iter().any(|known| known.name == "hello")).await;
}

/// What one hub answered, the other knows: the words, their number, and that they were said.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn a_repeated_word_is_one_on_either_hub() {
    let one = Desk::start().await;
    let two = one.beside().await;
    let mut page = one.customer().await;
    let id = client_id();
    let first = page.write_as(id, "once").await;
    let mut again = two.customer_again(&page).await;
    assert_eq!(again.write_as(id, "once").await, first);
    assert_eq!(again.write("twice").await.0, Some(2));
}

/// A process that does not hold the lease dies with its customers' pages: they have left, and those of the living ones
/// have not.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn customers_of_a_dead_process_have_left() {
    let (one, hands) = Desk::ruled(|_| {}).await;
    let two = one.beside().await;
    let mut ira = one.workplace(&one.posted("ira", "Ира", |_| {}).await).await;
    let mut pavel = two.customer().await;
    pavel.write("?").await;
    let hers = ira.only_dialog().await;
    let folder = tempfile::tempdir().unwrap();
    let config = HubConfig { data: folder.path().join("data"), ..one.config.clone() };
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let third = doomed.spawn(Hub::start(config)).await.unwrap().unwrap();
    let mut maria = CustomerPage::connect(&format!("ws://{}/widget/v1/socket", third.address()), None, None).await;
    maria.write("!").await;
    let new = |ira: &Workplace| ira.state.dialogs.keys().copied().find(|dialog| *dialog != hers);
    ira.until("her dialog", |ira| new(ira).is_some()).await;
    let dialog = new(&ira).unwrap();
    assert_eq!(ira.row(dialog).presence, Presence::OnSite);
    // No goodbye.
    doomed.shutdown_background();
    drop(third);
    // Second by second, so that the one in charge stays in charge.
    within("gone", async {
        while ira.row(dialog).presence == Presence::OnSite {
            hands.forward(seconds(1));
            tokio::select! {
                _ = ira.next() => {}
                () = tokio::time::sleep(Duration::from_millis(40)) => {}
            }
        }
    })
    .await;
    // All of the next look, too.
    for _ in 0..150 {
        hands.forward(seconds(1));
        let _ = tokio::time::timeout(Duration::from_millis(20), ira.next()).await;
    }
    assert_eq!(comings(&one, dialog).await, [Presence::LeftSite]);
    assert_eq!(comings(&one, hers).await, [], "whoever is at a living process was never taken for gone");
}

/// From page to page a customer gets to one process and to the other; and he may have a page at each.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn whoever_goes_from_one_process_to_the_other_has_not_left() {
    let (one, _hands) = Desk::ruled(|_| {}).await;
    let two = one.beside().await;
    let mut ira = one.workplace(&one.posted("ira", "Ира", |_| {}).await).await;
    let mut maria = one.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    for round in 0..ROUNDS {
        let next = if round % 2 == 0 { &two } else { &one };
        maria = next.customer_again(&maria).await;
        // Somebody who leaves after her is seen to have left: by then it was decided about her, too.
        let mut pavel = (if round % 2 == 0 { &one } else { &two }).customer().await;
        pavel.write("!").await;
        let new = |ira: &Workplace| {
            let mut on_site = ira.state.dialogs.values().filter(|row| row.presence == Presence::OnSite);
            on_site.find(|row| row.id != dialog).map(|row| row.id)
        };
        ira.until("his dialog", |ira| new(ira).is_some()).await;
        let his = new(&ira).unwrap();
        drop(pavel);
        ira.until_row("he left", his, |row| row.presence == Presence::LeftSite).await;
    }
    assert_eq!(comings(&one, dialog).await, []);
    drop(maria);
    ira.until_row("she left", dialog, |row| row.presence == Presence::LeftSite).await;
}

/// How a customer came and went in a dialog, by the log.
async fn comings(desk: &Desk, dialog: DialogId) -> Vec<Presence> {
    let (store, workspace) = desk.books().await;
    let entries = store.log_after(workspace, Seq(0), 1_000).await.unwrap().entries;
    let of_it = entries.iter().filter_map(|entry| match &entry.body {
        EntryBody::Dialog(entry) if entry.row.id == dialog => Some(&entry.events),
        _ => None,
    });
    let came = of_it.flatten().filter_map(|event| match event {
        Event::PresenceChanged { presence, .. } => Some(*presence),
        _ => None,
    });
    came.collect()
}
