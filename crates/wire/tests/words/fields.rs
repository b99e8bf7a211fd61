//! Every field of the rows that travel is in the page. The values below are written out whole, so that a new field does
//! not compile before it is here.

use super::page::{line_of, words_under};
use otklik_model::{
    Attachment, Author, Awaiting, Block, Can, Channel, ChannelId, ClientId, CloseReason, Customer, CustomerId, Day,
    Denied, Details, Dialog, DialogId, DialogState, FileId, FileState, Hold, Load, Message, MessageId, MessageKind,
    OnlineState, Operator, OperatorId, OperatorStatus, Page, Particulars, Presence, Preview, Quote, Rating, Says, Seq,
    SetBy, Shift, Spot, Stamp, Transport,
};
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

const AT: Stamp = Stamp(1);

fn same(head: &str, row: &impl Serialize) {
    let row = serde_json::to_value(row).expect("JSON");
    let fields: BTreeSet<_> = row.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(words_under(head), fields, "the table {head}");
}

/// Those fields of a row that are rows themselves are told in one line of the page, each with all that is in it.
fn within(head: &str, row: &impl Serialize) {
    let row = serde_json::to_value(row).expect("JSON");
    let line = line_of(head);
    for field in row.as_object().expect("an object").keys() {
        assert!(line.contains(&format!("`{field}`")), "no `{field}` in the line {line}");
    }
}

fn operator() -> OperatorId {
    OperatorId(Uuid::nil())
}

fn can() -> Can {
    let no = Some(Denied::Closed);
    Can {
        accept: no,
        write: no,
        note: no,
        close: no,
        transfer: no,
        hold: no,
        sort: no,
        block: no,
        edit: no,
        reword: no,
        delete: no,
        quote: no,
        send_file: no,
        contacts: no,
        teleport: no,
        rating: no,
    }
}

fn preview() -> Preview {
    Preview { kind: MessageKind::Text, author: Author::Customer, text: "Да".into(), at: AT }
}

fn hold() -> Hold {
    Hold { since: AT, until: None, reason: None }
}

fn rating() -> Rating {
    Rating { operator: None, stars: 5, note: None, answers: Vec::new(), at: AT }
}

fn block() -> Block {
    Block { by: operator(), since: AT, until: None, reason: String::new() }
}

fn particulars() -> Particulars {
    Particulars {
        tags: Vec::new(),
        comment: String::new(),
        variables: [].into(),
        restricted: true,
        block: Some(block()),
        person: Some(1),
    }
}

fn customer() -> Customer {
    Customer {
        id: CustomerId(Uuid::nil()),
        name: String::new(),
        number: 1,
        named: false,
        email: None,
        phone: None,
        language: None,
        particulars: particulars(),
    }
}

fn page() -> Page {
    Page { url: String::new(), title: String::new() }
}

fn dialog() -> Dialog {
    Dialog {
        id: DialogId(Uuid::nil()),
        number: 1,
        channel: ChannelId(Uuid::nil()),
        customer: customer(),
        state: DialogState::Queue,
        start_state: OnlineState::Online,
        current_state: OnlineState::Online,
        presence: Presence::OnSite,
        assignee: None,
        assignee_name: None,
        epoch: 0,
        rev: Seq(1),
        last_seq: 1,
        last: Some(preview()),
        awaiting: Awaiting::Nobody,
        awaiting_since: None,
        unread: 0,
        read_by_operator: 0,
        delivered_to_customer: 0,
        read_by_customer: 0,
        page: Some(page()),
        created_at: AT,
        accepted_at: None,
        closed_at: None,
        close_reason: Some(CloseReason::Bot),
        department: "sales".parse().ok(),
        bot: Some(operator()),
        offer_until: Some(AT),
        hold: Some(hold()),
        left_at: Some(AT),
        category: "late".parse().ok(),
        subject: Some(String::new()),
        tags: vec![String::new()],
        weight: 150,
        suspicious: true,
        rating: Some(rating()),
        can: can(),
    }
}

#[test]
fn the_fields_of_a_dialog_are_in_the_page() {
    same("| Of a dialog |", &dialog());
    within("| `last` |", &preview());
    within("| `hold` | Since when", &hold());
    within("| `rating` | What", &rating());
    within("| `page` | The page", &page());
    same("| Of `can` |", &can());
    same("| Of a customer |", &customer());
    same("| Of `particulars` |", &particulars());
    within("| `block` | He may not", &block());
}

#[test]
fn the_fields_of_an_operator_and_a_channel_are_in_the_page() {
    let load = Load { active: 1, offered: 1, held: 1, weight: 1, most: 1 };
    let shift = Shift { since: AT, worked_ms: 1, closed: 1, missed: 1 };
    let day = Day {
        code: "lunch".parse().unwrap(),
        since: AT,
        set_by: SetBy::Himself,
        departments: Vec::new(),
        load,
        shift: Some(shift),
    };
    same("| Of `load` |", &load);
    same("| Of `shift` |", &shift);
    same("| Of `day` |", &day);
    let operator = Operator {
        id: operator(),
        name: String::new(),
        status: OperatorStatus::Break,
        is_bot: true,
        day: Some(Box::new(day)),
    };
    same("| Of an operator |", &operator);
    let channel = Channel {
        id: ChannelId(Uuid::nil()),
        name: String::new(),
        transport: Transport::Widget,
        text_chars: 1,
        page: None,
    };
    same("| Of a channel |", &channel);
}

#[test]
fn the_fields_of_a_message_are_in_the_page() {
    let quote = Quote { seq: 1, excerpt: String::new() };
    let file = Attachment {
        id: FileId(Uuid::nil()),
        name: String::new(),
        media: String::new(),
        size: 1,
        state: FileState::Ready,
        pixels: None,
    };
    let details = Details {
        edited_at: Some(AT),
        deleted_at: Some(AT),
        quote: Some(quote.clone()),
        file: Some(file),
        place: Some(Spot::new(1.0, 1.0, None).unwrap()),
        address: Some(String::new()),
        says: Some(Says::Assigned),
    };
    same("| Of `details` |", &details);
    within("| `quote` | The message", &quote);
    let message = Message {
        id: MessageId(Uuid::nil()),
        client_id: Some(ClientId(Uuid::nil())),
        dialog: DialogId(Uuid::nil()),
        seq: 1,
        kind: MessageKind::Text,
        author: Author::System,
        text: String::new(),
        at: AT,
        rev: Seq(1),
        details,
    };
    same("| Of a message |", &message);
}
