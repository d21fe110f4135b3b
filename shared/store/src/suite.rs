//! The one suite that every backend passes: what the trait promises, said as tests over `Arc<dyn Store>`.
//!
//! [`crate::store_suite!`] makes a test of each for a backend.
#![expect(clippy::unwrap_used, reason = "a test's panic is its message")]

pub mod commit;
pub mod kit;
pub mod ledger;
pub mod listing;
pub mod log;
pub mod outbox;
pub mod past;
pub mod people;
pub mod purge;

/// Makes a test of every check of the suite. `$open` is an async function that gives a fresh, empty store.
#[macro_export]
macro_rules! store_suite {
    ($open:ident) => {
        $crate::store_suite!(@ $open; commit: what_is_written_is_read_back, many_at_once_see_each_other, n_has_no_gaps,
            a_refusal_writes_nothing, a_panic_writes_nothing, a_repeated_request_has_one_effect, a_key_is_bound_to_its_body,
            the_same_key_at_once_has_one_effect, an_events_effect_is_made_once, an_id_of_somebody_elses_is_taken,
            versions_rise_by_one, people_write_at_once);
    };
    (@ $open:ident; $module:ident: $($name:ident),*) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(store) = super::$open().await {
                    $crate::suite::$module::$name(store).await;
                }
            })*
        }
    };
}
