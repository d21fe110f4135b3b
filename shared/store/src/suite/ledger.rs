//! The reminder ledger.

use super::kit::*;
use crate::*;
use domain::{
    id::*,
    ledger::{Delivery, DeliveryState, Item, ScheduleState},
    need::Need,
    state::{LedgerRow, State},
};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

/// A task due in ten years' time, with a reminder a quarter of an hour ahead.
async fn reminded(store: &Checked, me: &Reader, day: u32) -> (TaskId, ReminderId, Timestamp) {
    let reminder = ReminderId(fresh());
    let due = format!("2036-11-{day:02}T15:00:00");
    let id = create(
        store,
        me,
        json!({"title": "call mom", "due": {"at": due, "time_zone": "UTC"},
        "reminders": [{"id": reminder, "person": me.person, "offset": "-PT15M", "of": "due"}]}),
    )
    .await;
    (
        id,
        reminder,
        format!("2036-11-{day:02}T14:45:00Z").parse().unwrap(),
    )
}

pub async fn what_is_due_is_found(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    assert_eq!(store.next_moment(Timestamp::MIN).await.unwrap(), None);
    let (second, _, later) = reminded(&store, &me, 29).await;
    let (first, reminder, moment) = reminded(&store, &you, 28).await;
    assert_eq!(
        store.next_moment(Timestamp::MIN).await.unwrap(),
        Some(moment)
    );
    assert!(
        store
            .due(moment - 1.microseconds(), 10)
            .await
            .unwrap()
            .is_empty()
    );
    let due = DueReminder {
        person: you.person,
        home: you.home,
        stream: you.home,
        task: first,
        reminder,
        generation: 1,
        moment,
    };
    assert_eq!(store.due(moment, 10).await.unwrap(), [due]);
    let tasks: Vec<_> = store
        .due(later, 10)
        .await
        .unwrap()
        .iter()
        .map(|due| due.task)
        .collect();
    assert_eq!(tasks, [first, second], "the oldest first");
    assert_eq!(store.due(later, 1).await.unwrap().len(), 1);
    let mine = store.reminders(&me, None, 10).await.unwrap();
    let json: Value = serde_json::from_str(&mine.items[0].json).unwrap();
    assert_eq!(
        (
            mine.items.len(),
            json["task_id"].as_str().unwrap(),
            json["title"].as_str().unwrap()
        ),
        (1, second.to_string().as_str(), "call mom")
    );
    // Moving the task moves the reminder to another generation and cancels the one before.
    let edit = domain::task::change::Edit {
        set: patch(json!({"due": {"at": "2036-12-24T15:00:00", "time_zone": "UTC"}})),
        ..Default::default()
    };
    run(
        &store,
        &writer(&you),
        domain::command::Command::UpdateTask {
            id: first,
            edit: Box::new(edit),
        },
    )
    .await
    .unwrap();
    let due = store.due(Timestamp::MAX, 10).await.unwrap();
    assert_eq!(
        due.iter()
            .map(|due| (due.task, due.generation))
            .collect::<Vec<_>>(),
        [(second, 1), (first, 2)]
    );
}

/// What the clock does: hands an open reminder to a delivery, or nothing where that was done.
fn fire(state: &mut State, key: (TaskId, ReminderId), now: Timestamp) {
    let Some(open) = state
        .schedule
        .get(&key)
        .filter(|row| row.state == ScheduleState::Open)
        .cloned()
    else {
        return;
    };
    let id = DeliveryId(derived(&[
        &key.0.to_string(),
        &key.1.to_string(),
        &open.generation.to_string(),
    ]));
    state.claim(LedgerRow {
        task: key.0,
        reminder: key.1,
        generation: open.generation,
        channel: "email".into(),
        delivery: id,
    });
    let item = Item {
        task: key.0,
        reminder: key.1,
        generation: open.generation,
        moment: open.moment,
        title: "call mom".into(),
        due: None,
    };
    state.deliver(Delivery {
        id,
        person: state.viewer,
        stream: state.home,
        channel: "email".into(),
        state: DeliveryState::Open,
        attempt: 0,
        next_at: now,
        token: String::new(),
        digest: None,
        items: vec![item],
        receipt: String::new(),
        created_at: now,
        closed_at: None,
    });
    state.schedule(domain::ledger::Scheduled {
        state: ScheduleState::Fired,
        ..open
    });
}

pub async fn a_reminder_fires_once(store: Checked) {
    let me = person(&store).await;
    let (task, reminder, moment) = reminded(&store, &me, 28).await;
    let jobs: Vec<_> = (0..8)
        .map(|_| {
            let (store, me) = (store.clone(), me.clone());
            tokio::spawn(async move {
                let decide = decide(move |state, now| {
                    fire(state, (task, reminder), now);
                    Ok(())
                });
                store
                    .commit(&writer(&me), Need::task(task), decide)
                    .await
                    .unwrap();
            })
        })
        .collect();
    for job in jobs {
        job.await.unwrap();
    }
    assert!(store.due(moment, 10).await.unwrap().is_empty());
    assert_eq!(
        store.deliveries(&me, None, 10).await.unwrap().items.len(),
        1
    );
    assert_eq!(
        store
            .due_deliveries(Timestamp::MAX, 10)
            .await
            .unwrap()
            .len(),
        1
    );
    // A decision that claims the same again is stopped by the key, and writes nothing.
    let again = decide(move |state, now| {
        let mut open = state.schedule[&(task, reminder)].clone();
        open.state = ScheduleState::Open;
        state.schedule.insert((task, reminder), open);
        fire(state, (task, reminder), now);
        Ok(())
    });
    assert!(
        store
            .commit(&writer(&me), Need::task(task), again)
            .await
            .is_err()
    );
    assert_eq!(
        store.deliveries(&me, None, 10).await.unwrap().items.len(),
        1
    );
}

pub async fn deliveries_are_kept(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let mut all = Vec::new();
    for day in 10..15 {
        let (task, reminder, _) = reminded(&store, &me, day).await;
        let decide = decide(move |state, now| {
            fire(state, (task, reminder), now);
            Ok(())
        });
        store
            .commit(&writer(&me), Need::task(task), decide)
            .await
            .unwrap();
        all.push(task);
    }
    let open = store.due_deliveries(Timestamp::MAX, 10).await.unwrap();
    assert_eq!(open.len(), 5);
    assert!(open.iter().all(|due| due.reader == me));
    // A claim loads the delivery with the tasks of its items.
    let (id, task) = (open[0].delivery.id, open[0].delivery.items[0].task);
    let claim = decide(move |state, now| {
        state.row::<domain::task::Task>(task.0)?;
        let mut delivery = state.deliveries[&id].clone();
        delivery.state = DeliveryState::Sent;
        delivery.attempt += 1;
        delivery.receipt = "250 ok".into();
        delivery.closed_at = Some(now);
        state.deliver(delivery);
        Ok(())
    });
    let need = Need {
        deliveries: vec![id],
        ..Need::default()
    };
    store
        .commit(&writer(&me), need.clone(), claim)
        .await
        .unwrap();
    assert_eq!(
        store
            .due_deliveries(Timestamp::MAX, 10)
            .await
            .unwrap()
            .len(),
        4
    );
    let sent = store.delivery(id).await.unwrap().unwrap();
    assert_eq!(
        (sent.delivery.state, sent.delivery.receipt.as_str()),
        (DeliveryState::Sent, "250 ok")
    );
    // Somebody else loads nothing.
    let look = decide(move |state, _| {
        assert!(state.deliveries.is_empty());
        Ok(())
    });
    store.commit(&writer(&you), need, look).await.unwrap();
    // Newest first, page by page.
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.deliveries(&me, after.as_deref(), 2).await.unwrap();
        for doc in &page.items {
            let json: Value = serde_json::from_str(&doc.json).unwrap();
            assert!(json.get("token").is_none(), "the lease stays inside");
            seen.push(json["items"][0]["task"].as_str().unwrap().to_owned());
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    all.reverse();
    assert_eq!(
        seen,
        all.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
    assert!(
        store
            .deliveries(&you, None, 10)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let foreign = store.deliveries(&me, None, 2).await.unwrap().next.unwrap();
    assert!(matches!(
        store.deliveries(&you, Some(&foreign), 2).await,
        Err(StoreError::CursorInvalid)
    ));
    assert!(matches!(
        store.reminders(&me, Some(&foreign), 2).await,
        Err(StoreError::CursorInvalid)
    ));
}
