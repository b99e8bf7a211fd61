use super::*;
use otklik_model::OperatorId;
use uuid::Uuid;

fn customer(number: u64) -> Customer {
    Customer {
        id: CustomerId(Uuid::from_u128(u128::from(number))),
        name: format!("Customer {number}"),
        number,
        named: false,
        email: None,
        phone: None,
        language: Some("ru".into()),
        particulars: Particulars::default(),
    }
}

fn alone(customer: Customer) -> Alias {
    Alias { customer, version: 1, own: None }
}

fn maria() -> Customer {
    let mut maria = Customer { name: "Мария".into(), named: true, phone: Some("+7 900".into()), ..customer(5) };
    maria.particulars.tags = vec!["vip".into(), "опт".into()];
    maria.particulars.comment = "Любит чай".into();
    maria.particulars.variables = [("город".to_owned(), "Тверь".to_owned())].into();
    maria
}

fn masha() -> Customer {
    let mut masha =
        Customer { name: "Маша".into(), named: true, email: Some("m@example.org".into()), ..customer(3) };
    masha.language = Some("en".into());
    masha.particulars.tags = vec!["vip".into(), "чай".into()];
    masha.particulars.comment = "Звонила".into();
    masha.particulars.variables = [("город", "Клин"), ("заказ", "7")].map(|(k, v)| (k.into(), v.into())).into();
    masha
}

fn block(until: Option<i64>) -> Option<Block> {
    let by = OperatorId(Uuid::from_u128(11));
    Some(Block { by, since: Stamp(1), until: until.map(Stamp), reason: "брань".into() })
}

fn with(customer: Customer, change: impl FnOnce(&mut Particulars)) -> Customer {
    let mut customer = customer;
    change(&mut customer.particulars);
    customer
}

#[test]
fn what_is_empty_is_filled_and_of_two_the_chosen_one_stays() {
    let union = Union {
        name: Side::Other,
        comment: Side::Both,
        variables: [("город".to_owned(), Side::Other)].into(),
        ..Union::default()
    };
    let joined = join(&[alone(maria())], &[alone(masha())], &union).unwrap();
    for (alias, own) in joined.iter().zip([maria(), masha()]) {
        let Customer { name, named, email, phone, language, particulars, .. } = &alias.customer;
        assert_eq!((name.as_str(), *named), ("Маша", true));
        assert_eq!((phone.as_deref(), email.as_deref()), (Some("+7 900"), Some("m@example.org")));
        assert_eq!(*language, own.language, "each writes in his own");
        assert_eq!(particulars.tags, ["vip", "опт", "чай"]);
        assert_eq!(particulars.comment, "Любит чай\nЗвонила");
        assert_eq!(particulars.variables.values().collect::<Vec<_>>(), ["Клин", "7"]);
        assert_eq!((particulars.person, alias.customer.person()), (Some(3), 3), "the least number");
        assert_eq!((alias.customer.id, alias.own.as_ref()), (own.id, Some(&own)));
    }
}

#[test]
fn a_name_that_nobody_gave_gives_way_and_is_each_ones_own() {
    let joined = join(&[alone(customer(8))], &[alone(masha())], &Union::default()).unwrap();
    assert!(joined.iter().all(|alias| alias.customer.name == "Маша" && alias.customer.named));
    let joined = join(&[alone(customer(8))], &[alone(customer(9))], &Union::default()).unwrap();
    let names: Vec<&str> = joined.iter().map(|alias| alias.customer.name.as_str()).collect();
    assert_eq!(names, ["Customer 8", "Customer 9"]);
}

#[test]
fn the_stricter_of_blocks_and_of_restrictions_holds() {
    for (this, other, holds) in [
        (None, None, None),
        (block(Some(9)), None, block(Some(9))),
        (None, block(None), block(None)),
        (block(Some(9)), block(Some(7)), block(Some(9))),
        (block(Some(9)), block(None), block(None)),
        (block(None), block(Some(9)), block(None)),
    ] {
        let people = [(5, this), (6, other)].map(|(number, block)| with(customer(number), |known| known.block = block));
        let [this, other] = people.map(alone);
        let joined = join(&[this], &[other], &Union::default()).unwrap();
        assert!(joined.iter().all(|alias| alias.customer.particulars.block == holds), "{holds:?}");
    }
    let hidden = with(customer(6), |known| known.restricted = true);
    let joined = join(&[alone(customer(5))], &[alone(hidden)], &Union::default()).unwrap();
    assert!(joined.iter().all(|alias| alias.customer.particulars.restricted));
}

#[test]
fn sets_become_one_set_and_nobody_is_in_two() {
    let none = Union::default();
    let (one, other) = (
        join(&[alone(customer(5))], &[alone(customer(6))], &none).unwrap(),
        join(&[alone(customer(2))], &[alone(customer(9))], &none).unwrap(),
    );
    let all = join(&one, &other, &none).unwrap();
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|alias| alias.customer.person() == 2), "no chain: all have the same");
    assert_eq!(join(&all, &all[1..], &none), Err(Refusal::SamePerson), "no ring");
    assert_eq!(all[0].own.as_ref(), Some(&customer(5)), "what he was before any of it");
    let many = |from: u64| (from..from + 15).map(|number| alone(customer(number))).collect::<Vec<_>>();
    assert_eq!(join(&many(100), &many(200), &none), Err(Refusal::TooMany { max: MOST_IDENTITIES }));
}

#[test]
fn what_cannot_stay_is_refused() {
    let (this, other) = ([alone(maria())], [alone(masha())]);
    for union in [
        Union { name: Side::Both, ..Union::default() },
        Union { email: Side::Unknown, ..Union::default() },
        Union { variables: [("город".to_owned(), Side::Both)].into(), ..Union::default() },
    ] {
        assert_eq!(join(&this, &other, &union), Err(Refusal::Unsupported), "{union:?}");
    }
    let long = |number| with(customer(number), |known| known.comment = format!("{number} {}", "я".repeat(1_200)));
    let both = Union { comment: Side::Both, ..Union::default() };
    assert_eq!(join(&[alone(long(5))], &[alone(long(6))], &both), Err(Refusal::TooLong { max: COMMENT_CHARS }));
    let tagged =
        |number| with(customer(number), |known| known.tags = (0..40).map(|tag| format!("{number}-{tag:02}")).collect());
    let refused = join(&[alone(tagged(5))], &[alone(tagged(6))], &Union::default());
    assert_eq!(refused, Err(Refusal::TooMany { max: 50 }));
}

#[test]
fn a_mistake_is_undone_without_a_trace() {
    let union = Union { name: Side::Other, comment: Side::Both, ..Union::default() };
    for who in [maria(), masha()] {
        let joined = join(&[alone(maria())], &[alone(masha())], &union).unwrap();
        let mut apart = separate(&joined, who.id).unwrap();
        apart.sort_by_key(|alias| alias.customer.number);
        let known: Vec<Customer> = apart.iter().map(|alias| alias.customer.clone()).collect();
        assert_eq!(known, [masha(), maria()]);
        assert!(apart.iter().all(|alias| alias.own.is_none()));
    }
    assert_eq!(separate(&[alone(maria())], maria().id), Err(Refusal::Regrouped));
    assert_eq!(separate(&[alone(maria())], masha().id), Err(Refusal::Regrouped));
}

#[test]
fn what_was_changed_meanwhile_stays_with_those_who_stay() {
    let mut joined = join(&[alone(maria())], &[alone(masha())], &Union::default()).unwrap();
    for alias in &mut joined {
        alias.customer.phone = Some("8 800".into());
        alias.customer.particulars.tags.push("новый".into());
    }
    let apart = separate(&joined, masha().id).unwrap();
    assert_eq!(apart[0].customer, masha());
    assert_eq!(apart[1].customer.phone.as_deref(), Some("8 800"));
    assert_eq!(apart[1].customer.particulars.tags, ["vip", "опт", "новый"]);
}

#[test]
fn of_three_two_are_left_and_the_least_number_names_them() {
    let pair = join(&[alone(customer(2))], &[alone(maria())], &Union::default()).unwrap();
    let three = join(&pair, &[alone(masha())], &Union::default()).unwrap();
    let apart = separate(&three, customer(2).id).unwrap();
    assert_eq!((apart[0].customer.person(), apart[0].own.as_ref()), (2, None));
    assert!(apart[1..].iter().all(|alias| alias.customer.particulars.person == Some(3) && alias.own.is_some()));
    assert_eq!(apart[1].customer.name, "Мария");
}

#[test]
fn a_block_goes_with_whom_it_came_and_a_later_one_is_meant_for_all() {
    let blocked = with(customer(6), |known| known.block = block(None));
    let joined = join(&[alone(customer(5))], &[alone(blocked.clone())], &Union::default()).unwrap();
    let apart = separate(&joined, blocked.id).unwrap();
    assert_eq!((apart[0].customer.clone(), apart[1].customer.clone()), (blocked.clone(), customer(5)));
    let apart = separate(&joined, customer(5).id).unwrap();
    assert_eq!((apart[0].customer.clone(), apart[1].customer.clone()), (customer(5), blocked.clone()));
    let later = block(Some(99));
    let mut together = join(&[alone(customer(5))], &[alone(customer(7))], &Union::default()).unwrap();
    together.iter_mut().for_each(|alias| alias.customer.particulars.block = later.clone());
    let apart = separate(&together, customer(7).id).unwrap();
    assert!(apart.iter().all(|alias| alias.customer.particulars.block == later));
    let mut freed = joined;
    freed.iter_mut().for_each(|alias| alias.customer.particulars.block = None);
    let apart = separate(&freed, blocked.id).unwrap();
    assert!(apart.iter().all(|alias| alias.customer.particulars.block.is_none()), "lifted is lifted");
}
