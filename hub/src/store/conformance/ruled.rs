//! What the centre is ruled by: its document, the trail, the lease.
//!
//! Invariants 18 and 21.

use super::*;
use crate::centre::Centre;
use crate::store::{AuditLine, CentreRow, EntryBody, FenceToken, OperatorRow, Reform, Reformed};
use otklik_model::Channel;

fn line(what: &str) -> AuditLine {
    let detail = serde_json::json!({ "from": 1, "слово": "\u{0}" });
    AuditLine { by: Some(OperatorId(id(11))), what: what.into(), subject: "main".into(), detail }
}

pub(crate) async fn the_centre_is_compared_and_set_and_every_version_kept(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let workspace = desk.workspace.id;
    assert_eq!(desk.store.centre(workspace).await.unwrap(), CentreRow::first());
    let named = |name: &str| Centre { name: name.into(), ..Centre::default() };
    let work = |version, name: &str| Work::Centre {
        version,
        centre: Box::new(named(name)),
        by: Some(OperatorId(id(11))),
        note: format!("as {name}"),
    };
    assert_eq!(desk.commit(work(1, "early")).await, Err(CommitError::Conflict));
    desk.commit(work(0, "one")).await.unwrap();
    assert_eq!(desk.commit(work(0, "late")).await, Err(CommitError::Conflict));
    desk.commit(work(1, "two")).await.unwrap();
    let now = desk.store.centre(workspace).await.unwrap();
    assert_eq!((now.version, now.at, now.by, now.note.as_str()), (2, Stamp(20), Some(OperatorId(id(11))), "as two"));
    assert_eq!(now.centre, named("two"));
    assert_eq!(desk.store.centre_at(workspace, 1).await.unwrap().unwrap().centre, named("one"));
    assert_eq!(desk.store.centre_at(workspace, 3).await.unwrap(), None);
    let versions = |limit| desk.store.centre_versions(workspace, limit);
    let numbers = |found: Vec<crate::store::CentreVersion>| found.iter().map(|row| row.version).collect::<Vec<_>>();
    assert_eq!(numbers(versions(10).await.unwrap()), [2, 1]);
    assert_eq!(numbers(versions(1).await.unwrap()), [2]);
    assert_eq!(desk.log(1).await[0].body, EntryBody::Centre { version: 2 });
    let other = desk.store.open_workspace("other").await.unwrap().id;
    assert_eq!(desk.store.centre(other).await.unwrap().version, 0);
    assert_eq!(desk.store.centre_at(other, 1).await.unwrap(), None);
}

pub(crate) async fn a_reform_is_stored_whole_or_not_at_all(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let workspace = desk.workspace.id;
    let person = |number: u128, login: &str, version| Reformed {
        row: OperatorRow { version, ..OperatorRow::new(OperatorId(id(number)), login.into(), login.into()) },
        rights_changed: true,
        signed_out: version > 0,
    };
    let channel = Channel {
        id: ChannelId(id(7)),
        name: "one".into(),
        transport: otklik_model::Transport::Widget,
        text_chars: 100,
        page: None,
    };
    let reform = |version, people: Vec<Reformed>| Reform {
        version,
        centre: Some(Box::new(Centre { name: "one".into(), ..Centre::default() })),
        by: None,
        note: String::new(),
        channel: Some(channel.clone()),
        people,
    };
    let work = |version, people| Work::Reform(Box::new(reform(version, people)));
    let act = async |work| {
        let commit = Commit::new(workspace, Stamp(1), work, done(None));
        desk.store.commit(Commit { audit: Some(line("centre.changed")), ..commit }).await
    };
    let ira = || person(11, "ira", 0);
    for (what, work) in [
        ("another version is in force", work(1, vec![ira()])),
        ("a row that was never stored", work(0, vec![ira(), person(12, "oleg", 3)])),
        ("a login twice", work(0, vec![ira(), person(12, "ira", 0)])),
        ("an id twice", work(0, vec![ira(), person(11, "oleg", 0)])),
    ] {
        assert_eq!(act(work).await, Err(CommitError::Conflict), "{what}");
        assert_eq!(desk.store.centre(workspace).await.unwrap(), CentreRow::first(), "{what}");
        assert_eq!(desk.store.operators(workspace).await.unwrap(), Vec::new(), "{what}");
        assert_eq!(desk.store.channels(workspace).await.unwrap(), Vec::new(), "{what}");
        assert_eq!(desk.store.audit(workspace, None, 10).await.unwrap(), Vec::new(), "{what}");
        assert_eq!(desk.store.head(workspace).await.unwrap(), Seq(0), "{what}");
    }
    let committed = act(work(0, vec![ira(), person(12, "oleg", 0)])).await.unwrap();
    assert_eq!(committed.head, Seq(4), "the configuration, the channel, two people");
    let only_people = Reform { centre: None, channel: None, ..reform(1, vec![person(11, "ira", 1)]) };
    act(Work::Reform(Box::new(only_people))).await.unwrap();
    assert_eq!(desk.store.centre(workspace).await.unwrap().version, 1, "nothing of it changed");
    let entries = desk.log(0).await;
    assert_eq!(entries.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6], "without gaps");
    assert!(matches!(entries[0].body, EntryBody::Centre { version: 1 }));
    assert!(matches!(entries[5].body, EntryBody::SignedOut { session: None, .. }));
    let versions: Vec<_> = desk.store.operators(workspace).await.unwrap().iter().map(|row| row.version).collect();
    assert_eq!(versions, [2, 1]);
    assert_eq!(desk.store.audit(workspace, None, 10).await.unwrap().len(), 2, "one line for each, whatever it took");
}

pub(crate) async fn acts_are_numbered_and_read_backwards(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let other = desk.store.open_workspace("other").await.unwrap().id;
    for number in 1..=5 {
        desk.store.add_audit(desk.workspace.id, Stamp(number), line(&format!("act.{number}"))).await.unwrap();
    }
    desk.store.add_audit(other, Stamp(9), line("theirs")).await.unwrap();
    let read = |before, limit| async move {
        let rows = desk.store.audit(desk.workspace.id, before, limit).await.unwrap();
        (rows.iter().map(|row| row.number).collect::<Vec<_>>(), rows)
    };
    let (numbers, rows) = read(None, 3).await;
    assert_eq!(numbers, [5, 4, 3]);
    assert_eq!((rows[0].at, &rows[0].line), (Stamp(5), &line("act.5")));
}

pub(crate) async fn an_act_stands_or_falls_with_its_commit(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let audited = |work, what: &str| Commit {
        audit: Some(line(what)),
        ..Commit::new(desk.workspace.id, Stamp(20), work, done(None))
    };
    let first = DialogChange::new(&desk.begin(100, &desk.customer), Vec::new());
    let work = Work::Dialog(Box::new(first));
    desk.store.commit(audited(work.clone(), "begun")).await.unwrap();
    assert_eq!(desk.store.commit(audited(work, "again")).await, Err(CommitError::Conflict));
    desk.store.commit(audited(Work::Nothing, "looked")).await.unwrap();
    let rows = desk.store.audit(desk.workspace.id, None, 10).await.unwrap();
    let found: Vec<_> = rows.iter().map(|row| (row.number, row.line.what.as_str())).collect();
    assert_eq!(found, [(2, "looked"), (1, "begun")]);
    assert_eq!(desk.store.audit(desk.workspace.id, Some(2), 10).await.unwrap().len(), 1);
}

pub(crate) async fn a_lease_is_one_nodes_until_it_runs_out(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let take = |node: u128, now| {
        let (store, workspace) = (desk.store.clone(), desk.workspace.id);
        async move {
            let lease = store.take_lease(workspace, id(node), Stamp(now), 1_000).await.unwrap();
            lease.map(|lease| (lease.token.0, lease.until.0))
        }
    };
    assert_eq!(take(1, 0).await, Some((1, 1_000)));
    assert_eq!(take(2, 999).await, None, "another node has it");
    assert_eq!(take(1, 500).await, Some((1, 1_500)), "renewed under the same token");
    assert_eq!(take(2, 1_500).await, Some((2, 2_500)), "it had run out");
    assert_eq!(take(1, 1_600).await, None);
    assert_eq!(take(1, 9_000).await, Some((3, 10_000)));
    let other = desk.store.open_workspace("other").await.unwrap().id;
    let theirs = desk.store.take_lease(other, id(2), Stamp(9_001), 1).await.unwrap();
    assert_eq!(theirs.map(|lease| lease.token), Some(FenceToken(1)));
}

pub(crate) async fn whoever_lost_the_lease_commits_no_more(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let workspace = desk.workspace.id;
    let first = desk.store.take_lease(workspace, id(1), Stamp(0), 10).await.unwrap().unwrap().token;
    let fenced = |dialog: &DialogAggregate, fence| Commit {
        fence: Some(fence),
        ..Commit::new(workspace, Stamp(20), Work::Dialog(Box::new(DialogChange::new(dialog, Vec::new()))), done(None))
    };
    desk.store.commit(fenced(&desk.begin(100, &desk.customer), first)).await.unwrap();
    // Run out but not taken by anybody: still his.
    desk.store.commit(fenced(&desk.stored(100).await, first)).await.unwrap();
    let second = desk.store.take_lease(workspace, id(2), Stamp(100), 10).await.unwrap().unwrap().token;
    let seen = desk.stored(100).await;
    assert_eq!(desk.store.commit(fenced(&seen, first)).await, Err(CommitError::Fenced));
    let batch = desk.store.commit_all(vec![fenced(&seen, first), fenced(&seen, second)]).await;
    assert_eq!(batch[0], Err(CommitError::Fenced));
    assert_eq!(batch[1].as_ref().unwrap().head, Seq(3));
}

pub(crate) async fn of_many_nodes_one_gets_the_lease(store: Arc<dyn Store>) {
    let workspace = store.open_workspace("main").await.unwrap().id;
    for round in 0..5 {
        let nodes = (1..=8).map(|node| {
            let store = store.clone();
            tokio::spawn(async move { store.take_lease(workspace, id(node), Stamp(round * 100), 50).await.unwrap() })
        });
        let mut tokens = Vec::new();
        for node in nodes.collect::<Vec<_>>() {
            tokens.extend(node.await.unwrap().map(|lease| lease.token.0));
        }
        assert_eq!(tokens.len(), 1, "{tokens:?}");
    }
}
