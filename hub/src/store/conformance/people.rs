use super::*;
use crate::centre::{Grants, Post, Scope};
use crate::store::{
    AddressKey, EntryBody, NewSession, OFFERS, OperatorRow, SILENT_CUSTOMERS_KEPT_MS, SetBy, StatusChange,
    TRIES_KEPT_MS, TokenState, TryLimits, usual_code,
};
use otklik_model::{OperatorStatus, Right, SessionId};

fn ira() -> OperatorRow {
    let rights = [(Right::Accept, Scope::All), (Right::Note, Scope::Own)].into();
    OperatorRow {
        password: Some("$argon2id$".into()),
        grants: Grants { rights, ..Grants::default() },
        ..OperatorRow::new(OperatorId(id(11)), "ira".into(), "Ира".into())
    }
}

fn work(row: OperatorRow, rights_changed: bool) -> Work {
    Work::Operator { row: Box::new(row), rights_changed }
}

pub(crate) async fn operators_are_compared_and_set(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.commit(work(ira(), true)).await.unwrap();
    let stored = desk.store.operator(desk.workspace.id, ira().id).await.unwrap().unwrap();
    assert_eq!(stored, OperatorRow { version: 1, rights_at: Seq(1), status_since: Stamp(20), ..ira() });
    assert_eq!(desk.store.operator_by_login(desk.workspace.id, "ira").await.unwrap(), Some(stored.clone()));
    let online = OperatorRow { status: OperatorStatus::Online, ..stored.clone() };
    desk.commit(work(online, false)).await.unwrap();
    let late = OperatorRow { name: "Ирина".into(), ..stored };
    assert_eq!(desk.commit(work(late, false)).await, Err(CommitError::Conflict));
    let twin = OperatorRow { id: OperatorId(id(12)), ..ira() };
    assert_eq!(desk.commit(work(twin, true)).await, Err(CommitError::Conflict), "the login is taken");
    let rows = desk.store.operators(desk.workspace.id).await.unwrap();
    assert_eq!((rows.len(), rows[0].status, rows[0].version), (1, OperatorStatus::Online, 2));
    let log = serde_json::to_string(&desk.log(0).await).unwrap();
    assert!(!log.contains("argon2") && !log.contains("\"ira\""), "neither password nor login in the log: {log}");
}

pub(crate) async fn changed_rights_remember_where(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let read = || async { desk.store.operator(desk.workspace.id, ira().id).await.unwrap().unwrap() };
    desk.commit(work(ira(), true)).await.unwrap();
    desk.commit(work(OperatorRow { status: OperatorStatus::Online, ..read().await }, false)).await.unwrap();
    assert_eq!(read().await.rights_at, Seq(1));
    desk.commit(work(OperatorRow { grants: Grants::default(), ..read().await }, true)).await.unwrap();
    assert_eq!(read().await.rights_at, Seq(3));
}

pub(crate) async fn sessions_open_and_end(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let session = |number: u8, operator| NewSession {
        id: SessionId(id(number.into())),
        workspace: desk.workspace.id,
        operator: OperatorId(id(operator)),
        token: TokenHash([number; 32]),
        device: "desk".into(),
        created_at: Stamp(0),
        expires_at: Stamp(1_000),
    };
    for (number, operator) in [(1, 11), (2, 11), (3, 11), (4, 12)] {
        desk.store.add_session(session(number, operator)).await.unwrap();
    }
    let open = || async {
        let mut open = Vec::new();
        for number in 1..=4 {
            open.extend(desk.store.session_of(TokenHash([number; 32])).await.unwrap().map(|row| row.id.0.as_u128()));
        }
        open
    };
    let found = desk.store.session_of(TokenHash([1; 32])).await.unwrap().unwrap();
    assert_eq!(
        (found.operator, found.expires_at, found.workspace),
        (OperatorId(id(11)), Stamp(1_000), desk.workspace.id)
    );
    let ira = OperatorId(id(11));
    desk.commit(Work::SignOut { operator: ira, session: Some(SessionId(id(2))) }).await.unwrap();
    assert_eq!(open().await, [1, 3, 4]);
    desk.commit(Work::SignOut { operator: ira, session: None }).await.unwrap();
    assert_eq!(open().await, [4]);
    assert_eq!(desk.log(1).await[0].body, EntryBody::SignedOut { operator: ira, session: None });
    desk.store.sweep(Stamp(1_001)).await.unwrap();
    assert!(open().await.is_empty());
}

pub(crate) async fn one_token_of_a_session_follows_another(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let (store, workspace) = (&desk.store, desk.workspace.id);
    let elsewhere = store.open_workspace("other").await.unwrap().id;
    let hash = |number: u8| TokenHash([number; 32]);
    let session = |number: u8| NewSession {
        id: SessionId(id(number.into())),
        workspace,
        operator: OperatorId(id(11)),
        token: hash(number),
        device: "desk".into(),
        created_at: Stamp(5),
        expires_at: Stamp(1_000),
    };
    for number in [1, 2] {
        store.add_session(session(number)).await.unwrap();
    }
    let (one, two) = (SessionId(id(1)), SessionId(id(2)));
    let state = async |number: u8| store.session_of(hash(number)).await.unwrap().map(|row| (row.id, row.token));
    let row = store.session_of(hash(1)).await.unwrap().unwrap();
    assert_eq!((row.created_at, row.acted_at, row.token_since), (Stamp(5), Stamp(5), Stamp(5)));

    // Two are offered in the place of the first; nothing is offered for what is not in use, or elsewhere.
    assert!(store.offer_token(workspace, one, hash(1), hash(10)).await.unwrap());
    assert!(store.offer_token(workspace, one, hash(1), hash(11)).await.unwrap());
    assert!(!store.offer_token(workspace, one, hash(10), hash(12)).await.unwrap());
    assert!(!store.offer_token(workspace, two, hash(1), hash(12)).await.unwrap());
    assert!(!store.offer_token(elsewhere, one, hash(1), hash(12)).await.unwrap());
    assert_eq!(state(10).await, Some((one, TokenState::Offered)));
    assert_eq!(state(12).await, None);

    // What was never offered takes nobody's place; what was takes it once, and all others are out of use.
    for (place, session, token) in [(workspace, one, 12), (workspace, two, 10), (elsewhere, one, 10)] {
        assert!(!store.take_token(place, session, hash(token), Stamp(7)).await.unwrap(), "{token}");
    }
    assert_eq!(state(1).await, Some((one, TokenState::InUse)));
    assert!(store.take_token(workspace, one, hash(11), Stamp(7)).await.unwrap());
    assert!(store.take_token(workspace, one, hash(11), Stamp(8)).await.unwrap(), "it is in use already");
    assert_eq!(store.session_of(hash(11)).await.unwrap().unwrap().token_since, Stamp(7));
    for (token, found) in [(1, TokenState::Replaced), (10, TokenState::Replaced), (11, TokenState::InUse)] {
        assert_eq!(state(token).await, Some((one, found)), "{token}");
    }
    assert!(!store.take_token(workspace, one, hash(1), Stamp(9)).await.unwrap());
    assert!(!store.take_token(workspace, one, hash(10), Stamp(9)).await.unwrap());
    assert_eq!(state(2).await, Some((two, TokenState::InUse)), "another session is another family");

    // There is an end to what is offered and never taken.
    let many = |number: u32| {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        TokenHash(bytes)
    };
    for number in 0..OFFERS {
        assert!(store.offer_token(workspace, two, hash(2), many(number)).await.unwrap(), "{number}");
    }
    assert!(!store.offer_token(workspace, two, hash(2), many(OFFERS)).await.unwrap());

    store.note_act(workspace, one, Stamp(50)).await.unwrap();
    store.note_act(workspace, one, Stamp(40)).await.unwrap();
    store.note_act(elsewhere, one, Stamp(60)).await.unwrap();
    assert_eq!(store.session_of(hash(11)).await.unwrap().unwrap().acted_at, Stamp(50));

    // With a session all its tokens go, and nothing of it can be taken any more.
    assert!(store.offer_token(workspace, one, hash(11), hash(13)).await.unwrap());
    desk.commit(Work::SignOut { operator: OperatorId(id(11)), session: Some(one) }).await.unwrap();
    for token in [1, 10, 11, 13] {
        assert_eq!(state(token).await, None, "{token}");
    }
    assert!(!store.take_token(workspace, one, hash(13), Stamp(9)).await.unwrap());
    assert!(!store.offer_token(workspace, one, hash(11), hash(14)).await.unwrap());
    store.sweep(Stamp(1_001)).await.unwrap();
    assert!(store.session_of(hash(2)).await.unwrap().is_none());
    // Their hashes are free again: nothing of them is left.
    store.add_session(NewSession { expires_at: Stamp(9_000), ..session(3) }).await.unwrap();
    assert!(store.offer_token(workspace, SessionId(id(3)), hash(3), hash(10)).await.unwrap());
}

pub(crate) async fn customers_are_numbered_and_known_by_token(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let second = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    assert_eq!((desk.customer.number, second.number, second.name.as_str()), (1, 2, "Customer 2"));
    assert_eq!((second.named, second.language.as_deref()), (false, Some("ru")));
    let found = desk.store.customer_of(desk.workspace.id, TokenHash([2; 32])).await.unwrap();
    assert_eq!(found, Some(second));
    let has_written = async |workspace| desk.store.has_written(workspace, desk.customer.id).await.unwrap();
    assert!(!has_written(desk.workspace.id).await);
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    assert!(has_written(desk.workspace.id).await);
    assert!(!has_written(desk.store.open_workspace("other").await.unwrap().id).await);
}

pub(crate) async fn silent_customers_are_forgotten_and_others_are_not(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    desk.store.sweep(Stamp(SILENT_CUSTOMERS_KEPT_MS + 1)).await.unwrap();
    assert!(desk.store.customer_of(desk.workspace.id, TokenHash([1; 32])).await.unwrap().is_some());
    assert!(desk.store.customer_of(desk.workspace.id, TokenHash([2; 32])).await.unwrap().is_none());
}

const LIMITS: TryLimits = TryLimits { account: 3, address: 5 };

pub(crate) async fn tries_are_counted_forgiven_and_forgotten(store: Arc<dyn Store>) {
    let (account, address) = (id(1), AddressKey(id(2)));
    let attempt = |account, now| store.begin_try(account, address, LIMITS, Stamp(now));
    for now in 0..3 {
        assert_eq!(attempt(account, now).await.unwrap(), None);
    }
    assert_eq!(attempt(account, 3).await.unwrap(), Some(29_999), "thirty seconds after the last");
    assert_eq!(attempt(account, 4).await.unwrap(), Some(29_998), "asking does not lengthen the wait");
    store.forgive(account, address).await.unwrap();
    assert_eq!(attempt(account, 5).await.unwrap(), None);
    for now in 6..8 {
        assert_eq!(attempt(id(100 + now as u128), now).await.unwrap(), None);
    }
    assert!(attempt(id(200), 8).await.unwrap().is_some(), "five of this address");
    assert_eq!(attempt(account, TRIES_KEPT_MS + 100).await.unwrap(), None);
    assert!(store.sweep(Stamp(2 * TRIES_KEPT_MS)).await.unwrap() > 0);
}

pub(crate) async fn of_many_tries_at_once_no_more_than_the_limit_pass(store: Arc<dyn Store>) {
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                store.begin_try(id(1), AddressKey(id(1_000 + number)), LIMITS, Stamp(0)).await.unwrap()
            })
        })
        .collect();
    let mut passed = 0;
    for task in tasks {
        passed += u32::from(task.await.unwrap().is_none());
    }
    assert_eq!(passed, LIMITS.account);
}

pub(crate) async fn statuses_are_kept_with_their_times(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let read = || async { desk.store.operator(desk.workspace.id, ira().id).await.unwrap().unwrap() };
    let at = |at, row| Commit::new(desk.workspace.id, Stamp(at), work(row, false), done(None));
    desk.store.commit(at(10, ira())).await.unwrap();
    let online = OperatorRow {
        status: OperatorStatus::Online,
        status_code: usual_code(OperatorStatus::Online),
        set_by: SetBy::Login,
        ..read().await
    };
    desk.store.commit(at(20, online)).await.unwrap();
    let renamed = OperatorRow { name: "Ирина".into(), set_by: SetBy::Himself, ..read().await };
    desk.store.commit(at(25, renamed)).await.unwrap();
    assert_eq!(read().await.status_since, Stamp(20), "the name is not the status");
    let lunch = OperatorRow {
        status: OperatorStatus::Break,
        status_code: "lunch".parse().unwrap(),
        set_by: SetBy::Operator { id: OperatorId(id(12)) },
        ..read().await
    };
    desk.store.commit(at(30, lunch)).await.unwrap();
    let since = |since| desk.store.status_changes(desk.workspace.id, ira().id, Stamp(since));
    let times = |changes: &[StatusChange]| changes.iter().map(|change| change.at.0).collect::<Vec<_>>();
    let all = since(0).await.unwrap();
    assert_eq!(times(&all), [10, 20, 30]);
    assert_eq!((all[1].status, all[1].set_by), (OperatorStatus::Online, SetBy::Login));
    assert_eq!((all[2].code.as_str(), all[2].set_by), ("lunch", SetBy::Operator { id: OperatorId(id(12)) }));
    assert_eq!(times(&since(20).await.unwrap()), [20, 30]);
    assert_eq!(times(&since(29).await.unwrap()), [20, 30], "the first one is what held then");
    assert_eq!(times(&since(99).await.unwrap()), [30]);
}

pub(crate) async fn whoever_accepts_is_remembered(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.commit(work(ira(), true)).await.unwrap();
    let read = || async { desk.store.operator(desk.workspace.id, ira().id).await.unwrap().unwrap() };
    assert_eq!(read().await.last_accepted_at, None);
    let before = read().await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    let taken = Event::Accepted { by: ira().id, name: "Ира".into(), at: Stamp(77) };
    let change = DialogChange::new(&desk.stored(100).await, vec![taken]);
    desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    assert_eq!(read().await.last_accepted_at, Some(Stamp(77)));
    // A row that was read before does not conflict, and does not take it back.
    desk.commit(work(OperatorRow { name: "Ирина".into(), ..before }, false)).await.unwrap();
    assert_eq!(read().await.last_accepted_at, Some(Stamp(77)));
}

pub(crate) async fn posts_and_grants_are_kept(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let post = Post {
        teams: [("night".parse().unwrap(), 80)].into(),
        languages: ["ru".to_owned()].into(),
        email: Some("ira@example.org".into()),
        ..Post::default()
    };
    let grants = Grants { led: [OperatorId(id(12))].into(), departments: Some([].into()), ..ira().grants };
    let row = OperatorRow { post, grants, keep_online: true, disabled: true, ..ira() };
    desk.commit(work(row.clone(), true)).await.unwrap();
    let stored = desk.store.operator(desk.workspace.id, row.id).await.unwrap().unwrap();
    assert_eq!(stored, OperatorRow { version: 1, rights_at: Seq(1), status_since: Stamp(20), ..row.clone() });
    let EntryBody::Operator(face) = &desk.log(0).await[0].body else { panic!() };
    assert_eq!((&face.grants, face.keep_online, face.disabled), (&row.grants, true, true));
    assert_eq!(face.post, Post { email: None, ..row.post }, "his mailbox is nobody's business");
}
