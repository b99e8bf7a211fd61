//! Spelling as a page asks for it: the real dictionaries, the real settings.

use crate::kit::{Desk, MemoryKeychain, PASSWORD, hub_with_ira, sign_in};
use otklik_core::{Command, Settings, ViewEvent};
use otklik_engine::{PageAnswer, PageQuery};
use std::sync::Arc;

/// The wrong words of a text, as the engine of this desk answers.
async fn wrong(desk: &Desk, text: &str) -> Vec<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    match desk.workplace.query(PageQuery::Spelling { text: text.to_owned() }).await.unwrap() {
        PageAnswer::Spelling { by_view: false, words } => {
            let cut = |from: u32, to: u32| String::from_utf16(&units[from as usize..to as usize]).unwrap();
            words.into_iter().map(|word| cut(word.from, word.to)).collect()
        }
        other => panic!("{other:?}"),
    }
}

async fn settled(desk: &mut Desk, is: impl Fn(&Settings) -> bool) {
    let settled = |event: &ViewEvent| match event {
        ViewEvent::Settings { settings } if is(settings) => Some(()),
        _ => None,
    };
    desk.event("the settings", settled).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_words_are_found_ones_own_are_kept_and_nothing_is_looked_up_when_nobody_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let address = format!("http://{}", hub.address());
    let (data, keychain) = (folder.path().join("ira"), Arc::new(MemoryKeychain::default()));
    let mut ira = Desk::remote(&data, &address, keychain.clone());
    sign_in(&mut ira, &address, PASSWORD).await;
    ira.live().await;

    let text = "👍 Здраствуйте, вебимчик! Plese wait";
    assert_eq!(wrong(&ira, text).await, ["Здраствуйте", "вебимчик", "Plese"]);
    let asked = PageQuery::Suggestions { word: "Здраствуйте".to_owned() };
    match ira.workplace.query(asked).await.unwrap() {
        PageAnswer::Suggestions { words } => assert_eq!(words[0], "Здравствуйте", "{words:?}"),
        other => panic!("{other:?}"),
    }
    ira.session(Command::KeepWord { word: "Вебимчик".to_owned() }).await.unwrap();
    assert_eq!(wrong(&ira, text).await, ["Здраствуйте", "Plese"]);
    ira.workplace.stop().await;

    let mut again = Desk::remote(&data, &address, keychain);
    again.live().await;
    assert_eq!(wrong(&again, text).await, ["Здраствуйте", "Plese"], "it is kept on disk");
    let settings = Settings { spelling: false, ..Settings::default() };
    again.session(Command::SetSettings { settings: settings.into() }).await.unwrap();
    settled(&mut again, |settings| !settings.spelling).await;
    assert_eq!(wrong(&again, text).await, Vec::<String>::new());
    again.workplace.stop().await;
    hub.stop().await;
}
