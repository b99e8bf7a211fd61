import type { Counts } from "../backend/types";

/** The sums before the engine has told any. */
export const NO_COUNTS: Counts = {
  waiting: 0,
  waiting_suspicious: 0,
  mine: 0,
  mine_unread: 0,
  queue: 0,
  queue_suspicious: 0,
  offline_requests: 0,
  open: 0,
  all: 0,
  hidden: 0,
  hidden_offline: 0,
  unsent: 0,
  badge: 0,
};
