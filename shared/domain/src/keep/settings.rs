//! A person's settings.

use super::tasks;
use crate::{
    event::{Detail, EventKind},
    record::Record,
    refusal::Refusal,
    reminder,
    settings::{Settings, SettingsPatch},
    state::State,
    task::Task,
};
use jiff::Timestamp;

/// Changes the person's settings, and with the zone or the all-day time the moments of their reminders.
///
/// # Errors
/// A value that cannot be.
pub fn update_settings(
    state: &mut State,
    set: &SettingsPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    if let Some(Some(email)) = &set.email
        && (!email.contains('@')
            || email.len() > 254
            || email.chars().any(|c| c.is_control() || c.is_whitespace()))
    {
        return Err(Refusal::field(
            "/email",
            "Write an address such as ann@example.org.",
        ));
    }
    let is_tag = |locale: &String| {
        locale.len() <= 35
            && locale
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if set.locale.as_ref().is_some_and(|locale| !is_tag(locale)) {
        return Err(Refusal::field("/locale", "Write a language such as en-GB."));
    }
    let (person, before) = (state.viewer, state.my_settings());
    if state.row::<Settings>(person.0).is_err() {
        let home = state.home;
        let mut settings = Settings::default();
        settings.apply(set);
        state.create(EventKind::SettingsChanged, home, person.0, now, &settings);
    } else {
        state.change::<Settings>(
            EventKind::SettingsChanged,
            person.0,
            now,
            Detail::default(),
            |settings| {
                settings.apply(set);
            },
        )?;
    }
    settle_all(state, &before, now);
    Ok(())
}

/// After the person's settings changed: brings the reminders of all that was loaded in line, and the daily digest.
pub(crate) fn settle_all(state: &mut State, before: &Settings, now: Timestamp) {
    reminder::plan_digest(state, before, now);
    for task in tasks(state, Task::is_live) {
        reminder::settle(state, task, now, None);
    }
}
