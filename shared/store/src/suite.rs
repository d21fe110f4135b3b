//! The one suite that every backend passes: what the trait promises, said as tests over `Arc<dyn Store>`.
//!
//! [`crate::store_suite!`] makes a test of each for a backend.
#![expect(clippy::unwrap_used, reason = "a test's panic is its message")]

pub mod by_hand;
pub mod commit;
pub mod kit;
pub mod ledger;
pub mod listing;
pub mod log;
pub mod moving;
pub mod outbox;
pub mod pages;
pub mod past;
pub mod people;
pub mod purge;

pub use crate::{
    postgres::{PLANS, hot_queries as postgres_hot_queries, tables as postgres_tables},
    sqlite::hot_queries,
};

/// Makes a test of every check of the suite. `$open` is an async function that gives a fresh, empty store,
/// with what must live as long; none where there is no such database.
#[macro_export]
macro_rules! store_suite {
    ($open:ident) => {
        $crate::store_suite!(@ $open; commit: what_is_written_is_read_back, many_at_once_see_each_other, n_has_no_gaps,
            a_refusal_writes_nothing, a_panic_writes_nothing, a_repeated_request_has_one_effect, a_key_is_bound_to_its_body,
            the_same_key_at_once_has_one_effect, an_events_effect_is_made_once, an_id_of_somebody_elses_is_taken,
            versions_rise_by_one, people_write_at_once);
        $crate::store_suite!(@ $open; listing: every_filter, words_are_found, records_are_listed, counts_are_right);
        $crate::store_suite!(@ $open; pages: every_sort, pages_hold_still_while_rows_change, cursors_are_bound);
        $crate::store_suite!(@ $open; log: pages_stream_by_stream, chains_verify, histories_are_whole, an_old_epoch_is_gone,
            a_rebuild_finds_nothing_wrong);
        $crate::store_suite!(@ $open; ledger: what_is_due_is_found, a_reminder_fires_once, deliveries_are_kept);
        $crate::store_suite!(@ $open; outbox: everything_written_is_published_in_order, what_is_left_is_tried_again,
            wakes_are_not_doubled, a_lease_has_one_holder,
            a_hint_counts_from_when_it_is_heeded);
        $crate::store_suite!(@ $open; people: a_person_is_made_once, credentials,
            a_credential_is_kept_with_what_is_decided, a_credential_is_revoked_with_what_is_decided, notes, nobody_sees_anothers, old_things_are_forgotten);
        $crate::store_suite!(@ $open; past: the_last_run_is_found, a_merge_sees_what_came_since, tasks_are_found_by_property,
            neighbours_are_found, a_series_has_its_occurrences);
        $crate::store_suite!(@ $open; moving: everything_goes_round, what_came_since_is_imported_on_top, what_is_not_whole_is_refused,
            what_is_exported_is_of_one_moment);
        $crate::store_suite!(@ $open; purge: a_purge_leaves_the_chain, the_trash_is_emptied, travel_moves_floating_dates);
    };
    (@ $open:ident; $module:ident: $($name:ident),*) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some((store, _kept)) = super::$open().await {
                    $crate::suite::$module::$name(store).await;
                }
            })*
        }
    };
}
