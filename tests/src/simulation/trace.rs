//! What happened, line by line: the same seed must give the same lines.

/// The lines of one world.
#[derive(Default)]
pub(crate) struct Trace(Vec<String>);

impl Trace {
    pub(crate) fn line(&mut self, line: String) {
        self.0.push(line);
    }

    pub(crate) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.0)
    }
}
