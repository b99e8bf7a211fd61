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
