//! S-H6: whoever belongs to one workspace asks for everything of another one, by its true ids: dialogs, customers,
//! files, operators, cursors, sessions, links, keys of the configuration. Each answer is the one for an id that never
//! was, and nothing that was ever written in the other workspace is in any byte of it.
//!
//! A few thousand requests in the ordinary run; as many as `OTKLIK_STRANGERS` says otherwise (`cargo xtask races`: a hundred
//! thousand).

use crate::kit::{ADMIN_PASSWORD, Admin, CustomerPage, Desk, Dice, Exchanger, Workplace, client_id, http, within};
use otklik_model::{
    ChannelId, ClientId, Cursor, CustomerEdit, CustomerId, DialogId, FileId, MessageSearch, Op, OperatorId, Outcome,
    Refusal, Seq, TransferTarget,
};
use otklik_wire::{
    customer::{CustomerFrame, Exchange, Shown},
    encode,
    operator::{ClientFrame, Fetch, HubFrame},
};
use reqwest::{Client, Method};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

const CANARY: &str = "canary-of-main";

/// Of which workspace an id is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whose {
    /// The other workspace's.
    Theirs,
    /// Nobody's: it never was.
    Nobodys,
}

/// Everything of the main workspace that somebody of the shop could have got hold of.
struct Loot {
    dialogs: Vec<DialogId>,
    customers: Vec<CustomerId>,
    operators: Vec<OperatorId>,
    files: Vec<FileId>,
    /// Links to files, as they were given out there.
    links: Vec<String>,
    customer_tokens: Vec<String>,
    exchange: String,
    cursor: Cursor,
    channel: ChannelId,
    /// Logins of people, and keys of the configuration.
    names: Vec<String>,
}

impl Loot {
    fn pick<T: Copy>(dice: &mut Dice, whose: Whose, theirs: &[T], new: impl Fn(Uuid) -> T) -> T {
        let (chosen, fresh) = (*dice.one_of(theirs), new(Uuid::now_v7()));
        if whose == Whose::Theirs { chosen } else { fresh }
    }

    fn dialog(&self, dice: &mut Dice, whose: Whose) -> DialogId {
        Self::pick(dice, whose, &self.dialogs, DialogId)
    }

    fn customer(&self, dice: &mut Dice, whose: Whose) -> CustomerId {
        Self::pick(dice, whose, &self.customers, CustomerId)
    }

    fn operator(&self, dice: &mut Dice, whose: Whose) -> OperatorId {
        Self::pick(dice, whose, &self.operators, OperatorId)
    }

    fn file(&self, dice: &mut Dice, whose: Whose) -> FileId {
        Self::pick(dice, whose, &self.files, FileId)
    }

    fn name(&self, dice: &mut Dice, whose: Whose) -> String {
        let chosen = dice.one_of(&self.names).clone();
        // Of the same length, so that no size differs either.
        if whose == Whose::Theirs { chosen } else { chosen.chars().rev().collect() }
    }
}

/// A version of a configuration.
fn version(whose: Whose) -> u64 {
    if whose == Whose::Theirs { 3 } else { 99_999 }
}

/// What somebody of the shop has: a workplace with a dialog, an administrator's session, a customer's page.
struct Shop {
    desk: Desk,
    main: (Workplace, Vec<CustomerPage>),
    loot: Loot,
    me: Workplace,
    own: DialogId,
    token: String,
    admin: Admin,
    page: CustomerPage,
    client: Client,
    heard: Vec<String>,
}

async fn login(desk: &Desk, workspace: &str) -> String {
    let body = json!({ "workspace": workspace, "login": "anna", "password": ADMIN_PASSWORD, "device": "test" });
    let answer = http().post(desk.http("/api/v1/login")).json(&body).send().await.unwrap();
    answer.json::<serde_json::Value>().await.unwrap()["token"].as_str().unwrap().to_owned()
}

/// Writes the canary wherever something can be written.
async fn main_workspace(desk: &Desk, anna: &Admin) -> (Loot, Workplace, Vec<CustomerPage>) {
    let names = json!({ "ru": CANARY });
    for part in ["departments/canary-sales", "teams/canary-team", "categories/canary-category"] {
        anna.put(&format!("centre/parts/{part}"), json!({ "value": { "names": names }, "note": CANARY })).await.good();
    }
    let oleg = json!({ "login": "canary-oleg", "name": CANARY, "post": {} });
    anna.post("operators", oleg).await.good();
    let token = login(desk, "main").await;
    let mut vera = desk.workplace(&token).await;
    let (mut pages, mut files, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..4 {
        let mut page = desk.customer().await;
        page.write(&format!("{CANARY} {number}")).await;
        vera.until("a dialog", |vera| vera.state.dialogs.len() == number + 1).await;
        pages.push(page);
    }
    let dialogs: Vec<DialogId> = vera.state.dialogs.keys().copied().collect();
    for dialog in dialogs.clone() {
        vera.accept(dialog).await;
        vera.say(dialog, CANARY).await;
        vera.done(Op::SendNote { dialog, text: CANARY.into() }).await;
        let edit = CustomerEdit { name: Some(CANARY.into()), comment: Some(CANARY.into()), ..CustomerEdit::default() };
        vera.done(Op::EditCustomer { dialog, edit, was: Box::default() }).await;
        let file = desk.upload(&token, &format!("{CANARY}.txt"), CANARY.as_bytes()).await;
        let epoch = vera.row(dialog).epoch;
        vera.done(Op::SendFile { dialog, epoch, file: file.id, text: CANARY.into() }).await;
        links.push(desk.link(&token, file.id).await.unwrap().address);
        files.push(file.id);
    }
    let mut exchanger = desk.exchanger();
    exchanger.hello().await;
    let loot = Loot {
        customers: dialogs.iter().map(|dialog| vera.row(*dialog).customer.id).collect(),
        operators: vera.state.operators.keys().copied().collect(),
        customer_tokens: pages.iter().filter_map(|page| page.shows.token.clone()).collect(),
        exchange: exchanger.session.clone().unwrap(),
        cursor: vera.cursor(),
        channel: *vera.state.channels.keys().next().unwrap(),
        names: ["canary-oleg", "canary-sales", "canary-team", "canary-category"].map(str::to_owned).into(),
        dialogs,
        files,
        links,
    };
    (loot, vera, pages)
}

impl Shop {
    async fn open() -> Self {
        let desk = Desk::start_with(|config| {
            let plenty = otklik_hub::Rate { burst: 10_000_000, per_second: 1e7 };
            config.limits.operator_frames = plenty;
            (config.limits.customer_frames, config.limits.customer_messages) = (plenty, plenty);
            config.timing.exchange_wait = std::time::Duration::ZERO;
        })
        .await;
        let anna = desk.administrator().await;
        let (loot, vera, pages) = main_workspace(&desk, &anna).await;
        let new = json!({
            "short": "shop", "name": "Лавка", "login": "anna", "administrator": "Анна", "password": ADMIN_PASSWORD,
        });
        anna.post("workspaces", new).await.good();
        let admin = desk.admin(Some("shop"), "anna", ADMIN_PASSWORD).await;
        let token = login(&desk, "shop").await;
        let mut me = desk.workplace(&token).await;
        let mut page = CustomerPage::connect(&desk.ws("/w/shop/widget/v1/socket"), None, None).await;
        page.write("Здравствуйте").await;
        let own = me.only_dialog().await;
        me.accept(own).await;
        let (client, heard) = (http(), Vec::new());
        Self { desk, main: (vera, pages), loot, me, own, token, admin, page, client, heard }
    }

    /// An operation on something that is not of the shop.
    fn operation(&self, dice: &mut Dice, kind: usize, whose: Whose) -> Op {
        let loot = &self.loot;
        let (dialog, epoch) = (loot.dialog(dice, whose), dice.roll(4) as u64);
        let own_epoch = self.me.row(self.own).epoch;
        let give = |to| Op::Transfer { dialog: self.own, epoch: own_epoch, to };
        match kind {
            0 => Op::Accept { dialog, epoch },
            1 => Op::SendText { dialog, epoch, text: "x".into(), quote: Some(1) },
            2 => Op::SendNote { dialog, text: "x".into() },
            3 => Op::MarkRead { dialog, upto: 1 },
            4 => Op::Close { dialog, epoch },
            5 => Op::Transfer { dialog, epoch, to: TransferTarget::Queue },
            6 => Op::Decline { dialog, epoch },
            7 => Op::Hold { dialog, epoch, until: None, reason: None },
            8 => Op::Unhold { dialog, epoch },
            9 => Op::SortDialog { dialog, category: Some("canary-category".into()), subject: None, tags: None },
            10 => Op::EditMessage { dialog, seq: 1, text: "x".into() },
            11 => Op::DeleteMessage { dialog, seq: 1 },
            12 if dice.roll(2) == 0 => Op::RequestContact { dialog, epoch },
            12 => Op::Teleport { dialog, epoch, address: "https://shop.example.org/".into() },
            13 => Op::Block { dialog, until: None, reason: "x".into() },
            14 => Op::EditCustomer {
                dialog,
                edit: CustomerEdit { name: Some("x".into()), ..Default::default() },
                was: Box::default(),
            },
            15 => Op::SendTranscript { dialog },
            16 => Op::SendFile { dialog: self.own, epoch: own_epoch, file: loot.file(dice, whose), text: "x".into() },
            17 => Op::Unblock { customer: loot.customer(dice, whose) },
            18 => Op::Invite { customer: loot.customer(dice, whose), text: "x".into(), department: None },
            19 => give(TransferTarget::Operator { id: loot.operator(dice, whose), force: false }),
            20 => give(TransferTarget::Operator { id: loot.operator(dice, whose), force: true }),
            21 => give(TransferTarget::Bot { id: loot.operator(dice, whose), scenario: None }),
            22 => {
                let key = loot.name(dice, whose).parse().unwrap();
                give(TransferTarget::Department { key })
            }
            23 | 24 => {
                let mine = self.me.row(self.own).customer.person();
                let (one, other) = if kind == 23 { (self.own, dialog) } else { (dialog, self.own) };
                let union = Box::default();
                Op::JoinCustomers { dialog: one, other, union, person: mine, other_person: mine }
            }
            25 => Op::SeparateCustomer { dialog, customer: loot.customer(dice, whose), person: epoch },
            _ => Op::ChooseStatus { code: "online".parse().unwrap(), of: Some(loot.operator(dice, whose)) },
        }
    }

    /// Sends pairs of operations and fetches, and compares what comes of each pair.
    async fn over_the_socket(&mut self, dice: &mut Dice, pairs: usize) {
        let mut asked: Vec<(ClientId, ClientId, String)> = Vec::new();
        let mut sent = 0;
        while sent < pairs {
            asked.clear();
            for _ in 0..50.min(pairs - sent) {
                let (kind, ids) = (dice.roll(27), (client_id(), client_id()));
                let seed = dice.0;
                let mut name = String::new();
                for (id, whose) in [(ids.0, Whose::Theirs), (ids.1, Whose::Nobodys)] {
                    let op = self.operation(&mut Dice(seed), kind, whose);
                    name = name + &format!("{op:?} ");
                    self.me.socket.send(&ClientFrame::Command { id, op }).await;
                }
                let dialog = self.loot.dialog(dice, Whose::Theirs);
                self.me.socket.send(&ClientFrame::Typing { dialog, on: true }).await;
                asked.push((ids.0, ids.1, name));
                sent += 1;
            }
            let dialog = self.loot.dialog(dice, Whose::Theirs);
            for what in [
                Fetch::History { dialog, from: 0, to: u32::MAX, limit: 100 },
                Fetch::DialogsOf { dialog, before: None, limit: 50 },
                Fetch::Dialog { dialog },
                Fetch::Journey { dialog },
                Fetch::Identities { dialog },
                Fetch::Candidates { dialog, wanted: Some(CANARY.into()) },
            ] {
                self.me.socket.send(&ClientFrame::Fetch { req: 7, what }).await;
                while self.me.next().await != (HubFrame::FetchFailed { req: 7, retry: false }) {}
            }
            self.search(dice).await;
            self.me.socket.send(&ClientFrame::Looks { dialog: Some(dialog), writes: true }).await;
            for (theirs, nobodys, name) in &asked {
                let all = |me: &Workplace| me.results.contains_key(theirs) && me.results.contains_key(nobodys);
                self.me.until("answers", all).await;
                let (theirs, nobodys) = (&self.me.results[theirs], &self.me.results[nobodys]);
                assert_eq!(theirs, nobodys, "{name}");
                let Outcome::Refused { reason } = theirs else { panic!("{name}: {theirs:?}") };
                let quiet = matches!(
                    reason,
                    Refusal::NotFound | Refusal::TargetUnavailable | Refusal::FileUnusable | Refusal::NoSuchKey
                );
                assert!(quiet, "{name}: {reason:?}");
            }
            self.me.results.clear();
            self.heard.append(&mut self.me.socket.1);
        }
    }

    /// What is looked for by words, operators, channels and persons of the other workspace is not found.
    async fn search(&mut self, dice: &mut Dice) {
        let words = MessageSearch { words: "canary".into(), ..MessageSearch::default() };
        let every = MessageSearch::default;
        let search = match dice.roll(5) {
            0 => words,
            1 => MessageSearch { customer: Some(CANARY.into()), ..words },
            2 => MessageSearch { operator: Some(self.loot.operator(dice, Whose::Theirs)), ..every() },
            3 => MessageSearch { channel: Some(self.loot.channel), ..every() },
            // There is such a number here, too: of the shop's own customer.
            _ => MessageSearch { person: Some(1), ..words },
        };
        let name = format!("{search:?}");
        let what = Fetch::Search { search, before: None, limit: 100 };
        let HubFrame::Found { hits, .. } = self.me.ask(what).await else { panic!("{name}") };
        assert_eq!(hits, [], "{name}");
    }

    /// One request over HTTP about something that is not of the shop: status and words.
    async fn over_http(&mut self, dice: &mut Dice, kind: usize, whose: Whose) -> (u16, String) {
        let loot = &self.loot;
        let name = loot.name(dice, whose);
        let with_token =
            |method, path: String| self.client.request(method, self.desk.http(&path)).bearer_auth(&self.token);
        let admin = |method, path: String| {
            self.client.request(method, self.desk.http(&format!("/api/v1/admin/{path}"))).bearer_auth(&self.admin.token)
        };
        let file = loot.file(dice, whose);
        let link = dice.one_of(&loot.links).clone();
        let signed = link.split_once('?').map_or("", |(_, query)| query).to_owned();
        let request = match kind {
            0 => with_token(Method::POST, format!("/api/v1/files/{file}/link")),
            1 => self.client.get(self.desk.http(&format!("/w/shop/files/{file}?{signed}"))),
            2 => self.client.get(self.desk.http(&format!("/w/shop/files/{file}/thumbnail?{signed}"))),
            3 => admin(Method::GET, format!("operators/{name}")),
            4 => admin(Method::DELETE, format!("operators/{name}")),
            5 => admin(Method::POST, format!("operators/{name}/disable")),
            6 => admin(Method::POST, format!("operators/{name}/password")).json(&json!({})),
            7 => admin(Method::PUT, format!("operators/{name}/post")).json(&json!({ "post": {} })),
            8 => {
                let part = dice.one_of(&["departments", "teams", "categories"]);
                admin(Method::DELETE, format!("centre/parts/{part}/{name}"))
            }
            // Versions of the main workspace's configuration, of which the shop has had one.
            9 => admin(Method::GET, format!("centre/versions/{}", version(whose))),
            10 => admin(Method::GET, format!("customers/{}", loot.customer(dice, whose))),
            11 => {
                let path = format!("customers/{}/block", loot.customer(dice, whose));
                admin(Method::PUT, path).json(&json!({ "reason": "x" }))
            }
            12 => admin(Method::DELETE, format!("customers/{}/block", loot.customer(dice, whose))),
            13 => {
                let path = format!("customers/{}/restricted", loot.customer(dice, whose));
                admin(Method::PUT, path).json(&json!({ "restricted": true }))
            }
            14 => admin(Method::GET, format!("operators/{name}/statuses")),
            15 => admin(Method::GET, format!("centre/parts/teams/{name}")),
            16 => admin(Method::GET, format!("customers/{}/export", loot.customer(dice, whose))),
            17 => admin(Method::POST, format!("customers/{}/erase", loot.customer(dice, whose))),
            18 => admin(Method::POST, format!("operators/{name}/enable")),
            19 => admin(Method::PUT, format!("operators/{name}/status")).json(&json!({ "status": "online" })),
            20 => {
                let part = dice.one_of(&["departments", "teams", "categories"]);
                admin(Method::GET, format!("centre/parts/{part}/{name}"))
            }
            // Of the routing script, too, the shop has had no version.
            21 => admin(Method::GET, format!("script/versions/{}", version(whose))),
            22 => admin(Method::POST, format!("script/versions/{}/switch", version(whose))).json(&json!({})),
            _ => admin(Method::POST, format!("centre/versions/{}/switch-back", version(whose))).json(&json!({})),
        };
        let answer = within("an answer", request.send()).await.unwrap();
        let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
        let text = answer.text().await.unwrap();
        self.heard.push(headers + &text);
        let mut told: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
        told.remove("request");
        (status, format!("{told:?}"))
    }

    /// What administrators read by lists: all of it is the shop's own.
    async fn lists(&mut self, dice: &mut Dice) {
        let path = *dice.one_of(&[
            "centre",
            "centre/file",
            "centre/versions",
            "centre/check",
            "operators",
            "queues",
            "audit?limit=500",
            "audit?before=9",
            "status",
            "script",
            "session",
            "blocks",
            "script/versions",
            "centre/settings",
            "centre/parts/departments",
            "centre/parts/categories",
        ]);
        let body = self.admin.get(path).await;
        self.heard.push(body.to_string());
    }

    /// A customer of the shop, with ids and tokens of the other workspace's customers.
    async fn as_a_customer(&mut self, dice: &mut Dice) {
        let token = dice.one_of(&self.loot.customer_tokens).clone();
        let dialog = self.loot.dialog(dice, Whose::Theirs);
        let file = self.loot.file(dice, Whose::Theirs);
        match dice.roll(4) {
            0 => {
                let after = Some(Shown { dialog, upto: 2 });
                let mut other = Exchanger::new(self.desk.http("/w/shop/widget/v1/exchange"));
                (other.shows.token, other.shows.shown) = (Some(token.clone()), after);
                let frames = vec![crate::kit::hello(Some(token.clone()), after)];
                let heard = other.exchange(frames, false).await;
                assert_ne!(other.shows.token, Some(token), "there it is a new customer");
                self.heard.push(format!("{heard:?}"));
            }
            1 => {
                let exchange = Exchange { session: Some(self.loot.exchange.clone()), wait: false, frames: Vec::new() };
                let request = self.client.post(self.desk.http("/w/shop/widget/v1/exchange")).body(encode(&exchange));
                let text = within("an exchange", request.send()).await.unwrap().text().await.unwrap();
                assert!(text.contains(r#""code":"session""#), "{text}");
                self.heard.push(text);
            }
            2 => assert_eq!(self.page.link(file).await, (None, None)),
            _ => {
                let rating = CustomerFrame::Rate { dialog, stars: 1, note: Some("x".into()), answers: Vec::new() };
                self.page.send(&rating).await;
                let id = client_id();
                let answer = self.page.ask(id, &CustomerFrame::SendFile { id, file, text: String::new() }).await;
                assert_eq!(answer, (None, Some("file".to_owned())));
            }
        }
        self.heard.append(&mut self.page.socket.1);
    }

    /// A workplace of the shop that goes on from where one of the other workspace was.
    async fn with_their_cursor(&mut self, dice: &mut Dice) {
        let after = Seq(dice.roll(40) as u64);
        let mut other = self.desk.connect(&self.token, Some(Cursor { after, ..self.loot.cursor })).await.unwrap();
        assert!(!other.welcome.resumed);
        self.heard.append(&mut other.socket.1);
    }

    fn check(&mut self) {
        for heard in self.heard.drain(..) {
            assert!(!heard.contains(CANARY), "{heard}");
        }
    }
}

#[tokio::test]
async fn s_h6_an_id_of_another_workspace_opens_nothing_and_says_nothing() {
    let asked = std::env::var("OTKLIK_STRANGERS").ok().and_then(|count| count.parse().ok());
    let wanted: usize = asked.unwrap_or(4_000);
    let mut shop = Shop::open().await;
    let mut dice = Dice(2_026);
    let mut requests = 0;
    while requests < wanted {
        // Two requests for each pair, a word of typing with it, and now and then a fetch.
        shop.over_the_socket(&mut dice, 100).await;
        requests += 309;
        for _ in 0..40 {
            let kind = dice.roll(24);
            let seed = dice.0;
            let theirs = shop.over_http(&mut Dice(seed), kind, Whose::Theirs).await;
            let nobodys = shop.over_http(&mut Dice(seed), kind, Whose::Nobodys).await;
            assert_eq!(theirs, nobodys, "{kind}");
            assert_eq!(theirs.0, 404, "{kind}: {theirs:?}");
            requests += 2;
        }
        for _ in 0..10 {
            shop.lists(&mut dice).await;
            shop.as_a_customer(&mut dice).await;
            requests += 2;
        }
        shop.with_their_cursor(&mut dice).await;
        requests += 1;
        shop.check();
    }
    // The generator proves nothing if there is nothing to find: whoever belongs there finds it all.
    let (vera, _) = &shop.main;
    let known = format!("{:?}{:?}", vera.state, vera.messages);
    assert!(known.matches(CANARY).count() > 10);
    let fetched = shop.desk.fetch(&shop.loot.links[0]).await.text().await.unwrap();
    assert_eq!(fetched, CANARY);
}
