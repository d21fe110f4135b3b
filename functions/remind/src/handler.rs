//! One delivery: claim, send, record. Lease and retry are one scan of the clock's, so the answer is always "taken".

use crate::Reminding;
use domain::{
    event::EventKind,
    filter::Filter,
    id::{DeliveryId, TaskId},
    ledger::Delivery,
    need::Need,
    refusal::Refusal,
    reminder::{self, Tried},
    state::State,
};
use host::{
    Deps,
    events::{Incoming, Outcome},
};
use jiff::SignedDuration;
use notify::{ChannelKind, Item, Message, SendError};
use std::sync::{Arc, Mutex, PoisonError};
use store::{Answer, Decide, DueDelivery, Reader, SortBy, SortKey, StoreError, TaskQuery, Writer};

/// How long it is tried to record a try, and the pause between: with the 30 s that sending may take, less than the lease.
const RECORD: SignedDuration = SignedDuration::from_secs(20);
const AGAIN: SignedDuration = SignedDuration::from_millis(500);
/// The most tasks that a digest counts.
const MOST: u32 = 200;

/// Sends what is open and due, where nobody else is sending it.
pub(crate) async fn on_due(reminding: Reminding, event: Incoming) -> Outcome {
    if event.kind == EventKind::ReminderSoon {
        return Outcome::Done; // to be awake is all that is asked
    }
    let id = DeliveryId(event.subject);
    deliver(&reminding, &event, id).await.into()
}

async fn deliver(
    reminding: &Reminding,
    event: &Incoming,
    id: DeliveryId,
) -> Result<(), StoreError> {
    let deps = &reminding.deps;
    let Some(DueDelivery { reader, delivery }) = deps.store.delivery(id).await? else {
        return Ok(());
    };
    let who = Writer {
        once: None,
        ..event.writer(deps, "remind", reader.clone())
    };
    let token = deps.ids.uuid().to_string();
    if delivery.channel == ChannelKind::Page.name() {
        // The record in the log is the message: open pages follow the log.
        return claim_and_show(reminding, &who, id, token).await;
    }
    let due = match delivery.digest {
        Some(_) if delivery.attempt == 0 => due_today(reminding, &reader).await?,
        _ => Vec::new(),
    };
    let Some(claimed) = claim(reminding, &who, id, token.clone(), due).await? else {
        return Ok(());
    };
    let tried = send(reminding, &reader, &claimed).await?;
    record(reminding, &who, id, token, tried).await
}

fn need(id: DeliveryId) -> Need {
    Need {
        deliveries: vec![id],
        ..Need::default()
    }
}

fn done() -> Answer {
    Answer {
        status: 204,
        body: String::new(),
        version: None,
    }
}

/// What a digest says: what is due by the end of the day, the oldest first.
async fn due_today(reminding: &Reminding, reader: &Reader) -> Result<Vec<TaskId>, StoreError> {
    let today = Filter::parse("status=open and due<=today").map_err(Refusal::from)?;
    let by_due = SortBy {
        key: SortKey::Due,
        descending: false,
    };
    let query = TaskQuery {
        filters: vec![today],
        sort: vec![by_due],
        limit: MOST,
        now: Some(reminding.deps.clock.now()),
        ..TaskQuery::default()
    };
    let page = reminding.deps.store.tasks(reader, &query).await?;
    Ok(page.items.iter().map(|doc| TaskId(doc.id)).collect())
}

/// Takes the lease; the answer is what to send, frozen. `due` is what a digest is to say.
async fn claim(
    reminding: &Reminding,
    who: &Writer,
    id: DeliveryId,
    token: String,
    due: Vec<TaskId>,
) -> Result<Option<Delivery>, StoreError> {
    let claimed = Arc::new(Mutex::new(None));
    let out = claimed.clone();
    let need = Need {
        tasks: due.clone(),
        ..need(id)
    };
    let decide = Arc::new(move |state: &mut State, now| {
        reminder::gather(state, id, &due, now);
        *out.lock().unwrap_or_else(PoisonError::into_inner) =
            reminder::claim(state, id, &token, now);
        Ok(done())
    });
    reminding.deps.store.commit(who, need, decide).await?;
    Ok(claimed
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take())
}

async fn claim_and_show(
    reminding: &Reminding,
    who: &Writer,
    id: DeliveryId,
    token: String,
) -> Result<(), StoreError> {
    let decide = Arc::new(move |state: &mut State, now| {
        if reminder::claim(state, id, &token, now).is_some() {
            reminder::record(
                state,
                id,
                &token,
                &Tried::Sent("shown on the open page".to_owned()),
                now,
            );
        }
        Ok(done())
    });
    reminding
        .deps
        .store
        .commit(who, need(id), decide)
        .await
        .map(drop)
}

/// What is not recorded is sent again when the lease ends: so it is tried until the database is back, as long as the lease holds.
async fn record(
    reminding: &Reminding,
    who: &Writer,
    id: DeliveryId,
    token: String,
    tried: Tried,
) -> Result<(), StoreError> {
    let decide: Decide = Arc::new(move |state: &mut State, now| {
        reminder::record(state, id, &token, &tried, now);
        Ok(done())
    });
    let Deps { store, clock, .. } = &reminding.deps;
    let late = clock.now() + RECORD;
    loop {
        match store.commit(who, need(id), decide.clone()).await {
            Err(StoreError::Unavailable(_)) if clock.now() < late => {}
            recorded => return recorded.map(drop),
        }
        clock.sleep_until(clock.now() + AGAIN).await;
    }
}

/// One try on the delivery's channel.
async fn send(
    reminding: &Reminding,
    reader: &Reader,
    delivery: &Delivery,
) -> Result<Tried, StoreError> {
    let channel = reminding
        .channels
        .iter()
        .find(|channel| channel.kind().name() == delivery.channel);
    let Some(channel) = channel else {
        return Ok(Tried::Retry(
            "this installation has no such channel; set ERRAND_MAIL_URL for e-mail".to_owned(),
        ));
    };
    let (settings, _) = host::person::settings(&reminding.deps, reader).await?;
    let Some(to) = settings.email else {
        return Ok(Tried::Stop(
            "there is no e-mail address in the settings any more".to_owned(),
        ));
    };
    let wanted = match delivery.digest {
        Some(_) => settings.digest_at.is_some(),
        None => settings.email_reminders.0,
    };
    if !wanted {
        return Ok(Tried::Stop(
            "mails were turned off in the settings".to_owned(),
        ));
    }
    let message = message(reminding, reader, delivery, to);
    Ok(match channel.send(&message).await {
        Ok(receipt) => Tried::Sent(receipt.words),
        Err(error @ SendError::Retry { .. }) => Tried::Retry(error.words().to_owned()),
        Err(error @ SendError::Stop { .. }) => Tried::Stop(error.words().to_owned()),
    })
}

fn message(reminding: &Reminding, reader: &Reader, delivery: &Delivery, to: String) -> Message {
    let home = reminding.deps.config.link();
    let off = host::unsubscribe::path(&reminding.deps.key, reader.person);
    let item = |item: &domain::ledger::Item| Item {
        title: item.title.clone(),
        due: item.due.clone(),
        link: format!("{home}/#task/{}", item.task),
    };
    let items = delivery.items.iter().map(item).collect();
    let message = Message::reminders(delivery.id.0, to, reminding.deps.clock.now(), items, &home);
    let message = match delivery.digest {
        Some(day) => message.for_day(&day.strftime("%A %-d %B %Y").to_string()),
        None => message,
    };
    message.with_unsubscribe(&format!("{home}{off}"))
}
