use super::*;
use crate::store::{
    AddressKey, EntryBody, NewSession, OperatorRow, SILENT_CUSTOMERS_KEPT_MS, TRIES_KEPT_MS, TryLimits,
};
use otklik_model::{OperatorStatus, Right, SessionId};

pub(super) async fn run<F: Future<Output = Arc<dyn Store>>>(fresh: &impl Fn() -> F) {
    operators_are_compared_and_set(fresh().await).await;
    changed_rights_remember_where(fresh().await).await;
    sessions_open_and_end(fresh().await).await;
    customers_are_numbered_and_known_by_token(fresh().await).await;
    silent_customers_are_forgotten_and_others_are_not(fresh().await).await;
    tries_are_counted_forgiven_and_forgotten(fresh().await).await;
    of_many_tries_at_once_no_more_than_the_limit_pass(fresh().await).await;
}

fn ira() -> OperatorRow {
    OperatorRow {
        id: OperatorId(id(11)),
        login: "ira".into(),
        name: "Ира".into(),
        password: Some("$argon2id$".into()),
        status: OperatorStatus::Offline,
        rights: [Right::Accept, Right::Note].into(),
        disabled: false,
        rights_at: Seq(0),
        version: 0,
    }
}

fn work(row: OperatorRow, rights_changed: bool) -> Work {
    Work::Operator { row: Box::new(row), rights_changed }
}

async fn operators_are_compared_and_set(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.commit(work(ira(), true)).await.unwrap();
    let stored = desk.store.operator(desk.workspace.id, ira().id).await.unwrap().unwrap();
    assert_eq!(stored, OperatorRow { version: 1, rights_at: Seq(1), ..ira() });
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

async fn changed_rights_remember_where(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let read = || async { desk.store.operator(desk.workspace.id, ira().id).await.unwrap().unwrap() };
    desk.commit(work(ira(), true)).await.unwrap();
    desk.commit(work(OperatorRow { status: OperatorStatus::Online, ..read().await }, false)).await.unwrap();
    assert_eq!(read().await.rights_at, Seq(1));
    desk.commit(work(OperatorRow { rights: [].into(), ..read().await }, true)).await.unwrap();
    assert_eq!(read().await.rights_at, Seq(3));
}

async fn sessions_open_and_end(store: Arc<dyn Store>) {
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

async fn customers_are_numbered_and_known_by_token(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let second = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    assert_eq!((desk.customer.number, second.number, second.name.as_str()), (1, 2, "Customer 2"));
    assert_eq!((second.named, second.language.as_deref()), (false, Some("ru")));
    let found = desk.store.customer_of(desk.workspace.id, TokenHash([2; 32])).await.unwrap();
    assert_eq!(found, Some(second));
}

async fn silent_customers_are_forgotten_and_others_are_not(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    desk.store.sweep(Stamp(SILENT_CUSTOMERS_KEPT_MS + 1)).await.unwrap();
    assert!(desk.store.customer_of(desk.workspace.id, TokenHash([1; 32])).await.unwrap().is_some());
    assert!(desk.store.customer_of(desk.workspace.id, TokenHash([2; 32])).await.unwrap().is_none());
}

const LIMITS: TryLimits = TryLimits { account: 3, address: 5 };

async fn tries_are_counted_forgiven_and_forgotten(store: Arc<dyn Store>) {
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

async fn of_many_tries_at_once_no_more_than_the_limit_pass(store: Arc<dyn Store>) {
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
