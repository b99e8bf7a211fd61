//! Which customers' pages are where.

use super::*;
use crate::store::SILENT_NODES_KEPT_MS;

const ONE: u128 = 901;
const TWO: u128 = 902;

impl Fixture {
    /// Who of two customers, this one and the one after him, is at another process than this one.
    async fn elsewhere(&self, node: u128, since: i64) -> Vec<u128> {
        let both = vec![CustomerId(id(5_002)), CustomerId(id(5_001)), CustomerId(id(5_002))];
        let found = self.store.elsewhere(self.workspace.id, id(node), both, Stamp(since)).await.unwrap();
        found.into_iter().map(|customer| customer.0.as_u128()).collect()
    }

    async fn opens(&self, node: u128, number: u64, customer: u128) {
        self.store.add_door(self.workspace.id, id(node), number, CustomerId(id(customer))).await.unwrap();
    }

    async fn lives(&self, node: u128, at: i64) {
        self.store.note_node(self.workspace.id, id(node), Stamp(at)).await.unwrap();
    }
}

pub(crate) async fn a_customer_is_where_a_living_process_has_his_page(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.opens(ONE, 1, 5_001).await;
    assert_eq!(desk.elsewhere(TWO, 0).await, [], "nothing was heard of that process");
    desk.lives(ONE, 100).await;
    desk.lives(TWO, 100).await;
    assert_eq!(desk.elsewhere(TWO, 100).await, [5_001]);
    assert_eq!(desk.elsewhere(ONE, 100).await, [], "what it has itself it knows by itself");
    assert_eq!(desk.elsewhere(TWO, 101).await, [], "it was not heard of since then");
    desk.opens(ONE, 2, 5_001).await;
    desk.opens(ONE, 3, 5_002).await;
    desk.opens(TWO, 1, 5_001).await;
    assert_eq!((desk.elsewhere(TWO, 100).await, desk.elsewhere(ONE, 100).await), (vec![5_001, 5_002], vec![5_001]));
    desk.store.remove_door(id(ONE), 1).await.unwrap();
    desk.store.remove_door(id(TWO), 3).await.unwrap();
    assert_eq!(desk.elsewhere(TWO, 100).await, [5_001, 5_002], "of two pages one stays");
    desk.store.remove_door(id(ONE), 2).await.unwrap();
    assert_eq!(desk.elsewhere(TWO, 100).await, [5_002]);
    let other = desk.store.open_workspace("other").await.unwrap().id;
    let strangers = desk.store.elsewhere(other, id(TWO), vec![CustomerId(id(5_002))], Stamp(0)).await.unwrap();
    assert_eq!(strangers, []);
    assert_eq!(desk.store.elsewhere(other, id(TWO), Vec::new(), Stamp(0)).await.unwrap(), []);
    desk.store.stop_node(id(ONE)).await.unwrap();
    desk.store.stop_node(id(903)).await.unwrap();
    assert_eq!(desk.elsewhere(TWO, 1).await, [], "it has stopped");
}

pub(crate) async fn what_a_silent_process_left_is_forgotten(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    for (node, at) in [(ONE, 100), (TWO, 101)] {
        desk.lives(node, at).await;
        desk.opens(node, 1, 5_001).await;
    }
    desk.store.sweep(Stamp(SILENT_NODES_KEPT_MS + 101)).await.unwrap();
    desk.lives(ONE, 101).await;
    assert_eq!((desk.elsewhere(TWO, 0).await, desk.elsewhere(ONE, 0).await), (Vec::new(), vec![5_001]));
}
