//! The policy, the router and the description say the same.

use super::*;
use std::collections::BTreeSet;

#[test]
fn every_address_is_described_and_has_a_row_in_the_policy() {
    let (_, page) = described().split_for_parts();
    let page = serde_json::to_value(&page).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in page["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].as_str().is_some_and(|words| words.ends_with('.')), "{method} {path}");
            described.insert((method.clone(), path.clone()));
        }
    }
    let ruled: BTreeSet<_> = policy::POLICY.iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    assert_eq!(described, ruled);
    assert_eq!(ruled.len(), policy::POLICY.len(), "no row twice");
}

#[test]
fn every_address_but_two_asks_for_a_token() {
    let open: Vec<_> = policy::POLICY.iter().filter(|row| row.need == policy::Need::Nothing).collect();
    assert_eq!(open.len(), 2);
    let (_, page) = described().split_for_parts();
    let page = serde_json::to_value(&page).unwrap();
    assert_eq!(page["security"][0]["token"], serde_json::json!([]));
    for row in open {
        assert_eq!(page["paths"][row.path][row.method]["security"][0], serde_json::json!({}), "{}", row.path);
    }
}
