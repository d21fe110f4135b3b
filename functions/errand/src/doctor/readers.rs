//! Whether anybody reads Kafka for the functions.

use super::Seen::{self, Absent, Well, Wrong};
use bus::kafka::{Reader, Reading, Settings, readers};
use domain::event::Topic;
use errand::FUNCTIONS;

/// What is given where nobody reads Kafka, because events come another way.
const NOBODY: &str = "none";

/// Those that are given, or the dispatcher's.
pub(super) async fn look(settings: &Settings, given: &[String]) -> Seen {
    if given == [NOBODY] {
        return Absent("events come another way".to_owned());
    }
    let all = if given.is_empty() {
        of_the_dispatcher(settings)
    } else {
        match given.iter().map(|one| named(one)).collect() {
            Ok(all) => all,
            Err(words) => return Wrong(words),
        }
    };
    match readers(settings.clone(), all.clone()).await {
        Err(error) => Wrong(error.to_string()),
        Ok(found) => judge(&all, &found),
    }
}

/// A group for each function, which reads all of its topics.
fn of_the_dispatcher(settings: &Settings) -> Vec<Reader> {
    let woken = FUNCTIONS.iter();
    let each = woken.flat_map(|function| {
        let topics = Topic::ALL.iter().filter(|topic| {
            let mut kinds = function.subscribes.iter();
            kinds.any(|kind| kind.topic() == **topic)
        });
        topics.map(|topic| Reader {
            group: settings.group(function.name),
            topic: settings.topic(*topic),
        })
    });
    each.collect()
}

fn named(given: &str) -> Result<Reader, String> {
    match given.split_once('=') {
        Some((group, topic)) if !group.is_empty() && !topic.is_empty() => Ok(Reader {
            group: group.to_owned(),
            topic: topic.to_owned(),
        }),
        _ => Err(format!(
            "{given:?} is no reader: say GROUP=TOPIC, as errand.recur=task-events"
        )),
    }
}

fn judge(all: &[Reader], found: &[Reading]) -> Seen {
    let gone: Vec<_> = all
        .iter()
        .zip(found)
        .filter(|(_, reading)| reading.members == 0)
        .map(|(reader, reading)| {
            format!(
                "{} of {} ({} events wait)",
                reader.topic, reader.group, reading.behind
            )
        })
        .collect();
    if !gone.is_empty() {
        return Wrong(format!(
            "nobody reads {}: errand dispatch does, or Knative's data plane with its Triggers or KafkaSources",
            gone.join(", ")
        ));
    }
    let behind: i64 = found.iter().map(|reading| reading.behind).sum();
    Well(match behind {
        0 => "everything is read and answered".to_owned(),
        n => format!("everything is read, {n} events wait for their answer"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_nobody_is_in_is_named_with_what_waits() {
        let reader = named("errand.recur=task-events").unwrap();
        let reading = |members, behind| [Reading { members, behind }];
        let all = [reader];
        assert!(matches!(judge(&all, &reading(1, 0)), Well(_)));
        assert!(
            matches!(judge(&all, &reading(2, 7)), Well(words) if words.contains("7 events wait"))
        );
        let Wrong(words) = judge(&all, &reading(0, 7)) else {
            panic!("nobody is in it");
        };
        assert!(
            words.starts_with(
                "nobody reads task-events of errand.recur (7 events wait): errand dispatch"
            ),
            "{words}"
        );
        for wrong in ["errand.recur", "=task-events", "errand.recur="] {
            assert!(named(wrong).unwrap_err().contains("GROUP=TOPIC"), "{wrong}");
        }
    }
}
