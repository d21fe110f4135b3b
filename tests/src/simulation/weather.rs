//! How bad it gets in a world: chosen by the seed, so that some worlds have one kind of trouble much and others not at all.

use super::{
    dice::Dice,
    world::{Seam, State, Verdict},
};

/// How often what happens, in a thousand of the places where it could.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    /// The database does not do it.
    pub(crate) failing: u64,
    /// A message, a request or a hint does not arrive.
    pub(crate) losing: u64,
    /// The answer does not.
    pub(crate) deaf: u64,
    /// A message comes twice.
    pub(crate) doubling: u64,
    /// Somebody is held up for up to a minute and a half.
    pub(crate) stalling: u64,
    /// A process is cut off from Kafka for a while.
    pub(crate) cutting: u64,
    /// The mail server has a bad day.
    pub(crate) mailing: u64,
    /// A process dies, at whatever seam.
    pub(crate) killing: u64,
    /// The clock is set.
    pub(crate) jumping: u64,
    /// How often at most.
    pub(crate) kills: u64,
    pub(crate) jumps: u64,
}

impl Weather {
    pub(crate) fn of(dice: &mut Dice) -> Self {
        let mut some = |most: u64| {
            if dice.chance(500) {
                0
            } else {
                1 + dice.below(most)
            }
        };
        Self {
            failing: some(40),
            losing: some(150),
            deaf: some(150),
            doubling: some(400),
            stalling: some(120),
            cutting: some(10),
            mailing: some(700),
            killing: some(15),
            jumping: some(10),
            kills: some(4),
            jumps: some(3),
        }
    }

    /// Much is held up, lost and doubled, and nothing else: where a guard is taken away, this is what it was there for.
    pub(crate) fn rough() -> Self {
        Self {
            losing: 100,
            doubling: 400,
            stalling: 100,
            ..Self::default()
        }
    }

    /// After the storm: nothing goes wrong any more, so that what is left must be done.
    pub(crate) fn calm() -> Self {
        Self::default()
    }
}

impl State {
    /// What happens to somebody who stands there.
    pub(crate) fn verdict(&mut self, seam: Seam) -> Verdict {
        let weather = self.weather.clone();
        let mut chance = |often: u64| self.dice.chance(often);
        match seam {
            Seam::Begin if self.lock.is_some() => Verdict::Fail,
            Seam::Read | Seam::Ask | Seam::Begin | Seam::Commit if chance(weather.failing) => {
                Verdict::Fail
            }
            Seam::Deliver | Seam::Request if chance(weather.losing) => Verdict::Lost,
            Seam::Deliver | Seam::Request if chance(weather.deaf) => Verdict::AnswerLost,
            Seam::Deliver if chance(weather.doubling) => Verdict::Doubled,
            Seam::Receipt if chance(weather.deaf) => Verdict::Lost,
            Seam::Mail if chance(weather.mailing) => match self.dice.below(6) {
                0 => Verdict::Refused,
                1..=3 => Verdict::Deferred,
                _ => Verdict::Lost,
            },
            _ => Verdict::Go,
        }
    }
}
