//! What was asked and is still open: the next message may be the answer.

use crate::target::Meant;
use contract::interpret::{Decision, Intent, Interpretation, Item, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A question that waits for its answer, for one message.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Open {
    /// What was said.
    text: String,
    /// What it was taken for.
    item: Item,
    /// Other readings of it.
    others: Vec<Item>,
    /// The titles of the tasks that may be meant, in the order shown.
    choices: Vec<String>,
    /// Whether a yes answers it.
    offer: bool,
}

/// What a message is to a question.
pub(crate) enum Answer {
    /// This is meant, by all that was said.
    Means(String, Box<Interpretation>),
    /// It may say what was missing: both together tell.
    Together(Box<Open>),
    /// No answer.
    Another,
}

impl Open {
    /// Something is missing, or may be meant in two ways; of what only reads, a yes is enough.
    pub(crate) fn asked(text: &str, read: &Interpretation) -> Option<Self> {
        let item = read.items.first()?.clone();
        Some(Self {
            text: text.to_owned(),
            offer: item.intent.only_reads(),
            item,
            others: read.alternatives.clone(),
            choices: Vec::new(),
        })
    }

    /// One of these tasks is meant.
    pub(crate) fn which(text: &str, item: &Item, choices: &[Meant]) -> Self {
        Self {
            text: text.to_owned(),
            item: item.clone(),
            others: Vec::new(),
            choices: choices.iter().map(|task| task.title.clone()).collect(),
            offer: choices.len() == 1,
        }
    }

    /// What an answer makes of it.
    pub(crate) fn answered(self, text: &str, read: &Interpretation) -> Answer {
        let said = read.items.first().map_or(Intent::None, |item| item.intent);
        let own = matches!(read.decision, Decision::Act | Decision::Confirm);
        let meant = if said == Intent::Confirm && self.offer {
            Some(self.chosen(1))
        } else if own {
            None
        } else if self.choices.is_empty() {
            match self.on_that_day(read) {
                None => return Answer::Together(Box::new(self)),
                meant => meant,
            }
        } else {
            self.pointed(text)
        };
        meant.map_or(Answer::Another, |meant| {
            Answer::Means(self.text, Box::new(meant))
        })
    }

    /// What was said, and the answer.
    pub(crate) fn with(&self, text: &str) -> String {
        format!("{} {text}", self.text)
    }

    /// Whether both together are the same wish, and say more.
    pub(crate) fn goes_on(&self, meant: &Interpretation) -> bool {
        let same = |item: &Item| item.intent == self.item.intent && *item != self.item;
        meant.decision != Decision::Ignore && meant.items.first().is_some_and(same)
    }

    /// "The second one", or some of its words.
    fn pointed(&self, text: &str) -> Option<Interpretation> {
        if let Some(place) = language::choice(text) {
            return Some(self.chosen(place));
        }
        let words: Vec<_> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() > 2)
            .map(str::to_lowercase)
            .collect();
        let fits = |title: &&String| {
            let title = title.to_lowercase();
            words.iter().filter(|word| title.contains(*word)).count()
        };
        let best = self.choices.iter().map(|title| fits(&title)).max()?;
        let mut places = (1..).zip(&self.choices);
        let place = places.find(|(_, title)| fits(title) == best)?.0;
        let alone = places.all(|(_, title)| fits(&title) < best);
        (best > 0 && alone).then(|| self.chosen(place))
    }

    /// The task at that place among those shown; without a choice, what was offered.
    fn chosen(&self, place: i32) -> Interpretation {
        let mut item = self.item.clone();
        if !self.choices.is_empty() {
            item.target = Some(Target {
                nth: Some(place),
                ..Target::default()
            });
        }
        sure(item)
    }

    /// "Friday", where two days may be meant.
    fn on_that_day(&self, read: &Interpretation) -> Option<Interpretation> {
        let day = |item: &Item| {
            let due = item.due.as_ref()?;
            due.date.or(due.at.map(jiff::civil::DateTime::date))
        };
        let said = read.items.first().and_then(day)?;
        let readings = std::iter::once(&self.item).chain(&self.others);
        let mut readings = readings.filter(|_| !self.others.is_empty());
        readings
            .find(|item| day(item) == Some(said))
            .cloned()
            .map(sure)
    }
}

fn sure(item: Item) -> Interpretation {
    let decision = if item.intent.destroys() {
        Decision::Confirm
    } else {
        Decision::Act
    };
    Interpretation {
        decision,
        confidence: 1.0,
        question: None,
        language: "en".to_owned(),
        problems: Vec::new(),
        items: vec![item],
        alternatives: Vec::new(),
        spans: Vec::new(),
    }
}
