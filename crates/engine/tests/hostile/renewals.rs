//! One token follows another under a workplace that goes on working, whatever breaks off in between; and a copy of an
//! old one ends the session.

use crate::kit::{Desk, PASSWORD, PATIENCE, hub_with_ira, sign_in};
use futures_util::{SinkExt as _, StreamExt as _};
use otklik_core::{AppView, LinkView, ViewEvent};
use otklik_engine::{Keychain, KeychainError, Push};
use otklik_hub::{Hub, HubConfig, RunningHub};
use otklik_wire::{
    VersionRange, encode,
    operator::{ClientFrame, Hello},
};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use zeroize::Zeroizing;

/// Where the keeping of a token breaks off.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Death {
    BeforeWriting,
    AfterWriting,
}

/// What is in a keychain outlives the programs that use it.
type Kept = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A keychain as one program sees it, which dies when a token is written for the n-th time.
struct Mortal {
    kept: Kept,
    written: watch::Sender<u32>,
    dies: Option<(u32, Death)>,
}

impl Mortal {
    fn new(kept: &Kept, dies: Option<(u32, Death)>) -> Arc<Self> {
        Arc::new(Self { kept: kept.clone(), written: watch::Sender::new(0), dies })
    }

    /// Waits until a token was written so often, or would have been.
    async fn wrote(&self, times: u32) {
        let mut written = self.written.subscribe();
        let waiting = written.wait_for(|written| *written >= times);
        tokio::time::timeout(PATIENCE, waiting).await.expect("tokens are exchanged").unwrap();
    }

    fn is_dead(&self, written: u32) -> bool {
        self.dies.is_some_and(|(last, _)| written >= last)
    }
}

impl Keychain for Mortal {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        if self.is_dead(*self.written.borrow()) {
            return Err(KeychainError::Failed("dead".to_owned()));
        }
        Ok(self.kept.lock().unwrap().get(name).cloned().map(Zeroizing::new))
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let (before, is_token) = (*self.written.borrow(), name.contains("token"));
        let number = before + u32::from(is_token);
        let stays = match self.dies {
            Some((last, death)) if is_token && number == last => death == Death::AfterWriting,
            _ => !self.is_dead(before),
        };
        if stays {
            self.kept.lock().unwrap().insert(name.to_owned(), secret.to_vec());
        }
        self.written.send_replace(number);
        if self.is_dead(number) { Err(KeychainError::Failed("dead".to_owned())) } else { Ok(()) }
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.kept.lock().unwrap().remove(name);
        Ok(())
    }
}

/// A hub that offers another token with every beat.
async fn restless_hub(folder: &Path) -> RunningHub {
    hub_with_ira(folder).await.stop().await;
    let mut config = HubConfig::embedded(folder.to_owned(), None);
    (config.timing.beat, config.timing.renew) = (Duration::from_millis(100), Duration::ZERO);
    Hub::start(config).await.unwrap()
}

fn token_of(kept: &Kept) -> String {
    let kept = kept.lock().unwrap();
    let (_, token) = kept.iter().find(|(name, _)| name.contains("token")).expect("a token");
    String::from_utf8(token.clone()).unwrap()
}

async fn stolen(address: &str) -> String {
    let text = reqwest::get(format!("{address}/metrics")).await.unwrap().text().await.unwrap();
    text.lines().find(|line| line.starts_with("otklik_hub_stolen_tokens_total")).unwrap().to_owned()
}

/// Waits for a live connection; a question for the password is the end.
async fn goes_on(desk: &mut Desk) {
    let is_live = |link: &LinkView| matches!(link, LinkView::Live { .. });
    desk.until("a live connection", |push| match push {
        Push::App { view } => {
            assert!(!matches!(view, AppView::SignIn { .. } | AppView::Broken { .. }), "{view:?}");
            None
        }
        Push::Snapshot { snapshot } => is_live(&snapshot.link).then_some(()),
        Push::Machine { .. } => None,
        Push::Events { events } => events.iter().find_map(|event| match event {
            ViewEvent::Link { link } => is_live(link).then_some(()),
            _ => None,
        }),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s_h3_a_workplace_that_dies_while_it_keeps_a_token_comes_back_without_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let hub = restless_hub(&folder.path().join("hub")).await;
    let address = format!("http://{}", hub.address());
    let (data, kept) = (folder.path().join("ira"), Kept::default());

    let keychain = Mortal::new(&kept, None);
    let mut ira = Desk::remote(&data, &address, keychain.clone());
    sign_in(&mut ira, &address, PASSWORD).await;
    ira.live().await;
    let first = token_of(&kept);
    keychain.wrote(5).await;
    ira.workplace.stop().await;
    assert_ne!(first, token_of(&kept));

    for (times, death) in [
        (1, Death::BeforeWriting),
        (1, Death::AfterWriting),
        (2, Death::BeforeWriting),
        (2, Death::AfterWriting),
        (3, Death::AfterWriting),
        (3, Death::BeforeWriting),
    ] {
        let dying = Mortal::new(&kept, Some((times, death)));
        // A program of its own, which ends in the middle of everything.
        let program = tokio::runtime::Runtime::new().unwrap();
        let life = {
            let (data, address, keychain) = (data.clone(), address.clone(), dying.clone());
            program.spawn(async move {
                let mut ira = Desk::remote(&data, &address, keychain);
                goes_on(&mut ira).await;
                std::future::pending::<()>().await;
            })
        };
        dying.wrote(times).await;
        assert!(!life.is_finished(), "{times} {death:?}");
        tokio::task::spawn_blocking(move || program.shutdown_timeout(PATIENCE)).await.unwrap();
    }
    let keychain = Mortal::new(&kept, None);
    let mut ira = Desk::remote(&data, &address, keychain.clone());
    goes_on(&mut ira).await;
    keychain.wrote(2).await;
    assert_eq!(stolen(&address).await, "otklik_hub_stolen_tokens_total 0");
    ira.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s_h3_a_copy_of_an_old_token_ends_the_session_of_its_owner_too() {
    let folder = tempfile::tempdir().unwrap();
    let hub = restless_hub(&folder.path().join("hub")).await;
    let address = format!("http://{}", hub.address());
    let kept = Kept::default();
    let keychain = Mortal::new(&kept, None);
    let mut ira = Desk::remote(&folder.path().join("ira"), &address, keychain.clone());
    sign_in(&mut ira, &address, PASSWORD).await;
    ira.live().await;
    let written = *keychain.written.borrow();
    let copy = token_of(&kept);
    // Another one is only offered to whoever has said that he uses the one before.
    keychain.wrote(written + 3).await;

    let (mut thief, _) =
        tokio_tungstenite::connect_async(format!("ws://{}/api/v1/operator", hub.address())).await.unwrap();
    let (protocol, client) = (VersionRange::OURS, "thief".to_owned());
    let hello = Hello { protocol, token: copy, client, resume: None, handbook: None, renews: false };
    thief.send(Message::text(encode(&ClientFrame::Hello(hello)))).await.unwrap();
    let said = thief.next().await.unwrap().unwrap();
    assert!(said.to_text().unwrap().contains("\"sign_in\""), "{said:?}");
    ira.ended().await;
    assert_eq!(stolen(&address).await, "otklik_hub_stolen_tokens_total 1");
    sign_in(&mut ira, &address, PASSWORD).await;
    ira.live().await;
    ira.workplace.stop().await;
    hub.stop().await;
}
