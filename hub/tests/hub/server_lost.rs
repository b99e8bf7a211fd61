//! The PostgreSQL server is killed under the hub, and comes back: what was answered is there, what was not is asked
//! again, and the hub needs nobody to see to it.

use crate::kit::{CustomerPage, Desk, Server, client_id, within};
use otklik_hub::StoreAddress;
use otklik_model::ClientId;
use otklik_wire::customer::CustomerFrame;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

const KILLS: usize = 4;
const WORDS_BETWEEN: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn no_answered_word_is_lost_when_the_server_is_killed() {
    let mut server = Server::start().await;
    let address = StoreAddress::parse(&server.address(), None).unwrap();
    let desk = Desk::start_with(|config| {
        config.store = address;
        config.timing.look = Duration::from_millis(50);
    })
    .await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut workplace = desk.workplace(&token).await;
    let said = Arc::new(AtomicUsize::new(0));
    let killing = tokio::spawn({
        let said = said.clone();
        async move {
            for round in 1..=KILLS {
                within("the next words", async {
                    // In the middle of whatever comes next.
                    while said.load(SeqCst) < round * WORDS_BETWEEN {
                        tokio::task::yield_now().await;
                    }
                })
                .await;
                server.kill();
                server.start_again().await;
            }
            server
        }
    });
    let mut page = desk.customer().await;
    let total = (KILLS + 1) * WORDS_BETWEEN;
    let mut answered = Vec::new();
    for number in 0..total {
        let text = format!("word {number}");
        let seq = say(&desk, &mut page, client_id(), &text).await;
        said.store(number + 1, SeqCst);
        answered.push((seq, text));
    }
    let _server = killing.await.unwrap();
    let numbers: Vec<u32> = answered.iter().map(|(seq, _)| *seq).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "in the order of their answers: {numbers:?}");
    // What the customer is shown from nothing is what was answered: nothing lost, nothing doubled.
    let mut again = desk.customer_again(&page).await;
    again.until("all words", |page| page.messages.len() >= total).await;
    assert_eq!(again.shows.texts(), answered.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>());
    // The operator's workplace was never told to go, and has it all.
    let last = *numbers.last().unwrap();
    workplace.until("all words", |me| me.state.dialogs.values().any(|row| row.last_seq >= last)).await;
    let dialog = workplace.only_dialog().await;
    let texts = workplace.texts(dialog);
    assert_eq!(texts.iter().filter(|text| text.starts_with("word ")).count(), total);
}

/// Says it under one id until it is answered, as a page does; comes back when it is sent away. Returns its number.
async fn say(desk: &Desk, page: &mut CustomerPage, id: ClientId, text: &str) -> u32 {
    within("an answer", async {
        loop {
            page.shows.results.remove(&id);
            page.send(&CustomerFrame::Send { id, text: text.to_owned() }).await;
            while page.shows.bye.is_none() && !page.shows.results.contains_key(&id) {
                if page.next().await.is_none() {
                    break;
                }
            }
            match page.shows.results.get(&id) {
                Some((Some(seq), None)) => return *seq,
                Some((_, refused)) => assert_eq!(refused.as_deref(), Some("too_fast")),
                None => {
                    let fresh = desk.customer_again(page).await;
                    // A hub that cannot welcome anybody now gives no token.
                    if fresh.shows.token.is_some() {
                        *page = fresh;
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}
