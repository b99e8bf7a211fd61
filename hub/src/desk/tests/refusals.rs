//! Every refusal has a way to provoke it, and content has its guards.

use super::*;
use crate::centre::{ChannelRules, FieldRules, Scope};
use otklik_model::{Author, Block, CloseReason, ContactField, CustomerEdit, DialogState, FieldFault, MessageKind};

/// Вера leads a dialog in which the customer has asked (1), she has answered (3) and noted (4).
fn veras() -> Desk {
    let mut desk = Desk::new();
    desk.customer_says("Где заказ?").unwrap();
    desk.accept(&senior()).unwrap();
    desk.say(&senior(), "В пути").unwrap();
    desk.note(&senior(), "тайна").unwrap();
    desk
}

fn edit(seq: u32, text: &str) -> Command {
    Command::EditMessage { by: senior(), seq, text: text.into() }
}

fn erase(seq: u32) -> Command {
    Command::DeleteMessage { by: senior(), seq }
}

fn answer(desk: &Desk, quote: u32) -> Command {
    let (epoch, client) = (desk.epoch(), ClientId(uuid(7)));
    Command::SendText { by: senior(), epoch, text: "Да".into(), client, quote: Some(quote) }
}

fn file(desk: &Desk, file: Option<FileState>) -> Command {
    let file = file.map(|state| Box::new(picture(state)));
    Command::SendFile { by: senior(), epoch: desk.epoch(), file, text: String::new(), client: ClientId(uuid(7)) }
}

fn with_channel(rules: ChannelRules) -> Desk {
    let mut desk = veras();
    desk.centre.channels.insert("Site".into(), rules);
    desk
}

/// The longest text is the channel's, for each side its own; what is between operators goes through no channel.
#[test]
fn each_side_writes_as_much_as_the_channel_carries_and_no_more() {
    let mut desk = with_channel(ChannelRules { operator_chars: 30, customer_chars: 20, ..ChannelRules::default() });
    let say = |desk: &Desk, text: String| {
        let (epoch, client) = (desk.epoch(), ClientId(uuid(8)));
        Command::SendText { by: senior(), epoch, text, client, quote: None }
    };
    let captioned = |desk: &Desk, text: String| match file(desk, Some(FileState::Ready)) {
        Command::SendFile { by, epoch, file, client, .. } => Command::SendFile { by, epoch, file, text, client },
        other => other,
    };
    let long = |max: u32| Err(Refusal::TooLong { max });
    assert_eq!(desk.run(say(&desk, "я".repeat(31))), long(30));
    assert_eq!(desk.run(captioned(&desk, "я".repeat(31))), long(30));
    assert_eq!(desk.run(edit(3, &"я".repeat(31))), long(30));
    assert_eq!(desk.run(edit(3, &"я".repeat(30))), Ok(1));
    assert_eq!(desk.run(edit(4, &"я".repeat(100))), Ok(1), "a note");
    assert_eq!(desk.note(&senior(), &"я".repeat(101)), long(100));
    desk.note(&senior(), &"я".repeat(100)).unwrap();
    assert_eq!(desk.customer_says(&"я".repeat(21)), long(20));
    desk.customer_says(&"я".repeat(20)).unwrap();
    let picture = |text: String| {
        let file = Some(Box::new(picture(FileState::Ready)));
        Command::CustomerSendsFile { file, text, client: ClientId(uuid(9)) }
    };
    assert_eq!(desk.run(picture("я".repeat(21))), long(20));
    assert!(desk.run(picture("я".repeat(20))).is_ok());
    assert!(desk.run(say(&desk, "я".repeat(30))).is_ok());
    assert!(desk.run(captioned(&desk, "я".repeat(30))).is_ok());
    // A limit above what can be carried is none.
    desk.centre.channels.get_mut("Site").unwrap().customer_chars = 32_000;
    assert_eq!(desk.customer_says(&"я".repeat(101)), long(100));
}

#[test]
fn ones_own_words_can_be_changed_and_taken_back() {
    let mut desk = veras();
    assert_eq!(desk.run(edit(3, "Завтра")), Ok(1));
    assert_eq!(desk.run(edit(3, "Завтра")), Ok(0));
    assert_eq!((desk.messages[2].text.as_str(), desk.messages[2].details.edited_at.is_some()), ("Завтра", true));
    assert_eq!(desk.run(edit(4, "другая тайна")), Ok(1));
    assert_eq!(desk.dialog.row.last.as_ref().unwrap().text, "другая тайна", "the newest one shows in the list");
    assert_eq!(desk.run(erase(3)), Ok(1));
    assert_eq!((desk.messages[2].text.as_str(), desk.messages[2].details.deleted_at.is_some()), ("", true));
    assert_eq!(desk.run(erase(3)), Err(Refusal::NotYourMessage), "gone is gone");
    assert_eq!(desk.dialog.row.last_seq, 4);
}

#[test]
fn nobody_changes_what_is_not_his_or_no_words_or_too_old() {
    let mut desk = veras();
    for seq in [1, 2, 99] {
        assert_eq!(desk.run(edit(seq, "x")), Err(Refusal::NotYourMessage), "{seq}");
        assert_eq!(desk.run(erase(seq)), Err(Refusal::NotYourMessage), "{seq}");
    }
    let theirs = Command::EditMessage { by: ira(), seq: 3, text: "x".into() };
    assert_eq!(desk.run(theirs), Err(Refusal::Forbidden), "she has not the right");
    assert_eq!(desk.run(edit(3, " ")), Err(Refusal::Empty));
    assert_eq!(desk.run(edit(3, &"я".repeat(101))), Err(Refusal::TooLong { max: 100 }));
    desk.clock = 3_600_000 + 10;
    assert_eq!(desk.run(edit(3, "x")), Err(Refusal::TooLate));
    assert_eq!(desk.run(erase(3)), Err(Refusal::TooLate));
    desk.centre.time_outs.edit_s = 0;
    assert_eq!(desk.run(edit(3, "x")), Ok(1), "no limit");
    desk.dialog.apply(&Event::Deleted { at: Stamp(desk.clock) });
    assert_eq!(desk.run(edit(3, "y")), Err(Refusal::NotFound));
}

#[test]
fn an_answer_quotes_what_the_customer_knows_and_never_a_note() {
    let mut desk = veras();
    desk.run(answer(&desk, 1)).unwrap();
    let quote = desk.messages.last().unwrap().details.quote.clone().unwrap();
    assert_eq!((quote.seq, quote.excerpt.as_str()), (1, "Где заказ?"));
    for seq in [2, 4, 99] {
        assert_eq!(desk.run(answer(&desk, seq)), Err(Refusal::Unsupported), "{seq}");
    }
}

#[test]
fn what_a_channel_cannot_carry_is_not_sent() {
    let cannot = |rules| with_channel(rules);
    let usual = ChannelRules::default;
    let mut desk = cannot(ChannelRules { quote: false, ..usual() });
    assert_eq!(desk.run(answer(&desk, 1)), Err(Refusal::ChannelCannot));
    let mut desk = cannot(ChannelRules { quote_kinds: vec![MessageKind::File], ..usual() });
    assert_eq!(desk.run(answer(&desk, 1)), Err(Refusal::ChannelCannot), "a text is none of what it names");
    let mut desk = cannot(ChannelRules { quote_kinds: vec![MessageKind::Text], ..usual() });
    assert_eq!(desk.run(answer(&desk, 1)), Ok(1));
    let mut desk = cannot(ChannelRules { edit: false, delete: false, ..usual() });
    assert_eq!(desk.run(edit(3, "x")), Err(Refusal::ChannelCannot));
    assert_eq!(desk.run(erase(3)), Err(Refusal::ChannelCannot));
    assert_eq!(desk.run(edit(4, "x")), Ok(1), "a note does not go through it");
    let mut desk = cannot(ChannelRules { files: false, contacts: false, ..usual() });
    assert_eq!(desk.run(file(&desk, Some(FileState::Ready))), Err(Refusal::ChannelCannot));
    let ask = Command::RequestContact { by: senior(), epoch: desk.epoch(), client: ClientId(uuid(7)) };
    assert_eq!(desk.run(ask), Err(Refusal::ChannelCannot));
    let mut desk = cannot(ChannelRules { window_h: 24, ..usual() });
    desk.clock = 24 * 3_600_000;
    desk.say(&senior(), "вовремя").unwrap();
    desk.clock += 10;
    assert_eq!(desk.say(&senior(), "поздно"), Err(Refusal::WindowClosed));
    desk.note(&senior(), "поздно").expect("a note does not go through it");
}

#[test]
fn an_invitation_goes_to_whoever_spoke_within_the_channels_window_in_whichever_dialog() {
    for (hours_ago, answer) in [(23, Ok(())), (25, Err(Refusal::WindowClosed))] {
        let mut desk = with_channel(ChannelRules { window_h: 24, ..ChannelRules::default() });
        desk.dialog = Desk::starting(Start::Invitation).dialog;
        desk.clock = 100 * 3_600_000;
        desk.dialog.life.customer_at = Some(Stamp(desk.clock - hours_ago * 3_600_000));
        let invite =
            Command::Invite { by: senior(), text: "Здравствуйте".into(), client: ClientId(uuid(900)) };
        assert_eq!(desk.run(invite).map(drop), answer, "{hours_ago}");
    }
}

#[test]
fn files_are_sent_as_far_as_they_may_be_used() {
    let mut desk = veras();
    for unusable in [None, Some(FileState::Rejected), Some(FileState::Unknown)] {
        assert_eq!(desk.run(file(&desk, unusable)), Err(Refusal::FileUnusable), "{unusable:?}");
    }
    desk.run(file(&desk, Some(FileState::Checking))).unwrap();
    let seq = desk.dialog.row.last_seq;
    let settle = |state| Command::SettleFile { seq, state, pixels: Some((3, 2)) };
    assert_eq!(desk.run(settle(FileState::Ready)), Ok(1));
    assert_eq!(desk.messages.last().unwrap().details.file.as_ref().unwrap().state, FileState::Ready);
    assert_eq!(desk.run(settle(FileState::Rejected)), Ok(0), "the first answer counts");
    desk.centre.files.from_customers = false;
    let theirs = Some(Box::new(picture(FileState::Ready)));
    let theirs = Command::CustomerSendsFile { file: theirs, text: String::new(), client: ClientId(uuid(8)) };
    assert_eq!(desk.run(theirs), Err(Refusal::Forbidden));
}

#[test]
fn a_blocked_customer_is_closed_out_until_the_block_ends() {
    let mut desk = veras();
    let block = |until, reason: &str| Command::Block { by: senior(), until, reason: reason.into() };
    assert_eq!(desk.run(block(None, " ")), Err(Refusal::Empty));
    assert_eq!(desk.run(block(Some(Stamp(1)), "брань")), Err(Refusal::Unsupported));
    desk.run(block(Some(Stamp(100_000)), "брань")).unwrap();
    assert_eq!(desk.dialog.row.state, DialogState::Closed);
    let customer = desk.dialog.row.customer.clone();
    assert_eq!(customer.particulars.block.as_ref().unwrap().by, senior().id);
    let mut next = Desk::new();
    next.dialog.row.customer = customer.clone();
    assert_eq!(next.customer_says("?"), Err(Refusal::CustomerBlocked));
    next.clock = 200_000;
    next.customer_says("?").expect("a block that has ended is none");
    assert_eq!(unblocked(&customer, &ira()), Err(Refusal::Forbidden));
    let free = unblocked(&customer, &senior()).unwrap().unwrap();
    assert_eq!((free.particulars.block.clone(), unblocked(&free, &senior())), (None, Ok(None)));
    let mut restricted = customer;
    restricted.particulars.restricted = true;
    let mut leader = senior();
    assert_eq!(unblocked(&restricted, &leader).unwrap().unwrap().particulars.block, None);
    leader.grants.rights.remove(&Right::SeeRestricted);
    assert_eq!(unblocked(&restricted, &leader), Err(Refusal::NotFound));
}

#[test]
fn what_is_known_of_a_customer_is_cleaned_and_checked() {
    let mut desk = veras();
    let change = |edit| Command::EditCustomer { by: senior(), edit, was: Box::default() };
    let name = |name: &str| CustomerEdit { name: Some(name.into()), ..CustomerEdit::default() };
    let email = |email: &str| CustomerEdit { email: Some(email.into()), ..CustomerEdit::default() };
    desk.run(change(name(" Мария\u{202e}  П. "))).unwrap();
    assert_eq!((desk.dialog.row.customer.name.as_str(), desk.dialog.row.customer.named), ("Мария П.", true));
    assert_eq!(desk.run(change(name(" "))), Err(Refusal::Empty));
    assert_eq!(desk.run(change(name(&"я".repeat(101)))), Err(Refusal::TooLong { max: 100 }));
    for bad in ["maria", "@x.example", "maria@", "ma ria@x.example", "a@b@c"] {
        assert_eq!(desk.run(change(email(bad))), Err(Refusal::Unsupported), "{bad}");
    }
    desk.run(change(email("maria@x.example"))).unwrap();
    desk.run(change(email(""))).unwrap();
    assert_eq!(desk.dialog.row.customer.email, None, "empty: none");
    let tags = Some(vec!["vip".to_owned(), " b ".into(), "vip".into(), String::new()]);
    desk.run(change(CustomerEdit { tags, ..CustomerEdit::default() })).unwrap();
    assert_eq!(desk.dialog.row.customer.particulars.tags, ["b", "vip"]);
    let phone = CustomerEdit { phone: Some("+7 900".into()), ..CustomerEdit::default() };
    desk.run(Command::CustomerGivesContacts { contacts: phone, client: ClientId(uuid(9)) }).unwrap();
    assert_eq!(desk.messages.last().unwrap().text, "phone: +7 900");
    assert_eq!(desk.dialog.row.customer.phone.as_deref(), Some("+7 900"));
    let nothing = CustomerEdit::default();
    let empty = desk.run(Command::CustomerGivesContacts { contacts: nothing, client: ClientId(uuid(9)) });
    assert_eq!(empty, Err(Refusal::Empty));
}

#[test]
fn cards_are_masked_where_the_centre_wants_it() {
    let mut desk = Desk::new();
    desk.centre.mask_cards = true;
    desk.customer_says("4111 1111 1111 1111").unwrap();
    assert_eq!(desk.texts(), ["•••• •••• •••• 1111"]);
    let note = Command::SendNote {
        by: senior(), text: "его карта 4111111111111111".into(), client: ClientId(uuid(9))
    };
    desk.run(note).unwrap();
    assert_eq!(desk.texts()[1], "его карта ••••••••••••1111");
    let edit = CustomerEdit { comment: Some("4111-1111-1111-1111".into()), ..CustomerEdit::default() };
    desk.run(Command::EditCustomer { by: senior(), edit, was: Box::default() }).unwrap();
    assert_eq!(desk.dialog.row.customer.particulars.comment, "••••-••••-••••-1111");
    let contacts = CustomerEdit { phone: Some("4111 1111 1111 1111".into()), ..CustomerEdit::default() };
    desk.run(Command::CustomerGivesContacts { contacts, client: ClientId(uuid(8)) }).unwrap();
    assert_eq!(desk.dialog.row.customer.phone.as_deref(), Some("•••• •••• •••• 1111"));
    let (note, answers) = (Some("списали с 4111111111111111".into()), vec!["4111111111111111".into()]);
    desk.run(Command::CustomerRates { stars: 1, note, answers }).unwrap();
    let rating = desk.dialog.row.rating.as_ref().unwrap();
    assert_eq!(
        (rating.note.as_deref(), rating.answers[0].as_str()),
        (Some("списали с ••••••••••••1111"), "••••••••••••1111")
    );
    desk.centre.mask_cards = false;
    desk.customer_says("4111 1111 1111 1111").unwrap();
    assert_eq!(desk.texts().last(), Some(&"4111 1111 1111 1111"), "the centre does not want it");
}

#[test]
fn a_card_in_two_messages_is_masked_in_both_whoever_speaks_in_between() {
    let mut desk = Desk::new();
    desk.customer_says("карта 4111 1111").unwrap();
    desk.accept(&ira()).unwrap();
    desk.say(&ira(), "Слушаю вас").unwrap();
    desk.customer_says("1111 1111 вот").unwrap();
    let his: Vec<_> = desk.messages.iter().filter(|message| message.author == Author::Customer).collect();
    assert_eq!(
        his.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(),
        ["карта •••• ••••", "•••• 1111 вот"]
    );
    desk.customer_says("и это всё").unwrap();
    assert_eq!(desk.dialog.life.digits_at, None);
}

#[test]
fn contacts_keep_to_the_form_that_was_asked() {
    let wrong = |field, fault| Err(Refusal::ContactField { field, fault });
    let give = |phone: &str, client| {
        let contacts = CustomerEdit { phone: Some(phone.into()), ..CustomerEdit::default() };
        Command::CustomerGivesContacts { contacts, client: ClientId(uuid(client)) }
    };
    let mut desk = veras();
    let mask = FieldRules { mask: Some("999".to_owned()), ..FieldRules::default() };
    desk.centre.forms.contacts_request = Some([(ContactField::Phone, mask)].into());
    desk.run(give("12", 20)).unwrap();
    let epoch = desk.epoch();
    desk.run(Command::RequestContact { by: senior(), epoch, client: ClientId(uuid(21)) }).unwrap();
    // Words in between do not take the question back.
    desk.customer_says("сейчас").unwrap();
    assert_eq!(desk.run(give("12", 22)), wrong(ContactField::Phone, FieldFault::Mask));
    desk.run(give("123", 23)).unwrap();
    desk.run(give("12", 24)).unwrap();
    assert_eq!(desk.run(give("нет", 25)), wrong(ContactField::Phone, FieldFault::Kind));
}

/// The codes that dialogs answer with, each with a way to get it. `no_mailbox` is an operator's, not a dialog's.
#[test]
fn every_code_is_given_for_a_reason() {
    let mut desk = veras();
    let epoch = desk.epoch();
    let client = ClientId(uuid(9));
    let accept = |by: Actor, taking| Command::Accept { by, epoch, taking };
    let sort =
        |category: &str| Command::Sort { by: senior(), category: Some(category.into()), subject: None, tags: None };
    let give = |to| Command::Transfer { by: senior(), epoch, to };
    let say = |by: Actor, text: &str| Command::SendText { by, epoch, text: text.into(), client, quote: None };
    let unknown = Target::Bot { bot: None, scenario: None };
    for (command, expected) in [
        (accept(ira(), Taking::All), Refusal::AlreadyAccepted { by: "Вера".into() }),
        (say(ira(), "x"), not_yours(Some("Вера"))),
        (say(operator(9, "Яна", &[]), "x"), Refusal::NotFound),
        (Command::Block { by: ira(), until: None, reason: "x".into() }, Refusal::Forbidden),
        (say(senior(), ""), Refusal::Empty),
        (say(senior(), &"x".repeat(101)), Refusal::TooLong { max: 100 }),
        (give(Target::Stranger), Refusal::TargetUnavailable),
        (sort("unheard-of"), Refusal::NoSuchKey),
        (sort("Отдел"), Refusal::NoSuchKey),
        (give(unknown), Refusal::NoSuchKey),
        (give(Target::Department("unheard-of".parse().unwrap())), Refusal::NoSuchKey),
        (give(Target::Team("unheard-of".parse().unwrap())), Refusal::NoSuchKey),
        (Command::Decline { by: senior(), epoch }, Refusal::WrongState),
        (Command::Invite { by: senior(), text: "x".into(), client }, Refusal::DialogOpen),
        (Command::CustomerRates { stars: 6, note: None, answers: Vec::new() }, Refusal::Unsupported),
    ] {
        assert_eq!(desk.run(command.clone()), Err(expected), "{command:?}");
    }
    desk.give(&senior(), Target::Queue).unwrap();
    let epoch = desk.epoch();
    let accept = |taking| Command::Accept { by: ira(), epoch, taking };
    assert_eq!(desk.run(accept(Taking::Nothing)), Err(Refusal::WrongStatus));
    assert_eq!(desk.run(accept(Taking::OfflineRequests)), Err(Refusal::WrongStatus));
    desk.centre.distribution.manual = false;
    desk.centre.distribution.sharing = crate::centre::Sharing::LeastLoaded;
    assert_eq!(desk.run(accept(Taking::All)), Err(Refusal::Forbidden), "dialogs are given out here, not taken");
    desk.run(Command::CustomerCloses).unwrap();
    assert_eq!(desk.run(accept(Taking::All)), Err(Refusal::DialogClosed));
}

#[test]
fn a_block_elsewhere_closes_whatever_goes_on_for_the_same_reason_and_asks_for_no_right() {
    let block = Block { by: senior().id, since: Stamp(1), until: None, reason: "брань".into() };
    let elsewhere = || Command::BlockedElsewhere { by: senior().name, block: block.clone() };
    let mut asked = Desk::new();
    asked.customer_says("в другой день").unwrap();
    asked.accept(&ira()).unwrap();
    let epoch = asked.epoch();
    asked.run(Command::Close { by: ira(), epoch }).unwrap();
    assert_eq!(asked.dialog.row.state, DialogState::ClosedSoft);
    for mut desk in [veras(), restricted(), asked] {
        // Why it was closed softly stays said.
        let reason = desk.dialog.row.close_reason.unwrap_or(CloseReason::Blocked);
        desk.run(elsewhere()).unwrap();
        let row = &desk.dialog.row;
        assert_eq!((row.state, row.close_reason), (DialogState::Closed, Some(reason)));
        assert_eq!(row.customer.particulars.block.as_ref(), Some(&block));
        let line = format!("blocked {}", senior().name);
        assert!(desk.messages.iter().any(|message| message.text == line));
        assert_eq!(desk.run(elsewhere()), Ok(0), "what is closed stays as it is");
    }
}

/// Of a dialog whose customer is for some eyes only.
fn restricted() -> Desk {
    let mut desk = Desk::new();
    desk.customer_says("?").unwrap();
    let mut customer = desk.dialog.row.customer.clone();
    customer.particulars.restricted = true;
    desk.run(Command::LearnCustomer(Box::new(customer))).unwrap();
    desk
}

#[test]
fn nobody_is_given_or_takes_a_dialog_that_he_may_not_see() {
    let mut desk = restricted();
    assert_eq!(desk.accept(&ira()), Err(Refusal::NotFound));
    let full = Target::Operator(Colleague { room: 0, ..free(oleg()) });
    for to in [colleague(&oleg()), full, Target::Forced(free(oleg()))] {
        assert_eq!(desk.give(&senior(), to.clone()), Err(Refusal::TargetUnavailable), "{to:?}");
        let epoch = desk.epoch();
        assert!(desk.run(Command::Distribute { epoch, to }).is_err(), "nor by distribution");
    }
    desk.accept(&senior()).unwrap();
    assert_eq!(desk.accept(&ira()), Err(Refusal::NotFound), "nor is she told who has it");
    assert_eq!(desk.give(&senior(), colleague(&oleg())), Err(Refusal::TargetUnavailable));
    let mut trusted = oleg();
    trusted.grants.rights.insert(Right::SeeRestricted, Scope::All);
    desk.give(&senior(), colleague(&trusted)).unwrap();
    desk.accept(&trusted).unwrap();
}

#[test]
fn what_waits_is_given_to_those_whom_the_right_reaches() {
    let of = |department: &str, who: Actor| {
        let departments = Some([department.parse().unwrap()].into());
        Actor { grants: Grants { departments, ..who.grants.clone() }, ..who }
    };
    let (ira, oleg) = (of("sales", ira()), of("care", oleg()));
    let giver = |scope| {
        let mut giver = senior();
        giver.grants.rights.extend([(Right::Assign, scope), (Right::ForceAssign, scope)]);
        giver.grants.led = [ira.id].into();
        giver.grants.supervises = ["care".parse().unwrap()].into();
        giver
    };
    for (scope, to_ira, to_oleg) in [
        (Scope::Own, Err(Refusal::Forbidden), Err(Refusal::Forbidden)),
        (Scope::Team, Ok(()), Err(Refusal::Forbidden)),
        (Scope::Department, Ok(()), Ok(())),
        (Scope::All, Ok(()), Ok(())),
    ] {
        for (to, expected) in [(&ira, &to_ira), (&oleg, &to_oleg)] {
            for target in [colleague(to), Target::Forced(free(to.clone()))] {
                let mut desk = Desk::new();
                desk.customer_says("?").unwrap();
                assert_eq!(
                    desk.give(&giver(scope), target.clone()).map(drop),
                    expected.clone(),
                    "{scope:?} {target:?}"
                );
            }
        }
    }
}
