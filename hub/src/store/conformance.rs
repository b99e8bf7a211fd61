//! What every store has to do: one list of tests, for each engine the same.
//!
//! `suite!(fresh, [attribute])` makes a test of each, given a function that opens a fresh, empty store and something
//! to keep as long as the test lasts.

pub(crate) mod attendance;
pub(crate) mod batches;
pub(crate) mod commits;
pub(crate) mod doors;
pub(crate) mod earlier;
pub(crate) mod guesses;
pub(crate) mod identities;
pub(crate) mod journeys;
pub(crate) mod life;
pub(crate) mod outside;
pub(crate) mod people;
pub(crate) mod privacy;
pub(crate) mod reads;
pub(crate) mod ruled;
pub(crate) mod search;

macro_rules! suite {
    ($fresh:path, $note:tt) => {
        $crate::store::conformance::suite! { @ $fresh, $note,
            commits:
                a_commit_stores_row_messages_entry_and_answer_at_one_position
                a_repeated_key_gets_the_first_answer_and_changes_nothing
                a_refusal_is_an_answer_too
                keys_of_different_writers_are_different_keys
                a_message_is_recognised_after_its_answer_is_forgotten
                of_two_decisions_on_one_version_one_is_stored
                a_customer_has_one_dialog
                a_conflict_takes_no_position_and_no_number
                nobody_is_given_more_than_he_has_room_for
                many_at_once_leave_no_gap_and_no_double
                readers_never_see_a_later_position_before_an_earlier;
            batches:
                a_batch_takes_one_position_after_the_other
                of_a_batch_each_is_done_whole_or_not_at_all
                a_dialog_changes_more_than_once_in_a_batch
                a_key_is_answered_once_also_inside_a_batch
                what_cannot_be_stored_takes_only_itself_back
                of_a_batch_whoever_comes_too_late_loses_alone
                a_batch_under_an_old_lease_stores_nothing
                what_a_large_batch_stores_is_there_at_once
                a_large_batch_under_an_old_lease_stores_nothing
                nobody_sees_a_part_of_a_batch
                an_empty_batch_is_nothing
                a_thousand_in_one_batch_are_all_there;
            life:
                what_is_due_is_found_in_its_order
                open_dialogs_are_those_not_closed
                an_operators_open_dialogs_are_found_by_him
                a_message_changes_under_its_number
                any_text_is_kept_as_it_is
                a_customer_is_compared_and_set
                a_customer_in_a_dialog_changes_with_it
                blocked_customers_are_found_by_number
                an_id_of_another_workspace_is_not_overwritten
                another_workspace_finds_nothing_by_any_question;
            reads:
                a_workspace_is_the_same_each_time
                the_log_is_read_in_pages_and_says_where_it_starts
                messages_are_the_newest_of_a_range_oldest_first
                a_snapshot_holds_the_open_and_the_recently_closed
                another_workspace_sees_nothing
                who_is_on_the_site_and_who_waits
                what_is_not_there_is_nothing
                channels_replace_each_other
                a_dialog_is_suspicious_until_it_is_not;
            search:
                messages_are_found_by_their_words_newest_first
                other_words_are_found_and_the_old_ones_are_not
                what_was_erased_is_found_no_more
                a_customers_dialogs_are_found_newest_first;
            people:
                operators_are_compared_and_set
                changed_rights_remember_where
                sessions_open_and_end
                one_token_of_a_session_follows_another
                customers_are_numbered_and_known_by_token
                silent_customers_are_forgotten_and_others_are_not
                tries_are_counted_forgiven_and_forgotten
                of_many_tries_at_once_no_more_than_the_limit_pass
                statuses_are_kept_with_their_times
                whoever_accepts_is_remembered
                posts_and_grants_are_kept;
            guesses:
                s_h2_ten_thousand_guesses_at_one_account_are_a_few_dozen
                s_h2_ten_thousand_accounts_guessed_at_once_each_are_a_matter_of_the_address;
            attendance:
                the_latest_note_counts_and_times_never_go_back;
            doors:
                a_customer_is_where_a_living_process_has_his_page
                what_a_silent_process_left_is_forgotten;
            journeys:
                a_way_is_kept_of_whoever_has_written
                of_many_steps_at_once_none_is_lost
                what_counts_for_an_operator_is_counted_with_its_commit;
            ruled:
                the_centre_is_compared_and_set_and_every_version_kept
                a_reform_is_stored_whole_or_not_at_all
                acts_are_numbered_and_read_backwards
                an_act_stands_or_falls_with_its_commit
                a_lease_is_one_nodes_until_it_runs_out
                whoever_lost_the_lease_commits_no_more
                of_many_nodes_one_gets_the_lease;
            outside:
                errands_come_with_their_commit_and_go_when_settled
                an_errand_of_a_commit_that_failed_is_none
                files_are_noted_and_changed
                a_file_is_its_dialogs_with_the_message_that_carries_it
                templates_are_an_operators_own;
            privacy:
                everything_about_a_customer_is_found_and_nothing_else
                an_erasure_takes_every_row_and_tells_of_each_dialog
                erasing_dialogs_takes_customers_who_have_no_other
                erasing_one_dialog_takes_it_in_any_state_and_its_customer_if_it_was_the_last
                entries_of_the_log_are_emptied_in_their_places
                earlier_words_of_one_message_are_taken_out_of_its_entries;
            identities:
                customers_become_one_person_with_all_their_dialogs
                of_two_who_regroup_at_once_one_is_heard
                what_changes_of_one_changes_of_the_other
                what_changes_within_one_batch_changes_of_the_other_too
                what_is_changed_in_an_old_dialog_changes_in_the_one_that_goes_on
                whoever_is_restricted_is_so_in_every_dialog
                a_block_is_one_piece_with_every_dialog_that_it_closes
                a_block_that_leaves_a_dialog_open_is_none
                whoever_is_separated_is_found_as_he_was
                customers_are_found_by_what_they_are_called
                a_person_is_erased_whole_and_kept_as_long_as_any_dialog
                the_last_dialog_of_a_person_takes_all_of_it;
        }
    };
    (@ $fresh:path, $note:tt, $($part:ident: $($test:ident)+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            # $note
            async fn $test() {
                let (store, _keep) = $fresh().await;
                $crate::store::conformance::$part::$test(store).await;
            }
        )+)+
    };
}
pub(crate) use suite;

use super::{Commit, CommitError, Committed, DialogChange, Entry, Key, NewCustomer, Store, TokenHash, Work, Workspace};
use crate::desk::{Beginning, DialogAggregate, Event, Reach};
use otklik_model::{
    Author, ChannelId, ClientId, Customer, CustomerId, DialogId, Message, MessageId, MessageKind, OperatorId, Outcome,
    Seq, Stamp, Stored,
};
use std::sync::Arc;
use uuid::Uuid;

/// A store with a workspace and one customer.
struct Fixture {
    store: Arc<dyn Store>,
    workspace: Workspace,
    customer: Customer,
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn done(stored: Option<Stored>) -> Outcome {
    Outcome::Done { at_seq: Seq(0), message: stored }
}

impl Fixture {
    async fn new(store: Arc<dyn Store>) -> Self {
        let workspace = store.open_workspace("main").await.unwrap();
        let customer = add_customer(&store, &workspace, 1, Stamp(0)).await;
        Self { store, workspace, customer }
    }

    fn begin(&self, number: u128, customer: &Customer) -> DialogAggregate {
        DialogAggregate::begin(Beginning {
            id: DialogId(id(number)),
            channel: ChannelId(id(7)),
            customer: customer.clone(),
            page: None,
            operator_online: true,
            wrote_before: false,
            customer_at: None,
            department: None,
            weight: otklik_model::ORDINARY_WEIGHT,
            start: crate::desk::Start::Queue,
            suspicious: false,
            reach: Reach::Here,
            at: Stamp(10),
        })
    }

    /// Commits an operator's (or, without one, the customer's) words.
    async fn say(&self, dialog: &DialogAggregate, by: Option<u128>, client: u128) -> Result<Committed, CommitError> {
        let message = words(dialog, by, client);
        let stored = Stored { id: message.id, seq: message.seq, at: message.at };
        let writer = by.map_or(dialog.row.customer.id.0, id);
        self.commit_keyed(
            Key { writer, id: ClientId(id(client)) },
            Work::Dialog(Box::new(DialogChange::new(dialog, vec![Event::MessageAdded(Box::new(message))]))),
            done(Some(stored)),
        )
        .await
    }

    async fn commit_keyed(&self, key: Key, work: Work, outcome: Outcome) -> Result<Committed, CommitError> {
        let commit = Commit::new(self.workspace.id, Stamp(20), work, outcome);
        self.store.commit(Commit { key: Some(key), ..commit }).await
    }

    async fn commit(&self, work: Work) -> Result<Committed, CommitError> {
        self.store.commit(Commit::new(self.workspace.id, Stamp(20), work, done(None))).await
    }

    async fn stored(&self, number: u128) -> DialogAggregate {
        self.store.dialog(self.workspace.id, DialogId(id(number))).await.unwrap().expect("it is stored")
    }

    async fn log(&self, after: u64) -> Vec<Entry> {
        self.store.log_after(self.workspace.id, Seq(after), 1000).await.unwrap().entries
    }
}

async fn add_customer(store: &Arc<dyn Store>, workspace: &Workspace, number: u8, at: Stamp) -> Customer {
    let new = NewCustomer {
        id: CustomerId(id(5_000 + u128::from(number))),
        workspace: workspace.id,
        token: TokenHash([number; 32]),
        language: Some("ru".into()),
        at,
    };
    store.add_customer(new).await.unwrap()
}

fn words(dialog: &DialogAggregate, by: Option<u128>, client: u128) -> Message {
    let author = match by {
        Some(operator) => Author::Operator { id: OperatorId(id(operator)), name: "Ира".into() },
        None => Author::Customer,
    };
    Message {
        id: MessageId(id(client + 1_000_000)),
        client_id: Some(ClientId(id(client))),
        dialog: dialog.row.id,
        seq: dialog.row.last_seq + 1,
        kind: MessageKind::Text,
        author,
        text: format!("words {client} <b>ё</b>"),
        at: Stamp(20),
        rev: Seq(0),
        details: otklik_model::Details::default(),
    }
}
