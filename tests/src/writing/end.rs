//! What must be there in the end, by what each client was told and by what the mail server took.

use super::client::{Kept, Task};
use crate::Api;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};
use testkit::smtp::Mail;

/// What of it has not followed yet: next occurrences, reminders, deliveries.
pub async fn still_to_come(api: &Api, kept: &Kept) -> Vec<String> {
    let tasks = api.all("/tasks?status=all").await.len();
    let deliveries = api.all("/deliveries?").await;
    let open = deliveries.iter().filter(|it| it["state"] == "open").count();
    let told: usize = mails(&deliveries).map(|it| items(it).len()).sum();
    let reminders = kept.tasks.iter().filter(|task| task.reminds).count();
    let next = kept
        .tasks
        .iter()
        .filter(|task| task.recurs && task.done)
        .count();
    let missing = [
        ("tasks", (kept.tasks.len() + next).saturating_sub(tasks)),
        ("reminders", reminders.saturating_sub(told)),
        ("deliveries", open),
    ];
    let missing = missing.iter().filter(|(_, count)| *count > 0);
    missing
        .map(|(what, count)| format!("{count} {what}"))
        .collect()
}

fn mails(deliveries: &[Value]) -> impl Iterator<Item = &Value> {
    deliveries.iter().filter(|it| it["channel"] == "email")
}

fn items(delivery: &Value) -> &[Value] {
    delivery["items"].as_array().expect("items")
}

/// Everything as it is when all is quiet.
pub struct End {
    /// What the clients were told.
    pub kept: Kept,
    /// Everything there is, as the API shows it.
    pub tasks: Vec<Value>,
    /// The same of deliveries.
    pub deliveries: Vec<Value>,
    /// What the mail server took.
    pub mails: Vec<Mail>,
    /// How many mails had come when something was killed, or came back.
    pub mails_at_kill: Vec<usize>,
    /// How long it took until it was ready again.
    pub ready_in: Vec<Duration>,
}

impl End {
    /// Nothing that was acknowledged is lost, and nothing is there that was not.
    ///
    /// # Panics
    /// When that is not so.
    pub fn check(&self) {
        check_tasks(&self.kept, &self.tasks);
        self.check_reminders();
        self.check_mails();
    }

    /// Each reminder stands in one delivery, which was sent.
    fn check_reminders(&self) {
        let mut told = BTreeMap::<&str, usize>::new();
        for delivery in mails(&self.deliveries) {
            assert_eq!(delivery["state"], "sent", "{delivery}");
            for item in items(delivery) {
                *told
                    .entry(item["task"].as_str().expect("a task"))
                    .or_default() += 1;
            }
        }
        let reminds = self.kept.tasks.iter().filter(|task| task.reminds);
        let wanted: BTreeMap<&str, usize> = reminds.map(|task| (task.id.as_str(), 1)).collect();
        assert_eq!(told, wanted, "each reminder once");
    }

    /// Each delivery came once; again only where the program was killed after the mail server had it.
    fn check_mails(&self) {
        let ids: BTreeSet<_> = self.came().into_keys().collect();
        let sent: BTreeSet<_> = mails(&self.deliveries)
            .map(|it| it["id"].as_str().expect("an id"))
            .collect();
        assert_eq!(ids, sent, "a mail for each delivery");
        for (id, came) in self.came() {
            for again in came.windows(2) {
                let killed = self
                    .mails_at_kill
                    .iter()
                    .any(|mails| (again[0] + 1..=again[1]).contains(mails));
                assert!(killed, "{id} came twice, and nothing was killed between");
            }
        }
        for delivery in mails(&self.deliveries).filter(|it| items(it).len() <= 10) {
            let first = self.came()[delivery["id"].as_str().expect("an id")][0];
            for item in items(delivery) {
                let title = item["title"].as_str().expect("a title");
                assert!(self.mails[first].data.contains(title), "{title}");
            }
        }
    }

    /// When each delivery came, as a place among the mails.
    fn came(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut came = BTreeMap::<&str, Vec<usize>>::new();
        for (place, mail) in self.mails.iter().enumerate() {
            let id = mail.message_id.trim_start_matches('<').split('@').next();
            came.entry(id.expect("an id")).or_default().push(place);
        }
        came
    }

    /// At the median.
    pub fn ready_in_median(&self) -> Duration {
        let mut sorted = self.ready_in.clone();
        sorted.sort();
        sorted[sorted.len() / 2]
    }
}

/// Each task that a client was told of is there once, as its client left it, and no other.
///
/// # Panics
/// When that is not so.
pub fn check_tasks(kept: &Kept, tasks: &[Value]) {
    let mut there = BTreeMap::<&str, Vec<&Value>>::new();
    for task in tasks {
        let title = task["title"].as_str().expect("a title");
        there.entry(title).or_default().push(task);
    }
    for task in &kept.tasks {
        let found = there.remove(task.title.as_str()).unwrap_or_default();
        check_task(task, &found);
    }
    assert!(there.is_empty(), "nobody was told of {:?}", there.keys());
}

/// A task that was made once, as its client left it; and its next occurrence, where it was completed and recurs.
fn check_task(task: &Task, found: &[&Value]) {
    let title = &task.title;
    let own: Vec<_> = found.iter().filter(|it| it["id"] == *task.id).collect();
    let [own] = own.as_slice() else {
        panic!("{title} was acknowledged and is gone");
    };
    let status = if task.done { "done" } else { "open" };
    assert_eq!(
        (&own["status"], &own["priority"]),
        (&status.into(), &task.priority.into()),
        "{title}"
    );
    let next: Vec<_> = found.iter().filter(|it| it["id"] != *task.id).collect();
    if task.recurs && task.done {
        assert_eq!(next.len(), 1, "{title} has one next occurrence");
        assert_eq!(next[0]["series_id"], own["series_id"], "{title}");
        assert_eq!(next[0]["status"], "open", "{title}");
    } else {
        assert_eq!(next.len(), 0, "{title} is there once");
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Kept {
            tasks,
            writes,
            repeated,
            replayed,
        } = &self.kept;
        let reminders = tasks.iter().filter(|task| task.reminds).count();
        let completed = tasks.iter().filter(|task| task.recurs && task.done).count();
        let twice = self.mails.len() - self.came().len();
        write!(
            f,
            "{writes} writes acknowledged, {repeated} repeated ({replayed} of them had been done), {completed} \
             occurrences followed, {reminders} reminders in {} mails, {twice} of which came again (killed between the mail \
             server's yes and the record of it); ready again in {:?} at the median, {:?} at worst",
            self.came().len(),
            self.ready_in_median(),
            self.ready_in.iter().max().expect("started"),
        )
    }
}
