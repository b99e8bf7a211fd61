//! Commands under way: those of one dialog one after the other, those of different dialogs side by side.

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use otklik_model::{ClientId, DialogId, Op};
use otklik_wire::operator::HubFrame;
use std::{
    collections::{BTreeMap, VecDeque},
    future::Future,
    pin::Pin,
};

/// At most so many are under way or wait; the socket is not read on until there is room.
const WAITING: usize = 256;

/// What came of something under way: a frame to answer with, if any.
pub(super) struct Finished {
    pub(super) frame: Option<HubFrame>,
    /// The lane it held, if it was a command.
    pub(super) lane: Option<Lane>,
}

/// Commands that concern no dialog share one lane.
pub(super) type Lane = Option<DialogId>;
type Running = Pin<Box<dyn Future<Output = Finished> + Send>>;

/// Commands under way.
#[derive(Default)]
pub(super) struct Lanes {
    running: FuturesUnordered<Running>,
    // A lane stands here while one of its commands runs; its queue holds those that wait.
    queues: BTreeMap<Lane, VecDeque<(ClientId, Op)>>,
    waiting: usize,
}

impl Lanes {
    pub(super) fn has_room(&self) -> bool {
        self.waiting + self.running.len() < WAITING
    }

    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Runs something that no lane orders.
    pub(super) fn run(&mut self, work: impl Future<Output = Option<HubFrame>> + Send + 'static) {
        self.running.push(Box::pin(async { Finished { frame: work.await, lane: None } }));
    }

    /// Takes a command. Returns it if it may begin at once.
    pub(super) fn enter(&mut self, id: ClientId, op: Op) -> Option<(ClientId, Op)> {
        match self.queues.get_mut(&op.dialog()) {
            Some(queue) => {
                queue.push_back((id, op));
                self.waiting += 1;
                None
            }
            None => {
                self.queues.insert(op.dialog(), VecDeque::new());
                Some((id, op))
            }
        }
    }

    /// Begins a command that [`Self::enter`] or [`Self::leave`] returned.
    pub(super) fn begin(&mut self, lane: Lane, work: impl Future<Output = HubFrame> + Send + 'static) {
        self.running.push(Box::pin(async move { Finished { frame: Some(work.await), lane: Some(lane) } }));
    }

    /// The next that is finished. Never ready while nothing runs.
    pub(super) async fn next(&mut self) -> Finished {
        match self.running.next().await {
            Some(finished) => finished,
            None => std::future::pending().await,
        }
    }

    /// Leaves a lane. Returns the command that is next in it.
    pub(super) fn leave(&mut self, lane: Lane) -> Option<(ClientId, Op)> {
        let next = self.queues.get_mut(&lane).and_then(VecDeque::pop_front);
        match next {
            Some(_) => self.waiting -= 1,
            None => {
                self.queues.remove(&lane);
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn op(dialog: u128, epoch: u64) -> (ClientId, Op) {
        let id = ClientId(Uuid::from_u128(u128::from(epoch)));
        (id, Op::Close { dialog: DialogId(Uuid::from_u128(dialog)), epoch })
    }

    #[test]
    fn one_dialog_in_order_others_beside_it() {
        let mut lanes = Lanes::default();
        let enter = |lanes: &mut Lanes, (id, op): (ClientId, Op)| lanes.enter(id, op);
        assert_eq!(enter(&mut lanes, op(1, 10)), Some(op(1, 10)));
        assert_eq!(enter(&mut lanes, op(1, 11)), None);
        assert_eq!(enter(&mut lanes, op(1, 12)), None);
        assert_eq!(enter(&mut lanes, op(2, 20)), Some(op(2, 20)));
        let lane = op(1, 0).1.dialog();
        assert_eq!(lanes.leave(lane), Some(op(1, 11)));
        assert_eq!(lanes.leave(lane), Some(op(1, 12)));
        assert_eq!(lanes.leave(lane), None);
        assert_eq!(enter(&mut lanes, op(1, 13)), Some(op(1, 13)), "an empty lane begins at once");
    }

    #[test]
    fn room_is_bounded() {
        let mut lanes = Lanes::default();
        let mut entered = 0;
        while lanes.has_room() && entered < 10_000 {
            let (id, op) = op(1, entered);
            lanes.enter(id, op);
            entered += 1;
        }
        assert_eq!(entered, WAITING as u64 + 1, "one runs, the others wait");
    }
}
