//! What an answer quotes stays with its words: in the draft, in the outbox, to the hub and back.

use super::world::World;
use crate::*;
use otklik_model::*;

fn quote(seq: u32) -> Option<Quote> {
    Some(Quote { seq, excerpt: "Где заказ?".into() })
}

fn quoted_to_hub(world: &World) -> Vec<Option<u32>> {
    let quotes = world.hub.submitted.iter().filter_map(|(_, op)| match op {
        Op::SendText { quote, .. } => Some(*quote),
        _ => None,
    });
    quotes.collect()
}

#[test]
fn an_answer_goes_out_with_what_it_quotes_whatever_dies_before() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.hub_dies();
    let receipt = world.do_it(Command::SendText { dialog, text: "Едет".into(), quote: quote(1) });
    let id = receipt.message.unwrap();
    assert_eq!(world.disk.outbox[&id].op.quote(), quote(1).as_ref(), "it is on disk");
    let [item] = &world.session.outbox_of(dialog)[..] else { panic!("one waits") };
    assert_eq!(world.session.unsent_item(item, world.now).details.quote, quote(1), "its bubble shows it");
    world.crash();
    world.hub_returns();
    assert_eq!(quoted_to_hub(&world), [Some(1)]);
}

#[test]
fn what_is_quoted_is_part_of_the_draft() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::SaveDraft { dialog, text: String::new(), note: false, quote: quote(1) });
    world.crash();
    assert_eq!(world.session.draft(dialog).unwrap().quote, quote(1), "without a word yet");
    world.do_it(Command::SendText { dialog, text: "Едет".into(), quote: quote(1) });
    assert_eq!(world.session.draft(dialog), None);
    world.do_it(Command::SaveDraft { dialog, text: "и".into(), note: false, quote: None });
    assert_eq!(world.session.draft(dialog).unwrap().quote, None);
}

#[test]
fn an_answer_that_is_taken_back_brings_its_quote_along() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let id = world.do_it(Command::SendText { dialog, text: "Едет".into(), quote: quote(1) }).message.unwrap();
    world.do_it(Command::SaveDraft { dialog, text: String::new(), note: false, quote: quote(2) });
    let receipt = world.do_it(Command::Edit { message: id });
    assert_eq!((receipt.text.as_deref(), receipt.quote.as_deref()), (Some("Едет"), quote(1).as_ref()));
    let draft = world.session.draft(dialog).unwrap();
    assert_eq!((draft.text.as_str(), &draft.quote), ("Едет", &quote(1)), "no empty line, and its own quote");
    // And one without a quote leaves the one that stands there.
    let plain = world.write(dialog, "раз");
    world.do_it(Command::SaveDraft { dialog, text: "два".into(), note: false, quote: quote(2) });
    world.do_it(Command::Edit { message: plain });
    assert_eq!(world.session.draft(dialog).unwrap().quote, quote(2));
}

#[test]
fn what_a_channel_does_not_carry_is_told_in_the_rows_and_again_when_the_centre_changes_it() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let now = world.row(dialog);
    assert_eq!(now.quotes, MessageKind::QUOTED, "a hub that says nothing");
    assert_eq!((now.can.quote, now.can.send_file, now.can.contacts), (None, None, None));
    let channel = Channel {
        id: world.hub.dialogs[&dialog].channel,
        name: "Telegram".into(),
        transport: Transport::Widget,
        text_chars: 100,
        page: None,
    };
    world.hub.log.push(Change::ChannelUpserted(channel));
    world.settle();
    let lacks = |quotes: &[MessageKind], files, contacts| ChannelEntry {
        name: "Telegram".into(),
        quotes: quotes.to_vec(),
        edit: false,
        delete: true,
        files,
        contacts,
    };
    let told = |world: &mut World, digest: &str, channels| {
        let handbook = Handbook { digest: digest.into(), channels, ..Handbook::default() };
        world.events();
        world.give(Input::Link(LinkInput::Handbook(Box::new(handbook))));
        world.events().iter().any(|event| matches!(event, ViewEvent::Rows { .. }))
    };
    assert!(told(&mut world, "a", vec![lacks(&[MessageKind::Text], false, false)]), "the rows are shown anew");
    let now = world.row(dialog);
    assert_eq!((now.quotes, now.rewords, now.takes_back), (vec![MessageKind::Text], false, true));
    let channel = Some(Denied::Channel);
    assert_eq!((now.can.quote, now.can.send_file, now.can.contacts), (None, channel, channel));
    let refused = world.refused(Command::Do { dialog, deed: Deed::RequestContact });
    assert_eq!(refused, UiErrorCode::Denied { why: Denied::Channel });
    assert!(!told(&mut world, "b", vec![lacks(&[MessageKind::Text], false, false)]), "as they are shown");
    assert!(told(&mut world, "c", vec![lacks(&[], true, true)]));
    let now = world.row(dialog);
    assert_eq!((now.can.quote, now.can.send_file, now.can.contacts), (channel, None, None));
}
