//! Rules of a channel stand under its key: what a centre is called, or was, has nothing to do with them.

use crate::kit::{Desk, Workplace, seconds, within};
use otklik_hub::centre::{ChannelRules, Occasion, OwnTerms};
use otklik_model::{Op, Outcome, Refusal};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_centre_with_another_name_weighs_carries_says_and_keeps_as_before() {
    let (desk, hands) = Desk::ruled(|centre| {
        // As it had to be written once: under the centre's name.
        let name = || centre.name.clone();
        let words = [("ru".to_owned(), "Слово магазина".to_owned()), ("en".to_owned(), "Слово магазина".to_owned())];
        centre.distribution.weights = [(name(), 200)].into();
        centre.channels = [(name(), ChannelRules { files: false, ..ChannelRules::default() })].into();
        centre.words.channels = [(name(), [(Occasion::NewOpen, words.into())].into())].into();
        centre.retention.channels = [(name(), OwnTerms { messages_days: Some(10), files_days: None })].into();
    })
    .await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    anna.put("centre/settings/name", json!({ "value": "Чай и глина" })).await.good();
    ira.until("the name", |ira| ira.state.channels.values().any(|channel| channel.name == "Чай и глина")).await;
    for setting in ["distribution.weights", "channels", "words.channels", "retention.channels"] {
        let value = anna.get(&format!("centre/settings/{setting}")).await["value"].clone();
        let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["Site"], "{setting}");
    }

    let mut maria = desk.customer().await;
    assert_eq!(maria.shows.files, None);
    let file = desk.customer_uploads(&maria, "dot.png", b"no matter").await;
    assert_eq!(file.status(), StatusCode::FORBIDDEN);
    maria.write("Где заказ?").await;
    maria.until("the channel's own words", |page| page.texts().contains(&"Слово магазина")).await;
    let dialog = ira.only_dialog().await;
    assert_eq!(ira.row(dialog).weight, 200);
    ira.accept(dialog).await;
    ira.say(dialog, "Готово").await;
    ira.done(Op::Close { dialog, epoch: ira.row(dialog).epoch }).await;
    let (store, workspace) = desk.books().await;
    hands.forward(Duration::from_secs(9 * 24 * 3_600));
    within("the channel's term", async {
        while store.dialog(workspace, dialog).await.unwrap().is_some() {
            hands.forward(seconds(1_800));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn rules_under_another_name_are_refused_and_the_keys_are_told() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    assert_eq!(anna.get("status").await["channels"], json!(["Site"]));
    assert!(desk.terminal().does("status").await.contains("channels\tSite\n"));
    for (setting, value) in [
        ("distribution.weights", json!(200)),
        ("channels", json!({ "files": false })),
        ("words.channels", json!({ "closed": { "ru": "До встречи" } })),
        ("retention.channels", json!({ "messages_days": 10 })),
    ] {
        let at = format!("{setting}.Магазин");
        let address = format!("centre/settings/{at}");
        let refused = anna.put(&address, json!({ "value": value })).await;
        assert_eq!(refused.code(), "problems", "{setting}");
        let problem = &refused.body["problems"][0];
        assert_eq!(problem["at"], json!(at), "{problem}");
        assert!(problem["remedy"].as_str().unwrap().contains("Site"), "{problem}");
        anna.put(&format!("centre/settings/{setting}.Site"), json!({ "value": value })).await.good();
    }
}

/// A file that was written by an earlier hub goes in as it was meant, also under a new name.
#[tokio::test]
async fn a_file_with_rules_under_the_centre_s_name_is_taken_over_under_the_key() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let name = anna.get("centre/settings/name").await["value"].as_str().unwrap().to_owned();
    anna.put("centre/settings/distribution.weights.Site", json!({ "value": 200 })).await.good();
    let file = anna.export().await;
    let (old, new) = (format!("name = \"{name}\""), "name = \"Глина\"");
    assert!(file.contains("Site = 200") && file.contains(&old), "{file}");
    for key in [name.as_str(), "Глина"] {
        let given = file.replace("Site = 200", &format!("\"{key}\" = 300")).replacen(&old, new, 1);
        anna.import("", &given).await.good();
        assert_eq!(anna.get("centre/settings/distribution.weights").await["value"], json!({ "Site": 300 }), "{key}");
        anna.import("", &file).await.good();
    }
}

#[tokio::test]
async fn each_side_is_told_how_much_it_may_write_and_may_write_that() {
    let mut desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let told = |ira: &Workplace| ira.state.channels.values().next().unwrap().text_chars;
    assert_eq!((told(&ira), desk.customer().await.shows.text_chars), (32_000, 32_000));
    let rules = json!({ "value": { "operator_chars": 50, "customer_chars": 40 } });
    anna.put("centre/settings/channels.Site", rules).await.good();
    ira.until("what is told of the channel", |ira| told(ira) == 50).await;
    let mut maria = desk.customer().await;
    assert_eq!(maria.shows.text_chars, 40);
    assert_eq!(maria.write(&"я".repeat(41)).await.1.as_deref(), Some("too_long"));
    assert_eq!(maria.write(&"я".repeat(40)).await.1, None);
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    let say = |many: usize| Op::SendText { dialog, epoch, text: "я".repeat(many), quote: None };
    assert_eq!(ira.command(say(51)).await, Outcome::Refused { reason: Refusal::TooLong { max: 50 } });
    ira.done(say(50)).await;
    ira.done(Op::SendNote { dialog, text: "я".repeat(51) }).await;
    desk.stop().await;
    desk.start_again().await;
    let ira = desk.workplace(&desk.sign_in("ira").await).await;
    assert_eq!(told(&ira), 50, "after a restart");
    assert_eq!(ira.welcome.limits.text_chars, 32_000, "notes go through no channel");
    let anna = desk.admin(None, "anna", crate::kit::ADMIN_PASSWORD).await;
    anna.put("centre/settings/channels.Site.operator_chars", json!({ "value": 0 })).await.good();
    let mut ira = ira;
    ira.until("no limit of its own", |ira| told(ira) == 32_000).await;
}
