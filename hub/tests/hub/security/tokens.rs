//! S-H3: one token follows another, an old one that comes back ends its session, and supervisors' sessions are short.

use crate::kit::{ADMIN_PASSWORD, Desk, Direct, Workplace, http, seconds, within, workplace_hello};
use otklik_hub::{Hands, HubConfig, centre::SessionTerms};
use otklik_model::{DialogId, Op};
use otklik_wire::operator::{ByeCode, ClientFrame, HubFrame};
use reqwest::Method;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Longer than a token is in use before another one is offered.
const LONG: Duration = seconds(2 * 3_600);
/// Beats often, and yet leaves a peer of a busy machine the time to answer.
const BEAT: Duration = Duration::from_millis(500);

fn quick(config: &mut HubConfig) {
    config.timing.beat = BEAT;
}

async fn desk() -> (Desk, Hands) {
    Desk::ruled_with(quick, |_| {}).await
}

impl Desk {
    /// A workplace that keeps the tokens it is offered.
    async fn renewing(&self, token: &str) -> Result<Workplace, ByeCode> {
        let ClientFrame::Hello(hello) = workplace_hello(token, None) else { unreachable!() };
        let hello = ClientFrame::Hello(otklik_wire::operator::Hello { renews: true, ..hello });
        Workplace::connect_as(&self.ws("/api/v1/operator"), hello, None).await
    }

    /// What the hub counts under a name.
    async fn count(&self, name: &str) -> u64 {
        let text = http().get(self.http("/metrics")).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("otklik_hub_{name} "))).unwrap();
        line.parse().unwrap()
    }
}

fn nowhere() -> DialogId {
    DialogId(Uuid::now_v7())
}

impl Workplace {
    /// The token that the hub offers next.
    async fn offer(&mut self) -> String {
        within("another token", async {
            loop {
                if let HubFrame::Renew { token } = self.next().await {
                    return token;
                }
            }
        })
        .await
    }

    /// Says that a token is kept, and waits until the hub has heard it.
    async fn renewed(&mut self, token: &str) {
        self.socket.send(&ClientFrame::Renewed { token: token.to_owned() }).await;
        self.is_heard().await;
    }

    /// Hears the hub's heart so often, and is offered nothing.
    async fn beats(&mut self, times: usize) {
        let mut heard = 0;
        while heard < times {
            let frame = self.next().await;
            assert!(!matches!(frame, HubFrame::Renew { .. }));
            heard += usize::from(matches!(frame, HubFrame::Beat { .. }));
        }
    }

    /// Waits until the hub has heard everything that was said on this connection: what comes last is answered last.
    async fn is_heard(&mut self) {
        self.command(Op::MarkRead { dialog: nowhere(), upto: 1 }).await;
    }
}

#[tokio::test]
async fn s_h3_an_exchange_can_break_off_anywhere_and_the_day_goes_on() {
    let (desk, hands) = desk().await;
    let first = desk.operator("ira", "Ира", None).await;
    let early = desk.renewing(&first).await.unwrap();
    hands.forward(LONG);
    drop(early);
    // The answer is lost, again and again: what was never kept costs nothing.
    let mut lost = Vec::new();
    for _ in 0..5 {
        let mut ira = desk.renewing(&first).await.unwrap();
        lost.push(ira.offer().await);
    }
    lost.sort();
    lost.dedup();
    assert_eq!(lost.len(), 5, "each is another one");
    // It is kept, and the workplace dies before it can say so: its first use says it.
    let mut ira = desk.renewing(&first).await.unwrap();
    let second = ira.offer().await;
    assert!(!lost.contains(&second) && second != first && second.len() == 43, "256 bits");
    drop(ira);
    let mut ira = desk.renewing(&second).await.unwrap();
    assert_eq!(ira.welcome.session, desk.renewing(&second).await.unwrap().welcome.session, "it is one session");
    // And so on, with one that is said to be kept, twice because nobody knows whether it was heard.
    hands.forward(LONG);
    let third = ira.offer().await;
    ira.renewed(&third).await;
    ira.renewed(&third).await;
    hands.forward(LONG);
    let fourth = ira.offer().await;
    ira.renewed(&fourth).await;
    assert!(desk.connect(&fourth, None).await.is_ok());
    assert_eq!(desk.count("stolen_tokens_total").await, 0);
}

#[tokio::test]
async fn s_h3_an_old_token_that_comes_back_ends_every_socket_of_its_family_within_a_second() {
    let (desk, hands) = desk().await;
    let first = desk.operator("ira", "Ира", None).await;
    let other_window = desk.sign_in("ira").await;
    for way in ["socket", "upload", "link", "administration", "sign out"] {
        let mine = desk.sign_in("ira").await;
        let mut ira = desk.renewing(&mine).await.unwrap();
        hands.forward(LONG);
        let second = ira.offer().await;
        ira.renewed(&second).await;
        let mut twin = desk.workplace(&second).await;
        let mut beside = desk.workplace(&other_window).await;
        let before = desk.count("stolen_tokens_total").await;
        let began = Instant::now();
        let bearer = |method, path: &str| http().request(method, desk.http(path)).bearer_auth(&mine);
        let status = match way {
            "socket" => {
                assert_eq!(desk.connect(&mine, None).await.err(), Some(ByeCode::SignIn));
                401
            }
            "upload" => bearer(Method::POST, "/api/v1/files?name=x").body("x").send().await.unwrap().status().as_u16(),
            "link" => {
                let path = format!("/api/v1/files/{}/link", Uuid::now_v7());
                bearer(Method::POST, &path).send().await.unwrap().status().as_u16()
            }
            "administration" => bearer(Method::GET, "/api/v1/admin/session").send().await.unwrap().status().as_u16(),
            _ => bearer(Method::POST, "/api/v1/logout").send().await.unwrap().status().as_u16(),
        };
        assert_eq!(status, if way == "sign out" { 204 } else { 401 }, "{way}");
        for socket in [&mut ira, &mut twin] {
            assert_eq!(socket.goodbye().await, (ByeCode::SignIn, None, Some(4401)), "{way}");
        }
        assert!(began.elapsed() < Duration::from_secs(1), "{way}: {:?}", began.elapsed());
        for token in [&mine, &second] {
            assert_eq!(desk.connect(token, None).await.err(), Some(ByeCode::SignIn), "{way}");
        }
        assert_eq!(desk.count("stolen_tokens_total").await, before + 1, "{way}");
        // The session of another window goes on.
        beside.is_heard().await;
    }
    assert!(desk.connect(&first, None).await.is_ok());
    let anna = desk.administrator().await;
    let trail = anna.trail().await;
    assert_eq!(trail.iter().filter(|what| *what == "session.stolen").count(), 5, "{trail:?}");
}

#[tokio::test]
async fn s_h3_of_a_thief_and_an_owner_both_are_out_whoever_is_first() {
    let (desk, hands) = desk().await;
    desk.operator("ira", "Ира", None).await;
    for thief_renews in [false, true] {
        let token = desk.sign_in("ira").await;
        let mut owner = desk.renewing(&token).await.unwrap();
        // From another device, with a copy of the token.
        let mut thief = desk.renewing(&token).await.unwrap();
        hands.forward(LONG);
        let (fresh, copy) = (owner.offer().await, thief.offer().await);
        assert_ne!(fresh, copy);
        let (winner, new, loser) =
            if thief_renews { (&mut thief, copy, &mut owner) } else { (&mut owner, fresh, &mut thief) };
        winner.renewed(&new).await;
        // The other's connection ends; he comes again with what he has, and then it is plain that there are two.
        assert_eq!(loser.goodbye().await.0, ByeCode::Draining);
        let began = Instant::now();
        assert_eq!(desk.connect(&token, None).await.err(), Some(ByeCode::SignIn));
        assert_eq!(winner.goodbye().await.0, ByeCode::SignIn);
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        assert_eq!(desk.connect(&new, None).await.err(), Some(ByeCode::SignIn));
    }
    assert_eq!(desk.count("stolen_tokens_total").await, 2);
}

#[tokio::test]
async fn s_h3_a_token_that_was_offered_to_two_is_good_for_the_first_who_uses_it() {
    let (desk, hands) = desk().await;
    let first = desk.operator("ira", "Ира", None).await;
    hands.forward(LONG);
    let (mut here, mut there) = (desk.renewing(&first).await.unwrap(), desk.renewing(&first).await.unwrap());
    let (one, other) = (here.offer().await, there.offer().await);
    drop((here, there));
    assert!(desk.connect(&one, None).await.is_ok());
    assert_eq!(desk.connect(&other, None).await.err(), Some(ByeCode::SignIn));
    assert_eq!(desk.connect(&one, None).await.err(), Some(ByeCode::SignIn), "two have used what was the first's");
}

#[tokio::test]
async fn s_h3_nobody_chooses_his_own_token_and_who_cannot_keep_one_is_offered_none() {
    let (desk, hands) = desk().await;
    let first = desk.operator("ira", "Ира", None).await;
    let another = desk.sign_in("ira").await;
    hands.forward(LONG);
    for chosen in ["", "x", &another, "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let mut ira = desk.renewing(&first).await.unwrap();
        ira.offer().await;
        ira.socket.send(&ClientFrame::Renewed { token: chosen.to_owned() }).await;
        assert_eq!(ira.goodbye().await.0, ByeCode::Protocol, "{chosen:?}");
    }
    let mut plain = desk.workplace(&first).await;
    plain.beats(3).await;
    assert!(desk.connect(&another, None).await.is_ok(), "it stays what it is: the token of another session");
}

#[tokio::test]
async fn s_h3_a_token_that_was_exchanged_is_no_good_after_signing_out_either() {
    let (desk, hands) = desk().await;
    let first = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.renewing(&first).await.unwrap();
    hands.forward(LONG);
    let second = ira.offer().await;
    ira.renewed(&second).await;
    hands.forward(LONG);
    let third = ira.offer().await;
    assert_eq!(http().post(desk.http("/api/v1/logout")).bearer_auth(&second).send().await.unwrap().status(), 204);
    assert_eq!(ira.goodbye().await.0, ByeCode::SignIn);
    for token in [&first, &second, &third] {
        assert_eq!(desk.connect(token, None).await.err(), Some(ByeCode::SignIn), "also what was on offer");
    }
    assert_eq!(desk.count("stolen_tokens_total").await, 0, "after the end of a session nothing is concluded");
}

#[tokio::test]
async fn s_h3_supervisors_are_out_after_half_an_hour_of_nothing_or_twelve_hours_and_operators_are_not() {
    let (desk, hands) = desk().await;
    let ira = desk.operator("ira", "Ира", None).await;
    desk.user("sveta", "supervisor").await;
    let sign_in = async |login: &str| {
        let body = serde_json::json!({ "login": login, "password": ADMIN_PASSWORD });
        let answer = http().post(desk.http("/api/v1/login")).json(&body).send().await.unwrap();
        answer.json::<otklik_wire::LoginAnswer>().await.unwrap().token
    };
    let token = sign_in("sveta").await;
    let mut sveta = desk.workplace(&token).await;
    // Looking around is enough.
    for _ in 0..3 {
        hands.forward(seconds(25 * 60));
        sveta.socket.send(&ClientFrame::Here).await;
        sveta.is_heard().await;
        // It is written down with a beat.
        sveta.beats(2).await;
    }
    // So is a request from beside, which the connection does not see.
    hands.forward(seconds(25 * 60));
    let asked = http().get(desk.http("/api/v1/admin/session")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    hands.forward(seconds(25 * 60));
    sveta.beats(2).await;
    // Beats, and what a workplace reads by itself, are not.
    hands.forward(seconds(6 * 60));
    sveta.socket.send(&ClientFrame::Beat).await;
    assert_eq!(sveta.goodbye().await.0, ByeCode::SignIn);
    assert_eq!(desk.connect(&token, None).await.err(), Some(ByeCode::SignIn));

    // Whatever is done, twelve hours are the end.
    let token = sign_in("sveta").await;
    let administers = || http().get(desk.http("/api/v1/admin/session")).bearer_auth(&token).send();
    for _ in 0..28 {
        hands.forward(seconds(25 * 60));
        assert_eq!(administers().await.unwrap().status(), 200);
    }
    hands.forward(seconds(21 * 60));
    assert_eq!(administers().await.unwrap().status(), 401);
    // Nothing of it is for whoever answers.
    assert!(desk.connect(&ira, None).await.is_ok());

    // The centre sets other terms, or none; they hold at once.
    let token = sign_in("sveta").await;
    let mut sveta = desk.workplace(&token).await;
    let before = sveta.position;
    let terms = SessionTerms { supervisor_hours: 0, supervisor_idle_minutes: 0 };
    desk.rule(|centre| centre.sessions = terms).await;
    sveta.until("the new terms", |sveta| sveta.position > before).await;
    hands.forward(seconds(29 * 24 * 3_600));
    assert!(desk.connect(&token, None).await.is_ok());
    hands.forward(seconds(24 * 3_600));
    assert_eq!(desk.connect(&token, None).await.err(), Some(ByeCode::SignIn), "the hub's own term is left");
}

#[tokio::test]
async fn s_h3_clocks_that_differ_sign_nobody_out() {
    let (desk, hands) = desk().await;
    let first = desk.operator("ira", "Ира", None).await;
    desk.user("sveta", "supervisor").await;
    let body = serde_json::json!({ "login": "sveta", "password": ADMIN_PASSWORD });
    let answer = http().post(desk.http("/api/v1/login")).json(&body).send().await.unwrap();
    let sveta = answer.json::<otklik_wire::LoginAnswer>().await.unwrap().token;
    // What was noted and taken by a process whose clock is ahead.
    let ahead = desk.config.clock.now().0 + 10 * 60_000;
    let book = Direct::open(&desk.config).await;
    book.run(&format!("UPDATE session SET created_at = {ahead}, acted_at = {ahead}, token_since = {ahead}")).await;
    for token in [&first, &sveta] {
        assert!(desk.connect(token, None).await.is_ok(), "begun in what is the future here");
    }
    let asked = || http().get(desk.http("/api/v1/admin/session")).bearer_auth(&sveta).send();
    assert_eq!(asked().await.unwrap().status(), 200);
    hands.forward(seconds(39 * 60));
    assert_eq!(asked().await.unwrap().status(), 200, "half an hour from what was noted");
    // A workplace tells the hub no time, so its own clock can stand anywhere.
    let said = serde_json::to_value(workplace_hello(&first, None)).unwrap();
    assert!(said.as_object().unwrap().keys().all(|key| !key.contains("at") && !key.contains("time")), "{said}");
    let mut ira = desk.renewing(&first).await.unwrap();
    hands.forward(LONG);
    let second = ira.offer().await;
    ira.renewed(&second).await;
    assert!(desk.connect(&second, None).await.is_ok());
}
